"""A PDF file from the butler arrives on Telegram as the document that it is."""

from tests.desk.test_photos import picture
from tests.fake_telegram.people import Person
from tests.scenarios.house import House

GUIDE = b"%PDF-1.7\nhow to heat the floor\n%%EOF"
NAME = "地暖使用说明（2026版）.pdf"


def keep(house: House, name: str, data: bytes) -> str:
    """The butler chooses a file; return what a reply calls it."""
    made = house.web.post("/api/tickets/files", files={"file": (name, data)}, headers=house.as_("butler"))
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


def complaint(house: House, person: Person) -> int:
    person.write("我要投诉：地暖怎么调都不热，也没人给说明书")
    person.wait_for("地暖")
    number = house.newest().number
    house.do(number, "accept")
    person.wait_for("已经接单")
    return number


def test_a_document_arrives_with_its_name_its_words_and_every_byte(house: House, chen: Person) -> None:
    number = complaint(house, chen)
    house.do(number, "reply", text="陈先生，说明书在这里。", files=[keep(house, NAME, GUIDE)])
    shown = chen.wait_for("说明书在这里。")
    (file,) = shown.files
    assert (shown.kind, file.kind, file.name) == ("document", "document", NAME)
    assert (file.data, file.content_type) == (GUIDE, "application/pdf")
    assert shown.text == "赵敏：\n陈先生，说明书在这里。"


def test_a_document_needs_no_words(house: House, chen: Person) -> None:
    number = complaint(house, chen)
    house.do(number, "reply", files=[keep(house, NAME, GUIDE)])
    shown = chen.wait(lambda chat: next((one for one in chat if one.files), None))
    assert [file.name for file in shown.files] == [NAME]


def test_a_photo_and_a_document_of_one_reply_both_arrive(house: House, chen: Person) -> None:
    number = complaint(house, chen)
    ids = [keep(house, "阀门.jpg", picture()), keep(house, NAME, GUIDE)]
    house.do(number, "reply", text="照片和说明书。", files=ids)
    chen.wait(lambda chat: sum(len(one.files) for one in chat) == 2 or None)
    assert {file.kind for one in chen.chat for file in one.files} == {"photo", "document"}
    assert sum("照片和说明书" in one.text for one in chen.chat) == 1
