"""The quick actions of a ticket as forms: which fields each needs, and what was typed as a plain body."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from backend.answers.holes import open_holes
from backend.desk import (
    clashes,
    colleagues,
    next_step,
    on_site,
    pause_form,
    price_form,
    queue_forms,
    tell_choice,
    visit_form,
    words,
)
from backend.desk.foreign import FOREIGN, UNTRANSLATED, is_foreign
from backend.desk.views import Choice, FieldView, FormView
from backend.models import VISITOR, Ticket, User
from backend.tickets.schemas import MAX_REASON
from intents.menu import Menu
from locales import N_, t
from locales.dates import local

#: action -> (icon, title, what the button says)
TITLES: Final[Mapping[str, tuple[str, str, str]]] = {
    "accept": ("check", N_("Accept"), N_("Accept")),
    "assign": ("user-plus", N_("Assign"), N_("Assign")),
    "schedule": ("calendar-clock", N_("Agree a visit"), N_("Fix the time")),
    "plan": ("calendar-clock", N_("Agree a date"), N_("Fix the date")),
    "check_in": ("map-pin", N_("Arrived on site"), N_("Arrived on site")),
    "classify": ("tags", N_("Classify"), N_("Save the class")),
    "complete": ("circle-check", N_("Complete"), N_("Complete the work")),
    "sign_off": ("file-pen-line", N_("Sign off"), N_("Save the sign-off")),
    "feedback": ("reply", N_("Report back"), N_("Send the feedback")),
    "answer": ("reply", N_("Answer"), N_("Send the answer")),
    "decide": ("check", N_("Decide"), N_("Tell the resident")),
    "follow_up": ("phone", N_("Follow up"), N_("Save the follow-up")),
    "pause": ("pause", N_("Pause the clocks"), N_("Pause")),
    "resume": ("play", N_("Let the clocks run"), N_("Let the clocks run")),
    **queue_forms.TITLES,
    "unschedule": ("calendar-clock", N_("Call off the visit only"), N_("Call off the visit")),
    "cancel": ("ban", N_("Cancel the ticket"), N_("Cancel this ticket")),
}
QUIET: Final = queue_forms.QUIET | {"pause", "plan", "cancel", "unschedule", "sign_off", "check_in", "resume"}
#: fields whose words go to the resident, so that Chinese to a reader of English is asked about first
TO_RESIDENT: Final[Mapping[str, str]] = {
    "reply": "text", "feedback": "text", "answer": "text", "decide": "reason", "cancel": "reason",
    "pause": "words", "unschedule": "reason",
}  # fmt: skip
MAX_TEXT: Final = 4000
#: a photo that goes with a reply stands in the form as a field of its own: its id after this, its name inside
PHOTO: Final = "photo."


@dataclass(frozen=True, slots=True)
class Desk:
    """What the forms of one ticket are made for: both languages, zone and hour, and who may be named.

    ``here``: the ids of those colleagues who are on duty now; ``busy``: what visits they have at its time.
    """

    language: str
    reader_language: str
    ticket: Ticket
    zone: str
    now: datetime
    colleagues: Sequence[User] = ()
    here: frozenset[int] = frozenset()
    beside: queue_forms.Beside = queue_forms.NOTHING_BESIDE
    signer: str = ""
    busy: Sequence[tuple[int, str]] = ()
    menu: Menu | None = None


@dataclass(eq=False)
class BadForm(Exception):
    """What was typed cannot be taken: field -> sentence, already worded."""

    errors: Mapping[str, str]


def forms_of(desk: Desk, allowed: Sequence[str]) -> tuple[FormView, ...]:
    """Return the forms of the allowed actions; the one that the ticket wants next is the primary one."""
    found = [form_of(desk, action) for action in allowed if action in TITLES]
    primary = _primary(desk.ticket, allowed)
    return tuple(replace(form, is_primary=form.action == primary) for form in found)


def _primary(ticket: Ticket, allowed: Sequence[str]) -> str:
    """What the ticket wants next: to be taken, classed, given to somebody, agreed, answered, finished."""
    wanted = ["accept", "follow_up", "answer", "decide"]
    if ticket.workflow in next_step.PAPERS or ticket.item_id == VISITOR:
        wanted.append(next_step.to_arrange(ticket, allowed))
        return next((action for action in wanted if action in allowed), "")
    wanted += ["feedback" if ticket.class_ else "classify", next_step.to_arrange(ticket, allowed)]
    wanted += ["complete"] if ticket.worker_id else ["assign", "complete"]
    return next((action for action in wanted if action in allowed), "")


def form_of(
    desk: Desk, action: str, typed: Mapping[str, str] | None = None, errors: Mapping[str, str] | None = None
) -> FormView:
    """Return one form; ``typed`` and ``errors`` bring back what was written, with a message at the field."""
    icon, title, submit = TITLES[action]
    fields = FIELDS[action](desk) if action in FIELDS else ()
    fields = (*fields, *price_form.confirming(desk, action, typed or {}))
    filled = tuple(_filled(field, typed or {}, errors or {}) for field in fields)
    return FormView(
        action=action, icon=icon, fields=filled,
        title=t(desk.language, next_step.title_of(desk.ticket, action, title)),
        submit=t(desk.language, submit), hint=t(desk.language, HINTS[action]) if action in HINTS else "",
        error=(errors or {}).get("", ""), warning=(errors or {}).get("sure", ""),
        is_quiet=action in QUIET or next_step.is_later(desk.ticket, action),
        is_open=typed is not None, is_read=action in TO_RESIDENT,
        way=on_site.to_confirm(desk.language, desk.ticket, action),
    )  # fmt: skip


def _filled(field: FieldView, typed: Mapping[str, str], errors: Mapping[str, str]) -> FieldView:
    return replace(field, value=typed.get(field.name, field.value), error=errors.get(field.name, ""))


HINTS: Final[Mapping[str, str]] = {
    **queue_forms.HINTS,
    "plan": N_("The resident is told the date, and the promise is measured by it."),
    "pause": pause_form.HINT,
    "cancel": N_("A resident who is told reads the reason."),
    "unschedule": N_("The ticket stays and waits for a new time. A resident who is told reads the reason."),
    "decide": N_("The resident is told either way, with the reason and thanks."),
    "feedback": N_("The resident reads this and is then asked whether they are satisfied."),
    "answer": N_("The resident reads this and is then asked whether it helped."),
}


def _choices(language: str, names: Mapping[str, str]) -> tuple[Choice, ...]:
    return tuple(Choice(value, t(language, name)) for value, name in names.items())


def _area(desk: Desk, name: str, label: str, *, is_required: bool = True, hint: str = "") -> FieldView:
    return FieldView(name, t(desk.language, label), "area", hint=hint, is_required=is_required)


def _assign(desk: Desk) -> tuple[FieldView, ...]:
    busy = dict(desk.busy)
    people = colleagues.choices(desk.language, desk.colleagues, desk.here, busy)
    chosen = desk.ticket.worker_id or colleagues.first_free(people, busy)
    return (
        FieldView(
            "user",
            t(desk.language, "To whom"),
            "select",
            str(chosen),
            choices=people,
            hint=clashes.hint(desk.language, desk.colleagues, busy),
        ),
        _area(desk, "note", N_("Note for them"), is_required=False),
    )


def _schedule(desk: Desk) -> tuple[FieldView, ...]:
    start, end = visit_form.window_of(desk)
    return (
        FieldView("start", t(desk.language, "From"), "moment", moment_text(start, desk.zone)),
        FieldView("end", t(desk.language, "Until"), "moment", moment_text(end, desk.zone)),
        tell_choice.field_of(desk.language),
    )


def _plan(desk: Desk) -> tuple[FieldView, ...]:
    """The date agreed for this very ticket (SLA-03, SLA-28)."""
    at = desk.ticket.limit_at or next_step.next_full_hour(desk.now) + timedelta(days=1)
    return (
        FieldView("at", t(desk.language, "Settled by"), "moment", moment_text(at, desk.zone)),
        _area(desk, "note", N_("Note"), is_required=False),
    )


def _classify(desk: Desk) -> tuple[FieldView, ...]:
    language, ticket = desk.language, desk.ticket
    departments = (Choice("", t(language, "Choose")), *_choices(language, words.DEPARTMENTS))
    return (
        FieldView("class", t(language, "Class"), "radio", ticket.class_ or "valid",
                  choices=_choices(language, words.CLASSES)),
        FieldView("severity", t(language, "Severity"), "radio", ticket.severity or "normal",
                  choices=_choices(language, words.SEVERITIES)),
        FieldView("department", t(language, "Department"), "select", ticket.department or "",
                  choices=departments),
    )  # fmt: skip


def _complete(desk: Desk) -> tuple[FieldView, ...]:
    if desk.ticket.workflow == "complaint":
        return (_area(desk, "note", N_("Cause, and what is done so that it does not happen again")),)
    done = _area(desk, "note", N_("What was done"), is_required=visit_form.is_asked(desk))
    return (*visit_form.fields_of(desk), done, *price_form.fields_of(desk))


def _sign_off(desk: Desk) -> tuple[FieldView, ...]:
    return (
        FieldView("signed_by", t(desk.language, "Signed by"), value=desk.signer),
        _area(desk, "materials", N_("Materials"), is_required=False),
        *price_form.fields_of(desk),
        _area(desk, "note", N_("Note"), is_required=False),
    )


def _text_for_resident(label: str) -> Callable[[Desk], tuple[FieldView, ...]]:
    return lambda desk: (_area(desk, "text", label),)


def _decide(desk: Desk) -> tuple[FieldView, ...]:
    options = (Choice("yes", t(desk.language, "Adopted")), Choice("no", t(desk.language, "Not adopted")))
    return (
        FieldView("adopted", t(desk.language, "Decision"), "radio", choices=options),
        _area(desk, "reason", N_("Reason or plan, as the resident will read it")),
    )


def _follow_up(desk: Desk) -> tuple[FieldView, ...]:
    scores = (Choice("", t(desk.language, "No score")), *(Choice(str(n), "★" * n) for n in range(5, 0, -1)))
    return (
        FieldView("result", t(desk.language, "Is the resident satisfied?"), "radio",
                  choices=_choices(desk.language, words.RESULTS)),
        FieldView("score", t(desk.language, "Score"), "select", "", choices=scores, is_required=False),
        _area(desk, "note", N_("What the resident said"), is_required=False),
    )  # fmt: skip


def _reasoned(*, is_required: bool) -> Callable[[Desk], tuple[FieldView, ...]]:
    return lambda desk: (replace(_area(desk, "reason", N_("Reason"), is_required=is_required),
                                 limit=MAX_REASON),
                         tell_choice.field_of(desk.language))  # fmt: skip


FIELDS: Final[Mapping[str, Callable[[Desk], tuple[FieldView, ...]]]] = {
    "assign": _assign,
    "schedule": _schedule,
    "plan": _plan,
    "classify": _classify,
    "complete": _complete,
    "sign_off": _sign_off,
    "feedback": _text_for_resident(N_("What was found and done")),
    "answer": _text_for_resident(N_("Your answer")),
    "decide": _decide,
    "follow_up": _follow_up,
    "pause": lambda desk: pause_form.fields_of(desk.language),
    "cancel": _reasoned(is_required=True),
    "unschedule": _reasoned(is_required=False),
    **queue_forms.FIELDS,
}


def moment_text(instant: datetime, zone: str) -> str:
    """An instant as a date-and-time field holds it: local, to the minute."""
    return local(instant, zone).strftime("%Y-%m-%dT%H:%M")


def read_moment(text: str, zone: str) -> datetime | None:
    """Read a date-and-time field, meant in the estate's zone; None when it is no date."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))
    except ValueError:
        return None


