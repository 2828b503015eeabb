"""交接班: a shift is offered to the next with what is open; it ends only when that one accepts."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Response
from sqlalchemy.orm import Session

from backend.deadlines import waits
from backend.desk import beside_queries, queries, words
from backend.desk.doors import Number, PageRoute, Typed, Visit, Visiting, go
from backend.desk.queries import QueueQuery
from backend.desk.queue import Reader
from backend.desk.shell import reader_of, shell_of, show
from backend.desk.views import Choice, FieldView
from backend.duties import handing, handover_queries, resuming
from backend.duties.handing import HandoverMoved, HandoverRefused
from backend.duties.handover_queries import Handing, Matter
from backend.models import Estate, Handover, User
from backend.people import queries as people
from backend.people import roles
from backend.people.roles import Role
from backend.people.viewer import Viewer
from locales import N_, html_tag, t
from locales.dates import format_date, format_moment, format_shift, format_window, local

router = APIRouter(include_in_schema=False, route_class=PageRoute)
STATES = {
    "prepared": N_("Prepared, not offered yet"),
    "offered": N_("Waits to be accepted"),
    "refused": N_("Refused, to be completed"),
    "accepted": N_("Taken over"),
    "reviewed": N_("Reviewed by the manager"),
}
DONE = {
    "offer": N_("The handover is offered."),
    "take_back": N_("The handover is taken back; the colleague has been told."),
    "accept": N_("You have taken the shift over."),
    "refuse": N_("The handover is refused; it was passed up."),
    "review": N_("The handover is reviewed."),
}


#: the same for those who have a queue
COVERING = "/queue?queue=cover"
RESUMED = N_("These tickets are yours again; {who} has been told.")
TAKEN = N_("You have taken the shift over. What is open stands in your queue under “Covering”.")


@dataclass(frozen=True, slots=True)
class Stood:
    """Where a ticket stood when it was handed over."""

    manner: str
    step: str
    accepted_at: datetime | None
    appointment_start: datetime | None
    workflow: str = ""
    merged_into_id: int | None = None


@dataclass(frozen=True, slots=True)
class OpenView:
    """One ticket that is handed over, whose it is, and the promise that runs out first on it."""

    number: int
    name: str
    home: str
    words: str
    words_lang: str
    step: str
    due: str
    is_urgent: bool = False


@dataclass(frozen=True, slots=True)
class HandoverView:
    """One handover; the forms are those of the steps the reader may take.

    ``estate``: "" where the reader works in one only.
    """

    id: int
    title: str
    estate: str
    shift: str
    state: str
    note: str
    keys: str
    equipment: str
    reason: str
    open: tuple[OpenView, ...]
    when: tuple[str, ...]
    offer: tuple[FieldView, ...]
    accept: tuple[FieldView, ...]
    refuse: tuple[FieldView, ...]
    may_take_back: bool
    may_review: bool
    may_accept: bool = False
    error: str = ""


@dataclass(frozen=True, slots=True)
class Again:
    """A step that was refused: which handover, what was typed, why, and which step."""

    id: int
    typed: Mapping[str, str]
    error: str
    action: str = ""


@dataclass(frozen=True, slots=True)
class Places:
    """The reader's estates, and who works in each: an estate's handover stays among its own."""

    estates: Mapping[int, Estate]
    staff: Mapping[int, list[User]]

    def name_of(self, language: str, estate_id: int) -> str:
        return self.estates[estate_id].name(language) if len(self.estates) > 1 else ""


def _places(session: Session, viewer: Viewer) -> Places:
    found = {one.id: one for one in people.list_estates(session, viewer)}
    return Places(found, {key: people.list_staff(session, viewer, key) for key in found})


@router.get("/handover")
def handover_page(who: Visiting) -> Response:
    """The handovers that are not reviewed yet, and those of the last week."""
    return _page(who)


def _page(who: Visit, again: Again | None = None, status: int = 200) -> Response:
    with who.db.read() as session:
        reader = reader_of(session, who)
        found = handover_queries.list_handovers(session, who.viewer, handing.week_ago(who.now))
        places = _places(session, who.viewer)
        views = [_view(session, reader, one, places, again) for one in found]
        is_mine = any(_is_unfinished(one, who.viewer.user_id) for one in found)
        shift = handing.running_shift(session, who.viewer, who.now)
        shell = shell_of(session, who, on="handover")
    which = None if shift else _which(who.language, places)
    return show(who, "handover.html", shell, handovers=views, may_begin=not is_mine, which=which,
                status=status, title=t(who.language, "Handover"))  # fmt: skip


def _which(language: str, places: Places) -> FieldView | None:
    """Of which estate a handover without a shift is; None where there is only one."""
    choices = tuple(Choice(one.code, one.name(language)) for one in places.estates.values())
    return FieldView("estate", t(language, "Estate"), "select", choices=choices) if len(choices) > 1 else None


def _is_unfinished(one: Handing, user_id: int) -> bool:
    return one.row.from_user_id == user_id and one.row.state in handover_queries.NOT_ACCEPTED


def _view(
    session: Session, reader: Reader, one: Handing, places: Places, again: Again | None
) -> HandoverView:
    row, language = one.row, reader.language
    reader = replace(reader, zone=places.estates[row.estate_id].timezone)
    staff = places.staff[row.estate_id]
    allowed = handing.allowed(reader.viewer, row)
    is_again = again is not None and again.id == row.id
    typed = again.typed if again and is_again else {}
    accept = _accept_fields(language, row, typed)
    # with nothing to fill in there is no field to say it at
    with_fields = allowed if accept else [each for each in allowed if each != "accept"]
    is_at_field = again is not None and is_again and again.action in with_fields

    def said(fields: tuple[FieldView, ...], action: str) -> tuple[FieldView, ...]:
        if action not in allowed:
            return ()
        is_wrong = again is not None and is_at_field and again.action == action
        return _at_field(fields, again.error) if again and is_wrong else fields

    kept = handing.shown(session, reader.viewer, row)
    matters = handover_queries.list_matters(session, reader.viewer, [int(each["number"]) for each in kept])
    # What is not offered yet stands in its form alone.
    is_written = row.state != "prepared"
    return HandoverView(
        id=row.id,
        title=_title(language, one),
        estate=places.name_of(language, row.estate_id),
        shift=_shift(reader, row.values.get("shift", {}), has_end=handing.planned_end(row) is not None),
        state=t(language, STATES[row.state]),
        note=row.note if is_written else "",
        keys=str(row.values.get("keys", "")) if is_written else "",
        equipment=str(row.values.get("equipment", "")),
        reason=row.reason,
        open=tuple(_open_view(reader, each, matters) for each in kept),
        when=_when(reader, one),
        offer=said(_offer_fields(language, one, _heirs(one, staff), typed), "offer"),
        accept=said(accept, "accept"),
        refuse=said(_refuse_fields(language, typed), "refuse"),
        may_take_back="take_back" in allowed,
        may_review="review" in allowed,
        may_accept="accept" in allowed,
        error=again.error if again and is_again and not is_at_field else "",
    )


def _at_field(fields: tuple[FieldView, ...], error: str) -> tuple[FieldView, ...]:
    """The form of a step with its refusal at the field that must be filled in: the last one of those."""
    place = max(at for at, one in enumerate(fields) if one.is_required)
    return tuple(replace(one, error=error) if at == place else one for at, one in enumerate(fields))


def _heirs(one: Handing, staff: list[User]) -> list[User]:
    """Who may take over what is open: of the giver's calling first; nobody who could not even read it."""
    giver = one.giver
    others = [user for user in staff if user.id != one.row.from_user_id and user.role != Role.ADMIN]
    if giver is not None and roles.sees_all_tickets(Role(giver.role)):
        others = [user for user in others if roles.sees_all_tickets(Role(user.role))]
    return sorted(others, key=lambda user: giver is None or user.role != giver.role)


