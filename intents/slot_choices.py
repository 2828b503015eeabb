"""Choices of enumerated details (places, appliances, vehicles, …) found by their wordings.

The longest wording wins; what is denied ("不是厨房", "not the kitchen") does not count; where one thing
stands within another ("主卧的卫生间") it is the inner one; of several the first.
"""

# ruff: noqa: E501 (a pattern is easier to read on one line than broken up)

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import chain
from operator import add
from typing import NamedTuple

from intents.menu import Menu
from intents.normalize import normalize
from intents.slot_shapes import Found, is_taken_back

_BEGINNING = 2  # characters by which the wordings of choices are looked up
ANY_OTHER = "other"  # the choice of what no other choice names
_BEFORE, _AFTER = 24, 14  # characters around a wording in which it may be denied
_MOST = 200  # wordings of a text that are weighed; one with more of them is no message
_DENIED_BEFORE = re.compile(
    r"(?:(?<![是可这那])不是|并非|不在|除了|不包括|不含|不算|不(?:用|要|必|需要)(?:打扫|清洁|擦|管|动|做|洗|修|弄|带)?|没有?|不|别(?:动|碰|擦|管))(?:在|我|我们|我家|家里|那个|这个|任何)?的?$"
    r"|\b(?:not|no|except(?: for)?|without|instead of|excluding|isn't|aren't|don't have|haven't got|rather than|apart from|nor|skip|leave out)(?: for| in| at| on| from| need for)?(?: the| my| our| a| an| any)?\s$"
)
_DENIED_AFTER = re.compile(
    r"(?:里|那边|那儿|那里)?(?:的)?(?:就)?(?:不用(?!的)|不必|不要(?!的)|不需要|不包括|除外|不算|已经修好)"
    r"|(?: (?:itself|one))? (?:is|are) not (?:needed|necessary|included)\b|,? (?:not needed|excluded|aside)\b"
)
#: nothing is the matter with it: another one is meant, if there is one
_FINE = re.compile(
    r"[^,，。.!！?？\s]{0,6}?(?:没问题|没事(?!先)|好好的|(?<![不太])正常|(?<![不很])(?:是|都)?好的(?=[,，。!！]|$))"
    r"|(?: (?:itself|one))? (?:is|are|works?) (?:fine|ok(?:ay)?|good)\b"
)
#: where the person is, rather than what the wish is about
_I_AM_IN = re.compile(
    r"(?:我|我们|我人|本人)(?:现在|正|人|刚|还|已经|都)*(?:在|坐在|站在|到了?)$|\bi(?:'m| am) (?:now |currently |sitting |still )?(?:in|at|on|by) (?:the |my )?$"
)
_INNER = re.compile(
    r"(?:的|里的?|里面的?|里头的?|内的?|那边的?|那儿的?|旁边?的|边上的?|上的?|外的?|外面的?|门口的?|那个|这个)?|'s | "
)
_LISTED = re.compile(
    r"(?:里|的)?\s?(?:、|和|跟|与|以及|还有|加上?|,|，|/|&|\+|\bor\b|或者?)\s?(?:the |my )?|,? (?:and|&|or) (?:the |my |in the |also the )?| "
)
#: words that hold a wording and mean something else
_OTHERWISE = re.compile(
    r"全家(?:便利店|人|出|去|一起|都|的|福|老小|三口)|(?:订|定|找|去|预订|推荐|[一几哪那这两]家|(?<![家里层楼])的)(?:一?[个家间])?(?:好点的)?餐厅(?!的?[灯吊桌空])|餐厅(?:订|预订|预约|位|推荐|订座|包间)"
    r"|(?:酒店|宾馆|民宿|订|定|开|住|套)(?:一|两|三|\d)?[个间]?(?:大床|双床|双人|标准)?房间|房间号|在路上|路上(?:堵|小心|耽)"
    r"|(?:楼上)?楼下(?:的?那?户|的?邻居|的?住户|的?业主|的?人家|那家|家|装修|吵|在?闹|投诉|来|漏|渗|也|说|反映|都)|顶楼(?:的?邻居|的?住户|业主)|楼层(?:管家|号|高)"
    r"|西门子|东门子|电视机?(?:柜|墙|剧|台)|冰箱贴|空调(?:被|房|费|卡)|电脑(?:桌|椅)|风扇叶|单车道|货车司机|泳池(?:派对|卡)|花园(?:酒店|餐厅|路|饭店)|电梯卡"
    r"|\b(?:downstairs|upstairs) (?:neighbou?rs?|flat|people|apartment|tenants?|man|woman|family|unit)\b|\b(?:neighbou?rs?|flat|people|family|unit|guy|lady|man|woman) downstairs\b"
    r"|\b(?:a|need a|the) lifts? (?:to|from|home|back)\b|\b(?:to|can'?t|cannot|help(?: me)?|you|must|them|men) lift\b|\blanding (?:at|in|on|time|around|tomorrow|tonight|today)\b|\b(?:is|flight|plane|are|be) landing\b"
    r"|\b(?:to|can'?t|cannot|must|will|i|they|kids?|we) study\b|\bstudy (?:for|abroad|hard|group|tour|at|in)\b|\b(?:\d|one|two|three|four|five|single|double)[ -]?bed(?:room)?s?[ -](?:flat|apartment|apt|home|house|unit|place|duplex|villa)\b"
    r"|\bhair ?dryers?\b|\b(?:tap|faucet|rubber|pressure) washers?\b|\bpool (?:table|party|card)\b|\bcar ?pool\w*|\b(?:football|sports|music) fans?\b|\bhouse ?clubs?\b|\b(?:book|night|golf|country|car) clubs?\b|\bfan (?:club|of)\b"
    r"|\bstudy(?:ing)? (?:chinese|english|mandarin)\b|\b(?:tennis|swimming|fitness|golf|yoga|football|basketball|personal) coach\b|\btv (?:show|stand|cabinet|series)\b|\bstreet (?:food|view)\b|\bhotel (?:rooms?|lobby|bedroom|pool|gym)\b"
)


