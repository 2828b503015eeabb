"""Redelivery, refusals, outages and floods on Telegram: nothing lost, nothing twice, nobody kept waiting."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from backend.db import Database
from backend.settings import Settings
from bot.pacing import UNLIMITED
from tests.fake_telegram.people import Person
from tests.house.cast import CHEN_CODE, PASSWORD
from tests.scenarios import watching
from tests.scenarios.house import House, open_house
from tests.scenarios.test_six_conversations import number_in
from tests.scenarios.watching import until

#: where a second kind of database would show nothing new
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
POLLING_ON_SQLITE_WEBHOOK_ON_POSTGRESQL = pytest.mark.parametrize(
    ("mode", "database_url"), [("polling", "sqlite"), ("webhook", "postgresql")], indirect=True
)
FLOOD = 200
#: what others may wait for their reply behind a flood, in seconds (p99); the machine swings, so that the best
#: of some tries counts
MOST_WAIT = 0.3
TRIES = 3
#: what a reply takes on a machine with nothing else to do (p99); a busier one is given as much more
USUAL = 0.1
#: fifteen messages a second in a chat instead of one: the flood's own replies need not be waited for long
BRISK = replace(UNLIMITED, private=15.0, private_burst=5.0)


@pytest.fixture
def apart(settings: Settings, db: Database, mode: str) -> Iterator[House]:
    """A house whose carrier is a process of its own: it goes on when the web part is down."""
    with open_house(settings, db, mode, is_apart=mode == "webhook") as house:
        yield house


def enter(house: House) -> Person:
    person = house.fake.person("陈建国", language="zh-hans")
    person.start(CHEN_CODE)
    person.wait_for("您的管家")
    return person


def measure(house: House, people: list[Person], rounds: int = 3) -> float:
    """What people wait for their reply, p99 in seconds: ten of them ask each second."""
    return watching.p99(watching.waits(house.fake, watching.ask_in_turn(people, rounds, 0.1)))


def allowed(quiet: float) -> float:
    return MOST_WAIT * max(1.0, quiet / USUAL)


def read_page(house: House, path: str) -> str:
    """A page as the butler reads it. The session's cookie is for https: it is given by hand."""
    signed_in = house.web.post(
        "/login", data={"username": "butler", "password": PASSWORD}, headers={"Sec-Fetch-Site": "same-origin"}
    )
    cookie = "; ".join(one.partition(";")[0] for one in signed_in.headers.get_list("set-cookie"))
    answer = house.web.get(path, headers={"Cookie": cookie})
    assert answer.status_code == 200, (signed_in.status_code, answer.status_code)
    return answer.text


def milliseconds(*seconds: float) -> list[int]:
    return [round(one * 1000) for one in seconds]


def settled(house: House, seconds: float = 30.0) -> None:
    until(lambda: not house.unsent() and not house.fake.pending, seconds, "something is still under way")


# --- the same thing twice ----------------------------------------------------------------------------------


def test_an_update_that_comes_again_has_one_effect(house: House, chen: Person) -> None:
    number = chen.write("我要投诉：楼道的灯坏了一个星期没人修")
    update = house.fake.update_of(number)
    house.fake.redeliver(update)
    chen.wait_for("楼道的灯")
    for _ in range(3):
        house.fake.redeliver(update)
    settled(house)
    house.parts.restart_carrier()
    house.fake.redeliver(update)
    chen.write("在吗")  # when this is heard, what came before it has been too
    until(lambda: len(house.heard()) == 3)
    settled(house)
    assert (len(house.tickets()), len(watching.heard_from(house, chen))) == (1, 3)
    assert sum("楼道的灯" in one.text for one in chen.chat if one.by == "bot") == 1


