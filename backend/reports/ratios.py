"""How many homes one butler answers for, by the tier of the home (domain: staffing ratios). Pure."""

from collections.abc import Mapping
from typing import Any, Final

#: tier → homes of one butler; 0: the pool's, nobody's own
RATIOS: Final[Mapping[str, int]] = {"vip": 30, "high": 50, "standard": 80, "basic": 100, "none": 0}


def ratios_of(settings: Mapping[str, Any]) -> dict[str, int]:
    """The ratios of an estate: its own ``{"ratios": {"high": 40}}`` over the shipped ones.

    What is no whole number of homes is left out.
    """
    own = settings.get("ratios")
    given = own.items() if isinstance(own, Mapping) else ()
    kept = {
        str(tier): homes
        for tier, homes in given
        if isinstance(homes, int) and not isinstance(homes, bool) and homes >= 0
    }
    return {**RATIOS, **kept}


def load(homes: Mapping[str, int], ratios: Mapping[str, int]) -> float | None:
    """How full a butler's hands are: 1.0 is exactly the ratio; None for somebody without homes of their own.

    Homes of different tiers add up by their parts: 25 of 50 and 40 of 80 make 1.0.
    """
    parts = [count / ratios[tier] for tier, count in homes.items() if ratios.get(tier)]
    return sum(parts) if parts else None
