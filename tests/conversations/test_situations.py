"""The lines said in an alarm fit what was told: a locked door is no lift, a dripping unit no flood."""

import pytest

from backend.conversations.situations import KEYS, guidance, leaves_helpless
from backend.knowledge.safety import standard_safety
from tests.conversations.talking import chat


@pytest.mark.parametrize(
    ("kind", "words", "key"),
    [
        ("trapped", "我被困在电梯里了", "trapped"),
        ("trapped", "we are stuck in the lift", "trapped"),
        ("trapped", "家里钥匙丢了进不去门！孩子在里面！", "locked-home"),
        ("trapped", "my husband is locked out and our baby is inside alone, please help", "locked-home"),
        ("trapped", "孩子反锁在卫生间里", "locked-home"),
        ("trapped", "孩子被锁在车里了", "locked-car"),
        ("trapped", "my toddler is locked in the car", "locked-car"),
        ("trapped", "孩子的手指卡在门里了", "stuck"),
        ("trapped", "his head is stuck in the railing", "stuck"),
        ("trapped", "我被反锁在阳台上了", "confined"),
        ("trapped", "i locked myself in the bathroom", "confined"),
        ("trapped", "我们被困在车库了", "confined"),
        ("trapped", "trapped in the bike store", "confined"),
        ("flood", "our AC in the bedroom is leaking water onto the floor!!", "leak-ac"),
        ("flood", "空调一直漏水，漏得地板都湿了", "leak-ac"),
        ("flood", "厨房水管漏水了，越来越大", "leak-small"),
        ("flood", "the pipe under the sink is leaking badly", "leak-small"),
        ("flood", "水管爆了，客厅全是水", "flood"),
        ("flood", "water is pouring from the ceiling, the pipe is leaking", "flood"),
        ("electric", "空调漏水滴到插座上了", "electric"),
    ],
)
def test_the_lines_fit_what_was_told(kind: str, words: str, key: str) -> None:
    assert guidance(kind, words) == key


def test_somebody_in_a_lift_that_was_just_reported_is_told_of_the_lift() -> None:
    assert guidance("trapped", "里面有人！", "lift") == "trapped"


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_situation_has_lines_of_its_own_in_both_languages(key: str, language: str) -> None:
    book = standard_safety()
    assert book.of(key) is book.kinds[key]
    lines = book.of(key).lines(language)
    assert 1 <= len(lines) <= 4
    assert not any("电梯" in line or " lift" in line for line in lines)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh", "家里钥匙丢了进不去门！孩子在里面！"),
        ("zh", "门被风带上了，宝宝一个人在屋里"),
        ("en", "my husband is locked out and our baby is inside alone, please help"),
        ("en", "the door slammed shut, my toddler is inside"),
    ],
)
def test_a_child_behind_a_locked_door_is_an_alarm_with_the_lines_for_it(language: str, words: str) -> None:
    talk = chat(language)
    talk.say(words)
    assert talk.last_kinds[0] == "emergency"
    assert talk.turn.replies[0].values["kind"] == "locked-home"
    assert talk.opened[0].emergency_kind == "trapped"


@pytest.mark.parametrize(
    "words",
    ["孩子把钥匙丢了，进不去门", "我忘带钥匙了", "万一孩子一个人在家反锁了怎么办", "门打开了，孩子出来了",
     "my son lost his keys in the apartment", "I am locked out", "the door opened, the baby is fine"],
)  # fmt: skip
def test_who_only_wants_a_locksmith_raises_no_alarm(words: str) -> None:
    assert not leaves_helpless(words)


def test_a_dripping_unit_is_switched_off_first() -> None:
    lines = standard_safety().of("leak-ac")
    assert "关掉空调" in lines.zh[0]
    assert "Switch the air conditioner off" in lines.en[0]
    assert lines.numbers == ()
