"""Guanjia's one command line: `python run_bot.py --help`. The only file that sees both sides of the house."""

import os
import sys

from intents.alike import reckon_alike

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy loads: a second thread only costs
if sys.argv[1:2] == ["train"]:
    reckon_alike()

import argparse
import getpass
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

try:
    from rich.console import Console
except ModuleNotFoundError:  # this Python is not the one that the packages were installed for
    sys.stderr.write("This Python has not got the packages: use .venv/bin/python, which `make run` makes.\n")
    sys.exit(2)

from backend import household_commands, phrase_commands
from backend.errors import GuanjiaError, Refusal
from backend.settings import BadSetting, Settings, load
from intents.command_line import CommandRefused, Commands
from intents.rows import DataFaults

if TYPE_CHECKING:
    import socket

    from backend.installation import House, NewEstate
    from backend.serve import Scheduler
    from bot.assembly import Telegram
    from intents.menu import Menu

# Each command imports what it needs and no more: `understand` starts without the database and the web.
OUT: Final = Console(highlight=False, soft_wrap=True)
ERR: Final = Console(stderr=True, highlight=False, soft_wrap=True)
PARTS: Final = "web,telegram,clock"
ROLES: Final = ("butler", "supervisor", "manager", "engineer", "guard", "desk", "admin")
MISTAKE: Final = 2


class Mistake(GuanjiaError):
    """The command line cannot be followed; the text says what to do."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; every error is one line (a data fault one line each) and exit status 2."""
    asked = parser().parse_args(arguments)
    try:
        asked.run(asked)
    except DataFaults as error:
        for fault in error.faults:
            complain(str(fault))
        return MISTAKE
    except Refusal as error:
        return complain(error.worded("en")[1])
    except (GuanjiaError, BadSetting, CommandRefused) as error:
        return complain(str(error))
    except (KeyboardInterrupt, EOFError):
        return complain("Stopped; nothing was changed.")
    except Exception as error:
        return complain(unexpected(error))
    return 0


def unexpected(error: Exception) -> str:
    """One line for what nobody foresaw: a database out of reach by name, the rest by its id in the log."""
    from sqlalchemy.exc import OperationalError

    from backend import logs

    if isinstance(error, OperationalError):
        return f"The database cannot be used: {str(error.orig).strip().splitlines()[0]}"
    logs.configure("WARNING")  # it may have failed before the settings were read
    error_id = logs.failure("command", error)
    return f"Something went wrong ({type(error).__name__}); please report it with the id {error_id}."


def complain(line: str) -> int:
    ERR.print(line, markup=False)
    return MISTAKE


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="run_bot.py", description="Guanjia 管家: the butler service.")
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    add = partial(_command, commands)
    add("serve", run_serve, "serve the dashboard, the web chat, Telegram and the clock", _serve_arguments)
    add("setup", run_setup, "set up a real estate and its first admin", _setup_arguments)
    add("migrate", run_migrate, "bring the database to this release's schema")
    add("invite", run_invite, "make an invitation to a home", _invite_arguments)
    household_commands.add_commands(add, OUT, ERR)
    Commands(moment, OUT, ERR, partial(phrase_commands.approved, ERR)).add_to(add)
    users = commands.add_parser("user", help="members of staff").add_subparsers(required=True, metavar="VERB")
    _command(
        users, "add", run_user_add, "create a member of staff; the password is shown once", _user_arguments
    )
    phrases = commands.add_parser("phrases", help="wordings that operators teach the understanding")
    verbs = phrases.add_subparsers(required=True, metavar="VERB")
    phrase_commands.add_commands(partial(_command, verbs), OUT)
    return top


def _command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    run: Callable[[argparse.Namespace], None],
    about: str,
    fill: Callable[[argparse.ArgumentParser], None] | None = None,
) -> None:
    command = commands.add_parser(name, help=about, description=about.capitalize() + ".")
    command.set_defaults(run=run)
    if fill:
        fill(command)


def _serve_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--demo", action="store_true", help="serve the demo estate; refuses a real one's data"
    )
    command.add_argument("--only", metavar="PARTS", help=f"some parts only: {PARTS}")


def run_serve(asked: argparse.Namespace) -> None:
    from backend import logs, serve

    settings = serve.reachable(load(), os.environ)
    parts = serve.chosen_parts(asked.only, bool(settings.telegram_token))
    logs.configure(settings.log_level)
    telegram = telegram_part(settings, parts)
    is_heard = "web" in parts or (telegram is not None and telegram.webhook is not None)
    sock = serve.bind(settings) if is_heard else None
    if telegram is not None and len(parts) == 1:  # neither the database nor the understanding is loaded
        OUT.print(f"The telegram part is running; its backend is {settings.backend_url}. Ctrl-C ends it.")
        serve.serve_alone(telegram, settings, sock)
    else:
        serve_house(settings, asked, parts, telegram, sock)


