"""What residents say, as data: phrases of services, what no estate can do, regional words, acts, questions.

Read from ``phrases/*.toml``, ``words.toml``, ``acts/*.toml`` and ``faq.toml``. Every fault of every file goes
to one list, so that whoever edits the data mends all of them at once.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from intents.meaning import Act
from intents.menu import Menu
from intents.rows import Faults, Row, Source, read_source

SIDES = ("zh", "en")
STRANGE = "out_of_scope.toml"  # how the names of files end that hold what fits no service
_HAN = re.compile("[\u3007\u3400-\u9fff]")
_NOT_WORDS = re.compile(r"\W")


@dataclass(frozen=True, slots=True)
class Example:
    """One wording of one or more items; `weight` is below 1 for catalogue wordings nobody says.

    `voice` is who wrote it, as far as the file's name tells: training holds out one voice after the other.
    """

    items: tuple[str, ...]
    text: str
    weight: float = 1.0
    voice: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One phrase and where it stands; what no estate can do has no items. `side` is "zh" or "en"."""

    file: str
    items: tuple[str, ...]
    side: str
    text: str


@dataclass(frozen=True, slots=True)
class Wordings:
    """All wordings of one data folder; ``questions`` are pairs of a FAQ key and one way to ask it.

    ``lines`` are ``phrases`` and ``strange`` with the places they stand in, for whoever judges them;
    ``everyday`` are the items people ask for week after week; ``act_voices`` says who wrote a
    sentence of an act.
    """

    phrases: tuple[Example, ...]
    strange: tuple[str, ...]
    same_words: Mapping[str, str]
    acts: tuple[tuple[Act, str], ...]
    questions: tuple[tuple[str, str], ...]
    lines: tuple[Line, ...] = ()
    everyday: frozenset[str] = frozenset()
    act_voices: Mapping[str, str] = field(default_factory=dict)


class _Places:
    """Where each wording stands, to find what stands twice; letters and digits alone are compared."""

    def __init__(self) -> None:
        self._first: dict[str, str] = {}

    def put(self, row: Row, field_name: str, wording: str, place: str, advice: str) -> None:
        self._put(row, field_name, wording, _bare(wording), place, advice)

    def put_all(self, row: Row, field_name: str, said: tuple[str, ...], place: str, advice: str) -> None:
        """The same for a list, in which nothing may stand twice either."""
        bares = [_bare(one) for one in said]
        if len(set(bares)) < len(bares):
            for bare in (bare for bare, times in Counter(bares).items() if times > 1):
                row.fault(field_name, f"{bare!r} stands twice")
        for wording, bare in zip(said, bares, strict=True):
            self._put(row, field_name, wording, bare, place, advice)

    def _put(self, row: Row, field_name: str, wording: str, bare: str, place: str, advice: str) -> None:
        first = self._first.setdefault(bare, place)
        if first != place:
            row.fault(field_name, f"{wording!r} stands under {first} too{advice}")


def _bare(wording: str) -> str:
    return _NOT_WORDS.sub("", wording.lower())


def read_wordings(
    folder: Path, menu: Menu, faults: Faults, *, items_complete: bool, phrases: bool = True
) -> Wordings:
    """The wordings of ``folder`` as far as they can be read; unknown items are only told of a whole menu."""
    places = _Places()
    known = menu if items_complete else None
    said = tuple(_phrases(folder, known, faults, places)) if phrases else ()
    strange = tuple(_all_strange(folder, faults, places)) if phrases else ()
    voices = {file: voice_of(file) for file in {line.file for line in said}}
    acts = tuple(_all_acts(folder, faults))
    return Wordings(
        phrases=tuple(Example(line.items, line.text, voice=voices[line.file]) for line in said),
        strange=tuple(line.text for line in strange),
        same_words=_same_words(read_source(folder, "words.toml", faults), faults),
        acts=tuple((act, text) for act, text, _ in acts),
        questions=tuple(_questions(read_source(folder, "faq.toml", faults), faults)),
        lines=said + strange,
        everyday=_everyday(read_source(folder, "everyday.toml", faults), known, faults),
        act_voices={text: voice for _, text, voice in acts},
    )


def _phrases(folder: Path, menu: Menu | None, faults: Faults, places: _Places) -> Iterator[Line]:
    names = sorted(f"phrases/{path.name}" for path in (folder / "phrases").glob("*.toml"))
    if all(name.endswith(STRANGE) for name in names):
        faults.add("phrases", "", "", "there is no file of phrases in this folder")
    for name in names:
        if name.endswith(STRANGE):
            continue
        source = read_source(folder, name, faults)
        source.whole(faults).only("phrases")
        for place, row in enumerate(source.rows("phrases", faults, key=""), start=1):
            yield from _table(_named(row, source, place, faults), menu, places, name)


def voice_of(name: str) -> str:
    """The writer of a file of phrases: what stands before the first mark in its name."""
    return re.split(r"[-_.]", name.rpartition("/")[2], maxsplit=1)[0]


