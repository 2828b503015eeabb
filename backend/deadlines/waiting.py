"""Which clocks may wait, and what they wait for; nothing here commits."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from backend.deadlines import editions
from backend.deadlines.promises import Policy
from backend.deadlines.rules import standard_rules
from backend.models import Deadline


@dataclass(frozen=True, slots=True)
class Wait:
    """``waits_for``: a key of ``waits``; ``reason``: words of one's own. A step's own wait has neither."""

    reason: str = ""
    waits_for: str | None = None


def may_wait(policy: Policy | None, deadline: Deadline) -> bool:
    """Tell whether a running clock may be paused: its promise says so, and it is not paused already."""
    return policy is not None and policy.pauses and deadline.paused_at is None


def that_may_wait(session: Session, deadlines: Sequence[Deadline]) -> list[Deadline]:
    """Return those of the clocks that run and may be paused, each by the promise as it was made."""
    running = [one for one in deadlines if one.met_at is None and one.cancelled_at is None]
    rules = editions.with_former(session, standard_rules(), {one.policy_version for one in running})
    return [one for one in running if may_wait(rules.as_made(one.policy_version).find(one.clock), one)]