class Said(NamedTuple):
    """A wording that stands in a text, and what it chooses."""

    start: int
    end: int
    option: str


class Choices:
    """The wordings of a menu's choices, found in one walk over a text."""

    def __init__(self, menu: Menu) -> None:
        self._chooses: dict[str, list[tuple[str, str]]] = {}
        for slot in menu.slots.values():
            for option in slot.options:
                for word in {option.name.zh, option.name.en, *option.also}:
                    folded = normalize(word, limit=None).text.strip()
                    if folded:
                        self._chooses.setdefault(folded, []).append((slot.id, option.id))
        self._begun: dict[str, list[str]] = {}
        for word in sorted(self._chooses, key=len, reverse=True):
            self._begun.setdefault(word[:_BEGINNING], []).append(word)

    def find(self, text: str) -> dict[str, Found]:
        """The choice of each slot that the text names, with the words it was named by."""
        said = self._said(text)
        if not said:
            return {}
        otherwise = [found.span() for found in _OTHERWISE.finditer(text)]
        found: dict[str, Found] = {}
        for slot_id, every in said.items():
            meant = [one for one in every if not _is_inside(one, otherwise)]
            choice = _choose(meant, text) if meant else None
            if choice is not None:
                found[slot_id] = choice
        return found

    def _said(self, text: str) -> Mapping[str, list[Said]]:
        """The wordings that stand in the text, by slot and place; none within a longer one."""
        found: dict[str, list[Said]] = {}
        count = 0
        for start, word in self._words(text):
            for slot_id, option in self._chooses[word]:
                every = found.setdefault(slot_id, [])
                if not every or start >= every[-1].end:
                    every.append(Said(start, start + len(word), option))
                    count += 1
            if count >= _MOST:
                break
        return found

    def _words(self, text: str) -> Iterator[tuple[int, str]]:
        """The wordings by place, at each place the longest first."""
        begun = self._begun.get
        pairs = zip(map(begun, map(add, text, text[1:])), map(begun, text), strict=False)
        for start, (longer, alone) in enumerate(chain(pairs, [(None, begun(text[-1:]))])):
            for word in chain(longer or (), alone or ()):
                if text.startswith(word, start) and _is_whole(word, text, start):
                    yield start, word


def _is_whole(word: str, text: str, start: int) -> bool:
    """Whether an English wording stands as a word of its own, a plural perhaps; Chinese has no such ends."""
    if not word.isascii():
        return True
    end = start + len(word)
    if start and _is_letter(text[start - 1]):
        return False
    for plural in ("", "s", "es"):
        if text.startswith(plural, end) and not _is_letter(text[end + len(plural) : end + len(plural) + 1]):
            return True
    return False


def _is_letter(character: str) -> bool:
    return character.isascii() and (character.isalnum() or character == "_")


def _is_inside(one: Said, spans: list[tuple[int, int]]) -> bool:
    return any(start < one.end and one.start < end for start, end in spans)


def _choose(said: list[Said], text: str) -> Found | None:
    """The first that is meant, or the innermost of those that it stands in a row with."""
    meant = [one for one in said if not _is_denied(one, text)]
    if not meant:
        return None
    chosen, *others = [one for one in meant if _is_telling(one, text)] or meant
    start, end = chosen.start, chosen.end
    within = True  # until the row goes on as a list
    for other in others:
        gap = text[end : other.start]
        inner = within and _INNER.fullmatch(gap) is not None and (gap != " " or text[end - 1].isascii())
        if not inner and not _LISTED.fullmatch(gap):
            break
        chosen, within, end = (other if inner else chosen), inner, other.end
    return Found(chosen.option, start, end)


def _is_telling(one: Said, text: str) -> bool:
    """Not "the other" things, nor what is corrected at once or works, nor where the person is while they write."""
    if one.option == ANY_OTHER or is_taken_back(text, one.start, one.end) or _FINE.match(text, one.end):
        return False
    return not _I_AM_IN.search(text[max(0, one.start - _BEFORE) : one.start])


def _is_denied(one: Said, text: str) -> bool:
    before, after = text[max(0, one.start - _BEFORE) : one.start], text[one.end : one.end + _AFTER]
    return bool(_DENIED_BEFORE.search(before) or _DENIED_AFTER.match(after))
