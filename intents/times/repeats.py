"""Recurrences: 每周一三五, every other Friday, 每三个月, twice a week, weekdays."""

from __future__ import annotations

import re

from intents.meaning import Recurrence
from intents.times.numbers import EN_NUMBER, ZH_NUMBER, read_whole
from intents.times.shapes import PARTS, Often

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_ZH_DAYS = {
    **dict(zip("一二三四五六日", DAYS, strict=True)),
    "天": "SU",
    **{str(n + 1): DAYS[n] for n in range(7)},
}
_EN_DAYS = {
    "mon": "MO",
    "tue": "TU",
    "wed": "WE",
    "wen": "WE",
    "thu": "TH",
    "fri": "FR",
    "sat": "SA",
    "sun": "SU",
}
_EN_DAY = re.compile(r"\b(mon|tue|wed|wen|thu|fri|sat|sun)")
_PART_WORDS = (
    ("morning", "morning"), ("noon", "noon"), ("afternoon", "afternoon"), ("evening", "evening"),
    ("night", "evening"), ("晚", "evening"), ("夜", "evening"), ("早", "morning"),
)  # fmt: skip


def read_repeat(word: str) -> Often | None:
    """The recurrence a matched phrase stands for; None when it cannot be read."""
    if re.search(r"[a-z]", word):
        return _english(word)
    return _chinese(word)


def _weekly(days: tuple[str, ...] = (), interval: int = 1) -> Often:
    return Often(Recurrence("weekly", tuple(day for day in DAYS if day in days), interval))


def _chinese(word: str) -> Often | None:
    if "除" in word:
        return _weekly(tuple(day for day in DAYS if day not in _excepted(word)))
    if re.search(r"工作日|平日", word):
        return _weekly(DAYS[:5])
    if re.search(r"周末|双休日", word):
        return _weekly(DAYS[5:])
    month_days = re.search(r"月(.*[号日初底末])", word)
    if month_days and re.match(r"每", word):
        return Often(Recurrence("monthly", (), 1, _month_days(month_days.group(1))))
    days = re.search(r"(?:周|星期|礼拜)([一二三四五六日天1-7].*)$", word)
    if not days and re.fullmatch(r"[一二四三五六]{2,3}", word):
        return _weekly(_listed_days(word))
    if days and re.match(r"[每隔逢周星礼]", word):
        return _weekly(_listed_days(days.group(1)), _interval(word))
    return _plain_chinese(word)


def _excepted(word: str) -> tuple[str, ...]:
    """The days that 除了周日每天 leaves out."""
    if "周末" in word:
        return DAYS[5:]
    return tuple(day for mark in re.findall(r"[一二三四五六日天]", word) if (day := _ZH_DAYS[mark]))


def _plain_chinese(word: str) -> Often | None:
    part = next((PARTS[name] for mark, name in _PART_WORDS if word.endswith(mark)), None)
    if re.fullmatch(r"天天|日日|夜夜|每一?[天日晚早夜]", word):
        return Often(Recurrence("daily", (), 1), part)
    if word.startswith("每半"):
        return Often(Recurrence("monthly", (), 6)) if "年" in word else _weekly((), 2)
    unit = re.search(r"季度|季|年|月|周|星期|礼拜|天|日", word)
    if unit is None:
        return None
    interval = _interval(word)
    if unit.group() in "天日":
        return Often(Recurrence("daily", (), interval))
    if unit.group() in ("周", "星期", "礼拜"):
        return _weekly((), interval)
    return Often(Recurrence("monthly", (), interval * {"月": 1, "年": 12}.get(unit.group(), 3)))


def _interval(word: str) -> int:
    """每两周, 隔周 and 两周一次 are every second; 每隔一周 too."""
    number = re.match(rf"(每)?(隔)?个?(隔)?({ZH_NUMBER})?", word)
    assert number is not None  # every part of the pattern may be empty
    amount = read_whole(number.group(4) or "") or 1
    skips = number.group(2) or number.group(3)
    return amount + 1 if skips else max(amount, 1)


def _listed_days(text: str) -> tuple[str, ...]:
    spread = re.match(r"([一二三四五六日天1-7])(?:到|至|-)(?:周|星期|礼拜)?([一二三四五六日天1-7])", text)
    if spread:
        first, last = (DAYS.index(_ZH_DAYS[spread.group(n)]) for n in (1, 2))
        return DAYS[first : last + 1]
    return tuple(_ZH_DAYS[mark] for mark in text if mark in _ZH_DAYS)


def _month_days(text: str) -> tuple[int, ...]:
    if "号" not in text and "日" not in text:
        return (1,) if "初" in text else (-1,)
    numbers = [read_whole(piece) for piece in re.findall(rf"({ZH_NUMBER})[号日]", text)]
    return tuple(number for number in numbers if number)


def _english(word: str) -> Often | None:
    if "the" in word.split() and word.endswith("month"):
        numbers = tuple(int(one) for one in re.findall(r"\d+", word))
        first = (-1,) if "last" in word else (1,) if "first" in word else ()
        return Often(Recurrence("monthly", (), 1, first + numbers))
    head, _, excepted = re.sub(r"\b(?:except|but|apart from|excluding)\b", "|", word).partition("|")
    if excepted:
        left_out = (
            DAYS[5:] if "weekend" in excepted else tuple(_EN_DAYS[day] for day in _EN_DAY.findall(excepted))
        )
        named = DAYS[:5] if "weekday" in head else DAYS
        return _weekly(tuple(day for day in named if day not in left_out))
    if "weekday" in head:
        return _weekly(DAYS[:5])
    if "weekend" in head:
        return _weekly(DAYS[5:])
    interval = 2 if re.search(r"other|second|fortnight|biweek|bi-week", head) else _counted(head)
    days = tuple(_EN_DAYS[day] for day in _EN_DAY.findall(head))
    if days and "month" not in head:
        return _weekly(days, interval)
    return _english_unit(head, interval)


def _counted(head: str) -> int:
    number = re.match(rf"(?:every|each)\s+({EN_NUMBER})\b", head)
    return (read_whole(number.group(1)) or 1) if number else 1


def _english_unit(head: str, interval: int) -> Often:
    if "quarter" in head:
        return Often(Recurrence("monthly", (), 3))
    if "month" in head:
        return Often(Recurrence("monthly", (), interval))
    if re.search(r"week|fortnight", head):
        return _weekly((), interval)
    part = next((PARTS[name] for mark, name in _PART_WORDS if mark in head), None)
    return Often(Recurrence("daily", (), interval), part)
