"""Numbers as people write them: digits, Chinese numerals and English words, up to the hundreds."""

from __future__ import annotations

ZH_DIGITS = {
    "零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "俩": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7,
    "八": 8, "九": 9, "幺": 1, "仨": 3,
}  # fmt: skip
EN_WORDS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15,
    "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40,
    "forty-five": 45, "fifty": 50, "sixty": 60, "ninety": 90, "a couple of": 2, "a couple": 2, "couple": 2,
    "couple of": 2, "a few": 3, "few": 3,
}  # fmt: skip

ZH_NUMBER = r"(?:\d{1,3}|[零〇一二两三四五六七八九十百]{1,4})"
EN_SMALL = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
EN_NUMBER = (
    r"(?:\d{1,3}(?:\.5)?|" + EN_SMALL + r"|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|"
    r"twenty|thirty|forty-five|forty|fifty|sixty|ninety)"
)


def read_number(text: str) -> float | None:
    """The value of digits, Chinese numerals or an English number word; None when it is none of these."""
    text = text.strip()
    if not text:
        return None
    if text.replace(".", "", 1).isdigit() and text.isascii():
        return float(text)
    if text in EN_WORDS:
        return float(EN_WORDS[text])
    return _read_chinese(text)


def read_whole(text: str) -> int | None:
    """A whole number, or None."""
    value = read_number(text)
    return int(value) if value is not None and value == int(value) else None


def _read_chinese(text: str) -> float | None:
    total = 0
    pending = -1
    for character in text:
        if character in ZH_DIGITS:
            pending = ZH_DIGITS[character] if pending < 0 else pending * 10 + ZH_DIGITS[character]
        elif character in "十百":
            total += (1 if pending < 0 else pending) * (10 if character == "十" else 100)
            pending = -1
        else:
            return None
    return float(total + max(pending, 0))
