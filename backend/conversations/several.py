"""Several wishes in one message: the first is begun, the others are noted and come in their turn. Pure."""

import re
from dataclasses import replace
from typing import Any, Final

from backend.conversations import about, forms, offers
from backend.conversations.state import Reply, Said, Turn, own_words, slot_values
from backend.conversations.talk import ENQUIRY, Talk
from intents.meaning import Act, Intent, Meaning
from intents.menu import Item

#: wishes that wait at once, beside the one under way
MOST: Final = 3
#: how sure a second wish must be of a service that is ordered without being read back
SURE: Final = 0.75
_WAITS: Final = frozenset({Act.REQUEST, Act.ENQUIRY, Act.COMPLAINT, Act.SUGGESTION, Act.PRAISE})
#: replies after which the others are named, for they come later
_ASKING: Final = frozenset({
    "ask", "ask_again", "ask_day", "ask_part", "which", "read_back", "read_back_change", "which_detail",
    "incident_known", "own_ask", "what_again", "not_understood", "cancel_ask", "which_ticket", "ask_new_time",
})  # fmt: skip
#: replies beside which nothing else is begun: somebody may be in danger, or was just handed to a person
_ALONE: Final = frozenset({"emergency", "emergency_where", "added_alarm", "handed_over", "handed_over_asked"})


def without_a_mere_no(heard: Said) -> Said:
    """ "No thanks, but order two bottles of water": with nothing under way only the wish is left."""
    first, *rest = heard.meaning.intents
    if first.act not in (Act.DENY, Act.AFFIRM) or not any(one.act in _WAITS and one.item for one in rest):
        return heard
    return replace(heard, meaning=replace(heard.meaning, intents=tuple(rest)))


def dangerous(talk: Talk, meaning: Meaning) -> Item | None:
    """A danger named calmly beside another wish: it never waits its turn."""
    asked = (one.item for one in meaning.intents[1:] if one.act == Act.REQUEST and one.item)
    items = (talk.menu.find_item(item) for item in asked)
    return next((item for item in items if item is not None and item.workflow == "emergency"), None)


def noted(talk: Talk, meaning: Meaning) -> Talk:
    """Remember what was wished for beside the first matter of a message."""
    others = [_wish(talk, intent, intent.words or meaning.text) for intent in meaning.intents[1:]
              if intent.item and intent.act in _WAITS and not _is_rash(talk, intent)]  # fmt: skip
    if not others:
        return talk
    again = {wish["item"] for wish in others}  # said anew, it is not wished for twice
    before = [wish for wish in talk.state.waiting if wish["item"] not in again]
    return talk.with_state(talk.remember(waiting=(*before, *others)[:MOST]))


def _is_rash(talk: Talk, intent: Intent) -> bool:
    """A guess at a service that is ordered without being read back: nothing is opened on a mere guess."""
    item = talk.menu.find_item(intent.item) if intent.item else None
    at_once = item is not None and item.workflow in forms.NO_READ_BACK | forms.AT_ONCE
    return intent.act == Act.REQUEST and at_once and intent.confidence < SURE


def _wish(talk: Talk, intent: Intent, words: str) -> dict[str, Any]:
    item, slots = talk.item(intent.item or ENQUIRY), slot_values(intent)
    if intent.act == Act.ENQUIRY and item.workflow != "enquiry":
        item = talk.item(ENQUIRY)
    if intent.act != Act.REQUEST:
        slots = {**slots, "topic": words}
    said = own_words(slots)
    return {"item": item.id, "slots": slots, "words": words, "asked_at": talk.now.isoformat(), "said": said}


def named(before: Talk, talk: Talk, turn: Turn) -> Turn:
    """While the first matter is asked about, the others are named: nobody wonders whether they were heard.

    ``talk``: what it was before the others were noted in it is ``before``.
    """
    fresh = [wish for wish in talk.state.waiting if wish not in before.state.waiting]
    others = [wish for wish in fresh if wish in turn.state.waiting]
    kinds = {reply.kind for reply in turn.replies}
    if not others or "noted_next" in kinds or not kinds & _ASKING:
        return turn
    names = [talk.item(wish["item"]).name for wish in others]
    values = {"name_zh": "”“".join(n.zh for n in names), "name_en": "” and “".join(n.en for n in names)}
    return replace(turn, replies=(Reply("noted_next", values), *turn.replies))


def with_status(talk: Talk, meaning: Meaning, turn: Turn) -> Turn:
    """How a ticket stands, asked beside something else: told first, then what the other one needs."""
    asked = next((one for one in meaning.intents[1:] if one.act == Act.STATUS), None)
    is_told = any(reply.kind in ("status", "no_tickets") or reply.kind in _ALONE for reply in turn.replies)
    if asked is None or is_told or not turn.replies:
        return turn
    told = about.status(talk, _number_of(talk, asked, asked.words or meaning.text))
    bare = tuple(replace(reply, buttons=()) for reply in told.replies)
    return replace(turn, replies=(*bare, *turn.replies))


def _number_of(talk: Talk, intent: Intent, words: str) -> int | None:
    """The ticket that is asked about, by its number or in words; None for all of them."""
    number = intent.slots.get("ticket")
    if isinstance(number, int):
        return number
    found = next((t for t in talk.facts.tickets if re.search(rf"(?<!\d){t.number}(?!\d)", words)), None)
    found = found or about.named(talk, talk.facts.tickets, words)
    return found.number if found else None


def go_on(talk: Talk, turn: Turn) -> Turn:
    """With nothing left to answer, the next wish begins."""
    state = turn.state
    is_open = state.form is not None or state.expects is not None or state.offered or state.failures
    is_open = is_open or any(reply.kind in _ASKING | _ALONE for reply in turn.replies)
    if is_open or talk.facts.is_quiet:
        return turn
    if not state.waiting:
        return offers.asked_afterwards(talk.with_state(state), turn) if state.aside else turn
    return forms.then_next(talk.with_state(state), turn)
