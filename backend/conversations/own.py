"""A resident's own steps on a ticket: a price, a sign-off, papers; by button, or in words that name it. Pure.

What binds somebody (a price, a signature) is never read out of a mere yes: those words bring the buttons.
"""

import re
from collections.abc import Mapping
from typing import Final

from backend.conversations import about
from backend.conversations.state import OnTicket, OpenTicket, Reply, Said, Turn
from backend.conversations.talk import HUMAN_BUTTON, Talk, own_buttons
from intents.meaning import Act, Intent

#: kind of step → words that can mean nothing else
_PRICE: Final = r"(?:这个|你们的|该)?(?:价格|报价|价钱|价|方案)"
_QUOTE: Final = r"(?:the |your |that |this )?(?:price|quote|offer)"
_WORDS: Final[Mapping[str, re.Pattern[str]]] = {
    kind: re.compile("|".join(patterns), re.IGNORECASE)
    for kind, patterns in {
        "refuse": (
            rf"(?:不同意|不接受|谢绝|拒绝){_PRICE}",
            r"太贵.{0,6}(?:不做|不修|不要|算了)",
            rf"\b(?:decline|reject|refuse|(?:do not|don['’]t) (?:accept|agree (?:to|with))) {_QUOTE}\b",
            rf"\b(?:cannot|can['’]t) (?:accept|agree (?:to|with)) {_QUOTE}\b",
        ),
        "accept": (
            rf"(?:同意|接受|认可){_PRICE}",
            r"(?:价格|报价|价钱)我?(?:可以|没问题|同意|接受|行)",
            r"就按(?:这个|你们的)?(?:价|报价)",
            rf"\b(?:accept|agree (?:to|with)) {_QUOTE}\b",
            r"\b(?:price|quote|offer) is (?:ok|okay|fine|good|accepted)\b",
        ),
        "again": (
            r"验收不(?:通过|合格)|不合格|没(?:做|修|弄|搞)好|返工|重(?:做|修|新做|新修)",
            r"\bnot (?:done|repaired|fixed|cleaned) (?:properly|right|well)\b",
            r"\b(?:redo|do it again|still not right)\b",
        ),
        "cover": (
            r"隐蔽工程.{0,8}验收|(?:封闭|封板)(?:之)?前.{0,6}验收",
            r"\binspect\b.{0,30}\bbefore (?:it is|they are) covered\b",
        ),
        "finished": (
            r"(?:装修|施工|工程)[^没未]{0,6}(?:做完|完工|竣工|结束|弄完).{0,12}验收|申请(?:竣工|完工)验收",
            r"\b(?:renovation|works?) (?:is|are) (?:all )?(?:finished|done|completed?)\b.{0,40}\binspect",
        ),
        "sign": (
            r"验收(?:通过|合格|没问题|完成|签字)|签字(?:了|吧|确认)",
            r"\bsign(?:ed)? (?:it |the work )?off\b",
        ),
    }.items()
}
_NOT: Final = re.compile(
    r"不(?:能|要|想|肯)?(?:验收|签)|没(?:法)?(?:验收|签)|\b(?:not|won['’]t|don['’]t|can['’]t)\b"
)
#: a plain answer that most likely speaks of what the ticket waits for
_PLAIN: Final[Mapping[Act, frozenset[str]]] = {
    Act.AFFIRM: frozenset({"accept", "go_ahead"}),
    Act.DENY: frozenset({"accept"}),
    Act.SATISFIED: frozenset({"sign"}),
    Act.DISSATISFIED: frozenset({"again"}),
}


def take(talk: Talk, number: int, kind: str, words: str = "") -> Turn:
    """Take the step; where the ticket does not wait for it any more, say how it stands."""
    ticket = about.find(talk, number)
    if ticket is None or kind not in ticket.own:
        return about.status(talk, number)
    values = {"number": number, "name": ticket.name, "who": ticket.who, "address": talk.facts.address_as}
    more = {"about": number, "expects": "details"} if kind == "again" else {"about": number, "expects": None}
    order = OnTicket("own", number, {"step": kind, "words": words})
    return Turn(talk.remember(failures=0, **more), (Reply(f"own_{kind}", values, ticket=number),), (order,))


def in_words(talk: Talk, heard: Said, intent: Intent) -> Turn | None:
    """The words name a step that exactly one ticket waits for, or plainly answer it; None for all others."""
    words = heard.meaning.text
    step = named(talk, words)
    if step is not None:
        return take(talk, *step, words)
    plain = _PLAIN.get(intent.act, frozenset())
    fit = [ticket for ticket in _waiting(talk) if plain & set(ticket.own)]
    return ask(talk, fit[0]) if len(fit) == 1 and len(heard.meaning.intents) == 1 else None


def named(talk: Talk, words: str) -> tuple[int, str] | None:
    """The ticket and the step that the words name, where exactly one ticket waits for that step."""
    for kind, pattern in _WORDS.items():
        fit = [ticket for ticket in _waiting(talk) if kind in ticket.own]
        if len(fit) == 1 and pattern.search(words) and not (kind == "sign" and _NOT.search(words)):
            return fit[0].number, kind
    return None


def _waiting(talk: Talk) -> list[OpenTicket]:
    """The tickets that wait for the resident; the one whose message is answered stands for itself."""
    pointed = about.find(talk, talk.facts.pointed)
    if pointed is not None and pointed.own:
        return [pointed]
    return [ticket for ticket in talk.facts.tickets if ticket.own]


def ask(talk: Talk, ticket: OpenTicket) -> Turn:
    """Which of them is meant, by a tap: nobody agrees to a price by accident."""
    values = {"number": ticket.number, "name": ticket.name}
    replies = (Reply("own_ask", values, (*own_buttons((ticket,)), HUMAN_BUTTON), ticket=ticket.number),)
    return Turn(talk.remember(about=ticket.number, failures=0), replies)


def confirm_time(talk: Talk, number: int) -> Turn:
    """The agreed time suits: noted on the ticket, so that nobody has to ask again."""
    if about.find(talk, number) is None:
        return about.status(talk)
    values = {"number": number, "address": talk.facts.address_as}
    order = OnTicket("add", number, {"kind": "time_confirmed"})
    return Turn(talk.remember(failures=0), (Reply("time_confirmed", values, ticket=number),), (order,))
