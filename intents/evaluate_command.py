"""The body of `run_bot.py evaluate`: reads every labelled line, times it, and shows the figures."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import track
from rich.table import Table

from intents.encoder import Encoder
from intents.evaluation import (
    MEASURES,
    Confusion,
    Measure,
    Share,
    Verdict,
    confusions,
    got_of,
    grouped,
    judge,
    shares,
    wanted_of,
)
from intents.labelled import Line, read_lines
from intents.trained import PLACE
from intents.understand import Engine

#: messages of at most so many characters are what the promised CPU time is about
SHORT = 100
CPU_P50_MS, CPU_P99_MS, MEMORY_MB, START_S = 3.0, 6.0, 250.0, 2.0
_WARM = ("厨房的灯坏了，明天上午能来修吗", "Could someone look at the boiler tomorrow?")
_CONFUSIONS, _EXAMPLES = 12, 2
#: figures of the tables by language, file and tag, and their short heads
_COLUMNS = {
    "top1": "top 1", "top3": "top 3", "act": "act", "precision": "right when acting", "acts": "acts",
    "out_of_scope": "outside refused", "false_refusals": "wishes refused", "false_alarms": "false alarms",
    "times": "times",
}  # fmt: skip
_WIDE = 120  # where nobody is watching, tables are written this wide


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU milliseconds per message of at most SHORT characters, CPU seconds to start, peak memory in MB."""

    p50_ms: float
    p99_ms: float
    start_s: float
    memory_mb: float

    def to_json(self) -> dict[str, float]:
        """The cost with two digits."""
        return {name: round(getattr(self, name), 2) for name in ("p50_ms", "p99_ms", "start_s", "memory_mb")}


@dataclass(frozen=True, slots=True)
class Report:
    """All verdicts, ids of items that the menu does not know, and what it cost."""

    verdicts: tuple[Verdict, ...]
    strangers: tuple[str, ...]
    cost: Cost

    def to_json(self, *, misses: bool) -> dict[str, object]:
        """One object: figures of all, by language, tag and file; confusions; cost; every miss if asked."""
        shown: dict[str, object] = {
            "lines": len(self.verdicts),
            "all": _plain(shares(self.verdicts)),
            **{
                f"by_{name}": {key: _plain(shares(those)) for key, those in groups.items()}
                for name, groups in self.groups().items()
            },
            "new_orders": [_miss(one, ["new_orders"]) for one in self.failing("new_orders")],
            "confusions": [_confusion(one) for one in confusions(self.verdicts)],
            "unknown_items": list(self.strangers),
            "cost": self.cost.to_json(),
        }
        if misses:
            shown["misses"] = [_miss(one, one.missed) for one in self.verdicts if one.missed]
        return shown

    def groups(self) -> dict[str, dict[str, list[Verdict]]]:
        """The verdicts by language, by tag and by file."""
        keys: Mapping[str, Callable[[Verdict], Iterable[str]]] = {
            "language": lambda one: (one.language,),
            "tag": lambda one: one.line.tags,
            "file": lambda one: (one.line.file,),
        }
        return {name: grouped(self.verdicts, key) for name, key in keys.items()}

    def failing(self, measure: str) -> list[Verdict]:
        """The verdicts that fail a measure."""
        return [one for one in self.verdicts if measure in one.missed]


def evaluate(
    files: Sequence[Path],
    now: datetime,
    trained: Path = PLACE,
    console: Console | None = None,
    encoder: Encoder | None = None,
) -> Report:
    """Measures the engine on labelled files; lines without a `now` are read at `now`.

    `trained` is the artefact's folder; `console` shows the progress; `encoder` as in `Engine.load`.
    Raises labelled.BadLine for the first wrong line of any file, DataFaults when the data of understanding
    are wrong.
    """
    lines = [line for path in files for line in read_lines(path, now.tzinfo)]
    began = time.process_time()
    engine = Engine.load(trained=trained, encoder=encoder)
    started = time.process_time() - began
    return measured(engine, lines, now, started, console)


def measured(
    engine: Engine, lines: Sequence[Line], now: datetime, started: float = 0.0, console: Console | None = None
) -> Report:
    """The report of an engine on lines; `started` is how long it took to load, in seconds of CPU."""
    for text in _WARM:
        engine.understand(text, now)
    verdicts: list[Verdict] = []
    took: list[float] = []
    shown = track(lines, "Reading", console=console, transient=True) if console is not None else lines
    for line in shown:
        began = time.process_time()
        meaning = engine.understand(line.text, line.now or now, line.hint)
        if len(line.text) <= SHORT:
            took.append((time.process_time() - began) * 1000)
        verdicts.append(judge(line, meaning, lambda item: _real(engine, item)))
    named = {item for line in lines for wish in line.wishes for item in wish.items}
    strangers = tuple(sorted(item for item in named if _real(engine, item) is None))
    cost = Cost(percentile(took, 0.5), percentile(took, 0.99), started, memory_mb())
    return Report(tuple(verdicts), strangers, cost)


def _real(engine: Engine, item: str) -> str | None:
    found = engine.menu.find_item(item)
    return found.id if found is not None else None


