"""Starter answers, emergency lists and the privacy notice: complete in both languages and fit to be shown."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
FORBIDDEN = ("不知道", "不清楚", "i don't know", "i don’t know", "i dont know")
HALF_WIDTH = re.compile(r"[一-鿿][,?!:;()][一-鿿]|[一-鿿][,?!;]$")
HOLES = {"hotline", "estate", "butler", "desk_hours"}
KINDS = ["gas", "fire", "flood", "trapped", "intruder", "illness", "electric"]
BOTH = ("zh", "en")


def _load(path: str) -> dict[str, Any]:
    return tomllib.loads((ROOT / path).read_text(encoding="utf-8"))


FAQ: list[dict[str, Any]] = _load("intents/data/faq.toml")["faq"]
EMERGENCIES: dict[str, Any] = _load("intents/data/emergencies.toml")
PRIVACY: dict[str, Any] = _load("backend/people/privacy.toml")


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


def _struck(text: str, entry: dict[str, Any]) -> str:
    for language in BOTH:
        for lookalike in entry["lookalikes"][language]:
            text = text.replace(lookalike.lower(), "□")
    return text


def _kinds_heard(text: str) -> set[str]:
    """The plainest reading of the lists: strike look-alikes out, then look for words."""
    heard = set()
    for entry in EMERGENCIES["emergency"]:
        left = _struck(text.lower(), entry)
        if any(word.lower() in left for language in BOTH for word in entry["words"][language]):
            heard.add(entry["kind"])
    return heard


def test_there_are_at_least_forty_starter_answers_with_keys_of_their_own() -> None:
    keys = [entry["key"] for entry in FAQ]
    assert len(keys) >= 40
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("entry", FAQ, ids=lambda entry: entry["key"])
def test_a_starter_answer_is_whole_in_both_languages(entry: dict[str, Any]) -> None:
    assert set(entry) == {"key", "question", "also", "answer"}
    for language in BOTH:
        assert entry["question"][language].endswith(("？", "?", "."))
        assert len(entry["also"][language]) >= 4
        assert entry["answer"][language].rstrip("）)").endswith(("。", "."))


@pytest.mark.parametrize("entry", FAQ, ids=lambda entry: entry["key"])
def test_an_answer_has_only_known_holes_and_the_same_in_both_languages(entry: dict[str, Any]) -> None:
    found = {language: set(re.findall(r"\{(\w+)\}", entry["answer"][language])) for language in BOTH}
    assert found["zh"] | found["en"] <= HOLES
    assert found["zh"] - {"estate", "butler"} == found["en"] - {"estate", "butler"}


def test_no_answer_invents_a_price_or_a_phone_number() -> None:
    for entry in FAQ:
        for answer in entry["answer"].values():
            assert not re.search(r"\d+(\.\d+)? ?(元|块|yuan|RMB)|[¥￥]\d", answer), entry["key"]
            assert not re.search(r"\d[\d -]{5,}\d", answer.replace("22:00", "")), entry["key"]


def test_no_question_is_asked_twice() -> None:
    asked = Counter(
        re.sub(r"\W", "", text.lower())
        for entry in FAQ
        for language in BOTH
        for text in [entry["question"][language], *entry["also"][language]]
    )
    assert [text for text, count in asked.items() if count > 1] == []


def test_a_general_question_never_raises_the_alarm() -> None:
    texts = [text for entry in FAQ for text in [*_texts(entry["question"]), *_texts(entry["also"])]]
    assert {text: _kinds_heard(text) for text in texts if _kinds_heard(text)} == {}


def test_every_kind_of_emergency_has_words_lookalikes_lines_and_numbers() -> None:
    assert [entry["kind"] for entry in EMERGENCIES["emergency"]] == KINDS
    numbers = {entry["number"] for entry in EMERGENCIES["number"]}
    assert numbers == {"110", "119", "120"}
    for entry in EMERGENCIES["emergency"]:
        assert set(entry["numbers"]) <= numbers
        for language in BOTH:
            assert len(entry["words"][language]) >= 40, entry["kind"]
            assert len(entry["lookalikes"][language]) >= 20, entry["kind"]
            assert 1 <= len(entry["safety"][language]) <= 4, entry["kind"]


def test_english_readers_are_told_that_999_and_112_do_not_work() -> None:
    for entry in EMERGENCIES["number"]:
        assert "not 999 or 112" in entry["label"]["en"]
    for entry in EMERGENCIES["emergency"]:
        if entry["kind"] not in {"electric"}:
            assert any("not 999 or 112" in line for line in entry["safety"]["en"]), entry["kind"]


@pytest.mark.parametrize("kind", KINDS)
def test_no_word_is_swallowed_whole_by_a_lookalike(kind: str) -> None:
    entry = next(e for e in EMERGENCIES["emergency"] if e["kind"] == kind)
    dead = [w for lang in BOTH for w in entry["words"][lang] if w.lower() not in _struck(w.lower(), entry)]
    assert dead == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("厨房一股臭鸡蛋味", "gas"),
        ("There's a rotten-egg smell in my kitchen", "gas"),
        ("好大陣煤氣味呀", "gas"),
        ("插座冒烟了", "fire"),
        ("the dryer is on fire", "fire"),
        ("消防演习的时候真的着火了", "fire"),
        ("水管爆了，客厅全是水", "flood"),
        ("a pipe burst and water is pouring out", "flood"),
        ("我被困在电梯里了", "trapped"),
        ("困咗喺𨋢入面出唔到", "trapped"),
        ("we're stuck in the lift", "trapped"),
        ("有人撬我家门", "intruder"),
        ("someone is trying to get in", "intruder"),
        ("我爸晕倒了", "illness"),
        ("my dad fainted in the bath", "illness"),
        ("摸水龙头被电了一下", "electric"),
        ("the socket is sparking", "electric"),
    ],
)
def test_a_cry_for_help_is_heard(text: str, kind: str) -> None:
    assert kind in _kinds_heard(text)


@pytest.mark.parametrize(
    "text",
    [
        "明天几点消防演习",
        "when is the fire drill",
        "水龙头漏水",
        "the tap is leaking",
        "马桶漏水已经修好了",
        "急急急我的快递呢",
        "URGENT: my parcel",
        "周末一起吃着火锅看球",
        "灶台打不着火",
        "my hob won't light",
        "漏电开关跳闸",
        "煤气味已经没了，谢谢",
        "no smell of gas any more, thanks",
        "一起火车站见",
        "嗓子冒烟了送桶水",
        "电动车停在哪",
        "my plants are dying, send a gardener",
        "帮我跟踪我的工单",
        "入室保洁约一下",
        "daylight robbery",
        "门带电子锁的那种能修吗",
        "打我电话",
        "my blazer needs dry cleaning",
        "tidying and studying at home",
        "people smoke in the stairwell",
        "跳楼价的健身卡",
        "the bookshelf collapsed",
        "buy a carbon monoxide detector",
    ],
)
def test_an_ordinary_sentence_with_alarming_words_stays_calm(text: str) -> None:
    assert _kinds_heard(text) == set()


def test_the_privacy_notice_is_short_first_and_whole_in_both_languages() -> None:
    assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", PRIVACY["version"])
    assert 1 <= len(re.findall("。", PRIVACY["short"]["zh"])) <= 6
    assert 1 <= len(re.findall(r"[.!?](?:\s|$)", PRIVACY["short"]["en"])) <= 6
    for section in PRIVACY["sections"]:
        for part in ("title", "text"):
            assert section[part]["zh"], section["key"]
            assert section[part]["en"], section["key"]
    assert [c["key"] for c in PRIVACY["consents"] if c["required"]] == ["service"]


def test_the_privacy_notice_says_what_it_must() -> None:
    zh, en = PRIVACY["short"]["zh"], PRIVACY["short"]["en"]
    assert "Telegram" in zh
    assert "境外" in zh
    assert "14" in zh
    assert "outside mainland China" in en
    assert "under 14" in en
    assert "as easily as you gave it" in en
    assert "COUNSEL MUST CONFIRM" in (ROOT / "backend/people/privacy.toml").read_text(encoding="utf-8")


def test_privacy_texts_have_only_the_known_holes() -> None:
    holes = {hole for text in _texts(PRIVACY) for hole in re.findall(r"\{(\w+)\}", text)}
    assert holes <= {"estate", "hotline"}


@pytest.mark.parametrize("data", [FAQ, EMERGENCIES, PRIVACY], ids=["faq", "emergencies", "privacy"])
def test_shown_texts_avoid_forbidden_words_and_use_full_width_marks(data: object) -> None:
    for text in _texts(data):
        assert not any(word in text.lower() for word in FORBIDDEN), text
        assert not HALF_WIDTH.search(text), text
