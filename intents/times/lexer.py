"""From text to tokens: each recognised word of time becomes one or two small values."""

# ruff: noqa: E501 (a pattern is easier to read on one line than broken up)

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from intents.any_of import openings
from intents.beginnings import alternatives, beginnings
from intents.times.feasts import feast_named
from intents.times.numbers import read_whole
from intents.times.patterns import BY_BEGINNING, EN_DAY, PATTERNS
from intents.times.repeats import read_repeat
from intents.times.shapes import NEVER, PARTS, Clock, Day, Part, Token
from intents.times.spans import read_span_en, read_span_zh

_WEEKDAYS = {"mon": 0, "tue": 1, "wed": 2, "wen": 2, "thu": 3, "fri": 4, "sat": 5, "sun": 6}
_ZH_WEEKDAYS = {**{mark: index for index, mark in enumerate("一二三四五六日")}, "天": 6, "末": 5}
_MONTHS = {name: index for index, name in enumerate(
    ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1)}  # fmt: skip
_AHEAD = {"这": 0, "本": 0, "下": 1, "下下": 2, "this": 0, "next": 1, "coming": None, "the": None}
_ZH_PARTS = {
    "凌晨": "dawn", "半夜": "night", "深夜": "night", "夜里": "night", "夜间": "night", "夜": "evening",
    "清晨": "early", "早晨": "morning", "早上": "morning", "上午": "morning", "朝早": "morning", "早": "morning",
    "晨": "morning", "中午": "noon", "正午": "noon", "午间": "noon", "晌午": "noon", "下午": "afternoon",
    "午后": "afternoon", "上昼": "morning", "朝": "morning", "下昼": "afternoon", "晏昼": "afternoon", "傍晚": "dusk", "黄昏": "dusk",
    "晚间": "evening", "晚上": "evening", "夜晚": "evening", "晚": "evening",
}  # fmt: skip
_EN_PARTS = (
    ("early", "early"), ("morning", "morning"), ("lunch", "noon"), ("midday", "noon"), ("noon", "noon"),
    ("afternoon", "afternoon"), ("arvo", "afternoon"), ("dusk", "dusk"), ("sunset", "dusk"), ("", "evening"),
)  # fmt: skip

Found = re.Match[str]
#: where a word of time may begin: never inside a Latin word
_BEGINS = re.compile(BY_BEGINNING.anywhere(r"(?<![a-z])"))


def _openings(part: str) -> frozenset[str]:
    """The one or two characters that what a pattern matches may begin with; one where any other may follow."""
    told = frozenset(one[:2] for one in openings(part))
    return (beginnings(part) or told) if "" in told else told


_OPENINGS = frozenset(
    one for _, pattern in PATTERNS for part in alternatives(pattern) for one in _openings(part)
)
_FIRSTS = frozenset(one[0] for one in _OPENINGS)
_KINDS = {f"k{number}": kind for number, (kind, _) in enumerate(PATTERNS)}


def tokens_of(text: str) -> Iterator[Token]:
    """The tokens of a normalised text, in order; characters of no token lie between them."""
    for found in _found_in(text):
        kind = _KINDS[found.lastgroup or "k0"]
        maker = _MAKERS.get(kind)
        if maker is None:
            yield Token(kind, found.start(), found.end())
            continue
        yield from maker(found)


def _found_in(text: str) -> Iterator[Found]:
    """What matches from left to right; no word of time begins inside a Latin word."""
    place = 0
    while begins := _BEGINS.search(text, place):
        place, first = begins.start(), begins.group()
        if first in _FIRSTS and first not in _OPENINGS and text[place : place + 2] not in _OPENINGS:
            place += 1
            continue
        pattern = BY_BEGINNING.at(first)
        found = pattern.match(text, place) if pattern is not None else None
        if found is not None and found.end() > place:
            yield found
        place = max(place + 1, found.end() if found is not None else 0)


def _one(kind: str, found: Found, value: object) -> list[Token]:
    return [Token(kind, found.start(), found.end(), value)]


def _first(found: Found, *names: str) -> str:
    known = found.re.groupindex
    return next((said for name in names if name in known and (said := found.group(name))), "")


