"""Every page of the dashboard as docs/pages.md shows it: its name, its address, and who looks at it.

Nothing here needs a browser: `tests/browser/pictures.py` takes the pictures, `tests/house/test_docs.py` sees
that each page is described and each picture is there.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

LANGUAGES: Final = ("zh", "en")
#: pictures stay small, for they are kept in the repository
MOST_BYTES: Final = 60_000
MOST_BYTES_IN_ALL: Final = 4_000_000


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page of the album.

    ``name`` begins its pictures' names; ``who`` is a demo login, empty before signing in; ``path`` may have
    holes for what the scenes left; ``follow`` is a link on that page whose own page is meant, ``press`` a
    button that is pressed first.
    """

    name: str
    path: str
    who: str = "butler"
    follow: str = ""
    press: str = ""
    is_on_phone: bool = False


SHEETS: Final = (
    Sheet("login", "/login", ""),
    Sheet("queue", "/queue", is_on_phone=True),
    Sheet("ticket", "/tickets/{ticket}", is_on_phone=True),
    Sheet("ticket-answers", "/tickets/{ticket}/answers"),
    Sheet("ticket-forms", "/tickets/{ticket}/forms"),
    Sheet("new", "/new"),
    Sheet("alerts", "/alerts", "supervisor"),
    Sheet("tickets", "/tickets", "supervisor"),
    Sheet("views", "/search/views", "supervisor"),
    Sheet("promises", "/promises", is_on_phone=True),
    Sheet("evening", "/promises/evening", "supervisor"),
    Sheet("visits", "/visits?day=2026-03-12"),
    Sheet("visit", "/visits/{ticket}"),
    Sheet("visits-paper", "/visits/paper?day=2026-03-12"),
    Sheet("events", "/events", "supervisor"),
    Sheet("cases", "/cases", "supervisor"),
    Sheet("jobs", "/jobs", "engineer", is_on_phone=True),
    Sheet("job", "/jobs", "engineer", follow='main a[href^="/jobs/1"]', is_on_phone=True),
    Sheet("passes", "/passes", "guard"),
    Sheet("incidents", "/incidents", "supervisor"),
    Sheet("duties", "/duties"),
    Sheet("duty", "/duties", follow='main a[href^="/duties/"]'),
    Sheet("rota", "/rota", "supervisor"),
    Sheet("absences", "/absences", "supervisor"),
    Sheet("handover", "/handover"),
    Sheet("homes", "/homes"),
    Sheet("home", "/homes", follow='main a[href^="/homes/"]'),
    Sheet("resident", "/residents/1"),
    Sheet("merge", "/residents/1/merge", "manager"),
    Sheet("import", "/import", "manager"),
    Sheet("import-run", "{trial}", "manager"),
    Sheet("answers", "/answers", "supervisor"),
    Sheet("answer", "/answers", "supervisor", follow='main a[href^="/answers/"]:not([href$="new"])'),
    Sheet("reports", "/reports", "manager"),
    Sheet("report", "/reports/month", "manager"),
    Sheet("registers", "/registers", "manager"),
    Sheet("register", "/registers/REC-03", "manager"),
    Sheet("attention", "/attention", "supervisor"),
    Sheet("team", "/team", "manager"),
    Sheet("team-account", "/team/1", "manager"),
    Sheet("team-homes", "/team/homes", "manager"),
    Sheet("settings", "/settings", "manager"),
    Sheet("settings-calendar", "/settings/calendar", "manager"),
    Sheet("settings-promises", "/settings/promises", "manager"),
    Sheet("settings-texts", "/settings/texts", "manager"),
    Sheet("settings-brand", "/settings/brand", "manager"),
    Sheet("phrases", "/phrases", "supervisor"),
    Sheet("audit", "/audit", "manager"),
    Sheet("staff-alerts", "/settings/alerts", "manager"),
    Sheet("account", "/account"),
    Sheet("notifications", "/account/notifications"),
    Sheet("keys", "/account/keys"),
)


def pictures() -> Iterator[str]:
    """The file name of every picture of the album: page, a phone's mark, language."""
    for sheet in SHEETS:
        for mark in ("", "-phone") if sheet.is_on_phone else ("",):
            yield from (f"{sheet.name}{mark}-{language}.webp" for language in LANGUAGES)
