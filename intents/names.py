"""Services by their names: the text that is one, a part of one, or has one standing in it."""

# ruff: noqa: E501 (a pattern is easier to read on one line than broken up)

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from operator import add

import numpy as np
from rapidfuzz import fuzz, process

from intents.meaning import Alternative
from intents.menu import Menu
from intents.wordings import Example

#: how much of a text a name must be that is asked for by standing in it
NAMED_PART = 0.25
_LONGEST = 24  # of a longer text no slip of the typing makes a name
_LIKE_ENOUGH = 88  # of 100: one slip in eight characters
_BITS = 64  # in which the letters of a name are noted
_TINY = 1e-3  # what rounding may take from a bound
_BEGINNING = 3  # characters by which names are looked up; none is shorter
_WITHIN = re.compile(r"(?<=[a-z])[a-z]")  # where no name begins: inside of a Latin word
_MARKS = re.compile(r"[^\w\u3400-\u9fff']+")
_BROKEN = re.compile(r"(?<=[\u3400-\u9fff]) (?=[\u3400-\u9fff])")  # Chinese words written apart
_MINE = re.compile(
    r"^(?:我们家|我家|家里|屋里)的?|^(?:my|our|the) |(?<=[\u3400-\u9fff])(?:里|那边|这边|那里)$|^in (?:my|our|the) "
)
_ORDERS = re.compile(
    r"^(?:叫|找|来|约|请|要|订|安排|派)一?(?:个|位|次|下|桶|份)|^(?:get|call|find|order|send)(?: me| us)? (?:an? |the |some )?"
)
_SMALL_WORDS = re.compile(
    r"^(?:请问|请|麻烦(?:你|您)?|劳驾|我想要?|我要|帮我|帮忙|需要|预约|预订|订|约)+|(?:一下|吧|呢|啊|谢谢|服务|吗|了)+$"
    r"|^(?:please|pls|i need|i want|i'd like|need|book|can i have|i would like)\s+(?:to\s+)?(?:book\s+|have\s+)?(?:an?\s+|the\s+|some\s+)?"
    r"|\s+(?:please|pls|service|thanks)$"
)  # fmt: skip


@lru_cache(maxsize=64)  # one text is asked for as a name, as a part of one and as a place
def core_of(text: str) -> str:
    """A prepared text without marks and small words: by it names and approved wordings are looked up."""
    bare = _BROKEN.sub("", _MARKS.sub(" ", text).strip())
    return _SMALL_WORDS.sub("", bare).strip() or bare


def names_of(menu: Menu) -> Iterable[Example]:
    """The names and aliases of every service, as examples of it."""
    for item in menu.items.values():
        target = (item.alias_of or item.id,)
        for text, weight in ((item.name, 1.0), (item.staff_name, 0.8)):
            yield Example(target, text.zh, weight)
            yield Example(target, text.en, weight)
        for alias in item.aliases:
            yield Example(target, alias)


