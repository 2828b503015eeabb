"""What an operator watches of promises: whether what is due is seen, and whether alerts reach anybody.

The age of the oldest tells more than a process that says it is alive: it grows whatever the reason is.
"""

from datetime import datetime

from prometheus_client import CollectorRegistry, Gauge
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.deadlines.claims import UNTOLD
from backend.models import Alert, Deadline


def add_to(found: CollectorRegistry, session: Session, now: datetime) -> None:
    """Add the gauges as they are at this moment; ``now`` is the estate's time."""
    due = session.scalar(select(func.min(Deadline.next_check_at)).where(Deadline.next_check_at <= now))
    Gauge(
        "guanjia_deadlines_oldest_due_seconds", "How long a promise has been due that no sweep has seen",
        registry=found,
    ).set(_age(due, now))  # fmt: skip
    count, since = session.execute(
        select(func.count(), func.min(Alert.at)).where(UNTOLD, Alert.at <= now)
    ).one()
    Gauge("guanjia_alerts_waiting", "Alerts not yet handed to the notifier", registry=found).set(count)
    Gauge("guanjia_alerts_oldest_seconds", "Age of the oldest of them", registry=found).set(_age(since, now))


def _age(since: datetime | None, now: datetime) -> float:
    return max(0.0, (now - since).total_seconds()) if since is not None else 0.0
