"""Details that answer another question, and what is told in place of the wish under way. Pure.

A wish that takes another's place keeps what still holds of it: its day, the way in, the room. All of that
stands in its read-back. A complaint takes along what was said of the wish, so that nobody asks again.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from backend.conversations import agreeing, forms, offers, remarks, voices
from backend.conversations.details import OUTSIDE
from backend.conversations.keeping import all_words
from backend.conversations.state import (
    Form,
    KeepDraft,
    Open,
    Order,
    Said,
    Slots,
    Turn,
    own_words,
    slot_values,
)
from backend.conversations.talk import ENQUIRY, Talk
from intents.meaning import Act, Intent

#: what a wish leaves to the one in its place, beside the time
_LEFT: Final = ("entry", "where")
#: details that are told in the words of the wish itself
TOLD: Final = frozenset({"fault", "topic", "service_scope"})
_NO_ROOM: Final = OUTSIDE | {"lift", "lobby", "corridor", "stairs", "roof"}


def told_elsewhere(talk: Talk, form: Form, heard: Said, slots: Slots) -> Turn:
    """They are kept and the open question comes again; told a second time they are no answer."""
    told = forms.meant(talk, form, slots)
    kept = replace(form, slots={**form.slots, **told}, said=forms.said_of(form, told))
    talk = talk.with_state(talk.remember(form=kept))
    if kept.slots == form.slots:
        return forms.cannot_read(talk, kept, heard.meaning.text)
    return forms.resume(talk, kept)


def home_told(talk: Talk, form: Form, heard: Said, slots: dict[str, Any]) -> Turn:
    """Who is at home when: the way in, as far as the service asks for one, and a line for whoever comes."""
    item, words = talk.item(form.item), heard.meaning.text
    is_way_in = "entry" in item.required_slots + item.optional_slots and remarks.is_at_home(words)
    told = {**({"entry": agreeing.YES_MEANS["entry"]} if is_way_in else {}), **slots}
    told = {slot: value for slot, value in told.items() if slot not in forms.WINDOW_SLOTS}
    form = replace(form, slots={**form.slots, **told}, words=all_words(form.words, (words,)))
    return forms.resume(talk.with_state(talk.remember(form=form)), form)


def fault_told(talk: Talk, form: Form, words: str, slots: Slots, act: Act) -> Turn | None:
    """What is wrong, or since when, where a place or a time was asked for: kept, and asked once more."""
    asking = form.asking or ""
    is_place = asking == "where" and remarks.tells_fault_alone(words)
    is_told = asking not in slots and act != Act.ENQUIRY and words not in form.words
    is_more = is_told and remarks.tells_trouble(words)
    is_no_time = asking in forms.WINDOW_SLOTS and (remarks.is_since(words) or is_more)
    if not is_place and not is_no_time:
        return None
    told = {slot: value for slot, value in slots.items() if slot != asking}
    fault = str(form.slots.get("fault") or "")
    if is_place and fault:
        told["fault"] = all_words(fault, (words,))
    form = replace(form, slots={**form.slots, **told}, words=all_words(form.words, (words,)))
    return forms.resume(talk.with_state(talk.remember(form=form)), form)


def dropped(talk: Talk, form: Form, heard: Said) -> Turn:
    """The wish is let go. One told in its place begins (it was noted), one that is not sure is offered, and a
    complaint comes before all that waits."""
    others = heard.meaning.intents[1:]
    angry = next((one for one in others if one.act == Act.COMPLAINT and one.words), None)
    if angry is not None:
        return _complain_instead(talk, form, heard, angry)
    other = next((one for one in others if one.act == Act.REQUEST and one.words), None)
    if other is None:
        return forms.drop(talk, form)
    turn = forms.drop(_with_left(talk, form, other), form)
    if other.item is not None or turn.state.form is not None:
        return turn
    unsure = replace(heard.meaning, text=other.words, intents=(other,))
    likely = [one.item for one in other.alternatives]
    slots = {**left(talk, form, likely), **slot_values(other)}
    return forms.then(turn, offers.offer(talk.with_state(turn.state), unsure, slots, ()))


def begin_instead(talk: Talk, form: Form, heard: Said, intent: Intent) -> Turn:
    """The wish under way is dropped and the one told in its place begins at once."""
    slots, item = slot_values(intent), intent.item or ENQUIRY
    wish = {"item": item, "slots": slots, "words": heard.meaning.text,
            "asked_at": talk.now.isoformat(), "said": own_words(slots),
            "file_ids": list(heard.file_ids)}  # fmt: skip
    wish = _and_left(talk, form, wish)
    return forms.drop(talk.with_state(talk.remember(waiting=(wish, *talk.state.waiting)[:3])), form)


def left(talk: Talk, form: Form, items: Iterable[str]) -> dict[str, Any]:
    """What of a dropped wish holds for every one of these services, as far as they ask for it.

    A time that has passed holds no more, nor does a haste that was another matter's; a place does in the home
    alone. Nothing is left to a service that is ordered without being read back.
    """
    held = _held(talk, form)
    known: list[dict[str, Any]] = []
    for item in map(talk.item, items):
        wanted = frozenset(item.required_slots + item.optional_slots) - {"where"} | frozenset(item.ask)
        if item.workflow in forms.NO_READ_BACK | forms.AT_ONCE or item.workflow == "emergency":
            return {}
        known.append({slot: value for slot, value in held.items() if slot in wanted})
    return {k: v for k, v in known[0].items() if all(k in one for one in known)} if known else {}


def _held(talk: Talk, form: Form) -> dict[str, Any]:
    """The time, the way in and the room of a wish, as far as they can hold for another."""
    held = {slot: form.slots[slot] for slot in ("when", "deadline") if _is_ahead(talk, form.slots.get(slot))}
    held |= {slot: form.slots[slot] for slot in _LEFT if slot in form.slots}
    if held.get("where") in _NO_ROOM:
        del held["where"]
    return held


def _is_ahead(talk: Talk, window: Any) -> bool:
    """Whether an agreed time is still to come."""
    last = (window.get("end") or window.get("start")) if isinstance(window, dict) else None
    return bool(last) and datetime.fromisoformat(str(last)) > talk.now


def _with_left(talk: Talk, form: Form, other: Intent) -> Talk:
    """The noted wish that takes the place of the dropped one, with what holds of that."""
    waiting = tuple(
        _and_left(talk, form, wish) if wish["item"] == other.item and wish["words"] == other.words else wish
        for wish in talk.state.waiting
    )
    return talk.with_state(talk.remember(waiting=waiting))


def _and_left(talk: Talk, form: Form, wish: dict[str, Any]) -> dict[str, Any]:
    """Its own details come first; a time of its own, under whatever name, leaves no room for another's."""
    is_timed = bool(forms.WINDOW_SLOTS & set(wish["slots"])) or "freq" in wish["slots"]
    more = {
        slot: value
        for slot, value in left(talk, form, [wish["item"]]).items()
        if slot not in wish["slots"] and not (is_timed and slot in forms.WINDOW_SLOTS)
    }
    said = {slot: words for slot, words in form.said.items() if slot in more}
    return {**wish, "slots": {**more, **wish["slots"]}, "said": {**said, **wish["said"]}}


def _complain_instead(talk: Talk, form: Form, heard: Said, angry: Intent) -> Turn:
    """The wish is let go and the complaint begins, with the words and photos of that wish behind it."""
    waiting = tuple(wish for wish in talk.state.waiting if wish["words"] != angry.words)
    alone = talk.with_state(talk.remember(waiting=()))
    turn = forms.drop(alone, form)
    said = replace(heard, file_ids=form.file_ids)
    voice = voices.voice_of(talk.with_state(turn.state), said, angry)
    words = all_words(form.words, (heard.meaning.text,))
    begun = replace(voice.state.form, words=words) if voice.state.form else None
    orders = tuple(_telling(order, words) for order in voice.orders)
    voice = replace(voice, state=replace(voice.state, form=begun, waiting=waiting), orders=orders)
    return forms.then(turn, voice)


def _telling(order: Order, words: str) -> Order:
    """An order of the complaint, with all that was said."""
    if isinstance(order, Open):
        return replace(order, words=words)
    return KeepDraft(replace(order.form, words=words)) if isinstance(order, KeepDraft) else order
