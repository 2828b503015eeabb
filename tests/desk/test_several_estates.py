"""Whoever works in several estates sees of which one a page is; nothing happens in another by chance."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import select

from backend.errors import BadInput
from backend.models import (
    AuditEntry,
    Estate,
    Handover,
    SavedView,
    Shift,
    StaffAddress,
    StoredFile,
    Ticket,
    User,
    UserEstate,
)
from backend.people.viewer import Viewer
from backend.tickets import photos
from tests.desk.conftest import Desk, World

Open = Callable[..., Desk]
SHIFT = {"day": "2026-03-11", "opens": "09:00", "closes": "18:00"}
MAIL = {"channel": "email", "whose": "role:", "address": "desk@estate.example", "label": "", "language": "zh"}


@pytest.fixture
def leader(desk: Open, world: World) -> Desk:
    """The supervisor, who leads the estate next door too and is its manager."""
    with world.db.write() as session:
        session.get_one(User, world.supervisor.id).role = "manager"
        session.add(UserEstate(user_id=world.supervisor.id, estate_id=there(world).id))
    return desk("xu")


def there(world: World) -> Estate:
    with world.db.read() as session:
        return session.scalars(select(Estate).where(Estate.code == "THERE")).one()


def shifts(world: World) -> dict[int, list[int]]:
    """The shifts of each estate, by whose they are."""
    found: dict[int, list[int]] = {}
    with world.db.read() as session:
        for one in session.scalars(select(Shift)):
            found.setdefault(one.estate_id, []).append(one.user_id)
    return found


def chosen(html: str) -> list[str]:
    """Which estate the page says it is about."""
    return re.findall(r'aria-current="page">([^<]*)</a>', html.split('class="office-pick"')[1])[:1]


def test_the_rota_is_that_of_the_estate_in_the_address_and_a_shift_goes_there(
    leader: Desk, world: World
) -> None:
    page = leader.get("/rota").text
    assert chosen(page) == [world.estate.name_zh]
    other = leader.get("/rota?estate=THERE&week=2026-03-11").text
    assert chosen(other) == ["彼处"]
    assert "彼处排班" in other
    assert "林静" not in other
    for way in ("/rota?week=2026-03-02&amp;estate=THERE", "/rota?estate=THERE"):
        assert f'href="{way}"' in other
    answer = leader.press("/rota/add", user=world.stranger.username, estate="THERE", **SHIFT)
    assert answer.headers["location"].startswith("/rota?week=2026-03-11&estate=THERE&")
    assert shifts(world) == {there(world).id: [world.stranger.id]}
    answer = leader.press("/rota/copy", week="2026-03-16", estate="THERE")
    assert answer.headers["location"] == "/rota?week=2026-03-16&estate=THERE"
    assert shifts(world) == {there(world).id: [world.stranger.id] * 2}


def test_a_shift_without_an_estate_is_refused_with_the_codes_to_choose_from(
    leader: Desk, world: World
) -> None:
    answer = leader.press("/rota/add", user="lin", **SHIFT)
    assert answer.status_code == 422
    assert "您在多个小区任职，请说明是哪一个：HERE, THERE" in answer.text
    assert leader.press("/rota/copy", week="2026-03-16").status_code == 422
    assert leader.press("/rota/add", user="lin", estate="NOWHERE", **SHIFT).status_code == 404
    assert shifts(world) == {}


def test_whoever_works_in_one_estate_is_asked_nothing(desk: Open, world: World) -> None:
    page = desk("xu").get("/rota").text
    assert "office-pick" not in page
    assert 'name="estate"' not in page


def test_a_handover_without_a_shift_asks_of_which_estate_it_is_and_offers_only_its_people(
    leader: Desk, world: World
) -> None:
    assert 'name="estate"' in leader.get("/handover").text
    assert leader.press("/handover/begin").status_code == 422
    leader.press("/handover/begin", estate="THERE")
    with world.db.read() as session:
        assert session.scalars(select(Handover.estate_id)).all() == [there(world).id]
    page = leader.get("/handover").text
    assert "彼处 · 已备好" in page
    heirs = page.split('name="to"')[1].split("</select>")[0]
    assert world.stranger.name_zh in heirs
    assert "林静" not in heirs


def test_on_a_shift_the_handover_is_of_its_estate_and_nothing_is_asked(leader: Desk, world: World) -> None:
    leader.press("/rota/add", user="xu", estate="THERE", **SHIFT)
    assert 'name="estate"' not in leader.get("/handover").text
    leader.press("/handover/begin")
    with world.db.read() as session:
        assert session.scalars(select(Handover.estate_id)).all() == [there(world).id]


def test_duties_are_arranged_in_the_estate_of_the_form_and_the_audit_log_says_which(
    leader: Desk, world: World
) -> None:
    page = leader.get("/settings/duties?estate=THERE").text
    assert chosen(page) == ["彼处"]
    assert '<input type="hidden" name="estate" value="THERE">' in page
    fields = dict(re.findall(r'name="(hours\.[^"]+)" value="([^"]+)"', page))
    fields |= dict(re.findall(r'name="(on\.[^"]+)" value="(1)" checked', page))
    gone = next(name for name in fields if name.startswith("on."))
    del fields[gone]
    assert leader.press("/settings/duties", **fields).status_code == 422
    answer = leader.press("/settings/duties", estate="THERE", **fields)
    assert answer.headers["location"] == "/settings/duties?estate=THERE"
    with world.db.read() as session:
        kept = {one.code: one.settings.get("duties", {}) for one in session.scalars(select(Estate))}
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "settings.duties")).one()
    assert (kept["HERE"], list(kept["THERE"])) == ({}, [gone.removeprefix("on.")])
    assert (entry.estate_id, entry.after) == (there(world).id, {"duties_off": [gone.removeprefix("on.")]})
    log = leader.get("/audit?kind=settings").text
    assert "已停用的职责" in log
    assert "SLA-" not in log


def test_an_address_for_alerts_belongs_to_an_estate_that_was_named(leader: Desk, world: World) -> None:
    assert leader.press("/settings/alerts", **MAIL).status_code == 422
    assert leader.press("/settings/alerts", estate=str(there(world).id), **MAIL).status_code == 303
    with world.db.read() as session:
        assert session.scalars(select(StaffAddress.estate_id)).all() == [there(world).id]
    assert "彼处 · " in leader.get("/settings/alerts").text


def test_the_calendar_of_visits_leads_to_the_same_day_of_each_estate(leader: Desk, world: World) -> None:
    page = leader.get("/visits?day=2026-03-12&building=3").text
    assert chosen(page) == [world.estate.name_zh]
    assert f'href="/visits?day=2026-03-12&amp;estate={there(world).id}"' in page
    assert chosen(leader.get(f"/visits?estate={there(world).id}").text) == ["彼处"]


def test_settings_are_changed_in_no_estate_by_chance(leader: Desk, world: World) -> None:
    for path in ("/settings/brand", "/settings/promises/warning", "/homes/export", "/homes/invitations"):
        answer = leader.press(path, name_zh="新名", name_en="New", building="3", state="")
        assert answer.status_code == 422, path
    with world.db.read() as session:
        assert {one.name_zh for one in session.scalars(select(Estate))} == {world.estate.name_zh, "彼处"}


def test_a_view_is_shared_with_the_team_that_was_chosen_or_is_searched_in(leader: Desk, world: World) -> None:
    refused = leader.press("/search/views", name="超时的", query="clock=late", is_shared="1")
    assert refused.status_code == 422
    assert "请选择这个视图共享给哪个小区的全组" in refused.text
    assert 'id="view-estate-error"' in refused.text
    for name, more in (
        ("选的", {"query": "clock=late", "estate": "THERE"}),
        ("查的", {"query": "clock=late&estate=THERE"}),
    ):
        assert leader.press("/search/views", name=name, is_shared="1", **more).status_code == 303
    with world.db.read() as session:
        assert {one.estate_id for one in session.scalars(select(SavedView))} == {there(world).id}
    assert "共享给彼处全组" in leader.get("/search/views").text


def test_a_photo_sent_without_a_ticket_goes_to_the_estate_of_the_ticket_that_takes_it(world: World) -> None:
    number = world.open()
    with world.db.write() as session:
        row = StoredFile(
            id="loose", estate_id=there(world).id, kind="photo", name="a.jpg", content_type="image/jpeg",
            size=1, sha256="0" * 64, created_at=world.clock.now(),
        )  # fmt: skip
        session.add(row)
        ticket = session.scalars(select(Ticket).where(Ticket.number == number)).one()
        member = session.get_one(User, world.supervisor.id)
        both = Viewer(
            member.id, "xu", "supervisor", "", "", "zh", frozenset({ticket.estate_id, row.estate_id})
        )
        one = replace(both, estate_ids=frozenset({ticket.estate_id}))
        with pytest.raises(BadInput):
            photos.take(session, one, ticket, ("loose",))
        photos.take(session, both, ticket, ("loose",))
        assert (row.ticket_id, row.estate_id) == (ticket.id, ticket.estate_id)