def _named(row: Row, source: Source, place: int, faults: Faults) -> Row:
    """The same table, named after its first item: nobody finds "phrases no. 312" in a long file."""
    items = row.values.get("items")
    first = items[0] if isinstance(items, list) and items and isinstance(items[0], str) else ""
    return Row(faults, source.name, first or f"phrases no. {place}", row.values)


def _table(row: Row, menu: Menu | None, places: _Places, file: str) -> Iterator[Line]:
    row.only("items", *SIDES)
    items = row.strings("items")
    if "items" in row.values and not items:
        row.fault("items", "should name at least one item")
    _check_items(row, items, menu)
    # A table may have one language alone: how many phrases of each an item has is counted in the end.
    for side in [side for side in SIDES if side in row.values] or SIDES:
        said = row.said(side)
        place = " and ".join(items)
        places.put_all(row, side, said, place, ": name both in one table's items")
        _check_script(row, side, said)
        yield from (Line(file, items, side, text) for text in said)


def _check_items(row: Row, items: tuple[str, ...], menu: Menu | None) -> None:
    for item_id, times in Counter(items).items():
        if times > 1:
            row.fault("items", f"{item_id!r} stands twice")
        item = menu.items.get(item_id) if menu else None
        if menu and item is None:
            row.fault("items", f"there is no item {item_id!r}")
        elif item is not None and item.alias_of:
            row.fault("items", f"{item_id!r} is an alias; name {item.alias_of!r}")


def _check_script(row: Row, side: str, said: tuple[str, ...]) -> None:
    for wording in said:
        chinese = _HAN.search(wording) is not None
        if chinese != (side == "zh"):
            row.fault(side, f"{wording!r} belongs under {'zh' if chinese else 'en'}")


def _all_strange(folder: Path, faults: Faults, places: _Places) -> Iterator[Line]:
    names = {f"phrases/{path.name}" for path in (folder / "phrases").glob(f"*{STRANGE}")}
    for name in sorted({f"phrases/{STRANGE}", *names}):
        yield from _strange(read_source(folder, name, faults), faults, places)


def _strange(source: Source, faults: Faults, places: _Places) -> Iterator[Line]:
    if not source.readable:
        return
    source.whole(faults).only("out_of_scope")
    row = Row(faults, source.name, "", source.whole(faults).mapping("out_of_scope"))
    row.only(*SIDES)
    for side in SIDES:
        said = row.said(side)
        places.put_all(row, side, said, "out_of_scope", ": it cannot be both")
        _check_script(row, side, said)
        yield from (Line(source.name, (), side, text) for text in said)


def _everyday(source: Source, menu: Menu | None, faults: Faults) -> frozenset[str]:
    if not source.readable:
        return frozenset()
    source.whole(faults).only("items")
    row = Row(faults, source.name, "", source.table)
    items = row.strings("items")
    _check_items(row, items, menu)
    return frozenset(items)


def _same_words(source: Source, faults: Faults) -> dict[str, str]:
    if not source.readable:
        return {}
    source.whole(faults).only("same")
    row = Row(faults, source.name, "same", source.whole(faults).mapping("same"))
    words: dict[str, str] = {}
    for word in row.values:
        if not word.strip():
            row.fault(repr(word), "the word that is replaced is empty")
        elif word != word.strip().lower():
            row.fault(word, f"would never be found; write {word.strip().lower()!r}")
        words[word] = row.string(word)
    return {word: meant for word, meant in words.items() if word.strip() and meant}


def _all_acts(folder: Path, faults: Faults) -> Iterator[tuple[Act, str, str]]:
    """The sentences of each act and who wrote them; none stands twice, whoever wrote it."""
    names = sorted(f"acts/{path.name}" for path in (folder / "acts").glob("*.toml"))
    if not names:
        faults.add("acts", "", "", "there is no file of acts in this folder")
    places = _Places()
    for name in names:
        for act, text in _acts(read_source(folder, name, faults), faults, places):
            yield act, text, voice_of(name)


def _acts(source: Source, faults: Faults, places: _Places) -> Iterator[tuple[Act, str]]:
    known = {str(act) for act in Act}
    whole = source.whole(faults)
    for name in source.table:
        if name not in known:
            whole.fault(name, "there is no such act")
            continue
        row = Row(faults, source.name, name, whole.mapping(name))
        row.only(*SIDES)
        for side in SIDES:
            said = row.said(side)
            where = f"{name} of {source.name}"
            places.put_all(row, side, said, where, ": one of them is enough")
            yield from ((Act(name), text) for text in said)


def _questions(source: Source, faults: Faults) -> Iterator[tuple[str, str]]:
    """What is asked; what is answered is read where answers are worded."""
    places = _Places()
    if source.readable:
        source.whole(faults).only("faq")
    for row in source.rows("faq", faults, key="key"):
        row.only("key", "question", "also", "answer")
        key, question, also = row.string("key"), row.text("question"), row.mapping("also")
        for side in SIDES:
            said = row.said(f"also.{side}", also)
            places.put_all(row, f"also.{side}", said, key, ": one question has one answer")
            asked = question.in_(side)
            if asked:
                places.put(row, f"question.{side}", asked, key, ": one question has one answer")
            yield from ((key, text) for text in (asked, *said) if text and key)
