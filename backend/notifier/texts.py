"""What staff read of an alert on a locked screen: number, building and what to do, nothing else. Pure.

The words of residents, their names and their homes never travel (MANNERS §1.13).
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from backend.people.homes import word_home
from locales import N_, t

#: lines of one bundle
MOST_LINES: Final = 8
#: kind of alert → what to do; every sentence begins with the matter, ``#1001 (Bldg 3)``
SENTENCES: Final[Mapping[str, str]] = {
    "warn": N_("{matter}: “{clock}” is due soon. Please see to it."),
    "breach": N_("{matter}: “{clock}” is overdue. Please act now."),
    "escalate": N_("{matter}: “{clock}” is overdue and was passed up to you. Please step in."),
    "unassigned": N_("{matter}: nobody answers for it. Please assign somebody now."),
    "emergency": N_("Emergency {matter}: take it on and go there now."),
    "passed_on": N_("{matter} is passed on to you, with a note. Please look at it."),
    "assigned": N_("{matter} is given to you. Please look at when and where."),
    "urged": N_("{matter}: the resident asks for haste. Please write back."),
    "reschedule": N_("{matter}: the resident wishes another time. Please confirm one."),
    "wrote": N_("{matter}: the resident has written back. Please answer."),
    "all_clear": N_("{matter}: the resident says that all is well again. Please check, then close it."),
    "attention": N_("{matter} needs attention. Please look at it."),
    "severe": N_("{matter}: a severe complaint. Please name who handles it, and by when."),
    "incident": N_("{matter}: several alike reports. Please look whether they are one incident."),
    "duty": N_("A duty is due soon: {clock}. Please do it."),
    "duty_missed": N_("A duty was missed: {clock}. Please look at the duties."),
    "handover_offered": N_("A shift is handed over to you. Please look at it, and accept or refuse it."),
    "handover_taken_back": N_("A handover to you was taken back. You need not accept it."),
    "handover_accepted": N_("Your handover is accepted."),
    "handover_resumed": N_("A colleague has taken their work back: you cover it no longer."),
    "handover_refused": N_("A handover was refused. Please look at the reason."),
    "evening": N_("Summary of the day: {clock}."),
    "digest": N_("{count} matters wait for you. Please look at your alerts."),
    "test": N_("This is a test: alerts of the estate will arrive here."),
}


@dataclass(frozen=True, slots=True)
class Note:
    """One alert as it travels. ``number`` 0: about no ticket; ``clock``: the name of the promise."""

    kind: str
    number: int = 0
    building: str = ""
    clock: str = ""
    count: int = 1

    def kept(self) -> dict[str, Any]:
        """Return it as a delivery's row keeps it."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Text:
    """A message to a staff address: one line, and the whole of it."""

    title: str
    body: str


def read_note(kept: Mapping[str, Any]) -> Note:
    """Return the note that ``Note.kept`` wrote."""
    return Note(str(kept.get("kind", "attention")), int(kept.get("number", 0)), str(kept.get("building", "")),
                str(kept.get("clock", "")), int(kept.get("count", 1)))  # fmt: skip


def worded(language: str, notes: Sequence[Note], estate: str, url: str) -> Text:
    """Word one message about ``notes`` (at least one); ``url`` is where the dashboard lives."""
    name = " ".join(estate.split())
    lines = [_line(language, note) for note in notes]
    where = f"{url}/tickets/{notes[0].number}" if len(notes) == 1 and notes[0].number else f"{url}/alerts"
    if len(lines) == 1:
        title = t(language, "[{estate}] {line}", estate=name, line=lines[0])
        return Text(title, f"{title}\n{where}")
    title = t(language, "[{estate}] {count} matters need you", estate=name, count=len(lines))
    shown = lines[:MOST_LINES]
    if len(lines) > MOST_LINES:
        shown.append(t(language, "and {count} more", count=len(lines) - MOST_LINES))
    return Text(title, "\n".join([title, *shown, where]))


def _line(language: str, note: Note) -> str:
    sentence = SENTENCES.get(note.kind, SENTENCES["attention"])
    clock = note.clock or t(language, "a promise")
    return t(language, sentence, matter=_matter(language, note), clock=clock, count=note.count)


def _matter(language: str, note: Note) -> str:
    building = word_home(note.building, "", "", language) if note.building else ""
    number = f"#{note.number}" if note.number else ""
    if number and building:
        return t(language, "{number} ({building})", number=number, building=building)
    return number or building or t(language, "Something")
