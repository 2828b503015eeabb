"""What a resident is told of a step: what happens next, who acts, and whether it is their own turn. Pure.

One sentence for each step of each workflow; a step that reads the same everywhere stands under "". The
time by which it happens is the ticket's next promise, told beside it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol, TypeVar

from locales import N_, t

#: whose turn it is when nobody acts any more
NOBODY: Final = ""
RESIDENT: Final = "R"
#: those who do the work itself: engineers, guards, providers
WORK: Final = frozenset({"E", "SEC", "P"})
#: clocks that are promises to the resident; others run among staff (registering, telling the manager)
PROMISED: Final = frozenset(
    {"respond", "feedback", "attend", "follow_up", "answer", "reply", "rework", "notify", "mend", "approve",
     "arrange"}
)  # fmt: skip


class Clock(Protocol):
    """As much of a deadline as says whether it is told."""

    @property
    def name(self) -> str: ...
    @property
    def agreed_at(self) -> datetime | None: ...


C = TypeVar("C", bound=Clock)


def promised(clocks: Iterable[C]) -> list[C]:
    """Return those that are promises to the resident; a date agreed with them is one whatever it is."""
    return [one for one in clocks if one.name in PROMISED or one.agreed_at is not None]


@dataclass(frozen=True, slots=True)
class Next:
    """Who acts next (an actor of the machines, "" when it is over) and the sentence that says so."""

    actor: str
    sentence: str


#: a visitor's pass works from the moment it is asked for
_EXPECTED: Final = N_("The gate expects your visitor, who only needs to give a name and your home.")
# fmt: off
_STEPS: Final[Mapping[str, Mapping[str, tuple[str, str]]]] = {
    "": {
        "followed_up": ("B", N_("{who} closes it once you are happy. If anything is still not right, just "
                                "say so.")),
        "closed": ("", N_("This is finished. If anything comes up again, simply write to us.")),
        "cancelled": ("", N_("This was cancelled, and nobody does anything more. You can ask for it again "
                             "at any time.")),
        "withdrawn": ("", N_("You withdrew this, and nothing more is done about it.")),
        "refused": ("", N_("This could not be approved, and you were told why. {who} can say what would be "
                           "possible instead.")),
        "declined": ("", N_("We cannot do this ourselves, and you were told why. {who} can say who could.")),
        "done": ("B", N_("{who} asks you within 24 hours whether everything is right.")),
        "rework": ("B", N_("{who} has it done again and agrees the time with you first. Doing it again "
                           "costs you nothing.")),
    },
    "general": {
        "received": ("B", N_("{who} takes it on and answers you.")),
        "accepted": ("B", N_("{who} arranges it and tells you when.")),
        "in_work": ("B", N_("It is under way. {who} tells you when it is done.")),
    },
    "repair": {
        "confirmed": ("B", N_("{who} takes it on and arranges an engineer.")),
        "triaged": ("B", N_("{who} names an engineer, or sends you the price first where the work is "
                            "charged for.")),
        "quoted": ("R", N_("It is your turn: please accept or decline the price. We start only once you "
                           "agree.")),
        "assigned": ("E", N_("{who} comes at the agreed time.")),
        "rescheduled": ("B", N_("{who} agrees a new time with you.")),
        "on_site": ("E", N_("{who} is finding out on the spot what is wrong.")),
        "diagnosed": ("E", N_("{who} is repairing it. Afterwards please try it and sign the work off.")),
        "waiting_parts": ("E", N_("{who} is waiting for a part and then agrees a new visit with you.")),
        "moved_to_warranty": ("", N_("It goes on with the warranty team, who will write to you about it.")),
    },
    "paid": {
        "requested": ("B", N_("{who} sends you the price and what it covers. Nothing starts before you "
                              "agree.")),
        "quoted": ("R", N_("It is your turn: please accept or decline the price. We start only once you "
                           "agree.")),
        "accepted": ("B", N_("{who} fixes the time with you and names who comes.")),
        "scheduled": ("P", N_("Our partner comes at the agreed time.")),
        "in_service": ("P", N_("The work is under way. Afterwards please sign it off, or say what is not "
                               "right.")),
        "signed_off": ("FIN", N_("The accounts office takes the payment or puts it on your monthly bill.")),
        "bad_faith_unpaid": ("B", N_("The amount is still open. {who} will talk to you about it.")),
        "charged": ("B", N_("{who} asks you within 24 hours whether everything is right.")),
    },
    "complaint": {
        "registered": ("B", N_("{who} looks into it and tells you within 24 hours what has come of it.")),
        "classified": ("S", N_("{who} names the department that puts it right.")),
        "assigned": ("D", N_("The department in charge puts it right, and {who} reports back to you.")),
        "explained": ("M", N_("{who} tells you what was found.")),
        "handled": ("B", N_("{who} tells you the outcome.")),
        "fed_back": ("R", N_("Please tell us whether you are happy with the outcome; {who} will ask you "
                             "too.")),
        "reopened_as_new": ("", N_("It goes on as a new complaint that is linked to this one, and is "
                                   "looked into again from the start.")),
    },
    "suggestion": {
        "received": ("D", N_("The service desk enters it and names who answers it.")),
        "registered": ("M", N_("The estate manager looks at it. Either way you hear by the promised time.")),
        "under_review": ("M", N_("The estate manager decides. Either way you hear by the promised time.")),
        "consulting": ("M", N_("The estate manager is asking others what they think. Either way you hear by "
                               "the promised time.")),
        "adopted": ("B", N_("{who} tells you how it will be done.")),
        "not_adopted": ("B", N_("{who} tells you the reason.")),
        "explained": ("B", N_("{who} gives you the answer.")),
        "replied": ("B", N_("You have the answer. If there is nothing else, {who} closes it.")),
    },
    "enquiry": {
        "taken": ("B", N_("{who} finds out and answers by the promised time.")),
        "researching": ("B", N_("{who} is finding out and answers by the promised time.")),
        "answered": ("R", N_("Please tell us whether the answer helped.")),
    },
    "housekeeping": {
        "booked": ("B", N_("{who} names trained staff for your visit.")),
        "assigned": ("P", N_("The cleaning staff come at the agreed time.")),
        "on_site": ("P", N_("The work is under way. Afterwards please sign it off.")),
        "finished": ("R", N_("It is your turn: please sign the work off, or say what has to be done again.")),
        "signed": ("P", N_("The voucher or the payment is settled next.")),
        "settled": ("B", N_("{who} asks you within 24 hours whether everything is right.")),
    },
    "benefit": {
        "requested": ("D", N_("The service desk checks your card.")),
        "card_issued": ("D", N_("The service desk checks your card.")),
        "rejected": ("", N_("The card could not be accepted, and you were told why. {who} can say what "
                            "would be possible instead.")),
        "verified": ("R", N_("It is your turn: please choose your services at the service desk and sign the "
                             "agreement.")),
        "agreed": ("D", N_("The service desk hands you the vouchers, and you sign for them.")),
        "issued": ("R", N_("Your vouchers are ready: tell us when you would like to use one.")),
        "reserved": ("P", N_("Our partner expects you, or comes to you, at the agreed time.")),
        "part_redeemed": ("R", N_("Part of the voucher is used: tell us when you would like to use the "
                                  "rest.")),
        "redeemed": ("SP", N_("The voucher is used up. We settle it with our partner at the start of the "
                              "month.")),
        "settled": ("SP", N_("The voucher is settled, and nothing more is needed from you.")),
    },
    "move_in": {
        "requested": ("D", N_("The service desk sends you the handover notice with date, place and papers.")),
        "notified": ("R", N_("It is your turn: please choose a date for the handover.")),
        "booked": ("D", N_("The service desk checks your papers on the agreed date. Please bring the "
                           "originals.")),
        "docs_missing": ("R", N_("Papers are missing. It is your turn: please complete them or choose a new "
                                 "date.")),
        "verified": ("B", N_("{who} and an engineer inspect the home with you and read the meters.")),
        "inspected": ("R", N_("It is your turn: please sign the handover list and take the keys, or name "
                              "what is not right.")),
        "snag_open": ("B", N_("The developer is told in writing within 24 hours; {who} inspects it with you "
                              "again.")),
        "contractor_told": ("B", N_("The developer has the list in writing; {who} inspects it with you "
                                    "again.")),
        "accepted": ("FIN", N_("The accounts office takes the fees and gives you the receipt.")),
        "paid": ("B", N_("{who} tells every department that you have moved in.")),
        "active": ("", N_("You have moved in. Welcome home; {who} is there for you.")),
    },
    "move_out": {
        "requested": ("R", N_("It is your turn: please confirm that you are the owner, or send us the "
                              "owner’s consent. Without it nothing may be cleared.")),
        "owner_consented": ("E", N_("An engineer checks the equipment and reads the meters with you.")),
        "eng_cleared": ("FIN", N_("The accounts office settles what is still open and your deposit.")),
        "fin_cleared": ("SEC", N_("Security checks the fire equipment.")),
        "sec_cleared": ("B", N_("{who} takes back keys, passes and cards.")),
        "keys_returned": ("D", N_("The service desk issues the goods exit pass and tells every department.")),
        "released": ("SYS", N_("Everything is cleared. This chat is then no longer linked to the home.")),
    },
    "decoration": {
        "submitted": ("D", N_("The service desk checks that the papers are complete and passes the drawings "
                              "to the engineers.")),
        "incomplete": ("R", N_("Papers are missing. It is your turn: please complete them; our three "
                               "working days begin then.")),
        "drawing_review": ("E", N_("The engineers review your drawings. You hear within three working "
                                   "days.")),
        "revise": ("R", N_("It is your turn: please correct the drawings as told. Meanwhile our clock "
                           "stands still.")),
        "fire_review": ("SEC", N_("Security reviews fire safety; then fees, deposit and insurance are "
                                  "settled.")),
        "permitted": ("D", N_("The service desk checks the protection on site, posts the permit and issues "
                              "the workers’ passes.")),
        "in_progress": ("R", N_("The works may go on, and we look in every day. Tell us before anything is "
                                "covered up and when you have finished.")),
        "violation": ("R", N_("A rule was broken on site. It is your turn: please have it put right, then "
                              "the works may go on.")),
        "concealed_check": ("E", N_("The engineers inspect what is about to be covered up.")),
        "completion_check": ("E", N_("All departments inspect the finished work with you.")),
        "accepted": ("FIN", N_("The accounts office refunds your deposit, less any damage.")),
    },
    "parking": {
        "requested": ("D", N_("The service desk looks for a free space and checks your papers.")),
        "waiting": ("SYS", N_("No space is free at present. You are on the waiting list, and we write as "
                              "soon as one is.")),
        "verified": ("FIN", N_("Your papers are in order. Once the fee is paid, you get the receipt and the "
                               "card.")),
        "active": ("", N_("The space is yours. To give it up, bring back the card and the lock’s key.")),
        "ended": ("", N_("The contract has ended, and card and key are back.")),
    },
    "warranty": {
        "registered": ("B", N_("{who} tells the contractor in writing within 24 hours.")),
        "notified": ("DEV", N_("The contractor starts the repair: minor ones are done within 3 days, others "
                               "within 7.")),
        "in_work": ("DEV", N_("The contractor is repairing it. Afterwards please try it and sign the work "
                              "off.")),
        "overdue": ("DEV", N_("This is late, and we are sorry. {who} is pressing the contractor.")),
    },
    "visit": {
        "requested": ("B", N_("{who} agrees the time of the visit with you.")),
        "booked": ("B", N_("{who} visits you at the agreed time.")),
        "booked_again": ("B", N_("{who} visits you at the new time.")),
        "visited": ("B", N_("{who} answers what you raised, or passes it on.")),
        "pending": ("B", N_("{who} has passed on what you raised and answers by the promised time.")),
        "answered": ("B", N_("Everything you raised is answered. {who} files the visit.")),
        "filed": ("", N_("The visit is filed. If anything comes up again, simply write to us.")),
    },
    "online_info": {
        "browsed": ("D", N_("The service desk looks at the post.")),
        "classified": ("B", N_("{who} answers the post within three hours.")),
        "replied": ("D", N_("The post is answered, and the service desk logs it.")),
        "nothing": ("", N_("Nothing needs to be done.")),
    },
    "booking": {
        "confirmed": ("B", N_("{who} sends you choices with the price and the terms for cancelling.")),
        "offered": ("R", N_("It is your turn: please choose, or decline. We book only once you agree.")),
        "accepted": ("B", N_("{who} books it and sends you the confirmation number.")),
        "booked": ("SYS", N_("It is booked. We remind you in time.")),
        "fulfilled": ("B", N_("{who} asks you within 24 hours whether everything is right.")),
        "complained": ("", N_("It goes on as a complaint that is linked to this one.")),
    },
    "visitor": {
        "confirmed": ("SEC", _EXPECTED),
        "offered": ("SEC", _EXPECTED),
        "accepted": ("SEC", _EXPECTED),
        "booked": ("", N_("Your visitor is through the gate.")),
        "fulfilled": ("", N_("Your visitor has left.")),
        "closed": ("", N_("Your visitor has left.")),
    },
    "aid": {
        "requested": ("B", N_("{who} talks with you about what is needed.")),
        "eligible": ("B", N_("{who} arranges the help at once.")),
        "arranged": ("B", N_("The help comes as {who} has agreed with you.")),
        "redirected": ("", N_("{who} has told you about another way to get this done.")),
    },
    "lend": {
        "requested": ("D", N_("The service desk gets it ready for you.")),
        "lent": ("R", N_("It is with you: please bring it back in time.")),
        "overdue": ("R", N_("The time is over: please bring it back to the service desk.")),
        "returned": ("", N_("It is back. Thank you.")),
        "unavailable": ("", N_("None is free at present. {who} has told you when the next one will be.")),
    },
    "custody": {
        "requested": ("D", N_("Please bring it to the service desk, and say until when it is to be kept.")),
        "lent": ("R", N_("It is in our keeping: please tell this number when you collect it.")),
        "overdue": ("R", N_("The agreed time is over: please collect it from the service desk.")),
        "returned": ("", N_("You have it back. Thank you.")),
        "unavailable": ("", N_("We cannot keep it at present. {who} has told you why.")),
    },
    "emergency": {
        "alerted": ("E", N_("The duty team has been alerted, and somebody takes it over at once.")),
        "accepted": ("E", N_("{who} is on the way.")),
        "on_site": ("E", N_("{who} is on the spot and stays until the danger is over.")),
        "safe": ("B", N_("{who} calls you within 24 hours to ask how you are.")),
        "false_alarm": ("", N_("It was a false alarm, and all is well.")),
    },
    "release_pass": {
        "requested": ("D", N_("The service desk checks the list of goods and, for tenants, the owner’s "
                              "consent.")),
        "approved": ("SEC", N_("Show the pass at the gate: the guard compares the list and lets the goods "
                               "out.")),
        "released": ("", N_("The goods have left the estate.")),
    },
    "permit": {
        "requested": ("SEC", N_("Security checks the papers and whether it is safe.")),
        "approved": ("SYS", N_("The permit is valid for the agreed time. Keep it where the work is done.")),
        "expired": ("", N_("The permit has expired. For more time, please apply again.")),
    },
    "event": {
        "open": ("S", N_("The team enters your name.")),
        "signed_up": ("S", N_("Your place is kept. We remind you in time.")),
        "waiting": ("SYS", N_("All places are taken. You are on the waiting list, and we write as soon as "
                              "one is free.")),
        "attended": ("BOT", N_("Please tell us how you liked it.")),
    },
    "records": {
        "requested": ("D", N_("The service desk checks the papers.")),
        "verified": ("D", N_("The service desk issues it or makes the change, and tells you.")),
        "done": ("", N_("It is done. If anything is not right, simply write to us.")),
    },
    "referral": {
        "registered": ("DEV", N_("The developer confirms the purchase.")),
        "confirmed": ("R", N_("It is your turn: please choose your reward.")),
        "rewarded": ("", N_("You have your reward. Thank you for recommending us.")),
        "lapsed": ("", N_("The purchase did not take place, so there is no reward this time.")),
    },
    "standing_report": {
        "reported": ("B", N_("{who} passes it to the department in charge.")),
        "merged": ("", N_("Somebody reported the same before. It is handled together, and you hear how it "
                          "ends.")),
        "assigned": ("E", N_("The department in charge puts it right.")),
        "corrected": ("B", N_("{who} checks it on the spot.")),
        "checked": ("B", N_("{who} tells you how it ended.")),
    },
}
# fmt: on
#: steps whose sentence speaks of the agreed time, as it reads while none is agreed
_UNTIMED: Final[Mapping[tuple[str, str], str]] = {
    ("repair", "assigned"): N_("{who} comes to you as soon as possible."),
    ("housekeeping", "assigned"): N_(
        "The cleaning staff are named; the time is still to be agreed with you."
    ),
}


def next_of(workflow: str, step: str) -> Next | None:
    """Return what happens after ``step``; None for a step that has no sentence."""
    own, shared = _STEPS.get(workflow, {}), _STEPS[""]
    found = own.get(step) or shared.get(step) or _STEPS["general"].get(step)
    return Next(*found) if found else None


def next_told(language: str, workflow: str, step: str, who: str, *, is_timed: bool = True) -> str:
    """Word what happens next; ``who`` is the person in charge ("" while nobody is named).

    ``is_timed``: a visit has been agreed and lies ahead; without one nobody is told of an agreed time.
    """
    found = next_of(workflow, step)
    if found is None:
        return ""
    sentence = found.sentence if is_timed else _UNTIMED.get((workflow, step), found.sentence)
    worded = t(language, sentence, who=who or t(language, "the duty desk"))
    return worded[:1].upper() + worded[1:]


def is_timed(appointment_end: datetime | None, now: datetime) -> bool:
    """Tell whether an agreed visit still lies ahead."""
    return appointment_end is not None and appointment_end > now


def in_charge(workflow: str, step: str, worker_id: int | None, butler_id: int | None) -> int:
    """Return who a resident is told of: at a step of those who do the work these, else whoever answers for
    the ticket; 0 while nobody does."""
    found = next_of(workflow, step)
    is_work = found is not None and found.actor in WORK
    first, second = (worker_id, butler_id) if is_work else (butler_id, worker_id)
    return first or second or 0


def is_own_turn(workflow: str, step: str) -> bool:
    """True where the ticket waits for the resident."""
    found = next_of(workflow, step)
    return found is not None and found.actor == RESIDENT
