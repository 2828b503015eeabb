"""Staff alerts and a resident's repair with a price, end to end over a Telegram of our own."""

import json
import re
from collections.abc import Iterator

import pytest

from backend.clock import HandClock
from backend.db import Database
from backend.deadlines import alerts
from backend.deadlines.alerts import Call
from backend.deadlines.bundling import GATHERING
from backend.models import Delivery, StaffAddress
from backend.notifier import service as notifier
from backend.settings import Settings
from backend.vault import Vault
from tests.fake_telegram.people import Person
from tests.house.cast import CHEN_CODE
from tests.scenarios.house import House, open_house

CLOCKS = {"SLA-01": {"zh": "首次响应", "en": "first response"}}


@pytest.fixture
def hours(settings: Settings, db: Database, clock: HandClock) -> Iterator[House]:
    """The house with a clock that is moved by hand: a device rests for a minute between two alerts."""
    with open_house(settings, db, "polling", clock) as house:
        yield house


@pytest.fixture
def phone(hours: House) -> Person:
    """The butler's own Telegram, started, and kept as an address with the estate."""
    person = hours.fake.person("赵敏", language="zh-hans")
    person.start()
    person.wait(lambda chat: hours.unsent() == [] and len(chat) > 2)
    sealed = Vault(hours.settings.secret_key).seal(json.dumps({"chat": str(person.id)}))
    with hours.db.write() as session:
        session.add(StaffAddress(estate_id=hours.cast.estate.id, user_id=hours.cast.butler.id,
                                 channel="telegram", sealed=sealed,
                                 created_at=hours.app.state.clock.real_now()))  # fmt: skip
    return person


def call(house: House, kind: str, *keys: str, is_backlog: bool = False) -> None:
    """Alerts of the butler, written as a room writes them and handed over as the notifier does."""
    clock = house.app.state.clock
    now = clock.now()
    calls = [
        Call(house.cast.estate.id, house.cast.butler.id, kind, now, f"{kind}:{key}", clock="SLA-01")
        for key in keys
    ]
    with house.db.write() as session:
        alerts.write(session, calls, now, is_backlog=is_backlog)
    clock.advance(seconds=1)
    notifier.tick(house.db, clock, CLOCKS)


def settled(house: House, person: Person) -> None:
    """Nothing is on its way any more: the clock may be moved without anything being sent again."""
    person.wait(lambda _chat: house.unsent() == [] and set(states(house)) == {"sent"})


def told(person: Person, after: int = 0) -> list[str]:
    return [one.text for one in person.chat if one.by == "bot" and one.changed > after]


def states(house: House) -> list[str]:
    with house.db.read() as session:
        return [one.state for one in session.query(Delivery).order_by(Delivery.id)]


def test_a_butlers_alert_a_bundle_and_a_digest_arrive_in_the_butlers_telegram(
    hours: House, phone: Person, clock: HandClock
) -> None:
    call(hours, "warn", "a")
    phone.wait_for("“首次响应”快到时限了，请尽快处理。")
    settled(hours, phone)

    after = phone.mark()
    call(hours, "breach", "b", "c")
    assert told(phone, after) == []
    clock.advance(minutes=1, seconds=2)
    bundle = phone.wait_for("有 2 件事等您处理", after=after)
    assert bundle.text.count("已超时") == 2
    settled(hours, phone)

    after = phone.mark()
    clock.advance(minutes=1, seconds=2)
    call(hours, "breach", *"defgh", is_backlog=True)
    clock.advance(seconds=GATHERING.total_seconds())
    notifier.tick(hours.db, clock, CLOCKS)
    digest = phone.wait_for("5", after=after)
    assert "请查看" in digest.text
    settled(hours, phone)
    assert len(told(phone, after)) == 1


def test_an_emergency_does_not_rest(hours: House, phone: Person) -> None:
    call(hours, "warn", "a")
    phone.wait_for("首次响应")
    after = phone.mark()
    call(hours, "emergency", "e")
    assert phone.wait_for("紧急", after=after)


@pytest.fixture
def mode() -> str:
    return "polling"


def test_a_repair_with_a_price_is_told_step_by_step_in_telegram(house: House) -> None:
    chen = house.fake.person("陈建国", language="zh-hans")
    chen.start(CHEN_CODE)
    chen.wait_for("您的管家")
    chen.write("师傅来修一下厨房水龙头，明天上午，家里有人")
    chen.wait_for("跟您确认一下")
    chen.tap("对")
    found = re.search(r"#(\d+)", chen.wait_for("登记好了").text)
    assert found
    number = int(found[1])

    house.do(number, "accept")
    chen.wait_for("已经接单")
    house.do(number, "move", to="quoted", record={"price": 12000, "content": "换水龙头"})
    chen.wait_for("¥120：换水龙头")

    after = chen.mark()
    chen.write("进度怎么样了")
    chen.wait_for("现在等您答复", after=after)
    after = chen.mark()
    chen.tap("同意报价")
    chen.wait_for("已记下您同意", after=after)
    assert house.see(number)["step"] == "assigned"

    after = chen.mark()
    chen.write("进度怎么样了")
    status = chen.wait_for(f"#{number}", after=after)
    assert "赵敏" in status.text, "who acts is named"
    assert re.search(r"\d{1,2}:\d{2}", status.text), f"and by when: {status.text}"
    house.do(number, "assign", user="engineer")
    house.do(number, "check_in")
    chen.wait_for("已经到现场了")
    house.do(number, "complete", note="换了水龙头")
    chen.wait_for("已经办好了")
    chen.tap("满意")
    chen.wait(lambda _chat: house.see(number)["state"] == "closed")
