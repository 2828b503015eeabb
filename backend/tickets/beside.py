"""What residents are told when their ticket goes to another hand, into another, or in two. Reads no row."""

from collections.abc import Container, Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from backend.tickets.news import About
from backend.tickets.steps_told import promised
from backend.tickets.wording import Push, named, sentence
from locales import N_, t

if TYPE_CHECKING:
    from backend.models import Deadline, Ticket
    from backend.tickets.telling import Reader


def about(reader: "Reader", ticket: "Ticket", now: datetime) -> About:
    """Whom and what it is about, in the reader's language."""
    name = ticket.name(reader.language)
    return About(reader.language, reader.address_as, ticket.number, name, now, reader.zone)


def is_late(clocks: Iterable["Deadline"], now: datetime, kept: Container[str] = ()) -> bool:
    """Whether a time promised to the resident is over; ``kept``: the promises that were kept elsewhere."""
    return any(
        one.due_at <= now and one.met_at is None and one.paused_at is None and one.name not in kept
        for one in promised(clocks)
    )


def passed_on(told: About, who: str, *, is_late: bool = False) -> Push:
    """Somebody else follows from here; of a promise that is overdue nobody says that it stands."""
    text = N_("{named}{who} now looks after #{number} ({name}); the time promised to you stands.")
    if is_late:
        text = N_("{named}{who} now looks after #{number} ({name}). We are late with it, and we are sorry: "
                  "it comes first now.")  # fmt: skip
    return _worded(told, text, who=who)


def merged(told: About, into: int, *, is_late: bool = False) -> Push:
    """Two tickets about one matter go on as one; a promise that is overdue is owned up to."""
    text = N_("{named}#{number} ({name}) is the same matter as #{into}: we go on with it there, and every "
              "time promised to you stands.")  # fmt: skip
    if is_late:
        text = N_("{named}#{number} ({name}) is the same matter as #{into}, and we go on with it there. The "
                  "time promised to you is over, and we are sorry: you are answered first.")  # fmt: skip
    return _worded(told, text, into=into)


def merged_step(language: str, into: int) -> str:
    """Where a merged ticket stands: it is not cancelled, it goes on in the other."""
    return t(language, "handled together with #{number}", number=into)


def merged_next(language: str, into: int) -> str:
    """What happens next with it."""
    return t(language, "This is the same matter as #{number}, so it goes on there as one request.",
             number=into)  # fmt: skip


def separated(told: About, former: int) -> Push:
    """What was taken for the same matter is one of its own after all."""
    return _worded(
        told,
        N_("{named}#{former} is a matter of its own after all: it goes on as #{number} ({name}), counted "
           "from when you first told us."),
        former=former,
    )  # fmt: skip


def split(told: About, former: int) -> Push:
    """A part of a ticket gets a number of its own: the read-back."""
    return _worded(
        told,
        N_("{named}to keep the two apart, “{name}” now has its own number, #{number}, beside #{former}; both "
           "count from when you first told us. If that is not right, please tell me."),
        former=former,
    )  # fmt: skip


def filed_anew(told: About, former: int) -> Push:
    """The wrong service had been understood: the matter goes on under the right one."""
    return _worded(
        told,
        N_("{named}#{former} now goes on as #{number} ({name}), the service it belongs to; the time still "
           "counts from when you first told us."),
        former=former,
    )  # fmt: skip


def _worded(told: About, text: str, **more: object) -> Push:
    said = sentence(told.language, text, named=named(told.language, told.address), number=told.number,
                    name=told.name, **more)  # fmt: skip
    return Push(said, [])