def read_body(desk: Desk, action: str, typed: Mapping[str, str]) -> dict[str, Any]:
    """Return the body of a ticket action. Raises BadForm with the sentence at each field."""
    typed = _with_line(desk, action, typed)
    errors = _missing(desk, action, typed)
    body: dict[str, Any] = {name: value.strip() for name, value in typed.items() if value.strip()}
    if action in READERS and not errors:
        body = READERS[action](desk, body, errors)
    _look_at_words(desk, action, typed, errors)
    if errors:
        raise BadForm(errors)
    for beside in ("sure", "translate", "translated"):
        body.pop(beside, None)
    return body


def words_of(action: str, typed: Mapping[str, str]) -> str:
    """What was typed for the resident's eyes; "" where an action has nothing of the kind."""
    return typed.get(TO_RESIDENT.get(action, ""), "").strip()


def _with_line(desk: Desk, action: str, typed: Mapping[str, str]) -> Mapping[str, str]:
    """Words sent all the same in another language than their reader's end with a line that says so."""
    own = words_of(action, typed)
    is_plain = bool(typed.get("sure")) and not typed.get("translated") and tell_choice.is_told(typed)
    if not is_plain or not is_foreign(own, desk.reader_language):
        return typed
    line = t(desk.reader_language, UNTRANSLATED[desk.reader_language])
    return {**typed, TO_RESIDENT[action]: f"{own}\n\n{line}"}


