"""What comes without words: photos, voice messages, a place, and what cannot be read at all. Pure."""

from dataclasses import replace
from typing import Final

from backend.conversations import about, forms
from backend.conversations.state import Attachment, Form, Odd, Open, Reply, Turn
from backend.conversations.talk import CALL_ME, HUMAN_BUTTON, MENU_BUTTON, Talk

#: details that a place answers
PLACES: Final = ("where", "origin", "dest")


def attached(talk: Talk, heard: Attachment) -> Turn:
    """Photos and a place join the wish under way or the ticket meant; a voice message goes to a person."""
    if heard.is_voice:
        return _voice(talk, heard)
    form = talk.state.form
    if form is not None and talk.facts.pointed is None:
        return _in_form(talk, form, heard)
    ticket = about.find(talk, talk.state.about) or about.pick(talk, None)
    if ticket is not None:
        return _on_ticket(talk, ticket.number, heard)
    files, place = talk.state.file_ids + heard.file_ids, heard.words or talk.state.place
    state = talk.remember(file_ids=files, place=place)
    kind = "location_about_what" if heard.words else "photo_about_what"
    return Turn(state, (Reply(kind, {}, (MENU_BUTTON, HUMAN_BUTTON)),))


def _voice(talk: Talk, heard: Attachment) -> Turn:
    order = Open(CALL_ME, {}, "", talk.now.isoformat(), "voice", heard.file_ids)
    values = {"address": talk.facts.address_as, "butler": talk.facts.butler}
    return Turn(talk.state, (Reply("voice_taken", values, order=0),), (order,))


def _in_form(talk: Talk, form: Form, heard: Attachment) -> Turn:
    form = replace(form, file_ids=form.file_ids + heard.file_ids)
    if not heard.words:
        return forms.go_on(talk.with_state(talk.remember(form=form)), replace(form, asked=form.asked[:-1]))
    slot = form.asking if form.asking in PLACES else _open_place(talk, form)
    if slot is None:
        form = replace(form, words=f"{form.words}\n{heard.words}".strip())
        return forms.resume(talk.with_state(talk.remember(form=form)), form)
    if slot == form.asking or form.step != "asking":
        return forms.take(talk, form, {slot: heard.words})
    form = replace(form, slots={**form.slots, slot: heard.words})
    return forms.resume(talk.with_state(talk.remember(form=form)), form)


def _open_place(talk: Talk, form: Form) -> str | None:
    """A place this wish may have and does not know yet."""
    item = talk.item(form.item)
    wanted = item.required_slots + item.optional_slots
    return next((slot for slot in PLACES if slot in wanted and slot not in form.slots), None)


def _on_ticket(talk: Talk, number: int, heard: Attachment) -> Turn:
    turn = about.add(talk, number, heard.words, heard.file_ids)
    if talk.facts.is_quiet:
        return replace(turn, replies=())
    return then_the_question(talk, turn)


def then_the_question(talk: Talk, turn: Turn) -> Turn:
    """Come back to the wish under way, if there is one."""
    form = talk.state.form
    return forms.then(turn, forms.resume(talk.with_state(turn.state), form)) if form else turn


def odd(talk: Talk, heard: Odd) -> Turn:
    """A friendly line, then the open question again; it counts as no failure, and the wish goes on."""
    if heard.kind == "sticker":
        return _sticker(talk)
    form, quiet = talk.state.form, talk.facts.is_quiet
    kind = f"refused_{heard.reason}" if heard.kind == "refused" else _ODD[heard.kind]
    if kind == "contact_foreign" and talk.facts.linked:
        kind = "contact_in_words"  # we know who this is: no keyboard that asks for the own number
    # a keyboard for the own number and buttons under a message cannot go together
    has_buttons = form is None and kind != "contact_foreign"
    told = Turn(talk.state, (Reply(kind, {}, (MENU_BUTTON, HUMAN_BUTTON) if has_buttons else ()),))
    return told if quiet else then_the_question(talk, told)


_ODD: Final = {"unsupported": "unsupported", "foreign_contact": "contact_foreign"}


def _sticker(talk: Talk) -> Turn:
    if talk.facts.is_quiet:
        return Turn(talk.state)
    if talk.state.form is not None:
        return Turn(talk.state, (Reply("sticker_form"),))  # its buttons stand just above
    return Turn(talk.state, (Reply("sticker", {}, (MENU_BUTTON, HUMAN_BUTTON)),))


def with_refusal(turn: Turn, reason: str) -> Turn:
    """Say, beside the answer to the words, that a file of the same message could not be taken."""
    line = Reply(f"refused_{reason}")
    is_urgent = any(reply.is_urgent for reply in turn.replies)
    return replace(turn, replies=(*turn.replies, line) if is_urgent else (line, *turn.replies))
