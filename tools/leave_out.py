"""How sure is sure enough: every phrase of ours read by a matcher that never saw it.

`python -m tools.leave_out` splits the phrases into folds, builds a matcher without each fold in turn, lets it
rank that fold, and prints for many gates how often it would act and how often that would be right: the
item itself, or at least its category (the same trade comes; many phrases fairly fit two items of one).
The thresholds of `intents/gate.py` are chosen from this table, not from any sample of messages.
"""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from rich.console import Console
from rich.progress import track
from rich.table import Table

from intents.gate import Gate, lead_of
from intents.matching import ItemMatcher
from intents.meaning import Alternative
from intents.menu import Menu
from intents.normalize import normalize
from intents.reading import read_data
from intents.wordings import Example, Wordings

FOLDS = 12
SCORES = (0.40, 0.45, 0.50, 0.55, 0.60, 0.65, 0.70, 0.80, 0.90)
LEADS = (0.0, 0.10, 0.15, 0.20, 0.25, 0.30, 0.35)


@dataclass(frozen=True, slots=True)
class Held:
    """One phrase that was left out, and what a matcher without it makes of it."""

    example: Example
    ranked: tuple[Alternative, ...]
    categories: frozenset[str]
    first_category: str

    def found(self, first: int) -> bool:
        """Whether one of its items is among the first so many."""
        return any(one.item in self.example.items for one in self.ranked[:first])

    @property
    def is_right_trade(self) -> bool:
        """Whether the first item is right, or of the same category."""
        return self.first_category in self.categories


def held_out(menu: Menu, said: Wordings, folds: int = FOLDS) -> Iterator[Held]:
    """Every phrase, ranked without itself and the others of its fold."""
    for fold in range(folds):
        kept = [one for place, one in enumerate(said.phrases) if place % folds != fold]
        matcher = ItemMatcher(menu, kept, said.same_words, said.strange)
        for one in said.phrases[fold::folds]:
            ranked = tuple(matcher.rank(normalize(one.text).text, limit=5))
            categories = frozenset(menu.item(item).category for item in one.items)
            yield Held(one, ranked, categories, menu.item(ranked[0].item).category if ranked else "")


def share(hits: int, of: int) -> float:
    return hits / of if of else 0.0


def curve(held: Sequence[Held]) -> Table:
    """Precision and coverage of acting, by the least score and the least lead over the runner-up."""
    table = Table("score ≥", title="item right / trade right / acts on", show_lines=True)
    for lead in LEADS:
        table.add_column(f"lead ≥ {lead:.2f}", no_wrap=True)
    cells = {(score, lead): _cell(held, score, lead) for score, lead in product(SCORES, LEADS)}
    for score in SCORES:
        table.add_row(f"{score:.2f}", *(cells[score, lead] for lead in LEADS))
    return table


def _cell(held: Sequence[Held], score: float, lead: float) -> str:
    sure = [one for one in held if one.ranked and one.ranked[0].confidence >= score]
    return _shares([one for one in sure if lead_of(one.ranked) >= lead], len(held))


def _shares(acted: Sequence[Held], of: int) -> str:
    right = share(sum(one.found(1) for one in acted), len(acted))
    trade = share(sum(one.is_right_trade for one in acted), len(acted))
    return f"{right:.0%} / {trade:.0%} / {share(len(acted), of):.1%}"


def bands(held: Sequence[Held], gate: Gate) -> Iterator[str]:
    """What the present gate does with the phrases."""
    decided = [(gate.decide(one.ranked), one) for one in held]
    acted = [one for decision, one in decided if decision == "act"]
    yield f"act: {_shares(acted, len(held))}"
    for band in ("ask", "hand_over"):
        inside = [one for decision, one in decided if decision == band]
        three = share(sum(one.found(3) for one in inside), len(inside))
        yield f"{band}: {share(len(inside), len(held)):.1%}, its item among the first three of {three:.1%}"


def main() -> int:
    read, out = read_data(), Console(soft_wrap=True, width=160)
    phrases = held_out(read.menu, read.wordings)
    total, shown = len(read.wordings.phrases), Console(stderr=True)
    held = list(track(phrases, "reading", total, console=shown))
    first, three = (share(sum(one.found(count) for one in held), total) for count in (1, 3))
    out.print(f"{total} phrases: item first {first:.1%}, among the first three {three:.1%}")
    out.print(curve(held))
    for line in bands(held, Gate()):
        out.print(line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
