"""排班 and 交接班: the week's shifts, and a shift that is offered, refused, completed and accepted."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from backend.models import VISITOR, Handover, Shift, Ticket, User
from tests.desk.conftest import COMPLAINT, Desk, World

Open = Callable[..., Desk]
SHIFT = {"user": "lin", "day": "2026-03-11", "opens": "09:00", "closes": "18:00"}


def shifts(world: World) -> list[Shift]:
    with world.db.read() as session:
        return session.query(Shift).order_by(Shift.id).all()


def said_at(name: str, html: str) -> bool:
    """Tell whether something is said at the field of this name."""
    return re.search(f'name="{name}"[^>]*aria-invalid="true"', html) is not None


def handover(world: World) -> Handover:
    with world.db.read() as session:
        return session.query(Handover).one()


def test_a_leader_puts_a_shift_on_the_rota_and_takes_it_off(desk: Open, world: World) -> None:
    xu = desk("xu")
    assert xu.press("/rota/add", **SHIFT).status_code == 303
    page = xu.get("/rota?week=2026-03-12").text
    assert "林静" in page
    assert "09:00–18:00" in page
    assert "正在值班" in page
    assert "09:00–18:00" not in xu.get("/rota?week=2026-03-18").text
    assert xu.press(f"/rota/{shifts(world)[0].id}/remove", week="2026-03-09").status_code == 303
    assert shifts(world) == []


@pytest.mark.parametrize(
    ("changed", "status", "said"),
    [
        ({"opens": "早上"}, 422, "请按“08:00”填写时间。"),
        ({"day": "next"}, 422, "请选择日期。"),
        ({"user": "wang"}, 422, "没有叫这个名字的同事"),
        ({"closes": "12:00"}, 409, "已经有班"),
    ],
)
def test_a_shift_that_cannot_be_comes_back_with_a_sentence(
    desk: Open, world: World, changed: dict[str, str], status: int, said: str
) -> None:
    xu = desk("xu")
    xu.press("/rota/add", **SHIFT)
    answer = xu.press("/rota/add", **(SHIFT | changed))
    assert answer.status_code == status
    assert said in answer.text
    assert re.search(r'aria-invalid="true"', answer.text), "said at its field, which the page goes to"
    assert len(shifts(world)) == 1


def test_a_shift_taken_off_stands_in_the_form_to_be_put_back_or_given_to_another(
    desk: Open, world: World
) -> None:
    xu = desk("xu")
    added = xu.press("/rota/add", **(SHIFT | {"opens": "8：30", "closes": "5点半"}))
    assert added.headers["location"].endswith("&opens=8%EF%BC%9A30&closes=5%E7%82%B9%E5%8D%8A#add-shift")
    away = xu.press(f"/rota/{shifts(world)[0].id}/remove", week="2026-03-09").headers["location"]
    assert away == "/rota?week=2026-03-09&user=lin&day=2026-03-11&opens=08%3A30&closes=05%3A30#add-shift"
    page = xu.get(away).text
    assert '<option value="lin" selected>' in page
    assert '<option value="2026-03-11" selected>' in page
    assert 'name="opens" value="08:30"' in page


@pytest.mark.parametrize(
    ("opens", "closes", "zh", "en"),
    [
        ("08:00", "08:00", "08:00起24小时", "24 h from 08:00"),
        ("20:00", "08:00", "20:00–次日08:00", "20:00–08:00 next day"),
        ("16:00", "00:00", "16:00–24:00", "16:00–24:00"),
    ],
)
def test_a_shift_into_the_next_day_says_so_on_the_rota_and_on_its_handover(
    desk: Open, world: World, opens: str, closes: str, zh: str, en: str
) -> None:
    xu = desk("xu")
    xu.press("/rota/add", **(SHIFT | {"opens": opens, "closes": closes}))
    world.clock.advance(hours=11)  # 21:00 in the estate: every one of them runs
    desk("lin").press("/handover/begin")
    for path in ("/rota", "/handover"):
        assert zh in xu.get(path).text
    xu.press("/language", language="en")
    for path in ("/rota", "/handover"):
        assert en in xu.get(path).text


def test_who_is_on_leave_is_marked_on_the_rota_and_not_on_duty(desk: Open, world: World) -> None:
    xu = desk("xu")
    xu.press("/rota/add", **SHIFT)
    assert "正在值班" in xu.get("/rota").text
    now = world.clock.now()
    with world.db.write() as session:
        user = session.query(User).filter(User.username == "lin").one()
        leave = {"from": now.isoformat(), "until": (now + timedelta(hours=2)).isoformat(), "reason": ""}
        user.settings = {**user.settings, "away": leave}
    page = xu.get("/rota").text
    assert "正在值班" not in page
    assert "请假" in page.split("09:00–18:00")[1].split("</li>")[0]


def test_the_week_before_is_copied(desk: Open, world: World) -> None:
    xu = desk("xu")
    xu.press("/rota/add", **SHIFT)
    assert xu.press("/rota/copy", week="2026-03-16").headers["location"] == "/rota?week=2026-03-16"
    assert "09:00–18:00" in xu.get("/rota?week=2026-03-16").text


def test_a_butler_reads_the_rota_and_does_not_change_it(desk: Open, world: World) -> None:
    lin = desk("lin")
    assert "添加班次" not in lin.get("/rota").text
    assert lin.press("/rota/add", **SHIFT).status_code == 403


def test_a_shift_goes_from_one_to_the_next(desk: Open, world: World) -> None:
    number = world.open()
    lin, tang = desk("lin"), desk("tang")
    assert lin.press("/handover/begin").status_code == 303
    row = handover(world)
    mine = lin.get("/handover").text
    assert f"#{number}" in mine
    assert world.home.code in mine.split("hand-open")[1].split("</ul>")[0]
    assert "唐凯" in mine
    assert "赵强" not in mine.split('name="to"')[1].split("</select>")[0]  # an engineer could not read them
    lin.press(f"/handover/{row.id}/offer", to="tang", note="3栋电梯在修", keys="门卡2张")
    page = tang.get("/handover").text
    assert "3栋电梯在修" in page
    assert f"#{number}" in page
    again = tang.press(f"/handover/{row.id}/accept", equipment="对讲机少一台")
    assert again.status_code == 409
    assert "对讲机少一台" in again.text
    assert said_at("checked", again.text), "what lacks is said at its field, below many tickets"
    unclear = tang.press(f"/handover/{row.id}/refuse", reason=" ").text
    assert "<details open>" in unclear
    assert said_at("reason", unclear)
    tang.press(f"/handover/{row.id}/refuse", reason="对讲机少一台")
    assert "对讲机少一台" in lin.get("/handover").text
    assert "拒绝接林静的班" in desk("xu").get("/alerts").text
    lin.press(f"/handover/{row.id}/offer", to="tang", note="对讲机已找到")
    assert tang.press(f"/handover/{row.id}/accept", checked="1").status_code == 303
    assert handover(world).state == "accepted"
    assert f't{number}"' in tang.get("/queue?queue=cover").text  # what was taken over stands in the queue
    assert "代班 <b>1</b>" in tang.get("/queue").text
    assert "queue=cover" not in desk("xu").get("/queue").text
    world.clock.advance(hours=15)
    assert "queue=cover" not in tang.get("/queue").text


def test_an_illegal_step_names_what_is_possible(desk: Open, world: World) -> None:
    lin = desk("lin")
    lin.press("/handover/begin")
    answer = lin.press(f"/handover/{handover(world).id}/review")
    assert answer.status_code == 409


def test_nobody_reads_in_a_handover_of_a_complaint_about_themselves(desk: Open, world: World) -> None:
    number = world.open(COMPLAINT)
    with world.db.write() as session:
        session.query(Ticket).filter(Ticket.number == number).one().hidden_from_id = world.colleague.id
    lin, tang = desk("lin"), desk("tang")
    lin.press("/handover/begin")
    assert f"#{number}" in lin.get("/handover").text
    assert f"#{number}" not in tang.get("/handover").text
    lin.press(f"/handover/{handover(world).id}/offer", to="tang")
    assert f"#{number}" not in tang.get("/handover").text
    assert f"#{number}" in desk("xu").get("/handover").text


def test_a_handed_over_visitor_is_worded_as_in_the_queue_and_by_no_other_workflow(
    desk: Open, world: World
) -> None:
    number = world.open(VISITOR)
    lin = desk("lin")
    step = re.search(r'class="row-step">([^<]+)<', lin.get("/queue").text.split(f'id="t{number}"')[1])
    assert step
    assert step[1] == "待到访"
    lin.press("/handover/begin")
    assert f"{step[1]}</span>" in lin.get("/handover").text.split(f"#{number}")[1]
    lin.press(f"/handover/{handover(world).id}/offer", to="tang")
    assert f"{step[1]}</span>" in desk("tang").get("/handover").text.split(f"#{number}")[1]
