"""Feasts in both languages, and the day each falls on in a year."""

# ruff: noqa: E501 (a pattern is easier to read on one line than broken up)

from __future__ import annotations

import re
from datetime import date, timedelta

from intents.beginnings import alternatives

# Feasts of the lunar and solar-term calendars as published, by year:
# 春节, 清明, 端午, 七夕, 中秋, 重阳, 冬至.
_PUBLISHED = {
    2025: ((1, 29), (4, 4), (5, 31), (8, 29), (10, 6), (10, 29), (12, 21)),
    2026: ((2, 17), (4, 5), (6, 19), (8, 19), (9, 25), (10, 18), (12, 22)),
    2027: ((2, 6), (4, 5), (6, 9), (8, 8), (9, 15), (10, 8), (12, 22)),
    2028: ((1, 26), (4, 4), (5, 28), (8, 26), (10, 3), (10, 26), (12, 21)),
    2029: ((2, 13), (4, 4), (6, 16), (8, 16), (9, 22), (10, 16), (12, 21)),
}
_MOVED = ("spring", "qingming", "dragon boat", "qixi", "mid-autumn", "double ninth", "winter solstice")

# Name in a text, and what it is: (month, day), or a feast that moves with how many days after it.
_FEASTS: tuple[tuple[str, tuple[int, int] | tuple[str, int]], ...] = (
    (r"元旦|new year'?s? day", (1, 1)),
    (r"五一(?!路|广场)|劳动节|labou?r day|may day", (5, 1)),
    (r"国庆节?|national day", (10, 1)),
    (r"平安夜|christmas eve", (12, 24)),
    (
        r"圣诞(?!树|老人|帽|歌)节?|(?:christmas|xmas)(?: day)?(?! (?:tree|lights?|decorations?|market|card|song))",
        (12, 25),
    ),
    (r"boxing day", (12, 26)),
    (r"(?:chinese|lunar) new year'?s? eve|除夕|年三十|大年夜|年夜(?!饭)", ("spring", -1)),
    (r"(?:chinese|lunar) new year|spring festival|\bcny\b|春节|大年初一|年初一|正月初一", ("spring", 0)),
    (r"new year'?s? eve|跨年夜?", (12, 31)),
    (r"元宵节?|lantern festival|正月十五", ("spring", 14)),
    (r"清明节?|qing ?ming(?: festival)?|tomb[- ]sweeping(?: day| festival)?", ("qingming", 0)),
    (r"端午节?|dragon boat(?: festival| day)?", ("dragon boat", 0)),
    (r"七夕节?|qixi(?: festival)?", ("qixi", 0)),
    (r"中秋节?|mid[- ]autumn(?: festival| day)?|moon ?(?:cake )?festival", ("mid-autumn", 0)),
    (r"重阳节?|double ninth(?: festival)?|chongyang", ("double ninth", 0)),
    (r"冬至|winter solstice", ("winter solstice", 0)),
    (r"good friday", ("easter", -2)),
    (r"easter monday", ("easter", 1)),
    (r"easter(?: sunday| day)?(?! (?:eggs?|bunny))|复活节", ("easter", 0)),
    (r"母亲节|mother'?s'? day", ("mothers", 0)),
    (r"父亲节|father'?s'? day", ("fathers", 0)),
    (r"感恩节|thanksgiving(?: day)?", ("thanksgiving", 0)),
    (r"情人节|valentine'?s?(?: day)?", (2, 14)),
    (r"儿童节|六一(?![零一二三四五六七八九])|children'?s'? day", (6, 1)),
    (r"妇女节|women'?s'? day", (3, 8)),
    (r"植树节", (3, 12)),
    (r"愚人节|april fools'? day", (4, 1)),
    (r"青年节", (5, 4)),
    (r"教师节|teachers?'?s? day", (9, 10)),
    (r"万圣节|halloween", (10, 31)),
    (r"双十一|singles?'? day", (11, 11)),
    (r"双十二", (12, 12)),
)
_PATTERNS = tuple((re.compile(name), index) for index, (name, _) in enumerate(_FEASTS))


def _edged(name: str) -> str:
    """Latin names stand as whole words."""
    return "|".join(rf"\b(?:{one})\b" if re.match(r"[a-z(]", one) else one for one in alternatives(name))


_AFTER_SPRING = r"(?:大年|正月)初[二三四五六七八九十]"
HOLIDAY = "|".join([_AFTER_SPRING, *(_edged(name) for name, _ in _FEASTS)])


def feast_named(word: str) -> int:
    """The number of a feast by a word that HOLIDAY matched; numbers below 0 count days after 春节."""
    later = re.fullmatch(r"(?:大年|正月)初([二三四五六七八九十])", word)
    if later:
        return -("二三四五六七八九十".index(later.group(1)) + 1)
    return next(index for pattern, index in _PATTERNS if pattern.match(word))


def feast_in(number: int, year: int) -> date | None:
    """The day of a feast in a year; None when the calendar of that year is not known."""
    kind, days = ("spring", -number) if number < 0 else _FEASTS[number][1]
    if isinstance(kind, int):
        return date(year, kind, days)
    first = _moving(kind, year)
    return first + timedelta(days=days) if first is not None else None


def _moving(kind: str, year: int) -> date | None:
    if kind == "easter":
        return _easter(year)
    if kind in ("mothers", "fathers", "thanksgiving"):
        month, weekday, nth = {"mothers": (5, 6, 2), "fathers": (6, 6, 3), "thanksgiving": (11, 3, 4)}[kind]
        first = date(year, month, 1)
        return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))
    known = _PUBLISHED.get(year)
    return date(year, *known[_MOVED.index(kind)]) if known else None


def _easter(year: int) -> date:
    """The Sunday after the first full moon of spring (Gauss, Gregorian calendar)."""
    century, moon = year // 100, year % 19
    shift = (century - century // 4 - (8 * century + 13) // 25 + 19 * moon + 15) % 30
    shift -= shift // 28 * (1 - 29 // (shift + 1) * ((21 - moon) // 11))
    sunday = shift - (year + year // 4 + shift + 2 - century + century // 4) % 7
    month = 3 + (sunday + 40) // 44
    return date(year, month, sunday + 28 - 31 * (month // 4))
