"""Not sure what is meant: two or three likely items are offered, and the answer is understood. Pure."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from backend.conversations import about, forms, remarks
from backend.conversations.details import short
from backend.conversations.keeping import AT_MOST
from backend.conversations.state import Button, Form, Reply, Said, Turn, slot_values
from backend.conversations.talk import (
    HUMAN_BUTTON,
    MENU_BUTTON,
    NOTHING_OFFERED,
    Talk,
    item_button,
    not_understood,
)
from intents.denied import denies_often
from intents.meaning import Act, Intent, Meaning
from intents.menu import Item

#: "the first", "第二个" and the like, by their place among the offered items
ORDINALS: Final = (
    ("1", "一", "第一", "第一个", "the first", "first", "the first one", "first one"),
    ("2", "二", "第二", "第二个", "the second", "second", "the second one", "second one"),
    ("3", "三", "第三", "第三个", "the third", "third", "the third one", "third one"),
)

#: less likely than this, a service that was not offered is no reason to leave the offer
LIKELY: Final = 0.4
#: so long a choice that nobody answers is put again behind another answer
NOW_AND_THEN: Final = timedelta(minutes=10)
#: cleaning that is done once
ONCE: Final = ("value.clean-hourly.hourly-helper", "value.clean-oneoff.household-clean")


def offer(talk: Talk, meaning: Meaning, slots: dict[str, Any], files: tuple[str, ...]) -> Turn:
    """The two or three likeliest items as buttons, with a way out; an alarm is never a guess."""
    intent = meaning.intents[0]
    words = intent.words or meaning.text  # what was wished for beside it has words of its own
    ids = [intent.item] if intent.item else []
    ids += [other.item for other in intent.alternatives if other.item not in ids]
    items = [item for i in ids if (item := talk.menu.find_item(i)) and item.workflow != "emergency"][:3]
    items = _not_often(items, meaning.text) or items
    if not items or talk.state.failures >= 2:
        return not_understood(talk, words)
    state = talk.remember(
        offered=tuple(item.id for item in items), offered_words=words, offered_slots=slots,
        offered_at=talk.now.isoformat(), failures=talk.state.failures + 1, unsettled=_unsettled(talk, words),
        file_ids=talk.state.file_ids + files,
    )  # fmt: skip
    return ask_which(talk.with_state(state), items)


def _unsettled(talk: Talk, words: str) -> tuple[str, ...]:
    """The words of an offer that gives way to another: whoever takes over in the end reads them too."""
    state = talk.state
    if not (state.offered and state.offered_words) or state.offered_words in words:
        return state.unsettled
    return (*state.unsettled, state.offered_words)[-3:]


def asked_again(talk: Talk, turn: Turn) -> Turn:
    """A turn in passing, and then the offer that is still open, so that nobody's wish is forgotten."""
    items = [item for i in turn.state.offered if (item := talk.menu.find_item(i)) is not None]
    if not items or _is_long_ago(talk):
        return turn
    bare = tuple(replace(reply, buttons=()) for reply in turn.replies)
    return forms.then(replace(turn, replies=bare), ask_which(talk.with_state(turn.state), items))


def _is_long_ago(talk: Talk) -> bool:
    """Whether the choice was given so long ago that nobody is thinking of it now."""
    at = talk.state.offered_at
    return bool(at) and talk.now - datetime.fromisoformat(at) >= NOW_AND_THEN


def ask_which(talk: Talk, items: list[Item]) -> Turn:
    """The choice between these services, with a way out."""
    buttons = tuple(replace(item_button(item), action="offer", single=True) for item in items)
    none = Button("none_of_these", "none", {})
    return Turn(talk.state, (Reply("which", {}, (*buttons, none, HUMAN_BUTTON)),))


