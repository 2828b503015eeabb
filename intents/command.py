"""The body of `run_bot.py understand`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

from intents.explanation import Taught
from intents.labelled import hint_of
from intents.loader import DATA
from intents.meaning import Hint
from intents.reading import read_data
from intents.trained import lessons_of
from intents.understand import Engine


def understand_lines(
    engine: Engine, lines: Iterable[str], now: datetime, explain: bool = False
) -> Iterator[str]:
    """One JSON line for each line: a plain text or {"text", "now"?, "hint"?}; blank lines too."""
    taught = taught_by(DATA) if explain else None
    for line in lines:
        text, moment, hint = _asked(line.rstrip("\r\n"), now)
        shown = engine.understand(text, moment, hint).to_json()
        if explain:
            shown["explain"] = engine.explain(text, moment, hint, taught)
        yield json.dumps(shown, ensure_ascii=False)


def taught_by(folder: Path) -> Taught:
    """The examples of a data folder in the order in which training reads them. Raises DataFaults."""
    return Taught(*lessons_of(read_data(folder)))


def _asked(line: str, now: datetime) -> tuple[str, datetime, Hint]:
    """The text, moment and hint of a line; anything that is not such an object is a plain text."""
    if not line.lstrip().startswith("{"):
        return line, now, Hint()
    try:
        asked = json.loads(line)
    except ValueError:
        return line, now, Hint()
    if not isinstance(asked, dict) or not isinstance(asked.get("text"), str):
        return line, now, Hint()
    return asked["text"], _moment(asked.get("now"), now), hint_of(asked.get("hint"))


def _moment(written: object, now: datetime) -> datetime:
    if not isinstance(written, str):
        return now
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        return now
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=now.tzinfo)
