"""Finds sentences that are one sentence with a word changed: what a template makes, and what is copied.

Each text becomes a string with one character a word (a Chinese character is a word), in which numbers, times,
rooms, appliances and the service's own names are one mask each. Two texts share a frame when they are equal
outside one short stretch. How much must be equal depends on how many share it: two with nearly all in
common are a copy, eight with "… is broken" in common are a template, and two of those are how people talk.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil

MASK = "\ue000"
_FIRST_WORD = 0xF0000  # Latin words are numbered from here, in a plane that no text uses
_TOKEN = re.compile(r"[a-z]+(?:'[a-z]+)?|[\u3007\u3400-\u9fff]|" + MASK)

_DAYS = (
    r"(?:今|明|后|昨|前)(?:天|日|晚|早|儿)|(?:下|这|上|本|每)?(?:个)?(?:周|礼拜|星期)[一二三四五六日天末]"
    r"|(?:下|这|上|本)(?:个)?(?:周|礼拜|星期|月)|早上|上午|中午|下午|傍晚|晚上|夜里|半夜|凌晨|[一二两三四五六七八九十]+点(?:半|钟)?"
)
_DAYS_EN = (
    r"today|tonight|tomorrow|yesterday|(?:mon|tues|wednes|thurs|fri|satur|sun)days?"
    r"|(?:this|next|last) (?:week|month|weekend)|(?:this )?(?:morning|afternoon|evening)|weekends?"
)
_ROOMS = (
    r"客厅|主卧|次卧|卧室|厨房|卫生间|洗手间|厕所|浴室|阳台|书房|儿童房|餐厅|玄关|走廊|楼道|大堂|车库|地库"
)
_ROOMS_EN = (
    r"living room|bedroom|kitchen|bathroom|toilet|balcony|study|hallway|corridor|lobby|garage|dining room"
)
_THINGS = (
    r"空调|冰箱|洗衣机|热水器|油烟机|电视机?|微波炉|烤箱|洗碗机|消毒柜|燃气灶|马桶|水龙头|窗帘|沙发|地毯"
)
_THINGS_EN = (
    r"air ?con(?:ditioner)?|fridge|washing machine|water heater|cooker hood|range hood|tv|microwave|oven"
    r"|dishwasher|gas stove|taps?|curtains?|sofa|carpet"
)
_MASKED = re.compile(
    rf"\d+(?:[:.]\d+)?(?: ?[ap]m\b)?|{_DAYS}|{_ROOMS}|{_THINGS}|\b(?:{_DAYS_EN}|{_ROOMS_EN}|{_THINGS_EN})\b"
)


@dataclass(frozen=True, slots=True)
class Bound:
    """A frame is refused when `crowd` texts share it and so much of them lies outside the stretch that
    differs: at least `rest` words, and this `share` of the whole."""

    crowd: int
    rest: int
    share: float


@dataclass(frozen=True, slots=True)
class Manner:
    """How closely the sentences of one language are looked at; `longest` are texts left to `alike`."""

    bounds: tuple[Bound, ...]
    stretch: int
    longest: int
    few: int  # texts of fewer words and pairs of words are too short to be told apart by them
    words_alone: bool  # whether a word tells something without its neighbour


CHINESE = Manner(
    (Bound(2, 5, 0.55), Bound(4, 4, 0.5), Bound(8, 3, 0.34), Bound(12, 2, 0.34)), 5, 24, 3, words_alone=False
)
ENGLISH = Manner((Bound(2, 4, 0.55), Bound(6, 3, 0.5), Bound(12, 2, 0.34)), 4, 18, 5, words_alone=True)
ALIKE = 0.6  # the share of pairs of words that two copies have in common


class Shapes:
    """Turns normalised texts into strings of one character a word; the same word is the same character."""

    def __init__(self) -> None:
        self._words: dict[str, str] = {}

    def of(self, text: str, names: Iterable[str] = ()) -> str:
        """The shape of a text, with these names (normalised) masked."""
        for name in names:
            if name in text:
                text = text.replace(name, MASK)
        return "".join(map(self._one, _TOKEN.findall(_MASKED.sub(MASK, text))))

    def _one(self, word: str) -> str:
        if len(word) == 1 and not word.isascii():
            return word
        return self._words.setdefault(word, chr(_FIRST_WORD + len(self._words)))


def framed(shapes: Sequence[str], manner: Manner) -> Iterator[tuple[int, ...]]:
    """The places of texts that share a frame, one group for each frame that is refused."""
    first: dict[str, int] = {}
    more: dict[str, list[int]] = {}
    for place, shape in enumerate(shapes):
        for frame in _frames(shape, manner):
            found = first.setdefault(frame, place)
            if found != place:
                more.setdefault(frame, [found]).append(place)
    for frame, places in more.items():
        group = tuple(dict.fromkeys(places))
        if any(_refuses(one, frame, [shapes[place] for place in group]) for one in manner.bounds):
            yield group


def _frames(shape: str, manner: Manner) -> Iterator[str]:
    """The text with every stretch cut out that leaves enough for the widest bound."""
    size = len(shape)
    if size > manner.longest:
        return
    least = min(max(bound.rest, ceil(bound.share * size)) for bound in manner.bounds)
    for stretch in range(min(manner.stretch, size - least) + 1):
        for start in range(size - stretch + 1):
            yield f"{shape[:start]}\0{shape[start + stretch :]}"


def _refuses(bound: Bound, frame: str, shapes: Sequence[str]) -> bool:
    rest = len(frame) - 1 - frame.count(MASK)
    if rest < bound.rest:
        return False
    return sum(rest >= bound.share * len(shape) for shape in shapes) >= bound.crowd


def alike(shapes: Sequence[str], manner: Manner) -> Iterator[tuple[int, int]]:
    """The places of pairs of texts made of the same words in other places, or with a few words more.

    A text can only be so like another when one of its rarest features stands in the other too: only those
    are looked up.
    """
    features = [_features(shape, manner) for shape in shapes]
    spread = Counter(one for found in features for one in found)
    holders: dict[str, list[int]] = {}
    for place in sorted(range(len(shapes)), key=lambda one: len(features[one])):
        own = features[place]
        if len(own) < manner.few:
            continue
        rarest = sorted(own, key=lambda one: (spread[one], one))[: len(own) - ceil(ALIKE * len(own)) + 1]
        near = {other for one in rarest for other in holders.get(one, ())}
        yield from ((other, place) for other in sorted(near) if _share(features[other], own) >= ALIKE)
        for one in rarest:
            holders.setdefault(one, []).append(place)


def _features(shape: str, manner: Manner) -> frozenset[str]:
    pairs = (shape[start : start + 2] for start in range(len(shape) - 1))
    return frozenset(one for one in (*pairs, *(shape if manner.words_alone else "")) if MASK not in one)


def _share(one: frozenset[str], other: frozenset[str]) -> float:
    together = len(one & other)
    return together / (len(one) + len(other) - together)
