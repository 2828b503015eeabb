"""Emergencies: safety lines and numbers first, duty staff in the same breath, details after. Pure."""

from datetime import datetime, timedelta
from typing import Final

from backend.conversations import situations
from backend.conversations.state import OnTicket, Open, OpenTicket, Order, Reply, Slots, Turn
from backend.conversations.talk import HUMAN_BUTTON, Talk
from intents.menu import Item

WORKFLOW: Final = "emergency"
DEFAULT_ITEM: Final = "common.security.incident"
DEFAULT_KIND: Final = "incident"
ITEMS: Final = {
    "gas": "common.fire.gas-leak", "fire": "common.fire.panic-button", "illness": "value.home.sudden-illness",
}  # fmt: skip
#: by tap the panic button says only that help is needed, not that there is a fire
KINDS: Final = {"common.fire.gas-leak": "gas", "value.home.sudden-illness": "illness"}
#: more words about the same emergency this soon join its ticket and ring again
SAME_WITHIN: Final = timedelta(minutes=15)
#: the state of a ticket whose danger is over
OVER: Final = "done"


def raise_alarm(talk: Talk, kind: str, item: Item, slots: Slots, words: str, files: tuple[str, ...]) -> Turn:
    """Say what keeps people safe and open (or ring again) the emergency's ticket; a form is kept."""
    words = f"{words}\n{talk.state.place}".strip()
    orders: tuple[Order, ...] = (
        Open(item.id, dict(slots), words, talk.now.isoformat(), WORKFLOW, files, kind),
    )
    known = _raised_before(talk, item)
    if known is not None:
        more = {"words": words, "file_ids": list(files)}
        orders = (OnTicket("add", known.number, more), OnTicket("urge", known.number))
    lines = situations.guidance(kind, words, slots.get("where"))
    values = {"kind": lines, "home": talk.facts.home, "hotline": talk.facts.hotline,
              "linked": talk.facts.linked}  # fmt: skip
    replies = (
        Reply("emergency", values, (HUMAN_BUTTON,), order=0, is_urgent=True),
        Reply("emergency_where", values, order=0, is_urgent=True),
    )
    return Turn(talk.remember(expects="alarm", about=None, failures=0, place=""), replies, orders)


def _raised_before(talk: Talk, item: Item) -> OpenTicket | None:
    open_ones = (t for t in talk.facts.tickets if t.item == item.id and t.state != OVER)
    return next((t for t in open_ones if is_fresh(t.opened_at, talk.now)), None)


def is_fresh(opened_at: datetime | None, now: datetime) -> bool:
    """Whether an emergency is so new that more words are about it."""
    return opened_at is not None and now - opened_at <= SAME_WITHIN


def by_words(talk: Talk, kind: str | None, slots: Slots, words: str, files: tuple[str, ...]) -> Turn:
    """An emergency that was recognised in somebody's words; for visitors too."""
    item = talk.menu.find_item(ITEMS.get(kind or "", DEFAULT_ITEM)) or talk.item(DEFAULT_ITEM)
    return raise_alarm(talk, kind or DEFAULT_KIND, item, slots, words, files)


def by_item(talk: Talk, item: Item, slots: Slots, words: str, files: tuple[str, ...]) -> Turn:
    """An emergency chosen from the menu, or named calmly: never a question first."""
    return raise_alarm(talk, KINDS.get(item.id, DEFAULT_KIND), item, slots, words, files)
