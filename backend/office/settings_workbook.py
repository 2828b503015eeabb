"""Hours and holidays as a small Excel sheet, one line for each thing: written, and read back."""

import io
import zipfile
from datetime import date, datetime
from typing import Any, Final

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from backend.deadlines.calendar import WEEK
from backend.errors import BadInput
from backend.office.settings_draft import Draft, HolidayDraft, YearDraft
from backend.web import workbook
from locales import N_

MEDIA_TYPE: Final = workbook.MEDIA_TYPE
#: what a line is about; the words of the first column in both languages
KINDS: Final = {
    "mon": "周一 Mon", "tue": "周二 Tue", "wed": "周三 Wed", "thu": "周四 Thu", "fri": "周五 Fri",
    "sat": "周六 Sat", "sun": "周日 Sun", "year": "年份 Year", "holiday": "节假日 Holiday",
    "make-up": "调休上班 Make-up day",
}  # fmt: skip
STATES: Final = {"published": "已公布 published", "provisional": "暂定 provisional"}
HEAD: Final = ("项目 What", "中文名称", "English name", "起 From", "止 To", "时间或状态 Hours or state")
MOST_ROWS: Final = 500


class BadSheet(BadInput):
    detail = N_("This file is not our Excel sheet. Please download it here, change it and upload it again.")


class BadLine(BadInput):
    detail = N_("Line {line} cannot be read. Please compare it with the sheet as it is downloaded here.")


def written(draft: Draft) -> bytes:
    """Return a calendar as a workbook."""
    rows: list[list[str]] = []
    for day, text in zip(WEEK, draft.week, strict=True):
        rows.append([KINDS[day], "", "", "", "", text])
    for year in draft.years:
        if year.status == "missing":
            continue
        rows.append([KINDS["year"], "", "", str(year.year), "", STATES[year.status]])
        rows += [[KINDS["holiday"], one.zh, one.en, one.first, one.last, ""] for one in year.holidays]
        for one in (part.strip() for part in year.days.split(",") if part.strip()):
            rows.append([KINDS["make-up"], "", "", one, "", year.hours])
    return workbook.sheet("calendar", HEAD, rows)


def read(data: bytes) -> Draft:
    """Return what a workbook holds; nothing is judged yet. Raises BadSheet, BadLine."""
    week = dict.fromkeys(WEEK, "")
    years: dict[int, list[Any]] = {}
    current = 0
    for number, cells in enumerate(_rows(data), start=2):
        what, zh, en, first, last, hours = cells
        kind = _kind(what)
        if kind in week:
            week[kind] = hours
        elif kind == "year" and first[:4].isdigit() and 2000 <= int(first[:4]) <= 2200:
            current = int(first[:4])
            years[current] = [_state(hours), [], [], ""]
        elif kind == "holiday" and current:
            years[current][1].append(HolidayDraft(zh, en, first, last))
        elif kind == "make-up" and current:
            years[current][2].append(first)
            years[current][3] = hours or years[current][3]
        elif any(cells):
            raise BadLine(None, line=number)
    found = tuple(
        YearDraft(year, state, tuple(holidays), ", ".join(days), hours)
        for year, (state, holidays, days, hours) in sorted(years.items())
    )
    return Draft(tuple(week[day] for day in WEEK), found)


def _kind(text: str) -> str:
    """The kind of a line by either of its words."""
    folded = text.casefold()
    for kind, words in KINDS.items():
        if folded in (kind, words.casefold(), *(words.casefold().split(" ", 1))):
            return kind
    return ""


def _state(text: str) -> str:
    return "published" if "已公布" in text or text.casefold() == "published" else "provisional"


def _rows(data: bytes) -> list[list[str]]:
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        lines = list(book.worksheets[0].iter_rows(min_row=2, max_row=MOST_ROWS, max_col=6, values_only=True))
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError, IndexError) as error:
        raise BadSheet from error
    return [[_text(one) for one in (*line, *[None] * 6)[:6]] for line in lines]


def _text(value: object) -> str:
    """Excel makes dates of what looks like one."""
    if isinstance(value, datetime | date):
        return f"{value:%Y-%m-%d}"
    return str(value).strip().removesuffix(".0") if value is not None else ""
