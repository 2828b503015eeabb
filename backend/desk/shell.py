"""The frame of every signed-in page: who is looking, what is new, what time it is here."""

from typing import Any, Final

from fastapi import Response
from sqlalchemy.orm import Session

from backend.demo_clock import is_demo
from backend.desk import alert_queries, channel_queries, queries, reach, words
from backend.desk.doors import Visit
from backend.desk.queue import Reader
from backend.desk.views import Shell, Tab
from backend.estates.brand import brand_of
from backend.models import ChannelState
from backend.people import roles
from backend.people.viewer import Viewer
from backend.web.rendering import render
from locales import N_, t
from locales.dates import format_full, format_time

DEFAULT_ZONE = "Asia/Shanghai"
#: pages under "More": name, label, address, who finds it there (office: all but engineers and guards;
#: visits: all but guards;
#: managers: admins too)
MORE: Final = (
    ("tickets", N_("All tickets"), "/tickets", "all"),
    ("visits", N_("Calendar of visits"), "/visits", "visits"),
    ("promises", N_("Today's promises"), "/promises", "all"),
    ("reports", N_("Reports"), "/reports", "office"),
    ("registers", N_("Registers"), "/registers", "office"),
    ("incidents", N_("Incidents"), "/incidents", "office"),
    ("events", N_("Seats at events"), "/events", "office"),
    ("cases", N_("Providers and referrals"), "/cases", "office"),
    ("jobs", N_("Jobs on site"), "/jobs", "office"),
    ("passes", N_("Passes"), "/passes", "office"),
    ("homes", N_("Residents and homes"), "/homes", "office"),
    ("phrases", N_("Learnt phrases"), "/phrases", "leaders"),
    ("answers", N_("Ready answers"), "/answers", "office"),
    ("staff_alerts", N_("Alerts to staff"), "/settings/alerts", "leaders"),
    ("duties", N_("Duties"), "/duties", "all"),
    ("rota", N_("Rota"), "/rota", "all"),
    ("handover", N_("Handover"), "/handover", "all"),
    ("attention", N_("Needs attention"), "/attention", "office"),
    ("staff", N_("Team"), "/team", "leaders"),
    ("settings", N_("Settings"), "/settings", "managers"),
    ("audit", N_("Audit log"), "/audit", "leaders"),
)


def shell_of(session: Session, visit: Visit, on: str = "") -> Shell:
    """Gather the frame; ``on`` names the page that is open: queue, team, new or alerts."""
    language, viewer = visit.language, visit.viewer
    estate = queries.first_estate(session, viewer)
    zone = estate.timezone if estate else DEFAULT_ZONE
    own = brand_of(estate)
    unseen = alert_queries.count_unseen(session, viewer, visit.now)
    needing = queries.count_needing(session, viewer, visit.now)
    entries = (
        *_outdoors(viewer, language),
        ("queue", t(language, "My queue"), needing, "/queue"),
        ("team", t(language, "Team queue"), 0, "/queue?queue=team"),
        ("new", t(language, "New ticket"), 0, "/new"),
        ("alerts", t(language, "Alerts"), unseen, "/alerts"),
    )
    return Shell(
        name=viewer.name(language),
        role=words.name_of(language, words.ROLES, viewer.role),
        estate=estate.name(language) if estate else "",
        nav=tuple(
            Tab(label, count, href, name == on)
            for name, label, count, href in entries
            if (name != "new" or viewer.may("open"))
            and (name != "team" or roles.sees_all_tickets(viewer.role))
        ),
        unseen=unseen,
        now=visit.now,
        clock_text=format_full(language, visit.now, zone),
        clock_short=format_time(visit.now, zone),
        is_demo=is_demo(session),
        is_plain_http=not visit.request.app.state.settings.is_secure,
        brand_css=own.css,
        logo=own.logo,
        more=_more(viewer, language, on),
        has_letters=viewer.has_letters,
        troubles=reach.troubles_of(language, _channels(session, visit), visit.now, visit.real_now, zone),
    )


def _outdoors(viewer: Viewer, language: str) -> tuple[tuple[str, str, int, str], ...]:
    """What engineers and guards work with all day; the office finds it under "More"."""
    if roles.sees_all_tickets(viewer.role):
        return ()
    jobs = ("jobs", t(language, "My jobs"), 0, "/jobs")
    at_gate = roles.stands_at_the_gate(viewer.role)
    return (("passes", t(language, "Passes"), 0, "/passes"), jobs) if at_gate else (jobs,)


def _more(viewer: Viewer, language: str, on: str) -> tuple[Tab, ...]:
    shown = {"all"}
    shown |= {"office"} if roles.sees_all_tickets(viewer.role) else set()
    shown |= set() if roles.stands_at_the_gate(viewer.role) else {"visits"}
    shown |= {"leaders"} if roles.is_leader(viewer.role) else set()
    shown |= {"managers"} if roles.may_manage_people(viewer.role) else set()
    return tuple(
        Tab(t(language, label), 0, href, name == on) for name, label, href, who in MORE if who in shown
    )


def _channels(session: Session, visit: Visit) -> list[ChannelState]:
    account: str | None = visit.request.app.state.telegram_account
    return channel_queries.list_channel_states(session, visit.real_now, account)


def reader_of(session: Session, visit: Visit) -> Reader:
    """Return who reads this page, in the zone of their first estate."""
    estate = queries.first_estate(session, visit.viewer)
    zone = estate.timezone if estate else DEFAULT_ZONE
    return Reader(visit.viewer, visit.language, visit.now, zone, visit.now - visit.real_now)


def show(visit: Visit, template: str, shell: Shell, *, status: int = 200, **context: Any) -> Response:
    """Render a page or a part of one for this visit."""
    return render(
        visit.request,
        template,
        language=visit.language,
        theme=visit.viewer.theme,
        status=status,
        shell=shell,
        **context,
    )
