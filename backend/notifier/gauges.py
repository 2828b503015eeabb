"""What an operator watches of the notifier: messages to staff that wait, and those that never arrived."""

from datetime import datetime, timedelta
from typing import Final

from prometheus_client import CollectorRegistry, Gauge
from sqlalchemy.orm import Session

from backend.notifier import queries

#: what was given up longer ago is history
DEAD_WITHIN: Final = timedelta(days=1)


def add_to(found: CollectorRegistry, session: Session, real_now: datetime) -> None:
    """Add the gauges as they are at this moment; ``real_now``: deliveries go by real time.

    A delivery that rests on purpose (until the morning, or before its next try) is waiting but not late.
    """
    waiting = Gauge("guanjia_deliveries_waiting", "Messages to staff not yet sent", ["channel"],
                    registry=found)  # fmt: skip
    oldest = Gauge("guanjia_deliveries_oldest_seconds", "How long the oldest of them could have gone out",
                   ["channel"], registry=found)  # fmt: skip
    for channel, count, since in queries.count_waiting(session):
        waiting.labels(channel).set(count)
        oldest.labels(channel).set(max(0.0, (real_now - since).total_seconds()))
    dead = Gauge("guanjia_deliveries_dead", "Messages to staff given up within a day", ["channel", "fault"],
                 registry=found)  # fmt: skip
    for channel, fault, count in queries.count_dead(session, real_now - DEAD_WITHIN):
        dead.labels(channel, fault).set(count)