def _weekend(found: Found) -> list[Token]:
    return _one("day", found, Day("weekend", ahead=_AHEAD.get(_first(found, "we_a", "we_b", "we_c"))))


def _weekday_zh(found: Found) -> list[Token]:
    mark = found.group("wd_n")
    number = _ZH_WEEKDAYS.get(mark, int(mark) - 1 if mark.isdigit() else 0)
    return _one("day", found, Day("weekday", number, _AHEAD.get(found.group("wd_a") or "")))


def _weekday_en(found: Found) -> list[Token]:
    ahead = None if "coming" in found.group() else _AHEAD.get(found.group("wd_b") or "")
    word = found.group("wd_e")
    if word in ("sat", "sun", "wed", "mar") and found.group("wd_b") == "the":
        return []
    day = Day(
        "weekday", _WEEKDAYS[word[:3]], ahead, month=1 if found.group("wd_w") or found.group("wd_v") else 0
    )
    return _one("day", found, day)


def _day_zh(found: Found) -> list[Token]:
    word = found.group()
    far = {"外": 3, "大": 3, "后": 2, "明": 1, "听": 1, "翌": 1, "隔": 1}
    return _one("day", found, Day("offset", far.get(word[0], 0)))


def _day_en(found: Found) -> list[Token]:
    word = found.group()
    away = 2 if "after" in word else 0 if word.startswith(("today", "this")) else 1
    return _one("day", found, Day("offset", away))


def _tonight(found: Found) -> list[Token]:
    return [
        *_one("day", found, Day("offset", 0)),
        Token("part", found.start(), found.end(), PARTS["evening"]),
    ]


def _date_iso(found: Found) -> list[Token]:
    year, month, day = (int(found.group(name)) for name in ("iso_y", "iso_m", "iso_d"))
    return _one("day", found, Day("date", day, month=month, year=year))


def _date_zh(found: Found) -> list[Token]:
    ahead = {"今年": 0, "明年": 1, "后年": 2, "去年": -1}.get(found.group("dz_y") or "")
    month, day = read_whole(found.group("dz_m")), _zh_day(found.group("dz_d"))
    return _one("day", found, Day("date", day, ahead, month=month or 0))


def _zh_day(text: str) -> int:
    return read_whole(text.replace("廿", "二十")) or 0


def _date_en(found: Found) -> list[Token]:
    month = _MONTHS[_first(found, "de_m", "de_n")[:3]]
    day = int(_first(found, "de_d", "de_e"))
    return _one("day", found, Day("date", day, month=month, year=int(found.group("de_y") or 0)))


def _date_slash(found: Found) -> list[Token]:
    """4/6 and 3.20: month first among Chinese words, day first among English ones."""
    first, second = int(_first(found, "sl_a", "sl_c")), int(_first(found, "sl_b", "sl_d"))
    chinese = found.group("sl_c") or re.search(r"[\u3400-\u9fff]", found.string)
    month, day = (first, second) if chinese else (second, first)
    if month > 12 >= day:
        month, day = day, month
    return _one("day", found, Day("date", day, month=month)) if 0 < month <= 12 and day else []


def _date_span(found: Found) -> list[Token]:
    """20-25 March, Oct 1-7, 20-25号: from one day to another of one month."""
    word = _first(found, "sp_m", "sp_n")
    month = _MONTHS[word[:3]] if word else read_whole(found.group("sp_o") or "") or 0
    names = (("sp_a", "sp_c", "sp_e"), ("sp_b", "sp_d", "sp_f"))
    opening, closing = (
        Day("date", int(_first(found, *some)), month=month)
        if month
        else Day("day_of_month", int(_first(found, *some)))
        for some in names
    )
    return [
        Token("day", found.start(), found.end(), opening),
        Token("to", found.end(), found.end()),
        Token("day", found.end(), found.end(), closing),
    ]


def _named_month(found: Found, chinese: str, english: str) -> int:
    """The month a name or number in a text means, 0 for none."""
    if found.group(chinese):
        return read_whole(found.group(chinese)) or 0
    return _MONTHS[found.group(english)[:3]] if found.group(english) else 0


