"""Names of homes: 3号楼2单元1501 = 3-2-1501 = "Bldg 3, Unit 2, Flat 1501". Pure.

Flats keep their letter (12A, 3A stands for the fourteenth or fourth floor in buildings that skip 4); numbers
4, 13 and 14 may be missing, so nothing is ever computed from a number.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

_DIGITS: Final = dict(zip("零〇一二两三四五六七八九", (0, 0, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9), strict=True))
_HANZI: Final = re.compile(r"[零〇一二两三四五六七八九十百]+(?=\s*(?:号|栋|幢|座|单元|层|楼|室|房))")
_B = r"[A-Za-z]?\d{1,3}[A-Za-z]?|[A-Za-z]"
_U = r"\d{1,2}|[A-Za-z]"
_F = r"\d{1,4}[A-Za-z]?"
_ZH: Final = re.compile(
    rf"(?P<b>{_B})\s*(?:号楼|栋|幢|座|号)\s*(?:(?P<u>{_U})\s*单元\s*)?(?P<f>{_F})(?![\dA-Za-z])\s*(?:室|房|号)?"
)
_EN: Final = re.compile(
    rf"\b(?:building|bldg\.?|block|tower|b)\s*(?:no\.?\s*)?(?P<b>{_B})\s*[,;]?\s*"
    rf"(?:(?:unit|entrance|u)\s*(?P<u>{_U})\s*[,;]?\s*)?"
    rf"(?:(?:flat|apartment|apt\.?|room|home|f|rm\.?)?\s*(?:no\.?\s*)?)(?P<f>{_F})(?![\dA-Za-z])",
    re.IGNORECASE,
)
_CODE: Final = re.compile(
    rf"(?<![\dA-Za-z/.-])(?P<b>{_B})\s*[-#]\s*(?P<u>{_U})\s*-\s*(?P<f>{_F})(?![\dA-Za-z/.-])"
)
#: Without a unit only what cannot be a span of hours or a date: 3-1501, 3-12A, but not 3-5.
_SHORT_CODE: Final = re.compile(
    rf"(?<![\dA-Za-z/.-])(?P<b>{_B})\s*[-#]\s*(?P<f>\d{{3,4}}[A-Za-z]?|\d{{1,2}}[A-Za-z])(?![\dA-Za-z/.-])"
)
_PATTERNS: Final = (_ZH, _EN, _CODE, _SHORT_CODE)


@dataclass(frozen=True, slots=True)
class HomeName:
    """Building, unit ("" where buildings have none) and flat, as they are spoken of."""

    building: str
    unit: str
    flat: str

    @property
    def code(self) -> str:
        """``3-2-1501``, or ``3-1501`` without a unit: the form stored in ``homes.code``."""
        return "-".join(part for part in (self.building, self.unit, self.flat) if part)

    def worded(self, language: str) -> str:
        """``3号楼2单元1501`` or ``Bldg 3, Unit 2, Flat 1501``."""
        return word_home(self.building, self.unit, self.flat, language)


def parse_home(text: str) -> HomeName | None:
    """Return the first home named in ``text``, or None."""
    plain = _plain(text)
    for pattern in _PATTERNS:
        found = pattern.search(plain)
        if found:
            parts = found.groupdict()
            return HomeName(parts["b"].upper(), (parts.get("u") or "").upper(), parts["f"].upper())
    return None


def without_homes(text: str) -> str:
    """Return ``text`` without the homes it names; as it is written when it names none."""
    if parse_home(text) is None:
        return text
    plain = _plain(text)
    for pattern in _PATTERNS:
        plain = pattern.sub("", plain)
    return plain


def _plain(text: str) -> str:
    plain = _HANZI.sub(lambda found: str(_number(found[0])), unicodedata.normalize("NFKC", text))
    return re.sub(r"[‐-―−]", "-", plain)


def _number(hanzi: str) -> int:
    """Read 三, 十二, 二十, 一五〇一 and 一百零二 as numbers."""
    if not set(hanzi) & set("十百"):
        return int("".join(str(_DIGITS[sign]) for sign in hanzi))
    total, digit = 0, 0
    for sign in hanzi:
        if sign in _DIGITS:
            digit = _DIGITS[sign]
        else:
            total += max(digit, 1) * (10 if sign == "十" else 100)
            digit = 0
    return total + digit


def word_home(building: str, unit: str, flat: str, language: str) -> str:
    """Word a home for a reader of ``language``; a villa may have no flat, a house no unit."""
    if language == "zh":
        sign = "座" if building.isalpha() else "号楼"
        return f"{building}{sign}" + (f"{unit}单元" if unit else "") + flat
    parts = [f"Bldg {building}", f"Unit {unit}" if unit else "", f"Flat {flat}" if flat else ""]
    return ", ".join(part for part in parts if part)
