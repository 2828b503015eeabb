"""Doing one thing to several tickets: which were ticked, the form, and what became of each.

Each ticket is its own change with its own version: what cannot be done to one does not stop the others.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from backend.desk import forms, queue_forms
from backend.desk.forms import BadForm, Desk
from backend.desk.views import FieldView
from backend.errors import IllegalMove, NotFound, Refusal
from backend.models import Ticket
from backend.tickets.steps import Lacking
from locales import N_, t

#: as many as a page of the queue has rows
MOST: Final = 50
#: action → (icon, title over the form, what the button says); never a reply to residents
TITLES: Final[Mapping[str, tuple[str, str, str]]] = {
    "assign": ("user-plus", N_("Assign {count} tickets"), N_("Assign")),
    "pass_on": ("users", N_("Pass on {count} tickets"), N_("Pass on")),
    "set_aside": ("hourglass", N_("Set {count} tickets aside"), N_("Set aside")),
    "note": ("sticky-note", N_("Add a note to {count} tickets"), N_("Save the note")),
    "merge": ("link-2", N_("{count} tickets are the same matter"), N_("Close as duplicates")),
}
HINTS: Final[Mapping[str, str]] = {
    **queue_forms.HINTS,
    "note": N_("For colleagues only: no resident ever sees it."),
    "merge": N_("The oldest ticket goes on with its promises; the others end, and each resident is told "
                "once. What carries a stricter promise is left as it is."),
}  # fmt: skip


MERGED: Final = N_(
    "{count} tickets now go on as #{number}. The residents have been told; “Separate again” on a merged "
    "ticket undoes it."
)


@dataclass(frozen=True, slots=True)
class Pick:
    """A ticked ticket; ``version``: as it was seen when it was ticked."""

    number: int
    version: int


@dataclass(frozen=True, slots=True)
class BulkForm:
    """The form over the queue. ``picked``: the ticked tickets as they travel with it."""

    action: str
    icon: str
    title: str
    submit: str
    hint: str
    picked: str
    names: tuple[str, ...]
    fields: tuple[FieldView, ...]
    error: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of each: the numbers done, and (number, sentence) of those that were not."""

    title: str
    done: tuple[int, ...]
    failed: tuple[tuple[int, str], ...]


def read_picks(text: str) -> tuple[Pick, ...]:
    """Read ``1042:5,1043:7``; what is no number is passed over, and the same ticket counts once."""
    found: dict[int, Pick] = {}
    for part in text.split(",")[:MOST]:
        number, _, version = part.partition(":")
        if _is_number(number) and _is_number(version):
            found.setdefault(int(number), Pick(int(number), int(version)))
    return tuple(found.values())


def write_picks(picks: Sequence[Pick]) -> str:
    """The same text again."""
    return ",".join(f"{one.number}:{one.version}" for one in picks)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and 0 < len(text) < 10


def form_of(
    desk: Desk,
    action: str,
    picks: Sequence[Pick],
    names: Sequence[str],
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> BulkForm:
    """The form of one action, with what was typed and a message at each field that needs one."""
    icon, title, submit = TITLES[action]
    wrong, written = errors or {}, typed or {}
    return BulkForm(
        action=action,
        icon=icon,
        title=t(desk.language, title, count=len(picks)),
        submit=t(desk.language, submit),
        hint=t(desk.language, HINTS[action]) if action in HINTS else "",
        picked=write_picks(picks),
        names=tuple(names),
        fields=tuple(
            replace(one, value=written.get(one.name, one.value), error=wrong.get(one.name, ""))
            for one in fields_of(desk, action)
        ),
        error=wrong.get("", ""),
    )


def goes_on(tickets: Iterable[Ticket]) -> Ticket:
    """Return the one of several about one matter that the others are merged into: the oldest."""
    return min(tickets, key=lambda one: (one.received_at, one.number))


def names_of(language: str, action: str, tickets: Sequence[Ticket]) -> list[str]:
    """The ticked tickets by number and service; before a merging with their words, and which one goes on."""
    if action != "merge":
        return [f"#{one.number} {one.name(language)}" for one in tickets]
    into = goes_on(tickets)
    return [
        " · ".join(filter(None, (
            f"#{one.number} {one.name(language)}", one.words[: queue_forms.TOLD],
            t(language, "this one goes on") if one is into else "",
        )))
        for one in tickets
    ]  # fmt: skip


def fields_of(desk: Desk, action: str) -> tuple[FieldView, ...]:
    """The fields of a bulk action: those of the ticket's own form where it has one."""
    if action == "note":
        return (FieldView("text", t(desk.language, "Internal note"), "area"),)
    if action == "merge":
        return (FieldView("note", t(desk.language, "Note"), "area", is_required=False),)
    return forms.FIELDS[action](desk)


def read(desk: Desk, action: str, picks: Sequence[Pick], typed: Mapping[str, str]) -> dict[str, Any]:
    """Return the body that each ticket gets. Raises BadForm."""
    if not picks:
        raise BadForm({"": t(desk.language, "Please tick at least one ticket.")})
    if action != "merge":
        return forms.read_body(desk, action, {k: v for k, v in typed.items() if k != "picked"})
    if len(picks) < 2:
        raise BadForm({"": t(desk.language, "Please tick at least two tickets about the same matter.")})
    return {"note": typed.get("note", "").strip()[: forms.MAX_TEXT]}


def do(
    language: str, picks: Sequence[Pick], act: Callable[[Pick], None], kept: Sequence[int] = ()
) -> Outcome:
    """Do it to one after the other; ``kept``: those that are ticked and stay as they are."""
    done: list[int] = []
    failed: list[tuple[int, str]] = []
    for pick in picks:
        try:
            act(pick)
            done.append(pick.number)
        except Refusal as refusal:
            failed.append((pick.number, _sentence(language, refusal)))
    return Outcome(_title(language, len(done), len(failed)), (*done, *kept), tuple(failed))


def merged(language: str, outcome: Outcome, into: int) -> Outcome:
    """The same outcome of a merging, told with the ticket that goes on: all that were ticked are in it."""
    if outcome.failed:
        return outcome
    title = t(language, MERGED, count=len(outcome.done), number=into)
    return replace(outcome, title=title)


def _title(language: str, done: int, failed: int) -> str:
    if not failed:
        return t(language, "All {done} done.", done=done)
    return t(language, "{done} done, {failed} not.", done=done, failed=failed)


def _sentence(language: str, refusal: Refusal) -> str:
    if isinstance(refusal, NotFound):
        return t(language, "This ticket is no longer yours to see.")
    if isinstance(refusal, IllegalMove) and not isinstance(refusal, Lacking):
        return t(language, "At “{step}” this is not possible.", step=refusal.values["step"])
    return refusal.worded(language)[1]
