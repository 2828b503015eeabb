"""What the model of acts learns from: the sentences of `data/acts/`, and what residents say of services.

Most phrases of services are plain wishes; those of the items that stand for an act (a complaint, a call back)
carry that act. Phrases that may as well be questions are left out: nobody has sorted them.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from intents.act_sight import VOICE_ACTS
from intents.additions import prepared
from intents.matching import ItemMatcher
from intents.meaning import Act
from intents.normalize import normalize
from intents.wish_rules import QUESTION_STRONG
from intents.wordings import Example, Wordings

PLAIN_WISHES, QUESTIONS = 4000, 600
#: phrases of services name no time and are seldom polite; messages do and are, and neither is another act
_TIMES = (
    (
        "明天上午{}",
        "明天下午{}",
        "{}，周六",
        "今晚{}",
        "{}，明早九点",
        "后天{}",
        "下周三下午三点{}",
        "{}，这周末",
    ),
    ("{} tomorrow", "{} on Friday", "{} at 3 pm", "{} tonight", "tomorrow {}", "{} next Tuesday afternoon"),
    ("{}，两小时", "{}，今天下午四点以后", "周五{}", "{}，月底之前"),
    (
        "{}, for two hours",
        "{} on Saturday at 10",
        "{} by the end of the week",
        "on Monday {}",
        "{} this weekend",
    ),
)
_MANNERS = (
    ("你好，{}", "{}，谢谢", "{}，麻烦安排一下", "{}，能派人来看看吗", "{}，可以安排吗"),
    ("hi, {}", "{} please", "{}, thanks", "{}, could you send somebody", "hello, {}, can you arrange it"),
    ("我想{}", "麻烦{}", "请帮忙，{}", "{}，什么时候能来"),
    ("could you help, {}", "{}, thank you", "I would like this: {}", "{}, when can someone come"),
)
_HAN = re.compile("[\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class Told:
    """A normalised text and its act, the text as the scorer sees it, and who wrote it ("": of many)."""

    text: str
    act: Act
    bare: str
    voice: str


def act_lessons(said: Wordings, matcher: ItemMatcher, unread: frozenset[str] = frozenset()) -> list[Told]:
    """All that the model learns from; phrases of services only by the writers `unread`, if there are any."""
    phrases = [one for one in said.phrases if one.voice in unread or not unread]
    found = {text: act for act, text in said.acts}
    wishes = [one.text for one in phrases if not any(item in VOICE_ACTS for item in one.items)]
    plain = [text for text in wishes if not QUESTION_STRONG.search(normalize(text).text)]
    more: list[tuple[str, Act]] = [
        *_voiced(phrases),
        *((_as_written(text), Act.REQUEST) for text in _some(plain, PLAIN_WISHES)),
        *((text, Act.ENQUIRY) for text in _some([text for _, text in said.questions], QUESTIONS)),
    ]
    for text, act in more:
        found.setdefault(text, act)
    return [
        Told(normalize(text).text, act, prepared(matcher, text), said.act_voices.get(text, ""))
        for text, act in found.items()
    ]


def _voiced(phrases: Sequence[Example]) -> Iterator[tuple[str, Act]]:
    for one in phrases:
        acts = {VOICE_ACTS.get(item) for item in one.items}
        if len(acts) == 1 and (act := acts.pop()) is not None:
            yield one.text, act


def _as_written(text: str) -> str:
    """Most phrases with a time, a courtesy or both, as if by chance, but the same at every training."""
    side = 0 if _HAN.search(text) else 1
    chance = int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")
    timed, polite = chance % 3 != 0, chance // 3 % 2 == 0
    for told, ways in ((timed, _TIMES[side::2]), (polite, _MANNERS[side::2])):
        if told:
            of_side = [way for some in ways for way in some]
            text = of_side[chance // 7 % len(of_side)].format(text)
    return text


def _some(texts: Sequence[str], size: int) -> list[str]:
    """So many of them, as if drawn by chance, but the same ones at every training."""
    return sorted(texts, key=lambda text: hashlib.sha256(text.encode()).digest())[:size]
