"""One wish is refused, and another or a complaint comes in its place: "no repair, just clean it". Pure.

The engine reads the whole as a refusal; the other half is read by itself and goes along as a second intent.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from backend.conversations import denied_service, halves, plainer, remarks
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
#: where a message may be cut into what is refused and what is complained of
_CUT: Final = re.compile(r"[，,。.;；！!\n]+\s*(?:and |but |then )?", re.IGNORECASE)
#: more is a story, of which no half is read by itself
_LONGEST: Final = 200
#: less surely than this a wish is not begun but offered beside what it may be as well
FAIRLY: Final = 0.5
#: a guess less likely than this is none
HARDLY: Final = 0.1
_LET_GO_EN: Final = re.compile(
    r"(?:(?:actually|oh|sorry|wait|hmm|well|ok(?:ay)?|no)\W+)*(?:never ?mind|(?:leave|drop|scrap) (?:it|that)"
    r"|forget (?:about )?(?:it|that|the \w+)|cancel (?:it|that|this)"
    r"|don['’]t (?:bother|repair it|fix it|come|send anyone))(?: (?:then|now|please))?",
    re.IGNORECASE,
)
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
    meaning, form = halves.told_apart(read, text, plainer.read_plainly(read, text, menu)), state.form
    if form is None or meaning.emergency:
        return meaning
    denied = denied_service.in_place_of(read, text, form, menu, meaning)
    if denied is not None:
        return denied
    angry = _complaint(read, text)
    if angry is not None:
        return replace(meaning, decision="act", intents=(_refusal(meaning), angry), faq=None)
    other = other_half(text)
    if not other or not _refuses(meaning, text):
        return meaning
    wish = _wish(read, other, _thing(state, menu, meaning.language))
    if wish is None or wish.item == form.item:
        return meaning
    return replace(meaning, decision="act", intents=(_refusal(meaning), wish))


def _refusal(meaning: Meaning) -> Intent:
    return replace(meaning.intents[0], act=Act.CANCEL, item=None, confidence=1.0, slots={})


def _complaint(read: Callable[[str], Meaning], text: str) -> Intent | None:
    """What is complained of beside the wish that is let go: "算了不修了，我要投诉"; None where nothing is."""
    said = text.strip(" ，,。.;；！!\n")
    cuts = list(_CUT.finditer(said)) if len(said) <= _LONGEST else []
    halves = [(said[: cut.start()], said[cut.end() :]) for cut in cuts[:2]]
    halves += [(said[cut.end() :], said[: cut.start()]) for cut in cuts[-1:]]
    let_go = (rest for refused, rest in halves if _lets_go(read, refused))
    return next((angry for rest in let_go if (angry := _angry(read, rest)) is not None), None)


def _lets_go(read: Callable[[str], Meaning], words: str) -> bool:
    """Whether a half only lets the wish go; "不制冷了" tells what is wrong and lets nothing go."""
    first = read(words).intents[0]
    return remarks.drops(words, first) or _LET_GO_EN.fullmatch(words.strip()) is not None


def _angry(read: Callable[[str], Meaning], words: str) -> Intent | None:
    meaning = read(words)
    first = meaning.intents[0]
    is_sure = first.act == Act.COMPLAINT and not meaning.emergency and meaning.decision == "act"
    return replace(first, words=words.strip(" ，,。.")) if is_sure else None


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
