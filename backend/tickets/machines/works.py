"""Work in homes and grounds: repair (WF-01), warranty (12), housekeeping (06), report (24). Pure."""

from typing import Final

from backend.tickets.machines.table import Machine, moves

# Steps that the plans do not list are ours: withdrawing before work starts, and a resident who is not
# satisfied after signing must reach the rework without being charged first.
REPAIR: Final = Machine(
    "repair",
    "confirmed",
    moves("""
    confirmed > triaged : kind decided : B : kind?, REC-02
    confirmed > cancelled : withdrawn : R
    triaged > declined : cannot be repaired by us : S : reason, alternative, REC-03
    triaged > quoted : price listed : B : price, content?, REC-17
    triaged > moved_to_warranty : in liability period : B : class?, defect?, REC-28
    triaged > assigned : engineer named : B : @free-or-agreed, worker?, REC-03
    triaged > cancelled : withdrawn : R
    quoted > assigned : price accepted : R B : @consent, REC-17
    quoted > cancelled : price refused : R
    assigned > on_site : check-in : E : arrived_at?, REC-03
    assigned > rescheduled : cannot be on time : B : reason?, REC-03
    assigned > cancelled : withdrawn before arrival : R
    rescheduled > assigned : new appointment fixed : B : REC-03
    rescheduled > cancelled : withdrawn before arrival : R
    on_site > diagnosed : actual items written : E : actual_items?, own_parts?, parts_tested?, REC-03
    diagnosed > waiting_parts : part missing : E : missing_part?, REC-03
    waiting_parts > assigned : part here : E B : REC-03
    diagnosed > quoted : more work than quoted : E B : price, content?, REC-17
    diagnosed > done : tried and signed : R : @free-or-agreed, signed_by?, worker?, materials?, cost_fen?,
        REC-03
    done > followed_up : follow-up made : B : method?, satisfaction?, wishes?, next_action?, REC-04
    followed_up > closed : satisfied : B : @paid-up, REC-04
    followed_up > rework : not satisfied : R : REC-04
    rework > assigned : engineer named : B : worker?, REC-03
    """),
    aims={"accept": "triaged", "assign": "assigned", "check_in": "on_site", "complete": "done",
          "sign_off": "done", "follow_up": "closed"},
    done=frozenset({"done", "followed_up"}),
    cancel_to="cancelled",
    before_work=frozenset({"confirmed", "triaged", "quoted", "assigned", "rescheduled"}),
    unsatisfied="rework",
    sides=frozenset({"quoted", "rescheduled", "waiting_parts", "rework"}),
    is_appointed=True,
    again={"assigned": ("rescheduled", "assigned"), "rescheduled": ("assigned",)},
)  # fmt: skip

WARRANTY: Final = Machine(
    "warranty",
    "registered",
    moves("""
    registered > notified : contractor told in writing : B : class, contractor?, defect?, notified_at?,
        REC-28
    registered > cancelled : withdrawn : R
    notified > in_work : contractor starts : DEV : REC-28
    notified > cancelled : withdrawn : R
    notified > overdue : limit passed : SYS : REC-28
    in_work > done : tried and signed : R : signed_by?, REC-28
    in_work > overdue : limit passed : SYS : REC-28
    overdue > done : late, tried and signed : R : signed_by?, REC-28
    done > followed_up : follow-up made : B : method?, satisfaction?, wishes?, next_action?, REC-04
    followed_up > closed : satisfied : B : REC-04
    followed_up > notified : not fixed : B R : REC-28
    """),
    aims={"check_in": "in_work", "complete": "done", "sign_off": "done", "follow_up": "closed"},
    done=frozenset({"done", "followed_up"}),
    cancel_to="cancelled",
    before_work=frozenset({"registered", "notified"}),
    unsatisfied="notified",
    sides=frozenset({"overdue"}),
    is_appointed=True,
)

HOUSEKEEPING: Final = Machine(
    "housekeeping",
    "booked",
    moves("""
    booked > assigned : provider named : B P : @qualified, provider?, staff?, REC-18
    booked > cancelled : withdrawn : R
    assigned > on_site : check-in on time : P : started_at?, REC-18
    assigned > cancelled : withdrawn : R
    on_site > finished : work done : P : ended_at?, result?, REC-18
    finished > signed : resident signs : R P : signed_by?, REC-18
    finished > rework : refused to sign : R : reason?, REC-18
    rework > on_site : returns : P : REC-18
    signed > settled : voucher or cash taken : P : @satisfied, @balance, voucher?, amount_used?, cash?,
        REC-20
    signed > rework : not satisfied after all : R
    settled > followed_up : follow-up made : B : method?, satisfaction?, wishes?, next_action?, REC-04
    followed_up > closed : satisfied : B : REC-04
    followed_up > rework : not satisfied : R : REC-04
    """),
    aims={"assign": "assigned", "check_in": "on_site", "complete": "finished", "sign_off": "signed",
          "follow_up": "closed"},
    done=frozenset({"finished", "signed", "settled", "followed_up"}),
    cancel_to="cancelled",
    before_work=frozenset({"booked", "assigned"}),
    unsatisfied="rework",
    sides=frozenset({"rework"}),
    is_appointed=True,
)  # fmt: skip

STANDING_REPORT: Final = Machine(
    "standing_report",
    "reported",
    moves("""
    reported > merged : same place is open already : SYS B : merged_with?, REC-01
    reported > assigned : department named : B : department?, REC-25
    reported > cancelled : withdrawn : R
    assigned > corrected : put right : E P : area?, measures?, REC-25
    assigned > cancelled : withdrawn : R
    corrected > checked : service staff have checked : B : checker?, check_score?, REC-25
    corrected > assigned : not good : B : finding?, REC-25
    checked > followed_up : reporter told : B : method?, satisfaction?, wishes?, next_action?, REC-04
    followed_up > closed : satisfied : B : REC-04
    followed_up > assigned : not satisfied : R : REC-04
    """),
    aims={"assign": "assigned", "complete": "checked", "follow_up": "closed"},
    done=frozenset({"checked", "followed_up"}),
    cancel_to="cancelled",
    before_work=frozenset({"reported", "assigned"}),
    unsatisfied="assigned",
    is_appointed=True,
)
