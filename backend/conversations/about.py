"""Talking about tickets that exist: status, urging, cancelling, moving, being satisfied or not. Pure."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from backend.conversations import remarks, windows
from backend.conversations.state import Button, HoursAlone, OnTicket, OpenTicket, Reply, Turn
from backend.conversations.talk import HUMAN_BUTTON, MENU_BUTTON, Talk, not_understood, own_buttons
from intents.meaning import Intent
from intents.normalize import normalize

_LATIN: Final = re.compile(r"[a-z]{2,}")
_HAN: Final = re.compile(r"[\u3400-\u9fff]+")
_ENDING: Final = re.compile(r"(?<=...)(?:ings?|ers?|ed|es|s|age|y)$")
#: things whose name is one character; of all others two together are looked at
_ALONE: Final = frozenset("灯锁窗墙花床")
#: words in the names of services that people use of any visit, so that they tell nothing apart
_OF_ANY_VISIT: Final = (
    "上门 服务 预约 预订 时间 家里 我家 我们 一下 师傅 今天 明天 后天 上午 下午 取消 需要"
    " the of or and to in on at for my our your it is me up out do be with by no not an one top home"
    " house visit service please cancel keep move change make coming through time call get book order request"
    " ticket"
)
#: what a bare verdict is made of
_BARE: Final = re.compile(
    r"不(?:太|是很|怎么|够)?满意|我们?|对|这[次个]|结果|处理|服务|非常|真的|很|太|差|了|\W|_"
    r"|\b(?:i|we|am|m|are|re|was|is|not|very|really|so|at|all|no|un|dis|un\w*|dis\w*|happy|satisfied|with|it|this"
    r"|that|the|result|outcome|work|service|bad|poor)\b",
    re.IGNORECASE,
)
#: what a state waits for that has asked what was not right
WHY: Final = "why"
#: so many characters beyond it say what was not right
SAYS_SOMETHING: Final = 3


def find(talk: Talk, number: int | None) -> OpenTicket | None:
    return next((t for t in talk.facts.tickets if t.number == number), None)


def _lines(talk: Talk) -> list[dict[str, Any]]:
    return [
        {"number": t.number, "name": t.name, "step": t.step, "workflow": t.workflow, "who": t.who,
         "due_at": t.due_at.isoformat() if t.due_at else None, "clock": t.clock,
         "is_timed": t.is_timed}
        for t in talk.facts.tickets[:5]
    ]  # fmt: skip


def meant(talk: Talk, number: int | None) -> int | None:
    """The ticket named in words, else the one whose message is being answered."""
    return number if number is not None else talk.facts.pointed


def status(talk: Talk, number: int | None = None) -> Turn:
    """All open tickets (or the one that is meant) with step, person and promised time."""
    one = find(talk, meant(talk, number))
    if one is not None:
        talk = replace(talk, facts=replace(talk.facts, tickets=(one,)))
    if not talk.facts.tickets:
        return Turn(talk.remember(failures=0), (Reply("no_tickets", {}, (MENU_BUTTON, HUMAN_BUTTON)),))
    buttons = tuple(
        Button("urge", "urge", {"number": t.number}, single=False) for t in talk.facts.tickets[:2]
    )
    cancel = tuple(
        Button("cancel_ticket", "cancel", {"number": t.number}, single=False)
        for t in talk.facts.tickets[:2]
        if may_offer(t, "cancel")
    )
    shown = talk.facts.tickets[:5]
    waiting = own_buttons(shown, numbered=len(shown) > 1)
    reply = Reply("status", {"tickets": _lines(talk)}, (*waiting, *buttons, *cancel, HUMAN_BUTTON))
    return Turn(talk.remember(failures=0), (reply,))


def may_offer(ticket: OpenTicket, action: str) -> bool:
    """Cancelling a complaint or an alarm is the person's own idea, never ours (domain §3.2)."""
    if action == "cancel" and ticket.workflow in ("complaint", "emergency"):
        return False
    return action in ticket.actions


def pick(talk: Talk, number: int | None, action: str | None = None, words: str = "") -> OpenTicket | None:
    """The ticket that is meant: the one named by number or in words, the one last spoken of, or the only one
    (that allows it)."""
    number = meant(talk, number)
    if number is not None:
        return find(talk, number)
    fitting = tuple(t for t in talk.facts.tickets if action is None or may_offer(t, action))
    told = named(talk, talk.facts.tickets, words) or named(talk, fitting, words)
    if told is not None:
        return told
    last = find(talk, talk.state.about)
    if last in fitting:
        return last
    return fitting[0] if len(fitting) == 1 else None


def named(talk: Talk, tickets: tuple[OpenTicket, ...], words: str) -> OpenTicket | None:
    """The one ticket whose service the words name ("取消保洁", "the leak one"); None where two could be.

    What stands in the names of several tells them not apart. The names of its chapter ("plumbing") count only
    where no service is named.
    """
    said = features(words) - TELLS_NOTHING
    for names_of in (_service_names, _chapter_names):
        heard = {t.number: said & features(" ; ".join(names_of(talk, t))) for t in tickets}
        often = Counter(feature for features in heard.values() for feature in features)
        fit = [t for t in tickets if any(often[feature] == 1 for feature in heard[t.number])]
        if often:
            return fit[0] if len(fit) == 1 else None
    return None


