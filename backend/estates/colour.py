"""The accent colour of an estate: whether it can be read, the nearest shade that can, its sheet. Pure.

Text needs a contrast of 4.5 : 1 on every surface it stands on (WCAG 2.2), by day and in the dark. Red means
overdue and nothing else, so it cannot be an accent.
"""

import colorsys
import re
from typing import Final

LEAST: Final = 4.5
#: surfaces of tokens.css that the accent stands on; the first of each is also what stands on the accent
LIGHT: Final = ("#ffffff", "#f6f7f9", "#eef1f5")
DARK: Final = ("#0b1a2b", "#19202a", "#11161d", "#232c38")
_HEX: Final = re.compile(r"#[0-9a-f]{6}")
_STEPS: Final = 100
Rgb = tuple[float, float, float]


def read(text: str) -> str | None:
    """Return a colour as it is stored, ``#0b5cad``; None for what is none."""
    plain = text.strip().lower()
    plain = plain if plain.startswith("#") else f"#{plain}"
    return plain if _HEX.fullmatch(plain) else None


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, from 1 to 21."""
    first, second = sorted((_luminance(_rgb(one)), _luminance(_rgb(other))), reverse=True)
    return (first + 0.05) / (second + 0.05)


def _rgb(colour: str) -> Rgb:
    red, green, blue = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return red, green, blue


def _luminance(rgb: Rgb) -> float:
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def is_readable(colour: str) -> bool:
    """True when text in this colour, and white text on it, can be read on every light surface."""
    return all(contrast(colour, surface) >= LEAST for surface in LIGHT)


def is_red(colour: str) -> bool:
    """True for what would be taken for "overdue"."""
    hue, _, saturation = colorsys.rgb_to_hls(*_rgb(colour))
    return saturation > 0.3 and (hue < 0.05 or hue > 0.92)


def nearest(colour: str) -> str:
    """Return the colour itself when it can be read, else the nearest darker shade of it that can."""
    return next(one for one in _towards(colour, "#000000") if is_readable(one))


def in_the_dark(colour: str) -> str:
    """Return the nearest lighter shade that can be read in the dark."""
    shades = _towards(colour, "#ffffff")
    return next(one for one in shades if all(contrast(one, surface) >= LEAST for surface in DARK))


def _towards(colour: str, end: str) -> list[str]:
    return [_mixed(colour, end, step / _STEPS) for step in range(_STEPS + 1)]


def _mixed(colour: str, other: str, share: float) -> str:
    parts = zip(_rgb(colour), _rgb(other), strict=True)
    return "#" + "".join(f"{round((one * (1 - share) + two * share) * 255):02x}" for one, two in parts)


def _chosen(colour: str, ground: str) -> str:
    """Tokens of what is chosen or of note: the colour itself, on as much of its tint as lets it be read."""
    tints = (_mixed(ground, colour, share / _STEPS) for share in range(14, -1, -1))
    return f";--info:{colour};--info-bg:{next(one for one in tints if contrast(colour, one) >= LEAST)}"


def sheet(colour: str) -> str:
    """Return the tokens of an accent colour as a style sheet, for light, dark and the device's own choice."""
    bright = in_the_dark(colour)
    light = f"--accent:{colour};--accent-strong:{_mixed(colour, '#000000', 0.2)}{_chosen(colour, LIGHT[0])}"
    dark = f"--accent:{bright};--accent-strong:{_mixed(bright, '#ffffff', 0.3)}{_chosen(bright, DARK[1])}"
    device = f':root:not([data-theme="light"],[data-theme="dark"]){{{dark}}}'
    return (
        f':root{{{light}}}\n[data-theme="dark"]{{{dark}}}\n@media (prefers-color-scheme: dark){{{device}}}\n'
    )
