"""An estate that has just been set up: its manager is told what to do first."""

from sqlalchemy import update

from backend.models import Home
from tests.house.cast import Cast
from tests.staff_browser import StaffBrowser
from tests.tickets.office import Office

STEPS = ("/settings/brand", "/team", "/import", "/settings/calendar", "/settings/alerts")


def empty(office: Office, cast: Cast) -> None:
    """Nothing of the cast's estate is entered yet."""
    with office.db.write() as session:
        session.execute(update(Home).values(estate_id=cast.next_door.id))


def places(html: str) -> list[int]:
    return [html.rsplit('class="empty"', maxsplit=1)[-1].find(f'href="{step}"') for step in STEPS]


def test_a_manager_of_an_empty_estate_finds_the_first_steps_in_their_order(office: Office) -> None:
    html = StaffBrowser(office, "manager", "en").read("/queue")
    assert -1 in places(html)
    empty(office, office.cast)
    html = StaffBrowser(office, "manager", "en").read("/queue")
    assert "This estate is still empty" in html
    assert -1 not in places(html)
    assert places(html) == sorted(places(html))


def test_whoever_cannot_take_them_and_a_filter_that_finds_nothing_show_no_first_steps(office: Office) -> None:
    empty(office, office.cast)
    assert "小区里还没有内容" not in StaffBrowser(office, "butler").read("/queue")
    assert "小区里还没有内容" not in StaffBrowser(office, "manager").read("/queue?state=late")
