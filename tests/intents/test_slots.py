"""Details read in passing: what a sentence names, in the words of many voices, nothing else."""

# ruff: noqa: E501, SIM905 (lists of words are easier to read on one line)

import random
import time
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from intents.loader import DATA
from intents.meaning import Hint
from intents.menu import Menu, Option
from intents.normalize import normalize
from intents.reading import read_data
from intents.slot_numbers import read_count, read_money
from intents.slot_passing import ONLY_IN_FULL
from intents.slots import SlotReader
from intents.times import read_times
from intents.understand import Engine
from tests.intents.slots_table import EVERY
from tests.pace import slowness

NOW = datetime(2026, 3, 11, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
NUMBERS = ("qty", "party", "nights", "child_age", "budget", "ticket")
PIECES = (
    "厨房 卫生间 三台空调 从家到 浦东机场 预算两千 300以内 钥匙在 前台 我在家 不是 是 两三个人 六大两小 沪A12345 138 1234 5678 "
    "the kitchen not from home to gate 3 two armchairs a couple of table for four budget 200 rmb pick me up at with a driver "
    "key concierge #1042 + - 、 ， 。 \n \x00 😀 一 二 十 百 万 0 1 999999999999 的 里 在 到 去 x * a e s"
).split(" ")


@pytest.fixture(scope="module")
def menu() -> Menu:
    return read_data(DATA, phrases=False).menu


@pytest.fixture(scope="module")
def reader(menu: Menu) -> SlotReader:
    return SlotReader(menu)


def found_in(reader: SlotReader, text: str) -> dict[str, object]:
    plain = normalize(text).text
    return reader.find(plain, read_times(plain, NOW).spans)


@pytest.mark.parametrize(("text", "wanted"), EVERY, ids=[text for text, _ in EVERY])
def test_a_sentence_gives_every_detail_it_names_and_none_besides(
    reader: SlotReader, text: str, wanted: dict[str, object]
) -> None:
    assert found_in(reader, text) == wanted


def test_the_table_has_many_sentences_and_none_twice() -> None:
    texts = [text for text, _ in EVERY]
    assert len(texts) >= 300
    assert len(set(texts)) == len(texts)


def wordings(menu: Menu) -> list[tuple[str, Option, str]]:
    return [
        (slot.id, option, word)
        for slot in menu.slots.values()
        for option in slot.options
        for word in (option.name.zh, option.name.en, *option.also)
    ]


def test_every_wording_of_every_choice_answers_the_question_for_it(menu: Menu, reader: SlotReader) -> None:
    wrong = []
    for slot_id, option, word in wordings(menu):
        plain = normalize(word).text
        options = tuple(one.id for one in menu.slots[slot_id].options)
        answer = reader.answer(slot_id, plain, word, read_times(plain, NOW), options)
        if answer is None or answer.get(slot_id) != option.id:
            wrong.append((slot_id, word, answer))
    assert not wrong


def test_every_wording_of_a_place_or_appliance_is_found_in_a_sentence(menu: Menu, reader: SlotReader) -> None:
    wrong = []
    for slot_id, option, word in wordings(menu):
        text = f"there is a problem with the {word}." if word.isascii() else f"我家{word}有问题。"
        if slot_id not in ONLY_IN_FULL and found_in(reader, text).get(slot_id) != option.id:
            wrong.append((slot_id, word, found_in(reader, text).get(slot_id)))
    assert not wrong


def test_every_choice_has_several_everyday_wordings_in_both_languages(menu: Menu) -> None:
    for slot in menu.slots.values():
        for option in slot.options:
            english = [word for word in (option.name.en, *option.also) if word.isascii()]
            assert len(english) >= 3, (slot.id, option.id)
            assert len(option.also) + 2 - len(english) >= 3, (slot.id, option.id)


@pytest.mark.parametrize(
    ("slot", "text", "wanted"),
    [
        ("entry", "我不在家", "我不在家"),
        ("entry", "没有人", "没有人"),
        ("entry", "钥匙在前台", "key_in_custody"),
        ("entry", "I won't be home, the key is with the concierge", "key_in_custody"),
        ("where", "不是厨房，是卫生间", "bathroom"),
        ("party", "两三个人", 3),
        ("party", "六大两小", 8),
        ("party", "two adults and one child", 3),
        ("qty", "两三台", 3),
        ("qty", "half a dozen", 6),
        ("budget", "两千左右", 2000),
        ("budget", "一万二", 12000),
        ("budget", "200到300", 300),
        ("budget", "around 1,500", 1500),
        ("budget", "two thousand", 2000),
        ("budget", "not more than a thousand", 1000),
        ("party", "just me", 1),
        ("party", "就我一个", 1),
        ("party", "me and my wife", 2),
        ("plate", "沪ad12345", "沪AD12345"),
        ("dest", "去浦东机场", "浦东机场"),
        ("dest", "虹桥火车站", "虹桥火车站"),
        ("origin", "from home", "home"),
        ("origin", "从我家出发", "我家"),
        ("dest", "to the Peninsula Hotel", "the Peninsula Hotel"),
    ],
)
def test_an_answer_is_read_like_words_in_passing(
    reader: SlotReader, menu: Menu, slot: str, text: str, wanted: object
) -> None:
    plain = normalize(text).text
    options = tuple(one.id for one in menu.slots[slot].options)
    answer = reader.answer(slot, plain, text, read_times(plain, NOW), options)
    assert answer == {slot: wanted}


def test_every_detail_knows_the_words_it_came_from(reader: SlotReader) -> None:
    text = normalize("主卧的卫生间漏水，两三个人在家，预算三百以内").text
    said = {slot_id: text[found.start : found.end] for slot_id, found in reader.look(text).items()}
    assert said == {"where": "主卧的卫生间", "party": "两三个人", "budget": "预算三百"}


@pytest.mark.parametrize(
    ("words", "count"),
    [("两三", 3), ("十五六", 16), ("二十", 20), ("3-4", 4), ("twenty-four", 24), ("two or three", 3), ("a couple of", 2)],
)  # fmt: skip
def test_a_count_of_a_range_is_its_larger_end(words: str, count: int) -> None:
    assert read_count(words) == count


@pytest.mark.parametrize(
    ("words", "yuan"),
    [("300", 300), ("2,000", 2000), ("1.5万", 15000), ("5k", 5000), ("两千五", 2500), ("一万二", 12000),
     ("三百五", 350), ("三四百", 400), ("一百五十", 150), ("两万三千", 23000)],
)  # fmt: skip
def test_money_is_read_in_whole_yuan(words: str, yuan: int) -> None:
    assert read_money(words) == yuan


def test_any_text_gives_details_of_their_types_and_their_words(menu: Menu, reader: SlotReader) -> None:
    chance = random.Random(4)
    for _ in range(3000):
        joint = chance.choice(("", " ", "，"))
        text = normalize(joint.join(chance.choices(PIECES, k=chance.randrange(1, 14)))).text
        for slot_id, found in reader.look(text, read_times(text, NOW).spans).items():
            assert 0 <= found.start < found.end <= len(text), (text, slot_id)
            if slot_id in NUMBERS:
                assert isinstance(found.value, int), (text, slot_id)
                assert found.value > 0, (text, slot_id)
            else:
                assert isinstance(found.value, str), (text, slot_id)
                assert found.value, (text, slot_id)
            options = menu.slots[slot_id].options if slot_id in menu.slots else ()
            assert not options or found.value in {option.id for option in options}, (text, slot_id)


def test_any_answer_to_any_question_is_read_without_a_fault(menu: Menu, reader: SlotReader) -> None:
    chance = random.Random(5)
    for slot in menu.slots.values():
        for _ in range(20):
            raw = "".join(chance.choices(PIECES, k=chance.randrange(0, 6)))
            plain = normalize(raw).text
            options = tuple(option.id for option in slot.options)
            answer = reader.answer(slot.id, plain, raw, read_times(plain, NOW), options)
            assert answer is None or answer


@pytest.mark.parametrize(
    "text",
    ["厨房三台空调从家到机场预算两千" * 260, "a3 b c1 two " * 330, "1" * 4000, "从到去" * 1300, "from two to " * 330,
     "一" * 4000, "not the key in the kitchen " * 150, "1 2 3 4 " * 500, "我们" * 2000, "三台" * 2000, "not the " * 500],
    ids=lambda text: text[:12],
)  # fmt: skip
def test_a_very_long_text_takes_a_few_thousandths_of_a_second(reader: SlotReader, text: str) -> None:
    spent = []
    for _ in range(5):
        start = time.process_time()
        reader.find(normalize(text, limit=4000).text)
        spent.append(time.process_time() - start)
    assert min(spent) < 0.05 * slowness()


@pytest.mark.parametrize(
    ("text", "slots", "said"),
    [
        (
            "主臥衛生間的燈不亮，派師傅來看看",
            {"where": "bathroom"},
            {"where": "主臥衛生間"},
        ),
        (
            "The tap in the Master Bedroom drips, I'll leave the key with the Concierge",
            {"where": "bedroom", "entry": "key_in_custody"},
            {"where": "Master Bedroom", "entry": "leave the key with the Concierge"},
        ),
        (
            "Pick me up at Gate 3 and go to Hongqiao tomorrow at 8am, two of us",
            {"origin": "Gate 3", "dest": "Hongqiao", "party": 2},
            {"origin": "Gate 3", "dest": "Hongqiao", "party": "two of us"},
        ),
        (
            "明天早上八点从家到浦东机场，四个人",
            {"origin": "家", "dest": "浦东机场", "party": 4},
            {"origin": "家", "dest": "浦东机场", "party": "四个人"},
        ),
    ],
)  # fmt: skip
def test_a_value_keeps_the_words_the_person_wrote(
    engine: Engine, text: str, slots: dict[str, object], said: dict[str, str]
) -> None:
    intent = engine.understand(text, NOW).intents[0]
    assert slots.items() <= dict(intent.slots).items()
    assert said.items() <= dict(intent.said).items()
    assert intent.to_json()["said"] == dict(intent.said)


@pytest.mark.parametrize(
    ("slot", "text", "value", "words"),
    [
        ("where", "主臥", "bedroom", "主臥"),
        ("party", "两三个人吧", 3, "两三个人"),
        ("dest", "Pudong Airport T2", "Pudong Airport T2", "Pudong Airport T2"),
        ("entry", "我妈在家的", "resident_home", "我妈在家"),
        ("where", "第二个", "bathroom", None),
    ],
)
def test_an_answer_keeps_its_words_unless_it_only_says_which(
    engine: Engine, slot: str, text: str, value: object, words: str | None
) -> None:
    options = tuple(one.id for one in engine.menu.slots[slot].options)
    intent = engine.understand(text, NOW, Hint("zh", slot, options)).intents[0]
    assert intent.slots[slot] == value
    assert intent.said.get(slot) == words


def test_only_details_that_are_told_have_words(engine: Engine) -> None:
    for text, _ in EVERY[::7]:
        for intent in engine.understand(text, NOW).intents:
            assert intent.said.keys() <= intent.slots.keys()


def test_where_somebody_goes_is_no_part_of_another_answer(engine: Engine) -> None:
    intent = engine.understand("从浦东机场到家以后就坏了", NOW, Hint("zh", "fault")).intents[0]
    assert "dest" not in intent.slots


@pytest.mark.parametrize("text", ["配件你们提供吗", "灯泡你们带么"])
def test_whether_you_bring_the_parts_is_a_question_and_no_answer(
    engine: Engine, now: datetime, text: str
) -> None:
    assert "parts" not in engine.understand(text, now).intents[0].slots
