"""What stands beside a ticket: alike ones, colleagues on duty, messages that may go elsewhere, and links."""

from dataclasses import replace
from datetime import datetime
from functools import partial

from sqlalchemy.orm import Session

from backend.desk import beside_queries, intake, reasons, visit_form, words
from backend.desk.queue import Reader
from backend.desk.queue_forms import Beside
from backend.desk.ticket_queries import Dossier
from backend.desk.views import Link, TicketView
from backend.models import Ticket, User
from backend.people import butlers, roles
from backend.people.roles import Role
from backend.people.viewer import Viewer
from backend.tickets import beside_queries as neighbours
from backend.tickets.case_queries import PROVIDER, REFERRAL
from backend.tickets.cases import REFERRAL as REFERRAL_ITEM
from backend.tickets.seat_queries import WORKFLOW
from intents.acts import is_small_talk
from intents.menu import Menu
from locales import t

#: who may look after a ticket, beside those who do the work
OFFICE = (Role.BUTLER, Role.DESK, Role.SUPERVISOR, Role.MANAGER)


def load(session: Session, viewer: Viewer, ticket: Ticket, menu: Menu, now: datetime) -> Beside:
    """Gather it, as far as the viewer may see it."""
    return Beside(
        alike=neighbours.list_alike(session, viewer, ticket),
        messages=[
            one for one in neighbours.list_free_messages(session, ticket) if not is_small_talk(one.text)
        ],
        on_duty=receivers(session, ticket.estate_id, ticket, now),
        services=intake.item_names(menu, viewer.language),
        find_item=partial(_find, menu),
    )


def _find(menu: Menu, text: str) -> str:
    found = intake.find_item(menu, text)
    return found.id if found is not None else ""


def receivers(session: Session, estate_id: int, ticket: Ticket | None, now: datetime) -> list[User]:
    """Return the colleagues on duty to whom a ticket may be passed on.

    Butlers stand before leaders; among them whoever has the least to do is first.
    """
    found = butlers.list_on_duty(session, estate_id, OFFICE, now=now)
    found.sort(key=lambda user: user.role != Role.BUTLER)
    if ticket is None:
        return found
    return [user for user in found if user.id not in (ticket.butler_id, ticket.hidden_from_id)]


def with_links(session: Session, reader: Reader, dossier: Dossier, view: TicketView) -> TicketView:
    """The page with the tickets that belong to this one, and the reason why it stands where it stands."""
    ticket, language = dossier.ticket, reader.language
    wrote_at = max(beside_queries.list_written(session, [ticket]).get(ticket.id, ()), default=None)
    found = beside_queries.list_linked(session, reader.viewer, ticket)
    links = [Link(t(language, reasons.LINKS[kind], number=number), f"/tickets/{number}")
             for kind, number in found]  # fmt: skip
    links += _cases(reader, dossier)
    zone = dossier.estate.timezone
    standing = reasons.Standing(language, reader.now, zone)
    why = visit_form.pending(language, ticket, zone) or reasons.reason_of(
        standing, ticket, view.pill, wrote_at
    )
    into = next((number for kind, number in found if kind == "merged_into"), 0)
    return replace(view, links=(*view.links, *links), why=why,
                   step=words.stands_at(language, ticket, into))  # fmt: skip


def _cases(reader: Reader, dossier: Dossier) -> list[Link]:
    """The lists of the office that this ticket belongs to, and what may follow from it."""
    ticket, code = dossier.ticket, dossier.estate.code
    if not roles.sees_all_tickets(reader.viewer.role):
        return []
    if ticket.workflow == WORKFLOW:
        where = f"/events?estate={code}#event-{ticket.item_id}"
        return [Link(t(reader.language, "seats of this event"), where)]
    if ticket.workflow in (PROVIDER, REFERRAL):
        return [
            Link(t(reader.language, "providers and referrals"), f"/cases?estate={code}#{ticket.workflow}")
        ]
    if ticket.item_id == REFERRAL_ITEM:
        return [Link(t(reader.language, "register the reward"), f"/cases?ticket={ticket.number}#referral")]
    return []
