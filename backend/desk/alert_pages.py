"""The bell: what somebody must look at, newest first."""

from typing import Final

from fastapi import APIRouter, Response
from sqlalchemy.orm import Session

from backend.deadlines.next_year import WHAT as NEXT_YEAR
from backend.deadlines.policy import standard_policies
from backend.desk import alert_queries, duty_alerts, queries, reach, words
from backend.desk.alert_queries import Rung
from backend.desk.doors import PageRoute, Typed, Visit, Visiting, go
from backend.desk.parts import Cut, Part, part_of
from backend.desk.queue import Reader
from backend.desk.shell import reader_of, shell_of, show
from backend.desk.views import AlertView
from backend.models import Alert, Ticket
from backend.people import roles
from backend.web.reading import number_of
from locales import N_, t
from locales.dates import format_full, format_moment

ASK_YEAR: Final = N_("Please enter the holidays of {year}: until then due dates in it are provisional")
PATH: Final = "/alerts"
#: as much of the resident's words as a line holds
MOST_WORDS: Final = 60
router = APIRouter(include_in_schema=False, route_class=PageRoute)


def alert_of(reader: Reader, rung: Rung) -> AlertView:
    """Word one alert; a title shown on a locked screen carries number and clock only."""
    language, alert, ticket = reader.language, rung.alert, rung.ticket
    icon, text = _wording(language, alert, ticket.number if ticket else 0)
    return AlertView(
        id=alert.id,
        text=text,
        detail=_detail(language, rung),
        href=_href(alert, ticket),
        icon=icon,
        time=format_moment(language, alert.at, reader.zone, reader.now),
        at=alert.at.isoformat(),
        full_time=format_full(language, alert.at, reader.zone),
        is_seen=alert.seen_at is not None,
    )


def _detail(language: str, rung: Rung) -> str:
    """Home and matter, of a danger what was said, how often it rang, and what a colleague wrote who gave it;
    it stays on this side of the lock."""
    alert, ticket = rung.alert, rung.ticket
    note = str(alert.values.get("note") or "") if alert.kind in ("passed_on", "assigned") else ""
    said = ticket.words if ticket and alert.kind == "emergency" else ""
    said = said if len(said) <= MOST_WORDS else f"{said[:MOST_WORDS].rstrip()}…"
    often = t(language, "rang {count} times", count=rung.times) if rung.times > 1 else ""
    home = rung.home.code if rung.home else ""
    found = [home, ticket.name(language) if ticket else "", said, note, often]
    return " · ".join(part for part in found if part)


def _href(alert: Alert, ticket: Ticket | None) -> str:
    if duty_alerts.is_ours(alert):
        return duty_alerts.href_of(alert)
    if alert.values.get("what") == NEXT_YEAR:
        return "/settings/calendar"
    if alert.kind == "incident":
        return "/incidents"
    if alert.kind == "evening":
        return "/promises/evening"
    if ticket and alert.values.get("is_job"):
        return f"/jobs/{ticket.number}"
    return f"/tickets/{ticket.number}" if ticket else "/queue"


def _wording(language: str, alert: Alert, number: int) -> tuple[str, str]:
    """Icon and sentence of an alert."""
    if duty_alerts.is_ours(alert):
        return duty_alerts.worded(language, alert)
    if alert.values.get("what") == "unreachable":
        return "ban", _unreachable(language, alert)
    if alert.values.get("what") == "calendar":
        return "calendar-clock", _calendar(language, alert)
    if alert.values.get("what") == NEXT_YEAR:
        return "calendar-clock", t(language, ASK_YEAR, year=alert.values.get("year", ""))
    icon, sentence = words.ALERTS.get(alert.kind, words.ALERTS["attention"])
    policy = standard_policies().find(alert.clock or "")
    clock = words.name_of(language, words.CLOCKS, policy.name) if policy else ""
    return icon, t(language, sentence, number=number, clock=clock, count=alert.values.get("count", 1),
                   late=alert.values.get("late", 0))  # fmt: skip


def _calendar(language: str, alert: Alert) -> str:
    said = N_("The estate's working calendar “{calendar}” cannot be used: promises in working days do not "
              "run as they should.")  # fmt: skip
    return t(language, said, calendar=alert.values.get("calendar", ""))


def _unreachable(language: str, alert: Alert) -> str:
    name = alert.values.get("name") or t(language, "The resident")
    reason = reach.reason_of(language, str(alert.values.get("reason", "")))
    channel = reach.channel_name(language, str(alert.values.get("channel", "telegram")))
    return t(language, "{name} cannot be reached on {channel}: {reason}.", name=name, channel=channel,
             reason=reason)  # fmt: skip


def _page(who: Visit, is_panel: bool, before: str = "") -> Response:
    with who.db.read() as session:
        at = None if is_panel else number_of(before)
        part = _part(session, who, at)
        reader = reader_of(session, who)
        alerts = [alert_of(reader, rung) for rung in part.rows]
        shell = shell_of(session, who, on="alerts")
    template = "_alerts.html" if who.is_fragment else "alerts.html"
    return show(
        who, template, shell, alerts=alerts, part=part, panel=is_panel, oob=who.is_fragment,
        here=f"?before={at}" if at else "", may_arrange=roles.is_leader(who.viewer.role),
        title=t(who.language, "Alerts"),
    )  # fmt: skip


def _part(session: Session, who: Visit, before: int | None) -> Part[Rung]:
    cut: Cut[Rung] = Cut(queries.PAGE, before is None, lambda rung: rung.alert.id, PATH)
    found = alert_queries.list_alerts(session, who.viewer, who.now, before)
    return part_of(who.language, found, cut, lambda: alert_queries.count_alerts(session, who.viewer, who.now))


@router.get(PATH)
def alerts_page(who: Visiting, panel: str = "", before: str = "") -> Response:
    """All alerts as pages of 50, or the newest ones for the bell."""
    return _page(who, bool(panel), before)


@router.post(f"{PATH}/seen")
def seen(who: Visiting, fields: Typed, panel: str = "", before: str = "") -> Response:
    """Mark all as seen."""
    who.db.run(lambda session: alert_queries.mark_seen(session, who.viewer, who.now))
    return _page(who, bool(panel), before) if who.is_fragment else go(who.request, PATH)
