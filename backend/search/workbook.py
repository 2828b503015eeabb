"""The list of tickets as an Excel workbook: the same columns and words as the page, figures as figures."""

import re
from collections.abc import Sequence
from typing import IO, Final

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from backend.search.views import Cell

MEDIA_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: what Excel does not take in a cell, and the most it takes
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_MOST_TEXT: Final = 32_000
_BAD_NAME: Final = re.compile(r"[\[\]:*?/\\]")
_WIDTHS: Final = {"title": 34, "words": 60, "clock": 30, "number": 10, "score": 8}


class Book:
    """A workbook that is written row by row and never held in memory as a whole."""

    def __init__(self, name: str, columns: Sequence[tuple[str, str]]) -> None:
        """``columns``: key and heading of each."""
        self._book = Workbook(write_only=True)
        self._sheet = self._book.create_sheet(_BAD_NAME.sub(" ", name)[:31])
        self._sheet.freeze_panes = "A2"
        for place, (key, _) in enumerate(columns, start=1):
            self._sheet.column_dimensions[get_column_letter(place)].width = _WIDTHS.get(key, 18)
        self._sheet.append([self._head(label) for _, label in columns])

    def _head(self, label: str) -> WriteOnlyCell:
        made = self._text(label)
        made.font = Font(bold=True)
        return made

    def _text(self, text: str) -> WriteOnlyCell:
        made = WriteOnlyCell(self._sheet, _CONTROL.sub("", text)[:_MOST_TEXT])
        # What somebody wrote is text, never a formula that a spreadsheet would run.
        made.data_type = "s"
        return made

    def add(self, cells: Sequence[Cell]) -> None:
        """Write one row."""
        self._sheet.append([self._cell(cell) for cell in cells])

    def _cell(self, cell: Cell) -> WriteOnlyCell:
        if cell.number is not None:
            return WriteOnlyCell(self._sheet, cell.number)
        if cell.at is not None:
            made = WriteOnlyCell(self._sheet, cell.at.replace(tzinfo=None, microsecond=0))
            made.number_format = "yyyy-mm-dd hh:mm"
            return made
        return self._text(cell.kept or cell.text)

    def save(self, file: IO[bytes]) -> None:
        """Close the workbook and write it as .xlsx."""
        self._book.save(file)
