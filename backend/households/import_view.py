"""A dry run in words: what would be added and changed, every fault with its place, how far the import is."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from backend.desk import words
from backend.desk.views import Fact
from backend.households import columns, wording
from backend.households.plan import Plan, Step
from backend.households.views import ChangeLine, DryRunView, FaultLine
from backend.models import Import
from backend.people import homes
from locales import N_, t

#: lines of each kind on the page; the faulty rows are all in the workbook
SHOWN: Final = 100
COUNTS: Final = {
    "rows": N_("Rows read"), "homes_new": N_("New homes"), "homes_changed": N_("Homes changed"),
    "people_new": N_("New residents"), "people_changed": N_("Residents changed"), "same": N_("Unchanged"),
    "faulty": N_("Rows with faults"),
}  # fmt: skip
#: the list itself is not kept once the good rows are in
LEFT_OUT: Final = N_(
    "The rows with faults were left out. Read the same file again to see them: what is imported already "
    "stays as it is."
)


#: nobody is called for what such a home asks for until somebody is named
UNSERVED: Final = N_(
    "New homes without a butler: {count}. Write the butler into the list, or name one for the whole building "
    "afterwards, under Team."
)


def standing(language: str, imported: Import, running: tuple[int, int] | None) -> DryRunView:
    """The page of an import that is done, or under way: (rows done, in all), zeros where nobody can say."""
    if imported.state == "done":
        left_out = (t(language, LEFT_OUT),) if imported.counts.get("faulty") else ()
        return DryRunView(imported.id, t(language, "The import is done"), imported.name, "done",
                          _counts(language, imported.counts), (), (), notes=left_out)  # fmt: skip
    done, total = running or (0, 0)
    return DryRunView(
        id=imported.id,
        title=t(language, "Importing"),
        file=imported.name,
        state="running",
        counts=_counts(language, imported.counts),
        faults=(),
        changes=(),
        done=done,
        total=total,
        progress=t(language, "{done} of {total}", done=done, total=total) if total else "",
    )


def view_of(language: str, imported: Import, found: Plan) -> DryRunView:
    """The page of a dry run."""
    faulty = {fault.row for fault in found.faults}
    counts = {**imported.counts, **found.counts(), "faulty": len(faulty)}
    changing = [step for step in found.steps if not step.is_same]
    return DryRunView(
        id=imported.id,
        title=t(language, "Dry run: nothing is changed yet"),
        file=imported.name,
        state="read",
        counts=_counts(language, counts),
        faults=tuple(FaultLine(one.where(language), one.worded(language)) for one in found.faults[:SHOWN]),
        more_faults=_more(language, len(found.faults)),
        doubts=tuple(FaultLine(one.where(language), one.worded(language)) for one in found.doubts[:SHOWN]),
        more_doubts=_more(language, len(found.doubts)),
        changes=tuple(_change(language, step, _names(language, found)) for step in changing[:SHOWN]),
        more_changes=_more(language, len(changing)),
        notes=_notes(language, found),
        submit=_submit(language, len(found.steps), len(faulty)) if changing else "",
    )


def _counts(language: str, counts: Mapping[str, Any]) -> tuple[Fact, ...]:
    return tuple(
        Fact(t(language, label), str(counts[name])) for name, label in COUNTS.items() if name in counts
    )


def _more(language: str, count: int) -> str:
    return t(language, "and {count} more", count=count - SHOWN) if count > SHOWN else ""


def _notes(language: str, found: Plan) -> tuple[str, ...]:
    said = []
    if found.zones:
        names = ("、" if language == "zh" else ", ").join(found.zones[:20])
        said.append(t(language, "These zones are not there yet and will be added: {zones}", zones=names))
    unserved = len(_homes(found, lambda step: step.home == "new") - _homes(found, _is_served))
    if unserved:
        said.append(t(language, UNSERVED, count=unserved))
    return tuple(said)


def _homes(found: Plan, wanted: Callable[[Step], bool]) -> set[tuple[str, str, str]]:
    return {(one.row.building, one.row.unit, one.row.flat) for one in found.steps if wanted(one)}


def _is_served(step: Step) -> bool:
    return step.butler_id is not None


def _submit(language: str, good: int, faulty: int) -> str:
    if faulty:
        return t(language, "Import the {count} rows without faults", count=good)
    return t(language, "Import {count} rows", count=good)


def _names(language: str, found: Plan) -> dict[str, str]:
    """The butlers' names in the reader's language, by user name."""
    return {one.username: one.names[language == "en"] for one in found.butlers if one.names}


def _change(language: str, step: Step, names: Mapping[str, str]) -> ChangeLine:
    row = step.row
    home = homes.word_home(row.building, row.unit, row.flat, language)
    said = []
    if step.home == "new":
        said.append(t(language, "New home"))
    if step.person == "new":
        said.append(t(language, "New resident: {name}", name=row.name))
    for name, *values in step.changes:
        before, after = (names.get(one, one) for one in values) if name == "butler" else values
        said.append(_field(language, name, before, after))
    if row.name and step.person == "changed":
        said.insert(0, row.name)
    return ChangeLine(row.number, home, " · ".join(said))


def _field(language: str, name: str, before: str, after: str) -> str:
    """``管家：林静 → 唐凯``; of a phone only that it is another one."""
    label = columns.BY_ID[name].name(language)
    if name == "phone":
        return t(language, "{field}: another number", field=label)
    worded = [_worded(language, name, value) or "–" for value in (before, after)]
    return t(language, "{field}: {before} → {after}", field=label, before=worded[0], after=worded[1])


def _worded(language: str, name: str, value: str) -> str:
    if name == "kind":
        return words.name_of(language, words.RESIDENT_KINDS, value)
    if name == "language":
        return words.name_of(language, wording.LANGUAGES, value)
    if name in columns.WORDS:
        return columns.word_for(name, value, language)
    return value