class Names:
    """The names of a menu's services. Texts come prepared: normalised, regional words replaced."""

    def __init__(self, menu: Menu, prepare: Callable[[str], str]) -> None:
        self._names = _gathered(menu, prepare)
        self._telling = _telling(self._names)
        self._about_as_long = {
            length: [name for name in self._names if abs(len(name) - length) <= max(1, length // 5)]
            for length in range(_LONGEST + 1)
        }
        self._letters = {
            length: (np.array([*map(_letters, near)], np.uint64), np.array([*map(len, near)], np.float32))
            for length, near in self._about_as_long.items()
        }
        self._all = "\n".join(f" {name} " for name in self._names)
        spec = menu.slots.get("where")
        self._places = frozenset(
            prepare(word)
            for option in (spec.options if spec else ())
            for word in (option.name.zh, option.name.en, *option.also)
        )

    def __contains__(self, text: str) -> bool:
        """Whether a text is a name in full, give or take small words."""
        return core_of(text) in self._names

    def exact(self, text: str) -> list[Alternative]:
        """The services whose name is the whole text, give or take a typing slip and small words."""
        core = core_of(text)
        if not core or len(core) > _LONGEST:
            return []
        if core in self._names:
            return [Alternative(item, 0.98) for item in self._names[core][:3]]
        if len(core) < 4:
            return []
        near = self._near(core)
        best = process.extractOne(core, near, scorer=fuzz.ratio, score_cutoff=_LIKE_ENOUGH)
        if best is None:
            return []
        return [Alternative(item, best[1] / 100 * 0.95) for item in self._names[best[0]][:2]]

    def _near(self, core: str) -> list[str]:
        """The names that have nearly the same letters: one that differs in more is no slip away."""
        names, (letters, lengths) = self._about_as_long[len(core)], self._letters[len(core)]
        most = (lengths + len(core)) * np.float32(1 - _LIKE_ENOUGH / 100) + np.float32(_TINY)
        others = np.bitwise_count(letters ^ np.uint64(_letters(core)))
        return [names[place] for place in np.flatnonzero(others <= most).tolist()]

    def standing_in(self, text: str) -> set[str]:
        """The services whose name makes up a good part of the text; in a long story it is only mentioned."""
        least = len(" ".join(text.split())) * NAMED_PART  # blanks stand for times that were struck out
        spots = [name for name in _spots(text, self._telling) if len(name) >= least]
        return {item for name in spots for item in self._names[name]}

    def is_part(self, text: str) -> bool:
        """Whether all that a text says stands in some name: "my water pipe" is ours, whatever is meant."""
        core = _ORDERS.sub("", _MINE.sub("", core_of(text)))
        if not 2 <= len(core) <= _LONGEST:
            return False
        return (f" {core} " if core.isascii() else core) in self._all

    def is_place(self, text: str) -> bool:
        """Whether a text only says where in the home, and not yet what."""
        bare = core_of(text)
        while (shorter := _MINE.sub("", bare)) != bare:
            bare = shorter
        return bare in self._places


def _letters(text: str) -> int:
    """Which letters a text is made of: one bit for each, several of them in common."""
    found = 0
    for letter in text:
        found |= 1 << ord(letter) % _BITS
    return found


def _gathered(menu: Menu, prepare: Callable[[str], str]) -> dict[str, tuple[str, ...]]:
    gathered: dict[str, list[str]] = {}
    for example in names_of(menu):
        items = gathered.setdefault(core_of(prepare(example.text)), [])
        items.extend(item for item in example.items if item not in items)
    return {core: tuple(items) for core, items in gathered.items() if core}


def _telling(names: Mapping[str, tuple[str, ...]]) -> Mapping[str, list[str]]:
    """Names of one item only, long enough to mean it wherever they stand, the longest first: by how they begin.

    A pattern of thousands of names takes half a millisecond a message.
    """
    telling = [name for name, items in names.items() if len(items) == 1 and _is_telling(name)]
    found: dict[str, list[str]] = {}
    for name in sorted(telling, key=len, reverse=True):
        found.setdefault(name[:_BEGINNING], []).append(name)
    return found


def _spots(text: str, telling: Mapping[str, list[str]]) -> Iterator[str]:
    """The names that stand in a text, from left to right, none inside another; English ones as whole words."""
    end = 0
    threes = map(add, map(add, text, text[1:]), text[2:])
    for place, likely in enumerate(map(telling.get, threes)):
        if likely and place >= end and not _WITHIN.match(text, place):
            name = next((one for one in likely if _at(one, text, place)), "")
            if name:
                yield name
            end = place + len(name)


def _at(name: str, text: str, place: int) -> bool:
    end = place + len(name)
    if not text.startswith(name, place):
        return False
    return not name.isascii() or not (_in_word(text[place - 1 : place]) or _in_word(text[end : end + 1]))


def _in_word(character: str) -> bool:
    return character.isalnum() or character == "_"


def _is_telling(name: str) -> bool:
    return len(name) >= 8 and " " in name if name.isascii() else len(name) >= 3
