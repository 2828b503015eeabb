"""What people say about the service: complaints, suggestions, praise, and questions. Pure."""

import re
from typing import Final

from backend.conversations import forms
from backend.conversations.state import Reply, Said, Turn, slot_values
from backend.conversations.talk import COMPLAINT, ENQUIRY, PRAISE, SUGGESTION, Talk
from intents.meaning import Act, Intent


def voice_of(talk: Talk, heard: Said, intent: Intent) -> Turn:
    """Complaint (a ticket at once), suggestion (read back first), praise (thanked and recorded)."""
    default = {Act.COMPLAINT: COMPLAINT, Act.SUGGESTION: SUGGESTION, Act.PRAISE: PRAISE}[intent.act]
    found = talk.menu.find_item(intent.item) if intent.item else None
    fits = found is not None and found.workflow == talk.menu.workflow_of(default)
    item = found if found is not None and fits else talk.item(default)
    words = intent.words or heard.meaning.text
    slots = {**slot_values(intent), "topic": words}
    if _is_bare(words):
        slots.pop("topic")
        return forms.start(talk, item, slots, "", files=heard.file_ids)
    return forms.start(talk, item, slots, words, files=heard.file_ids)


#: words that say "there is a complaint (a suggestion, praise)" without saying what it is
_BARE: Final = re.compile(
    r"[\s,.!?，。！？]|我|要|想|有|个|一个|一条|提|点|些|做|来|跟|向|你们|物业|投诉|建议|意见|表扬|反映|一下|怎么|如何|去?哪里?|在|您好|你好|请|能|可以|吗"
    r"|\b(?:i['’](?:d|ll|m)|i|we|would|like|want|wish|need|to|a|an|the|make|file|have|got|some|please|hi|hello|can|my"
    r"|how|where|do|complain|complaint|complaints|suggest|suggestion|suggestions|idea|feedback|praise|compliment|someone)\b",
    re.IGNORECASE,
)


def _is_bare(text: str) -> bool:
    """ "我要投诉" says that there is a complaint but not what it is."""
    return not _BARE.sub("", text)


#: words that only open a talk: "有个事", "I have a question", "hey so"
_OPENS: Final = re.compile(
    r"(?:[\s,，。.…!！?？~、]|你好|您好|请问?|麻烦|打扰|[我你您们想要有个件点儿些一下问事说跟找那嗯呃]|事情|问题|咨询|打听|情况"
    r"|\b(?:hi|hello|hey|ok|okay|so|well|um+|uh+|right|i|we|you|have|has|got|had|there|is|was|a|an|one|my|the|quick"
    r"|small|little|just|want|wanted|would|like|need|to|can|could|may|ask|tell|about|for|please|question|questions"
    r"|thing|something|matter|issue|favou?r|help|with)\b)+",
    re.IGNORECASE,
)
_LONGEST_OPENING: Final = 40
#: what such words are taken for, where they are not seen through
_OPENING: Final = frozenset({Act.REQUEST, Act.ENQUIRY, Act.URGE, Act.OUT_OF_SCOPE, Act.GOODBYE})


def opened(talk: Talk, heard: Said, intent: Intent) -> Turn | None:
    """Somebody only begins to speak: they are asked what it is, and no ticket is opened for "有个事"."""
    words = heard.meaning.text.strip()
    is_open = bool(heard.file_ids or talk.state.offered or talk.facts.is_quiet)
    if (
        is_open
        or talk.facts.pointed is not None
        or intent.act not in _OPENING
        or len(words) > _LONGEST_OPENING
    ):
        return None
    if not _OPENS.fullmatch(words) or not any(letter.isalpha() for letter in words):
        return None
    return Turn(talk.remember(failures=0), (Reply("yes_what"),))


def enquire(talk: Talk, heard: Said) -> Turn:
    """A question that no stored answer fits: a person finds out, by a promised time (CON-12)."""
    return forms.start(talk, talk.item(ENQUIRY), {}, heard.meaning.text, files=heard.file_ids)
