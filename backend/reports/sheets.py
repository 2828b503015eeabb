"""Tables as an Excel workbook: the same rows and words as the page, figures as figures."""

import io
import re
from collections.abc import Iterable
from typing import Final

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from backend.reports.views import Cell, Table

MEDIA_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_NUMBER = re.compile(r"[+-]?\d{1,15}(\.\d+)?")
_MONEY = re.compile(r"¥(-?[\d,]{1,20}\.\d\d)")
_SHARE = re.compile(r"(-?\d{1,3}(?:\.\d+)?) ?%")
#: what Excel does not take in the name of a sheet or in a cell
_BAD_NAME = re.compile(r"[\[\]:*?/\\]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def workbook(tables: Iterable[Table]) -> bytes:
    """Return the tables as the sheets of one .xlsx file."""
    book, names = Workbook(write_only=True), set[str]()
    for place, table in enumerate(tables, start=1):
        name = _BAD_NAME.sub(" ", table.caption)[:28] or str(place)
        sheet = book.create_sheet(f"{name} {place}" if name in names else name)
        names.add(name)
        sheet.append([_text(sheet, one) for one in table.head])
        for row in table.rows:
            sheet.append([_written(sheet, cell) for cell in row])
        if table.cut:
            sheet.append([_text(sheet, table.cut)])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _written(sheet: object, cell: Cell) -> WriteOnlyCell:
    share = _SHARE.fullmatch(cell.text)
    if share:
        made = WriteOnlyCell(sheet, float(share[1]) / 100)
        made.number_format = "0.0%"
        return made
    money = _MONEY.fullmatch(cell.text)
    if money:
        made = WriteOnlyCell(sheet, float(money[1].replace(",", "")))
        made.number_format = "¥#,##0.00"
        return made
    if cell.kind in ("figure", "late") and _NUMBER.fullmatch(cell.text):
        return WriteOnlyCell(sheet, float(cell.text) if "." in cell.text else int(cell.text))
    return _text(sheet, f"{cell.text} {cell.note}".strip())


def _text(sheet: object, text: str) -> WriteOnlyCell:
    made = WriteOnlyCell(sheet, _CONTROL.sub("", text)[:32_000])
    # What somebody wrote is text, never a formula that a spreadsheet would run.
    made.data_type = "s"
    return made
