"""What every decision works with, and the small answers several of them share. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from backend.conversations.state import (
    Button,
    EndDraft,
    Facts,
    OnTicket,
    Open,
    OpenTicket,
    Reply,
    State,
    Turn,
)
from backend.tickets.own_steps import find as find_step
from intents.menu import Item, Menu

CALL_ME: Final = "common.voice.callback"
COMPLAINT: Final = "common.voice.complaint"
SUGGESTION: Final = "common.voice.suggestion"
ENQUIRY: Final = "common.voice.enquiry"
PRAISE: Final = "common.voice.praise"
#: what a state says of services offered for words, once these are chosen from, withdrawn or passed on
NOTHING_OFFERED: Final[Mapping[str, Any]] = MappingProxyType(
    {"offered": (), "offered_words": "", "offered_slots": {}, "offered_at": "", "unsettled": ()}
)
HUMAN_BUTTON: Final = Button("human", "human", single=False)
MENU_BUTTON: Final = Button("menu", "menu", single=False)
STATUS_BUTTON: Final = Button("status", "status", single=False)


@dataclass(frozen=True, slots=True)
class Talk:
    """One message's surroundings: the remembered state, the menu, the instant, the facts of the house."""

    state: State
    menu: Menu
    now: datetime
    facts: Facts

    def item(self, item_id: str) -> Item:
        return self.menu.item(item_id)

    def remember(self, **changes: Any) -> State:
        return replace(self.state, **changes)

    def with_state(self, state: State) -> "Talk":
        return replace(self, state=state)


def name_values(item: Item) -> dict[str, str]:
    return {"name_zh": item.name.zh, "name_en": item.name.en}


def greet(talk: Talk) -> Turn:
    """Answer a greeting: shorter when a wish is under way."""
    if talk.state.form is not None:
        return Turn(talk.state, (Reply("greeting_again", {"address": talk.facts.address_as}),))
    values = {"address": talk.facts.address_as, "hour": talk.now.hour, "estate": talk.facts.estate}
    return Turn(talk.remember(failures=0), (Reply("greeting", values, door_buttons(talk.menu)),))


def how_to_link(facts: Facts) -> tuple[Reply, ...]:
    """How a stranger becomes known; where the channel has a button for one's own number, that way too."""
    way = Reply("how_to_link", {"hotline": facts.hotline}, (HUMAN_BUTTON,))
    return (way, Reply("share_phone")) if facts.channel == "telegram" else (way,)


def ways_in(facts: Facts) -> tuple[Reply, ...]:
    """The same in one bubble where it can be: a keyboard for the number and buttons cannot share one."""
    if facts.channel != "telegram":
        return how_to_link(facts)
    return (Reply("how_to_link_phone", {"hotline": facts.hotline}),)


def door_buttons(menu: Menu) -> tuple[Button, ...]:
    return tuple(
        Button("text", "door", {"id": door.id, "zh": door.name.zh, "en": door.name.en}, single=False)
        for door in menu.doors
    )


def show_menu(talk: Talk) -> Turn:
    """The eight doors; a form under way is kept."""
    return Turn(talk.remember(failures=0), (Reply("menu", {}, door_buttons(talk.menu)),))


def item_button(item: Item) -> Button:
    return Button("text", "item", {"id": item.id, "zh": item.name.zh, "en": item.name.en}, single=False)


def own_buttons(tickets: Iterable[OpenTicket], *, numbered: bool = False) -> tuple[Button, ...]:
    """One button for each step that waits for the resident; ``numbered`` where several tickets are named."""
    found = []
    for ticket in tickets:
        for kind in ticket.own:
            step = find_step(ticket.workflow, ticket.step, kind)
            if step is not None:
                values = {"number": ticket.number, "step": kind, "said": step.label, "numbered": numbered}
                found.append(Button("own", "own", values))
    return tuple(found)


def hand_over(talk: Talk, words: str, kind: str) -> Turn:
    """Pass the matter to a person with everything said so far; the ticket is opened at once.

    An open hand-over ticket that nobody has answered yet takes the new words instead of a second one.
    """
    form = talk.state.form
    said = _everything_said(talk, words)
    noted = (file for wish in talk.state.waiting for file in wish.get("file_ids", ()))
    files = (*talk.state.file_ids, *(form.file_ids if form else ()), *noted)
    values = {"address": talk.facts.address_as, "butler": talk.facts.butler}
    state = talk.remember(form=None, failures=0, file_ids=(), expects=None, waiting=(), place="", aside={},
                          **NOTHING_OFFERED)  # fmt: skip
    known = next((t for t in talk.facts.tickets if t.item == CALL_ME and t.clock == "respond"), None)
    if known is not None and form is None:
        more = OnTicket("add", known.number, {"words": said, "file_ids": list(files)})
        return Turn(state, (Reply(kind, values, order=0),), (more,))
    item = form.item if form else CALL_ME
    slots = dict(form.slots) if form else {}
    since = talk.state.offered_at if talk.state.failures or talk.state.offered else ""
    asked_at = form.asked_at if form else since or talk.now.isoformat()
    order = Open(item, slots, said, asked_at, "handover", files, said=form.said if form else {})
    orders = (EndDraft("handed_over"), order) if form else (order,)
    return Turn(state, (Reply(kind, values, order=orders.index(order)),), orders)


def _everything_said(talk: Talk, words: str) -> str:
    """What the person said about the matter, each once: so that nobody has to ask again."""
    form = talk.state.form
    is_open = bool(talk.state.failures or talk.state.offered)
    before = [*talk.state.unsettled, talk.state.offered_words] if is_open else []
    waiting = (str(wish["words"]) for wish in talk.state.waiting)
    aside = str(talk.state.aside.get("words", ""))
    said = [*before, form.words if form else "", *waiting, aside, talk.state.place, words]
    lines = dict.fromkeys(line for text in said for line in text.split("\n"))
    return "\n".join(line for line in lines if line.strip())


def not_understood(talk: Talk, words: str, kind: str = "not_understood") -> Turn:
    """Ask once more; the second time in a row a person takes over (CON-07)."""
    if talk.state.failures >= 1:
        return hand_over(talk, words, "handed_over")
    buttons = (MENU_BUTTON, HUMAN_BUTTON)
    state = talk.remember(failures=1, offered_words=words, offered_at=talk.now.isoformat())
    return Turn(state, (Reply(kind, {}, buttons),))


def faq(talk: Talk, key: str) -> Turn:
    from_menu = (MENU_BUTTON, HUMAN_BUTTON)
    return Turn(talk.remember(failures=0), (Reply("faq", {"key": key}, from_menu),))
