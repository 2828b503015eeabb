"""What people say about the service: complaints, suggestions, praise, and questions. Pure."""

from backend.conversations import forms
from backend.conversations.state import Said, Turn, slot_values
from backend.conversations.talk import COMPLAINT, ENQUIRY, PRAISE, SUGGESTION, Talk
from intents.meaning import Act, Intent, Meaning


def voice_of(talk: Talk, heard: Said, intent: Intent) -> Turn:
    """Complaint (a ticket at once), suggestion (read back first), praise (thanked and recorded)."""
    default = {Act.COMPLAINT: COMPLAINT, Act.SUGGESTION: SUGGESTION, Act.PRAISE: PRAISE}[intent.act]
    found = talk.menu.find_item(intent.item) if intent.item else None
    fits = found is not None and found.workflow == talk.menu.workflow_of(default)
    item = found if found is not None and fits else talk.item(default)
    slots = {**slot_values(intent), "topic": heard.meaning.text}
    if _is_bare(intent, heard.meaning):
        slots.pop("topic")
        return forms.start(talk, item, slots, "", files=heard.file_ids)
    return forms.start(talk, item, slots, heard.meaning.text, files=heard.file_ids)


def _is_bare(intent: Intent, meaning: Meaning) -> bool:
    """ "我要投诉" says that there is a complaint but not what it is."""
    bare = 7 if meaning.language == "zh" else 32
    marks = ("投诉", "建议", "意见", "complain", "suggestion", "表扬")
    return len(meaning.text) <= bare and any(mark in meaning.text.lower() for mark in marks)


def enquire(talk: Talk, heard: Said) -> Turn:
    """A question that no stored answer fits: a person finds out, by a promised time (CON-12)."""
    return forms.start(talk, talk.item(ENQUIRY), {}, heard.meaning.text, files=heard.file_ids)
