"""The columns of the Excel sheet of homes and residents, and the words that may stand in them. Pure.

A heading is known by its Chinese or its English name, or by both together as the template writes them.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from backend.people.address import Form
from locales import N_


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its two names, other headings that mean it, an example, and what belongs in it."""

    id: str
    zh: str
    en: str
    about: str
    example: str = ""
    width: int = 12
    others: tuple[str, ...] = ()

    @property
    def heading(self) -> str:
        return f"{self.zh} {self.en}"

    def name(self, language: str) -> str:
        return self.zh if language == "zh" else self.en


COLUMNS: Final = (
    Column("building", "楼栋", "Building", N_("Number or letter of the building. Needed in every row."), "3",
           others=("楼号", "栋", "幢", "bldg", "block", "tower")),
    Column("unit", "单元", "Unit", N_("Number of the unit; empty where the building has none."), "2",
           others=("entrance",)),
    Column("flat", "房号", "Flat", N_("Number of the flat with its letter, as 1501 or 12A. Needed in every "
           "row."), "1501", others=("房间", "房间号", "室", "门牌号", "room", "apartment")),
    Column("zone", "组团", "Zone", N_("Code of the zone; a zone that is not there yet is added."), "A",
           others=("区域", "片区")),
    Column("tier", "服务档次", "Tier", N_("VIP, high, standard, basic or none; standard when empty."), "标准",
           others=("档次", "service tier")),
    Column("butler", "管家", "Butler", N_("User name or name of the butler who answers for the home."), "",
           16, ("专属管家",)),
    Column("name", "姓名", "Name", N_("Name of the resident; empty for a home in which nobody lives. Each "
           "resident has a row of their own."), "陈建国", 18, ("住户", "住户姓名", "业主姓名", "resident")),
    Column("address_zh", "中文称呼", "Called in Chinese", N_("How they like to be addressed in Chinese: "
           "a title such as “先生” or “女士”, or in full, such as “陈老师”. Empty when they have not said."),
           "先生", 18,
           ("称呼", "怎么称呼您", "怎么称呼")),
    Column("address_en", "英文称呼", "Called in English", N_("How they like to be addressed in English: in "
           "full, as Mr Brown or Tom."), "Mr Chen", 18, ("form of address", "address as")),
    Column("kind", "身份", "Kind", N_("Owner, tenant or family; owner when empty."), "业主", 10,
           ("住户类型", "与业主关系", "role")),
    Column("language", "语言", "Language", N_("Chinese or English; Chinese when empty."), "中文", 10),
    Column("phone", "手机", "Phone", N_("With the country code when it is not a Chinese number."),
           "138 0013 8000", 20, ("手机号", "手机号码", "电话", "联系电话", "联系方式", "mobile")),
    Column("large_type", "大字版", "Large type", N_("Yes for somebody who reads large letters more easily."),
           "否", 10, ("长辈模式", "大字")),
    Column("since", "入住日期", "Since", N_("Day they moved in, as 2024-05-01; today when empty."),
           "2024-05-01", 14, ("入住时间", "入住", "moved in", "move-in date")),
)  # fmt: skip
#: a home in one cell instead of three, as 3-2-1501
HOME: Final = Column("home", "房屋", "Home", "", others=("房产", "房屋编号", "address"))
#: our own words beside a row: why it could not be read; never read back
REMARK: Final = Column(
    "remark", "备注", "Remark",
    N_("For yourselves, and for what is wrong with a row; nothing of it is imported."),
    width=50, others=("说明", "note"),
)  # fmt: skip
EXAMPLE: Final = "示例，请删除这一行 Example: please delete this row"
BY_ID: Final[Mapping[str, Column]] = {one.id: one for one in (*COLUMNS, HOME, REMARK)}
#: what a row about a person may say
PERSONAL: Final = ("name", "address_zh", "address_en", "kind", "language", "phone", "large_type", "since")

KINDS: Final[Mapping[str, Sequence[str]]] = {
    "owner": ("业主", "owner", "产权人", "房主"),
    "tenant": ("租户", "tenant", "租客", "承租人"),
    "family": ("家人", "family", "家属", "家庭成员", "亲属", "同住人"),
}
LANGUAGES: Final[Mapping[str, Sequence[str]]] = {
    "zh": ("中文", "chinese", "zh", "汉语", "普通话"),
    "en": ("英文", "english", "en", "英语"),
}
TIERS: Final[Mapping[str, Sequence[str]]] = {
    "vip": ("vip", "贵宾", "尊享"),
    "high": ("高档", "high", "高端"),
    "standard": ("标准", "standard", "普通"),
    "basic": ("基础", "basic"),
    "none": ("无", "none"),
}
YES: Final[Mapping[str, Sequence[str]]] = {
    "yes": ("是", "yes", "y", "true", "1", "✓", "√"),
    "no": ("否", "no", "n", "false", "0", "×"),
}
WORDS: Final[Mapping[str, Mapping[str, Sequence[str]]]] = {
    "kind": KINDS, "language": LANGUAGES, "tier": TIERS, "large_type": YES,
}  # fmt: skip
#: what stands alone in the column of address -> the form they chose
TITLES: Final[Mapping[str, Form]] = {
    "先生": Form.MR, "mr": Form.MR, "女士": Form.MS, "ms": Form.MS, "太太": Form.MRS, "mrs": Form.MRS,
    "老师": Form.TEACHER, "医生": Form.DOCTOR, "dr": Form.DOCTOR, "阿姨": Form.AUNTIE, "叔叔": Form.UNCLE,
}  # fmt: skip


def plain(text: str) -> str:
    """Text without what Excel and typing leave in it: full-width signs, odd blanks, blanks around."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text).replace("\u200b", "")).strip()


def _names() -> dict[str, str]:
    return {
        name.casefold(): one.id
        for one in (*COLUMNS, HOME, REMARK)
        for name in (one.zh, one.en, one.heading, *one.others)
    }


_NAMES: Final = _names()


def column_of(heading: str) -> str:
    """The id of the column a heading means, or ""."""
    text = plain(re.sub(r"[(（\[【*].*$", "", heading)).casefold().rstrip(":： *")
    if text in _NAMES:
        return _NAMES[text]
    chinese = "".join(re.findall(r"[一-鿿]+", text))
    latin = " ".join(re.findall(r"[a-z-]+", text))
    return _NAMES.get(chinese, "") or _NAMES.get(latin, "")


def as_whole(named: Mapping[int, str]) -> dict[int, str]:
    """The columns of a list with people: a flat beside no building holds the whole home, as 3-2-1501."""
    ids = set(named.values())
    is_whole = "flat" in ids and not ids & {"building", "unit", "home"} and bool(ids & {"name", "phone"})
    return {place: HOME.id if is_whole and one == "flat" else one for place, one in named.items()}


def is_heading(ids: Iterable[str]) -> bool:
    """True for a row of headings: it says where the homes stand."""
    found = set(ids)
    return {"building", "flat"} <= found or "home" in found


def meaning(column: str, text: str) -> str | None:
    """What a word of a column means (业主 → owner); None for one that is not known."""
    word = text.casefold()
    return next((value for value, words in WORDS[column].items() if word in words), None)


def word_for(column: str, value: str, language: str = "zh") -> str:
    """The word that is written for a value: the first in Chinese, the second in English."""
    words = WORDS[column].get(value)
    if not words:
        return value
    return words[0] if language == "zh" else words[1]
