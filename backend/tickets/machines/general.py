"""What a request without a procedure of its own follows. Pure."""

from typing import Final

from backend.tickets.machines.table import Machine, moves

GENERAL: Final = Machine(
    "general",
    "received",
    moves("""
    received > accepted : taken : B
    received > cancelled : withdrawn : R
    accepted > in_work : begun : B
    accepted > cancelled : withdrawn : R
    in_work > done : done : B
    done > followed_up : follow-up made : B
    followed_up > closed : satisfied : B
    followed_up > rework : not satisfied : R
    rework > in_work : begun again : B
    """),
    aims={"accept": "accepted", "assign": "in_work", "check_in": "in_work", "complete": "done",
          "sign_off": "done", "follow_up": "closed"},
    done=frozenset({"done", "followed_up"}),
    cancel_to="cancelled",
    before_work=frozenset({"received", "accepted"}),
    unsatisfied="rework",
    sides=frozenset({"rework"}),
    is_appointed=True,
    not_from={"follow_up": frozenset({"received", "accepted", "in_work"})},
)  # fmt: skip
