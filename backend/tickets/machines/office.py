"""The office's own: shift handover (WF-14), providers (WF-25), referral reward (WF-26). Pure."""

from typing import Final

from backend.tickets.machines.table import Machine, moves

#: a shift ends only on acceptance; a refused one is completed and read again
HANDOVER: Final = Machine(
    "handover",
    "written",
    moves("""
    written > read : next shift reads and asks : D : REC-24
    read > accepted : no open question, equipment checked : D : @both-signed, REC-24
    read > refused : something is unclear : D : reason, REC-24
    refused > written : completed : D : REC-24
    accepted > reviewed : manager signs : M : reviewer?, REC-24
    """),
    aims={"accept": "accepted", "complete": "reviewed"},
    done=frozenset({"accepted", "reviewed"}),
    cancel_to="cancelled",
    before_work=frozenset(),
    unsatisfied="refused",
    sides=frozenset({"refused"}),
)

PROVIDER: Final = Machine(
    "provider",
    "candidate",
    moves("""
    candidate > evaluated : qualification reviewed : M : qualification, REC-30
    evaluated > rejected : not qualified : M : reason, REC-30
    evaluated > contracted : special contract : M : contract?, REC-30
    contracted > active : staff assessed and qualified : D : @qualified, services?, REC-30
    active > suspended : scores under the threshold : M : reason?, REC-30
    suspended > active : improved : M : REC-30
    suspended > ended : replaced : M : REC-30
    """),
    aims={"complete": "active"},
    done=frozenset({"active", "ended"}),
    cancel_to="cancelled",
    before_work=frozenset(),
    unsatisfied="suspended",
    sides=frozenset({"suspended"}),
)

REFERRAL: Final = Machine(
    "referral",
    "registered",
    moves("""
    registered > confirmed : purchase confirmed : DEV : @referee-consent, referee?, REC-19
    registered > lapsed : no purchase : SYS B
    registered > cancelled : withdrawn : R
    confirmed > rewarded : reward chosen : R B : reward, REC-19
    """),
    aims={"complete": "rewarded"},
    done=frozenset({"rewarded"}),
    cancel_to="cancelled",
    before_work=frozenset({"registered"}),
    unsatisfied="rewarded",
)