def answered(talk: Talk, heard: Said, intent: Intent) -> Turn | None:
    """The answer in words to an offer: a yes, a name, "the second", or more details; None when it is none."""
    items = [item for i in talk.state.offered if (item := talk.menu.find_item(i)) is not None]
    if not items:
        return None
    if len(items) > 1 and _VAGUE.fullmatch(heard.meaning.text.strip(" .!?。！？，,~").lower()):
        return ask_which(talk, items)  # "whichever" chooses nothing
    if intent.act == Act.DENY and _NONE.fullmatch(heard.meaning.text.strip(" .!?。！？，,~")):
        return none_of_these(talk)
    fewer = _not_often(items, heard.meaning.text)
    if len(fewer) != 1 and intent.act == Act.DENY and fewer and denies_often(heard.meaning.text):
        return ask_which(talk.with_state(talk.remember(offered=tuple(item.id for item in fewer))), fewer)
    chosen = fewer[0] if len(fewer) == 1 < len(items) else _chosen(items, heard.meaning.text, intent)
    slots = {**talk.state.offered_slots, **_details(intent)}
    if chosen is not None:
        state = talk.state
        return forms.start(talk, chosen, slots, state.offered_words, files=heard.file_ids,
                           asked_at=state.offered_at)  # fmt: skip
    is_detail = intent.item is None or (heard.meaning.decision != "act" and not _leads(items, intent))
    if is_detail and slots != talk.state.offered_slots and len(heard.meaning.text) <= _SHORT:
        unsettled = (*talk.state.unsettled, heard.meaning.text)[-3:]
        return ask_which(talk.with_state(talk.remember(offered_slots=slots, unsettled=unsettled)), items)
    return ask_which(talk, items) if intent.act == Act.AFFIRM else None


def none_of_these(talk: Talk) -> Turn:
    """None of the offered items: asked once more in other words, then a person takes over."""
    again = talk.with_state(talk.remember(failures=max(0, talk.state.failures - 1), offered=()))
    return not_understood(again, talk.state.offered_words, "say_it_differently")


_NONE: Final = re.compile(
    r"(?:都|全|这些)*不(?:是|对)(?:的|这些|这个|啊|呀|哦)*|都没有"
    r"|no(?:pe)?|none(?: of (?:these|them|those))?|neither"
    r"|not (?:these|those|that|it|any of them)",
    re.IGNORECASE,
)


def let_go(talk: Talk, heard: Said, intent: Intent) -> Turn | None:
    """What was asked about is withdrawn ("算了", "forget it"): neither it nor its words come up again.

    None where nothing was asked, or the words let something else go.
    """
    state, words = talk.state, heard.meaning.text
    is_asked = bool(state.offered) or bool(state.failures and state.offered_words)
    if not is_asked or len(heard.meaning.intents) > 1 or not _withdraws(words, intent):
        return None
    if "ticket" in intent.slots or _names_ticket(talk, words):
        return None
    values = {"address": talk.facts.address_as}
    return Turn(talk.remember(failures=0, **NOTHING_OFFERED), (Reply("let_go", values, (MENU_BUTTON,)),))


def _withdraws(words: str, intent: Intent) -> bool:
    is_no = intent.act == Act.DENY and _NEVER_MIND.search(words) is not None
    return is_no or remarks.drops(words, intent)


def _names_ticket(talk: Talk, words: str) -> bool:
    """Whether a ticket in hand is named, and what was asked about is not."""
    if about.named(talk, talk.facts.tickets, words) is None:
        return False
    items = [item for i in talk.state.offered if (item := talk.menu.find_item(i)) is not None]
    names = " ; ".join(name for item in items for name in (item.name.zh, item.name.en))
    return not about.have_in_common(words, f"{talk.state.offered_words} ; {names}")


