"""The filters of the list of tickets as a form, and in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from backend.desk import words
from backend.desk.views import Link
from backend.models import Estate, Resident, User
from backend.search import asked as addresses
from backend.search.asked import Asked
from backend.search.table import LANGUAGES, STATES
from backend.search.views import Field, Option, Options
from backend.tickets.lifecycle import MACHINES
from intents.menu import Menu
from locales import N_, t

CLOCKS: Final[Mapping[str, str]] = {
    "late": N_("Overdue"), "soon": N_("Due soon"), "ok": N_("On time"), "paused": N_("Clock stopped"),
    "missed": N_("Kept too late"),
}  # fmt: skip
SORTS: Final[Mapping[str, str]] = {
    "newest": N_("Newest first"), "due": N_("Next due first"), "late": N_("Longest overdue first"),
}  # fmt: skip
RESULTS: Final[Mapping[str, str]] = {
    "satisfied": N_("Satisfied"), "partly": N_("Partly satisfied"), "unsatisfied": N_("Not satisfied"),
    "none": N_("Not asked yet"),
}  # fmt: skip
LABELS: Final[Mapping[str, str]] = {
    "q": N_("Words"), "state": N_("State"), "clock": N_("Promise"), "service": N_("Service or category"),
    "step": N_("Step"), "estate": N_("Estate"), "building": N_("Building"), "home": N_("Home"),
    "butler": N_("Butler"), "person": N_("Resident or phone"), "resident": N_("Resident"),
    "channel": N_("Channel"), "language": N_("Language"), "since": N_("Received from"),
    "until": N_("Received until"), "satisfaction": N_("Satisfaction"),
}  # fmt: skip
ME: Final = N_("Me")
NOBODY: Final = N_("Unassigned")
ANY_STEP: Final = N_("{kind}: any step")


@dataclass(frozen=True, slots=True)
class Lists:
    """What the form offers: the viewer's estates, buildings and butlers; the resident of the address."""

    estates: Sequence[Estate]
    buildings: Sequence[str]
    butlers: Sequence[User]
    resident: Resident | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """Everything that wording the filters needs."""

    language: str
    asked: Asked
    menu: Menu
    lists: Lists


def fields_of(form: Form) -> tuple[Field, ...]:
    """Every filter with what it offers and what is chosen; words have a box of their own."""
    names = ["state", "clock", "service", "step", "building", "butler", "person", "channel", "language",
             "since", "until", "satisfaction"]  # fmt: skip
    if len(form.lists.estates) > 1:
        names.insert(4, "estate")
    return tuple(_field(form, name) for name in names)


def _field(form: Form, name: str) -> Field:
    kinds = {"service": "list", "person": "text", "since": "date", "until": "date"}
    fault = form.asked.faults.get(name, "")
    value = form.asked.of(name)
    return Field(
        name=name,
        label=t(form.language, LABELS[name]),
        value=_service(form, value) if name == "service" else value,
        kind=kinds.get(name, "select"),
        groups=() if name in kinds else _groups(form, name),
        error=t(form.language, fault) if fault else "",
    )


def sorts_of(form: Form) -> Field:
    """The order of the list."""
    options = tuple(
        Option(key, t(form.language, label), key == form.asked.sort) for key, label in SORTS.items()
    )
    return Field("sort", t(form.language, N_("Order")), form.asked.sort, groups=(Options("", options),))


def _groups(form: Form, name: str) -> tuple[Options, ...]:
    every = Options("", (Option("", t(form.language, N_("All"))),))
    if name == "step":
        return (every, *_steps(form))
    chosen = form.asked.of(name)
    options = [Option(value, label, value == chosen) for value, label in _choices(form, name)]
    return (Options("", (*every.options, *options)),)


def _choices(form: Form, name: str) -> list[tuple[str, str]]:
    language, lists = form.language, form.lists
    if name == "building":
        return [(one, one) for one in lists.buildings]
    if name == "estate":
        return [(one.code, one.name(language)) for one in lists.estates]
    if name == "butler":
        people = [(str(one.id), one.name(language)) for one in lists.butlers]
        return [("me", t(language, ME)), ("none", t(language, NOBODY)), *people]
    return [(key, t(language, label)) for key, label in _named(name).items()]


def _named(name: str) -> Mapping[str, str]:
    channels = {key: label for key, (_, label) in words.CHANNELS.items()}
    return {
        "state": STATES, "clock": CLOCKS, "satisfaction": RESULTS, "language": LANGUAGES, "channel": channels,
    }[name]  # fmt: skip


def _steps(form: Form) -> list[Options]:
    """The steps of every kind of ticket, under its name."""
    order = [name for name in words.WORKFLOWS if name in MACHINES]
    return [_steps_of(form, name) for name in (*order, *(set(MACHINES) - set(order)))]


def _steps_of(form: Form, workflow: str) -> Options:
    chosen = form.asked.of("step")
    keys = (f"{workflow}.{step}" for step in ("", *MACHINES[workflow].steps))
    options = tuple(Option(key, _step(form, *key.split(".")), key == chosen) for key in keys)
    return Options(words.workflow_symbol(form.language, workflow).label, options)


def _step(form: Form, workflow: str, step: str) -> str:
    if step:
        return words.step_of(form.language, workflow, step)
    return t(form.language, ANY_STEP, kind=words.workflow_symbol(form.language, workflow).label)


def _service(form: Form, value: str) -> str:
    """An id in the address reads as its name."""
    named = form.menu.items.get(value) or form.menu.categories.get(value)
    return named.name.in_(form.language) if named else value


def suggestions_of(form: Form) -> tuple[str, ...]:
    """The categories of the service menu."""
    return tuple(one.name.in_(form.language) for one in form.menu.categories.values())


def on_of(form: Form) -> tuple[Link, ...]:
    """The filters that are set, each with the address of the list without it."""
    return tuple(
        Link(_on(form, name), addresses.address(addresses.without(form.asked, name)))
        for name in addresses.FILTERS
        if form.asked.of(name)
    )


def _on(form: Form, name: str) -> str:
    label = t(form.language, LABELS[name])
    return t(form.language, "{label}: {value}", label=label, value=worded(form, name))


def worded(form: Form, name: str) -> str:
    """The value of a filter as a person reads it."""
    value = form.asked.of(name)
    if name == "q":
        return t(form.language, "“{text}”", text=value)
    if name == "service":
        return _service(form, value)
    if name == "step":
        workflow, _, step = value.partition(".")
        kind = words.workflow_symbol(form.language, workflow).label
        return f"{kind} · {words.step_of(form.language, workflow, step)}" if step else kind
    if name == "resident":
        return form.lists.resident.name if form.lists.resident else value
    if name in ("home", "person", "since", "until"):
        return value
    return dict(_choices(form, name)).get(value, value)


def says(form: Form) -> str:
    """The whole search in one line."""
    return " · ".join(one.label for one in on_of(form)) or t(form.language, N_("All tickets"))
