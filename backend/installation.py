"""What an operator does to an installation: open it, seed the demo, set up a real estate, add people.

The verbs of ``run_bot.py`` that touch the database; each is one transaction.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import demo, demo_clock, migrate
from backend.answers import service as answers_service
from backend.clock import Clock, SystemClock
from backend.db import Database
from backend.errors import GuanjiaError
from backend.models import ChannelState, Estate, Home, Installation, Residency, Resident, User
from backend.people import homes, invitations, passwords, service, setup
from backend.people.roles import Role
from backend.settings import Settings
from backend.vault import Vault
from intents.menu import Menu

_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,19}")


class CannotDo(GuanjiaError):
    """The operator's wish cannot be fulfilled; the text says what to do instead."""


@dataclass(frozen=True, slots=True)
class House:
    """An opened installation."""

    settings: Settings
    database: Database
    vault: Vault
    clock: Clock

    def close(self) -> None:
        self.database.close()


@dataclass(frozen=True, slots=True)
class EstateName:
    """An estate as the operator is shown it."""

    code: str
    name_zh: str
    name_en: str


@dataclass(frozen=True, slots=True)
class NewEstate:
    """The answers of ``setup``."""

    name_zh: str
    name_en: str
    code: str
    timezone: str
    hotline: str
    admin: str
    password: str


@dataclass(frozen=True, slots=True)
class Guest:
    """Whom an invitation is for: a resident by name, created when the home has none of that name."""

    name: str
    kind: str = "owner"
    language: str = "zh"


@dataclass(frozen=True, slots=True)
class NewUser:
    """A member of staff to create, at work in ``estates`` (none named: the only one there is).

    ``must_change``: at the first sign-in they choose a password that nobody else has seen.
    """

    username: str
    role: Role
    name_zh: str
    name_en: str
    estates: tuple[str, ...] = ()
    must_change: bool = False


@dataclass(frozen=True, slots=True)
class Wish:
    """An invitation to make: good for ``uses`` chats within ``days``; ``is_new`` creates the home."""

    home: str
    estate: str | None = None
    uses: int = invitations.PRINTED_USES
    days: int = invitations.PRINTED_LIFE.days
    guest: Guest | None = None
    is_new: bool = False


def open_house(settings: Settings) -> House:
    """Open the database at this release's schema: SQLite is migrated, PostgreSQL must be already.

    Raises migrate.WrongSchema.
    """
    database, vault = Database(settings.database_url), Vault(settings.secret_key)
    try:
        if database.is_sqlite:
            migrate.upgrade(database, vault)
        else:
            migrate.check_current(database)
    except BaseException:
        database.close()
        raise
    clock = SystemClock(lambda: demo_clock.read_offset(database))
    return House(settings, database, vault, clock)


def is_demo(database: Database) -> bool:
    """True when this database carries the demo's mark."""
    with database.read() as session:
        return demo_clock.is_demo(session)


def list_estates(database: Database) -> list[EstateName]:
    with database.read() as session:
        rows = session.scalars(select(Estate).order_by(Estate.id))
        return [EstateName(row.code, row.name_zh, row.name_en) for row in rows]


def ensure_data(house: House, menu: Menu, wants_demo: bool) -> None:
    """See that there is an estate to serve: an empty SQLite database gets the demo, or any with ``--demo``.

    Raises CannotDo for ``--demo`` on other data, and for an empty PostgreSQL database without it.
    """
    with house.database.write() as session:
        has_data = session.scalar(select(Estate.id).limit(1)) is not None
        if has_data and wants_demo and not demo_clock.is_demo(session):
            raise CannotDo(
                "This database holds a real estate: serve it without --demo, or choose another one."
            )
        if has_data:
            return
        if not wants_demo and not house.database.is_sqlite:
            raise CannotDo(
                "The database is empty: run `python run_bot.py setup` for a real estate, "
                "or `serve --demo` for the demo."
            )
        demo.seed(session, house.settings, menu, house.clock.now())


def set_up(house: House, answers: NewEstate, may_wipe_demo: bool) -> None:
    """Create a real estate and its admin, emptying a demo first when that is allowed.

    Raises CannotDo, and BadInput or BadPassword for the admin's name and password.
    """
    check_code(answers.code)
    check_zone(answers.timezone)
    now = house.clock.real_now()
    with house.database.write() as session:
        if demo_clock.is_demo(session):
            if not may_wipe_demo:
                raise CannotDo("This database holds the demo: answer yes (or give --yes) to remove it.")
            setup.wipe_all(session)
        if session.scalar(select(Installation.id)) is None:
            session.add(Installation(is_demo=False))
        if _find_estate(session, answers.code):
            raise CannotDo(f"There is an estate {answers.code} already: choose another code.")
        estate = setup.create_estate(
            session,
            code=answers.code,
            name_zh=answers.name_zh,
            name_en=answers.name_en,
            hotline=answers.hotline,
            timezone=answers.timezone,
        )
        answers_service.seed(session, estate.id, now)
        setup.create_first_admin(
            session,
            house.vault,
            username=answers.admin,
            password=answers.password,
            name=answers.admin,
            language="zh",
            now=now,
            is_cheap=house.settings.argon2_is_cheap,
        )


