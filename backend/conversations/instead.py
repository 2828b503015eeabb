"""One wish is refused and another is told in its place: "no repair, just clean it". Pure.

The engine reads the whole as a refusal; the second half is read by itself and goes along as a second wish.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from backend.conversations import remarks
from backend.conversations.state import State
from intents.meaning import Act, Alternative, Intent, Meaning
from intents.menu import Menu

#: a refusal, then the words that put something in its place, then what it is
_ZH: Final = re.compile(
    r"^(?:(?:那|唉|哎)?(?:算了|不.{1,8}?了)[，,。！!\s]*){1,2}(?:那|我想|想|就|还是)*"
    r"(?:(?:直接|改成|改为|换成|帮我|给我)+|(?=[换装叫找约洗]))(?P<other>.{2,}?)[吧了。！!\s]*$"
)
_EN: Final = re.compile(
    r"^(?:(?:actually|oh|sorry|wait|hmm)\W*)*(?:no|not|never ?mind|forget|don['’]t|skip|cancel)\b"
    r"[^,.;]{0,40}[,.;]\s*"
    r"(?=.*\b(?:just|instead|rather|but)\b)(?:(?:but|just|rather|please)\s+)*(?P<other>.{4,}?)"
    r"(?:\s+instead)?[.!\s]*$",
    re.IGNORECASE,
)
#: less surely than this a wish is not begun but offered beside what it may be as well
FAIRLY: Final = 0.5
#: a guess less likely than this is none
HARDLY: Final = 0.1
#: acts that a refusal with something in its place may be read as
_REFUSING: Final = frozenset({Act.CANCEL, Act.DENY, Act.AMEND})


def other_half(text: str) -> str:
    """What is wished for in place of what is refused; "" where the words do not say that."""
    said = text.strip()
    found = _ZH.match(said) or _EN.match(said)
    return found["other"].strip() if found else ""


def understood(read: Callable[[str], Meaning], text: str, state: State, menu: Menu) -> Meaning:
    """Read a message; of a wish under way that is refused for another, the other one too.

    ``read``: asks the engine. A wish that it is not sure of has no item, and what it may be as alternatives.
    """
    meaning = read(text)
    form, other = state.form, other_half(text) if state.form is not None else ""
    if form is None or not other or meaning.emergency or not _refuses(meaning, text):
        return meaning
    wish = _wish(read, other, _thing(state, menu, meaning.language))
    if wish is None or wish.item == form.item:
        return meaning
    refusal = replace(meaning.intents[0], act=Act.CANCEL, item=None, confidence=1.0)
    return replace(meaning, decision="act", intents=(refusal, wish))


def _refuses(meaning: Meaning, text: str) -> bool:
    first = meaning.intents[0]
    return len(meaning.intents) == 1 and first.act in _REFUSING and not remarks.corrects(text, first)


def _thing(state: State, menu: Menu, language: str) -> str:
    """The thing that both wishes are about, as far as it was told: "clean it" means the air conditioner."""
    spec, form = menu.slots.get("appliance"), state.form
    option = spec.option(str(form.slots.get("appliance"))) if spec and form else None
    return option.name.in_("en" if language == "en" else "zh") if option else ""


def _wish(read: Callable[[str], Meaning], other: str, thing: str) -> Intent | None:
    """The wish in the second half, by itself or else about the thing that was spoken of."""
    texts = [other, f"{thing} {other}" if thing.isascii() else f"{thing}{other}"] if thing else [other]
    found = [(one.decision, replace(one.intents[0], words=text))
             for text in texts if _is_wish(one := read(text))]  # fmt: skip
    sure = next((wish for decision, wish in found if decision == "act"), None)
    if sure is not None:
        return sure
    best = max((wish for _, wish in found), key=lambda wish: wish.confidence, default=None)
    if best is None or best.confidence >= FAIRLY or best.item is None:
        return best
    likely = tuple(one for one in best.alternatives if one.item != best.item)
    return replace(best, item=None, alternatives=(Alternative(best.item, best.confidence), *likely))


def _is_wish(meaning: Meaning) -> bool:
    first = meaning.intents[0]
    is_told = first.item is not None and first.confidence >= HARDLY
    return first.act == Act.REQUEST and is_told and not meaning.emergency
