"""The Excel file itself: read safely, row by row; the template, an export, and the rows that had faults.

A workbook is a zip that anybody may have made: what it unpacks to is measured before it is opened, and it
is read as a stream. Formulas are never reckoned, and what we write is text, never a formula.
"""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import column_index_from_string
from openpyxl.worksheet.datavalidation import DataValidation

from backend.errors import BadUpload
from backend.households import columns
from backend.households.columns import BY_ID, COLUMNS, EXAMPLE, REMARK, WORDS, Column
from backend.households.rows import Fault, Raw
from locales import N_, t

MEDIA_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ROWS: Final = 10_000
#: bytes that a workbook may unpack to: 10,000 full rows are a tenth of it
MOST_UNPACKED: Final = 80 * 1024 * 1024
#: rows above the headings: a title, a date
MOST_ABOVE: Final = 10
MOST_COLUMNS: Final = 60
#: empty rows in a row that end the sheet: Excel keeps thousands of them below a list that was longer once
MOST_EMPTY: Final = 200
#: joined cells of a sheet: a few bytes may join millions
MOST_JOINED: Final = 300_000
SHEET: Final = "住户 Residents"

NOT_EXCEL: Final = N_(
    "This is no Excel file. Please save the list as an Excel workbook (.xlsx) and send that."
)
OLD_EXCEL: Final = N_(
    "This Excel file is of the old kind (.xls), or locked with a password. Please open it, save it as an "
    "Excel workbook (.xlsx) without a password and send that."
)
TOO_BIG: Final = N_("This workbook holds far more than a list of homes. Please copy the list into a new one.")
TOO_LONG: Final = N_("The list has more than {limit} rows. Please split it into two files.")
NO_HEADINGS: Final = N_("No row of headings was found. The list needs at least the columns 楼栋 Building "
                        "and 房号 Flat, or one column 房屋 Home with the whole of it, such as 3-2-1501; the "
                        "template has them all.")  # fmt: skip
NO_ROWS: Final = N_("There is nothing below the headings.")
TWICE: Final = N_("The column {name} stands there twice. Please keep one of them.")

FORMULA: Final = N_("A formula stands here. Please copy the cells and paste them as values.")
MERGED: Final = N_("This cell is joined with others. Please take the joining back and fill in each row.")
IS_DATE: Final = N_("Excel took this for a date. Please format the column as text and type it again.")
BROKEN: Final = N_("Excel shows an error here ({text}).")


def read(data: bytes) -> list[Raw]:
    """Return the rows below the headings, without the empty ones and the example. Raises BadUpload."""
    try:
        merged = _look_inside(data)
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=False)
    except BadUpload:
        raise
    except Exception as error:  # a broken file breaks its readers in every way there is
        raise BadUpload(NOT_EXCEL) from error
    try:
        return _read_sheets(book, merged)
    except BadUpload:
        raise
    except Exception as error:
        raise BadUpload(NOT_EXCEL) from error
    finally:
        book.close()


def _look_inside(data: bytes) -> dict[str, list[str]]:
    """Measure the zip, and find joined cells, which a streamed reading does not tell. Raises BadUpload."""
    if data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise BadUpload(OLD_EXCEL)
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        names = packed.namelist()
        if "xl/workbook.xml" not in names:
            raise BadUpload(NOT_EXCEL)
        if len(names) > 500 or sum(one.file_size for one in packed.infolist()) > MOST_UNPACKED:
            raise BadUpload(TOO_BIG)
        sheets = [name for name in names if re.fullmatch(r"xl/worksheets/[^/]+\.xml", name)]
        return {name.removeprefix("xl/"): _joined(packed.read(name)) for name in sheets}


def _joined(xml: bytes) -> list[str]:
    found = re.findall(rb'<(?:\w+:)?mergeCell\b[^>]*\bref="([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})"', xml)
    return [one.decode() for one in found[:MOST_ROWS]]


def _read_sheets(book: Any, merged: Mapping[str, list[str]]) -> list[Raw]:
    """The first sheet that has a row of headings."""
    for sheet in book.worksheets:
        sheet.reset_dimensions()  # what the file says of its size may be wrong
        place = str(getattr(sheet, "_worksheet_path", "")).lstrip("/").removeprefix("xl/")
        rows = enumerate(sheet.iter_rows(max_col=MOST_COLUMNS), start=1)
        named = _headings(rows)
        if named:
            return _rows(rows, named, _cells_of(merged.get(place, ())))
    raise BadUpload(NO_HEADINGS)


def _headings(rows: Iterator[tuple[int, Any]]) -> dict[int, str]:
    """Read on to the row of headings; which column (from 0) is what, or nothing. Raises BadUpload."""
    for number, cells in rows:
        texts = [str(cell.value) if cell.value is not None else "" for cell in cells]
        found = {place: name for place, text in enumerate(texts) if (name := columns.column_of(text))}
        named = columns.as_whole(found)
        if columns.is_heading(named.values()):
            twice = [name for name in named.values() if list(named.values()).count(name) > 1]
            if twice and twice[0] != REMARK.id:
                raise BadUpload(TWICE, name=BY_ID[twice[0]].heading)
            return named
        if number >= MOST_ABOVE:
            break
    return {}


