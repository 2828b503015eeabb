"""Who says what was not right is not asked for it again."""

import pytest

from backend.conversations.about import says_why


@pytest.mark.parametrize(
    "words",
    [
        "",
        "不满意",
        "我对处理结果不满意。",
        "非常不满意！",
        "not happy",
        "I am very unhappy",
        "Not satisfied at all.",
    ],
)  # fmt: skip
def test_a_bare_verdict_says_nothing_of_why(words: str) -> None:
    assert not says_why(words)


@pytest.mark.parametrize(
    "words",
    ["还是在滴水，我不满意", "不满意，窗户没擦", "Not happy, it still leaks", "unsatisfied: nobody came"],
)
def test_words_beyond_it_say_why(words: str) -> None:
    assert says_why(words)