def _title(language: str, one: Handing) -> str:
    giver = one.giver.name(language) if one.giver else "–"
    if one.heir is None:
        return t(language, "{giver} hands over", giver=giver)
    return t(language, "{giver} hands over to {heir}", giver=giver, heir=one.heir.name(language))


def _shift(reader: Reader, kept: Mapping[str, Any], *, has_end: bool) -> str:
    if not has_end:
        return ""
    start, end = (datetime.fromisoformat(kept[name]) for name in ("starts_at", "ends_at"))
    day = format_date(reader.language, local(start, reader.zone).date())
    hours = format_shift(reader.language, start, end, reader.zone)
    return t(reader.language, "{day}, {hours}", day=day, hours=hours)


def _open_view(reader: Reader, kept: Mapping[str, Any], matters: Mapping[int, Matter]) -> OpenView:
    matter = matters.get(int(kept["number"]), Matter())
    return OpenView(
        number=int(kept["number"]),
        name=str(kept[reader.language if reader.language in ("zh", "en") else "zh"]),
        home=" ".join(filter(None, (matter.home, matter.resident))),
        words=matter.words,
        words_lang=html_tag(matter.language),
        step=_step(reader.language, kept),
        due=" · ".join(filter(None, (_visit(reader, kept), _due(reader, kept)))),
        is_urgent=bool(kept.get("urgent")),
    )


def _step(language: str, kept: Mapping[str, Any]) -> str:
    """Where it stood when it was handed over, in the words of the queue."""
    # what was offered before rows kept the manner has the workflow alone
    manner, step = kept.get("manner") or kept.get("workflow", ""), kept.get("step", "")
    if "taken" not in kept:
        return words.step_of(language, manner, step)
    return words.stands_at(language, Stood(manner, step, _at(kept["taken"]), _at(*kept["visit"][:1])))


def _at(written: str = "") -> datetime | None:
    return datetime.fromisoformat(written) if written else None


def _visit(reader: Reader, kept: Mapping[str, Any]) -> str:
    """The agreed time, while it is still to come; "" for none, and in what was offered before it was kept."""
    start, *end = (datetime.fromisoformat(one) for one in kept.get("visit") or [reader.now.isoformat()])
    if max((start, *end)) <= reader.now:
        return ""
    window = format_window(reader.language, start, end[0] if end else None, reader.zone)
    return t(reader.language, "Visit: {window}", window=window)