def telegram_part(settings: Settings, parts: Sequence[str]) -> "Telegram | None":
    """Return the bot's carrier, not yet started, where it is served. Raises Mistake for wrong settings."""
    from backend import serve

    if "telegram" not in parts:
        return None
    serve.check_telegram(settings)
    serve.check_backend(settings, parts)
    from bot.assembly import Telegram, configure  # after the check: a refusal need not load the library
    from bot.errors import CannotCarry

    backend_url = serve.own_address(settings) if "web" in parts else settings.backend_url
    config = configure(settings, backend_url, serve.webhook_secret(settings))

    def tell(sentence: str) -> None:
        OUT.print(sentence, markup=False)

    try:
        return Telegram(config, lambda name: tell(f"Telegram: {config.mode} as @{name}"), on_change=tell)
    except CannotCarry as error:
        raise Mistake(str(error)) from error


def serve_house(
    settings: Settings,
    asked: argparse.Namespace,
    parts: Sequence[str],
    telegram: "Telegram | None",
    sock: "socket.socket | None",
) -> None:
    """All that needs the database, and the telegram part beside it when there is one."""
    from backend import data_check, installation, serve
    from intents.loader import load_menu

    data_check.refuse_faulty_data()
    menu = load_menu()
    with closing(installation.open_house(settings)) as house:
        installation.ensure_data(house, menu, asked.demo)
        with serve.ticking(*(clockwork(house, menu) if "clock" in parts else ())):
            if "web" in parts and sock is not None:
                serve_web(house, sock, telegram, serve.account_of(settings, asked.only))
            else:
                OUT.print(f"Running: {', '.join(parts)}. Ctrl-C ends it.")
                serve.serve_alone(telegram, settings, sock)


def serve_web(
    house: "House", sock: "socket.socket", telegram: "Telegram | None", account: str | None
) -> None:
    """Serve the web part; ``account``: the bot it hears of (see ``serve.account_of``)."""
    from backend import serve
    from backend.app import create_app, end_streams

    app = create_app(house.settings, database=house.database, clock=house.clock)
    app.state.telegram_account = account
    hooks = serve.Hooks(partial(announce, house), end_streams=partial(end_streams, app))
    serve.serve_web(app, house.settings, sock, serve.joined(hooks, telegram, app))


def clockwork(house: "House", menu: "Menu") -> "tuple[Scheduler, ...]":
    """Return what the clock part runs: the ticker, and the thread that tells staff."""
    from backend import scheduler

    steps = scheduler.steps(house.database, house.clock, menu, house.settings.media_dir)
    built: Scheduler = scheduler.build(scheduler.Ticker(steps))
    return built, scheduler.notifier(house.database, house.clock, house.vault, house.settings)


def announce(house: "House") -> None:
    """Say where everything is, once the service answers."""
    from backend import announcement, serve

    for line in announcement.lines(house):
        OUT.print(line)
    if not serve.is_loopback(house.settings.host):
        show_qr(f"{house.settings.public_url}/chat")
    OUT.print("Ctrl-C ends it.\n")


def show_qr(link: str) -> None:
    """Draw a QR code that a phone can read from the terminal (not into a file or a log)."""
    import segno

    OUT.print(link, markup=False)
    if sys.stdout.isatty():
        segno.make(link, micro=False).terminal(compact=True)


def run_migrate(_asked: argparse.Namespace) -> None:
    from backend import migrate
    from backend.db import Database
    from backend.vault import Vault

    settings = load()
    with closing(Database(settings.database_url)) as database:
        changed = migrate.upgrade(database, Vault(settings.secret_key))
    done = "The database is now at" if changed else "The database was already at"
    OUT.print(f"{done} schema {migrate.newest()}.")


def _setup_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("--name-zh", help="the estate's name in Chinese")
    command.add_argument("--name-en", help="the estate's name in English")
    command.add_argument("--code", help="a short code for links, such as QY")
    command.add_argument("--timezone", help="IANA time zone (Asia/Shanghai)")
    command.add_argument("--hotline", help="the telephone number that residents may call")
    command.add_argument("--admin", help="user name of the first admin")
    command.add_argument(
        "--password-file", metavar="FILE", help="the admin's password, in a file (- for stdin)"
    )
    command.add_argument("--yes", action="store_true", help="remove a demo without asking")


def run_setup(asked: argparse.Namespace) -> None:
    from backend import installation

    settings = load()
    with closing(installation.open_house(settings)) as house:
        if installation.is_demo(house.database):
            agree_to_wipe(asked)
        answers = ask_estate(asked, settings)
        installation.set_up(house, answers, may_wipe_demo=True)
    OUT.print(f"{answers.name_zh} {answers.name_en} is set up.")
    OUT.print(
        f"Start it with `.venv/bin/python run_bot.py serve` and sign in as {answers.admin} "
        f"at {settings.public_url}/"
    )
    OUT.print(
        "Then `.venv/bin/python run_bot.py user add` for the staff, `import FILE` for homes and residents, "
        "and `invite HOME`."
    )


def agree_to_wipe(asked: argparse.Namespace) -> None:
    """Raise Mistake unless the operator agrees that the demo is removed."""
    question = "This database holds the demo. Remove it (yes/no)?"
    if not asked.yes and ask(question, "--yes", "no").lower() not in ("y", "yes"):
        raise Mistake("The demo stays; nothing was changed.")


