"""Whether a butler's reply only asks the resident to wait (“please wait”, 稍等), which starts SLA-25. Pure.

Whoever is asked to hold is told something within a minute. A reply that says anything else as well (when
somebody comes, what was found) is the content they waited for.
"""

import re
from typing import Final

#: what the clocks are told of a reply (policies.toml, SLA-25)
ASKED_TO_WAIT: Final = "asked_to_wait"
SPOKE: Final = "spoke"

_WAIT: Final = re.compile(
    r"稍[等候](?:一[下会]儿?|片刻)?|稍待|请稍后|等一?下(?!午)|等一?会儿?|等等我|等我(?:一[下会]儿?)?|别挂(?:电话)?"
    r"|\b(?:please|kindly)\s+wait\b|\bwait\s+(?:just\s+)?(?:a|one)\s+(?:moment|minute|second|sec|bit|little)\b"
    r"|\b(?:one|just\s+a|give\s+me\s+a|give\s+me\s+one)\s+(?:moment|minute|second|sec)\b"
    r"|\b(?:hold|hang)\s+on\b|\bbear\s+with\s+(?:me|us)\b",
    re.IGNORECASE,
)
#: a minute is how long one asks people to hold; it names no time
_A_MINUTE: Final = re.compile(r"一分钟|1\s*分钟|\b(?:a|one|1)\s+minute\b", re.IGNORECASE)
#: what is news, however politely it asks for patience
_NEWS: Final = re.compile(
    r"\d|分钟|小时|点钟|[一二两三四五六七八九十]点|上门|出发|路上|马上到|就到|到了|会[来到]|过来|已|安排|今[天晚]|明[天早]|后天|[上下]午"
    r"|\bon\s+(?:his|her|the|their|its)\s+way\b|\barriv|\btoday\b|\btomorrow\b|\btonight\b|\balready\b|\bhas\b"
    r"|\bhave\s+(?:been|asked|found|booked|sent)\b|\bhours?\b|\bminutes\b|\bo'clock\b",
    re.IGNORECASE,
)
#: more than this beside the request to wait says something: characters, of Chinese and of anything else
LONGEST_ZH: Final = 24
LONGEST: Final = 70


def asks_to_wait(text: str) -> bool:
    """Tell whether a reply asks the resident to hold and says nothing else they could go by."""
    rest, found = _WAIT.subn("", text)
    if not found:
        return False
    rest = _A_MINUTE.sub("", rest).strip()
    is_chinese = any("一" <= one <= "鿿" for one in rest)
    return len(rest) <= (LONGEST_ZH if is_chinese else LONGEST) and not _NEWS.search(rest)


def told_by(text: str, *, has_files: bool) -> str:
    """Return what the clocks hear of a reply: it asked to wait, or it said something (a photo does)."""
    return ASKED_TO_WAIT if asks_to_wait(text) and not has_files else SPOKE
