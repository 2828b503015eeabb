"""Groups neighbouring tokens into runs: one run is one spoken time, such as "Thursday between 2 and 4 pm"."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from intents.times.shapes import PARTS, Clock, Day, Often, Part, Span, Token

_TIMES = frozenset({"day", "part", "clock", "bare", "span", "often"})
_POINTS = frozenset({"day", "part", "clock", "bare"})
_GLUE = re.compile(r"[\s,，、;；()（）]*")
# After "at 3" these words may follow; any other word makes the number a quantity ("at 3 shops").
_MAY_FOLLOW = re.compile(
    r"\s*(?:$|[^a-z0-9\s]|(?:please|pls|plz|if|and|or|for|to|when|because|as|i|i'm|we|he|she|they|then|is|so|would|"
    r"works?|suits?|ok|okay|sharp|thanks|thank|will|can|could|the|my|our|with|at|in|on|but|until|till|"
    r"be|instead|rather|fine|good|suit|suitable|alright|all right|better|too)\b)"
)
_LEADS = frozenset({"by", "until", "after", "at", "between", "to", "day", "part"})


@dataclass(slots=True)
class Side:
    """What was said before or after the "to" of a range."""

    days: list[Day] = field(default_factory=list)
    part: Part | None = None
    clock: Clock | None = None

    @property
    def empty(self) -> bool:
        """True when nothing of time stands on this side."""
        return not self.days and self.part is None and self.clock is None


@dataclass(slots=True)
class Run:
    """One spoken time: sides of a range, a length, a recurrence, and the words that open or close it."""

    start: int
    end: int
    sides: list[Side] = field(default_factory=lambda: [Side()])
    spans: list[Span] = field(default_factory=list)
    often: list[Often] = field(default_factory=list)
    marks: set[str] = field(default_factory=set)  # by, after, within, later, in

    @property
    def empty(self) -> bool:
        """True when the run says nothing about time."""
        return not self.spans and not self.often and all(side.empty for side in self.sides)

    @property
    def names_day(self) -> bool:
        """True unless only hours were said; "in two hours" is a certain day too."""
        return any(side.days for side in self.sides) or all(side.empty for side in self.sides)


def runs_of(tokens: Iterable[Token], text: str) -> list[Run]:
    """The runs of a text in order."""
    runs: list[Run] = []
    for group in _groups(tokens, text):
        runs.extend(run for run in _split(_without_quantities(group, text), text) if not run.empty)
    return runs


def _without_quantities(group: list[Token], text: str) -> list[Token]:
    """The tokens without the lone numbers that are no times."""
    near = [token for token in group if token.kind != "fill"]
    times = {
        id(token) for index, token in enumerate(near) if token.kind == "bare" and _is_time(index, near, text)
    }
    return [token for token in group if token.kind != "bare" or id(token) in times]


def _groups(tokens: Iterable[Token], text: str) -> Iterable[list[Token]]:
    """Tokens with nothing but blanks and commas between them; noise and the past break a group."""
    group: list[Token] = []
    for token in tokens:
        touching = group and _GLUE.fullmatch(text, group[-1].end, max(token.start, group[-1].end))
        if group and (token.kind in ("noise", "past") or not touching):
            yield group
            group = []
        if token.kind not in ("noise", "past"):
            group.append(token)
    if group:
        yield group


def _is_time(index: int, near: list[Token], text: str) -> bool:
    """A lone number is a time only in the company of time words, and not when a counted noun follows."""
    token = near[index]
    before = near[index - 1].kind if index else ""
    after = near[index + 1].kind if index + 1 < len(near) else ""
    if after in ("part", "clock") and text[token.end : near[index + 1].start].strip() == "":
        return True
    if after == "in" and index + 2 < len(near) and near[index + 2].kind == "part":
        return True
    if after in ("to", "and") and index + 2 < len(near):
        partner = near[index + 2]
        strong = partner.kind == "clock" or before in _LEADS or (partner.kind == "part" and before != "")
        return strong or (partner.kind == "bare" and _company(near, text))
    if after != "day" and not _MAY_FOLLOW.match(text, token.end):
        return False
    if before == "and":
        return any(other.kind == "between" for other in near[:index])
    return before in _LEADS and not (before == "to" and index < 2) and _company(near, text)


def _company(near: list[Token], text: str) -> bool:
    """Whether a day, part, clock or a word such as "at" stands in the group."""
    return any(
        other.kind in ("day", "part", "clock", "by", "until", "after", "between")
        or (other.kind == "at" and text[other.start : other.end] in ("at", "@", "around"))
        for other in near
    )


def _split(group: list[Token], text: str) -> list[Run]:
    """One run, or several when a second full time begins without a "to"."""
    runs: list[Run] = []
    run: Run | None = None
    last = max((index for index, token in enumerate(group) if token.kind in _POINTS), default=-1)
    for index, token in enumerate(group):
        if run is not None and _next_day_too(run, token, text[run.end : token.start]):
            run.sides.append(Side())  # 周六周日, the 8th and the 9th
        elif run is None or _begins_anew(run, token, group, index):
            if run is not None:
                runs.append(run)
            run = Run(token.start, token.end)
        _take(run, token, follows=index < last)
        if token.kind in _TIMES:
            run.end = token.end
    return [*runs, run] if run is not None else runs


def _begins_anew(run: Run, token: Token, group: list[Token], index: int) -> bool:
    side = run.sides[-1]
    if token.kind in ("clock", "bare"):
        return side.clock is not None
    if token.kind == "part":
        return side.part is not None and side.part != token.value and not _early_said_twice(side, token)
    if token.kind != "day" or not side.days or not isinstance(token.value, Day):
        return False
    return not _same_day_said_twice(side.days[-1], token.value)


def _same_day_said_twice(first: Day, second: Day) -> bool:
    kinds = {first.kind, second.kind}
    if kinds & {"week", "month"} and len(kinds) == 2:
        return True
    return "weekday" in kinds and bool(kinds & {"offset", "date", "day_of_month"})


def _early_said_twice(side: Side, token: Token) -> bool:
    """Early on Monday morning is early, not just in the morning."""
    return side.part == PARTS["early"] and token.value == PARTS["morning"]


def _next_day_too(run: Run, token: Token, between: str) -> bool:
    """Whether a day follows the one just named, in the calendar as in the text."""
    side = run.sides[-1]
    if not isinstance(token.value, Day) or len(side.days) != 1 or side.part or side.clock or run.often:
        return False
    if between.strip() not in ("", "和", "跟", "、", "&", "and", "and the", "and on"):
        return False
    first, second = side.days[0], token.value
    if {first.kind, second.kind} - {"weekday", "date", "day_of_month", "offset"} or second.ahead is not None:
        return False
    same = first.kind == second.kind or (first.kind == "date" and second.kind == "day_of_month")
    return same and second.number == first.number + 1 and second.month in (0, first.month)


def _take(run: Run, token: Token, *, follows: bool) -> None:
    side = run.sides[-1]
    value = token.value
    if isinstance(value, Day):
        side.days.append(value)
    elif isinstance(value, Part):
        side.part = side.part if _early_said_twice(side, token) else value
    elif isinstance(value, Clock):
        side.clock = value
    elif isinstance(value, Span):
        run.spans.append(value)
    elif isinstance(value, Often):
        run.often.append(value)
    else:
        _mark(run, token, follows=follows)


def _mark(run: Run, token: Token, *, follows: bool) -> None:
    """Marks what opens or closes a range; `follows` says whether a time comes later in the group."""
    opens_range = token.kind == "to" or (token.kind == "and" and "between" in run.marks)
    closes_range = token.kind in ("by", "until") and not run.sides[-1].empty and follows
    if (opens_range or closes_range) and follows and not run.sides[-1].empty:
        whole_days = run.sides[-1].clock is None and run.sides[-1].part is None
        if closes_range and whole_days and (token.kind == "by" or "after" not in run.marks):
            run.marks.add("by")  # "tomorrow by five" names one time
            return
        run.sides.append(Side())
        run.marks.discard("after")
        return
    name = "by" if token.kind == "until" else token.kind.removeprefix("suffix_")
    if name in ("by", "after", "within", "between", "in"):
        run.marks.add(name)