def ask_estate(asked: argparse.Namespace, settings: Settings) -> "NewEstate":
    """Return the answers of ``setup``: from the flags, else asked for."""
    from backend.installation import NewEstate

    return NewEstate(
        name_zh=asked.name_zh or ask("The estate's name in Chinese", "--name-zh"),
        name_en=asked.name_en or ask("The estate's name in English", "--name-en"),
        code=asked.code or ask("A short code for links, such as QY", "--code"),
        timezone=asked.timezone or ask("Time zone", "--timezone", settings.timezone),
        hotline=asked.hotline or ask("Telephone number that residents may call", "--hotline"),
        admin=asked.admin or ask("User name of the first admin", "--admin", "admin"),
        password=read_password(asked.password_file),
    )


def ask(question: str, flag: str, default: str = "") -> str:
    """Ask until there is an answer. Raises Mistake when nobody can be asked."""
    if not sys.stdin.isatty():
        raise Mistake(f"Nobody can be asked here: give {flag}.")
    shown = f"{question} [{default}]: " if default else f"{question}: "
    while True:
        answer = input(shown).strip() or default
        if answer:
            return answer


def read_password(file: str | None) -> str:
    """Return the password from a file, stdin, or typed twice."""
    if file:
        try:
            text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise Mistake(f"The password file {file} cannot be read: {error}.") from error
        return text.strip("\r\n")
    if not sys.stdin.isatty():
        raise Mistake("Nobody can be asked here: give --password-file.")
    while True:
        first = getpass.getpass("Password (12 characters or more): ")
        if first == getpass.getpass("Once more: "):
            return first
        ERR.print("The two are not the same; please type them again.")


def _user_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("username", metavar="USERNAME")
    command.add_argument("--role", required=True, choices=ROLES)
    command.add_argument("--name-zh", required=True, help="the name residents read in Chinese")
    command.add_argument("--name-en", required=True, help="the name residents read in English")
    command.add_argument("--estate", action="append", default=[], metavar="CODE", help="repeatable")
    command.add_argument("--must-change", action="store_true", help="at the first sign-in, the password")


def run_user_add(asked: argparse.Namespace) -> None:
    from backend import installation
    from backend.people.roles import Role

    role, estates, names = Role(asked.role), tuple(asked.estate), (asked.name_zh, asked.name_en)
    new = installation.NewUser(asked.username, role, *names, estates, asked.must_change)
    with closing(installation.open_house(load())) as house:
        password = installation.add_user(house, new)
    first = "; at the first sign-in another is chosen" if asked.must_change else ""
    OUT.print(f"{asked.username} can sign in with this password, which is shown only now{first}:")
    OUT.print(password, markup=False)


def _invite_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("home", metavar="HOME", help="building, unit and flat, such as 3-2-1501")
    command.add_argument("--estate", metavar="CODE")
    command.add_argument("--uses", type=int, default=6, help="in how many chats it may be used (%(default)s)")
    command.add_argument("--days", type=int, default=90, help="for how many days it is good (%(default)s)")
    command.add_argument("--name", help="the resident it is for (else the butler confirms who it is)")
    command.add_argument("--kind", choices=["owner", "tenant", "family"], default="owner")
    command.add_argument("--language", choices=["zh", "en"], default="zh")
    command.add_argument("--new", action="store_true", help="add the home when the estate has none such")


def run_invite(asked: argparse.Namespace) -> None:
    from backend import announcement, installation

    if asked.uses < 1 or asked.days < 1:
        raise Mistake("--uses and --days must be 1 or more.")
    settings = load()
    guest = installation.Guest(asked.name, asked.kind, asked.language) if asked.name else None
    wish = installation.Wish(asked.home, asked.estate, asked.uses, asked.days, guest, asked.new)
    with closing(installation.open_house(settings)) as house:
        code, estate = installation.invite(house, wish)
        links = announcement.links_of(house, code)
    OUT.print(f"Invitation to {asked.home} in {estate}: {code}  (shown only now)", markup=False)
    for link in links:
        show_qr(link)
    if settings.is_for_this_machine_only:
        ERR.print(
            "[yellow]Warning:[/yellow] this address opens on this machine only. Set GUANJIA_PUBLIC_URL "
            "to the one that residents reach, then make the invitation anew."
        )


def moment(written: str | None) -> datetime:
    """Return ``--now``, in the estate's zone when it names none; without it the present moment."""
    from backend.clock import SystemClock

    zone = ZoneInfo(os.environ.get("GUANJIA_TIMEZONE") or "Asia/Shanghai")
    if written is None:
        return SystemClock().now().astimezone(zone)
    try:
        found = datetime.fromisoformat(written)
    except ValueError as error:
        raise Mistake(f"--now {written!r} is no instant: write it as 2026-03-11T10:00.") from error
    return found if found.tzinfo else found.replace(tzinfo=zone)


if __name__ == "__main__":
    sys.exit(main())
