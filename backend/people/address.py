"""How a person is addressed: 陈先生 / Mr Chen. Pure; gender is never guessed, 小姐 never used.

The form is what the person chose. Without one, Chinese says 您 and English the name they go by.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

_COMPOUND_SURNAMES = (
    "欧阳 司马 上官 诸葛 司徒 司空 东方 独孤 南宫 西门 夏侯 皇甫 尉迟 公孙 慕容 令狐 长孙 宇文 轩辕 端木 "
    "百里 呼延 申屠 太史 公冶 宗政 濮阳 淳于 单于 澹台 闻人 赫连 钟离 鲜于 闾丘 仲孙 万俟 第五 歐陽 司馬 諸葛"
)
COMPOUND: Final = frozenset(_COMPOUND_SURNAMES.split())


class Form(StrEnum):
    """A form of address that a person may choose."""

    MR = "mr"
    MS = "ms"
    MRS = "mrs"
    TEACHER = "teacher"
    DOCTOR = "doctor"
    AUNTIE = "auntie"
    UNCLE = "uncle"
    BOSS = "boss"
    FIRST_NAME = "first_name"


@dataclass(frozen=True, slots=True)
class _Title:
    zh: str
    en: str


_TITLES: Final[Mapping[Form, _Title]] = {
    Form.MR: _Title("先生", "Mr"),
    Form.MS: _Title("女士", "Ms"),
    Form.MRS: _Title("太太", "Mrs"),
    Form.TEACHER: _Title("老师", ""),
    Form.DOCTOR: _Title("医生", "Dr"),
    Form.AUNTIE: _Title("阿姨", ""),
    Form.UNCLE: _Title("叔叔", ""),
    Form.BOSS: _Title("总", ""),
}


def split_name(name: str) -> tuple[str, str]:
    """Return (surname, given name). Chinese: surname first, 欧阳 kept whole; other names: the last word."""
    name = name.strip()
    if not name:
        return "", ""
    if "一" <= name[0] <= "鿿":
        length = 2 if name[:2] in COMPOUND and len(name) > 2 else 1
        return name[:length], name[length:].lstrip("· ")
    given, _, surname = name.rpartition(" ")
    return surname, given


def address_zh(surname: str, form: Form | None) -> str:
    """Return 陈先生, 欧阳女士, 陈老师; 您 when no form or no surname is known."""
    title = _TITLES.get(form) if form else None
    return f"{surname}{title.zh}" if surname and title else "您"


def address_en(surname: str, form: Form | None, first_name: str = "") -> str:
    """Return Mr Chen; the first name when no English title is known; "" when there is neither."""
    title = _TITLES.get(form) if form else None
    if surname and title and title.en:
        return f"{title.en} {surname}"
    return first_name


def spoken_to(address_as: str, name: str, language: str) -> str:
    """Return the words to speak to a resident with: what they chose, else 您 or their first name."""
    if address_as:
        return address_as
    if language == "zh":
        return "您"
    is_latin = bool(name) and name[0].isascii()
    return split_name(name)[1] if is_latin else ""
