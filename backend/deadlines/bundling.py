"""Who is told what, and how loudly: single alerts, a digest, or one of a manager's three digests a day. Pure.

Nobody's device sounds more than once a minute; an alert that must not sound has ``quiet`` among its values.
A manager hears live of what is live and of the rest at 09, 14 and 18 o'clock; after downtime each person
gets one digest, the worst first. What is live is never put into a digest and always sounds.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

SINGLE_ALERTS: Final = 5
"""More alerts than this for one person at once (after downtime) become one digest."""

DIGEST_ROLES: Final = frozenset({"manager", "admin"})
DIGEST_TIMES: Final = (time(9), time(14), time(18))
GATHERING: Final = timedelta(seconds=5)
"""So long a digest waits for what comes next before it is told."""

SOUND_EVERY: Final = timedelta(minutes=1)
LISTED: Final = 20
"""So many of a digest's promises are listed, the worst first; all are counted."""

NUMBERED: Final = 500
WORST: Final = ("emergency", "severe", "escalate", "breach", "unassigned", "attention", "warn")
LIVE_KINDS: Final = frozenset(
    {
        "emergency",
        "severe",
        "handover_offered",
        "handover_taken_back",
        "handover_accepted",
        "handover_refused",
    }
)
"""What is always told at once: dangers, severe complaints, and what a colleague waits to be answered."""


@dataclass(frozen=True, slots=True)
class Call:
    """One person to be called. ``kind`` as in the alerts table; ``at``: when it fell due (UTC).

    ``key`` makes it once: a second call with the same key and person changes nothing. ``is_live``: told at
    once and outside any digest. ``is_quiet``: told without a sound.
    """

    estate_id: int
    user_id: int
    kind: str
    at: datetime
    key: str
    ticket_id: int | None = None
    deadline_id: int | None = None
    clock: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    is_live: bool = False
    is_quiet: bool = False


@dataclass(frozen=True, slots=True)
class Hearer:
    """Who is called: role, the estate's zone, and when an alert last sounded (None: not for a while)."""

    role: str
    zone: ZoneInfo
    sounded_at: datetime | None = None

    @property
    def has_digests(self) -> bool:
        return self.role in DIGEST_ROLES


@dataclass(frozen=True, slots=True)
class Digest:
    """Several calls of one person told as one, not before ``at``. ``is_daily``: one of a manager's three."""

    user_id: int
    at: datetime
    calls: tuple[Call, ...]
    is_daily: bool = False


@dataclass(frozen=True, slots=True)
class Bundle:
    """What is written: alerts told one by one, alerts that a digest tells, and the digests."""

    singles: tuple[Call, ...] = ()
    held: tuple[Call, ...] = ()
    digests: tuple[Digest, ...] = ()


def bundled(
    calls: Iterable[Call], hearers: Mapping[int, Hearer], now: datetime, *, is_backlog: bool = False
) -> Bundle:
    """Sort the calls of one moment by how they are told; ``is_backlog``: there is more than this batch."""
    singles: list[Call] = []
    held: list[Call] = []
    digests: list[Digest] = []
    for user_id, own in _by_person(calls).items():
        live = [one for one in own if _is_live(one)]
        rest = [one for one in own if not _is_live(one)]
        hearer = hearers[user_id]
        if rest and hearer.has_digests:
            held += [] if is_backlog or len(rest) > SINGLE_ALERTS else rest
            digests.append(Digest(user_id, next_digest(hearer.zone, now), tuple(rest), is_daily=True))
            rest = []
        elif rest and (is_backlog or len(rest) > SINGLE_ALERTS):
            digests.append(Digest(user_id, now + GATHERING, tuple(rest)))
            rest = []
        singles += _sounding([*live, *rest], hearer, now)
    return Bundle(tuple(singles), tuple(replace(one, is_quiet=True) for one in held), tuple(digests))


def next_digest(zone: ZoneInfo, now: datetime) -> datetime:
    """Return the instant of the next daily digest after ``now``."""
    local = now.astimezone(zone)
    for day in (local.date(), local.date() + timedelta(days=1)):
        for hour in DIGEST_TIMES:
            at = datetime.combine(day, hour, zone).astimezone(UTC)
            if at > now:
                return at
    raise AssertionError("tomorrow has a nine o'clock")


def digest_values(calls: Iterable[Call], former: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return what a digest says of these calls, and of those it has gathered before (``former``).

    ``count`` and ``late`` count all; ``numbers`` are the tickets and ``worst`` the promises, the worst first.
    """
    before = former or {}
    own = list(calls)
    entries = sorted([*before.get("worst", []), *(_entry(one) for one in own)], key=_badness)
    numbers = [one["number"] for one in entries if one["number"]]
    numbers += [*before.get("numbers", []), *(one["number"] for one in map(_entry, own) if one["number"])]
    return {
        "count": int(before.get("count", 0)) + len(own),
        "late": int(before.get("late", 0)) + sum(_is_late(one) for one in own),
        "numbers": list(dict.fromkeys(numbers))[:NUMBERED],
        "worst": entries[:LISTED],
    }


def _by_person(calls: Iterable[Call]) -> dict[int, list[Call]]:
    """Return each person's calls, each key once, the worst first."""
    unique = {(one.user_id, one.key): one for one in calls}
    found: dict[int, list[Call]] = defaultdict(list)
    for one in sorted(unique.values(), key=lambda call: _badness(_entry(call))):
        found[one.user_id].append(one)
    return dict(sorted(found.items()))


def _sounding(calls: Sequence[Call], hearer: Hearer, now: datetime) -> list[Call]:
    """Let the first of them sound, where nothing did for a minute; what is live sounds in any case."""
    sounded = hearer.sounded_at is not None and now - hearer.sounded_at < SOUND_EVERY
    found = []
    for one in calls:
        is_quiet = not _is_live(one) and (one.is_quiet or sounded)
        found.append(replace(one, is_quiet=is_quiet))
        sounded = sounded or not is_quiet
    return found


def _entry(call: Call) -> dict[str, Any]:
    """How a call stands in a digest: texts and numbers only, since it is stored."""
    due_at = call.values.get("due_at") or call.at.isoformat()
    return {"number": call.values.get("number"), "clock": call.clock, "kind": call.kind, "due_at": due_at}


def _badness(entry: Mapping[str, Any]) -> tuple[int, str, int]:
    kind = str(entry["kind"])
    return WORST.index(kind) if kind in WORST else len(WORST), str(entry["due_at"]), int(entry["number"] or 0)


def _is_live(call: Call) -> bool:
    return call.is_live or call.kind in LIVE_KINDS


def _is_late(call: Call) -> bool:
    return call.kind in ("breach", "escalate", "duty_missed")
