"""A small estate, its staff, three tickets, and a browser without script (TestClient) on both databases."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from types import SimpleNamespace
from typing import Any

import pytest
from fastapi import FastAPI
from httpx2 import Response
from starlette.testclient import TestClient

from backend.app import create_app
from backend.clock import HandClock
from backend.db import Database
from backend.messages import service as messages
from backend.models import ChannelLink, Conversation, Estate, Home, Resident, Ticket, User
from backend.people import service, setup
from backend.people.address import Form
from backend.people.homes import HomeName
from backend.people.roles import Role
from backend.people.viewer import Viewer
from backend.settings import Settings
from backend.tickets import opening
from backend.tickets import service as verbs
from backend.vault import Vault
from intents.loader import load_menu
from intents.menu import Menu
from tests import beginning
from tests.staff_browser import form_token

PASSWORD = "eleven blue herons"
LEAK = "value.repair-plumbing.sanitary-hose"
COMPLAINT = "common.voice.complaint"
ENQUIRY = "common.voice.enquiry"
SUGGESTION = "common.voice.suggestion"


@cache
def menu() -> Menu:
    return load_menu()


@dataclass
class World:
    """What the tests know by name."""

    db: Database
    clock: HandClock
    vault: Vault
    estate: Estate
    butler: User
    colleague: User
    supervisor: User
    engineer: User
    stranger: User
    home: Home
    resident: Resident
    tenant: Resident

    def viewer(self, user: User) -> Viewer:
        with self.db.read() as session:
            return service.viewer_of(session, user)

    def open(self, item: str = LEAK, *, resident: Resident | None = None, **more: Any) -> int:
        """Open a ticket as the conversation would; return its number."""
        who, now = resident or self.resident, self.clock.now()
        with self.db.write() as session:
            talk = _conversation(session, who, self.clock)
            new = opening.NewTicket(
                estate_id=who.estate_id, item_id=item, channel="web", language=who.language,
                words=more.pop("words", "厨房水龙头漏水"), asked_at=now, received_at=now,
                conversation_id=talk.id, link_id=talk.last_link_id, resident_id=who.id,
                home_id=self.home.id, **more,
            )  # fmt: skip
            return opening.open_ticket(session, menu(), new, now).number

    def say(self, who: Resident, text: str) -> None:
        """Let a resident write a message."""
        with self.db.write() as session:
            talk = _conversation(session, who, self.clock)
            link = session.get_one(ChannelLink, talk.last_link_id)
            incoming = messages.Incoming(external_id=f"x{talk.last_seq}", text=text)
            messages.store(session, link, incoming, now=self.clock.now(), real_now=self.clock.now())

    def act(self, who: User, number: int, action: str, /, **body: Any) -> None:
        with self.db.write() as session:
            verbs.act(session, menu(), self.viewer(who), number, action, body, self.clock.now())

    def ticket(self, number: int) -> Ticket:
        with self.db.read() as session:
            return session.query(Ticket).filter(Ticket.number == number).one()


def _conversation(session: Any, who: Resident, clock: HandClock) -> Conversation:
    found = session.query(Conversation).filter(Conversation.resident_id == who.id).first()
    if found is not None:
        return found
    talk = Conversation(estate_id=who.estate_id, resident_id=who.id, created_at=clock.now())
    session.add(talk)
    session.flush()
    link = ChannelLink(
        estate_id=who.estate_id,
        conversation_id=talk.id,
        channel="web",
        address=f"hash{who.id}",
        language=who.language,
        created_at=clock.now(),
        last_inbound_at=clock.now(),
    )
    session.add(link)
    session.flush()
    talk.last_link_id = link.id
    return talk


@pytest.fixture
def vault(settings: Settings) -> Vault:
    return Vault(settings.secret_key)


@pytest.fixture
def world(db: Database, clock: HandClock, vault: Vault) -> World:
    rows = beginning.once(db, ("desk", clock.real_now()), lambda: _rows(db, clock, vault))
    return World(db, clock, vault, *rows)


def _rows(db: Database, clock: HandClock, vault: Vault) -> tuple[Any, ...]:
    """Estate, staff, home and residents, in the order of the world's fields."""
    now = clock.real_now()
    with db.write() as session:
        estate = setup.create_estate(session, code="HERE", name_zh="此间", name_en="Here")
        there = setup.create_estate(session, code="THERE", name_zh="彼处", name_en="There")

        def user(name: str, role: Role, zh: str, where: Estate = estate) -> User:
            return service.create_user(
                session, vault, username=name, password=PASSWORD, role=role, name_zh=zh,
                name_en=name.title(), estate_ids=[where.id], now=now, is_cheap=True,
            )  # fmt: skip

        butler, colleague = user("lin", Role.BUTLER, "林静"), user("tang", Role.BUTLER, "唐凯")
        supervisor, engineer = user("xu", Role.SUPERVISOR, "许主管"), user("zhao", Role.ENGINEER, "赵强")
        stranger = user("wang", Role.BUTLER, "王远", there)
        home = setup.create_home(session, estate, HomeName("3", "2", "1501"), butler=butler)
        resident = setup.create_resident(session, vault, home, now, name="陈建国", form=Form.MR,
                                         surname_en="Chen", phone="13800138000")  # fmt: skip
        tenant = setup.create_resident(session, vault, home, now, name="Tom Brown", language="en",
                                       kind="tenant", phone="+44 20 7946 0018")  # fmt: skip
    return estate, butler, colleague, supervisor, engineer, stranger, home, resident, tenant


@pytest.fixture
def app(world: World, settings: Settings) -> FastAPI:
    engine: Any = SimpleNamespace(menu=menu())
    return create_app(settings, database=world.db, clock=world.clock, engine=engine)


class Desk(TestClient):
    """A browser without script: same origin, keeps cookies, posts forms with their token."""

    def __init__(self, app: FastAPI, language: str = "zh") -> None:
        headers = {"sec-fetch-site": "same-origin", "accept-language": language}
        super().__init__(app, base_url="https://127.0.0.1", headers=headers, follow_redirects=False)
        self.token = ""

    def sign_in(self, username: str, password: str = PASSWORD) -> Response:
        answer = self.post("/login", data={"username": username, "password": password})
        if answer.status_code == 303:
            self.token = form_token(self)
        return answer

    def press(self, path: str, *, htmx: bool = False, **fields: Any) -> Response:
        headers = {"hx-request": "true", "x-csrf": self.token} if htmx else {}
        return self.post(path, data={"csrf": self.token, **fields}, headers=headers)


@pytest.fixture
def desk(app: FastAPI) -> Callable[..., Desk]:
    """Open a browser, signed in when a user name is given."""

    def opened(username: str = "", language: str = "zh") -> Desk:
        made = Desk(app, language)
        if username:
            assert made.sign_in(username).status_code == 303
        return made

    return opened
