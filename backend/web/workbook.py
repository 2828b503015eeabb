"""Lists as an Excel workbook, row by row: words stay words, numbers are numbers, instants are dates."""

import io
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Final

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

MEDIA_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: rows of one export; more are asked for part by part
MOST_ROWS: Final = 50_000
Value = str | int | float | date | datetime | None
#: what Excel does not take in the name of a sheet or in a cell
_BAD_NAME = re.compile(r"[\[\]:*?/\\]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_LONGEST: Final = 32_000
_WIDEST: Final = 60


def sheet(title: str, head: Sequence[str], rows: Iterable[Sequence[Value]]) -> bytes:
    """Return one .xlsx file with a heading row that stays in sight.

    Instants must be local and naive already: a workbook knows no zones.
    """
    book = Workbook(write_only=True)
    page = book.create_sheet(_BAD_NAME.sub(" ", title)[:31] or "1")
    page.freeze_panes = "A2"
    for place, name in enumerate(head):
        page.column_dimensions[chr(65 + place % 26)].width = min(_WIDEST, max(12, 2 * len(name) + 4))
    page.append([_heading(page, one) for one in head])
    for row in rows:
        page.append([_cell(page, one) for one in row])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _heading(page: object, text: str) -> WriteOnlyCell:
    cell = _cell(page, text)
    cell.font = Font(bold=True)
    return cell


def _cell(page: object, value: Value) -> WriteOnlyCell:
    if not isinstance(value, str):
        return WriteOnlyCell(page, value)
    cell = WriteOnlyCell(page, _CONTROL.sub("", value)[:_LONGEST])
    # What somebody wrote is text, never a formula that a spreadsheet would run.
    cell.data_type = "s"
    return cell
