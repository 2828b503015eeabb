"""Invitations for a whole building: a page of slips to print and to hand out, shown once."""

from datetime import datetime
from typing import Final
from urllib.parse import urlencode

from fastapi import APIRouter, Response
from sqlalchemy.orm import Session

from backend.desk.doors import PageRoute, Typed, Visit, Visiting, go
from backend.desk.shell import shell_of, show
from backend.desk.views import Link
from backend.errors import BadInput
from backend.households import cards, inviting
from backend.households.home_pages import desk_of
from backend.households.views import SlipsView
from backend.people import homes, invitations
from backend.people.estates import meant_estate
from locales import N_, t

router = APIRouter(include_in_schema=False, route_class=PageRoute)
#: characters of a building's name
MOST_NAME: Final = 20
LEFT: Final = N_("Homes that still have no invitation: {count}. Print these, then make the next slips.")


@router.post("/homes/invitations")
def print_run(who: Visiting, fields: Typed) -> Response:
    """One slip for each home of a building that has no invitation in use. The codes are shown this once."""
    building = fields.get("building", "")[:MOST_NAME]

    def work(session: Session) -> tuple[str, list[cards.Invited], int]:
        estate = meant_estate(session, who.viewer, fields.get("estate", ""))
        run = inviting.invite_building(session, desk_of(who), estate, building)
        uses, days = invitations.PRINTED_USES, invitations.PRINTED_LIFE.days
        made = [
            cards.invited(session, who, one.home, one.resident, one.code, "printed", uses, days)
            for one in run.slips
        ]
        return estate.code, made, run.left

    code, made, left = who.db.run(work)
    if not made:
        sentence = t(who.language, "Every home of this building has an invitation in use.")
        return go(who.request, _path(code, building), sentence)
    return _slips(who, code, building, made, left)


def _slips(who: Visit, code: str, building: str, made: list[cards.Invited], left: int) -> Response:
    language = who.language
    name = homes.word_home(building, "", "", language)
    found = tuple(cards.card_of(who, one) for one in made)
    view = SlipsView(
        title=t(language, "Invitations of {building}", building=name),
        cards=found,
        count=t(language, "Slips: {count}", count=len(found)),
        left=t(language, LEFT, count=left) if left else "",
        notice=found[0].notice,
        back=Link(t(language, "Back to the homes"), _path(code, building)),
        estate=code,
        building=building,
        made_at=who.real_now.isoformat(),
    )
    with who.db.read() as session:
        shell = shell_of(session, who, on="homes")
    answer = show(who, "invitations.html", shell, slips=view, title=view.title)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _path(code: str, building: str) -> str:
    return f"/homes?{urlencode({'estate': code, 'building': building})}"


@router.post("/homes/invitations/withdraw")
def withdraw_run(who: Visiting, fields: Typed) -> Response:
    """Slips that were never printed work no more; the next run makes them anew."""
    building, made_at = fields.get("building", "")[:MOST_NAME], _instant(fields.get("made_at", ""))

    def work(session: Session) -> tuple[str, int]:
        estate = meant_estate(session, who.viewer, fields.get("estate", ""))
        return estate.code, inviting.withdraw_run(session, desk_of(who), estate, building, made_at)

    code, count = who.db.run(work)
    sentence = t(who.language, "Invitations that no longer work: {count}.", count=count)
    return go(who.request, _path(code, building), sentence)


def _instant(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise BadInput from None
    if found.tzinfo is None:
        raise BadInput
    return found