def _service_names(talk: Talk, ticket: OpenTicket) -> tuple[str, ...]:
    item = talk.menu.find_item(ticket.item)
    return (ticket.name, item.name.zh, item.name.en, *item.aliases) if item else (ticket.name,)


def _chapter_names(talk: Talk, ticket: OpenTicket) -> tuple[str, ...]:
    item = talk.menu.find_item(ticket.item)
    chapter = talk.menu.categories.get(item.category) if item else None
    return (chapter.name.zh, chapter.name.en) if chapter else ()


def features(text: str) -> frozenset[str]:
    """What two texts about the same thing have in common: stems of Latin words, pairs of characters."""
    plain = normalize(text).text
    stems = {_ENDING.sub("", word).removesuffix("e") for word in _LATIN.findall(plain)}
    runs = _HAN.findall(plain)
    pairs = {run[i : i + 2] for run in runs for i in range(len(run) - 1)}
    return frozenset(stems | pairs | (_ALONE & set(plain)))


TELLS_NOTHING: Final = features(_OF_ANY_VISIT)


def have_in_common(one: str, other: str) -> bool:
    """Whether two texts name the same thing."""
    return bool((features(one) - TELLS_NOTHING) & features(other))


_WITHOUT_VISIT: Final = frozenset({"complaint", "suggestion", "praise", "enquiry"})
_OF_WORK: Final = re.compile(
    r"师傅|返工|上门|维修工|电工|水工|\b(?:plumber|electrician|technician|repairman|handyman|workers?|redo)\b",
    re.IGNORECASE,
)


def which_ticket(talk: Talk, action: str) -> Turn:
    """Several could be meant: one button each (never guess between two)."""
    tickets = [t for t in talk.facts.tickets if action in ("urge", "details") or may_offer(t, action)]
    if not tickets:
        return Turn(talk.state, (Reply("none_to_" + ("cancel" if action == "cancel" else "change"), {},
                                       (HUMAN_BUTTON,)),))  # fmt: skip
    return which_of(talk, tickets, action)


def which_of(talk: Talk, tickets: Sequence[OpenTicket], action: str) -> Turn:
    """One button for each of these."""
    buttons = tuple(
        Button("ticket", action, {"number": t.number, "name": t.name}, False) for t in tickets[:5]
    )
    return Turn(talk.state, (Reply("which_ticket", {}, (*buttons, HUMAN_BUTTON)),))


def urge(talk: Talk, number: int | None, words: str = "") -> Turn:
    if number is None and _OF_WORK.search(words):  # a complaint has nobody who comes
        work = tuple(t for t in talk.facts.tickets if t.workflow not in _WITHOUT_VISIT)
        talk = replace(talk, facts=replace(talk.facts, tickets=work or talk.facts.tickets))
    ticket = pick(talk, number, words=words)
    if ticket is None:
        return which_ticket(talk, "urge") if talk.facts.tickets else status(talk)
    values = {"number": ticket.number, "step": ticket.step, "workflow": ticket.workflow, "who": ticket.who,
              "due_at": ticket.due_at.isoformat() if ticket.due_at else None,
              "address": talk.facts.address_as}  # fmt: skip
    state = talk.remember(about=ticket.number, failures=0)
    return Turn(state, (Reply("urged", values, ticket=ticket.number),), (OnTicket("urge", ticket.number),))


def cancel(talk: Talk, number: int | None, words: str = "") -> Turn:
    """Name what would be cancelled and ask once; a ticket under work goes to the butler instead."""
    ticket = pick(talk, number, "cancel", words)
    if ticket is None:
        is_any = any(may_offer(one, "cancel") for one in talk.facts.tickets)
        return which_ticket(talk, "cancel" if is_any or not remarks.puts_off(words) else "schedule")
    if "cancel" not in ticket.actions:
        order = OnTicket("add", ticket.number, {"kind": "cancel_asked"})
        values = {"number": ticket.number, "who": ticket.who}
        return Turn(talk.remember(about=ticket.number), (Reply("cancel_late", values),), (order,))
    number, has_time = ticket.number, "unschedule" in ticket.actions
    only_time = (Button("cancel_time", "unschedule", {"number": number}),) if has_time else ()
    buttons = (Button("cancel_yes", "cancel_yes", {"number": number}), *only_time, Button("keep", "keep"))
    values = {"number": number, "name": ticket.name, "has_time": has_time}
    reply = Reply("cancel_ask", values, (*buttons, HUMAN_BUTTON))
    return Turn(talk.remember(about=ticket.number, failures=0, expects="cancel"), (reply,))


def cancel_yes(talk: Talk, number: int) -> Turn:
    ticket = find(talk, number)
    if ticket is None or "cancel" not in ticket.actions:
        return status(talk)
    values = {"number": number, "name": ticket.name, "address": talk.facts.address_as}
    reply = Reply("cancelled", values, (MENU_BUTTON,), ticket=number)
    return Turn(talk.remember(about=None, failures=0, expects=None), (reply,), (OnTicket("cancel", number),))


