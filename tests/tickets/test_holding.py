"""Which replies only ask a resident to wait, and which say something."""

import pytest

from backend.desk.quick import KINDS
from backend.tickets.holding import asks_to_wait, told_by
from locales import t


@pytest.mark.parametrize(
    "text",
    [
        "稍等",
        "请稍等。",
        "陈先生您好，请您稍候，我去问一下工程部。",
        "稍等一下哈",
        "稍等一分钟",
        "请稍候片刻，我帮您查一下。",
        "您等一下，我看看",
        "Please wait.",
        "One moment please, let me check.",
        "Just a moment",
        "Hold on, I'll ask the engineer.",
        "Bear with me",
    ],
)
def test_a_bare_request_to_wait_is_heard(text: str) -> None:
    assert asks_to_wait(text)


@pytest.mark.parametrize(
    "text",
    [
        "师傅已经出发，请稍等。",
        "请您稍等，师傅10分钟后到。",
        "稍等，王师傅马上到您家楼下。",
        "好的，我来处理。",
        "等一会儿师傅会来。",
        "明天上午上门，请稍候。",
        "今天下午等一下午都可以。",
        "我们查过了：水表读数没有问题，上个月多出来的是公摊部分，账单我请财务重新打印一份放在您家信箱里，请稍候。",
        "Please wait, the engineer is on his way.",
        "One moment: he arrives at 15:00.",
        "The part has been ordered, please wait.",
        "Thank you, I am looking into it now.",
        "A minute ago the pump was switched on again.",
        "",
    ],
)
def test_a_reply_that_says_something_is_what_they_waited_for(text: str) -> None:
    assert not asks_to_wait(text)


def test_a_photo_says_something_whatever_stands_beside_it() -> None:
    assert told_by("请稍等", has_files=True) == "spoke"


@pytest.mark.parametrize("reads", ["zh", "en"])
def test_of_the_ready_sentences_only_the_one_that_asks_to_wait_is_one(reads: str) -> None:
    texts = [t(reads, kind.text) for kind in KINDS.values() if "{" not in kind.text]
    assert [asks_to_wait(text) for text in texts].count(True) == 1