def test_twenty_taps_on_one_button_have_one_effect(house: House, chen: Person) -> None:
    chen.write("明天下午两点请个阿姨打扫三小时")
    chen.wait_for("家里有人")
    chen.tap("家里有人")
    chen.wait_for("跟您确认一下")
    taps = [chen.press("对") for _ in range(20)]
    for tap in house.fake.updates("callback_query")[-3:]:
        house.fake.redeliver(tap.id)
    chen.wait_for("登记好了")
    assert all(chen.answer_to(tap) is not None for tap in taps), "every tap gets its sign"
    settled(house)
    assert len(house.tickets()) == 1
    assert sum("登记好了" in one.text for one in chen.chat) == 1


def test_a_tap_that_overtakes_its_message_is_heard_first(house: House, chen: Person) -> None:
    chen.write("明天下午两点请个阿姨打扫三小时")
    chen.wait_for("家里有人")
    chen.tap("家里有人")
    chen.wait_for("跟您确认一下")
    with house.fake.hold_messages(chen):
        chen.write("我要投诉：电梯里有烟味")
        chen.tap("对")
        chen.wait_for("登记好了")
    chen.wait_for("电梯里有烟味")
    settled(house)
    assert [ticket.workflow for ticket in house.tickets()][1:] == ["complaint"]


# --- order, and the others ---------------------------------------------------------------------------------


@POLLING_ON_SQLITE_WEBHOOK_ON_POSTGRESQL
def test_ten_chats_keep_their_order(house: House) -> None:
    people = watching.visitors(house, 10)
    written = [f"my parcel number {n} is missing" for n in range(20)]
    for words in written:
        for person in people:
            person.write(words)
    until(lambda: len(house.heard()) == 10 * 21, 30)
    until(lambda: all(message.turn_state == "done" for message in house.heard()), 30)
    settled(house)
    for person in people:
        assert watching.heard_from(house, person)[1:] == written
        assert watching.shown_in_order(house, person)


@POLLING_ON_SQLITE_WEBHOOK_ON_POSTGRESQL
def test_a_flood_is_answered_in_order_and_holds_nobody_up(
    settings: Settings, db: Database, mode: str, figure: Callable[..., None]
) -> None:
    with open_house(settings, db, mode, limits=BRISK) as house:
        flooder, *others = watching.visitors(house, 11)
        quiet = measure(house, others)
        written = [f"flood line {n}" for n in range(FLOOD)]
        for line in written:
            flooder.write(line)
        waited = [measure(house, others)]
        while waited[-1] > allowed(quiet) and len(waited) < TRIES and watching.is_waiting(house, flooder):
            waited.append(measure(house, others))
        figure(quiet_p99_ms=milliseconds(quiet), flood_p99_ms=milliseconds(*waited))
        assert min(waited) <= allowed(quiet), (quiet, waited)
        until(lambda: not watching.is_waiting(house, flooder), 60)
        settled(house, 60)
        assert watching.heard_from(house, flooder)[1:] == written
        assert watching.shown_in_order(house, flooder)


@ON_SQLITE
def test_429_in_one_chat_leaves_the_others_alone(house: House, figure: Callable[..., None]) -> None:
    slowed, *others = watching.visitors(house, 21)
    without, during = [], []
    for _ in range(TRIES):
        without.append(measure(house, others, 2))
        house.fake.faults.add("429", method="sendMessage", chat=slowed, retry_after=2)
        slowed.write("/help")
        house.fake.wait_calls(1, "sendMessage", slowed, which=lambda call: call.answered == 429)
        during.append(measure(house, others, 2))
        if during[-1] <= allowed(without[-1]):
            break
    figure(p99_ms_without=milliseconds(*without), p99_ms_with_429=milliseconds(*during))
    assert during[-1] <= allowed(without[-1]), (without, during)
    settled(house)
    calls = house.fake.calls_of("sendMessage", slowed)
    refused = next(call for call in calls if call.answered == 429)
    assert next(call.at for call in calls if call.at > refused.at) - refused.at >= 2.0


# --- refusals and outages ----------------------------------------------------------------------------------


