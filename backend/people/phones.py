"""Phone numbers as people write and say them, in E.164 for the tables. Pure.

Understood: 138 0013 8000 · 010-8888 6666 转 801 · 400 numbers · +852 6123 4567 · +44 (0)20 7946 0018 ·
0044… · spoken digits (幺三八…). An extension is kept as RFC 3966 writes it: ``+861088886666;ext=801``.
"""

import re
import unicodedata
from typing import Final

_SPOKEN: Final = str.maketrans("零〇幺一二两三四五六七八九", "0011223456789")
_EXTENSION: Final = re.compile(r"(?:转|轉|分机|分機|;ext=|ext\.?|x|#)\s*:?\s*(\d{1,6})$", re.IGNORECASE)
_NOISE: Final = re.compile(r"[\s\-‐-―().·/_]+")
_CHINA: Final = (
    re.compile(r"1[3-9]\d{9}"),  # mobile
    re.compile(r"0(?:10|2\d)\d{8}"),  # landline of a large city
    re.compile(r"0[3-9]\d{2}\d{7,8}"),  # landline elsewhere
    re.compile(r"[48]00\d{7}"),  # business numbers
)
_ABROAD: Final = re.compile(r"[1-9]\d{6,14}")
_HONG_KONG: Final = re.compile(r"852[2-9]\d{7}")
#: digits enough for a phone, an identity card or an account, however they are grouped
_LONG: Final = re.compile(r"(?:\d[\s\-‐-―()./·]*){7,}")
#: Country codes written out when a number is masked; longer ones first.
_COUNTRIES: Final = ("852", "853", "886", "86", "81", "82", "65", "61", "49", "44", "34", "33", "7", "1")


def normalise(text: str) -> str | None:
    """Return the number in E.164 (with ``;ext=``), or None when ``text`` is no phone number."""
    plain = unicodedata.normalize("NFKC", text).translate(_SPOKEN).strip()
    extension = _EXTENSION.search(plain)
    if extension:
        plain = plain[: extension.start()]
    number = _e164(_NOISE.sub("", plain.replace("(0)", "")))
    if number is None or extension is None:
        return number
    return f"{number};ext={extension[1]}"


def has_number(text: str) -> bool:
    """Tell whether words hold digits enough for a phone or an identity number; take homes out before."""
    return _LONG.search(unicodedata.normalize("NFKC", text).translate(_SPOKEN)) is not None


def _e164(digits: str) -> str | None:
    if digits.startswith("+"):
        return _with_country(digits[1:])
    if not digits.isascii() or not digits.isdigit():
        return None
    if digits.startswith("00"):
        return _with_country(digits[2:])
    return _china(digits) or (_with_country(digits) if _is_prefixed(digits) else None)


def _is_prefixed(digits: str) -> bool:
    """86 or 852 written without the plus sign."""
    return bool(_HONG_KONG.fullmatch(digits)) or (digits.startswith("86") and _china(digits[2:]) is not None)


def _with_country(digits: str) -> str | None:
    if not digits.isascii() or not digits.isdigit():
        return None
    if digits.startswith("86"):
        rest = digits[2:]
        return _china(rest) or _china("0" + rest)
    return "+" + digits if _ABROAD.fullmatch(digits) else None


def _china(digits: str) -> str | None:
    if any(pattern.fullmatch(digits) for pattern in _CHINA):
        return "+86" + digits.lstrip("0")
    return None


def pretty(number: str) -> str:
    """Return an E.164 number as it is read in China: ``138 0013 8000``, ``010 8888 6666 转 801``."""
    base, _, extension = number.partition(";ext=")
    return _grouped(base) + (f" 转 {extension}" if extension else "")


def _grouped(base: str) -> str:
    if not base.startswith("+86"):
        country = _country(base)
        return f"+{country} {base[1 + len(country) :]}" if country else base
    local = base[3:]
    if re.fullmatch(r"1[3-9]\d{9}", local):
        return f"{local[:3]} {local[3:7]} {local[7:]}"
    if re.fullmatch(r"[48]00\d{7}", local):
        return f"{local[:3]} {local[3:6]} {local[6:]}"
    area = 2 if local.startswith(("10", "2")) else 3
    return f"0{local[:area]} {local[area:-4]} {local[-4:]}"


def mask(number: str) -> str:
    """Return a number with its middle hidden: ``138****8000``, ``010****6666``, ``+44****0018``."""
    base = number.partition(";ext=")[0]
    head = _grouped(base).split(" ")[0]
    return f"{head}****{last4(base)}"


def last4(number: str) -> str:
    """The last four digits of an E.164 number, those that its mask shows; an extension is none of it."""
    return number.partition(";ext=")[0][-4:]


def _country(base: str) -> str:
    return next((code for code in _COUNTRIES if base[1:].startswith(code)), "")
