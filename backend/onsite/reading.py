"""What was typed on a phone at a job, as values. Pure."""

import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from backend.tickets.amounts import read_fen

#: lines of materials that are read, however many a page sends
MOST_LINES: Final = 20
_FIGURE: Final = re.compile(r"\d+(?:\.\d+)?")
_NUMERALS: Final = {sign: n for n, sign in enumerate("一二三四五六七八九十", 1)} | {"两": 2}
MAX_WORDS: Final = 2000


def material_rows(fields: Mapping[str, str]) -> tuple[list[tuple[str, str, int | None]], list[str]]:
    """Materials of the numbered fields (name, quantity, price each), and the fields that are wrong."""
    rows: list[tuple[str, str, int | None]] = []
    wrong: list[str] = []
    for n in range(MOST_LINES):
        name = fields.get(f"material.{n}", "").strip()
        if not name:
            continue
        try:
            price = read_fen(fields.get(f"price.{n}", ""))
        except ValueError:
            wrong.append(f"price.{n}")
            continue
        rows.append((name[:100], fields.get(f"quantity.{n}", "").strip()[:20], price))
    return rows, wrong


def total(rows: list[tuple[str, str, int | None]]) -> int | None:
    """What the materials cost together, in fen, where every quantity is a figure; None without a price."""
    sums: list[int] = []
    for _, quantity, price in rows:
        if price is None:
            continue
        many = _quantity(quantity)
        if many is None:
            return None
        sums.append(int(price * many))
    return sum(sums) if sums else None


def _quantity(text: str) -> Decimal | None:
    """How many: a figure before a unit ("2", "2.5 米", "3个"), a numeral ("一", "两只"), one for nothing."""
    bare = unicodedata.normalize("NFKC", text).strip()
    found = _FIGURE.match(bare)
    if found:
        return Decimal(found[0])
    numeral = re.match(f"[{''.join(_NUMERALS)}]+", bare)
    if numeral:
        return Decimal(_NUMERALS[bare[0]]) if len(numeral[0]) == 1 else None
    return None if bare else Decimal(1)
