"""How many come, as a message tells it ("两位朋友", "three friends"): nobody is asked it again. Pure."""

import re
from typing import Final

from locales import N_

_KIN: Final = r"朋友|客人|访客|亲戚|同学|同事|老乡|闺蜜|哥们|家人|人|师傅|孩子"
_ZH: Final = re.compile(
    rf"(?P<n>[一两二三四五六七八九十]|十[一二三四五六七八九]|\d{{1,2}})(?:位|个(?={_KIN})|名(?={_KIN})|人(?!民|生))"
)
_EN: Final = re.compile(
    r"\b(?P<n>\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten)(?: of my| of our| [a-z]{2,9})? "
    r"(?:friends?|guests?|visitors?|people|persons?|colleagues?|relatives?|cousins?|classmates?)\b",
    re.IGNORECASE,
)
#: the name alone, where the number was told
WHO: Final = N_("What is the visitor’s name?")


def in_words(words: str) -> str:
    """The number of those who come, as a pass is read by the guard; "" where none is told."""
    found = _ZH.search(words)
    if found is not None:
        return f"{found['n']}位"
    told = _EN.search(words)
    return (
        "" if told is None else f"{told['n'].lower()} {'person' if told['n'].lower() in _ONE else 'people'}"
    )


_AROUND: Final = re.compile(
    r"^不是[^，,]{1,12}[，,]\s*(?:而?是|叫)|^(?:(?:要|会)?来的(?:人|朋友|客人)?|客人|访客|要?登记的)(?:是|叫|名叫|[:：])+|\s+(?:要|会)?过?来(?:的)?$"
    r"|^not [^,]{2,30}, (?:it['’]s |but )?|^(?:his|her|their|the) names? (?:is|are) ",
    re.IGNORECASE,
)


def bare(name: str) -> str:
    """The name without the words that are said around one: "来的是王强" is 王强."""
    return _AROUND.sub("", name.strip()).strip() or name


_ONE: Final = frozenset({"1", "one"})


def with_name(name: str, words: str) -> str:
    """A guest's name with the number that was told elsewhere; a name that says one itself stays as it is."""
    name, number = bare(name), in_words(words)
    if not name or not number or in_words(name) or re.search(r"[\d、和与]|\band\b", name):
        return name
    return f"{name}，{number}" if number.endswith("位") else f"{name}, {number}"
