"""The documents say what is: every file, name, command, setting, route and link in them exists."""

import ast
import re
import shlex
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest

import run_bot
from backend import doors, settings
from backend.app import create_app
from backend.desk.shell import MORE
from backend.settings import Settings
from backend.tickets.schemas import BODIES
from intents.loader import load_menu
from tests.browser.album import MOST_BYTES, MOST_BYTES_IN_ALL, pictures
from tests.conversations.talking import engine

ROOT = Path(__file__).parents[2]
DOCS = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md"))]
ROOMS = "backend|benchmarks|bot|docs|intents|locales|tests|tools"
#: a file or folder of the house, as documents write it
PLACE = re.compile(rf"`((?:{ROOMS})/[\w./@-]*|[\w-]+\.(?:py|toml|lock|md)|Makefile)`")
#: "`file.py` · `name`": the name is to be found in that file
NAMED = re.compile(r"`([\w/.]+\.py)` · `(\w+)`")
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
BLOCK = re.compile(r"^ *```[^\n]*\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
ROUTE = re.compile(r"^\| `(GET|POST|PUT|DELETE) (/\S*)` \|", re.MULTILINE)
TEST_ONLY = {"ARGON2_IS_CHEAP"}
#: DESIGN §10 of the service: the words that every part of the house uses
WORDS = """
Ticket Resident Home Estate Zone Butler Supervisor Manager Engineer Provider ServiceItem Category Menu Intent
Act Slot Meaning Conversation Message Turn Reply Channel ChannelLink DeadlinePolicy Deadline Clock due_at
met_at breached_at Alert Outbox FollowUp SignOff BenefitCard Voucher Redemption FaqEntry DirectoryEntry
Notice Incident Visit CourtesyVisit
"""


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def ids(path: Path) -> str:
    return path.name


@cache
def names_of(path: Path) -> set[str]:
    """Every function, class and constant that a Python file defines."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Name):
            found.add(node.id)
    return found


def exists(written: str, beside: Path) -> bool:
    return (ROOT / written).exists() or (beside.parent / written).exists()


def commands(page: str) -> list[str]:
    """Every line of a code block and every piece of code in a line."""
    blocks = [line for block in BLOCK.findall(page) for line in block.splitlines()]
    return [*blocks, *re.findall(r"`([^`\n]+)`", BLOCK.sub("", page))]


@pytest.mark.parametrize("path", DOCS, ids=ids)
def test_every_file_that_a_document_names_exists(path: Path) -> None:
    wrong = [name for name in PLACE.findall(path.read_text("utf-8")) if not exists(name, path)]
    assert wrong == []


@pytest.mark.parametrize("path", DOCS, ids=ids)
def test_every_name_that_a_document_finds_in_a_file_is_there(path: Path) -> None:
    page = " ".join(path.read_text("utf-8").split())
    pairs = [(file, name) for file, name in NAMED.findall(page) if name not in names_of(ROOT / file)]
    assert pairs == []


def test_the_tour_names_at_least_forty_places() -> None:
    assert len(NAMED.findall(" ".join(text("docs/tour.md").split()))) >= 40


@pytest.mark.parametrize("path", DOCS, ids=ids)
def test_no_link_is_broken(path: Path) -> None:
    wrong = []
    for link in LINK.findall(path.read_text("utf-8")):
        file, _, place = link.partition("#")
        if link.startswith(("http://", "https://")):
            continue
        target = path.parent / file if file else path
        if not target.exists() or (place and place not in anchors(target)):
            wrong.append(link)
    assert wrong == []


def anchors(path: Path) -> set[str]:
    heads = re.findall(r"^#+ (.+)$", path.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("path", DOCS, ids=ids)
def test_every_make_target_in_a_document_exists(path: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", text("Makefile"), re.MULTILINE))
    wanted = {
        line.split()[line.split().index("make") + 1]
        for line in commands(path.read_text("utf-8"))
        if re.match(r"(\w+=\S+ )*make [a-z]", line)
    }
    assert wanted <= targets


@pytest.mark.parametrize("path", DOCS, ids=ids)
def test_every_command_in_a_document_can_be_typed(path: Path) -> None:
    for line in commands(path.read_text("utf-8")):
        _, found, rest = line.partition("run_bot.py ")
        words = rest.split("|")[0].split("#")[0].strip()
        if found and re.match(r"[a-z]+", words) and not re.search(r"[\[\]…]|\b[A-Z]{3,}\b", words):
            assert parses(words), line


def parses(words: str) -> bool:
    """True when the command line takes these words, or only lacks some more of them."""
    given = shlex.split(words)
    try:
        run_bot.parser().parse_args(given)
    except SystemExit:
        known = {" ".join(given[:count]) for count in (1, 2)}
        return bool(known & command_names()) and len(given) <= 2
    return True


@cache
def command_names() -> frozenset[str]:
    """Every command of run_bot.py: ``serve``, ``user add`` …"""
    found = set()
    for name, parser in _commands(run_bot.parser()).items():
        below = _commands(parser)
        found |= {f"{name} {verb}" for verb in below} if below else {name}
    return frozenset(found)


def _commands(parser: object) -> dict[str, object]:
    group = getattr(parser, "_subparsers", None)
    return dict(group._group_actions[0].choices) if group else {}


@pytest.mark.parametrize("path", DOCS, ids=ids)
def test_every_module_that_a_document_runs_exists(path: Path) -> None:
    modules = re.findall(r"-m ((?:backend|benchmarks|locales|tests)[\w.]*)", path.read_text("utf-8"))
    assert [name for name in modules if find_spec(name) is None] == []


@pytest.mark.parametrize("path", DOCS, ids=ids)
def test_every_test_that_a_document_runs_exists(path: Path) -> None:
    wanted = re.findall(r"(?<![\w/])tests/[\w/.]+", path.read_text("utf-8"))
    assert [name for name in wanted if not (ROOT / name.rstrip(".")).exists()] == []


def test_the_readme_has_every_command() -> None:
    rows = re.findall(r"^\| `run_bot\.py ([^`]+)` \|", text("README.md"), re.MULTILINE)
    written = {re.split(r" (?:\[|[A-Z])", row)[0].strip() for row in rows}
    assert written == command_names()


def test_the_readme_and_operations_have_every_setting() -> None:
    read = set(re.findall(r'values\.get\("([A-Z_0-9]+)"', Path(settings.__file__).read_text("utf-8")))
    for page in ("README.md", "docs/operations.md"):
        written = set(re.findall(r"`GUANJIA_([A-Z_0-9]+)`", text(page)))
        assert written >= read - TEST_ONLY, page
        assert written <= read, page


def test_the_readme_has_every_route_and_no_other(tmp_path: Path) -> None:
    own = Settings(f"sqlite:///{tmp_path}/none.sqlite", "a secret", "a token", tmp_path)
    app = create_app(own, engine=engine())
    routes = {
        (method.upper(), path)
        for path, methods in app.openapi()["paths"].items()
        for method in methods
        if path.startswith("/api/")
    }
    routes |= {("GET", route.path) for route in doors.router.routes if not route.path.startswith("/api/")}
    assert set(ROUTE.findall(text("README.md"))) == routes


def test_the_readme_has_every_action() -> None:
    _, _, table = text("README.md").partition("| action | body |")
    rows = re.findall(r"^\| ([^|]+) \|", table.partition("\n\n")[0], re.MULTILINE)
    assert {name for row in rows for name in re.findall(r"`(\w+)`", row)} == set(BODIES)


def test_the_glossary_has_every_word_in_both_languages_and_where_it_lives() -> None:
    rows = dict(re.findall(r"^\| (\w+) \| (.+) \|$", text("docs/glossary.md"), re.MULTILINE))
    assert [word for word in WORDS.split() if word not in rows] == []
    for word in WORDS.split():
        chinese, what, where = (cell.strip() for cell in rows[word].split(" | "))
        assert re.search("[\u4e00-\u9fff]", chinese), word
        assert what.rstrip('”"').endswith((".", "…")), word
        assert PLACE.search(where), word


def test_the_figures_about_the_data_are_right() -> None:
    menu = load_menu()
    listed = sum(item.listed for item in menu.items.values())
    page = text("docs/understanding.md")
    assert f"{len(menu.items)} items in {len(menu.categories)} categories, {listed} of them listed" in page
    assert f"{len(menu.items)} services" in text("README.md")


def test_every_picture_is_small_and_shown() -> None:
    shown = {f"docs/{link}" for link in LINK.findall(text("docs/pages.md"))} | set(
        LINK.findall(text("README.md"))
    )
    kept = list((ROOT / "docs" / "pictures").iterdir())
    assert [one.name for one in kept if f"docs/pictures/{one.name}" not in shown] == []
    assert [one.name for one in kept if one.stat().st_size > MOST_BYTES] == []
    assert sum(one.stat().st_size for one in kept) <= MOST_BYTES_IN_ALL


def test_every_page_of_the_album_is_described_with_its_pictures() -> None:
    page = text("docs/pages.md")
    shown = set(LINK.findall(page))
    assert [name for name in pictures() if f"pictures/{name}" not in shown] == []


def test_every_page_of_the_menu_is_described() -> None:
    page = text("docs/pages.md")
    assert [href for _, _, href, _ in MORE if f"`{href}`" not in page] == []


@pytest.mark.parametrize("path", DOCS, ids=ids)
def test_no_document_names_the_machine_it_was_written_on(path: Path) -> None:
    foreign = re.compile(
        "/(?:" + "|".join(("wor" + "k", "far" + "m", "ro" + "ot", "ho" + "me", "tm" + "p")) + ")/"
    )
    assert not foreign.search(path.read_text("utf-8"))
