"""Details that answer another question, and a wish told in place of the one under way. Pure."""

from dataclasses import replace

from backend.conversations import forms, offers
from backend.conversations.state import Form, Said, Slots, Turn, own_words, slot_values
from backend.conversations.talk import ENQUIRY, Talk
from intents.meaning import Act, Intent


def told_elsewhere(talk: Talk, form: Form, heard: Said, slots: Slots) -> Turn:
    """They are kept and the open question comes again; told a second time they are no answer."""
    told = forms.meant(talk, form, slots)
    kept = replace(form, slots={**form.slots, **told}, said=forms.said_of(form, told))
    talk = talk.with_state(talk.remember(form=kept))
    if kept.slots == form.slots:
        return forms.cannot_read(talk, kept, heard.meaning.text)
    return forms.resume(talk, kept)


def dropped(talk: Talk, form: Form, heard: Said) -> Turn:
    """The wish is let go. One told in its place begins (it was noted); one that is not sure is offered."""
    turn = forms.drop(talk, form)
    other = next((one for one in heard.meaning.intents[1:] if one.act == Act.REQUEST and one.words), None)
    if other is None or other.item is not None or turn.state.form is not None:
        return turn
    unsure = replace(heard.meaning, text=other.words, intents=(other,))
    return forms.then(turn, offers.offer(talk.with_state(turn.state), unsure, slot_values(other), ()))


def begin_instead(talk: Talk, form: Form, heard: Said, intent: Intent) -> Turn:
    """The wish under way is dropped and the one told in its place begins at once."""
    slots = slot_values(intent)
    wish = {"item": intent.item or ENQUIRY, "slots": slots, "words": heard.meaning.text,
            "asked_at": talk.now.isoformat(), "said": own_words(slots)}  # fmt: skip
    return forms.drop(talk.with_state(talk.remember(waiting=(wish, *talk.state.waiting)[:3])), form)
