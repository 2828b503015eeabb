"""`run_bot.py import` and `export`: homes and residents of an estate from and to an Excel sheet.

Nothing heavy is imported before a command runs: other commands start without the database.
"""

# ruff: noqa: PLC0415 (each command imports what it needs)

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from backend.errors import GuanjiaError
from backend.settings import load

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from backend.households.plan import Plan
    from backend.households.rows import Raw
    from backend.installation import House
    from intents.command_line import Add

#: faults told one by one; the page gives them all as a sheet
FAULTS_TOLD: Final = 200


class Stopped(GuanjiaError):
    """The list was not imported, or not all of it; the text says why."""


def add_commands(add: "Add", out: Console, err: Console) -> None:
    """Add ``import`` and ``export``; what they say goes to ``out``, faults and the bar to ``err``."""
    add("import", partial(_import, out, err), "bring homes and residents in from an Excel sheet",
        _import_arguments)  # fmt: skip
    add("export", partial(_export, out), "write homes and residents of an estate to an Excel sheet",
        _export_arguments)  # fmt: skip


def _import_arguments(command: ArgumentParser) -> None:
    command.add_argument("file", metavar="FILE", help="an Excel workbook (.xlsx)")
    command.add_argument("--template", action="store_true", help="write the empty template to FILE instead")
    command.add_argument("--estate", metavar="CODE", help="which estate, if there are several")
    command.add_argument("--yes", action="store_true", help="import the rows without faults without asking")


def _export_arguments(command: ArgumentParser) -> None:
    command.add_argument("file", metavar="FILE", help="where to write it; it holds whole telephone numbers")
    command.add_argument("--estate", metavar="CODE", help="which estate, if there are several")


def _import(out: Console, err: Console, asked: Namespace) -> None:
    """Read, tell every fault in a line, ask, and write the rest in one transaction."""
    from backend import installation
    from backend.households import sheet

    if asked.template:
        _write(asked.file, sheet.template())
        out.print(f"{asked.file} is written: fill it in, then import it.", markup=False)
        return
    raws = sheet.read(_bytes(asked.file))
    with closing(installation.open_house(load())) as house:
        import_id, plan = _dry_run(house, asked, raws)
        for fault in plan.faults[:FAULTS_TOLD]:
            err.print(f"{fault.where('en')}: {fault.worded('en')}", markup=False)
        counts = plan.counts()
        bad = len({fault.row for fault in plan.faults})
        out.print(_told(counts, len(raws), bad), markup=False)
        if counts["same"] != len(plan.steps):
            _agree(asked, len(plan.steps))
            _carry_out(err, house, import_id)
            out.print("Imported.")
    if bad:
        raise Stopped(f"{bad} of {len(raws)} rows have faults and were left out: mend them and import again.")


def _bytes(name: str) -> bytes:
    from backend.messages.files import MAX_BYTES, MAX_MB

    try:
        data = Path(name).read_bytes()
    except OSError as error:
        raise Stopped(f"{name} cannot be read: {error.strerror or error}.") from error
    if len(data) > MAX_BYTES:
        raise Stopped(f"{name} is larger than {MAX_MB} MB: split it into two files.")
    return data


def _dry_run(house: "House", asked: Namespace, raws: "Sequence[Raw]") -> "tuple[str, Plan]":
    from backend import installation
    from backend.audit.service import Actor
    from backend.households import importing

    now = house.clock.now()
    with house.database.read() as session:
        estate = installation.chosen_estate(session, asked.estate)
    found = importing.read(house.vault, estate, raws, now)
    with house.database.write() as session:
        made = importing.dry_run(session, estate, Path(asked.file).name, found, Actor(), now)
        return made.id, importing.weighed(session, made, now)


def _told(counts: dict[str, int], rows: int, bad: int) -> str:
    return (
        f"Rows read: {rows}. New homes: {counts['homes_new']}, changed: {counts['homes_changed']}. "
        f"New residents: {counts['people_new']}, changed: {counts['people_changed']}. "
        f"Unchanged: {counts['same']}. With faults: {bad}."
    )


def _agree(asked: Namespace, rows: int) -> None:
    """Raise Stopped unless the operator wants it."""
    if asked.yes:
        return
    if not sys.stdin.isatty():
        raise Stopped("Nothing was imported, and nobody can be asked here: give --yes.")
    if input(f"Import {rows} rows (yes/no)? [no]: ").strip().lower() not in ("y", "yes"):
        raise Stopped("Nothing was imported.")


def _carry_out(err: Console, house: "House", import_id: str) -> None:
    from backend.audit.service import Actor
    from backend.households import importing

    columns = (TextColumn("importing"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=err, transient=True) as progress:
        task = progress.add_task("import", total=None)

        def tell(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total)

        now = house.clock.now()
        house.database.run(lambda session: importing.carry_out(session, None, import_id, Actor(), now, tell))


def _export(out: Console, asked: Namespace) -> None:
    """Write the sheet of an estate."""
    from backend import installation
    from backend.audit.service import Actor
    from backend.households import importing

    with closing(installation.open_house(load())) as house:

        def work(session: "Session") -> bytes:
            estate = installation.chosen_estate(session, asked.estate)
            return importing.export(session, house.vault, estate, Actor(), house.clock.now())

        data = house.database.run(work)
    _write(asked.file, data)
    out.print(f"{asked.file} is written. It holds whole telephone numbers: keep it safe.", markup=False)


def _write(name: str, data: bytes) -> None:
    """Write a workbook; one that is there already is never written over. Raises Stopped."""
    try:
        with Path(name).open("xb") as file:
            file.write(data)
    except FileExistsError as error:
        raise Stopped(f"{name} is there already: choose another name.") from error
    except OSError as error:
        raise Stopped(f"{name} cannot be written: {error.strerror or error}.") from error