def test_who_has_blocked_the_bot_is_marked_told_of_and_served_on_return(house: House, chen: Person) -> None:
    chen.write("我要投诉：楼道的灯坏了一个星期没人修")
    number = number_in(chen.wait_for("楼道的灯"))
    house.do(number, "accept")
    chen.wait_for("已经")
    with house.fake.hold_status(chen):  # the send meets 403 before anybody says why
        chen.block()
        house.do(number, "reply", text="陈先生，灯今天下午换。")
        until(lambda: watching.link_of(house, chen).status == "blocked")
        page = house.see(number)
        told = read_page(house, f"/tickets/{number}")
    rung = watching.alerts(house.db, "unreachable")
    assert [alert.user_id for alert in rung] == [house.cast.butler.id]
    assert any(event["kind"] == "unreachable" for event in page["timeline"])
    assert "上联系不到" in told
    chen.unblock()
    chen.wait_for("灯今天下午换")
    until(lambda: watching.link_of(house, chen).status == "active")
    settled(house)
    assert sum("灯今天下午换" in one.text for one in chen.chat) == 1


@pytest.mark.parametrize("kind", ["502", "drop", "500"])
@ON_SQLITE
def test_what_a_server_refuses_for_a_moment_arrives(house: House, chen: Person, kind: str) -> None:
    settled(house)
    fault = house.fake.faults.add(kind, method="sendMessage", chat=chen)
    chen.write("请问租客能不能办停车月卡？")
    chen.wait_for("我帮您问一下")
    settled(house)
    assert fault.hits == 1
    assert sum("我帮您问一下" in one.text for one in chen.chat) == 1


@ON_SQLITE
def test_a_message_whose_answer_is_lost_each_time_is_shown_three_times_at_most(
    house: House, chen: Person
) -> None:
    settled(house)
    fault = house.fake.faults.add("lost_answer", method="sendMessage", chat=chen, times=None)
    chen.write("请问租客能不能办停车月卡？")
    until(lambda: [row for row in watching.deliveries(house.db, "我帮您问一下") if row.state == "dead"], 20)
    house.fake.faults.remove(fault)
    (row,) = watching.deliveries(house.db, "我帮您问一下")
    assert (row.state, row.reason) == ("dead", "unconfirmed")
    assert 1 <= sum("我帮您问一下" in one.text for one in chen.chat) <= 3
    chen.write("/help")
    chen.wait_for("直接写给我")


@ON_SQLITE
def test_telegram_out_of_reach_is_seen_and_nothing_is_lost(house: House, chen: Person, mode: str) -> None:
    chen.write("我要投诉：楼道的灯坏了一个星期没人修")
    number = number_in(chen.wait_for("楼道的灯"))
    until(lambda: watching.state_of(house.db) == "working")
    with house.fake.offline():
        house.do(number, "accept")
        house.do(number, "reply", text="陈先生，灯今天下午换。")
        if mode == "polling":
            chen.write("好的，谢谢")
        until(lambda: watching.state_of(house.db) == "unreachable")
    chen.wait_for("灯今天下午换", 20)
    until(lambda: watching.state_of(house.db) == "working", 20)
    settled(house)
    assert sum("灯今天下午换" in one.text for one in chen.chat) == 1
    if mode == "polling":
        assert "好的，谢谢" in watching.heard_from(house, chen)


def test_what_comes_while_the_backend_is_down_stays_at_telegram(apart: House, mode: str) -> None:
    chen = enter(apart)
    settled(apart)
    apart.parts.stop_web()
    chen.write("我要投诉：楼道的灯坏了一个星期没人修")
    chen.write("还有地下车库的灯")
    if mode == "webhook":
        until(lambda: any(attempt.status == 503 for attempt in apart.fake.webhook.attempts))
    else:
        until(lambda: len([call for call in apart.fake.calls_of("getUpdates") if call.done]) > 3)
    assert apart.fake.pending == 2
    apart.parts.start_web()
    chen.wait_for("楼道的灯", 20)
    settled(apart)
    assert watching.heard_from(apart, chen)[1:] == [
        "我要投诉：楼道的灯坏了一个星期没人修",
        "还有地下车库的灯",
    ]
    assert len(apart.tickets()) == 1
