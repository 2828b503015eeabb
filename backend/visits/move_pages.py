"""Planning and moving one visit: the form that every drag ends in, and what may be planned at a free time."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Response
from sqlalchemy.orm import Session

from backend.desk import queries as desk
from backend.desk import tell_choice
from backend.desk.doors import Number, PageRoute, Typed, Visit, Visiting, go
from backend.desk.forms import BadForm
from backend.desk.queries import Entry
from backend.desk.shell import reader_of, shell_of, show
from backend.errors import BadInput, Forbidden, IllegalMove, Refusal, VersionConflict
from backend.models import Estate
from backend.people import butlers
from backend.people import queries as people
from backend.tickets import queries as ticket_rows
from backend.tickets.steps import Lacking
from backend.visits import asked as addresses
from backend.visits import board, form, service
from backend.visits.calendar_pages import begin, gathered, require_visitor
from backend.visits.form import MOST_REASON
from backend.visits.rules import Agreed
from backend.visits.service import Told, Wish
from backend.visits.views import PickView
from backend.visits.wording import Teller, day_label
from locales import N_, t
from locales.dates import local

router = APIRouter(include_in_schema=False, route_class=PageRoute)
NO_CHAT = N_("The time is fixed. The resident has no chat: please tell them by phone.")
GIVEN = N_("{who} goes. The time stays as it is.")
SAME = N_("Nothing was changed.")
SPITE = N_("Planned all the same: {conflicts}. Reason: {reason}")


@dataclass(frozen=True, slots=True)
class Planning:
    """One visit that is being planned: how it is worded, the ticket, its estate, and who is on duty now."""

    teller: Teller
    entry: Entry
    estate: Estate
    here: frozenset[int]


def require_planner(who: Visit) -> None:
    """Whoever works on site sees their day and does not plan it. Raises Forbidden."""
    require_visitor(who)
    if not (who.viewer.may("schedule") and who.viewer.may("assign")):
        raise Forbidden


def _begin(session: Session, who: Visit, number: int) -> Planning:
    require_planner(who)
    ticket = ticket_rows.get_ticket(session, who.viewer, number)
    estate = service.estate_of(session, who.viewer, ticket.estate_id)
    entry = desk.list_rows(session, who.viewer, [number], who.now)[0]
    today = local(who.now, estate.timezone).date()
    staff = {one.id: one for one in people.list_staff(session, who.viewer, estate.id)}
    reader = replace(reader_of(session, who), zone=estate.timezone)
    here = butlers.ids_on_duty(session, staff.values(), estate.id, now=who.now)
    return Planning(Teller(reader, estate, staff, addresses.Asked(today, today), {}), entry, estate, here)


def _back(text: str) -> str:
    """The calendar the form was opened from; an address of anything else leads to today."""
    return text if text == addresses.PATH or text.startswith(f"{addresses.PATH}?") else addresses.PATH


@router.get("/visits/new")
def pick_page(who: Visiting, start: str = "", part: str = "") -> Response:
    """What may be planned at a free time: a ticket that waits for one, or a new ticket."""
    require_planner(who)
    person = who.request.query_params.get("who", "")
    person = person if addresses.number_of(person) else ""
    start = start if form.time_of(start) else ""
    with who.db.read() as session:
        estate, asked = begin(session, who)
        teller, found = gathered(session, who, estate, asked)
        given = {"day": asked.day.isoformat(), "start": start, "person": person}
        day = found.days[0] if asked.view == "day" else next(d for d in found.days if d.date == asked.day)
        label = day_label(teller, day)
        view = PickView(
            title=t(who.language, "Plan a visit"),
            when=f"{label} {start}" if start else label,
            waiting=board.waiting_of(teller, found, **given),
            fresh=_fresh(asked, given) if who.viewer.may("open") else "",
            back=addresses.address(asked),
        )
        shell = shell_of(session, who, on="visits")
    return show(who, "_visits_pick.html" if part else "visits_new.html", shell, pick=view, title=view.title)


def _fresh(asked: addresses.Asked, given: Mapping[str, str]) -> str:
    """Where a new ticket is opened for this free time, leading back to where the reader is."""
    kept = {**given, "back": addresses.address(asked)}
    return f"/new?{urlencode({name: text for name, text in kept.items() if text})}"


@router.get("/visits/{number}")
def move_page(who: Visiting, number: Number, part: str = "") -> Response:
    """The form of one visit, or (``part=form``) the form alone; the address may hold what it starts with."""
    given = {name: text.replace("\x00", "")[:MOST_REASON] for name, text in who.request.query_params.items()}
    return _form(who, number, given, is_part=bool(part))


def _form(
    who: Visit, number: int, given: Mapping[str, str], errors: Mapping[str, str] | None = None,
    status: int = 200, *, is_part: bool = False,
) -> Response:  # fmt: skip
    with who.db.read() as session:
        plan = _begin(session, who, number)
        typed = form.blank(plan.teller, plan.entry, given)
        wish: Wish | None = None
        conflicts: tuple[str, ...] = ()
        try:
            if "start" not in given and plan.entry.ticket.appointment_start is None:
                typed = _in_a_gap(session, who, plan, typed)
            wish = form.wish_of(plan.teller, plan.entry, typed)
            conflicts = _conflicts(session, who, plan, wish)
        except BadForm as bad:
            errors = errors if errors is not None else bad.errors
        said, has_chat = _said(session, plan, wish, who.now)
        view = form.move_of(plan.teller, plan.entry, typed, back=_back(given.get("back", "")), said=said,
                            conflicts=conflicts, wish=wish, errors=errors, has_chat=has_chat,
                            here=plan.here)  # fmt: skip
        shell = shell_of(session, who, on="visits")
    template = "_visits_form.html" if is_part else "visits_move.html"
    return show(who, template, shell, move=view, title=view.title, status=status)


def _in_a_gap(session: Session, who: Visit, plan: Planning, typed: form.Typed) -> form.Typed:
    """Where nobody asked for a time, offer one that is free for whoever goes. Raises BadForm."""
    form.wish_of(plan.teller, plan.entry, typed)
    date = addresses.day_of(typed.day, plan.teller.asked.today) or plan.teller.asked.today
    day = service.day_of(session, who.viewer, plan.estate, date, who.now)
    return form.in_a_gap(plan.teller, day, plan.entry, typed)


def _conflicts(session: Session, who: Visit, plan: Planning, wish: Wish) -> tuple[str, ...]:
    """What would speak against a wish that changes anything."""
    if not any(service.changes(plan.entry.ticket, wish)):
        return ()
    return form.conflicts_of(plan.teller, _day(session, who, plan, wish), plan.entry, wish)


def _day(session: Session, who: Visit, plan: Planning, wish: Wish) -> service.Day:
    date = local(wish.start, plan.estate.timezone).date()
    return service.day_of(session, who.viewer, plan.estate, date, who.now)


def _agreed(session: Session, who: Visit, plan: Planning, wish: Wish, reason: str) -> Agreed:
    """What is planned in spite of, as the calendar will know it."""
    found = service.check(_day(session, who, plan, wish), plan.entry, wish)
    return Agreed(reason, frozenset((one.kind, one.other) for one in found))


def _said(session: Session, plan: Planning, wish: Wish | None, now: datetime) -> tuple[Told | None, bool]:
    """What the resident would read of a time that is new, and whether they can read anything."""
    ticket = plan.entry.ticket
    if wish is None or not service.changes(ticket, wish)[0]:
        return None, service.has_chat(session, ticket)
    found = service.told_of(session, ticket, wish, now)
    return found, found is not None


@router.post("/visits/{number}")
def move(who: Visiting, number: Number, fields: Typed) -> Response:
    """Fix the visit; a conflict is said first, and planned all the same with a reason."""
    is_part = fields.pop("part", "") == "form"
    try:
        sentence = who.db.run(lambda session: _move(session, who, number, fields))
    except BadForm as bad:
        return _form(who, number, fields, bad.errors, 422, is_part=is_part)
    except (BadInput, IllegalMove, VersionConflict) as refusal:
        errors = {"": _sentence(who, refusal)}
        return _form(who, number, fields, errors, refusal.status, is_part=is_part)
    return go(who.request, _there(fields, number), sentence)


def _there(fields: Mapping[str, str], number: int) -> str:
    """Back to the calendar, on the day to which the visit went."""
    back = _back(fields.get("back", ""))
    query = dict(parse_qsl(back.partition("?")[2])) | {"day": fields.get("day", "")}
    return f"{addresses.PATH}?{urlencode(query)}#v{number}"


def _sentence(who: Visit, refusal: Refusal) -> str:
    """Why not; what could be done instead is on the ticket's own page."""
    if isinstance(refusal, IllegalMove) and not isinstance(refusal, Lacking):
        return t(who.language, "This visit can no longer be moved. The ticket stands at: {step}",
                 step=str(refusal.values["step"]))  # fmt: skip
    return refusal.worded(who.language)[1]


