"""Writes docs/deadlines.md from the promises as data, so that the page cannot say anything else."""

import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Final

from backend.deadlines.calendar import Calendar, Year
from backend.deadlines.conditions import Condition
from backend.deadlines.promises import EVERY_WORKFLOW, Policy, Rule, Rung
from backend.deadlines.rows import Row, standard_rows
from backend.deadlines.rules import Rules, standard_rules

PAGE = Path(__file__).parents[2] / "docs" / "deadlines.md"

OPENING = """\
# Deadlines · 时限

Every promise the estate makes is a row with a due instant, a warning before it and a ladder of people who
are called when it is late. This page is written from `backend/deadlines/policies.toml`,
`backend/deadlines/calendar.toml` and `backend/deadlines/rows.toml`; after changing them, run
`python -m backend.deadlines.document`.

## How time is counted

- Elapsed time runs day and night and is reckoned in UTC: a change of summer time gives or takes no hour.
- *n* working days end with the closing time of the *n*-th working day after the local date of the start. The
  day of receipt never counts: received on Friday 13 February 2026 at 16:00, three working days end on
  Wednesday 25 February at 18:00.
- A promise is kept by an act before its due instant; from that instant on it is late. Waiting does not undo
  lateness, a late answer stays late, and a breach is dated when it fell, not when it was noticed.
- While a ticket waits, its clocks wait too and nothing falls due. When they run again, the due instant moves
  by the counted time that the pause took. An appointment is moved by agreeing another one. What was
  late before it waited stays late: its lateness stands still, and whoever is to be told of it is told.
- Only the events named below stop a clock. The bot's receipt and a staff note stop nothing. `step:handled` is
  the event of a ticket coming to that step.
- A clock starts once in each cycle of a ticket; work done again is a new cycle. Handing a ticket over starts
  nothing anew. These events end every clock of a ticket: {cancels}.
- A promise once made stays as it was made. Each row keeps the edition of the promises and of the calendar it
  was reckoned by; who answered for the ticket, its service and its building are frozen when the clock ends.
- The usual warning (25 %, at least 5 minutes, at most 24 hours) is the standard: an estate may set other
  figures on its page of promises, with a least that is shorter than every promise they hold for. They hold
  for clocks that start afterwards; a promise that says another warning here keeps it.
- An estate whose calendar has no open day takes every ticket all the same; what needs working days is not
  promised there, and its manager is told.

## The ladder

Each rung writes one alert for each person, exactly once, however many sweepers run. Off shift nobody is
called while somebody above is on duty: where nobody on duty holds a role, the next one up is called
(engineer, butler, supervisor, manager, administrator), and a butler or an engineer off duty is replaced by
their deputy. A promise never breaks in silence: in the end supervisor or manager hear of it wherever they
are. The person complained about is never called. A ticket without a butler is brought to the supervisor at
once. Managers read digests, but emergencies, severe complaints and feedback that is overdue reach them
live. More than five alerts for one person at once become one digest.
"""

ROLES: Final[Mapping[str, str]] = {
    "butler": "the butler 管家",
    "supervisor": "the supervisor 主管",
    "manager": "the manager 物业经理",
    "engineer": "the engineer 工程人员",
    "guard": "the guard 保安",
    "desk": "the front desk 前台",
    "admin": "the administrator 管理员",
}


def document(rules: Rules | None = None, rows: Sequence[Row] | None = None) -> str:
    """Return the page as Markdown."""
    rules = rules or standard_rules()
    cancels = ", ".join(f"`{event}`" for event in sorted(rules.policies.cancels))
    parts = [OPENING.format(cancels=cancels), "## The promises 我们的承诺", _overview(rules)]
    parts += ["## Each promise, to the letter", *(_promise(policy) for policy in rules.policies.all)]
    parts += ["## Kept without a clock 不设时钟的规定", *(_rule(rule) for rule in rules.policies.rules)]
    parts += ["## The calendars", *(_calendar(one) for one in rules.calendars.all)]
    parts += _rows(rules, rows if rows is not None else standard_rows())
    return "\n".join(part.rstrip() + "\n" for part in parts)


def _overview(rules: Rules) -> str:
    rows = ["| clock | promise | 承诺 | tickets | answers for it |", "|---|---|---|---|---|"]
    for one in rules.policies.all:
        cells = (one.id, one.says_en, one.says_zh, _tickets(one), ROLES[one.accountable])
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)


