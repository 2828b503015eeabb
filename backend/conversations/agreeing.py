"""A bare yes, and the owner's consent that a tenant needs. Pure."""

import re
from collections.abc import Mapping
from typing import Any, Final

from backend.conversations import remarks
from backend.conversations.papers import Need, standard_papers
from backend.conversations.state import Button, Slots
from intents.meaning import Act, Intent
from intents.menu import Item

CONSENT: Final = "owner_consent"
#: what a bare yes says to "is anyone at home, how do we get in?" and the like
YES_MEANS: Final = {"entry": "resident_home", "driver": "yes", CONSENT: "yes"}
_YES: Final = frozenset(
    (
        "对",
        "是",
        "是的",
        "有",
        "有的",
        "有人",
        "可以",
        "好",
        "好的",
        "yes",
        "yeah",
        "yep",
        "yes please",
        "sure",
    )
)
#: "not yet", "I still have to ask"
_NOT: Final = re.compile(
    r"(?:没|不|未)有?曾?(?:同意|答应|问|说|联系|拿到|征得)|^(?:还|暂时|目前)?(?:没|没有|不行|不|不是)(?:呢)?$"
    r"|还(?:要|得|需要)|等.{0,10}(?:同意|答复|回复)"
    r"|\b(?:no|not|yet to|refuse[sd]?|will ask|need to ask|have to ask|must ask)\b|n['’]t\b|['’]ll ask\b",
    re.IGNORECASE,
)
_AGREED: Final = re.compile(
    r"同意|(?:业主|房东).{0,6}(?:可以|知道|没意见)|我就?是业主|说好"
    r"|\b(?:agree[sd]?|consent(?:s|ed)?|said yes|fine with|permission|i(?: am|['’]m) the owner)\b",
    re.IGNORECASE,
)


def is_yes(words: str) -> bool:
    """A bare yes as the answer to a question with choices."""
    return words.strip(" .!。！").lower() in _YES


def need_of(item: Item) -> Need:
    return standard_papers().of(item)


def consent_of(words: str) -> str | None:
    """Read what was said to "has the owner agreed?": yes, no, or None where it is neither."""
    plain = words.strip(" .!。！?？")
    if is_yes(plain):
        return "yes"
    if _NOT.search(plain):
        return "no"
    return "yes" if _AGREED.search(plain) else None


def consent_buttons(own: Slots) -> tuple[Button, ...]:
    """Yes or not yet; a tenant without consent is registered all the same and told what it means."""
    return (
        Button("consent_yes", "slot", {**own, "value": "yes"}),
        Button("consent_no", "slot", {**own, "value": "no"}),
    )


def agreed(asking: str, words: str, intent: Intent, slots: Mapping[str, Any]) -> dict[str, Any]:
    """What a yes, a no or "I am at home" says to the open question."""
    if asking == CONSENT:
        told = consent_of(words) or {Act.AFFIRM: "yes", Act.DENY: "no"}.get(intent.act)
        return {asking: told} if told else {}
    if asking in YES_MEANS and (intent.act == Act.AFFIRM or is_yes(words)):
        return {asking: YES_MEANS[asking]}
    if asking == "entry" and slots.get(asking) in (None, words) and remarks.is_at_home(words):
        return {asking: YES_MEANS[asking]}
    return {}
