"""What was not right: the answer to what was asked after a verdict is words of the ticket. Pure."""

import re
from dataclasses import replace
from typing import Final

from backend.conversations import about, matters
from backend.conversations.state import OnTicket, Said, Turn
from backend.conversations.talk import Talk
from intents.meaning import Act, Meaning

#: a longer word than this tells more than that all is well
_BARE: Final = 6
#: a question how it stands, where "still" tells of nothing
_ASKS: Final = re.compile(
    r"[?？]|吗|呢|什么时候|几点|进度|多久|到哪|\b(?:when|status|progress|how long)\b", re.IGNORECASE
)
#: no reasons, whatever was asked
_ELSE: Final = frozenset({
    Act.THANKS, Act.GOODBYE, Act.GREETING, Act.STATUS, Act.CANCEL, Act.SATISFIED, Act.AFFIRM,
})  # fmt: skip


def told(talk: Talk, heard: Said) -> Turn | None:
    """Whoever takes the matter up reads it in the words of the ticket; None for any other message."""
    number = talk.state.about
    ticket = about.find(talk, number)  # None: closed by a verdict of "so-so", and the word still counts
    item = ticket.item if ticket is not None else ""
    if talk.state.expects != about.WHY or number is None or not _is_reason(talk, heard.meaning, item):
        return None
    turn = about.add(talk, number, heard.meaning.text, heard.file_ids)
    if ticket is None:
        return turn
    reason = OnTicket("add", number, {"kind": "why", "words": heard.meaning.text,
                                             "file_ids": list(heard.file_ids)})  # fmt: skip
    return replace(turn, orders=(reason,))


def _is_reason(talk: Talk, meaning: Meaning, item: str) -> bool:
    """A plain wish of another kind is a matter of its own."""
    intent = meaning.intents[0]
    is_told = intent.act == Act.SATISFIED or (intent.act == Act.STATUS and not _ASKS.search(meaning.text))
    is_more = is_told and len(meaning.text) > _BARE and about.says_why(meaning.text)
    if (intent.act in _ELSE and not is_more) or "ticket" in intent.slots:
        return False
    is_plain = meaning.decision == "act" and intent.act == Act.REQUEST
    return not (is_plain and matters.is_of_another_kind(talk, intent, item))
