"""The directions between the rooms hold, and the contracts that say so really see a forbidden import."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
LINT = Path(sys.executable).with_name("lint-imports")
PACKAGES = ("backend", "bot", "intents", "locales")
#: packages of ``backend`` that are no rooms
NOT_ROOMS = {"models", "migrations", "web", "demo"}

#: contract, the file that would break it, the import that must not be
FORBIDDEN = [
    ("two-sides", "bot/__init__.py", "import backend.clock"),
    ("two-sides", "backend/clock.py", "import bot"),
    ("low-rooms", "intents/normalize.py", "import locales"),
    ("low-rooms", "locales/catalogue.py", "import intents.normalize"),
    ("low-rooms-up", "intents/normalize.py", "import backend.clock"),
    ("low-rooms-up", "locales/catalogue.py", "import bot"),
    ("intents-pure", "intents/normalize.py", "import sqlalchemy"),
    ("intents-pure", "intents/normalize.py", "from babel import dates"),
    ("bot-carries", "bot/__init__.py", "import sqlalchemy"),
    ("bot-carries", "bot/__init__.py", "import intents.normalize"),
    ("bot-pure", "bot/updates.py", "import bot.client"),
    ("bot-pure", "bot/render.py", "import structlog"),
    ("backend-not", "backend/tickets/service.py", "import telegram"),
    ("backend-not", "backend/tickets/service.py", "from rapidfuzz import fuzz"),
    ("backend-not", "backend/tickets/service.py", "import babel.dates"),
    ("one-ticker", "backend/tickets/service.py", "from apscheduler.schedulers import base"),
    ("one-issuer", "backend/people/company_sign_in.py", "from authlib.oidc import core"),
    ("one-issuer", "backend/people/company.py", "import joserfc"),
    ("pure", "backend/conversations/dialogue.py", "import sqlalchemy"),
    ("pure", "backend/deadlines/reckoning.py", "import backend.clock"),
    ("pure", "backend/tickets/lifecycle.py", "import backend.tickets.queries"),
    ("layers", "backend/tickets/service.py", "import backend.conversations.dialogue"),
    ("layers", "backend/deadlines/service.py", "import backend.tickets.lifecycle"),
    ("layers", "backend/messages/service.py", "import backend.deadlines.rules"),
    ("layers", "backend/db.py", "import backend.models.base"),
    ("layers", "backend/web/rendering.py", "import backend.people.roles"),
    ("furniture", "backend/messages/queries.py", "import backend.messages.service"),
    ("verbs", "backend/tickets/service.py", "import fastapi"),
    ("doors", "backend/people/endpoints.py", "from sqlalchemy import select"),
]


def _lint(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(LINT), "--no-logo", "--no-cache", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def _contracts() -> list[dict[str, object]]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    found: list[dict[str, object]] = settings["tool"]["importlinter"]["contracts"]
    return found


def test_every_room_keeps_its_direction() -> None:
    done = _lint(ROOT)
    assert done.returncode == 0, done.stdout


def test_every_contract_is_shown_to_break() -> None:
    assert {str(contract["id"]) for contract in _contracts()} == {case[0] for case in FORBIDDEN}


def test_every_room_is_in_the_furniture_contract() -> None:
    furniture = next(contract for contract in _contracts() if contract["id"] == "furniture")
    rooms = {path.parent.name for path in (ROOT / "backend").glob("*/__init__.py")} - NOT_ROOMS
    assert set(furniture["containers"]) == {f"backend.{room}" for room in rooms}  # type: ignore[call-overload]


def test_every_module_that_calls_itself_pure_is_in_the_pure_contract() -> None:
    pure = next(contract for contract in _contracts() if contract["id"] == "pure")
    listed = set(pure["source_modules"])  # type: ignore[call-overload]
    for path in sorted((ROOT / "backend").glob("*/*.py")):
        docstring = path.read_text(encoding="utf-8").split('"""')[1:2]
        if docstring and " Pure" in docstring[0]:
            assert ".".join(path.relative_to(ROOT).with_suffix("").parts) in listed


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The packages alone, in a folder of their own."""
    only_python = shutil.ignore_patterns("__pycache__", "*.toml", "*.po", "static", "templates", "data")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=only_python)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


@pytest.mark.parametrize(("contract", "file", "line"), FORBIDDEN)
def test_a_forbidden_import_breaks_its_contract(copy: Path, contract: str, file: str, line: str) -> None:
    with (copy / file).open("a", encoding="utf-8") as source:
        source.write(f"\n{line}\n")
    done = _lint(copy, "--contract", contract)
    assert done.returncode == 1
    assert "BROKEN" in done.stdout
