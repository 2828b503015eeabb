"""The steps that may follow, on a ticket's page: a form each, what is in the way, nothing typed is lost."""

import re
from collections.abc import Callable
from urllib.parse import unquote

import pytest
from sqlalchemy import select

from backend.desk import steps
from backend.models import Record, TicketEvent, User
from backend.tickets import guards, lifecycle
from backend.tickets.forms import find_form
from tests.desk.conftest import Desk, World

Open = Callable[..., Desk]
PASS, MOVE_OUT, DECORATE = "common.admin.release-pass", "common.admin.move-out", "common.admin.decor-apply"
LIGHT = "common.facilities.public-fault"


def events(world: World, number: int) -> list[TicketEvent]:
    with world.db.read() as session:
        rows = select(TicketEvent).where(TicketEvent.ticket_id == world.ticket(number).id)
        return list(session.scalars(rows.order_by(TicketEvent.id)))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_step_that_may_follow_has_a_button_with_a_form(desk: Open, world: World, language: str) -> None:
    number = world.open()
    world.act(world.butler, number, "accept")
    with world.db.write() as session:
        session.get_one(User, world.butler.id).language = language
    html = desk("lin", language).get(f"/tickets/{number}").text
    assert ("按流程登记下一步" if language == "zh" else "Steps that may follow") in html
    for to in ("quoted", "declined", "moved_to_warranty"):
        assert f'href="?do=move-{to}"' in html
        assert f'id="form-move-{to}"' in desk("lin").get(f"/tickets/{number}?do=move-{to}").text
    assert (">报价</a>" if language == "zh" else ">Send a price</a>") in html
    usually = (
        "通常由主管办理，您也可以登记。"
        if language == "zh"
        else "Usually a step of: Supervisor. You may record"
    )
    assert usually in html
    assert usually not in desk("xu", language).get(f"/tickets/{number}").text, "it is the supervisor's own"


def test_no_step_is_offered_that_a_button_above_is_already_nor_one_that_has_a_form_of_its_own(
    desk: Open, world: World
) -> None:
    """A light outside that is out: it is given to somebody above, and merged by its own form."""
    number, repair = world.open(LIGHT), world.open()
    assert {one.to_step for one in lifecycle.machine_of("standing_report").moves_from("reported")} == {
        "assigned", "merged", "cancelled"}  # fmt: skip
    world.act(world.butler, repair, "accept")
    for one in (number, repair):
        html = desk("lin").get(f"/tickets/{one}").text
        assert html.count('data-key="assign"') == 1
        for to in ("merged", "assigned", "cancelled"):
            assert f'href="?do=move-{to}"' not in html
        assert 'data-key="merge"' in html
    assert "form-move-assigned" in desk("lin").get(f"/tickets/{repair}?do=move-assigned").text


def test_a_price_is_laid_before_the_resident_and_stands_on_the_page(desk: Open, world: World) -> None:
    number = world.open()
    world.act(world.butler, number, "accept")
    lin = desk("lin")
    fields = {"to": "quoted", "r.price": "99.50", "r.content": "换软管"}
    assert lin.press(f"/tickets/{number}/move", **fields).status_code == 303
    ticket = world.ticket(number)
    assert (ticket.step, ticket.facts["price"]) == ("quoted", 9950)
    html = lin.get(f"/tickets/{number}").text
    assert "已落实的事项" in html
    assert "¥99.50" in html
    assert "缴费通知单" in html
    assert f'href="/tickets/{number}/forms/REC-17"' in html
    assert lin.get(f"/tickets/{number}/forms/REC-17").status_code == 200
    with world.db.read() as session:
        assert session.scalars(select(Record.kind).where(Record.kind == "REC-17")).all() == ["REC-17"]


def test_what_a_step_needs_is_said_at_the_field_and_what_was_typed_stays(desk: Open, world: World) -> None:
    number = world.open()
    world.act(world.butler, number, "accept")
    lin = desk("lin")
    for htmx in (True, False):
        answer = lin.press(f"/tickets/{number}/move", htmx=htmx, to="quoted", **{"r.content": "换软管和龙头"})
        assert answer.status_code == 409
        assert "换软管和龙头" in answer.text
        assert "请填写这一项。" in answer.text.split('id="move-quoted-r.price"')[1][:400]
    assert world.ticket(number).step == "triaged"


@pytest.mark.parametrize(("price", "status"), [("abc", 422), ("-5", 422), ("1.234", 422), ("0.5", 303)])
def test_an_amount_that_is_none_is_said_at_the_field(
    desk: Open, world: World, price: str, status: int
) -> None:
    number = world.open()
    world.act(world.butler, number, "accept")
    answer = desk("lin").press(f"/tickets/{number}/move", to="quoted", note="客户在等", **{"r.price": price})
    assert answer.status_code == status
    if status == 422:
        assert "客户在等" in answer.text
        assert f'value="{price}"' in answer.text


def test_what_stands_in_the_way_is_named_in_words_with_what_to_do(desk: Open, world: World) -> None:
    number = world.open(PASS, resident=world.tenant, slots={"item": "sofa"})
    lin = desk("lin")
    html = lin.get(f"/tickets/{number}").text
    assert "业主" in html.split("按流程登记下一步")[1].split("</details>")[0]
    answer = lin.press(f"/tickets/{number}/move", htmx=True, to="approved", note="沙发一张")
    assert answer.status_code == 409
    assert "沙发一张" in answer.text
    assert world.ticket(number).step == "requested"
    lin.press(f"/tickets/{number}/move", to="approved", **{"r.item": "沙发", "r.owner_consent": "yes"})
    assert world.ticket(number).step == "approved"
    assert world.ticket(number).facts["owner_consent"] is True


