"""Three bands: sure enough to act, worth asking about, better handed to the butler.

The thresholds belong to the scorer in `matching` and were set on its own scores; another scorer brings
its own gate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from intents.meaning import Alternative, Decision


@dataclass(frozen=True, slots=True)
class Gate:
    """Scores from 0 to 1; `clear` is the lead over the runner-up that a middling score needs to act."""

    certain: float = 0.90
    act: float = 0.50
    clear: float = 0.15
    ask: float = 0.20
    faq: float = 0.50

    def decide(self, ranked: Sequence[Alternative]) -> Decision:
        """What the ranking allows."""
        if not ranked or ranked[0].confidence < self.ask:
            return "hand_over"
        lead = ranked[0].confidence - (ranked[1].confidence if len(ranked) > 1 else 0.0)
        if ranked[0].confidence >= self.certain or (ranked[0].confidence >= self.act and lead >= self.clear):
            return "act"
        return "ask"

    def second_wish(self, cut: int) -> float:
        """How sure a clause must be to count as a wish of its own: after "also" less than after a comma."""
        return (self.act, 0.80, 0.84)[cut]

    def strange(self, strangeness: float) -> bool:
        """Whether a text no service is sure of is like what no estate can do."""
        return strangeness >= 0.3
