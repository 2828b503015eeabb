"""The labelled sets that understanding is measured on: a folder that is named, else our own."""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

#: the folder of the sets to measure on
VARIABLE: Final = "GUANJIA_BENCH_SETS"
OWN: Final = Path(__file__).parent / "sets"
_FILE = re.compile(r"(?P<name>.+?)(?:-[\w-]+)?-(?P<part>train|valid|test)")


class NoSets(ValueError):
    """The folder that is named cannot be measured on; the text says why in one line."""


@dataclass(frozen=True, slots=True)
class Public:
    """A public set for `run_bot.py benchmark`: its files, the valid one only where there is one."""

    train: Path
    test: Path
    valid: Path | None = None


@dataclass(frozen=True, slots=True)
class Sets:
    """Files of labelled messages, and public sets by their names in small letters."""

    labelled: tuple[Path, ...]
    public: Mapping[str, Public] = field(default_factory=dict)


def find_sets(folder: str | None = None) -> Sets:
    """Return the sets below a folder: the one given, else that of the environment, else our own.

    A file's first line tells what it is: `{"text", "intent"}` lines are parts of a public set, called
    NAME-train, NAME-valid and NAME-test; all others are labelled messages as `run_bot.py evaluate` reads
    them. Raises NoSets when there is no such folder, or nothing in it.
    """
    named = folder or os.environ.get(VARIABLE, "")
    place = Path(named).expanduser().resolve() if named else OWN
    if not place.is_dir():
        raise NoSets(f"{VARIABLE}: there is no folder {place}.")
    files = sorted(place.rglob("*.jsonl"))
    if not files:
        raise NoSets(f"{VARIABLE}: there is no *.jsonl file below {place}.")
    public = [path for path in files if _is_public(path)]
    return Sets(tuple(path for path in files if path not in public), _named(public))


def _is_public(path: Path) -> bool:
    with path.open(encoding="utf-8-sig", errors="replace") as lines:
        first = next((line for line in lines if line.strip()), "")
    try:
        found = json.loads(first)
    except ValueError:
        return False  # `evaluate` says what is wrong with it
    return isinstance(found, dict) and "intent" in found


def _named(files: list[Path]) -> dict[str, Public]:
    parts: dict[str, dict[str, Path]] = {}
    for path in files:
        found = _FILE.fullmatch(path.stem)
        if found is None:
            raise NoSets(f"{path} should be called NAME-train.jsonl, NAME-valid.jsonl or NAME-test.jsonl.")
        parts.setdefault(found["name"].lower(), {})[found["part"]] = path
    for name, own in parts.items():
        if not own.keys() >= {"train", "test"}:
            raise NoSets(f"{next(iter(own.values()))}: {name} needs a train file and a test file.")
    return {name: Public(own["train"], own["test"], own.get("valid")) for name, own in parts.items()}
