"""What is said where a workbook cannot hold a whole list: how many rows there are, and how to get them all.

Said twice: on the page before anybody saves the file, and in the file's last row, where the list stops.
"""

from typing import Final

from locales import N_, t

IN_FILE: Final = N_(
    "This list has {count} rows. This file holds the first {most} of them; the other {left} are not in it. "
    "{how}"
)
ON_PAGE: Final = N_("This list has {count} rows. An Excel file holds only the first {most} of them. {how}")


def in_file(language: str, count: int, most: int, how: str) -> str:
    """The file's last row; "" where all ``count`` rows are in it. ``how``: a sentence, how to narrow down."""
    if count <= most:
        return ""
    return t(language, IN_FILE, count=f"{count:,}", most=f"{most:,}", left=f"{count - most:,}",
             how=t(language, how))  # fmt: skip


def on_page(language: str, count: int, most: int, how: str) -> str:
    """What stands above the list; "" where one file holds all ``count`` rows."""
    if count <= most:
        return ""
    return t(language, ON_PAGE, count=f"{count:,}", most=f"{most:,}", how=t(language, how))
