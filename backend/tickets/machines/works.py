"""Work done in a home: repair (WF-01), housekeeping (WF-06). Pure."""

from typing import Final

from backend.tickets.machines.table import Machine, moves

REPAIR: Final = Machine(
    "repair",
    "confirmed",
    moves("""
    confirmed > triaged : kind decided : B
    confirmed > cancelled : withdrawn : R
    triaged > declined : cannot be repaired by us : S
    triaged > quoted : price listed : B
    triaged > moved_to_warranty : in liability period : B
    triaged > assigned : engineer named : B
    triaged > cancelled : withdrawn : R
    quoted > assigned : price accepted : R B
    quoted > cancelled : price refused : R
    assigned > on_site : check-in : E
    assigned > rescheduled : cannot be on time : B
    assigned > cancelled : withdrawn before arrival : R
    rescheduled > assigned : new appointment fixed : B
    rescheduled > cancelled : withdrawn before arrival : R
    on_site > diagnosed : actual items written : E
    diagnosed > waiting_parts : part missing : E
    waiting_parts > assigned : part here : E B
    diagnosed > quoted : more work than quoted : E B
    diagnosed > done : tried and signed : R
    done > followed_up : follow-up made : B
    followed_up > closed : satisfied : B
    followed_up > rework : not satisfied : R
    rework > assigned : engineer named : B
    """),
    aims={"accept": "triaged", "assign": "assigned", "check_in": "on_site", "complete": "done",
          "sign_off": "done", "follow_up": "closed"},
    done=frozenset({"done", "followed_up"}),
    cancel_to="cancelled",
    before_work=frozenset({"confirmed", "triaged", "quoted", "assigned", "rescheduled"}),
    unsatisfied="rework",
)  # fmt: skip

HOUSEKEEPING: Final = Machine(
    "housekeeping",
    "booked",
    moves("""
    booked > assigned : provider named : B P
    booked > cancelled : withdrawn : R
    assigned > on_site : check-in on time : P
    assigned > cancelled : withdrawn : R
    on_site > finished : work done : P
    finished > signed : resident signs : R P
    finished > rework : refused to sign : R
    rework > on_site : returns : P
    signed > settled : voucher or cash taken : P
    settled > followed_up : follow-up made : B
    followed_up > closed : satisfied : B
    followed_up > rework : not satisfied : R
    """),
    aims={"assign": "assigned", "check_in": "on_site", "complete": "finished", "sign_off": "signed",
          "follow_up": "closed"},
    done=frozenset({"finished", "signed", "settled", "followed_up"}),
    cancel_to="cancelled",
    before_work=frozenset({"booked", "assigned"}),
    unsatisfied="rework",
)  # fmt: skip
