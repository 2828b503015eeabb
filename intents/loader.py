"""Reads and checks the service menu from ``intents/data``.

Every fault of every file is found in one go and named as ``file: item: field: what is wrong``, so that whoever
edits the data mends all of them at once instead of meeting them one start after the other.
"""

from __future__ import annotations

from pathlib import Path

from intents.menu import Menu

DATA = Path(__file__).parent / "data"


class DataFaults(ValueError):
    """The data files are wrong; ``faults`` names every fault, one sentence each."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


def load_menu(data: Path | None = None) -> Menu:
    """The checked menu of the folder ``data`` (the shipped one by default). Raises DataFaults."""
    raise DataFaults((f"{data or DATA}: the menu is still being written",))
