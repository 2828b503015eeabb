"""The demo: what it holds, that it reads well, and that it never touches a real estate."""

import shutil
import tomllib
from collections import Counter
from datetime import datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from backend import demo
from backend.audit import queries as audit
from backend.clock import HandClock
from backend.db import Database
from backend.demo import office
from backend.demo.history import ZONE
from backend.demo.seed import INVITATIONS, LOGINS, ForeignData
from backend.demo.stories import FILES, HERE, BadStory, instant, load_stories
from backend.demo.world import PASSWORD
from backend.duties import rota
from backend.models import (
    Alert,
    Base,
    Conversation,
    Deadline,
    Estate,
    Home,
    LiveEvent,
    Message,
    Resident,
    Ticket,
    User,
    Zone,
)
from backend.people import butlers, doors, invitations, passwords, phones, service, setup
from backend.people.service import LoginTry
from backend.people.viewer import Viewer
from backend.settings import Settings
from backend.tickets import case_queries, lifecycle, seats
from backend.vault import Vault
from intents.loader import load_menu
from intents.menu import Menu
from intents.rows import half_width_mark
from tests import postgres


@cache
def menu() -> Menu:
    return load_menu()


@pytest.fixture
def seeded(
    db: Database,
    clock: HandClock,
    settings: Settings,
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
) -> Database:
    """The demo in a database of this test's own: seeded once for each kind, copied for the others."""
    here = str(db.engine.url.database)
    db.close()  # a database is copied while nobody has it open
    if db.is_sqlite:
        file = tmp_path_factory.getbasetemp() / "demo.sqlite"
        if not file.exists():
            _seed(db, clock, settings)
            shutil.copyfile(here, file)
        shutil.copyfile(file, here)
        return db
    server: postgres.Server = request.getfixturevalue("postgres_server")
    server.release(here)
    if server not in _servers:
        _seed(db, clock, settings)
        server.run(f"CREATE DATABASE {KEPT} TEMPLATE {here}")
        _servers.append(server)
    server.run(f"DROP DATABASE {here}", f"CREATE DATABASE {here} TEMPLATE {KEPT}")
    return db


KEPT = "demo_kept"
#: the servers that have it
_servers: list[postgres.Server] = []


def _seed(db: Database, clock: HandClock, settings: Settings) -> None:
    with db.write() as session:
        demo.seed(session, settings, menu(), clock.now())
    db.close()


def test_there_are_two_estates_three_zones_and_forty_homes_with_people_of_both_languages(
    seeded: Database,
) -> None:
    with seeded.read() as session:
        assert session.query(Estate).count() == 2
        assert session.query(Zone).count() == 3
        homes = session.query(Home).all()
        languages = Counter(session.scalars(select(Resident.language)))
    assert len(homes) == 40
    assert all(home.butler_id for home in homes)
    assert languages["zh"] > 20
    assert languages["en"] > 8


def test_every_login_of_the_demo_opens_with_the_known_password(
    seeded: Database, clock: HandClock, settings: Settings
) -> None:
    vault = Vault(settings.secret_key)
    with seeded.read() as session:
        assert set(session.scalars(select(User.username))) == set(LOGINS)
    for name in LOGINS:
        signed_in = doors.sign_in(
            seeded, vault, LoginTry(name, PASSWORD), clock.real_now(), settings.argon2_is_cheap
        )
        assert signed_in.token
    with pytest.raises(passwords.BadPassword):
        passwords.check_new(PASSWORD, "somebody")


def test_the_two_invitations_never_wear_out_and_butler_answers_for_both(
    seeded: Database, clock: HandClock, settings: Settings
) -> None:
    vault = Vault(settings.secret_key)
    clock.advance(days=3650)
    found = []
    for code in INVITATIONS * 3:
        with seeded.write() as session:
            redeemed = invitations.redeem_invitation(session, vault, code.lower(), clock.real_now())
            assert redeemed.resident is not None
            butler = session.get_one(User, redeemed.home.butler_id)
            tickets = session.query(Ticket).filter_by(resident_id=redeemed.resident.id).count()
            found.append((redeemed.resident.language, redeemed.resident.kind, butler.username, tickets))
    assert set(found) == {("zh", "owner", "butler", 0), ("en", "tenant", "butler", 0)}


