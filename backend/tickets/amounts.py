"""Amounts of money as staff write them. Pure."""

from decimal import Decimal, InvalidOperation
from typing import Final

from locales import N_

MOST_FEN: Final = 100_000_000_00
NO_AMOUNT: Final = N_("Please write amounts in figures, such as 35 or 35.50.")


def read_fen(text: str) -> int | None:
    """An amount in yuan as typed ("35", "35.5", "¥35") in fen; None for nothing. Raises ValueError."""
    bare = text.strip().lstrip("¥￥").replace(",", "").replace("，", "").removesuffix("元").strip()
    if not bare:
        return None
    try:
        fen = Decimal(bare) * 100
    except InvalidOperation as error:
        raise ValueError(text) from error
    if not fen.is_finite() or fen != fen.to_integral_value() or not 0 <= fen <= MOST_FEN:
        raise ValueError(text)
    return int(fen)
