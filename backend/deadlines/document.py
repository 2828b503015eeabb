"""Writes docs/deadlines.md from the promises as data, so that the page cannot say anything else."""

import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from backend.deadlines.calendar import Calendar, Year
from backend.deadlines.policy import EVERY_WORKFLOW, Policy, Rung
from backend.deadlines.rules import Rules, standard_rules

PAGE = Path(__file__).parents[2] / "docs" / "deadlines.md"

OPENING = """\
# Deadlines · 时限

Every promise the estate makes is a row with a due instant, a warning before it and a ladder of people who
are called when it is late. This page is written from `backend/deadlines/policies.toml` and
`backend/deadlines/calendar.toml`; after changing them, run `python -m backend.deadlines.document`.

## How time is counted

- Elapsed time runs day and night and is reckoned in UTC: a change of summer time gives or takes no hour.
- *n* working days end with the closing time of the *n*-th working day after the local date of the start. The
  day of receipt never counts: received on Friday 13 February 2026 at 16:00, three working days end on
  Wednesday 25 February at 18:00.
- A promise is kept by an act before its due instant; from that instant on it is late. Waiting does not undo
  lateness, a late answer stays late, and a breach is dated when it fell, not when it was noticed.
- While a ticket waits, its clocks wait too and nothing falls due. When they run again, the due instant moves
  by the counted time that the pause took. An appointment is moved by agreeing another one.
- Only the events named below stop a clock. The bot's receipt and a staff note stop nothing.
- A clock starts once in each cycle of a ticket; work done again is a new cycle. These events end every clock
  of a ticket: {cancels}.

## The ladder

Each rung writes one alert for each person, exactly once. Where nobody holds a role, the next one up is called
(engineer, butler, supervisor, manager, administrator); who is off duty is replaced by their deputy or by
colleagues on duty; the person complained about is never called. A ticket without a butler is brought to the
supervisor at once. More than five alerts for one person in one sweep become one digest.
"""


def document(rules: Rules | None = None) -> str:
    """Return the page as Markdown."""
    rules = rules or standard_rules()
    cancels = ", ".join(f"`{event}`" for event in sorted(rules.policies.cancels))
    parts = [OPENING.format(cancels=cancels), "## The promises", _overview(rules)]
    parts += [_promise(policy) for policy in rules.policies.all]
    parts += ["## The calendars", *(_calendar(one) for one in rules.calendars.all)]
    return "\n".join(part.rstrip() + "\n" for part in parts)


def _overview(rules: Rules) -> str:
    rows = ["| clock | name | promise | limit | tickets | answers for it |", "|---|---|---|---|---|---|"]
    for one in rules.policies.all:
        cells = (
            one.id,
            f"`{one.name}`",
            f"{one.title_en} {one.title_zh}",
            _limit(one),
            _tickets(one),
            one.accountable,
        )
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)


def _promise(policy: Policy) -> str:
    warn = policy.warn
    lines = [
        f"### {policy.id} {policy.title_en} · {policy.title_zh}",
        "",
        f"- Service plans: {policy.seed_row}, {policy.seed_words}",
        f"- Starts with {_events(policy.starts)}; stops with {_events(policy.stops)}.",
        f"- Limit: {_limit(policy)}.{_agreed(policy)}{_moving(policy)}",
        f"- Warns when {warn.share:.0%} of the time is left, at least {_span(warn.least)} and at most "
        f"{_span(warn.most)} before the end.",
        *(f"- {_rung(policy, one)}" for one in policy.ladder),
    ]
    return "\n".join(lines)


def _limit(policy: Policy) -> str:
    if policy.limit.working_days is not None:
        return f"{policy.limit.working_days} working days"
    return _span(policy.limit.elapsed) if policy.limit.elapsed else "the end of the agreed window"


def _agreed(policy: Policy) -> str:
    return {
        "never": "",
        "earlier": " An earlier time may be agreed with the resident, never a later one.",
        "any": " Another time may be agreed with the resident.",
    }[policy.agreed]


def _moving(policy: Policy) -> str:
    return "" if policy.pauses else " Pausing a ticket does not move it."


def _tickets(policy: Policy) -> str:
    return "all" if EVERY_WORKFLOW in policy.workflows else ", ".join(policy.workflows)


def _events(names: tuple[str, ...]) -> str:
    return " or ".join(f"`{name}`" for name in names)


def _rung(policy: Policy, rung: Rung) -> str:
    if rung.when == "before":
        return f"At the warning: {rung.role}."
    if rung.when == "at":
        return f"When it falls due: {rung.role}."
    if rung.factor is not None:
        return f"At {rung.factor:g} times the limit: {rung.role}."
    return f"{_span(rung.offset or timedelta(0))} after it fell due: {rung.role}."


def _span(span: timedelta) -> str:
    minutes = int(span.total_seconds()) // 60
    if minutes % 60:
        return f"{minutes} min"
    return f"{minutes // 60} h"


def _calendar(calendar: Calendar) -> str:
    hours = [
        f"{day}: {', '.join(f'{one.opens:%H:%M}–{one.closes:%H:%M}' for one in shifts) or 'closed'}"
        for day, shifts in zip(("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), calendar.week, strict=True)
    ]
    lines = [
        f"### `{calendar.version}`, of {calendar.dated}, {calendar.zone.key}",
        "",
        f"- {' · '.join(hours)}",
        *(line for year in calendar.years for line in _year(year)),
    ]
    return "\n".join(lines)


def _year(year: Year) -> Iterator[str]:
    state = "published" if year.is_published else "provisional, due dates in it are marked 暂定"
    yield f"- {year.year} ({state})"
    for one in year.holidays:
        yield f"  - {one.en} {one.zh}: {one.first} to {one.last}"
    if year.make_up_days:
        yield f"  - worked in exchange 调休: {', '.join(str(day) for day in sorted(year.make_up_days))}"


if __name__ == "__main__":
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(document(), encoding="utf-8")
    sys.stdout.write(f"{PAGE.name} is written.\n")