def _month_end(found: Found) -> list[Token]:
    if found.group("me_y"):
        return _one("day", found, Day("year_end"))
    named = _named_month(found, "me_n", "me_m")
    return _one("day", found, Day("month_end", ahead=_AHEAD.get(_first(found, "me_a", "me_b")), month=named))


def _month_start(found: Found) -> list[Token]:
    return _one(
        "day",
        found,
        Day(
            "month_start",
            ahead=_AHEAD.get(_first(found, "ms_a", "ms_b")),
            month=read_whole(found.group("ms_n") or "") or 0,
        ),
    )


def _month(found: Found) -> list[Token]:
    return _one(
        "day",
        found,
        Day(
            "month",
            ahead=_AHEAD.get(_first(found, "mo_a", "mo_b"), 0),
            month=_named_month(found, "mo_n", "mo_m"),
        ),
    )


def _week(found: Found) -> list[Token]:
    return _one("day", found, Day("week", ahead=_AHEAD.get(_first(found, "wk_a", "wk_b"), 0)))


def _holiday(found: Found) -> list[Token]:
    beside = found.group("ho_b") or ""
    word = found.group().removesuffix(beside)
    shift = 0 if not beside else -1 if beside.startswith("前") else 1
    return _one("day", found, Day("feast", feast_named(word), month=shift))


def _nth_weekday(found: Found) -> list[Token]:
    places = {
        "first": 1,
        "1st": 1,
        "second": 2,
        "2nd": 2,
        "third": 3,
        "3rd": 3,
        "fourth": 4,
        "4th": 4,
        "last": 5,
    }
    day = Day(
        "nth_weekday",
        _WEEKDAYS[found.group("nw_d")[:3]],
        _AHEAD.get(found.group("nw_m")) or 0,
        month=places[found.group("nw_n")],
    )
    return _one("day", found, day)


def _dom(found: Found) -> list[Token]:
    return _one("day", found, Day("day_of_month", _zh_day(_first(found, "dm_z", "dm_y"))))


def _dom_en(found: Found) -> list[Token]:
    digits = re.sub(r"\D", "", _first(found, "dm_e", "dm_f", "dm_g"))
    return _one("day", found, Day("day_of_month", int(digits)))


def _span_zh(found: Found) -> list[Token]:
    return _one("span", found, read_span_zh(found.group()))


def _span_en(found: Found) -> list[Token]:
    return _one("span", found, read_span_en(found.group()))


