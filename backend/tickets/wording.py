"""What residents are told about a ticket, in their language: the few pushes of a ticket's life."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from locales import N_, t
from locales.dates import format_window

#: step → what a resident reads
STEPS: Final[Mapping[str, str]] = {
    "confirmed": N_("registered"),
    "triaged": N_("taken on"),
    "quoted": N_("price sent to you"),
    "assigned": N_("a colleague is assigned"),
    "rescheduled": N_("a new time is being arranged"),
    "on_site": N_("on site"),
    "diagnosed": N_("under repair"),
    "waiting_parts": N_("waiting for parts"),
    "done": N_("done, waiting for your feedback"),
    "followed_up": N_("followed up"),
    "rework": N_("being done again"),
    "closed": N_("closed"),
    "cancelled": N_("cancelled"),
    "withdrawn": N_("withdrawn"),
    "declined": N_("not something we can do"),
    "moved_to_warranty": N_("passed to the warranty team"),
    "reopened_as_new": N_("continued as a new complaint"),
    "booked": N_("booked"),
    "finished": N_("done, waiting for your feedback"),
    "signed": N_("signed off"),
    "settled": N_("settled"),
    "registered": N_("registered"),
    "classified": N_("being looked into"),
    "explained": N_("explained"),
    "handled": N_("handled, feedback follows"),
    "fed_back": N_("outcome sent, waiting for your reply"),
    "received": N_("received"),
    "under_review": N_("under review by the manager"),
    "consulting": N_("being discussed"),
    "adopted": N_("adopted"),
    "not_adopted": N_("not adopted"),
    "replied": N_("answered"),
    "taken": N_("taken down, an answer follows"),
    "researching": N_("being looked up"),
    "answered": N_("answered"),
    "alerted": N_("duty staff alerted"),
    "accepted": N_("taken on"),
    "safe": N_("danger over"),
    "false_alarm": N_("false alarm"),
    "in_work": N_("under way"),
}


def step_name(language: str, step: str) -> str:
    """Word a workflow's step for a person; an unknown step reads as it is stored."""
    return t(language, STEPS[step]) if step in STEPS else step


@dataclass(frozen=True, slots=True)
class Push:
    """One worded message to a resident with its buttons."""

    text: str
    buttons: list[dict[str, Any]]


def _button(language: str, sentence: str, action: str, **values: object) -> dict[str, Any]:
    return {"label": t(language, sentence), "action": action, "values": values}


def named(language: str, address: str) -> str:
    """``陈先生，`` or ``Mr Chen, `` to begin a sentence with; "" when no name is known."""
    return t(language, "{address}, ", address=address) if address else ""


def sentence(language: str, text: str, /, **values: object) -> str:
    """Word a sentence that may begin with a name; without one its first letter is made large."""
    worded = t(language, text, **values)
    return worded[:1].upper() + worded[1:]


def taken(language: str, address: str, number: int, who: str) -> Push:
    text = sentence(
        language,
        "{named}{who} has taken on your request #{number} and will see it through.",
        named=named(language, address),
        who=who,
        number=number,
    )
    return Push(text, [])


def time_set(language: str, address: str, number: int, start: datetime, end: datetime, zone: str) -> Push:
    window = format_window(language, start, end, zone)
    text = sentence(
        language, "{named}the time for #{number} is set: {window}.",
             named=named(language, address), number=number, window=window)  # fmt: skip
    return Push(text, [_button(language, "Change the time", "schedule", number=number)])


def arrived(language: str, address: str, number: int, who: str) -> Push:
    text = sentence(
        language,
        "{named}{who} is on site for #{number}.",
        named=named(language, address),
        who=who,
        number=number,
    )
    return Push(text, [])


def opinion_buttons(language: str, number: int) -> list[dict[str, Any]]:
    return [
        _button(language, "Happy", "follow_up", number=number, result="satisfied"),
        _button(language, "So-so", "follow_up", number=number, result="partly"),
        _button(language, "Not happy", "follow_up", number=number, result="unsatisfied"),
    ]


def done(language: str, address: str, number: int, name: str) -> Push:
    text = sentence(
        language,
        "{named}“{name}” (#{number}) is done. Are you happy with it?",
        named=named(language, address),
        name=name,
        number=number,
    )
    return Push(text, opinion_buttons(language, number))


def safe(language: str, address: str, number: int) -> Push:
    text = sentence(
        language,
        "{named}the danger is over (#{number}). I hope you are all right. Are you happy with how we handled it?",
        named=named(language, address),
        number=number,
    )
    return Push(text, opinion_buttons(language, number))


def fed_back(language: str, address: str, number: int) -> Push:
    text = sentence(
        language,
        "{named}are you happy with the outcome of #{number}? The supervisor reads your answer.",
        named=named(language, address),
        number=number,
    )
    return Push(text, opinion_buttons(language, number))


def answered(language: str, number: int) -> Push:
    buttons = [
        _button(language, "That helped", "helped", number=number),
        _button(language, "Not yet", "not_helped", number=number),
    ]
    return Push(t(language, "Did that answer your question (#{number})?", number=number), buttons)


def decided(language: str, address: str, number: int, is_adopted: bool, reason: str) -> Push:
    told = (
        N_("{named}your suggestion #{number} has been adopted. Thank you for making the estate better. {reason}")
        if is_adopted
        else N_("{named}thank you for thinking with us. We looked closely at your suggestion #{number} and"
                " will not do it now. {reason}")
    )  # fmt: skip
    text = sentence(language, told, named=named(language, address), number=number, reason=reason)
    return Push(text, [])


def cancelled(language: str, address: str, number: int, reason: str) -> Push:
    text = sentence(
        language,
        "{named}#{number} is cancelled: {reason}",
        named=named(language, address),
        number=number,
        reason=reason,
    )
    return Push(text, [])


def paused(language: str, address: str, number: int, reason: str) -> Push:
    text = sentence(
        language,
        "{named}our clock on #{number} is paused for now: {reason}",
        named=named(language, address),
        number=number,
        reason=reason,
    )
    return Push(text, [])


def rework(language: str, address: str, number: int, who: str) -> Push:
    text = sentence(
        language,
        "{named}I am sorry. #{number} will be done again; {who} will agree a time with you.",
        named=named(language, address),
        number=number,
        who=who,
    )
    return Push(text, [])


def new_complaint(language: str, address: str, number: int, old: int) -> Push:
    text = sentence(
        language,
        "{named}I am sorry that #{old} did not end well. It is now a new complaint, "
        "#{number}, linked to the old one, and every promise starts afresh.",
        named=named(language, address),
        number=number,
        old=old,
    )
    return Push(text, [])
