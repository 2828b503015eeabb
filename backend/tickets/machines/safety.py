"""Emergencies (WF-19). Pure."""

from typing import Final

from backend.tickets.machines.table import Machine, moves

EMERGENCY: Final = Machine(
    "emergency",
    "alerted",
    moves("""
    alerted > accepted : duty person takes over : E SEC B
    alerted > false_alarm : all is well : B
    accepted > on_site : arrival : E SEC
    on_site > safe : danger over : E SEC
    safe > followed_up : resident called : B
    followed_up > closed : report filed : M
    """),
    aims={"accept": "accepted", "check_in": "on_site", "complete": "safe", "follow_up": "closed"},
    done=frozenset({"safe", "followed_up"}),
    cancel_to="false_alarm",
    before_work=frozenset({"alerted"}),
    unsatisfied="closed",
    not_from={"follow_up": frozenset({"alerted", "accepted", "on_site"})},
)
