"""Numbers of things, people and yuan as people write and say them, ranges too: 两三, 3-4, 两千五."""

# ruff: noqa: E501 (a pattern is easier to read on one line than broken up)

from __future__ import annotations

import re

from intents.times.numbers import EN_NUMBER, read_whole

_UNITS = {"十": 10, "百": 100, "千": 1_000, "k": 1_000, "万": 10_000, "w": 10_000}
_HUNDREDS = {"hundred": 100, "thousand": 1_000, "grand": 1_000}
_JUST_ME = frozenset({"just me", "only me", "just myself", "就我", "就我自己", "就我一个", "就我一个人"})
_ONE = "一二两三四五六七八九"

#: a Chinese or plain whole number, an English one, what stands between the ends of a range, a sum of money
ZH = rf"(?:\d{{1,3}}|[{_ONE}十百]{{1,5}})"
EN = (
    rf"(?:(?:{EN_NUMBER}|half a|a) dozen|(?:twenty|thirty|forty|fifty)[\s-](?:one|two|three|four|five|six"
    rf"|seven|eight|nine)|{EN_NUMBER}|a couple(?: of)?)"
)
TO = r"(?:\s?(?:到|至|~|或者?)\s?|\s(?:or|to)\s|(?<=\d)\s?-\s?(?=\d))"
MONEY = rf"(?:\d{{1,3}}(?:,\d{{3}})+|\d{{1,7}}(?:\.\d{{1,3}})?\s?(?:[千万百]|[kw](?![a-z]))(?:[{_ONE}])?|\d{{2,7}}|[{_ONE}十百千万]{{1,7}}|\b(?:a few|a couple of|a|{EN_NUMBER}) (?:hundred|thousand|grand)\b)"

_FIRST_OF_TWO = re.compile(rf"[{_ONE}](?=[{_ONE}])")
_RANGE = re.compile(TO)
_MONEY = re.compile(rf"(\d+(?:\.\d+)?|[{_ONE}十]*)([千万kw百]?)")


def read_count(text: str) -> int | None:
    """The number of a count, of a range its larger end; None when it is no whole number."""
    ends = [_read_one(part) for part in _RANGE.split(text.strip()) if part]
    known = [end for end in ends if end is not None]
    return max(known) if known and len(known) == len(ends) else None


def read_money(text: str) -> int | None:
    """Whole yuan of 300, 2,000, 1.5万, 5k, 两千五, 一万二, 三四百 (the larger)."""
    number, _, unit = text.rpartition(" ")
    if unit in _HUNDREDS:
        return (read_whole(number) or 1) * _HUNDREDS[unit]
    text = text.replace(",", "").replace(" ", "")
    if text.isascii() and text.replace(".", "", 1).isdigit():
        return int(float(text))
    return _read_units(_FIRST_OF_TWO.sub("", text))


def _read_one(text: str) -> int | None:
    if text in _JUST_ME:
        return 1
    if " and " in text:  # my wife and I
        return 2
    text = text.strip().replace("俩", "两").replace("仨", "三")
    if text.endswith("dozen"):
        number = text.removesuffix("dozen").strip()
        return 6 if number == "half a" else 12 * (read_whole(number) or 1)
    if "-" in text or (" " in text and not text.startswith("a ")):
        return _sum(re.split(r"[\s-]", text))
    return read_whole(_FIRST_OF_TWO.sub("", text))


def _sum(words: list[str]) -> int | None:
    numbers = [read_whole(word) for word in words]
    return sum(number or 0 for number in numbers) if all(numbers) else None


def _read_units(text: str) -> int | None:
    """Digits and units one after the other; a digit that ends it counts in the next lower unit."""
    total, unit = 0.0, 1
    for digits, name in _MONEY.findall(text):
        if not digits and not name:
            continue
        number = _value(digits)
        if number is None:
            return None
        if not name and unit >= 100 and len(digits) == 1:
            number = number * unit / 10
        unit = _UNITS.get(name, 1)
        total += number * unit
    return int(total) or None


def _value(digits: str) -> float | None:
    if not digits:
        return 1.0
    return float(digits) if digits[0].isdigit() else read_whole(digits)
