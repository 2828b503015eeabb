"""What residents are told when their ticket goes to another hand, into another, or in two. Reads no row."""

from datetime import datetime
from typing import TYPE_CHECKING

from backend.tickets.news import About
from backend.tickets.wording import Push, named, sentence
from locales import N_

if TYPE_CHECKING:
    from backend.models import Ticket
    from backend.tickets.telling import Reader


def about(reader: "Reader", ticket: "Ticket", now: datetime) -> About:
    """Whom and what it is about, in the reader's language."""
    name = ticket.name(reader.language)
    return About(reader.language, reader.address_as, ticket.number, name, now, reader.zone)


def passed_on(told: About, who: str) -> Push:
    """Somebody else follows from here."""
    return _worded(
        told,
        N_("{named}{who} now looks after #{number} ({name}); the time promised to you stands."),
        who=who,
    )


def merged(told: About, into: int) -> Push:
    """Two tickets about one matter go on as one."""
    return _worded(
        told,
        N_("{named}#{number} ({name}) is the same matter as #{into}: we go on with it there, and every time "
           "promised to you stands."),
        into=into,
    )  # fmt: skip


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
