"""Emergencies (WF-19). Pure."""

from typing import Final

from backend.tickets.machines.table import Machine, moves

EMERGENCY: Final = Machine(
    "emergency",
    "alerted",
    moves("""
    alerted > accepted : duty person takes over : E SEC B : REC-37
    alerted > false_alarm : all is well : B : @told-by-staff, REC-37
    accepted > on_site : arrival : E SEC : arrived_at?, REC-37
    on_site > safe : danger over : E SEC : kind?, place?, people?, actions?, REC-37
    safe > followed_up : resident called : B : method?, satisfaction?, wishes?, next_action?, REC-04
    followed_up > closed : report filed : M : report?, REC-37
    """),
    aims={"accept": "accepted", "check_in": "on_site", "complete": "safe", "follow_up": "closed"},
    done=frozenset({"safe", "followed_up"}),
    cancel_to="false_alarm",
    before_work=frozenset({"alerted"}),
    unsatisfied="closed",
    complains=True,
    not_from={"follow_up": frozenset({"alerted", "accepted", "on_site"})},
)