def _missing(desk: Desk, action: str, typed: Mapping[str, str]) -> dict[str, str]:
    fields = FIELDS[action](desk) if action in FIELDS else (FieldView("text", ""),)
    if action in TITLES and action not in FIELDS:
        return {}
    has_photos = action == "reply" and bool(photo_ids(typed))
    missing = t(desk.language, "Please fill this in.")
    found = {}
    for field in fields:
        value = typed.get(field.name, "").strip()
        if field.is_required and not value and not has_photos:
            found[field.name] = missing
        elif len(value) > (limit := field.limit or MAX_TEXT):
            found[field.name] = t(desk.language, "Please keep this under {limit} characters.", limit=limit)
        elif (
            field.choices
            and field.kind != "list"
            and value
            and value not in {choice.value for choice in field.choices}
        ):
            found[field.name] = missing
    return found


def _look_at_words(desk: Desk, action: str, typed: Mapping[str, str], errors: dict[str, str]) -> None:
    """What a resident would read must have no open holes; another language than theirs is asked about."""
    name = TO_RESIDENT.get(action, "")
    text = typed.get(name, "")
    if name in errors or not tell_choice.is_told(typed):
        return
    if left := open_holes(text):
        errors[name] = t(desk.language, "Please fill this in by hand first: {holes}", holes=" ".join(left))
    elif is_foreign(text, desk.reader_language) and not typed.get("sure"):
        errors["sure"] = t(desk.language, FOREIGN[desk.reader_language])