def test_the_history_shows_every_kind_of_ticket_in_every_state(seeded: Database, clock: HandClock) -> None:
    now = clock.now()
    with seeded.read() as session:
        tickets = session.query(Ticket).all()
        running = (
            session.query(Deadline).filter(Deadline.met_at.is_(None), Deadline.cancelled_at.is_(None)).all()
        )
    machines = Counter(lifecycle.machine_of(ticket.workflow).name for ticket in tickets)
    assert len(tickets) >= 30
    # A handover is no ticket; nothing on the menu is general any more.
    assert set(machines) == set(lifecycle.MACHINES) - {"handover", "general"}
    assert {ticket.state for ticket in tickets} == {"open", "waiting", "done", "closed", "cancelled"}
    assert Counter(ticket.state for ticket in tickets).most_common(1)[0][0] == "closed"
    assert any(ticket.butler_id is None for ticket in tickets)
    assert any(ticket.hidden_from_id for ticket in tickets)
    assert any(ticket.reopened_from_id for ticket in tickets)
    assert any((ticket.workflow, ticket.step) == ("complaint", "fed_back") for ticket in tickets)
    active = [one for one in running if one.paused_at is None]
    assert any(one.paused_at for one in running)
    assert any(one.due_at <= now for one in active)
    assert any(one.warn_at and one.warn_at <= now < one.due_at - timedelta(hours=1) for one in active)
    assert any(one.clock == "SLA-01" and one.due_at > now for one in active)


def test_what_is_closed_has_no_running_clock_and_numbers_follow_time(seeded: Database) -> None:
    with seeded.read() as session:
        over = select(Ticket.id).where(Ticket.state.in_(("closed", "cancelled")))
        running = select(Deadline).where(
            Deadline.ticket_id.in_(over), Deadline.met_at.is_(None), Deadline.cancelled_at.is_(None)
        )
        assert session.scalars(running).all() == []
        rows = session.execute(select(Ticket.number, Ticket.received_at).order_by(Ticket.number)).all()
    assert rows[0][0] == 1001
    assert [at for _number, at in rows] == sorted(at for _number, at in rows)


def test_the_past_rings_no_bell_and_waits_for_no_turn(seeded: Database) -> None:
    with seeded.read() as session:
        assert session.query(LiveEvent).count() == 0
        assert session.query(Alert).filter(Alert.seen_at.is_(None)).count() == 0
        assert session.query(Message).filter_by(turn_state="received").count() == 0
        messages = session.query(Message).order_by(Message.conversation_id, Message.seq).all()
        for conversation in session.query(Conversation):
            times = [one.sent_at for one in messages if one.conversation_id == conversation.id]
            assert times == sorted(times)


def test_each_is_written_to_in_their_own_language(seeded: Database) -> None:
    with seeded.read() as session:
        rows = session.execute(
            select(Message.text, Resident.language)
            .join(Conversation, Conversation.id == Message.conversation_id)
            .join(Resident, Resident.id == Conversation.resident_id)
            .where(Message.author == "bot")
        ).all()
    assert len(rows) > 80
    for text, language in rows:
        is_chinese = any("一" <= sign <= "鿿" for sign in text.split("\n")[0])
        assert is_chinese == (language == "zh"), text
        assert "{" not in text


def viewer_of(session: Session, username: str) -> Viewer:
    return service.viewer_of(session, session.query(User).filter_by(username=username).one())


def test_this_week_and_the_next_have_a_rota_and_whom_a_visitor_signs_in_as_is_always_on_duty(
    seeded: Database, clock: HandClock
) -> None:
    today = clock.now().astimezone(ZoneInfo(ZONE)).replace(hour=0, minute=0)
    monday = today - timedelta(days=today.weekday())
    with seeded.read() as session:
        leader = viewer_of(session, "supervisor")
        weeks = [rota.week_of(session, leader, (monday + timedelta(days=days)).date()) for days in (0, 7)]
        days = [one.starts_at.astimezone(ZoneInfo(ZONE)).date() for week in weeks for one in week.shifts]
        assert len(set(days)) == 14
        assert min(Counter(days).values()) == max(Counter(days).values()) == 7
        roles = ["butler", "supervisor", "manager", "engineer", "guard"]
        for hours in range(0, 14 * 24, 5):
            here = butlers.list_on_duty(
                session, weeks[0].estate.id, roles, now=monday + timedelta(hours=hours)
            )
            assert {one.username for one in here} >= {"butler", "butler2", *roles}


def test_changes_of_accounts_and_settings_stand_in_the_audit_log_in_their_order(
    seeded: Database, clock: HandClock
) -> None:
    with seeded.read() as session:
        every = audit.Wanted(viewer_of(session, "manager").estate_ids)
        found = [entry for entry, _ in audit.list_entries(session, every, 50)][::-1]
        assert all(user is not None for _, user in audit.list_entries(session, every, 50))
    assert [one.action for one in found] == [
        "user.change", "user.away", "settings.data", "settings.warning", "address.add"
    ]  # fmt: skip
    assert sorted(one.at for one in found) == [one.at for one in found]
    assert found[-1].at < clock.now()


def test_an_event_is_full_with_one_in_line_and_providers_and_a_referral_are_kept(seeded: Database) -> None:
    with seeded.read() as session:
        leader = viewer_of(session, "supervisor")
        lake = session.query(Estate).filter_by(code="LAKE").one().id
        event = seats.read(session, leader, menu(), office.EVENT, "LAKE")
        assert (event.seats, event.taken, event.waiting) == (office.SEATS, office.SEATS, 1)
        providers = case_queries.list_providers(session, leader, lake, 10)
        referrals = case_queries.list_referrals(session, leader, lake, 10)
        assert {one.ticket.step for one in providers} == {"active", "candidate"}
        assert [one.ticket.step for one in referrals] == ["registered"]


