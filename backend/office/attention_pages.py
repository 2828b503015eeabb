"""需要处理: failed turns, replies that did not arrive, people and colleagues out of reach."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import Any, Final

from fastapi import APIRouter, Response
from sqlalchemy.orm import Session

from backend.desk.doors import Number, PageRoute, Typed, Visit, Visiting, go
from backend.desk.parts import Cut, Part, part_of
from backend.desk.shell import reader_of, shell_of, show
from backend.errors import Forbidden, NotFound
from backend.messages import outbox
from backend.messages import queries as messages
from backend.models import StaffAddress
from backend.office import attention
from backend.office import attention_queries as rows
from backend.office.attention_queries import Trouble
from backend.people import roles
from backend.web.reading import number_of
from locales import N_, t

router = APIRouter(include_in_schema=False, route_class=PageRoute)
UNDELIVERED_WITHIN: Final = timedelta(days=14)
DEAD_WITHIN: Final = timedelta(days=1)
NONE: Final[Part[StaffAddress]] = Part((), 0, "")
SETTLED: Final = N_("Marked as seen to.")
AGAIN: Final = N_("It is being sent again.")
UNDER_WAY: Final = N_("This message is under way already.")


def _require_office(who: Visit) -> None:
    if not roles.sees_all_tickets(who.viewer.role):
        raise Forbidden


@router.get("/attention")
def attention_page(who: Visiting) -> Response:
    """Everything that went wrong and still needs somebody."""
    _require_office(who)
    with who.db.read() as session:
        reader = reader_of(session, who)
        found = _found(session, who)
        shell = shell_of(session, who, on="attention")
    groups = attention.groups_of(reader, found)
    return show(who, "attention.html", shell, groups=groups, title=t(who.language, "Needs attention"),
                may_arrange=roles.is_leader(who.viewer.role))  # fmt: skip


def _found(session: Session, who: Visit) -> attention.Found:
    viewer, is_leader = who.viewer, roles.is_leader(who.viewer.role)
    until, since = who.real_now - DEAD_WITHIN, who.now - UNDELIVERED_WITHIN
    return attention.Found(
        parked=_part(who, "parked", partial(rows.list_parked, session, viewer),
                     partial(rows.count_parked, session, viewer)),
        undelivered=_part(who, "undelivered", partial(rows.list_undelivered, session, viewer, since),
                          partial(rows.count_undelivered, session, viewer, since)),
        lost=_part(who, "lost", partial(rows.list_lost, session, viewer),
                   partial(rows.count_lost, session, viewer)),
        staff=_staff(session, who) if is_leader else NONE,
        dead=rows.count_dead_deliveries(session, viewer, until) if is_leader else 0,
    )  # fmt: skip


def _part(
    who: Visit, name: str, find: Callable[[int | None], Sequence[Trouble]], count: Callable[[], int]
) -> Part[Trouble]:
    """The part of one kind that the address asks for; the other kinds begin anew."""
    at, cut = _cut(who, name, lambda one: one.cursor)
    return part_of(who.language, find(at), cut, count)


def _staff(session: Session, who: Visit) -> Part[StaffAddress]:
    at, cut = _cut(who, "staff", lambda one: one.id)
    found = rows.list_failing_addresses(session, who.viewer, at)
    return part_of(who.language, found, cut, lambda: rows.count_failing_addresses(session, who.viewer))


def _cut(who: Visit, name: str, cursor: Callable[[Any], int]) -> tuple[int | None, Cut[Any]]:
    at = number_of(who.request.query_params.get(name, ""))
    return at, Cut(rows.MOST, at is None, cursor, "/attention", name, f"#group-{name}")


@router.post("/attention/{key}/settle")
def settle(who: Visiting, key: Number, fields: Typed) -> Response:
    """Somebody has looked after a message whose turn failed. Raises NotFound, Forbidden."""
    _require_office(who)
    who.db.run(lambda session: _settle(session, who, key))
    return go(who.request, "/attention", t(who.language, SETTLED))


def _settle(session: Session, who: Visit, key: int) -> None:
    message = rows.find_parked(session, who.viewer, key)
    if message is None:
        raise NotFound
    messages.lock_conversation(session, message.conversation_id)
    message.turn_state = "done"


@router.post("/attention/{key}/send")
def send(who: Visiting, key: Number, fields: Typed) -> Response:
    """Try a message once more that did not arrive. Raises NotFound, Forbidden."""
    _require_office(who)
    is_queued = who.db.run(lambda session: _send(session, who, key))
    return go(who.request, "/attention", t(who.language, AGAIN if is_queued else UNDER_WAY))


def _send(session: Session, who: Visit, key: int) -> bool:
    message = rows.find_undelivered(session, who.viewer, key)
    if message is None:
        raise NotFound
    return outbox.send_again(session, message.id, who.real_now)