Errors = dict[str, str]


def _read_schedule(desk: Desk, body: dict[str, Any], errors: Errors) -> dict[str, Any]:
    start, end = read_moment(body["start"], desk.zone), read_moment(body["end"], desk.zone)
    for name, value in (("start", start), ("end", end)):
        if value is None:
            errors[name] = t(desk.language, "Please give a date and a time.")
    if start and end and end <= start:
        errors["end"] = t(desk.language, "The end of the visit must be after its start.")
    return {"start": start, "end": end, "tell": tell_choice.is_told(body)}


def _read_plan(desk: Desk, body: dict[str, Any], errors: Errors) -> dict[str, Any]:
    at = read_moment(body["at"], desk.zone)
    if at is None:
        errors["at"] = t(desk.language, "Please give a date and a time.")
    return {**body, "at": at}


def _read_assign(desk: Desk, body: dict[str, Any], errors: Errors) -> dict[str, Any]:
    return {**body, "user": int(body["user"])}


def _read_decide(desk: Desk, body: dict[str, Any], errors: Errors) -> dict[str, Any]:
    return {"adopted": body["adopted"] == "yes", "reason": body["reason"]}


def _read_follow_up(desk: Desk, body: dict[str, Any], errors: Errors) -> dict[str, Any]:
    return {**body, "score": int(body["score"]) if "score" in body else None}


def photo_ids(typed: Mapping[str, str]) -> tuple[str, ...]:
    """The ids of the photos that were chosen for a reply, in order."""
    return tuple(name[len(PHOTO) :] for name in typed if name.startswith(PHOTO))


def _read_reply(desk: Desk, body: dict[str, Any], errors: Errors) -> dict[str, Any]:
    return {"text": body.get("text", ""), "files": photo_ids(body)}


def _read_note(desk: Desk, body: dict[str, Any], errors: Errors) -> dict[str, Any]:
    return {"text": body["text"]}


READERS: Final[Mapping[str, Callable[[Desk, dict[str, Any], Errors], dict[str, Any]]]] = {
    "schedule": _read_schedule,
    "plan": _read_plan,
    "assign": _read_assign,
    "decide": _read_decide,
    "follow_up": _read_follow_up,
    "complete": visit_form.read,
    "sign_off": price_form.read,
    "pause": lambda desk, body, errors: pause_form.read(desk.language, body, errors),
    "unschedule": lambda desk, body, errors: {
        "reason": body.get("reason"),
        "tell": tell_choice.is_told(body),
    },
    "cancel": lambda desk, body, errors: {"reason": body["reason"], "tell": tell_choice.is_told(body)},
    "reply": _read_reply,
    "note": _read_note,
    "set_aside": lambda desk, body, errors: queue_forms.read_set_aside(desk, body, errors, read_moment),
    **queue_forms.READERS,
}