def _cells_of(areas: Sequence[str]) -> set[tuple[int, int]]:
    """The (row, column from 0) of joined cells that show nothing of their own. Raises BadUpload."""
    found: set[tuple[int, int]] = set()
    room = MOST_JOINED
    for area in areas:
        ends = [re.match(r"([A-Z]+)(\d+)", end) for end in area.split(":")]
        if ends[0] is None or ends[1] is None:
            continue
        left, right = (column_index_from_string(end[1]) - 1 for end in ends if end)
        top, bottom = (int(end[2]) for end in ends if end)
        rows = range(top, min(bottom, top + MOST_ROWS) + 1)
        places = range(left, min(right, left + MOST_COLUMNS) + 1)
        room -= len(rows) * len(places)
        if room < 0:
            raise BadUpload(TOO_BIG)
        found |= {(row, place) for row in rows for place in places}
        found.discard((top, left))
    return found


def _rows(
    rows: Iterator[tuple[int, Any]], named: Mapping[int, str], hidden: set[tuple[int, int]]
) -> list[Raw]:
    found: list[Raw] = []
    empty = 0
    for number, cells in rows:
        raw = _raw(number, cells, named, hidden)
        empty = 0 if raw.cells else empty + 1
        if empty > MOST_EMPTY:
            break
        if not set(raw.cells) - {REMARK.id} or raw.cells.get(REMARK.id, "").startswith("示例"):
            continue
        if len(found) >= MOST_ROWS:
            raise BadUpload(TOO_LONG, limit=MOST_ROWS)
        found.append(raw)
    if not found:
        raise BadUpload(NO_ROWS)
    return found


def _raw(number: int, cells: Any, named: Mapping[int, str], hidden: set[tuple[int, int]]) -> Raw:
    texts: dict[str, str] = {}
    faults: list[Fault] = []
    for place, name in named.items():
        cell = cells[place] if place < len(cells) else None
        if (number, place) in hidden and name != REMARK.id:
            faults.append(Fault(number, name, MERGED))
        if cell is None or cell.value is None:
            continue
        text, sentence = _text(name, cell)
        if text.strip():
            texts[name] = text
        if sentence and name != REMARK.id:
            faults.append(Fault(number, name, sentence, {"text": text[:20]} if sentence == BROKEN else {}))
    return Raw(number, texts, tuple(faults))


def _text(name: str, cell: Any) -> tuple[str, str]:
    """A cell as text, and what is wrong with it."""
    value, kind = cell.value, cell.data_type
    if kind == "f" or not isinstance(value, str | int | float | bool | datetime | date):
        return str(value)[:200], FORMULA
    if kind == "e":
        return str(value), BROKEN
    if isinstance(value, datetime | date):
        day = value.date() if isinstance(value, datetime) else value
        return day.isoformat(), "" if name == "since" else IS_DATE
    if isinstance(value, bool):
        return ("是" if value else "否"), ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value)), ""
    return str(value)[:500], ""


def write(rows: Iterable[Mapping[str, str]], remarks: bool = False) -> bytes:
    """Rows by column id as the same sheet that is read; with ``remarks`` a last column for what is wrong."""
    book = Workbook(write_only=True)
    _fill(book.create_sheet(SHEET), rows, [*COLUMNS, *([REMARK] if remarks else [])])
    return _saved(book)


def template() -> bytes:
    """The sheet to fill in: headings in both languages, an example, lists to choose from, and a legend."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(SHEET)
    for name in WORDS:
        place = [one.id for one in COLUMNS].index(name)
        words = ",".join(options[0] for options in WORDS[name].values())
        letter = chr(ord("A") + place)
        rule = DataValidation(type="list", formula1=f'"{words}"', allow_blank=True, showErrorMessage=False)
        rule.add(f"{letter}2:{letter}{MOST_ROWS + 1}")
        sheet.data_validations.append(rule)
    example = {one.id: one.example for one in COLUMNS} | {REMARK.id: EXAMPLE}
    _fill(sheet, [example], [*COLUMNS, REMARK])
    _legend(book.create_sheet("说明 Legend"))
    return _saved(book)


def _fill(sheet: Any, rows: Iterable[Mapping[str, str]], shown: Sequence[Column]) -> None:
    """The rows as text: Excel makes dates of 3-2-12 and drops the last digits of long numbers."""
    for place, one in enumerate(shown):
        dimension = sheet.column_dimensions[chr(ord("A") + place)]
        dimension.width, dimension.number_format = one.width, "@"
    sheet.freeze_panes = "A2"
    sheet.append([_heading(sheet, one) for one in shown])
    for row in rows:
        sheet.append([_written(sheet, row.get(one.id, "")) for one in shown])


def _heading(sheet: Any, column: Column) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, column.heading)
    cell.font, cell.alignment = Font(bold=True), Alignment(wrap_text=True, vertical="top")
    cell.fill = PatternFill("solid", fgColor="E3EFFB")
    return cell


#: what no cell may hold: one such sign, and Excel calls the whole file broken
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def _written(sheet: Any, text: str) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, _CONTROL.sub("", text)[:32_000])
    cell.data_type, cell.number_format = "s", "@"
    return cell


def _legend(sheet: Any) -> None:
    """What belongs in each column, and which words are known, in both languages."""
    for place, width in enumerate((18, 24, 46, 60)):
        sheet.column_dimensions[chr(ord("A") + place)].width = width
    sheet.append(["列", "Column", "填写说明", "What belongs there"])
    for one in (*COLUMNS, REMARK):
        sheet.append([one.zh, one.en, t("zh", one.about), t("en", one.about)])
    sheet.append([])
    sheet.append(["可填写的内容", "Known words"])
    for name, words in WORDS.items():
        for options in words.values():
            sheet.append([BY_ID[name].zh, BY_ID[name].en, options[0], options[1]])


def _saved(book: Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()
