"""Whoever a ticket is given to hears of it in their alerts, with the words it came with. Nothing commits."""

from backend.deadlines import alerts
from backend.models import User
from backend.tickets.work import WORKERS, Work


def tell(work: Work, user: User) -> None:
    """Write the alert of a colleague who was given a ticket; what one takes oneself needs none.

    Among its values ``is_job`` is kept: for who does the work on site it leads to the job, not to the ticket.
    """
    if user.id == work.viewer.user_id:
        return
    ticket, note = work.ticket, work.body.get("note") or ""
    call = alerts.Call(
        ticket.estate_id, user.id, "assigned", work.now, f"assigned:{ticket.id}:{work.now.isoformat()}",
        ticket_id=ticket.id, values={"note": note, "is_job": user.role in WORKERS},
    )  # fmt: skip
    alerts.write(work.session, [call], work.now)
