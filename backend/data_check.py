"""Every data file of the house is checked before anything starts, and every fault is told at once."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Final

from backend.answers.starter import load_answers
from backend.conversations.papers import load_papers
from backend.deadlines.calendar import load_calendars
from backend.deadlines.faults import DataFaults as DeadlineFaults
from backend.deadlines.policy import load_policies
from backend.deadlines.rows import load_rows
from backend.demo.checks import check_demo
from backend.duties.rules import load_duties
from backend.knowledge.faq import load_faq
from backend.knowledge.safety import load_safety
from backend.people.privacy import load_notice
from backend.tickets.forms import load_forms
from backend.tickets.limits import load_limits
from intents.menu import Menu
from intents.reading import read_data
from intents.rows import DataFaults, Faults
from intents.trained import has_read

HOUSE: Final = Path(__file__).parents[1]
#: the files outside ``intents/data`` that are checked here; any other TOML file in ``backend`` is a fault
BACKEND_FILES: Final = frozenset({
    "answers/starter.toml",
    "conversations/papers.toml", "deadlines/calendar.toml", "deadlines/policies.toml", "deadlines/rows.toml",
    "demo/people.toml", "demo/stories_cleaning.toml", "demo/stories_papers.toml", "demo/stories_repairs.toml",
    "demo/stories_today.toml", "demo/stories_voice.toml", "duties/duties.toml", "knowledge/situations.toml",
    "knowledge/without.toml", "people/privacy.toml", "tickets/limits.toml", "tickets/records.toml",
})  # fmt: skip


def check_all(house: Path = HOUSE) -> tuple[str, ...]:
    """Return every fault of every data file as ``file: item: field: what is wrong``; none when all is well.

    ``house`` is the folder that holds ``intents`` and ``backend``.
    """
    data, backend = house / "intents" / "data", house / "backend"
    found, menu = _understanding(data)
    found += _faults_of(partial(load_faq, data, backend / "knowledge"))
    found += _faults_of(partial(load_safety, data, backend / "knowledge"))
    found += _faults_of(partial(load_answers, backend / "answers", menu))
    found += _faults_of(partial(load_policies, backend / "deadlines" / "policies.toml"))
    found += _faults_of(partial(load_calendars, backend / "deadlines" / "calendar.toml"))
    found += _faults_of(partial(load_rows, backend / "deadlines" / "rows.toml"))
    found += _faults_of(partial(load_duties, backend / "duties" / "duties.toml"))
    found += _faults_of(partial(load_forms, backend / "tickets" / "records.toml"))
    found += _faults_of(partial(load_limits, backend / "tickets" / "limits.toml"))
    found += _faults_of(partial(load_papers, backend / "conversations", menu))
    found += _faults_of(partial(load_notice.__wrapped__, backend / "people" / "privacy.toml"))
    demo = Faults()
    check_demo(backend / "demo", menu, demo)
    found += [*demo.found, *_strangers(backend)]
    return tuple(dict.fromkeys(found))


def refuse_faulty_data() -> None:
    """Raise DataFaults with every fault of every data file; return when there is none."""
    found = check_all()
    if found:
        raise DataFaults(found)


def _understanding(data: Path) -> tuple[list[str], Menu | None]:
    try:
        return [], read_data(data, phrases=not has_read(data)).menu
    except DataFaults as faulty:
        return list(faulty.faults), None


def _faults_of(load: Callable[[], object]) -> list[str]:
    try:
        load()
    except (DataFaults, DeadlineFaults) as faulty:
        return list(faulty.faults)
    return []


def _strangers(backend: Path) -> Iterator[str]:
    for path in sorted(backend.rglob("*.toml")):
        name = path.relative_to(backend).as_posix()
        if name not in BACKEND_FILES:
            yield f"{name}: nobody reads this file; is its name right?"
