"""What residents say: complaint (WF-03), suggestion (04), enquiry (05), visit (13), post (15). Pure."""

from typing import Final

from backend.tickets.machines.table import Machine, moves

COMPLAINT: Final = Machine(
    "complaint",
    "registered",
    moves("""
    registered > classified : class set : B : class?, severity?, REC-05
    registered > withdrawn : withdrawn : R : reason?, REC-05
    classified > assigned : department named : B : @counts-as-valid, department?, responsible?, limit?,
        REC-05
    classified > explained : facts told in person or by notice : M : @only-invalid, @visit-or-notice,
        notice?, REC-05
    assigned > handled : cause and measures recorded : E D P : cause?, corrective?, preventive?,
        signed_by?, REC-05
    handled > fed_back : result told : B : feedback?, REC-05
    explained > fed_back : explanation told : B M : feedback?, REC-05
    fed_back > followed_up : follow-up made : B : method?, satisfaction?, wishes?, REC-05
    followed_up > closed : satisfied : B : REC-05
    followed_up > reopened_as_new : not satisfied, new complaint : SYS : REC-05
    """),
    aims={"classify": "assigned", "complete": "handled", "feedback": "fed_back", "follow_up": "closed"},
    done=frozenset({"fed_back", "followed_up"}),
    cancel_to="withdrawn",
    before_work=frozenset({"registered"}),
    unsatisfied="reopened_as_new",
    sides=frozenset({"explained"}),
    complains=True,
    not_from={"follow_up": frozenset({"registered", "classified", "assigned", "handled", "explained"})},
)

#: a suggestion at these steps has not been answered yet, and only an answer may end it
_UNDECIDED: Final = frozenset(
    {"received", "registered", "explained", "under_review", "consulting", "adopted", "not_adopted"}
)
SUGGESTION: Final = Machine(
    "suggestion",
    "received",
    moves("""
    received > registered : entered, owner named : D : responsible?, agreed_reply?, REC-06
    received > cancelled : withdrawn : R
    registered > explained : clear answer : B : explanation?, REC-06
    registered > under_review : manager's meeting : M : REC-06
    registered > cancelled : withdrawn : R
    under_review > consulting : opinion asked : M : consulted?, REC-06
    consulting > under_review : opinion received : M : opinion?, REC-06
    under_review > adopted : method and measures : M : measures?, REC-06
    under_review > not_adopted : explanation prepared : M : reason?, REC-06
    adopted > replied : told with thanks : B : REC-06
    not_adopted > replied : told with reason : B : REC-06
    explained > replied : told : B : REC-06
    replied > closed : nothing else : B : REC-06
    """),
    aims={"accept": "registered", "decide": "replied", "complete": "closed", "follow_up": "closed"},
    done=frozenset({"replied"}),
    cancel_to="cancelled",
    before_work=frozenset({"received", "registered"}),
    unsatisfied="closed",
    sides=frozenset({"explained", "consulting"}),
    not_from={
        "complete": _UNDECIDED,
        "follow_up": _UNDECIDED,
        "decide": frozenset({"explained"}),
    },
)

ENQUIRY: Final = Machine(
    "enquiry",
    "taken",
    moves("""
    taken > researching : butler accepts : B : agreed_reply?, REC-07
    taken > cancelled : withdrawn : R
    researching > answered : answer sent : B : question?, answer?, REC-07
    researching > cancelled : withdrawn : R
    answered > closed : no further question : R : REC-07
    answered > taken : did not help : R : REC-07
    """),
    aims={"accept": "researching", "answer": "answered", "complete": "closed", "follow_up": "closed"},
    done=frozenset({"answered"}),
    cancel_to="cancelled",
    before_work=frozenset({"taken", "researching"}),
    unsatisfied="taken",
    not_from={
        "complete": frozenset({"taken", "researching"}),
        "follow_up": frozenset({"taken", "researching"}),
    },
)

VISIT: Final = Machine(
    "visit",
    "requested",
    moves("""
    requested > booked : appointment made : B R : REC-23
    requested > cancelled : withdrawn : R
    booked > booked_again : moved : B R : REC-23
    booked > visited : visit made : B : visited_at?, talk?, requests?, REC-23
    booked > cancelled : withdrawn : R
    booked_again > visited : visit made : B : visited_at?, talk?, requests?, REC-23
    booked_again > cancelled : withdrawn : R
    visited > answered : all answered on the spot : B : answer?, REC-23
    visited > pending : recorded and reported : B : requests?, agreed_reply?, REC-23
    pending > answered : answer given : B : answer?, REC-23
    answered > filed : register filed : B : REC-23
    """),
    aims={"schedule": "booked", "check_in": "visited", "answer": "answered", "complete": "answered",
          "follow_up": "filed"},
    done=frozenset({"answered", "filed"}),
    cancel_to="cancelled",
    before_work=frozenset({"requested", "booked", "booked_again"}),
    unsatisfied="filed",
    not_from={"answer": frozenset({"requested", "booked", "booked_again"})},
    sides=frozenset({"booked_again", "pending"}),
    is_appointed=True,
    again={"booked": ("booked_again",)},
    complains=True,
)  # fmt: skip

ONLINE_INFO: Final = Machine(
    "online_info",
    "browsed",
    moves("""
    browsed > nothing : nothing to be done : D : REC-27
    browsed > classified : relevant post recorded : D : post?, class?, REC-27
    browsed > cancelled : withdrawn : R
    classified > replied : answer posted : B : reply?, REC-27
    classified > cancelled : withdrawn : R
    replied > closed : logged : D : REC-27
    """),
    aims={"accept": "classified", "answer": "replied", "complete": "replied", "follow_up": "closed"},
    done=frozenset({"replied"}),
    cancel_to="cancelled",
    before_work=frozenset({"browsed", "classified"}),
    unsatisfied="closed",
    complains=True,
)
