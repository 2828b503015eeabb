"""An estate's own wording of what the assistant says: kept for the process, renewed when it changes anywhere.

``estates.settings["texts"]`` is a number that every change draws anew. The estate's row is read in every turn
anyway, so each process sees a change at its next turn, without asking again. No number comes twice: what a
process read of a change that was then taken back is never taken for a later one.
"""

import secrets
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final
from weakref import WeakKeyDictionary

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from backend.estates import queries
from backend.models import Estate

STAMP: Final = "texts"
#: sentence in the code → language → the estate's own; a language without one is left out
Texts = Mapping[str, Mapping[str, str]]
NONE: Final[Texts] = MappingProxyType({})
_KEPT: WeakKeyDictionary[Engine, dict[int, tuple[int, Texts]]] = WeakKeyDictionary()


def texts_of(session: Session, estate: Estate) -> Texts:
    """Return the sentences that this estate words itself; usually none, and then nothing is asked."""
    stamp = estate.settings.get(STAMP)
    if not isinstance(stamp, int):
        return NONE
    kept = _KEPT.setdefault(session.get_bind().engine, {})
    known = kept.get(estate.id)
    if known is None or known[0] != stamp:
        known = kept[estate.id] = (stamp, _read(session, estate.id))
    return known[1]


def _read(session: Session, estate_id: int) -> Texts:
    rows = queries.list_texts(session, estate_id)
    return {
        one.msgid: {name: text for name, text in (("zh", one.text_zh), ("en", one.text_en)) if text}
        for one in rows
    }


def changed(estate: Estate) -> None:
    """Let every process read this estate's sentences anew."""
    estate.settings = {**estate.settings, STAMP: secrets.randbits(48)}
