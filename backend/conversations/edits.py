"""A message that its author changed after it was read. Pure."""

from dataclasses import replace
from typing import Any

from backend.conversations import forms
from backend.conversations.state import Edited, Form, KeepDraft, OnTicket, Turn, slot_values
from backend.conversations.talk import Talk
from intents.meaning import Act, Meaning


def noted(talk: Talk, heard: Edited) -> Turn:
    """Nothing is said; the ticket that the message belongs to gets a line on its timeline."""
    if heard.ticket is None:
        return Turn(talk.state)
    order = OnTicket("add", heard.ticket, {"kind": "edited", "words": heard.said.meaning.text})
    return Turn(talk.state, (), (order,))


def began(form: Form, heard: Edited) -> bool:
    """True when the message is (part of) the words that the wish began with."""
    return bool(heard.before) and heard.before in form.words


def began_offer(talk: Talk, heard: Edited) -> bool:
    """True when the message is (part of) the words for which a choice of services is open."""
    is_open = bool(talk.state.offered) and talk.state.form is None and not talk.facts.is_quiet
    return is_open and bool(heard.before) and heard.before in talk.state.offered_words


def corrected(talk: Talk, form: Form, heard: Edited) -> Turn:
    """The new wording in place of the old one; a read-back that is shown changes with it."""
    meaning = heard.said.meaning
    form_now = _other_item(talk, form, meaning) if began(form, heard) else form
    item = talk.item(form_now.item)
    said = {k: v for k, v in slot_values(meaning.intents[0]).items() if k != "ticket"}
    own = {k: _reworded(v, heard.before, meaning.text) for k, v in form_now.slots.items()}
    new = replace(
        form_now,
        words=_reworded(form.words, heard.before, meaning.text),
        slots=forms.fit(item, {**own, **said}),
        said=forms.said_of(form_now, said),
    )
    talk = talk.with_state(talk.remember(form=new, failures=0))
    if form.step in ("confirming", "changing"):
        return _read_back(talk, form, new, is_same_words=began(form, heard))
    if new.item != form.item or (form.asking and form.asking in new.slots):
        return forms.go_on(talk, replace(new, asking=None))
    return Turn(talk.state, (), (KeepDraft(new),))  # the question is open still; the read-back will show it


def _read_back(talk: Talk, old: Form, new: Form, *, is_same_words: bool) -> Turn:
    changed = [slot for slot, value in new.slots.items() if old.slots.get(slot) != value]
    if not changed and new.item == old.item and is_same_words:
        return Turn(talk.state, (), (KeepDraft(new),))
    new = replace(new, step="asking", asking=None)
    only = changed[0] if len(changed) == 1 and new.item == old.item else None
    return forms.go_on(talk, new, changed=only)


def _other_item(talk: Talk, form: Form, meaning: Meaning) -> Form:
    """The edited wish may be another service: what that one asks for as well is kept."""
    intent = meaning.intents[0]
    item = talk.menu.find_item(intent.item) if intent.item else None
    if item is None or item.id == form.item or intent.act != Act.REQUEST or meaning.decision != "act":
        return form
    kept = {k: v for k, v in form.slots.items() if k in item.required_slots + item.optional_slots}
    return replace(form, item=item.id, slots=kept, asked=(), asking=None)


def _reworded(value: Any, before: str, now: str) -> Any:
    return value.replace(before, now) if before and isinstance(value, str) else value
