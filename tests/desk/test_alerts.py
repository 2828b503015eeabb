"""The bell."""

import re
from collections.abc import Callable

from sqlalchemy import select

from backend.deadlines import sweep
from backend.models import Alert, Estate, Ticket, User
from backend.people.roles import Role
from tests.desk.conftest import Desk, World

Open = Callable[..., Desk]


def test_a_missed_promise_rings_the_bell_and_can_be_marked_as_seen(desk: Open, world: World) -> None:
    number = world.open()
    world.clock.advance(minutes=11)
    sweep.tick(world.db, world.clock)
    xu = desk("xu")
    html = xu.get("/alerts").text
    assert f"#{number} 首次响应已超时" in html
    assert f'href="/tickets/{number}"' in html
    assert "bell-count is-none" not in html
    answer = xu.press("/alerts/seen", htmx=True)
    assert "bell-count is-none" in answer.text
    assert "全部标为已读" not in answer.text


def test_everybody_sees_their_own_alerts_only(desk: Open, world: World) -> None:
    number = world.open()
    world.clock.advance(minutes=11)
    sweep.tick(world.db, world.clock)
    assert f"#{number}" not in desk("wang").get("/alerts").text


def test_an_empty_bell_says_so(desk: Open, world: World) -> None:
    assert "还没有提醒" in desk("lin").get("/alerts").text


def test_a_managers_digest_is_shown_from_its_hour_on(desk: Open, world: World) -> None:
    world.open()
    with world.db.write() as session:
        session.get_one(User, world.supervisor.id).role = Role.MANAGER
    world.clock.advance(minutes=11)
    sweep.tick(world.db, world.clock)
    assert "1 项需要关注" not in desk("xu").get("/alerts").text
    world.clock.advance(hours=4)
    assert "1 项需要关注，其中 1 项已超时" in desk("xu").get("/alerts").text


def test_a_calendar_that_cannot_be_used_is_told_to_the_manager(desk: Open, world: World) -> None:
    with world.db.write() as session:
        session.get_one(User, world.supervisor.id).role = Role.MANAGER
        session.scalars(select(Estate)).first().calendar = "moon"  # type: ignore[union-attr]
    world.open()
    assert "小区的工作日历“moon”无法使用" in desk("xu").get("/alerts").text


def test_from_the_alerts_a_way_leads_to_their_settings_for_whoever_may_open_them(
    desk: Open, world: World
) -> None:
    for name, is_leader in (("xu", True), ("lin", False), ("zhao", False)):
        person = desk(name)
        page = person.get("/alerts").text.split("<main")[1].split("</main>")[0]
        assert 'href="/account/notifications"' in page
        assert ('href="/settings/alerts"' in page) is is_leader
        assert person.get("/account/notifications").status_code == 200
        assert (person.get("/settings/alerts").status_code == 200) is is_leader
    assert 'href="/alerts"' in desk("lin").get("/account/notifications").text.split("<main")[1]


def rung(html: str) -> list[int]:
    """The numbers of the tickets of the alerts that a page shows, in order."""
    return [int(number) for number in re.findall(r'<a href="/tickets/(\d+)"><svg', html)]


def test_every_alert_can_be_reached_and_their_number_is_told(desk: Open, world: World) -> None:
    numbers = [world.open() for _ in range(3)]
    now = world.clock.now()
    with world.db.write() as session:
        ids = {row.number: row.id for row in session.execute(select(Ticket.number, Ticket.id))}
        session.add_all(
            Alert(estate_id=world.estate.id, user_id=world.butler.id, ticket_id=ids[numbers[at % 3]],
                  kind="attention", clock=f"C-{at}", dedupe_key=f"k{at}", at=now, created_at=now)
            for at in range(103)
        )  # fmt: skip
    lin = desk("lin")
    pages = [lin.get("/alerts").text]
    assert '<span class="extent" id="alerts-extent">共103条，显示50条</span>' in pages[0]
    for _ in range(2):
        following = re.search(r'href="(/alerts\?before=\d+)">看后面50条', pages[-1])
        assert following
        pages.append(lin.get(following[1]).text)
    assert [len(rung(page)) for page in pages] == [50, 50, 3]
    assert [one for page in pages for one in rung(page)] == [numbers[at % 3] for at in reversed(range(103))]
    assert 'href="/alerts">回到列表开头' in pages[-1]
    assert "pager" not in lin.get("/alerts?panel=1", headers={"hx-request": "true"}).text
    action = re.search(r'hx-post="(/alerts/seen\?before=\d+)"', pages[1])
    assert action
    seen = lin.press(action[1], htmx=True).text
    assert rung(seen) == rung(pages[1])
    assert "全部标为已读" not in seen


def ring_again(world: World, number: int, times: int, kind: str = "emergency") -> None:
    now = world.clock.now()
    with world.db.write() as session:
        ticket = session.scalars(select(Ticket).where(Ticket.number == number)).one()
        session.add_all(
            Alert(estate_id=world.estate.id, user_id=world.butler.id, ticket_id=ticket.id, kind=kind,
                  dedupe_key=f"{kind}{number}-{at}", at=now, created_at=now)
            for at in range(times)
        )  # fmt: skip


def test_what_rings_again_and_again_is_one_line_with_its_count_and_counts_once(
    desk: Open, world: World
) -> None:
    gas = world.open("common.fire.gas-leak", words="厨房有煤气味")
    with world.db.write() as session:
        session.query(Alert).delete()
    ring_again(world, gas, 7)
    ring_again(world, gas, 2, "urged")
    page = desk("lin").get("/alerts").text
    assert rung(page) == [gas, gas]
    assert "厨房有煤气味 · 响了7次" in page, "what it is about"
    assert "响了2次" in page
    bell = re.search(r'id="bell-count".*?</span>(\d+)</span>', page)
    assert bell
    assert bell[1] == "2"
