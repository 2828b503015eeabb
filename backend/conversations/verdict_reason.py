"""What was not right: the answer to what was asked after a verdict is words of the ticket. Pure."""

from dataclasses import replace
from typing import Final

from backend.conversations import about, matters
from backend.conversations.state import OnTicket, Said, Turn
from backend.conversations.talk import Talk
from intents.meaning import Act, Meaning

#: no reasons, whatever was asked
_ELSE: Final = frozenset({
    Act.THANKS, Act.GOODBYE, Act.GREETING, Act.STATUS, Act.CANCEL, Act.SATISFIED, Act.AFFIRM,
})  # fmt: skip


def told(talk: Talk, heard: Said) -> Turn | None:
    """Whoever takes the matter up reads it in the words of the ticket; None for any other message."""
    ticket = about.find(talk, talk.state.about)
    if talk.state.expects != about.WHY or ticket is None or not _is_reason(talk, heard.meaning, ticket.item):
        return None
    turn = about.add(talk, ticket.number, heard.meaning.text, heard.file_ids)
    reason = OnTicket("add", ticket.number, {"kind": "why", "words": heard.meaning.text,
                                             "file_ids": list(heard.file_ids)})  # fmt: skip
    return replace(turn, orders=(reason,))


def _is_reason(talk: Talk, meaning: Meaning, item: str) -> bool:
    """A plain wish of another kind is a matter of its own."""
    intent = meaning.intents[0]
    if intent.act in _ELSE or "ticket" in intent.slots:
        return False
    is_plain = meaning.decision == "act" and intent.act == Act.REQUEST
    return not (is_plain and matters.is_of_another_kind(talk, intent, item))
