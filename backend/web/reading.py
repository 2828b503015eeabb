"""What stands in an address, read with care. Pure."""

from typing import Final

#: more digits than any row's number has, and than a JSON reader can hold
MOST_DIGITS: Final = 16


def is_number(text: str) -> bool:
    """True for plain digits that can be a row's number: "1042", not "", "٣" or twenty digits."""
    return text.isascii() and text.isdigit() and len(text) < MOST_DIGITS


def number_of(text: str) -> int | None:
    """Return the number, None for what is none."""
    return int(text) if is_number(text) else None
