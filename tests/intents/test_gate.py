"""When the engine acts, when it asks, and that generic words decide nothing."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from intents.gate import Gate, lead_of
from intents.likeness import features_of
from intents.matching import ItemMatcher
from intents.meaning import Act, Alternative, Hint
from intents.understand import Engine
from intents.wordings import Example, Wordings
from tools import leave_out

NOW = datetime(2026, 3, 11, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


def ranked(*scores: float) -> list[Alternative]:
    return [Alternative(f"item.{place}", score) for place, score in enumerate(scores)]


@pytest.mark.parametrize(
    ("scores", "decision"),
    [
        ((0.98, 0.40), "act"),
        ((0.98, 0.98), "ask"),
        ((0.75, 0.55), "act"),
        ((0.75, 0.65), "ask"),
        ((0.50, 0.20), "act"),
        ((0.50, 0.35), "ask"),
        ((0.40, 0.05), "ask"),
        ((0.15,), "hand_over"),
        ((), "hand_over"),
    ],
)
def test_a_lead_is_needed_to_act_the_greater_the_lower_the_score(
    scores: Sequence[float], decision: str
) -> None:
    assert Gate().decide(ranked(*scores)) == decision


def test_the_lead_of_one_alone_is_its_score() -> None:
    assert lead_of(ranked(0.4)) == 0.4
    assert lead_of([]) == 0.0


@pytest.mark.parametrize("text", ["please help me", "need help", "can you help me?", "帮帮我", "我需要帮忙"])
def test_a_bare_call_for_help_shows_what_there_is(engine: Engine, now: datetime, text: str) -> None:
    assert engine.understand(text, now).intents[0].act is Act.MENU


def test_generic_english_words_are_no_features() -> None:
    assert not features_of("could you please help me, i need to know something about it")


@pytest.mark.parametrize(
    ("text", "item"),
    [
        ("I need a plumber, my toilet is blocked", "value.repair-plumbing.soil-pipe-unblock"),
        ("please help, I need an electrician to fix the wiring", "value.repair-electrical.wiring-fault"),
    ],
)
def test_a_trade_offers_its_own_services_and_no_interpreter(
    engine: Engine, now: datetime, text: str, item: str
) -> None:
    intent = engine.understand(text, now).intents[0]
    offered = [intent.item, *(other.item for other in intent.alternatives)][:3]
    assert offered[0] == item
    assert not any("language" in str(one) or "interpreter" in str(one) for one in offered)


@pytest.mark.parametrize(
    "text", ["the kitchen tap is leaking", "厨房水龙头漏水", "洗衣机坏了", "my toilet is blocked"]
)
def test_plain_everyday_wishes_are_acted_on_without_asking(engine: Engine, now: datetime, text: str) -> None:
    assert engine.understand(text, now).decision == "act"


def test_a_question_for_a_person_needs_no_choice_between_services(engine: Engine, now: datetime) -> None:
    meaning = engine.understand("我想问一下小区里可以养鸡吗", now)
    assert (meaning.decision, meaning.intents[0].act) == ("act", Act.ENQUIRY)
    assert meaning.intents[0].item == "common.voice.enquiry"


@pytest.mark.parametrize("text", ["机顶盒好的，换了根线还是没画面", "灶具电池换了新的还是点不燃"])
def test_a_fault_told_with_what_was_tried_is_not_taken_for_a_verdict(
    engine: Engine, now: datetime, text: str
) -> None:
    meaning = engine.understand(text, now)
    assert meaning.decision == "ask"
    assert meaning.intents[0].alternatives


def test_the_same_text_is_looked_up_once(wordy: Engine) -> None:
    matcher: ItemMatcher = wordy._stages.items
    matcher.rank("书房的灯一直闪")
    before = matcher._near.cache_info().misses
    matcher.rank("书房的灯一直闪")
    matcher.strangeness("书房的灯一直闪")
    assert matcher._near.cache_info().misses == before


def test_the_trained_scorer_looks_the_same_text_up_once(engine: Engine) -> None:
    scorer = engine._stages.items.scorer
    assert scorer is not None
    scorer.begin()
    first = scorer.scores("书房的灯一直闪")
    assert scorer.scores("书房的灯一直闪") is first
    scorer.begin()
    assert scorer.scores("书房的灯一直闪") is not first


def test_every_phrase_is_read_by_a_matcher_that_never_saw_it(engine: Engine) -> None:
    tap = "value.repair-plumbing.water-fittings"
    phrases = tuple(Example((tap,), text) for text in ("哗啦哗啦滋滋", "水龙头维修", "龙头拧不紧"))
    seen = ItemMatcher(engine.menu, phrases, {}).rank("哗啦哗啦滋滋")
    held = list(leave_out.held_out(engine.menu, Wordings(phrases, (), {}, (), ()), folds=3))
    assert {one.example.text for one in held} == {one.text for one in phrases}
    assert seen[0].item == tap
    assert not next(one for one in held if one.example.text == "哗啦哗啦滋滋").found(1)
    assert list(leave_out.bands(held, Gate()))
    assert leave_out.curve(held).row_count == len(leave_out.SCORES)


@pytest.mark.parametrize(
    ("text", "item"),
    [
        ("我想预约明天上午的钟点工，两小时", "value.clean-hourly.hourly-helper"),
        ("厨房水龙头漏水", "value.repair-plumbing.water-fittings"),
        ("There is a leaking tap in my bathroom", "value.repair-plumbing.water-fittings"),
        ("my kitchen tap keeps dripping", "value.repair-plumbing.water-fittings"),
        ("马桶堵了", "value.repair-plumbing.soil-pipe-unblock"),
        ("暖气不热", "estate.heating"),
        ("电梯坏了", "common.equipment.lift-fault"),
        ("book a cleaner tomorrow 2pm for 3 hours", "value.clean-hourly.hourly-helper"),
    ],
)
def test_everyday_wishes_are_acted_upon_without_a_choice(engine: Engine, text: str, item: str) -> None:
    language = "en" if text.isascii() else "zh"
    meaning = engine.understand(text, NOW, Hint(language))
    assert (meaning.decision, meaning.intents[0].item) == ("act", item)
