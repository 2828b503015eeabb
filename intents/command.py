"""The bodies of `run_bot.py understand` and of the small scoring of samples."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

from intents.meaning import Hint, Meaning
from intents.understand import Engine


def understand_lines(
    engine: Engine, lines: Iterable[str], now: datetime, explain: bool = False
) -> Iterator[str]:
    """One JSON line for each line: a plain text or {"text", "now"?, "hint"?}; blank lines too."""
    for line in lines:
        text, moment, hint = _asked(line.rstrip("\r\n"), now)
        shown = engine.understand(text, moment, hint).to_json()
        if explain:
            shown["explain"] = engine.explain(text, moment, hint)
        yield json.dumps(shown, ensure_ascii=False)


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
    return asked["text"], _moment(asked.get("now"), now), _hint(asked.get("hint"))


def _moment(written: object, now: datetime) -> datetime:
    if not isinstance(written, str):
        return now
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        return now
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=now.tzinfo)


def _hint(asked: object) -> Hint:
    if not isinstance(asked, dict):
        return Hint()
    slot = asked.get("expected_slot")
    tickets = [number for number in asked.get("open_tickets") or () if isinstance(number, int)]
    return Hint(
        language=str(asked.get("language") or "zh"),
        expected_slot=slot if isinstance(slot, str) else None,
        options=tuple(str(option) for option in asked.get("options") or ()),
        open_tickets=tuple(tickets),
    )


def evaluate_items(engine: Engine, path: Path, now: datetime) -> dict[str, float]:
    """Scores a sample of items or acts (one JSON object a line); shares from 0 to 1 and counts."""
    seen: Counter[str] = Counter()
    for line in path.read_text(encoding="utf-8").splitlines():
        wanted = json.loads(line)
        if "intents" not in wanted:
            seen.update(_scored(engine.understand(wanted["text"], now), wanted))
    return _shares(seen)


def _scored(meaning: Meaning, wanted: dict[str, object]) -> Counter[str]:
    intent = meaning.intents[0]
    acts, items = _acceptable(wanted)
    guesses = [one for one in (intent.item, *(other.item for other in intent.alternatives)) if one][:3]
    counted = {"lines": 1, "act_right": intent.act in acts}
    if wanted["act"] == "emergency":
        counted |= {"emergencies": 1, "emergencies_raised": meaning.emergency}
    else:
        counted |= {"calm": 1, "false_alarms": meaning.emergency}
    if wanted["act"] in ("request", "enquiry", "complaint", "suggestion", "emergency") and items:
        acted = meaning.decision == "act"
        counted |= {
            "with_item": 1,
            "top1": guesses[:1] != [] and guesses[0] in items,
            "top3": any(g in items for g in guesses),
        }
        counted |= {"acted": acted, "acted_right": acted and guesses[:1] != [] and guesses[0] in items}
    if wanted["act"] == "out_of_scope":
        counted |= {
            "out_of_scope": 1,
            "out_of_scope_refused": intent.act == "out_of_scope" or intent.item is None,
        }
    if wanted["act"] in ("cancel", "reschedule", "amend", "status", "urge"):
        counted |= {"on_tickets": 1, "taken_for_new": intent.act == "request"}
    return Counter({name: int(value) for name, value in counted.items()})


def _acceptable(wanted: dict[str, object]) -> tuple[set[str], list[str]]:
    tags = [str(tag) for tag in _listed(wanted.get("tags"))]
    acts = {str(wanted["act"]), *(str(act) for act in _listed(wanted.get("act_alt")))}
    acts |= {tag.removeprefix("alt-act:") for tag in tags if tag.startswith("alt-act:")}
    acts |= {"request", "enquiry"} if "act-either" in tags else set()
    return acts, [str(item) for item in _listed(wanted.get("items"))]


def _listed(value: object) -> list[object]:
    return list(value) if isinstance(value, list) else []


def _shares(seen: Counter[str]) -> dict[str, float]:
    """Counts, and each hit beside what it is a share of."""
    pairs = {
        "act_right": "lines", "top1": "with_item", "top3": "with_item", "acted_right": "acted",
        "emergencies_raised": "emergencies", "false_alarms": "calm", "out_of_scope_refused": "out_of_scope",
        "taken_for_new": "on_tickets",
    }  # fmt: skip
    shares = {f"{hit}_share": seen[hit] / seen[whole] for hit, whole in pairs.items() if seen[whole]}
    return {**{name: float(count) for name, count in seen.items()}, **shares}