def _promise(policy: Policy) -> str:
    warn = policy.warn
    lines = [
        f"### {policy.id} {policy.title_en} · {policy.title_zh}",
        "",
        f"{policy.says_en} {policy.says_zh}",
        "",
        f"- Service plans: {policy.seed_row}, {policy.seed_words}",
        f"- Clock `{policy.name}`, for {_tickets(policy)} tickets.{_only(policy)}",
        f"- Starts with {_events(policy.starts)}; stops with {_events(policy.stops)}.{_own(policy)}",
        f"- Limit: {_limit(policy)}.{_agreed(policy)}{_moving(policy)}",
        f"- Warns when {warn.share:.0%} of the time is left, at least {_span(warn.least)} and at most "
        f"{_span(warn.most)} before the end.",
        *(f"- {_rung(one)}" for one in policy.ladder),
    ]
    return "\n".join(lines)


def _rule(rule: Rule) -> str:
    lines = [
        f"### {rule.id} {rule.title_en} · {rule.title_zh}",
        "",
        rule.kept_en,
        rule.kept_zh,
        "",
        f"- Service plans: {rule.id}, {rule.seed_words}",
        f"- Kept by `{rule.where}`.",
    ]
    return "\n".join(lines)


def _only(policy: Policy) -> str:
    if not policy.only:
        return ""
    return f" Made only where {', or '.join(_condition(one) for one in policy.only)}."


def _condition(condition: Condition) -> str:
    return " and ".join(_word(word, values) for word, values in condition.allowed)


def _word(word: str, values: Collection[bool | str]) -> str:
    said = WORDS.get(word)
    if said is not None:
        return said[0] if True in values else said[1]
    return f"the {word} is {' or '.join(sorted(str(one) for one in values))}"


WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "urgent": ("it is an emergency", "it is no emergency"),
    "asap": ("it is wanted now", "it is not wanted now"),
    "appointment": ("a visit is agreed", "no visit is agreed"),
    "again": ("the work came back", "the work did not come back"),
}


def _own(policy: Policy) -> str:
    said = ""
    if policy.ends:
        said += f" Ends unfulfilled with {_events(policy.ends)}."
    if policy.waits:
        said += f" Waits from {_events(policy.waits)} to {_events(policy.goes_on)}."
    return said + (" Starts anew each time." if policy.repeats else "")


def _limit(policy: Policy) -> str:
    if policy.limit.is_agreed:
        return f"the date set for the ticket, else {_span(policy.limit.elapsed or timedelta(0))}"
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
    said = "" if policy.pauses else " Pausing a ticket does not move it."
    return said + (" An aim: listed when late, and no broken promise." if policy.is_target else "")


def _tickets(policy: Policy) -> str:
    return "all" if EVERY_WORKFLOW in policy.workflows else ", ".join(policy.workflows)


def _events(names: tuple[str, ...]) -> str:
    return " or ".join(f"`{name}`" for name in names)


def _rung(rung: Rung) -> str:
    who = ROLES[rung.role]
    if rung.when == "start":
        return f"At once: {who}."
    if rung.when == "before":
        return f"At the warning: {who}."
    if rung.when == "at":
        return f"When it falls due: {who}."
    if rung.factor is not None:
        return f"At {rung.factor:g} times the limit: {who}."
    return f"{_span(rung.offset or timedelta(0))} after it fell due: {who}."


def _span(span: timedelta) -> str:
    seconds = int(span.total_seconds())
    if seconds % 60:
        return f"{seconds} s"
    if seconds % 3600:
        return f"{seconds // 60} min"
    return f"{seconds // 3600} h" if seconds % 86400 or seconds == 86400 else f"{seconds // 86400} days"


def _rows(rules: Rules, rows: Sequence[Row]) -> Iterator[str]:
    """Every row with its proof, and honestly those that have none yet."""
    yield "## Every row of the service plans and the test that proves it"
    table = ["| row | what | test |", "|---|---|---|"]
    table += [f"| {one.id} | {_named(rules, one)} | {_proof(one)} |" for one in rows]
    yield "\n".join(table)
    yield "## Not proven yet"
    lacking = [f"- {one.id} {_named(rules, one)}: {one.lacking}" for one in rows if not one.test]
    yield "\n".join(lacking or ["Nothing: each row above names its test."])


def _named(rules: Rules, row: Row) -> str:
    own = rules.policies.find(row.id) or next((one for one in rules.policies.rules if one.id == row.id), None)
    en, zh = (own.title_en, own.title_zh) if own is not None else (row.title_en, row.title_zh)
    return f"{en} {zh}"


def _proof(row: Row) -> str:
    return "<br>".join(f"`{one}`" for one in row.tests) or "not yet"


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
