"""What a clock waits for is read in everybody's own language, also where an older form wrote a sentence."""

import pytest

from backend.deadlines import waits
from locales import t

OWN = "厂家周五才能发货。"


@pytest.mark.parametrize(
    ("key", "zh", "en"),
    [
        ("answer", "等住户回复", "Waiting for resident"),
        ("time", "等约时间", "Waiting for a time"),
        ("part", "等配件", "Waiting for parts"),
    ],
)
def test_every_reason_has_its_own_word_for_staff(key: str, zh: str, en: str) -> None:
    assert (waits.word("zh", key, ""), waits.word("en", key, "")) == (zh, en)
    assert waits.word("zh", key, OWN) == zh


@pytest.mark.parametrize("key", sorted(waits.TO_RESIDENT))
@pytest.mark.parametrize("written", ["zh", "en"])
def test_an_older_pause_in_a_sentence_of_ours_reads_as_if_it_had_the_key(key: str, written: str) -> None:
    old = t(written, waits.TO_RESIDENT[key])
    assert waits.read(None, old) == (key, "")
    for language in ("zh", "en"):
        assert waits.word(language, None, old) == waits.word(language, key, "")
        assert waits.said(language, None, old) == waits.said(language, key, "")


@pytest.mark.parametrize(
    ("old", "key"),
    [
        ("需要您回复后才能继续。", "answer"),
        ("正在等您方便的时间。", "time"),
        ("we are waiting for a time that suits you.", "time"),
        ("正在等配件。", "part"),
    ],
)
def test_the_sentences_of_earlier_releases_still_stand_for_their_key(old: str, key: str) -> None:
    assert waits.read(None, old) == (key, "")


def test_own_words_blame_nobody_and_stay_as_they_were_written() -> None:
    assert (waits.word("zh", None, OWN), waits.word("en", None, OWN)) == ("暂停计时", "Clocks paused")
    assert waits.said("zh", None, OWN) == waits.told("en", None, OWN) == OWN


def test_a_steps_own_wait_is_for_the_resident_and_gives_no_reason() -> None:
    assert (waits.word("zh", None, ""), waits.said("zh", None, "")) == ("等住户回复", "")


def test_own_words_take_the_place_of_the_sentence_that_the_resident_reads() -> None:
    assert waits.told("zh", "part", "") == "我们在等配件。"
    assert waits.told("en", "part", "") == "we are waiting for a part."
    assert waits.told("zh", "part", OWN) == OWN


def test_a_key_of_another_release_is_read_by_its_words() -> None:
    assert waits.word("zh", "moon", OWN) == "暂停计时"
