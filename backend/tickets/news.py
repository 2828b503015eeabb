"""What residents are told when a time is agreed, comes near or is over. Reads no row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from backend.tickets.wording import Push, named, opinion_buttons, sentence
from locales import N_
from locales.dates import format_full


@dataclass(frozen=True, slots=True)
class About:
    """Whom and what a piece of news is about, and when (``at``), in the reader's zone and language."""

    language: str
    address: str
    number: int
    name: str
    at: datetime
    zone: str


@dataclass(frozen=True, slots=True)
class Reached:
    """A step that was waited for: its name, what its record says, and what happens next, in words."""

    step: str
    details: tuple[str, ...]
    next: str


#: what a reminder says, by manner
REMINDERS: Final[Mapping[str, str]] = {
    "booking": N_("{named}a reminder of #{number} ({name}): it is on {when}."),
    "event": N_("{named}a reminder of #{number} ({name}): it is on {when}. We look forward to seeing you."),
    "lend": N_("{named}a reminder of #{number} ({name}): please bring it back by {when}."),
    "custody": N_("{named}a reminder of #{number} ({name}): please collect it by {when}."),
    "permit": N_("{named}a reminder of #{number} ({name}): the permit ends on {when}."),
}
#: what is said when the time is over
OVER: Final[Mapping[str, str]] = {
    "custody": N_(
        "{named}what we keep for you (#{number}, {name}) was to be collected by {when}. Please collect it "
        "from the service desk, or tell me if it is to stay longer."
    ),
    "lend": N_(
        "{named}what you borrowed (#{number}, {name}) was due back on {when}. Please bring it to the service "
        "desk, or tell me if you need it longer."
    ),
    "permit": N_(
        "{named}the permit #{number} ({name}) ended on {when}. If the work is not finished, please ask me "
        "for a new one before going on."
    ),
}


def signed(about: About) -> Push:
    """The work is confirmed: now, and not before, what the resident thinks of it."""
    text = sentence(
        about.language,
        "{named}thank you, “{name}” (#{number}) is signed off. Are you happy with the work?",
        named=named(about.language, about.address),
        name=about.name,
        number=about.number,
    )
    return Push(text, opinion_buttons(about.language, about.number))


def done_at(about: About, price: str) -> Push:
    """The work is done and costs something: the price is named before an opinion is asked for."""
    text = sentence(
        about.language,
        "{named}“{name}” (#{number}) is done. The price is {price}. Are you happy with it?",
        named=named(about.language, about.address),
        name=about.name,
        number=about.number,
        price=price,
    )
    return Push(text, opinion_buttons(about.language, about.number))


def planned(about: About) -> Push:
    """A time was agreed by which it will be done."""
    return _worded(about, N_("{named}as agreed, #{number} ({name}) will be settled by {when}."))


def reminder(about: About, manner: str) -> Push:
    return _worded(about, REMINDERS[manner])


def over(about: About, manner: str) -> Push:
    return _worded(about, OVER[manner])


def refused(about: About, reason: str) -> Push:
    """A person said no, and why; what would be possible instead is the butler's to say."""
    return _worded(about, N_("{named}#{number} ({name}) could not be approved: {reason}"), reason=reason)


def reached(about: About, what: Reached) -> Push:
    """What the resident waited for has come: how it stands, what the record says, what happens next."""
    said = joined(about.language, what.details, what.next)
    return _worded(about, N_("{named}#{number} ({name}): {step}. {said}"), step=what.step, said=said)


def joined(language: str, details: Sequence[str], then: str) -> str:
    """Each piece as a sentence of its own, one after the other."""
    stop, gap = ("。", "") if language == "zh" else (".", " ")
    return gap.join([*(f"{one}{stop}" for one in details), *([then] if then else [])])


def warranty(about: About) -> Push:
    """A repair goes on with whoever built the home."""
    return _worded(
        about,
        N_(
            "{named}this falls under the warranty of your home. It goes on as #{number} ({name}), free of "
            "charge."
        ),
    )


def still_waiting(about: About, who: str) -> Push:
    """Somebody was asked to hold, and nothing has been said since (SLA-25)."""
    if not who:
        return _worded(
            about,
            N_(
                "{named}I am sorry to keep you waiting. #{number} ({name}) is still being looked into, and "
                "you will be told here as soon as there is something to say."
            ),
        )
    return _worded(
        about,
        N_(
            "{named}I am sorry to keep you waiting. {who} is still looking into #{number} ({name}) and will "
            "write here as soon as there is something to say."
        ),
        who=who,
    )


def merged(about: About) -> Push:
    """Somebody reported the same place before."""
    return _worded(
        about,
        N_("{named}thank you: the same place was reported already (#{number}, {name}). It is being seen to."),
    )


def _worded(about: About, text: str, **more: str) -> Push:
    said = sentence(
        about.language,
        text,
        named=named(about.language, about.address),
        number=about.number,
        name=about.name,
        when=format_full(about.language, about.at, about.zone),
        **more,
    )
    return Push(said, [])
