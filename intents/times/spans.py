"""Lengths of time: 两个半小时, an hour and a half, a fortnight."""

# ruff: noqa: E501 (a pattern is easier to read on one line than broken up)

from __future__ import annotations

import re

from intents.times.numbers import read_number
from intents.times.shapes import Span


def read_span_zh(word: str) -> Span | None:
    """两个半小时, 半天, 三周 … as a length; None when the number cannot be read."""
    word = word.replace("来", "")  # 四十来分钟 is about forty
    parts = re.fullmatch(
        r"(.*?)(?:个)?(半)?(?:多)?个?(小时|钟头|钟|分钟|刻钟|天|晚|星期|礼拜|周|月|年)(半|.*分钟?)?", word
    )
    if parts is None:
        return None
    unit = parts.group(3)
    amount = read_number(parts.group(1).replace("点五", ".5").replace("个", "")) if parts.group(1) else 0.0
    if amount is None:
        amount = _half_past(parts.group(1))
    if amount is None:
        return None
    amount += 0.5 if parts.group(2) or parts.group(4) == "半" else 0
    minutes = {"小时": 60, "钟头": 60, "钟": 60, "分钟": 1, "刻钟": 15, "天": 1440, "晚": 1440}.get(
        unit, 10080
    )
    if unit in "月年":
        return Span(0, int(amount * (12 if unit == "年" else 1)), "month")
    extra = read_number(re.sub(r"分钟?", "", parts.group(4) or "")) if "分" in (parts.group(4) or "") else 0
    if unit == "天" and amount == 0.5:
        minutes = 480  # half a day is half a working day: four hours
    return Span(int(amount * minutes + (extra or 0)), 0, "day" if minutes >= 1440 else "minute")


def _half_past(text: str) -> float | None:
    whole = read_number(text.replace(".5", ""))
    return None if whole is None else whole + 0.5


def read_span_en(word: str) -> Span | None:
    """An hour and a half, 45 mins, a fortnight … as a length; None when the number cannot be read."""
    if "quarters of an" in word:
        return Span(45)
    if short := re.match(r"(\d)\s?h(?:ours?|rs?)?\s*(\d{1,2})", word):
        return Span(int(short.group(1)) * 60 + int(short.group(2)))
    if "quarter of an" in word:
        return Span(15)
    halves = 0.5 if "and a half" in word else 0.25 if "and a quarter" in word else 0.0
    plain = word.replace("and a half", "").replace("and a quarter", "").strip()
    found = re.match(
        r"(half an?|half|an?|a couple of|couple of|a few|[\d.]+|[a-z]+(?:-five)?)(?:[\s-]+|(?<=\d))(hours?|hrs?|h|min\w*|days?|w\w*|fort\w*|month\w*|nights?)(?:\s+and\s+(\S+)\s*min\w*)?",
        plain,
    )
    if found is None:
        return None
    amount = 0.5 if found.group(1).startswith("half") else read_number(found.group(1))
    if amount is None:
        return None
    amount += halves
    unit = found.group(2)
    if unit.startswith("month"):
        return Span(0, int(amount), "month")
    size = {"h": 60, "m": 1, "d": 1440, "n": 1440, "w": 10080, "f": 20160}[unit[0]]
    minutes = 240 if amount == 0.5 and size == 1440 else int(amount * size)
    extra = read_number(found.group(3)) if found.group(3) else 0
    return Span(minutes + int(extra or 0), 0, "day" if size >= 1440 else "minute")
