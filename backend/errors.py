"""Named refusals and how they leave the house.

GuanjiaError
├── Refusal            an expected refusal, answered in the person's language
│   ├── BadInput 422 · TextTooLong 422 · UnknownButton 422 · IdempotencyMismatch 422 · BadUpload 422
│   ├── NotSignedIn 401 · WrongLogin 401 · LockedOut 429 · Forbidden 403 · TooMany 429
│   ├── MustChangePassword 403 (pages lead to the form)
│   ├── NotFound 404 (unknown and foreign alike)
│   ├── IllegalMove 409 (names the allowed actions) · CannotPause 409 · VersionConflict 409 · DraftGone 409
│   ├── TooLarge 413 · TooMuch 413
│   └── BadInvitation 422
└── Busy 503           the database could not be reached in time; try again
"""

from collections.abc import Mapping
from typing import ClassVar

from locales import N_, t


class GuanjiaError(Exception):
    """Base of every error the house raises on purpose."""


class Refusal(GuanjiaError):
    """An expected refusal: ``title`` and ``detail`` are message ids with holes filled by ``values``."""

    status: ClassVar[int] = 400
    title: ClassVar[str] = N_("That did not work.")
    detail: ClassVar[str] = N_("Please check what you sent and try again.")

    def __init__(self, detail: str | None = None, /, **values: object) -> None:
        super().__init__(detail or self.detail)
        self.sentence = detail or type(self).detail
        self.values: Mapping[str, object] = values

    def worded(self, language: str) -> tuple[str, str]:
        """Return (title, detail) in ``language``."""
        return t(language, self.title), t(language, self.sentence, **self.values)

    def problem(self, language: str) -> dict[str, object]:
        """Return the problem JSON body (RFC 9457) in ``language``."""
        title, detail = self.worded(language)
        return {"type": f"urn:guanjia:{type(self).__name__}", "title": title, "status": self.status,
                "detail": detail}  # fmt: skip


class BadInput(Refusal):
    status = 422
    title = N_("Part of it could not be read.")


class TextTooLong(BadInput):
    detail = N_("The message is longer than {limit} characters. Please send it in two parts.")


class UnknownButton(BadInput):
    detail = N_("This button is no longer in use. Please use the newest message, or just write to me.")


class IdempotencyMismatch(BadInput):
    detail = N_("This Idempotency-Key was already used with another body.")


class BadUpload(BadInput):
    title = N_("The file was not accepted.")
    detail = N_("This file cannot be opened as a picture. Please send a JPEG, PNG or WebP photo.")


class TooLarge(Refusal):
    status = 413
    title = N_("The file was not accepted.")
    detail = N_("The file is larger than {limit} MB. Please send a smaller one.")


class TooMuch(Refusal):
    status = 413
    title = N_("Part of it could not be read.")
    detail = N_("This is far more than can be read at once. Please send less.")


class NotSignedIn(Refusal):
    status = 401
    title = N_("Please sign in.")
    detail = N_("Your session has ended. Please sign in again.")


class MustChangePassword(Refusal):
    status = 403
    title = N_("Please choose a password of your own.")
    detail = N_(
        "The first password was made by somebody else. Please change it on the dashboard before you go on."
    )


class WrongLogin(Refusal):
    status = 401
    title = N_("Please sign in.")
    detail = N_("The user name, the password or the code is not right.")


class LockedOut(Refusal):
    status = 429
    title = N_("Too many attempts.")
    detail = N_("Too many failed attempts. Please wait {minutes} minutes and try again.")


class TooMany(Refusal):
    status = 429
    title = N_("A little slower, please.")
    detail = N_("Too many messages in a short time. Please wait a minute.")


class Forbidden(Refusal):
    status = 403
    title = N_("This is not open to you.")
    detail = N_("Your role may not do this.")


class NotFound(Refusal):
    status = 404
    title = N_("Not found.")
    detail = N_("There is nothing here with that number, or it belongs to another estate.")


class IllegalMove(Refusal):
    status = 409
    title = N_("This step is not possible now.")
    detail = N_("This ticket is at “{step}”. Possible now: {allowed}.")

    def __init__(self, step: str, allowed: tuple[str, ...]) -> None:
        super().__init__(None, step=step, allowed=", ".join(allowed) or "–")
        self.allowed = allowed

    def problem(self, language: str) -> dict[str, object]:
        return {**super().problem(language), "allowed": list(self.allowed)}


class CannotPause(IllegalMove):
    """No running clock of the ticket may wait; the sentence says why, and what to do instead."""

    title = N_("The clocks cannot be paused.")

    def __init__(self, sentence: str, allowed: tuple[str, ...], **values: object) -> None:
        Refusal.__init__(self, sentence, **values)
        self.allowed = allowed


class VersionConflict(Refusal):
    status = 409
    title = N_("Somebody got there first.")
    detail = N_("{who} changed this ticket at {when}. Please look at it again before you go on.")

    def __init__(self, who: str, when: str, allowed: tuple[str, ...] = ()) -> None:
        super().__init__(None, who=who, when=when)
        self.allowed = allowed

    def problem(self, language: str) -> dict[str, object]:
        return {**super().problem(language), "allowed": list(self.allowed)}


class DraftGone(Refusal):
    status = 409
    title = N_("Somebody got there first.")
    detail = N_(
        "This wish no longer waits to be confirmed: the resident or a colleague was faster. "
        "Please look at the queue again."
    )


class BadInvitation(Refusal):
    status = 422
    title = N_("This invitation does not work.")
    detail = N_("The invitation code is wrong, used up or expired. Please ask your butler for a new one.")


class Busy(GuanjiaError):
    """The database could not be reached or locked in time; the caller may try again."""