def calls_off(talk: Talk, number: int | None, words: str, intent: Intent) -> bool:
    """Tell whether the words call off an agreed time alone, and there is one that they may mean."""
    if not remarks.only_the_time(words, intent):
        return False
    ticket = pick(talk, number, "unschedule", words)
    tickets = talk.facts.tickets if ticket is None else (ticket,)
    return any("unschedule" in one.actions for one in tickets)


def unschedule(talk: Talk, number: int | None, words: str = "") -> Turn:
    """Nobody comes at the agreed time, and the ticket stays: a new time may be named at once, or later."""
    ticket = pick(talk, number, "unschedule", words)
    if ticket is None or "unschedule" not in ticket.actions:
        return which_ticket(talk, "unschedule") if ticket is None else status(talk, ticket.number)
    values = {"number": ticket.number, "who": ticket.who}
    state = talk.remember(about=ticket.number, failures=0, expects="new_time")
    order = OnTicket("unschedule", ticket.number, {"words": words})
    return Turn(state, (Reply("time_off", values, ticket=ticket.number),), (order,))


def reschedule(talk: Talk, number: int | None, window: dict[str, Any] | None, words: str) -> Turn:
    """Another time for a visit: passed to the butler with the wish, who confirms it."""
    ticket = pick(talk, number, "schedule", words)
    if ticket is None:
        return which_ticket(talk, "schedule") if talk.facts.tickets else not_understood(talk, words)
    if window is None:
        return Turn(talk.remember(about=ticket.number, expects="new_time"),
                    (Reply("ask_new_time", {"number": ticket.number}, (HUMAN_BUTTON,)),))  # fmt: skip
    if isinstance(window, HoursAlone):  # "at five instead" is meant on the day of the visit
        window = windows.on_day(talk.now, windows.day_of(ticket.slots.get("when")), window)
    values = {"number": ticket.number, "window": window, "who": ticket.who}
    order = OnTicket("reschedule", ticket.number, {"when": window, "words": words})
    state = talk.remember(about=ticket.number, failures=0, expects=None)
    return Turn(state, (Reply("reschedule_asked", values, ticket=ticket.number),), (order,))


def verdict(talk: Talk, result: str, words: str, number: int | None = None) -> Turn | None:
    """Satisfied or not about finished work; None when no ticket waits for that answer."""
    waiting = [t for t in talk.facts.tickets if t.wants_follow_up]
    ticket = find(talk, meant(talk, number)) or (find(talk, talk.state.about) if talk.state.about else None)
    if ticket is None or not ticket.wants_follow_up:
        ticket = waiting[0] if len(waiting) == 1 else None
    if ticket is None:
        return None
    order = OnTicket("follow_up", ticket.number, {"result": result, "words": words})
    kind = {"satisfied": "thanks_satisfied", "partly": "thanks_partly"}.get(result, "sorry_unsatisfied")
    if kind == "sorry_unsatisfied" and says_why(words):
        kind = "sorry_heard"
    values = {"number": ticket.number, "address": talk.facts.address_as, "workflow": ticket.workflow}
    expects = WHY if result in ("unsatisfied", "partly") else None
    state = talk.remember(about=ticket.number, failures=0, expects=expects)
    return Turn(state, (Reply(kind, values, ticket=ticket.number, order=0),), (order,))


def whose_verdict(talk: Talk, result: str) -> Turn | None:
    """Several works wait for a verdict: one button each; None where there are not several."""
    waiting = [t for t in talk.facts.tickets if t.wants_follow_up]
    if len(waiting) < 2:
        return None
    buttons = tuple(
        Button("ticket", "follow_up", {"number": t.number, "name": t.name, "result": result})
        for t in waiting[:5]
    )
    return Turn(talk.remember(failures=0), (Reply("which_ticket", {}, (*buttons, HUMAN_BUTTON)),))


def says_why(words: str) -> bool:
    """Tell whether a verdict says more than that it is one: what was said already is never asked."""
    return len(_BARE.sub("", words)) >= SAYS_SOMETHING


def helped(talk: Talk, number: int, is_helped: bool) -> Turn:
    """An answer to a question helped, or a person looks again (never the same answer twice)."""
    verb = "helped" if is_helped else "not_helped"
    state = talk.remember(about=None if is_helped else number, failures=0)
    values = {"number": number, "address": talk.facts.address_as}
    reply = Reply("glad_helped" if is_helped else "not_helped", values, ticket=number)
    return Turn(state, (reply,), (OnTicket(verb, number),))


def add(talk: Talk, number: int, words: str, file_ids: tuple[str, ...]) -> Turn:
    """Put words or photos on an open ticket."""
    order = OnTicket("add", number, {"words": words, "file_ids": list(file_ids)})
    ticket = find(talk, number)
    is_alarm = ticket is not None and ticket.workflow == "emergency"
    state = talk.remember(expects="alarm" if is_alarm else None, about=number, failures=0)
    kind = "added_alarm" if is_alarm else "added"
    return Turn(state, (Reply(kind, {"number": number}, ticket=number),), (order,))