def percentile(values: Iterable[float], share: float) -> float:
    """The value below which `share` (0 to 1) of the values lie; 0 without any."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


def memory_mb() -> float:
    """The most memory this process has held, in MB.

    Where /proc tells it, it is read there: `getrusage` begins with what the parent held at the fork.
    """
    status = Path("/proc/self/status")
    for line in status.read_text("ascii", "replace").splitlines() if status.exists() else ():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1_048_576 if sys.platform == "darwin" else peak / 1024


def show(report: Report, out: Console, *, misses: bool) -> None:
    """Prints the report: figures, tables by language and tag, confusions, and what must never happen."""
    if not out.is_terminal:
        out.width = max(out.width, _WIDE)
    out.print(_figures(report))
    groups = report.groups()
    for name in ("language", "tag") if len(groups["file"]) == 1 else ("language", "file", "tag"):
        out.print(_by(name, groups[name]))
    for kind in ("act", "item"):
        found = [one for one in confusions(report.verdicts) if one.kind == kind]
        out.print(_confused(kind, found[:_CONFUSIONS]))
    for line in _warnings(report):
        out.print(line, markup=False)
    if misses:
        for verdict in report.verdicts:
            for line in _told(verdict):
                out.print(line, markup=False)


def as_json(report: Report, *, misses: bool) -> str:
    """The report as one JSON object."""
    return json.dumps(report.to_json(misses=misses), ensure_ascii=False)


def _figures(report: Report) -> Table:
    table = _table(f"{len(report.verdicts)} messages", "what")
    for head in ("measured", "hits", "to reach"):
        table.add_column(head, justify="right", no_wrap=True)
    found = shares(report.verdicts)
    for measure in MEASURES:
        if measure.name in found:
            share = found[measure.name]
            table.add_row(
                measure.about, _coloured(measure, share), f"{share.hits} of {share.of}", _aim(measure)
            )
    table.add_section()
    for what, value, unit, aim in _costs(report.cost):
        colour = "green" if value <= aim else "red"
        table.add_row(what, f"[{colour}]{value:.2f} {unit}[/]", "", f"≤ {aim:g} {unit}")
    return table


def _costs(cost: Cost) -> Iterator[tuple[str, float, str, float]]:
    yield f"CPU per message of ≤ {SHORT} characters, p50", cost.p50_ms, "ms", CPU_P50_MS
    yield "the same, p99", cost.p99_ms, "ms", CPU_P99_MS
    yield "CPU until the engine is loaded", cost.start_s, "s", START_S
    yield "most memory held", cost.memory_mb, "MB", MEMORY_MB


def _coloured(measure: Measure, share: Share) -> str:
    shown = f"{share.value:.1%}"
    if measure.aim is None:
        return shown
    return f"[{'green' if measure.is_reached(share.value) else 'red'}]{shown}[/]"


def _aim(measure: Measure) -> str:
    if measure.aim is None:
        return "–"
    return "never" if measure.aim == 0 else f"{'≤' if measure.is_ceiling else '≥'} {measure.aim:.0%}"


def _by(name: str, groups: Mapping[str, Sequence[Verdict]]) -> Table:
    table = _table(f"By {name}", name)
    found = {key: shares(those) for key, those in groups.items()}
    kept = [column for column in _COLUMNS if any(column in one for one in found.values())]
    for head in ("lines", *(_COLUMNS[column] for column in kept)):
        table.add_column(head, justify="right")
    for key, those in groups.items():
        cells = (found[key].get(column) for column in kept)
        shown = Path(key).name if name == "file" else key
        table.add_row(shown, str(len(those)), *(f"{one.value:.0%}" if one else "" for one in cells))
    return table


def _table(title: str, first: str) -> Table:
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD)
    table.add_column(first, no_wrap=True)
    return table


def _confused(kind: str, found: Sequence[Confusion]) -> Table:
    table = _table(f"Most often another {kind}", "wanted")
    table.add_column("got", no_wrap=True)
    table.add_column("times", justify="right")
    table.add_column("for instance")
    for one in found:
        examples = "\n".join(_short(verdict.line.text) for verdict in one.verdicts[:_EXAMPLES])
        table.add_row(one.wanted, one.got, str(len(one.verdicts)), examples)
    return table


def _short(text: str) -> str:
    line = " ".join(text.split()).replace("[", r"\[")
    return line if len(line) <= 60 else line[:59] + "…"


def _warnings(report: Report) -> Iterator[str]:
    for verdict in report.failing("new_orders"):
        yield f"A new order, wrongly: {verdict.line.id} {verdict.line.text!r} ({wanted_of(verdict, 'act')})"
    if report.strangers:
        yield f"The menu does not know these items, so they are always missed: {', '.join(report.strangers)}"


def _told(verdict: Verdict) -> Iterator[str]:
    """One line for each thing missed, of a kind that can be compared."""
    for one in _faults(verdict, verdict.missed):
        yield f"{verdict.line.id}  {verdict.line.text!r}  {one['what']}: {one['wanted']} → {one['got']}"


def _faults(verdict: Verdict, missed: Sequence[str]) -> Iterator[dict[str, str]]:
    about = {measure.name: measure.about for measure in MEASURES}
    kinds = {"times": "times", "several": "several", "top1": "item", "top3": "item", "precision": "item"}
    for name in missed:
        kind = kinds.get(name, "act")
        if verdict.line.wishes or kind == "times":
            shown = f"{got_of(verdict, kind)} ({verdict.meaning.decision})"
            yield {"what": about[name], "wanted": wanted_of(verdict, kind), "got": shown}


def _miss(verdict: Verdict, missed: Sequence[str]) -> dict[str, object]:
    return {
        "id": verdict.line.id,
        "text": verdict.line.text,
        "missed": list(missed),
        "faults": list(_faults(verdict, missed)),
        "decision": verdict.meaning.decision,
        "intents": [one.to_json() for one in verdict.meaning.intents],
    }


def _confusion(one: Confusion) -> dict[str, object]:
    examples = [{"id": verdict.line.id, "text": verdict.line.text} for verdict in one.verdicts[:3]]
    return {
        "kind": one.kind, "wanted": one.wanted, "got": one.got, "times": len(one.verdicts),
        "examples": examples,
    }  # fmt: skip


def _plain(found: Mapping[str, Share]) -> dict[str, object]:
    return {name: share.to_json() for name, share in found.items()}
