"""Said in the middle of a wish: answered, noted or taken at once, then back to its open question. Pure."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from backend.conversations import about, forms, voices, waking
from backend.conversations.details import short
from backend.conversations.state import Form, Open, Reply, Said, Turn, own_words, slot_values
from backend.conversations.talk import ENQUIRY, Talk, faq, greet
from intents.meaning import Act, Intent

#: so long after the question it was left: the wish stands before the butler by then
LEFT: Final = timedelta(minutes=5)


def aside(talk: Talk, form: Form, heard: Said, intent: Intent) -> Turn:
    """Answer what was said in passing, then come back to the open question."""
    if heard.meaning.faq and intent.act == Act.ENQUIRY:
        first = faq(talk, heard.meaning.faq)
    else:
        first = _in_passing(talk, intent)
    back = forms.resume(talk, form)
    replies = tuple(replace(r, buttons=()) for r in first.replies) + back.replies
    return replace(back, replies=replies)


def _in_passing(talk: Talk, intent: Intent) -> Turn:
    if intent.act == Act.STATUS:
        return about.status(talk)
    return greet(talk) if intent.act == Act.GREETING else Turn(talk.state)


def park(talk: Talk, form: Form, heard: Said, intent: Intent) -> Turn:
    """A complaint is taken at once; another wish waits until this one is done, unless that was left."""
    form = _without(form, heard.file_ids)
    if intent.act == Act.COMPLAINT:
        return complain_first(talk, form, heard, intent)
    if _is_left(talk):
        return _begin_at_once(talk, form, heard, intent)
    slots = slot_values(intent)
    wish = {"item": intent.item, "slots": slots, "words": heard.meaning.text,
            "asked_at": talk.now.isoformat(), "said": own_words(slots),
            "file_ids": list(heard.file_ids)}  # fmt: skip
    talk = talk.with_state(talk.remember(waiting=(*talk.state.waiting, wish)[:3]))
    item = talk.item(intent.item or ENQUIRY)
    noted = Reply("noted_next", {"name_zh": item.name.zh, "name_en": item.name.en})
    return forms.then(Turn(talk.state, (noted,)), forms.resume(talk, form))


def _without(form: Form, file_ids: tuple[str, ...]) -> Form:
    """Photos that came with the words of another matter are that one's."""
    return replace(form, file_ids=tuple(file for file in form.file_ids if file not in file_ids))


def set_aside(talk: Talk, form: Form, heard: Said, intent: Intent) -> Turn:
    """Another wish, whose service nobody can be sure of: it is told to come next, and is asked then."""
    ids = [intent.item, *(one.item for one in intent.alternatives)]
    items = [item for i in dict.fromkeys(ids) if i and (item := talk.menu.find_item(i)) is not None]
    likely = [item.id for item in items if item.workflow != "emergency"][:3]
    words, slots = heard.meaning.text, slot_values(intent)
    kept = {"items": likely, "words": words, "slots": slots, "at": talk.now.isoformat()}
    talk = talk.with_state(talk.remember(aside=kept, failures=0))
    told = Reply("set_aside", {"text": short(words)})
    return forms.then(Turn(talk.state, (told,)), forms.resume(talk, form))


def _is_left(talk: Talk) -> bool:
    """Whether the open question was left: a person has spoken since, or it was long ago."""
    said_at = talk.state.said_at
    is_long_ago = bool(said_at) and talk.now - datetime.fromisoformat(said_at) >= LEFT
    return is_long_ago or (talk.facts.is_quiet and not waking.asked_since(talk))


def _begin_at_once(talk: Talk, form: Form, heard: Said, intent: Intent) -> Turn:
    """The new wish begins, and the one that was left comes after it."""
    left = ({**forms.wish_of(form), "left": True}, *talk.state.waiting)[:3]
    item = talk.item(intent.item or ENQUIRY)
    behind = talk.with_state(talk.remember(form=None, waiting=left))
    return forms.start(behind, item, slot_values(intent), heard.meaning.text, files=heard.file_ids)


def complain_first(talk: Talk, form: Form, heard: Said, intent: Intent) -> Turn:
    """The complaint becomes a ticket (or is asked about), then the wish under way goes on."""
    waiting = (forms.wish_of(form), *talk.state.waiting)[:3]
    alone = talk.with_state(talk.remember(form=None, waiting=()))
    turn = voices.voice_of(alone, heard, intent)
    if turn.state.form is not None:  # "I want to complain" alone: what about is asked first
        return replace(turn, state=replace(turn.state, waiting=waiting))
    return come_back(talk, form, turn)


def come_back(talk: Talk, form: Form, turn: Turn) -> Turn:
    """After something that was done at once: its reply without buttons, then the form's open question."""
    orders = tuple(order for order in turn.orders if isinstance(order, Open))
    bare = tuple(replace(r, buttons=(), order=0 if orders else None) for r in turn.replies)
    back = forms.resume(talk.with_state(talk.remember(form=form, failures=0)), form)
    return forms.then(replace(turn, replies=bare, orders=orders), back)


def ask_in_passing(talk: Talk, form: Form, heard: Said) -> Turn:
    """A question in the middle of a form goes to a person; then the form's own question comes again."""
    alone = talk.with_state(talk.remember(form=None, waiting=(), file_ids=()))
    return come_back(talk, form, voices.enquire(alone, Said(heard.meaning)))
