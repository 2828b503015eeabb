"""Who else is at a ticket: told in words, gone after half a minute, and asked before both send."""

from collections.abc import Callable

from sqlalchemy import select

from backend.models import LiveEvent, Presence
from tests.staff_browser import StaffBrowser
from tests.tickets.office import Office

Browse = Callable[..., StaffBrowser]


def events(office: Office) -> list[dict[str, object]]:
    with office.db.read() as session:
        return list(
            session.scalars(
                select(LiveEvent.payload).where(LiveEvent.kind == "presence").order_by(LiveEvent.id)
            )
        )


def test_a_colleague_is_seen_in_words_and_gone_after_half_a_minute(office: Office, browse: Browse) -> None:
    number = office.open("repair", "chen")
    butler, deputy = browse("butler"), browse("deputy", "en")
    path = f"/tickets/{number}/presence"
    assert "也在看" not in butler.submit(path, {}, 200).text
    assert "Also here: Zhao Min" in deputy.submit(path, {}, 200).text
    assert "也在看：李伟" in butler.read(f"/tickets/{number}")
    office.clock.advance(seconds=31)
    assert "也在看" not in butler.read(f"/tickets/{number}")


def test_pages_are_told_when_somebody_comes_and_not_at_every_sign_of_life(
    office: Office, browse: Browse
) -> None:
    number = office.open("repair", "chen")
    butler = browse("butler")
    for _ in range(3):
        butler.submit(f"/tickets/{number}/presence", {}, 200)
    assert events(office) == [{"number": number, "by": office.cast.butler.id}]
    assert f'data-me="{office.cast.butler.id}"' in butler.read(f"/tickets/{number}")
    butler.submit(f"/tickets/{number}/presence", {"left": "1"}, 204)
    assert len(events(office)) == 2
    with office.db.read() as session:
        assert session.scalars(select(Presence)).all() == []


def test_two_who_write_at_once_are_asked_before_the_second_sends(office: Office, browse: Browse) -> None:
    number = office.open("repair", "chen")
    butler, deputy = browse("butler"), browse("deputy")
    deputy.submit(f"/tickets/{number}/draft", {"mode": "reply", "text": "我来"}, 204)
    assert "正在写：李伟" in butler.read(f"/tickets/{number}")
    answer = butler.submit(f"/tickets/{number}/reply", {"text": "我马上看。"}, 422)
    assert "同事正在给这位住户写回复：李伟。您的也要发送吗？" in answer.text
    assert "我马上看。" in answer.text
    butler.submit(f"/tickets/{number}/reply", {"text": "我马上看。", "sure": "1"})
    office.clock.advance(seconds=16)
    butler.submit(f"/tickets/{number}/reply", {"text": "好了。"})


def test_a_note_and_an_emptied_box_disturb_nobody(office: Office, browse: Browse) -> None:
    number = office.open("repair", "chen")
    butler, deputy = browse("butler"), browse("deputy")
    deputy.submit(f"/tickets/{number}/draft", {"mode": "note", "text": "内部"}, 204)
    assert "正在写" not in butler.read(f"/tickets/{number}")
    deputy.submit(f"/tickets/{number}/draft", {"mode": "reply", "text": "我"}, 204)
    deputy.submit(f"/tickets/{number}/draft", {"mode": "reply", "text": ""}, 204)
    butler.submit(f"/tickets/{number}/reply", {"text": "我来。"})


def test_nobody_is_seen_at_a_foreign_ticket(office: Office, browse: Browse) -> None:
    number = office.open("repair", "chen")
    browse("stranger").submit(f"/tickets/{number}/presence", {}, 404)
