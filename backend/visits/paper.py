"""A day of visits on paper and as a workbook."""

from typing import Final

from backend.visits import asked as addresses
from backend.visits import wording
from backend.visits.service import Day
from backend.visits.views import PaperView
from backend.visits.wording import Teller
from backend.web.workbook import Value, sheet
from locales import N_, t
from locales.dates import format_date

COLUMNS: Final = (
    N_("Time"), N_("Home"), N_("Service"), N_("Ticket number"), N_("Resident"), N_("Who goes"),
    N_("Stands at"), N_("Deadline"), N_("Conflicts"),
)  # fmt: skip


def paper_of(teller: Teller, day: Day) -> PaperView:
    """Word one day for the printer."""
    slots = [wording.slot_of(teller, day, one) for one in day.entries if wording.is_wanted(teller, one)]
    return PaperView(
        title=t(teller.language, "Visits of the day"),
        day=format_date(teller.language, day.date),
        note=wording.day_note(teller, day),
        back=addresses.address(teller.asked),
        slots=tuple(slots),
    )


def workbook_of(teller: Teller, day: Day) -> tuple[bytes, int]:
    """Return one day as an .xlsx file, and how many visits are in it."""
    language = teller.language
    rows: list[list[Value]] = []
    for one in paper_of(teller, day).slots:
        row, pill = one.row, one.row.pill
        due = " ".join(part for part in (pill.word, pill.span) if part)
        joined = ("；" if language == "zh" else "; ").join((*one.conflicts, *one.agreed))
        rows.append([one.time, row.home, row.title, row.number, row.resident, one.who, row.step, due, joined])
    title = f"{t(language, 'Visits of the day')} {day.date.isoformat()}"
    return sheet(title, [t(language, one) for one in COLUMNS], rows), len(rows)
