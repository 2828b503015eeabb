"""Why a ticket stands where it stands in the queue, in words that stay true while they are read. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from backend.desk.views import Pill
from locales import N_, t
from locales.dates import format_moment

#: how a ticket belongs to another → what its link says
LINKS: Final[Mapping[str, str]] = {
    "merged_into": N_("same matter as #{number}"),
    "took_in": N_("goes on with #{number}"),
    "split_from": N_("split from #{number}"),
    "split_off": N_("a part went to #{number}"),
}
#: characters of a reason that a row has room for; the ticket's timeline has all of it
SHOWN: Final = 60


class Placed(Protocol):
    """The columns of a ticket that say where it stands."""

    @property
    def state(self) -> str: ...
    @property
    def is_urgent(self) -> bool: ...
    @property
    def snoozed_until(self) -> datetime | None: ...


@dataclass(frozen=True, slots=True)
class Standing:
    """In which language, when and in which zone it is said."""

    language: str
    now: datetime
    zone: str


def reason_of(
    standing: Standing,
    ticket: Placed,
    pill: Pill,
    wrote_at: datetime | None,
    *,
    is_aside: bool | None = None,
    aside_why: str = "",
) -> str:
    """Word the reason; ``wrote_at``: when the resident wrote and nobody has answered since.

    ``is_aside``: whether it is set aside now; None asks its time alone. ``aside_why``: what was written then.
    """
    aside_until = ticket.snoozed_until
    if is_aside is None:
        is_aside = aside_until is not None and aside_until > standing.now
    if ticket.state not in ("open", "waiting", "done"):
        return ""
    if ticket.is_urgent and ticket.state != "done":
        return t(standing.language, "Emergency: first until it is over")
    if is_aside and aside_until is not None:
        said = _said(standing, N_("set aside until {moment}"), aside_until)
        why = aside_why if len(aside_why) <= SHOWN else f"{aside_why[: SHOWN - 1]}…"
        return t(standing.language, "{what}: {why}", what=said, why=why) if why else said
    if pill.state not in ("late", "soon") and wrote_at is not None:
        return _said(standing, N_("the resident wrote again at {moment}"), wrote_at)
    return pill.wall


def _said(standing: Standing, text: str, at: datetime) -> str:
    moment = format_moment(standing.language, at, standing.zone, standing.now)
    return t(standing.language, text, moment=moment)