def add_user(house: House, new: NewUser) -> str:
    """Create a member of staff and return the password, which is shown once and kept as a hash only."""
    password, is_cheap = passwords.made(), house.settings.argon2_is_cheap
    hashed = passwords.hash_password(password, is_cheap)
    with house.database.write() as session:
        estates = [_get_estate(session, code) for code in new.estates] or [_only_estate(session)]
        user = service.create_user(
            session,
            house.vault,
            username=new.username,
            password=password,
            role=new.role,
            name_zh=new.name_zh,
            name_en=new.name_en,
            estate_ids=[estate.id for estate in estates],
            now=house.clock.real_now(),
            is_cheap=is_cheap,
            password_hash=hashed,
        )
        user.must_change_password = new.must_change
    return password


def invite(house: House, wish: Wish) -> tuple[str, str]:
    """Make an invitation; return its code, which is shown once, and the estate's code."""
    now = house.clock.real_now()
    with house.database.write() as session:
        estate = chosen_estate(session, wish.estate)
        home = _find_home(session, estate, wish.home, wish.is_new)
        resident = _resident(session, house.vault, home, wish.guest, now) if wish.guest else None
        life = timedelta(days=wish.days)
        made = invitations.create_invitation(
            session, house.vault, home, resident, now, uses=wish.uses, life=life
        )
        return made, estate.code


def find_bot(house: House) -> str | None:
    """Return the user name of the bot on Telegram as it was last told: the settings' bot, else the newest."""
    account = house.settings.telegram_token.partition(":")[0]
    found = select(ChannelState.name).where(ChannelState.channel == "telegram", ChannelState.name != "")
    if account:
        found = found.where(ChannelState.account == account)
    with house.database.read() as session:
        return session.scalar(found.order_by(ChannelState.seen_at.desc()).limit(1))


def check_code(code: str) -> None:
    """Raise CannotDo unless ``code`` can be an estate's code."""
    if not _CODE.fullmatch(code):
        raise CannotDo(f"The code {code!r} must be 1 to 20 letters, digits or hyphens, such as QY.")


def check_zone(name: str) -> None:
    """Raise CannotDo unless ``name`` is an IANA time zone."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise CannotDo(
            f"The time zone {name!r} is not known: give an IANA name such as Asia/Shanghai."
        ) from error


def _find_estate(session: Session, code: str) -> Estate | None:
    return session.scalar(select(Estate).where(Estate.code == code))


def chosen_estate(session: Session, code: str | None) -> Estate:
    """Return the estate of this code, without one the only one there is. Raises CannotDo."""
    return _get_estate(session, code) if code else _only_estate(session)


def _get_estate(session: Session, code: str) -> Estate:
    estate = _find_estate(session, code)
    if estate is None:
        known = ", ".join(session.scalars(select(Estate.code).order_by(Estate.code))) or "none yet"
        raise CannotDo(f"There is no estate {code}; there is: {known}.")
    return estate


def _only_estate(session: Session) -> Estate:
    estates = session.scalars(select(Estate).order_by(Estate.id)).all()
    if len(estates) == 1:
        return estates[0]
    if not estates:
        raise CannotDo("There is no estate yet: run `python run_bot.py setup` first.")
    raise CannotDo(f"Say which estate with --estate: {', '.join(estate.code for estate in estates)}.")


def _find_home(session: Session, estate: Estate, text: str, is_new: bool) -> Home:
    name = homes.parse_home(text)
    code = name.code if name else text.strip()
    found = session.scalar(select(Home).where(Home.estate_id == estate.id, Home.code == code))
    if found:
        return found
    if name is None:
        raise CannotDo(f"{text!r} is no home: write building, unit and flat, such as 3-2-1501.")
    if not is_new:
        raise CannotDo(f"There is no home {code} in {estate.code}: check the number, or add it with --new.")
    return setup.create_home(session, estate, name, butler=_first_butler(session, estate))


def _first_butler(session: Session, estate: Estate) -> User | None:
    staff = session.scalars(select(User).where(User.role == Role.BUTLER.value).order_by(User.id))
    return next((user for user in staff if estate.id in service.viewer_of(session, user).estate_ids), None)


def _resident(session: Session, vault: Vault, home: Home, guest: Guest, now: datetime) -> Resident:
    living = select(Resident).join(Residency, Residency.resident_id == Resident.id)
    found = session.scalar(living.where(Residency.home_id == home.id, Resident.name == guest.name))
    if found:
        return found
    return setup.create_resident(
        session, vault, home, now, name=guest.name, language=guest.language, kind=guest.kind
    )