def test_a_second_start_changes_nothing_and_other_data_is_refused(
    seeded: Database, clock: HandClock, settings: Settings
) -> None:
    with seeded.write() as session:
        demo.seed(session, settings, menu(), clock.now())
        assert session.query(Estate).count() == 2
        assert demo.is_demo(session)
        setup.wipe_all(session)
    with seeded.read() as session:
        for table in Base.metadata.sorted_tables:
            assert session.execute(select(table)).first() is None, table.name
        assert not demo.is_demo(session)
    with seeded.write() as session:
        setup.create_estate(session, code="REAL", name_zh="真小区", name_en="Real")
    with pytest.raises(ForeignData), seeded.write() as session:
        demo.seed(session, settings, menu(), clock.now())


def test_the_demo_asks_the_database_a_few_times_for_each_row_it_tells(
    db: Database, clock: HandClock, settings: Settings
) -> None:
    """Whoever tries Guanjia waits for it: seconds hang on the machine, what is asked for them does not."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    with db.write() as session:
        demo.seed(session, settings, menu(), clock.now())
    event.remove(db.engine, "before_cursor_execute", note)
    with db.read() as session:
        told = sum(len(session.execute(select(table)).all()) for table in Base.metadata.sorted_tables)
    many = len(asked)
    assert many < 5 * told


@pytest.mark.parametrize("hour", range(24))
def test_the_history_lies_in_the_past_at_whatever_hour_the_demo_starts(hour: int) -> None:
    now = datetime(2026, 12, 31, hour, 1, tzinfo=ZoneInfo(ZONE))
    for story in load_stories(now, ZONE):
        times = [step.at for step in story.steps]
        assert times == sorted(times), story.key
        assert times[-1] <= now


def test_a_time_that_cannot_be_read_or_has_not_come_is_refused() -> None:
    now = datetime(2026, 3, 11, 10, 0, tzinfo=ZoneInfo(ZONE))
    assert instant("+1 09:30", 2, now) == now - timedelta(days=1, minutes=30)
    assert instant("-1h30m", 0, now) == now - timedelta(hours=1, minutes=30)
    with pytest.raises(ValueError, match="is no time"):
        instant("noon", 0, now)
    assert issubclass(BadStory, ValueError)


def test_every_item_is_on_the_menu_and_every_person_is_known() -> None:
    people = tomllib.loads((HERE / "people.toml").read_text("utf-8"))
    names = {
        one["name"] for group in people["groups"] for home in group["homes"] for one in home["residents"]
    }
    staff = {user["username"] for user in people["users"]}
    for story in load_stories(datetime(2026, 3, 11, 10, 0, tzinfo=ZoneInfo(ZONE)), ZONE):
        item = menu().item(story.item)
        assert story.resident in names or story.estate
        assert {step.who for step in story.steps} <= staff | {"resident", "bot"}
        assert set(story.slots) <= set(item.required_slots) | set(item.optional_slots), story.key


def test_nobody_can_be_called_on_a_number_of_the_demo() -> None:
    people = tomllib.loads((HERE / "people.toml").read_text("utf-8"))
    residents = [one for group in people["groups"] for home in group["homes"] for one in home["residents"]]
    numbers = [one["phone"] for one in [*residents, *people["users"]] if "phone" in one]
    fictional = (
        "+86154",
        "+447700900",
        "+120255501",
        "+161355501",
        "+3363998",
        "+4915228817386",
        "+61491570156",
    )
    for number in numbers:
        assert (phones.normalise(number) or "").startswith(fictional), number
    assert len(numbers) == len(set(numbers))
    assert all((phones.normalise(one["hotline"]) or "").startswith("+86210000") for one in people["estates"])


def test_the_chinese_of_the_demo_has_full_width_marks() -> None:
    def texts(value: object) -> list[str]:
        if isinstance(value, str):
            return [value]
        inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
        return [text for one in inner for text in texts(one)]

    for name in ("people.toml", *FILES):
        for text in texts(tomllib.loads((HERE / name).read_text("utf-8"))):
            assert half_width_mark(text) is None, text


def test_staff_see_their_own_estates_only(seeded: Database) -> None:
    with seeded.read() as session:
        users = {user.username: service.viewer_of(session, user) for user in session.query(User)}
        codes = {estate.id: estate.code for estate in session.query(Estate)}
    assert {codes[one] for one in users["butler"].estate_ids} == {"LAKE"}
    assert {codes[one] for one in users["butler3"].estate_ids} == {"PLANE"}
    assert {codes[one] for one in users["manager"].estate_ids} == {"LAKE", "PLANE"}
