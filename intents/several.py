"""Several wishes in one message: which of its clauses are wishes of their own.

A clause is looked at only where its words promise another service than the rest. How sure it must be then
depends on how it is joined to what was said before, and on what the message says as a whole: a message that
is surely about one service is rarely about two, one that nothing fits well often is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from intents.act_weighing import ON_TICKETS, may_refer
from intents.acts import NEW_WISHES, SMALL_TALK, ActClassifier
from intents.clauses import JOINED, PHRASE
from intents.gate import Gate
from intents.matching import ItemMatcher
from intents.meaning import Act, Intent
from intents.parts import Part, parts_of
from intents.readings import Reading

#: acts of a whole whose parts may say more; others say more only after "also" and the like
_PARTED = NEW_WISHES | SMALL_TALK | {Act.STATUS}
#: what a part may say beside a wish, by its own wording
_SAID_ALONE = frozenset({Act.COMPLAINT, Act.SUGGESTION, Act.PRAISE, Act.STATUS})
_SERVICES = frozenset({Act.REQUEST, Act.ENQUIRY})
MOST_PARTS = 12  # a text of more is a story
LOOKED_AT = 3  # parts that are read beside the whole
WORDS_OF_A_WISH = 3  # of an English wish that follows another clause
#: how much of a part's words an item must share for the part to be looked at: by itself, after "also"
PROMISES = (0.06, 0.02)
NEARLY = 0.07  # by how much a long story may miss what acting needs, when one clause of it does not
EXACT = 0.94  # only a name or alias said in full scores as high
#: a whole less sure than this of its first item may well be about two; one as sure as that hardly is
LOST, TORN, ONE_ONLY = 0.4, 0.6, 0.89
#: what the whole must give another item for it to be in play, and for it to be meant as well
IN_PLAY, MEANT_TOO = 0.05, 0.2
#: what is taken from the threshold of a clause, and added to it
EASIER, EASIEST, HARDER = 0.2, 0.3, 0.06
#: how surely the words alone of a clause must tell some service: one that orders, and one that only tells
ORDERED, TOLD = 0.3, 0.55
#: services for whatever it is: reporting, asking, calling back, seeing that a repair goes on
_AROUND = " ,，.。;；、!！~"
_OF_ANYTHING = ("common.voice.", "common.repair-tracking.")
#: how sure a new wish must be that is told together with an old matter
BESIDE_OLD = 0.6
#: a clause that asks for something in words of its own
_ASKS_ANEW = re.compile(
    r"(?:再|也|还)?(?:帮|请|麻烦|给我|替我|叫|派|约|订|买|借|想|要|我要|我想)"
    r"|(?:please|pls|can|could|would|i need|i want|i'd like|find|book|order|arrange|get|tell|send|reissue|fix"
    r"|install)\b"
)
#: a clause that goes on with what was said
_GOES_ON = re.compile(r"但|不过|只是|就是|因为|所以|(?:but|because|so|since|as|then|it|they|which)\b")
_MEASURES = re.compile(
    r".{1,3}|(?:一共|总共|大概|差不多)?[\d一二两三四五六七八九十几半百]+个?(?:人|位|天|小时|钟头|月|次|斤|块|元|楼|号|份)"
    r"|(?:about |around |maybe |for |an? )?(?:\w+ )?"
    r"(?:people|guests?|persons?|days?|hours?|weeks?|months?|nights?|times)"
)
_ARTICLE = re.compile(r"^(?:the|my|our|his|her|their)\s")
#: how sure a message must be that complains, praises or proposes where no rule knows it
_VOICES = {Act.COMPLAINT: 0.9, Act.PRAISE: 0.6, Act.SUGGESTION: 0.8}
PLAIN = 0.9  # how sure a part of another kind must be that no rule knows


class Several:
    """Finds the wishes of a message that has more than one."""

    def __init__(
        self,
        acts: ActClassifier,
        items: ItemMatcher,
        gate: Gate,
        read: Callable[[str, str], Reading],
        read_part: Callable[[str, str], Reading],
    ) -> None:
        """`read` and `read_part` read a text by itself: as a whole message, or as one part among several."""
        self._acts, self._items, self._gate = acts, items, gate
        self._read, self._read_part = read, read_part

    def parts(self, text: str, wish: str) -> tuple[Part, ...]:
        """The parts of a text that may say several things; none of one that says one thing for certain."""
        if self._items.is_taught(wish):
            return ()
        parts = parts_of(text, wish)
        if (self._acts.said(text) or Act.REQUEST) not in _PARTED and not _is_joined(parts):
            return ()
        return parts if 2 <= len(parts) <= MOST_PARTS else ()

    def promising(self, parts: tuple[Part, ...], whole: Reading) -> list[tuple[Part, str]]:
        """The parts that may be wishes of their own, with the item that their words promise ("" is none)."""
        joined = _is_joined(parts)
        if not joined and _is_one(parts, whole):
            return []
        spoken = sum(part.cut != PHRASE for part in parts) > 1
        found = []
        for part in parts:
            if part.place and part.cut != JOINED and _says_no_wish(part.bare):
                continue
            if len(part.bare.strip()) < 2:  # "顺便擦": what to wipe was said before
                continue
            item, likeness = self._items.promised(part.bare)
            if likeness >= PROMISES[joined and part.cut != PHRASE] and not self._is_mere_name(part):
                found.append((part, item))
            elif spoken and part.cut != PHRASE and self._acts.said(part.text) in _SAID_ALONE | ON_TICKETS:
                found.append((part, ""))
        return found

    def opening(self, parts: tuple[Part, ...]) -> list[Reading]:
        """A greeting or thanks that stands before the wish as a sentence of its own."""
        if len(parts) < 2 or parts[1].cut == PHRASE:
            return []
        found = self._acts.courtesy(parts[0].text)
        if found is None or found.act not in (Act.THANKS, Act.GREETING):
            return []
        return [Reading(Intent(found.act, None, found.confidence), "act", by_rule=True)]

    def wishes(
        self, wish: str, parts: tuple[Part, ...], promising: list[tuple[Part, str]], whole: Reading
    ) -> list[tuple[Reading, Part]]:
        """The wishes with their parts, when at least two parts stand on their own; else nothing.

        `wish` is the text that the parts were cut from, as `whole` was read in it.
        """
        # The clause about what the whole is about comes last: where no other stands, it need not be read.
        first = promising[: LOOKED_AT + 1]
        likely = [part for part, _ in sorted(first, key=lambda one: one[1] == whole.intent.item)]
        joined, is_new = _is_joined(likely), whole.intent.act in _PARTED or _is_guess(whole)
        kept: list[tuple[Reading, Part]] = []
        if self._is_voiced_first(parts, whole):  # what is told first tells what is praised or complained of
            kept, likely = [(whole, parts[0])], [part for part in likely if part.place]
        elif not _differ(promising) or not (is_new or joined):
            return []
        cuts = {part.place: JOINED if joined and part.cut != PHRASE else part.cut for part in likely}
        likely = [part for part in likely if self._is_worth_reading(part, cuts[part.place], whole)]
        for place, part in enumerate(likely):
            if len(kept) + len(likely) - place < 2:  # no second wish can come any more
                break
            self._items.look_within(wish, part.bare)
            reading = (self._read_part if is_new else self._read)(part.text, part.bare)
            cut = cuts[part.place]
            is_own = self._stands_alone(part.text, reading, cut, whole, joined=joined)
            if is_own and not self._is_among(reading, cut, kept):
                kept.append((reading, part))
        kept.sort(key=lambda one: one[1].place)
        return kept if len(kept) > 1 and (is_new or _adds(kept)) else []

    def _is_worth_reading(self, part: Part, cut: int, whole: Reading) -> bool:
        """Whether a part may yet prove to stand alone; what cannot is not encoded, which takes longest."""
        said, voiced = self._acts.said(part.text), _is_voice(whole)
        if cut == JOINED:
            return True
        if said is not None and said not in _SERVICES:
            return said is Act.STATUS or not voiced
        if _GOES_ON.match(part.text) or (voiced and not _adds_to(part.text, whole)):
            return False
        least = ORDERED if _ASKS_ANEW.match(part.text) else TOLD
        return may_refer(part.text) or self._items.by_words(part.bare) >= least

    def _is_voiced_first(self, parts: tuple[Part, ...], whole: Reading) -> bool:
        """Whether a complaint, praise or idea begins the message, and is not one matter after another."""
        if not parts or not _is_voice(whole):
            return False
        said = [self._acts.said(part.text) == whole.intent.act for part in parts]
        return said[0] or not any(one and part.cut != PHRASE for one, part in zip(said, parts, strict=True))

    def surer(self, wish: str, whole: Reading, promising: list[tuple[Part, str]]) -> Reading:
        """The whole may be acted on when a clause says plainly what it, told at length, nearly does."""
        sure = whole.intent.confidence
        if whole.decision != "ask" or whole.doubtful or not self._gate.act - NEARLY <= sure < EXACT:
            return whole
        said = [
            part
            for part, item in promising
            if item == whole.intent.item and self._items.by_words(part.bare) >= TORN
        ]
        for part in said[:1]:
            self._items.look_within(wish, part.bare)
            reading = self._read(part.text, part.bare)
            same = (reading.intent.act, reading.intent.item) == (whole.intent.act, whole.intent.item)
            if same and reading.decision == "act":
                return replace(whole, decision="act")
        return whole

    def _stands_alone(self, text: str, reading: Reading, cut: int, whole: Reading, *, joined: bool) -> bool:
        intent = reading.intent
        if intent.act in _SERVICES:
            if intent.act is Act.REQUEST and (intent.item or "").startswith(_OF_ANYTHING):
                return False  # "请师傅来看看" wants no second thing
            if cut != JOINED and (_GOES_ON.match(text) or (_is_voice(whole) and not _adds_to(text, whole))):
                return False  # it belongs to the story
            least = self._least(text, intent.item, cut, whole) if intent.item else 1.0
            if joined and cut == PHRASE and intent.act is Act.REQUEST:  # who says "also" says several things
                least = min(least, self._gate.second_wish(PHRASE) - EASIER)
            if whole.intent.act not in _PARTED and not _is_guess(whole):
                least = max(least, BESIDE_OLD) if _ASKS_ANEW.match(text) else 1.0
            return intent.confidence >= least
        plain = reading.by_rule or intent.confidence >= PLAIN
        if _is_voice(whole) and intent.act is not Act.STATUS:
            return False
        said = _SAID_ALONE if whole.intent.act in _PARTED else ON_TICKETS
        return intent.act in said and cut != PHRASE and plain

    def _least(self, text: str, item: str, cut: int, whole: Reading) -> float:
        """How sure a clause must be of an item, beside what the whole says."""
        least = self._gate.second_wish(cut)
        first, others = whole.intent, {one.item: one.confidence for one in whole.intent.alternatives}
        if cut == JOINED or first.act not in _SERVICES:
            return least
        if first.confidence < LOST:
            return least - EASIEST
        share = others.get(item, 0.0)
        if first.confidence < TORN or (share >= MEANT_TOO and item != first.item) or _ASKS_ANEW.match(text):
            return least - EASIER
        return least + HARDER if first.confidence >= ONE_ONLY and share < IN_PLAY else least

    def _is_mere_name(self, part: Part) -> bool:
        """After another clause a word or two only list what belongs to it: "…, pets, that sort of thing"."""
        follows = part.place > 0 and part.cut != JOINED
        few = part.bare.isascii() and len(_ARTICLE.sub("", part.bare).split()) < WORDS_OF_A_WISH
        return follows and few and not self._items.is_name(part.bare)

    def _is_among(self, reading: Reading, cut: int, kept: list[tuple[Reading, Part]]) -> bool:
        """Whether the same was said before, or what is said in the same words."""
        act, item = reading.intent.act, reading.intent.item
        for one, _ in kept:
            if (one.intent.act, one.intent.item) == (act, item):
                return True
            if cut != JOINED and item and one.intent.item and self._items.akin(item, one.intent.item):
                return True
        return False


def _is_one(parts: tuple[Part, ...], whole: Reading) -> bool:
    """Whether a message is so surely about one service that its clauses need not be looked at."""
    intent = whole.intent
    others = max((one.confidence for one in intent.alternatives), default=0.0)
    if intent.act not in _SERVICES or intent.confidence < ONE_ONLY or others >= MEANT_TOO:
        return False
    return whole.decision == "act" and not any(_ASKS_ANEW.match(part.text) for part in parts[1:])


def segments_of(text: str, wishes: list[tuple[Reading, Part]]) -> list[tuple[Reading, str]]:
    """Each wish with its own words: from where it begins to where the next one does; the first has the start.

    What stands between two wishes, a time or a place, belongs to the one before.
    """
    starts = [0, *(part.start for _, part in wishes[1:]), len(text)]
    return [
        (reading, text[start:end].strip(_AROUND))
        for (reading, _), start, end in zip(wishes, starts, starts[1:], strict=False)
    ]


def _adds(kept: list[tuple[Reading, Part]]) -> bool:
    """Whether a wish is added to what is said of an old matter: "cancel that, and also book a taxi"."""
    first, *others = (one for one, _ in kept)
    old = first.intent.act in ON_TICKETS and first.by_rule
    return old and any(one.intent.act in _SERVICES for one in others)


def _is_voice(whole: Reading) -> bool:
    """Whether a message surely complains, praises or proposes."""
    sure = whole.by_rule or whole.intent.confidence >= _VOICES.get(whole.intent.act, PLAIN)
    return sure and whole.intent.act in _VOICES


def _adds_to(text: str, whole: Reading) -> bool:
    """Whether a clause after a complaint or praise orders something in words of its own."""
    return whole.intent.act is not Act.SUGGESTION and _ASKS_ANEW.match(text) is not None


def _is_guess(whole: Reading) -> bool:
    """Whether nothing says for certain what a message does: perhaps because it does several things."""
    return not whole.by_rule and whole.intent.confidence < TORN


def _says_no_wish(text: str) -> bool:
    """Whether a clause goes on with what was said, or only says how many, how long, or for whom."""
    return bool(_GOES_ON.match(text) or _MEASURES.fullmatch(text.strip()))


def _is_joined(parts: Sequence[Part]) -> bool:
    return any(part.cut == JOINED for part in parts)


def _differ(promising: list[tuple[Part, str]]) -> bool:
    """Whether the parts promise more than one thing."""
    return len(promising) > 1 and len({item for _, item in promising}) > 1
