"""What a service needs besides its details, from ``papers.toml``: papers, the owner's consent, rules. Pure.

Read once, checked whole, then frozen.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

from intents.menu import Item, Menu, Text
from intents.rows import DataFaults, Faults, Row, read_source

HERE: Final = Path(__file__).parent
FILE: Final = "papers.toml"
TENANT: Final = "tenant"
HOLE: Final = "{window}"
_FIELDS: Final = ("name", "items", "workflow", "papers", "tenant", "consent", "rules", "show", "undated")


@dataclass(frozen=True, slots=True)
class Need:
    """What one service asks of a resident.

    ``tenant``: papers of tenants besides. ``consent``: what happens without the owner's consent; a tenant is
    asked for it where this is there. ``show``: what the confirmation says at its end, with a hole for the
    time that was asked for; ``undated`` the same where there was none.
    """

    papers: tuple[Text, ...] = ()
    tenant: tuple[Text, ...] = ()
    consent: Text | None = None
    rules: tuple[Text, ...] = ()
    show: Text | None = None
    undated: Text | None = None

    def papers_of(self, kind: str) -> tuple[Text, ...]:
        """The papers of a resident of this kind (owner, tenant, family)."""
        return (*self.papers, *self.tenant) if kind == TENANT else self.papers

    def wants_consent(self, kind: str) -> bool:
        """Whether this resident must have the owner's consent."""
        return self.consent is not None and kind == TENANT


NOTHING: Final = Need()


@dataclass(frozen=True, slots=True)
class Papers:
    """All needs: by item, else by workflow."""

    items: Mapping[str, Need]
    workflows: Mapping[str, Need]

    def of(self, item: Item) -> Need:
        return self.items.get(item.id) or self.workflows.get(item.workflow) or NOTHING


@cache
def standard_papers() -> Papers:
    """Return the shipped needs. Raises DataFaults."""
    return load_papers(HERE)


def load_papers(folder: Path, menu: Menu | None = None) -> Papers:
    """Read ``papers.toml`` of ``folder``. Raises DataFaults with every fault as file, need and field.

    With a ``menu``, items and workflows that it does not have are faults too.
    """
    faults = Faults()
    source = read_source(folder, FILE, faults)
    names: dict[str, Text] = {}
    for row in source.rows("paper", faults):
        row.only("id", "name")
        row.put(names, row.id, row.text("name"))
    items: dict[str, Need] = {}
    workflows: dict[str, Need] = {}
    used: set[str] = set()
    for row in source.rows("need", faults, key="name"):
        row.only(*_FIELDS)
        need = _need(row, names, used)
        _place(row, need, items, workflows, menu)
    for unused in sorted(names.keys() - used):
        faults.add(FILE, unused, "", "no service needs this paper")
    if faults.found:
        raise DataFaults(faults.found)
    return Papers(MappingProxyType(items), MappingProxyType(workflows))


def _need(row: Row, names: Mapping[str, Text], used: set[str]) -> Need:
    return Need(
        _papers(row, "papers", names, used),
        _papers(row, TENANT, names, used),
        row.text("consent") if "consent" in row.values else None,
        _rules(row),
        *_shown(row),
    )


def _papers(row: Row, field: str, names: Mapping[str, Text], used: set[str]) -> tuple[Text, ...]:
    wanted = row.strings(field, ())
    for one in wanted:
        if one not in names:
            row.fault(field, f"there is no paper {one!r}")
    used.update(wanted)
    return tuple(names[one] for one in wanted if one in names)


def _rules(row: Row) -> tuple[Text, ...]:
    """Rules in both languages, as many in the one as in the other."""
    if "rules" not in row.values:
        return ()
    told = row.mapping("rules")
    zh, en = (row.said(f"rules.{language}", told) for language in ("zh", "en"))
    if len(zh) != len(en):
        row.fault("rules", f"{len(zh)} in Chinese and {len(en)} in English")
    return tuple(Text(*pair) for pair in zip(zh, en, strict=False))


def _shown(row: Row) -> tuple[Text | None, Text | None]:
    """What the confirmation ends with; a hole for a time needs the words for when there is none."""
    show, undated = (row.text(name) if name in row.values else None for name in ("show", "undated"))
    has_hole = [HOLE in told for told in ((show.zh, show.en) if show else ())]
    if any(has_hole) and undated is None:
        row.fault("undated", "is missing: what is said without a time")
    if any(has_hole) and not all(has_hole):
        row.fault("show", f"{HOLE} stands in one language only")
    return show, undated


def _place(
    row: Row, need: Need, items: dict[str, Need], workflows: dict[str, Need], menu: Menu | None
) -> None:
    """Put a need where its items or its workflow find it."""
    wanted, workflow = row.strings("items", ()), row.values.get("workflow")
    if bool(wanted) == bool(workflow):
        row.fault("items", "either items or a workflow must be named, and not both")
    for item in wanted:
        if menu is not None and menu.find_item(item) is None:
            row.fault("items", f"there is no item {item!r}")
        row.put(items, item, need)
    if isinstance(workflow, str) and workflow:
        if menu is not None and workflow not in {item.workflow for item in menu.items.values()}:
            row.fault("workflow", f"no item has the workflow {workflow!r}")
        row.put(workflows, workflow, need)
