"""What residents are told about a ticket, in their language: the few pushes of a ticket's life."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from backend.tickets.own_steps import OwnStep
from locales import N_, t
from locales.dates import format_window

Span = tuple[datetime, datetime]
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
    "booked": N_("time fixed"),
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
    "requested": N_("registered"),
    "scheduled": N_("time fixed"),
    "in_service": N_("under way"),
    "signed_off": N_("signed off"),
    "charged": N_("paid or put on your bill"),
    "bad_faith_unpaid": N_("payment still open"),
    "offered": N_("choices sent to you"),
    "fulfilled": N_("done, waiting for your feedback"),
    "complained": N_("continued as a complaint"),
    "eligible": N_("help is being arranged"),
    "arranged": N_("help is on its way"),
    "redirected": N_("another way was offered"),
    "lent": N_("with you"),
    "overdue": N_("overdue"),
    "returned": N_("returned"),
    "unavailable": N_("none free at present"),
    "open": N_("open for sign-up"),
    "waiting": N_("on the waiting list"),
    "signed_up": N_("signed up"),
    "attended": N_("attended"),
    "card_issued": N_("card issued"),
    "verified": N_("papers checked"),
    "agreed": N_("agreement signed"),
    "issued": N_("vouchers handed over"),
    "reserved": N_("reserved for you"),
    "part_redeemed": N_("partly used"),
    "redeemed": N_("used"),
    "rejected": N_("not approved"),
    "notified": N_("notice sent"),
    "docs_missing": N_("papers missing"),
    "inspected": N_("inspected together"),
    "snag_open": N_("defects being mended"),
    "contractor_told": N_("the developer has the list of defects"),
    "paid": N_("fees paid"),
    "active": N_("in force"),
    "refused": N_("not approved"),
    "owner_consented": N_("owner’s consent noted"),
    "eng_cleared": N_("cleared by engineering"),
    "fin_cleared": N_("cleared by accounts"),
    "sec_cleared": N_("cleared by security"),
    "keys_returned": N_("keys returned"),
    "released": N_("released"),
    "submitted": N_("application received"),
    "incomplete": N_("documents missing"),
    "drawing_review": N_("drawings under review"),
    "revise": N_("drawings to be corrected"),
    "fire_review": N_("fire safety under review"),
    "permitted": N_("permit granted"),
    "in_progress": N_("works going on"),
    "violation": N_("a rule was broken"),
    "concealed_check": N_("inspection before covering up"),
    "completion_check": N_("final inspection"),
    "ended": N_("ended"),
    "approved": N_("approved"),
    "expired": N_("expired"),
    "reported": N_("reported"),
    "merged": N_("handled together with the same report"),
    "corrected": N_("put right, to be checked"),
    "checked": N_("put right and checked"),
    "booked_again": N_("moved to a new time"),
    "visited": N_("visited"),
    "pending": N_("passed on, an answer follows"),
    "filed": N_("filed"),
    "browsed": N_("seen"),
    "nothing": N_("nothing to be done"),
    "rewarded": N_("reward given"),
    "lapsed": N_("lapsed"),
    "written": N_("written"),
    "read": N_("read"),
    "reviewed": N_("reviewed"),
    "candidate": N_("candidate"),
    "evaluated": N_("evaluated"),
    "contracted": N_("contract signed"),
    "suspended": N_("suspended"),
}
#: workflow.step → what a resident reads where a step means something of its own in that workflow
OWN_STEPS: Final[Mapping[str, str]] = {
    "paid.accepted": N_("price accepted"),
    "booking.confirmed": N_("registered"),
    "booking.accepted": N_("your choice is noted"),
    "booking.booked": N_("booked"),
    "visitor.confirmed": N_("expected at the gate"),
    "visitor.booked": N_("arrived"),
    "visitor.fulfilled": N_("left"),
    "visitor.closed": N_("left"),
    "move_in.accepted": N_("handover signed"),
    "move_in.booked": N_("appointment made"),
    "move_in.active": N_("moved in"),
    "move_out.requested": N_("registered"),
    "move_out.released": N_("cleared, goods may leave"),
    "decoration.accepted": N_("works accepted"),
    "warranty.registered": N_("registered"),
    "warranty.notified": N_("contractor told in writing"),
    "warranty.overdue": N_("late, we are pressing the contractor"),
    "records.done": N_("done"),
    "aid.done": N_("done, waiting for your feedback"),
    "referral.confirmed": N_("purchase confirmed"),
    "parking.active": N_("the space is yours"),
    "parking.waiting": N_("waiting for a space"),
    "visit.booked": N_("appointment made"),
    "visit.answered": N_("answered"),
    "release_pass.requested": N_("registered"),
    "permit.requested": N_("registered"),
    "permit.approved": N_("permit valid"),
    "handover.accepted": N_("accepted"),
    "handover.refused": N_("not taken over"),
    "online_info.replied": N_("answered"),
    "custody.lent": N_("in our keeping"),
    "custody.returned": N_("collected"),
    "custody.overdue": N_("waiting to be collected"),
    "custody.unavailable": N_("cannot be kept at present"),
}


def step_name(language: str, step: str, workflow: str = "") -> str:
    """Word a workflow's step for a person; an unknown step reads as it is stored."""
    name = OWN_STEPS.get(f"{workflow}.{step}") or STEPS.get(step)
    return t(language, name) if name else step


