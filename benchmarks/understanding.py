"""How well messages are understood, and what it costs: the figures of `run_bot.py evaluate` and `benchmark`.

Each report comes from a process of its own, so that its memory is that of an engine and nothing else; all is
measured twice, the second time as if the encoder's package were missing. Nothing is promised for that.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from benchmarks.children import ROOT
from benchmarks.measure import Figure
from benchmarks.sets import OWN, Public, Sets, find_sets

#: when lines that name no moment are read: a Wednesday morning
NOW: Final = "2026-03-11T10:00"
BLIND: Final = "--without-encoder"
#: accuracy that is promised on ten examples an intent, in per cent
PUBLIC: Final = {"clinc150": 90.0, "banking77": 84.0, "hwu64": 82.0}
#: how far apart the two languages may be, in points
APART: Final = 3.0


@dataclass(frozen=True, slots=True)
class Share:
    """A figure of the report: its name there, how it is told, what is promised in per cent."""

    name: str
    about: str
    promised: float | None = None
    is_floor: bool = True


ITEMS: Final = (Share("top1", "item first", 90), Share("top3", "item among the first three", 97))
SHARES: Final = (
    Share("precision", "right item when it acts without asking", 95),
    Share("acts", "acts without asking"),
    Share("act", "act", 95),
    Share("new_orders", "cancel, change, negation … taken for a new order", 0, is_floor=False),
    Share("out_of_scope", "out of scope recalled", 90),
    Share("false_refusals", "wishes refused at that", 5, is_floor=False),
    Share("emergencies", "emergencies recalled", 99),
    Share("lookalikes", "look-alikes of emergencies raised", 5, is_floor=False),
    Share("false_alarms", "alarm raised where nothing is wrong"),
    Share("several", "several wishes in one message, all found"),
    Share("times", "time expressions exact", 95),
)
COSTS: Final = (
    ("p50_ms", "a message of ≤ 100 characters, p50, CPU", "ms", 3.0),
    ("p99_ms", "a message of ≤ 100 characters, p99, CPU", "ms", 6.0),
    ("start_s", "start, CPU", "s", 2.0),
    ("memory_mb", "memory", "MB", 250.0),
)


def measure() -> Iterator[Figure]:
    """Every figure with the encoder, then without.

    Raises sets.NoSets for a folder that cannot be used.
    """
    sets = find_sets()
    for figure in _all(sets):
        yield replace(figure, what=f"understand: {figure.what}")
    for figure in _all(sets, BLIND):
        yield replace(figure, what=f"without the encoder: {figure.what}", promised=None)


def _all(sets: Sets, *more: str) -> Iterator[Figure]:
    report = _told("evaluate", *_names(sets.labelled), *_now(more)) if sets.labelled else {}
    yield from quality(report)
    for name in (*PUBLIC, *(name for name in sets.public if name not in PUBLIC)):
        yield few_shot(name, _few_shot(sets.public[name], more) if name in sets.public else None)
    own = report or _told("evaluate", *_names(sorted(OWN.glob("*.jsonl"))), *_now(more))
    for name, about, unit, promised in COSTS:
        yield Figure(about, own["cost"][name], unit, promised)


def quality(report: Mapping[str, Any]) -> Iterator[Figure]:
    """Yield the shares of a report of `evaluate`, in per cent; those it has no line for are without value."""
    for share in ITEMS:
        yield _figure(share, report.get("all", {}))
        yield from _by_language(share, report.get("by_language", {}))
    for share in SHARES:
        yield _figure(share, report.get("all", {}))
        if share.name == "act":
            for language in ("zh", "en"):
                yield _figure(replace(share, about=f"act, {language}"), _of(report, language))


def _of(report: Mapping[str, Any], language: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = report.get("by_language", {}).get(language, {})
    return found


def _by_language(share: Share, languages: Mapping[str, Any]) -> Iterator[Figure]:
    """Both languages, and the points between them."""
    own = [
        _figure(replace(share, about=f"{share.about}, {side}"), languages.get(side, {}))
        for side in ("zh", "en")
    ]
    yield from own
    values = [one.value for one in own if one.value is not None]
    apart = abs(values[0] - values[1]) if len(values) == len(own) else None
    yield Figure(f"{share.about}, zh and en apart", apart, "points", APART)


def _figure(share: Share, found: Mapping[str, Any]) -> Figure:
    if share.name not in found:
        return Figure(share.about, None, "%", share.promised, share.is_floor)
    hits, of = found[share.name]["hits"], found[share.name]["of"]
    return Figure(share.about, 100 * hits / of, "%", share.promised, share.is_floor, f"{hits} of {of}")


def few_shot(name: str, found: Mapping[str, float | None] | None) -> Figure:
    """Return the accuracy on a public set, with what it makes of lines out of scope where it has some."""
    about, promised = f"few-shot {name.upper()}, accuracy", PUBLIC.get(name)
    if found is None:
        return Figure(about, None, "%", promised, is_floor=True)
    seen = [
        f"{label} {100 * value:.1f} %"
        for key, label in (("auroc", "out of scope: AUROC"), ("recall_at_95", "recall at 95 % accepted"))
        if (value := found.get(key)) is not None
    ]
    return Figure(about, 100 * float(found["accuracy"] or 0), "%", promised, True, ", ".join(seen))


def _few_shot(public: Public, more: Sequence[str]) -> Mapping[str, float | None]:
    valid = ("--valid", str(public.valid)) if public.valid else ()
    report = _told("benchmark", "--train", str(public.train), *valid, "--test", str(public.test), *more)
    found: Mapping[str, float | None] = report["files"][str(public.test)]
    return found


def _names(files: Sequence[Path]) -> list[str]:
    return [str(path.resolve()) for path in files]


def _now(more: Sequence[str]) -> list[str]:
    return ["--now", NOW, *more]


def _told(*command: str) -> dict[str, Any]:
    """Return what a command of `run_bot.py` prints, in a process of its own. Raises RuntimeError."""
    done = subprocess.run(
        [sys.executable, "run_bot.py", *command, "--json"],
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"run_bot.py {command[0]} failed: {done.stderr.strip()}")
    if done.stderr.strip():  # a training that is missing is told there
        sys.stderr.write(done.stderr)
    found: dict[str, Any] = json.loads(done.stdout)
    return found
