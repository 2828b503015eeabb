"""Filling an empty database with the demo, and knowing a demo from a real estate."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.answers import service as answers
from backend.demo import history, office, world
from backend.errors import Refusal
from backend.models import Estate, Installation
from backend.notifier import addresses
from backend.notifier.addresses import NewAddress
from backend.notifier.channels import Typed
from backend.people.roles import Role
from backend.settings import Settings
from backend.vault import Vault
from intents.menu import Menu
from locales import N_

#: The roles a visitor of the demo may take, in the order they are printed.
LOGINS: Final = (
    "butler",
    "butler2",
    "butler3",
    "butler4",
    "supervisor",
    "manager",
    "engineer",
    "engineer2",
    "guard",
    "admin",
)
INVITATIONS: Final = ("DEMO-OWNER", "DEMO-TENANT")
#: no mail can ever go there (RFC 2606)
ADDRESS: Final = "desk@example.com"
LABEL: Final = "前台 Desk"
#: since when nothing arrives there
UNHEARD: Final = timedelta(hours=26)


class ForeignData(Refusal):
    """``--demo`` on a database that holds anything else."""

    status = 409
    title = N_("This database is not a demo.")
    detail = N_("It holds a real estate, so the demo cannot start on it. Please use an empty database.")


def seed(session: Session, settings: Settings, menu: Menu, now: datetime) -> None:
    """Mark an empty database as a demo and fill it. Raises ForeignData where there is anything already.

    Everything is written in the caller's one transaction: a half-filled demo cannot exist.
    """
    refuse_if_foreign(session)
    if is_demo(session):
        return
    session.add(Installation(is_demo=True, clock_offset_seconds=0))
    vault = Vault(settings.secret_key)
    people = world.build(session, vault, now, is_cheap=settings.argon2_is_cheap)
    for estate in people.estates.values():
        answers.seed(session, estate.id, now)
    desk = office.desk_of(session, menu, vault, people, now)
    history.tell(session, menu, people, now, office.besides(desk))
    office.change(desk)
    office.plan(desk)
    history.tidy(session)
    _add_silent_address(session, vault, people, now)


def _add_silent_address(session: Session, vault: Vault, people: world.World, now: datetime) -> None:
    """An address of staff at which nothing arrives, as where mail was never set up. It belongs to a role that
    nobody has in the demo: nothing is ever sent there, and the log stays quiet."""
    estate = people.estates["LAKE"]
    new = NewAddress(estate.id, "email", Typed(ADDRESS), role=Role.DESK, label=LABEL)
    row = addresses.add(session, vault, people.viewers["supervisor"], new, now - UNHEARD)
    row.fault, row.failed_at = "no_mail_server", now - UNHEARD


def is_demo(session: Session) -> bool:
    """True when this database carries the demo's mark."""
    mark = session.scalar(select(Installation))
    return mark is not None and mark.is_demo


def refuse_if_foreign(session: Session) -> None:
    """Raise ForeignData when the database holds an estate and no demo mark."""
    has_estate = session.scalar(select(Estate.id).limit(1)) is not None
    if has_estate and not is_demo(session):
        raise ForeignData