@dataclass(frozen=True, slots=True)
class Push:
    """One worded message to a resident with its buttons."""

    text: str
    buttons: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class YourTurn:
    """A ticket that waits for its resident: what they are told (``content``), the price, what they may do."""

    number: int
    name: str
    price: str
    content: str
    steps: tuple[OwnStep, ...]


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


def time_set(
    language: str, address: str, number: int, start: datetime, end: datetime, zone: str,
    was: Span | None = None,
) -> Push:  # fmt: skip
    """A time is agreed; ``was``: the one that it takes the place of, where it was moved."""
    said = (
        N_("{named}the time for #{number} has changed: it was {was}, and is now {window}.")
        if was
        else N_("{named}the time for #{number} is set: {window}.")
    )
    window = format_window(language, start, end, zone)
    before = format_window(language, *was, zone) if was else ""
    text = sentence(language, said, named=named(language, address), number=number, window=window, was=before)
    return Push(
        text,
        [
            _button(language, "That suits me", "time_suits", number=number),
            _button(language, "Change the time", "schedule", number=number),
        ],
    )


def time_off(language: str, address: str, number: int, window: str, reason: str) -> Push:
    """The visit alone is called off; the resident may name another time at once."""
    said = (
        N_("{named}the visit agreed for #{number} ({window}) is called off. Your request stays open, and we will "
           "agree another time with you. The reason: {reason}")
        if reason
        else N_("{named}the visit agreed for #{number} ({window}) is called off. Your request stays open, and we "
                "will agree another time with you.")
    )  # fmt: skip
    text = sentence(language, said, named=named(language, address), number=number, window=window,
                    reason=reason)  # fmt: skip
    return Push(text, [_button(language, "Name a new time", "schedule", number=number)])


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


def paused(
    language: str, address: str, number: int, reason: str, *, visit: str = "",
    is_part: bool = False, is_late: bool = False,
) -> Push:  # fmt: skip
    """``is_part``: some of what was promised is not held up, such as the ``visit`` of that time. ``is_late``:
    what waits was promised for earlier. Clocks are a word of the office: nobody outside reads of them."""
    if visit:
        said = N_("{named}#{number} is on hold for now; the visit stays as agreed, {visit}. "
                  "The reason: {reason}")  # fmt: skip
    elif is_late:
        said = N_("{named}we are later with #{number} than we promised, and I am sorry. "
                  "Where it stands: {reason}")  # fmt: skip
    elif is_part:
        said = N_("{named}part of #{number} is on hold for now; what else we promised you still "
                  "holds. The reason: {reason}")  # fmt: skip
    else:
        said = N_("{named}#{number} is on hold for now: {reason}")
    text = sentence(language, said, named=named(language, address), number=number, reason=reason, visit=visit)
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
        "#{number}, linked to the old one, and is looked into again from the start.",
        named=named(language, address),
        number=number,
        old=old,
    )
    return Push(text, [])


def your_turn(language: str, address: str, ticket: YourTurn) -> Push:
    """The ticket waits for the resident: what they are asked, and a button for each answer."""
    values = {"number": ticket.number, "name": ticket.name, "price": ticket.price, "content": ticket.content}
    if ticket.price and ticket.content:
        text = N_(
            "{named}the price for #{number}, “{name}”, is {price}: {content}. We start only once you agree."
        )
    elif ticket.price:
        text = N_("{named}the price for #{number}, “{name}”, is {price}. We start only once you agree.")
    else:
        text = N_("{named}about #{number}, “{name}”: {content}")
    buttons = [
        _button(language, one.label, "own", number=ticket.number, step=one.kind) for one in ticket.steps
    ]
    return Push(sentence(language, text, named=named(language, address), **values), buttons)


def money(fen: int) -> str:
    """An amount as residents read it: ``¥120``, ``¥99.50``."""
    yuan, rest = divmod(fen, 100)
    return f"¥{yuan:,}.{rest:02}" if rest else f"¥{yuan:,}"
