"""Three bands: sure enough to act, worth asking about, better handed to the butler.

The thresholds belong to what scores: the matcher by words alone has those of `Gate`, a trained scorer brings
its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from intents.meaning import Alternative, Decision


def lead_of(ranked: Sequence[Alternative]) -> float:
    """By how much the first is ahead of the second."""
    if not ranked:
        return 0.0
    return ranked[0].confidence - (ranked[1].confidence if len(ranked) > 1 else 0.0)


@dataclass(frozen=True, slots=True)
class Gate:
    """Scores from 0 to 1; `clear` and `ahead` are the leads over the runner-up that acting needs.

    The values given here belong to the matcher that goes by words alone and were set by hand, for want of
    calibration (`tools/leave_out.py` shows its curve). A trained scorer brings its own: see `trained_gate`.
    """

    certain: float = 0.65
    ahead: float = 0.12
    act: float = 0.50
    clear: float = 0.18
    likely: float = 0.50
    unlikely: float = 0.50
    ask: float = 0.20
    faq: float = 0.50
    wishes: tuple[float, float, float] = (0.50, 0.80, 0.84)
    doubtful: float = 2.0
    strangest: float = 0.3
    #: a name that stands in the text: how likely its item must be anyway, and what it is worth then
    named_from: float = 0.40
    named: float = 0.85

    def decide(self, ranked: Sequence[Alternative]) -> Decision:
        """What the ranking allows."""
        if not ranked or ranked[0].confidence < self.ask:
            return "hand_over"
        lead = lead_of(ranked)
        first = ranked[0].confidence
        if (first >= self.certain and lead >= self.ahead) or (first >= self.act and lead >= self.clear):
            return "act"
        return "ask"

    def second_wish(self, cut: int) -> float:
        """How sure a clause must be to count as a wish of its own: after "also" less than after a comma."""
        return self.wishes[cut]

    def doubts(self, strangeness: float) -> bool:
        """Whether a person should look at a text that no service is sure of."""
        return strangeness > self.doubtful

    def strange(self, strangeness: float) -> bool:
        """Whether a text no service is sure of is like what no estate can do."""
        return strangeness >= self.strangest


def trained_gate(act: float, outside: float, far: float) -> Gate:
    """The gate of a trained scorer: its confidences are chances of being right, its bands were calibrated.

    It acts from `act` on, hands over what fits any service with a chance below `outside`, and takes for
    strange what does with a chance below `far`. The other values are chances as well.
    """
    act = min(act, 0.93)
    return Gate(
        certain=act, ahead=0.05, act=act, clear=0.05, likely=0.5, unlikely=0.35, ask=0.1,
        wishes=(0.3, 0.83, 0.85), doubtful=1 - outside, strangest=1 - far, named_from=0.45,
        named=max(0.85, act),
    )  # fmt: skip
