"""设置: what an estate can set itself, and where."""

from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter, Response

from backend.deadlines import next_year
from backend.desk.doors import PageRoute, Visiting
from backend.desk.shell import shell_of, show
from backend.office.settings_shared import estate_of, require_manager
from locales import N_, t

router = APIRouter(include_in_schema=False, route_class=PageRoute)


@dataclass(frozen=True, slots=True)
class Card:
    """One part of the settings."""

    icon: str
    title: str
    text: str
    href: str
    is_office_icon: bool = True
    warning: str = ""


#: icon, whether it is one of the office's file, name, what it is for, address
CARDS: Final = (
    ("calendar-days", True, N_("Hours and holidays"),
     N_("Service hours, public holidays and the days worked in exchange."), "/settings/calendar"),
    ("shield-check", True, N_("Promises"), N_("Every promise with its limit, its warning and who is called."),
     "/settings/promises"),
    ("message-circle", False, N_("Message texts"), N_("What the assistant says, in the estate's own words."),
     "/settings/texts"),
    ("list-checks", True, N_("Duties"), N_("What is done every day, week and month, and at which hours."),
     "/settings/duties"),
    ("bell", False, N_("Alerts to staff"), N_("Where staff hear of alerts outside the dashboard."),
     "/settings/alerts"),
    ("palette", True, N_("Logo and colour"), N_("How the estate looks to residents and on paper."),
     "/settings/brand"),
    ("building-2", True, N_("Estate data"), N_("Names, hotline, address and greeting, in both languages."),
     "/settings/brand#data"),
    ("users", False, N_("Team"), N_("Staff accounts, deputies, and who serves which building."), "/team"),
)  # fmt: skip


@router.get("/settings")
def index(who: Visiting) -> Response:
    """The parts of the settings. Raises Forbidden for all but managers and admins."""
    require_manager(who)
    with who.db.read() as session:
        missing = next_year.missing(session, estate_of(session, who, {}), who.now)
        shell = shell_of(session, who, on="settings")
    late = t(who.language, "{year} is still to be entered", year=missing) if missing else ""
    cards = [
        Card(icon, t(who.language, title), t(who.language, text), href, own,
             late if href == "/settings/calendar" else "")
        for icon, own, title, text, href in CARDS
    ]  # fmt: skip
    return show(who, "settings.html", shell, cards=cards, title=t(who.language, "Settings"))
