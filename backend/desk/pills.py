"""One promise as a pill, worded; the browser only ticks what is running. Pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final, Protocol, TypeVar

from backend.deadlines import waits
from backend.deadlines.reckoning import Promise, Status, breach_instant, most_urgent, status
from backend.desk import words
from backend.desk.foreign import is_foreign
from backend.desk.views import Pill
from backend.web.countdown import STATES, count
from locales import N_, t
from locales.dates import format_moment

ICONS: Final = {
    "ok": "clock", "soon": "alarm-clock", "late": "flame", "paused": "pause", "done": "circle-check",
    "missed": "circle-check",
}  # fmt: skip
NOTHING: Final = Pill("none", "clock", "")


class Clock(Promise, Protocol):
    """The columns of a deadline that a pill shows."""

    @property
    def name(self) -> str: ...
    @property
    def cycle(self) -> int: ...
    @property
    def pause_reason(self) -> str | None: ...
    @property
    def waits_for(self) -> str | None: ...


C = TypeVar("C", bound=Clock)


def pick(deadlines: Iterable[C], cycle: int) -> C | None:
    """The one clock a row shows: the most urgent that runs, else the first missed, else the last met."""
    mine = list(deadlines)
    running = most_urgent(mine)
    if running is not None:
        return running
    ended = [one for one in mine if one.cycle == cycle and one.met_at is not None]
    missed = [one for one in ended if one.breached_at is not None]
    return next(iter(missed or ended[-1:]), None)


def pill_of(language: str, deadline: Clock | None, now: datetime, zone: str) -> Pill:
    """Word a clock as it stands at ``now``, with the wall-clock time for hover and the ticket page."""
    if deadline is None:
        return NOTHING
    state = status(deadline, now)
    name = words.name_of(language, words.CLOCKS, deadline.name)
    if state in (Status.DONE, Status.MISSED):
        return _ended(language, deadline, now, zone, name)
    if state == Status.PAUSED or (state == Status.LATE and deadline.paused_at is not None):
        return _waiting(language, deadline, state, zone, now)
    left = deadline.due_at - now
    return Pill(
        state=state.value,
        icon=ICONS[state.value],
        word=t(language, STATES[state.value]),
        span=count(language, left),
        clock=name,
        wall=t(language, "due {moment}", moment=format_moment(language, deadline.due_at, zone, now)),
        due=deadline.due_at.isoformat(),
        warn=deadline.warn_at.isoformat() if deadline.warn_at else "",
    )


def _ended(language: str, deadline: Clock, now: datetime, zone: str, name: str) -> Pill:
    ended_at = deadline.met_at or deadline.cancelled_at or now
    over = _lateness(deadline, ended_at)
    state = "missed" if over and deadline.met_at is not None else "done"
    is_dropped = deadline.met_at is None
    moment = format_moment(language, ended_at, zone, now)
    return Pill(
        state=state,
        icon=ICONS[state],
        word=t(language, "No longer needed") if is_dropped else t(language, STATES[state]),
        span=t(language, "{span} late", span=count(language, -over)) if state == "missed" else "",
        clock=name,
        wall=t(language, N_("ended {moment}") if is_dropped else N_("met {moment}"), moment=moment),
    )


def _lateness(promise: Promise, ended_at: datetime) -> timedelta:
    broken = breach_instant(promise, ended_at)
    return max(ended_at - broken, timedelta(seconds=1)) if broken is not None else timedelta(0)


def _own_words(language: str, deadline: Clock) -> str:
    """What was written as the reason; in another language only where no key says it in the reader's."""
    key, own = waits.read(deadline.waits_for, deadline.pause_reason)
    return "" if key and is_foreign(own, language) else own


def _waiting(language: str, deadline: Clock, state: Status, zone: str, now: datetime) -> Pill:
    """Late outranks paused: what was late before it was paused stays overdue, frozen at the pause."""
    paused_at = deadline.paused_at or now
    since = t(language, "paused since {moment}", moment=format_moment(language, paused_at, zone, now))
    word = waits.word(language, deadline.waits_for, deadline.pause_reason)
    why = _own_words(language, deadline) or (word if state == Status.LATE else "")
    wall = t(language, "{what}: {why}", what=since, why=why) if why else since
    name = words.name_of(language, words.CLOCKS, deadline.name)
    if state == Status.LATE:
        span = count(language, -_lateness(deadline, paused_at))
        return Pill("late", ICONS["late"], t(language, STATES["late"]), span, name, wall)
    return Pill("paused", ICONS["paused"], word, "", name, wall)


def pills_of(language: str, deadlines: Sequence[C], now: datetime, zone: str) -> list[tuple[C, Pill]]:
    """Every clock of a ticket with its pill: running ones by urgency, then what is over."""

    def order(one: C) -> tuple[bool, datetime]:
        return one.met_at is not None or one.cancelled_at is not None, one.due_at

    return [(one, pill_of(language, one, now, zone)) for one in sorted(deadlines, key=order)]
