"""`run_bot.py phrases …`: teaching the understanding without the dashboard; and what a training folds in.

Nothing heavy is imported before a command runs: other commands start without the database.
"""

# ruff: noqa: PLC0415 (each command imports what it needs)

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Final

from rich.console import Console

from backend.settings import known_database_url, load

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from backend.models import Phrase
    from intents.additions import Phrase as Taught
    from intents.command_line import Add
    from intents.menu import Menu

    Work = Callable[[Namespace, Session, Menu, datetime], Sequence[Phrase]]

STATES: Final = ("proposed", "approved", "rejected")
SHOWN: Final = 200


def add_commands(add: "Add", out: Console) -> None:
    """Add the verbs of ``phrases``; what they say goes to ``out``."""
    do = partial(partial, _do, out)
    add("list", do(_list), "show phrases, the newest first", _list_arguments)
    add("add", do(_add), "add a phrase and what it means; it takes effect at once", _add_arguments)
    add("approve", do(_approve), "let phrases take effect", _approve_arguments)
    add("reject", do(_reject), "let phrases have no effect", _numbers)


def approved(err: Console) -> "list[Taught]":
    """Return the approved phrases of the database, if there is one; without them the training still goes."""
    url = known_database_url()
    if url is None:
        return []
    from sqlalchemy import inspect
    from sqlalchemy.exc import SQLAlchemyError

    from backend.db import Database
    from backend.learning import service

    with closing(Database(url)) as database:
        try:
            if not inspect(database.engine).has_table("phrases"):
                return []
            with database.read() as session:
                return service.approved(session)
        except SQLAlchemyError as error:
            err.print(
                "The training goes without approved phrases: "
                f"the database cannot be read ({type(error).__name__}).",
                markup=False,
            )
            return []


def _numbers(command: ArgumentParser) -> None:
    command.add_argument("numbers", metavar="NUMBER", nargs="+", type=int)


def _list_arguments(command: ArgumentParser) -> None:
    command.add_argument("--state", choices=STATES, help="those alone (all)")


def _add_arguments(command: ArgumentParser) -> None:
    command.add_argument("text", metavar="TEXT")
    command.add_argument(
        "--item", action="append", required=True, metavar="ID", help="an item it fits (repeatable)"
    )
    command.add_argument("--estate", metavar="CODE", help="where it came from, if there are several")


def _approve_arguments(command: ArgumentParser) -> None:
    _numbers(command)
    command.add_argument("--item", action="append", metavar="ID", help="for these items instead (repeatable)")


def _do(out: Console, work: "Work", asked: Namespace) -> None:
    """Run one verb in one transaction; what it touched is shown when that is done."""
    from backend import installation
    from intents.loader import load_menu

    menu = load_menu()
    with closing(installation.open_house(load())) as house:
        now = house.clock.now()
        for line in house.database.run(lambda session: _lines(work(asked, session, menu, now))):
            out.print(line, markup=False)


def _lines(rows: "Sequence[Phrase]") -> list[str]:
    return [_line(row) for row in rows] or ["There are none."]


def _line(row: "Phrase") -> str:
    often = f", chosen {row.times} times" if row.times > 1 else ""
    return f"{row.id}  {row.state} ({row.source}{often})  {row.text}  → {', '.join(row.items)}"


def _list(asked: Namespace, session: "Session", _menu: "Menu", _now: datetime) -> "Sequence[Phrase]":
    from backend.learning import queries

    return queries.list_phrases(session, None, state=asked.state, limit=SHOWN)


def _add(asked: Namespace, session: "Session", menu: "Menu", now: datetime) -> "Sequence[Phrase]":
    from backend import installation
    from backend.learning import service

    estate = installation.chosen_estate(session, asked.estate)
    return [service.add_to(session, menu, estate.id, asked.text, asked.item, now)]


def _approve(asked: Namespace, session: "Session", menu: "Menu", now: datetime) -> "Sequence[Phrase]":
    from backend.learning import service

    return [service.approve(session, menu, None, number, now, items=asked.item) for number in asked.numbers]


def _reject(asked: Namespace, session: "Session", _menu: "Menu", now: datetime) -> "Sequence[Phrase]":
    from backend.learning import service

    return [service.reject(session, None, number, now) for number in asked.numbers]