def _move(session: Session, who: Visit, number: int, fields: Mapping[str, str]) -> str:
    plan = _begin(session, who, number)
    typed = form.blank(plan.teller, plan.entry, fields)
    if "person" in fields:
        typed = replace(typed, person=fields["person"])
    typed = replace(typed, **{name: fields.get(name, "") for name in ("day", "start", "end")})
    wish = form.wish_of(plan.teller, plan.entry, typed)
    conflicts, reason = _conflicts(session, who, plan, wish), typed.reason.strip()[:MOST_REASON]
    if conflicts and not reason:
        raise BadForm({"reason": t(who.language, form.WHY)})
    has_time, has_person = service.changes(plan.entry.ticket, wish)
    note = _note(who.language, conflicts, reason) if conflicts else ""
    agreed = _agreed(session, who, plan, wish, reason) if conflicts else None
    version = addresses.number_of(fields.get("version", "")) or None
    is_told = tell_choice.is_told(fields)
    after = service.move(session, who.menu, who.viewer, number, wish, who.now, version=version, note=note,
                         agreed=agreed, is_told=is_told)  # fmt: skip
    if has_time:
        moved = (tell_choice.DONE if is_told else tell_choice.SILENT)["schedule"]
        return t(who.language, NO_CHAT if is_told and not service.has_chat(session, after) else moved)
    user = plan.teller.staff.get(wish.person)
    return (
        t(who.language, GIVEN, who=user.name(who.language)) if has_person and user else t(who.language, SAME)
    )


def _note(language: str, conflicts: tuple[str, ...], reason: str) -> str:
    return t(language, SPITE, conflicts=("；" if language == "zh" else "; ").join(conflicts), reason=reason)
