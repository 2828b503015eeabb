"""What residents say: complaint (WF-03), suggestion (WF-04), enquiry (WF-05). Pure."""

from typing import Final

from backend.tickets.machines.table import Machine, moves

COMPLAINT: Final = Machine(
    "complaint",
    "registered",
    moves("""
    registered > classified : class set : B
    registered > withdrawn : withdrawn : R
    classified > assigned : department named : B
    classified > explained : facts told in person or by notice : M
    assigned > handled : cause and measures recorded : E D P
    handled > fed_back : result told : B
    explained > fed_back : explanation told : B M
    fed_back > followed_up : follow-up made : B
    followed_up > closed : satisfied : B
    followed_up > reopened_as_new : not satisfied, new complaint : SYS
    """),
    aims={"classify": "assigned", "complete": "handled", "feedback": "fed_back", "follow_up": "closed"},
    done=frozenset({"fed_back", "followed_up"}),
    cancel_to="withdrawn",
    before_work=frozenset({"registered"}),
    unsatisfied="reopened_as_new",
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
    received > registered : entered, owner named : D
    received > cancelled : withdrawn : R
    registered > explained : clear answer : B
    registered > under_review : manager's meeting : M
    registered > cancelled : withdrawn : R
    under_review > consulting : opinion asked : M
    consulting > under_review : opinion received : M
    under_review > adopted : method and measures : M
    under_review > not_adopted : explanation prepared : M
    adopted > replied : told with thanks : B
    not_adopted > replied : told with reason : B
    explained > replied : told : B
    replied > closed : nothing else : B
    """),
    aims={"accept": "registered", "decide": "replied", "complete": "closed", "follow_up": "closed"},
    done=frozenset({"replied"}),
    cancel_to="cancelled",
    before_work=frozenset({"received", "registered"}),
    unsatisfied="closed",
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
    taken > researching : butler accepts : B
    taken > cancelled : withdrawn : R
    researching > answered : answer sent : B
    researching > cancelled : withdrawn : R
    answered > closed : no further question : R
    answered > taken : did not help : R
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