def test_a_pass_is_approved_and_the_toast_says_that_the_resident_knows(desk: Open, world: World) -> None:
    number = world.open(PASS, slots={"item": "沙发"})
    lin = desk("lin")
    steps_shown = lin.get(f"/tickets/{number}").text.split('id="ticket-steps"')[1].split("</details>")[0]
    assert ">批准</a>" in steps_shown
    assert ">拒绝</a>" in steps_shown
    assert "已批准" not in steps_shown, "what is pressed is an act"
    done = lin.press(f"/tickets/{number}/move", to="approved", **{"r.item": "沙发"})
    assert "已批准，已告知住户。" in unquote(done.headers["set-cookie"])


def test_a_step_that_its_resident_is_not_told_of_claims_nothing(desk: Open, world: World) -> None:
    number = world.open()
    world.act(world.butler, number, "accept")
    done = desk("lin").press(f"/tickets/{number}/move", to="assigned")
    assert done.status_code == 303
    assert "住户" not in unquote(done.headers["set-cookie"])


def test_what_is_missing_is_said_once_and_at_its_field(desk: Open, world: World) -> None:
    number = world.open(PASS, resident=world.tenant, slots={"item": "sofa"})
    lin, said = desk("lin"), "缺少业主同意。"
    assert said in lin.get(f"/tickets/{number}?do=move-approved").text.split("<dialog")[1]
    answer = lin.press(f"/tickets/{number}/move", htmx=True, to="approved", **{"r.item": "沙发"})
    assert answer.status_code == 409
    assert answer.text.count(said) == 1
    assert said in answer.text.split('id="move-approved-r.owner_consent-error"')[1].split("</p>")[0]


def test_a_no_is_a_no(desk: Open, world: World) -> None:
    number = world.open(PASS, resident=world.tenant, slots={"item": "sofa"})
    answer = desk("lin").press(
        f"/tickets/{number}/move", to="approved", **{"r.item": "沙发", "r.owner_consent": "no"}
    )
    assert answer.status_code == 409
    assert world.ticket(number).step == "requested"


def test_the_step_of_somebody_absent_is_recorded_for_them(desk: Open, world: World) -> None:
    number = world.open()
    world.act(world.butler, number, "accept")
    lin = desk("lin")
    lin.press(f"/tickets/{number}/move", to="quoted", **{"r.price": "120"})
    html = lin.get(f"/tickets/{number}?do=move-assigned").text
    assert 'id="dialog-move-assigned" class="sheet-dialog" aria-labelledby="title-move-assigned" open' in html
    assert 'name="for"' in html
    lin.press(f"/tickets/{number}/move", to="assigned", **{"r.consent": "yes", "for": "R"})
    last = events(world, number)[-1]
    assert (last.to_step, last.actor, last.acting_for) == ("assigned", "B", "R")
    assert "代住户" in lin.get(f"/tickets/{number}").text


def test_somebody_was_faster_and_the_words_are_still_there(desk: Open, world: World) -> None:
    number = world.open()
    world.act(world.butler, number, "accept")
    version = str(world.ticket(number).version)
    world.act(world.colleague, number, "move", to="assigned", record={})
    lin = desk("lin")
    for htmx in (True, False):
        fields = {"to": "quoted", "r.price": "120", "note": "按公示价", "version": version}
        answer = lin.press(f"/tickets/{number}/move", htmx=htmx, **fields)
        assert answer.status_code == 409
        assert "唐凯" in answer.text
        assert "按公示价" in answer.text
        assert 'value="120"' in answer.text


def test_a_step_that_no_machine_knows_is_refused_in_words(desk: Open, world: World) -> None:
    number = world.open()
    answer = desk("lin").press(f"/tickets/{number}/move", htmx=True, to="moon")
    assert answer.status_code == 422
    assert unquote(answer.headers["x-toast"]) == "没有这一步。"


def test_a_date_for_the_solution_is_agreed(desk: Open, world: World) -> None:
    number = world.open()
    world.act(world.butler, number, "accept")
    assert desk("lin").press(f"/tickets/{number}/plan", at="2026-03-13T18:00").status_code == 303
    at = world.ticket(number).limit_at
    assert at is not None
    assert at.isoformat() == "2026-03-13T10:00:00+00:00"


def test_every_field_that_a_step_asks_for_stands_in_its_form() -> None:
    for machine in lifecycle.MACHINES.values():
        for move in machine.moves:
            form = find_form(move.form)
            for name in guards.asked(move):
                assert form is not None, (machine.name, move)
                assert form.field(name) is not None, (machine.name, move.to_step, name)
    assert steps.MOVE == "move-"


def test_a_form_comes_alone_and_closed_when_the_open_page_asks_for_it(desk: Open, world: World) -> None:
    number = world.open()
    lin = desk("lin")
    assert "<dialog" not in lin.get(f"/tickets/{number}").text
    html = lin.get(f"/tickets/{number}?do=assign&part=form").text.strip()
    assert html.startswith('<dialog id="dialog-assign" class="sheet-dialog" aria-labelledby="title-assign">')
    assert lin.get(f"/tickets/{number}?do=separate&part=form").status_code == 404


def test_what_the_resident_said_stands_in_the_form_of_the_step(desk: Open, world: World) -> None:
    number = world.open(PASS, slots={"item": "冰箱一台"})
    world.act(world.butler, number, "accept")
    page = desk("lin").get(f"/tickets/{number}?do=move-approved").text
    assert re.search(r'name="r\.item"[^>]*value="冰箱一台"|name="r\.item"[^>]*>冰箱一台<', page)