_NEVER_MIND: Final = re.compile(
    r"算了|不用了|不要了|不办了|\b(?:never ?mind|forget|leave it|drop it|scrap)\b", re.IGNORECASE
)
#: how sure more words must be of one of the offered services
FAIRLY: Final = 0.6
_VAGUE: Final = re.compile(
    r"(?:随便|都行|都可以|无所谓|看着办|哪个都行)(?:啦|吧|了|的)?"
    r"|whatever|whichever|any(?: of them)?|either|anything"
)
#: an answer of more characters than this is a new matter, not a detail of the offered one
_SHORT: Final = 24


def _leads(items: list[Item], intent: Intent) -> bool:
    """Whether another service than those offered is likely enough to be a wish of its own."""
    return intent.confidence >= LIKELY and intent.item not in [item.id for item in items]


def is_often(item: Item) -> bool:
    """Whether a service is ordered by the month."""
    return "包月" in item.name.zh


def _not_often(items: list[Item], words: str) -> list[Item]:
    """The offered services that are left where the words say that once is enough."""
    return [item for item in items if not is_often(item)] if denies_often(words) else items


def once_instead(talk: Talk, form: Form, heard: Said) -> Turn:
    """Cleaning by the month is not meant: that wish goes, and what is done once is offered in its place."""
    items = [item for i in ONCE if (item := talk.menu.find_item(i)) is not None]
    turn = forms.drop(talk, form)
    if turn.state.form is not None:
        return turn
    words = f"{form.words}\n{heard.meaning.text}".strip()
    slots = {key: value for key, value in form.slots.items() if key != "freq"}
    state = replace(turn.state, offered=tuple(item.id for item in items), offered_words=words,
                    offered_slots=slots, offered_at=form.asked_at, file_ids=form.file_ids)  # fmt: skip
    return forms.then(turn, ask_which(talk.with_state(state), items))


def set_aside(talk: Talk, turn: Turn) -> Turn:
    """Another wish began while a choice was open: that choice is told to come afterwards."""
    before, after = talk.state, turn.state
    is_other = after.form is not None and after.form.item not in before.offered
    if not (before.offered and before.offered_words and is_other and turn.replies):
        return turn
    if after.form is not None and before.offered_words in after.form.words:
        return turn  # it was chosen in other words, or with more of them
    kept = {"items": list(before.offered), "words": before.offered_words, "slots": before.offered_slots,
            "at": before.offered_at}  # fmt: skip
    told = Reply("set_aside", {"text": short(before.offered_words)})
    return replace(turn, state=replace(after, aside=kept), replies=(told, *turn.replies))


def asked_afterwards(talk: Talk, turn: Turn) -> Turn:
    """The choice that was set aside, once the other wish is done; one of half an hour ago is over."""
    kept = talk.state.aside
    items = [item for i in kept.get("items", ()) if (item := talk.menu.find_item(i)) is not None]
    state = replace(turn.state, aside={})
    is_old = not kept or talk.now - datetime.fromisoformat(kept["at"] or talk.now.isoformat()) >= AT_MOST
    if not items or is_old:
        return replace(turn, state=state)
    state = replace(state, offered=tuple(item.id for item in items), offered_words=kept["words"],
                    offered_slots=kept["slots"], offered_at=kept["at"])  # fmt: skip
    bare = tuple(forms.going_on(reply) for reply in turn.replies)
    return forms.then(replace(turn, replies=bare), ask_which(talk.with_state(state), items))


def _details(intent: Intent) -> dict[str, Any]:
    return {k: v for k, v in slot_values(intent).items() if k != "ticket"}


def _chosen(items: list[Item], text: str, intent: Intent) -> Item | None:
    said = text.strip(" .!?。！？，,").lower()
    for item, names in zip(items, ORDINALS, strict=False):
        if said in names or said in (item.name.zh, item.name.en.lower()):
            return item
    if intent.act == Act.AFFIRM:  # a mere yes says which only where there is no other
        return next((item for item in items if item.id == intent.item), items[0] if len(items) == 1 else None)
    is_fair = intent.act == Act.REQUEST and intent.confidence >= FAIRLY
    return next((item for item in items if is_fair and item.id == intent.item), None)
