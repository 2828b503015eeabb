"""Six conversations on Telegram, from the first word to the last, staff at the API."""

import re

from tests.fake_telegram.people import Person
from tests.fake_telegram.shown import Shown
from tests.scenarios.house import House


def number_in(shown: Shown) -> int:
    found = re.search(r"#(\d+)", shown.text)
    assert found, shown.text
    return int(found[1])


def offered(person: Person, label: str, part: str, after: int) -> Shown:
    """The answer with ``part``; where the bot would rather be sure, ``label`` is picked from its offer."""

    def find(chat: list[Shown]) -> Shown | None:
        new = [one for one in chat if one.by == "bot" and one.changed > after]
        return next((one for one in new if part in one.text or label in one.labels), None)

    found = person.wait(find)
    if part not in found.text:
        person.tap(next(each for each in found.labels if label in each))
        found = person.wait_for(part, after=after)
    return found


def test_hourly_cleaning_is_booked_in_chinese(house: House, chen: Person) -> None:
    chen.write("明天下午两点请个阿姨打扫三小时")
    chen.wait_for("家里有人")
    chen.tap("家里有人")
    asked = chen.wait_for("跟您确认一下")
    chen.tap("对")
    number = number_in(chen.wait_for("登记好了"))
    chen.wait(lambda chat: not next(one for one in chat if one.message_id == asked.message_id).labels)
    house.do(number, "accept")
    chen.wait_for("已经接单")
    house.do(number, "reply", text="陈先生，阿姨姓周，会准时到。")
    told = chen.wait_for("阿姨姓周")
    assert told.parse_mode is None


def test_a_leaking_tap_is_reported_in_english_and_mended(house: House, emma: Person) -> None:
    after = emma.mark()
    emma.write("The kitchen tap is leaking. Could someone come tomorrow afternoon?")
    offered(emma, "Tap repair", "just to confirm", after)
    emma.tap("Correct")
    number = number_in(emma.wait_for("it is registered"))
    house.do(number, "accept")
    house.do(number, "assign", user="engineer")
    house.do(number, "reply", text="Good morning Emma, the plumber brings the right washer.")
    emma.wait_for("the right washer")
    house.do(number, "check_in")
    emma.wait_for("is on site")
    house.do(number, "complete", note="换了垫圈")
    emma.wait_for("is done")
    house.do(number, "follow_up", result="satisfied")
    assert house.see(number)["state"] == "closed"


def test_not_satisfied_with_a_complaint_opens_the_linked_one(house: House, chen: Person) -> None:
    chen.write("我要投诉：楼道的灯坏了一个星期没人修")
    number = number_in(chen.wait_for("楼道的灯"))
    house.do(number, "accept")
    house.do(number, "classify", **{"class": "valid", "department": "工程部"})
    house.do(number, "feedback", text="陈先生，灯管今天下午换好了，以后每周巡查。")
    chen.wait_for("每周巡查")
    after = chen.mark()
    chen.wait(lambda chat: any("不满意" in label for one in chat for label in one.labels))
    chen.tap(next(label for one in reversed(chen.chat) for label in one.labels if "不满意" in label))
    chen.wait_for("新投诉", after=after)
    linked = house.newest()
    assert (linked.number != number, linked.workflow) == (True, "complaint")
    assert house.see(linked.number)["reopened_from"] == number


def test_a_question_is_answered(house: House, chen: Person) -> None:
    chen.write("请问租客能不能办停车月卡？")
    number = number_in(chen.wait_for("我帮您问一下"))
    house.do(number, "accept")
    house.do(number, "answer", text="可以办，带上租房合同到前台就行。")
    chen.wait_for("带上租房合同")


def test_a_suggestion_is_decided(house: House, emma: Person) -> None:
    emma.write("I suggest putting a bike rack near gate 2")
    emma.wait_for("just to confirm")
    emma.tap("Correct")
    number = number_in(emma.wait_for("thank you for your suggestion"))
    house.do(number, "accept")
    house.do(number, "decide", "manager", adopted=True, reason="The rack will stand at gate 2 next month.")
    emma.wait_for("The rack will stand at gate 2")


def test_a_smell_of_gas_rings_the_duty_staff(house: House, emma: Person) -> None:
    emma.write("There is a rotten egg smell in the kitchen")
    first = emma.wait_for("Leave now")
    number = number_in(emma.wait_for("The duty team has been alerted"))
    assert first.message_id < emma.wait_for("The duty team").message_id, "the safety lines come first"
    assert house.see(number)["is_urgent"]