def _clock_words(found: Found) -> list[Token]:
    how, base = found.group("cw_p").strip(), read_whole(found.group("cw_h")) or 0
    shift = 30 if how == "half" else 15 if "quarter" in how else read_whole(how.replace("-five", "")) or 0
    if how == "twenty-five":
        shift = 25
    minutes = base * 60 + (shift if found.group("cw_r") in ("past", "after") else -shift)
    return _one("clock", found, Clock(minutes // 60, minutes % 60))


def _clock_pm(found: Found) -> list[Token]:
    hour = (read_whole(found.group("cp_h")) or 0) % 12
    hour += 12 if found.group("cp_a").startswith("p") else 0
    return _one("clock", found, Clock(hour, int(found.group("cp_m") or 0), exact=True))


def _clock_colon(found: Found) -> list[Token]:
    written = found.group("cc_h")
    exact = int(written) > 12 or int(written) == 0 or (len(written) == 2 and written[0] == "0")
    return _one("clock", found, Clock(int(written), int(found.group("cc_m")), exact=exact))


def _clock_dot(found: Found) -> list[Token]:
    """14.30, 15h30, 1500 hours."""
    written = _first(found, "cd_h", "cd_i", "cd_j", "cd_k")
    minute = int(_first(found, "cd_m", "cd_n", "cd_o", "cd_p"))
    exact = int(written) > 12 or int(written) == 0 or written[0] == "0"
    return _one("clock", found, Clock(int(written), minute, exact=exact))


def _clock_never(found: Found) -> list[Token]:
    """25点, 14:75: no clock shows that."""
    return _one("clock", found, NEVER)


def _clock_oclock(found: Found) -> list[Token]:
    return _one("clock", found, Clock(read_whole(found.group("co_h")) or 0))


def _clock_half(found: Found) -> list[Token]:
    """British "half three" is half past three."""
    return _one("clock", found, Clock(read_whole(found.group("ch_h")) or 0, 30))


def _clock_spelled(found: Found) -> list[Token]:
    hour, minute = _first(found, "cs_h", "ct_h"), _first(found, "cs_m", "ct_m")
    return _one("clock", found, Clock(read_whole(hour) or 0, read_whole(minute) or 0))


def _clock_moved(found: Found) -> list[Token]:
    """ "A bit later, like 4": what a time is moved to is a time."""
    start = found.start("cv_h")
    return [Token("clock", start, found.end(), Clock(read_whole(found.group("cv_h")) or 0))]


def _clock_ish(found: Found) -> list[Token]:
    return _one("clock", found, Clock(read_whole(found.group("ci_h")) or 0))


def _clock_pair(found: Found) -> list[Token]:
    """两三点: between two and three."""
    middle = found.start("cx_b")
    first, second = (Clock(read_whole(found.group(name)) or 0) for name in ("cx_a", "cx_b"))
    return [
        Token("clock", found.start(), middle, first),
        Token("to", middle, middle),
        Token("clock", middle, found.end(), second),
    ]


def _clock_zh(found: Found) -> list[Token]:
    if found.group("cz_s"):
        return _clock_short_of(found)
    hour = read_whole(found.group("cz_h")) or 0
    return _one(
        "clock", found, Clock(hour, _zh_minutes(found.group("cz_m") or ""), exact=hour > 12 or hour == 0)
    )


def _clock_short_of(found: Found) -> list[Token]:
    missing = found.group("cz_q")
    minutes = (read_whole(missing[:-1]) or 0) * (15 if missing.endswith("刻") else 1)
    total = (read_whole(found.group("cz_s")) or 0) * 60 - minutes
    return _one("clock", found, Clock(total // 60, total % 60))


def _zh_minutes(text: str) -> int:
    if text in ("", "整"):
        return 0
    if text == "半":
        return 30
    if text.endswith("刻"):
        return (read_whole(text[:-1]) or 0) * 15
    return (read_whole(text.removesuffix("分")) or 0) % 60


def _part_zh(found: Found) -> list[Token]:
    word = found.group()
    name = "early" if re.fullmatch(r"大?清早|一大?早", word) else _ZH_PARTS.get(word, "evening")
    return _one("part", found, PARTS[name])


def _part_en(found: Found) -> list[Token]:
    name = next(name for start, name in _EN_PARTS if found.group().startswith(start))
    return _one("part", found, PARTS[name])


def _midnight(found: Found) -> list[Token]:
    return _one("clock", found, Clock(24, 0, exact=True))


def _bare(found: Found) -> list[Token]:
    return _one("bare", found, Clock(read_whole(found.group()) or 0, bare=True))


def _often(found: Found) -> list[Token]:
    repeat = read_repeat(found.group())
    return _one("often", found, repeat) if repeat else _one("noise", found, None)


_MAKERS: dict[str, Callable[[Found], list[Token]]] = {
    "often": _often, "weekend": _weekend, "weekend_en": _weekend, "weekday": _weekday_zh,
    "weekday_en": _weekday_en, "day_zh": _day_zh, "day_en": _day_en, "tonight": _tonight,
    "date_iso": _date_iso, "date_zh": _date_zh, "date_en": _date_en, "month_end": _month_end,
    "month_start": _month_start, "month": _month, "week": _week, "holiday": _holiday, "dom": _dom,
    "dom_en": _dom_en, "span": _span_zh, "span_en": _span_en, "clock_words": _clock_words,
    "clock_pm": _clock_pm, "clock_colon": _clock_colon, "clock_dot": _clock_dot, "clock_never": _clock_never,
    "date_slash": _date_slash, "nth_weekday": _nth_weekday, "date_span": _date_span, "clock_oclock": _clock_oclock, "clock_zh": _clock_zh, "clock_half": _clock_half,
    "clock_spelled": _clock_spelled, "clock_ish": _clock_ish, "clock_moved": _clock_moved, "clock_pair": _clock_pair,
    "part_zh": _part_zh, "part_en": _part_en, "midnight": _midnight, "bare": _bare,
}  # fmt: skip

__all__ = ["EN_DAY", "Part", "tokens_of"]