def _due(reader: Reader, kept: Mapping[str, Any]) -> str:
    """The clock that runs out first, or what it waits for."""
    language, due, waiting = reader.language, kept.get("due_at"), kept.get("waits")
    if not due:
        return ""
    clock = words.name_of(language, words.CLOCKS, kept.get("clock"))
    if waiting:
        return t(language, "{what}: {why}", what=clock, why=waits.word(language, *waiting))
    instant = datetime.fromisoformat(due)
    told = N_("{clock} is late, it was due {moment}") if instant < reader.now else N_("{clock} due {moment}")
    return t(language, told, clock=clock, moment=format_moment(language, instant, reader.zone, reader.now))


def _when(reader: Reader, one: Handing) -> tuple[str, ...]:
    """The steps so far, in words."""
    row, language = one.row, reader.language

    def said(sentence: str, at: datetime | None) -> list[str]:
        moment = format_moment(language, at, reader.zone, reader.now) if at else ""
        return [t(language, sentence, moment=moment)] if at else []

    decided = N_("refused {moment}") if row.state == "refused" else N_("accepted {moment}")
    shown = said(N_("offered {moment}"), row.offered_at)
    shown += said(decided, row.decided_at) if row.state in ("refused", "accepted", "reviewed") else []
    return tuple(shown + said(N_("reviewed {moment}"), row.reviewed_at))


def _offer_fields(
    language: str, one: Handing, heirs: list[User], typed: Mapping[str, str]
) -> tuple[FieldView, ...]:
    people = tuple(
        Choice(user.username, f"{user.name(language)} · {words.name_of(language, words.ROLES, user.role)}")
        for user in heirs
    )
    heir = one.heir.username if one.heir else people[0].value if people else ""
    is_refused = one.row.state == "refused"
    note = N_("What was completed") if is_refused else N_("What the next shift should know")
    written = "" if is_refused else one.row.note
    return (
        FieldView("to", t(language, "Who takes over"), "select", typed.get("to", heir), choices=people),
        FieldView("note", t(language, note), "area", typed.get("note", written), is_required=is_refused),
        FieldView(
            "keys", t(language, "Keys, radios and other things handed over"), "area",
            typed.get("keys", str(one.row.values.get("keys", ""))), is_required=False,
        ),
    )  # fmt: skip


def _accept_fields(language: str, row: Handover, typed: Mapping[str, str]) -> tuple[FieldView, ...]:
    """What is checked together; where no thing is handed over there is nothing to check."""
    if not row.values.get("keys"):
        return ()
    checked = t(language, "We have checked equipment and keys together.")
    return (
        FieldView("checked", checked, "check", typed.get("checked", "")),
        FieldView("equipment", t(language, "What the check found"), "area", typed.get("equipment", ""),
                  is_required=False),
    )  # fmt: skip


def _refuse_fields(language: str, typed: Mapping[str, str]) -> tuple[FieldView, ...]:
    return (FieldView("reason", t(language, "What is not clear"), "area", typed.get("reason", "")),)


@router.post("/handover/begin")
def begin(who: Visiting, fields: Typed) -> Response:
    """Prepare one's own handover now."""
    code = fields.get("estate", "")
    row = who.db.run(lambda session: handing.begin(session, who.viewer, who.now, code).id)
    return go(who.request, f"/handover#handover-{row}", t(who.language, "Your handover is prepared."))


@router.post("/handover/resume")
def resume(who: Visiting, fields: Typed) -> Response:
    """Take back what a colleague covers since they accepted it; they are told."""
    user = who.db.run(lambda session: resuming.resume(session, who.viewer, who.now, who.actor))
    name = user.name(who.language) if user is not None else ""
    return go(who.request, "/queue", t(who.language, RESUMED, who=name))


@router.post("/handover/{handover_id}/{action}")
def move(who: Visiting, handover_id: Number, action: str, fields: Typed) -> Response:
    """Take a step; what lacks is said on the handover itself, with what was typed."""
    body: dict[str, Any] = {**fields, "checked": fields.get("checked") == "1"}
    try:
        who.db.run(
            lambda session: handing.act(session, who.viewer, handover_id, action, body, who.now, who.actor)
        )
    except (HandoverRefused, HandoverMoved) as refusal:
        return _page(who, Again(handover_id, fields, refusal.worded(who.language)[1], action), refusal.status)
    if action == "accept" and roles.sees_all_tickets(Role(who.viewer.role)):
        where = COVERING if _covers(who) else f"/handover#handover-{handover_id}"
        return go(who.request, where, t(who.language, TAKEN))
    return go(who.request, f"/handover#handover-{handover_id}", t(who.language, DONE[action]))


def _covers(who: Visit) -> bool:
    """Tell whether anything stands in the reader's queue of those whom they cover."""
    with who.db.read() as session:
        ids = tuple(one.id for one in beside_queries.list_covered(session, who.viewer, who.now))
        asked = QueueQuery(queries.COVER, who.now, who.now, covered=ids)
        return bool(queries.count_tabs(session, who.viewer, asked).get(queries.COVER))
