"""What somebody reports is known already: told at once; a yes adds their report (MANNERS §1.8). Pure."""

from dataclasses import replace

from backend.conversations.marks import mark
from backend.conversations.state import Button, Form, KeepDraft, KnownIncident, Reply, Turn
from backend.conversations.talk import HUMAN_BUTTON, Talk
from backend.incidents import rules
from intents.menu import Item

#: the step of a form whose owner was told of the incident and has not answered yet
ASKED = "joining"
#: the step of one whose report is added to it
JOINED = "joined"


def find(talk: Talk, item: Item) -> KnownIncident | None:
    """The open incident that this report is one more of, for somebody whose home is known."""
    return rules.known(talk.facts.incidents, item.id, talk.facts.building) if talk.facts.linked else None


def ask(talk: Talk, form: Form, known: KnownIncident) -> Turn:
    """Tell what staff have said about it, before any detail is asked for; two taps lead on."""
    form = replace(form, step=ASKED, asking=None, incident=known.id)
    own = {"form": mark(form)}
    buttons = (Button("join", "join", own), Button("apart", "apart", own), HUMAN_BUTTON)
    values = {"text": known.text, "who": known.who, "address": talk.facts.address_as}
    return Turn(talk.remember(form=form), (Reply("incident_known", values, buttons),), (KeepDraft(form),))


def again(talk: Talk, form: Form) -> Turn | None:
    """The same once more; None where it is over by now."""
    known = next((one for one in talk.facts.incidents if one.id == form.incident), None)
    return ask(talk, form, known) if known is not None else None


def apart(form: Form) -> Form:
    """It is something else: the wish goes its usual way."""
    return replace(form, step="asking", incident=None)
