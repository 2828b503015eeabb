"""Services: paid (WF-02), booking (16), aid (17), loan (18), event (22), benefit card (07). Pure."""

from typing import Final

from backend.tickets.machines.table import Machine, moves

PAID: Final = Machine(
    "paid",
    "requested",
    moves("""
    requested > quoted : content, time and price listed : B : price, content?, REC-17
    requested > cancelled : withdrawn : R
    quoted > accepted : resident consents : R : @consent, REC-17
    quoted > cancelled : price refused : R
    accepted > scheduled : provider and time fixed : B : @consent, provider?, REC-18
    accepted > cancelled : withdrawn : R
    scheduled > in_service : start : P : @consent, started_at?, REC-18
    scheduled > cancelled : withdrawn : R
    in_service > signed_off : satisfied and signed : R : signed_by?, ended_at?, result?, REC-18
    in_service > rework : not satisfied : R : reason?, REC-18
    rework > in_service : done again : P : REC-18
    signed_off > charged : paid or put on the monthly bill : FIN : @satisfied, amount?, receipt?, REC-16
    signed_off > rework : not satisfied after all : R
    signed_off > bad_faith_unpaid : refuses to pay : B : reason?, REC-16
    bad_faith_unpaid > charged : settled : FIN : amount?, receipt?, REC-16
    charged > followed_up : follow-up made : B : method?, satisfaction?, wishes?, next_action?, REC-04
    followed_up > closed : archived : SYS B
    followed_up > rework : not satisfied : R : REC-04
    """),
    aims={"schedule": "scheduled", "check_in": "in_service", "complete": "signed_off",
          "sign_off": "signed_off", "follow_up": "closed"},
    done=frozenset({"signed_off", "bad_faith_unpaid", "charged", "followed_up"}),
    cancel_to="cancelled",
    before_work=frozenset({"requested", "quoted", "accepted", "scheduled"}),
    unsatisfied="rework",
    not_from={"follow_up": frozenset({"bad_faith_unpaid"})},
    sides=frozenset({"rework", "bad_faith_unpaid"}),
    is_appointed=True,
)  # fmt: skip

BOOKING: Final = Machine(
    "booking",
    "confirmed",
    moves("""
    confirmed > offered : options with price and terms : B : options?, price?, terms?, REC-17
    confirmed > cancelled : withdrawn : R
    offered > accepted : choice and consent : R : @free-or-agreed, choice?, REC-17
    offered > cancelled : none suits : R
    accepted > booked : third party confirms : B : @free-or-agreed, confirmation?, REC-01
    accepted > offered : not available : B : reason?, REC-17
    accepted > cancelled : withdrawn : R
    booked > fulfilled : service used : SYS B
    booked > cancelled : withdrawn on the third party's terms : R
    fulfilled > followed_up : follow-up made : B : method?, satisfaction?, wishes?, next_action?, REC-04
    followed_up > closed : satisfied : B : REC-04
    followed_up > complained : not satisfied : R : REC-05
    """),
    aims={"check_in": "booked", "complete": "fulfilled", "sign_off": "fulfilled", "follow_up": "closed"},
    done=frozenset({"fulfilled", "followed_up"}),
    cancel_to="cancelled",
    before_work=frozenset({"confirmed", "offered", "accepted", "booked"}),
    unsatisfied="complained",
    is_appointed=True,
    complains=True,
)

AID: Final = Machine(
    "aid",
    "requested",
    moves("""
    requested > eligible : need confirmed by a person : B : @eligible, @no-price, REC-08
    requested > redirected : another way offered kindly : B : alternative?, REC-08
    requested > cancelled : withdrawn : R
    eligible > arranged : helper named : B : @no-price, helper?, REC-08
    eligible > cancelled : withdrawn : R
    arranged > done : help given : B : @no-price
    arranged > cancelled : withdrawn : R
    done > closed : follow-up made : B : method?, satisfaction?, wishes?, next_action?, REC-04
    """),
    aims={"assign": "arranged", "complete": "done", "follow_up": "closed"},
    done=frozenset({"done"}),
    cancel_to="cancelled",
    before_work=frozenset({"requested", "eligible", "arranged"}),
    unsatisfied="closed",
    is_appointed=True,
    complains=True,
)

LEND: Final = Machine(
    "lend",
    "requested",
    moves("""
    requested > lent : handed out : D : item?, limit?, person?, REC-36
    requested > unavailable : none free : D : next_free?, REC-36
    requested > cancelled : withdrawn : R
    lent > overdue : due time passed : SYS : REC-36
    lent > returned : back : D : returned_at?, REC-36
    overdue > returned : back : D : returned_at?, REC-36
    """),
    aims={"check_in": "lent", "complete": "returned"},
    done=frozenset({"returned"}),
    cancel_to="cancelled",
    before_work=frozenset({"requested"}),
    unsatisfied="returned",
    sides=frozenset({"overdue"}),
)

EVENT: Final = Machine(
    "event",
    "open",
    moves("""
    open > signed_up : resident joins : R B : @seats
    open > waiting : full : R B
    open > cancelled : withdrawn : R
    waiting > signed_up : seat free : SYS B : @seats
    waiting > cancelled : withdrawn : R
    signed_up > attended : came : S B
    signed_up > cancelled : withdrawn : R
    attended > closed : opinion asked : BOT B
    """),
    aims={"accept": "signed_up", "check_in": "attended", "complete": "attended", "follow_up": "closed"},
    done=frozenset({"attended"}),
    cancel_to="cancelled",
    before_work=frozenset({"open", "waiting", "signed_up"}),
    unsatisfied="closed",
    sides=frozenset({"waiting"}),
    complains=True,
)

BENEFIT: Final = Machine(
    "benefit",
    "card_issued",
    moves("""
    card_issued > verified : eligibility checked, file opened, card collected : D : card_no, @member, REC-19
    card_issued > rejected : not eligible : D : reason, REC-19
    card_issued > cancelled : withdrawn : R
    verified > agreed : items chosen, agreement signed : R D : items?, REC-19
    verified > cancelled : withdrawn : R
    agreed > issued : vouchers handed over and signed for : D : vouchers?, signed_by?, REC-19
    issued > reserved : appointment made : R : voucher?, REC-20
    reserved > issued : appointment cancelled : R B : REC-20
    reserved > part_redeemed : part used, balance left : P : @balance, amount_used?, balance?, REC-20
    part_redeemed > reserved : next appointment : R : @balance, REC-20
    part_redeemed > redeemed : balance used up : P : REC-20
    reserved > redeemed : used : P : @balance, amount_used?, cash?, REC-20
    redeemed > settled : statistics at the start of the month : SP P : used?, value?, REC-21
    settled > closed : summary to the developer : SP : REC-21
    """),
    aims={"complete": "redeemed", "follow_up": "closed"},
    done=frozenset({"redeemed", "settled"}),
    cancel_to="cancelled",
    before_work=frozenset({"card_issued", "verified"}),
    unsatisfied="closed",
    sides=frozenset({"part_redeemed"}),
    is_appointed=True,
    again={"reserved": ("issued", "reserved")},
    complains=True,
)
