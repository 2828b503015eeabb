"""The page of ready answers: found, added, changed, switched off; leaders only, and two at once are told."""

from collections.abc import Callable

from sqlalchemy import select

from backend.answers import service
from backend.models import AuditEntry, CannedAnswer, UserEstate
from tests.staff_browser import StaffBrowser
from tests.tickets.office import Office

Browse = Callable[..., StaffBrowser]
NEW = {
    "shortcut": "Keys", "title_zh": "钥匙", "title_en": "Keys", "text_zh": "钥匙在值班室，{name}。",
    "text_en": "The keys are at the desk{name}.", "item": "",
}  # fmt: skip


def find(office: Office, shortcut: str) -> CannedAnswer:
    with office.db.read() as session:
        return session.scalars(select(CannedAnswer).where(CannedAnswer.shortcut == shortcut)).one()


def test_a_butler_finds_answers_and_changes_none(answered: Office, browse: Browse) -> None:
    desk = browse("butler")
    page = desk.read("/answers?q=暖气")
    assert "/heating" in page
    assert "/hello" not in page
    assert "/answers/new" not in page
    desk.read("/answers/new", 403)
    desk.submit("/answers/new", NEW, 403)
    desk.submit(f"/answers/{find(answered, 'hello').id}/switch", {"on": "0"}, 403)
    assert "没有包含这些词的回复。" in desk.read("/answers?q=xyzzy")


def test_the_list_names_each_hole_and_the_form_keeps_the_braces(answered: Office, browse: Browse) -> None:
    lead = browse("supervisor", "zh")
    rows = lead.read("/answers?q=hello").split("<tbody>")[1]
    assert '<span class="hole">发送人姓名</span>' in rows
    assert '<span class="hole">sender&#39;s name</span>' in rows
    assert "{butler}" not in rows
    form = lead.read(f"/answers/{find(answered, 'hello').id}")
    assert "我是您的管家{butler}。" in form
    assert "<dt><code>{butler}</code></dt><dd>发送人姓名，例如“赵敏”</dd>" in form
    assert "<dt><code>{hotline}</code></dt><dd>电话</dd>" in form


def test_a_leader_adds_an_answer_and_the_log_has_it(answered: Office, browse: Browse) -> None:
    lead = browse("supervisor", "en")
    lead.submit("/answers/new", NEW)
    assert find(answered, "keys").text_zh == NEW["text_zh"]
    assert "/keys" in lead.read("/answers?q=钥匙")
    with answered.db.read() as session:
        assert session.scalars(select(AuditEntry.action)).all() == ["answer.add"]


def test_what_cannot_be_kept_is_said_at_its_field(answered: Office, browse: Browse) -> None:
    lead = browse("supervisor", "en")
    for change, sentence in (
        ({"shortcut": "two words"}, "Letters, digits and hyphens only"),
        ({"shortcut": "hello"}, "Another answer has this shortcut already."),
        ({"text_zh": "{phone}"}, "There is no such hole: phone."),
        ({"text_zh": "", "text_en": ""}, "Please write the answer in at least one language."),
        ({"title_en": ""}, "Please fill this in."),
        ({"item": "no such thing"}, "There is no service with this name."),
    ):
        answer = lead.submit("/answers/new", NEW | change, 422)
        assert sentence in answer.text
        assert "The keys are at the desk" in answer.text or "text_en" in change


def test_the_second_of_two_who_save_is_told_and_keeps_what_was_typed(
    answered: Office, browse: Browse
) -> None:
    row = find(answered, "bye")
    lead, other = browse("supervisor", "en"), browse("manager", "en")
    mine = {**NEW, "shortcut": "bye", "version": str(row.version)}
    other.submit(f"/answers/{row.id}", mine | {"text_en": "Theirs."})
    answer = lead.submit(f"/answers/{row.id}", mine | {"text_en": "Mine."}, 409)
    assert "Sun Lei saved this answer at" in answer.text
    assert "Theirs." in answer.text
    assert "Mine." in answer.text
    lead.submit(f"/answers/{row.id}", mine | {"text_en": "Mine.", "version": str(row.version + 1)})
    assert find(answered, "bye").text_en == "Mine."


def test_what_is_switched_off_is_offered_no_more(answered: Office, browse: Browse) -> None:
    row = find(answered, "bye")
    lead = browse("supervisor", "en")
    lead.submit(f"/answers/{row.id}/switch", {"on": "0"})
    assert "/bye" not in lead.read("/answers")
    assert "/bye" in lead.read("/answers?off=1")
    number = answered.open("repair", "chen")
    assert "/bye" not in lead.read(f"/tickets/{number}/answers")
    lead.submit(f"/answers/{row.id}/switch", {"on": "1"})
    assert "/bye" in lead.read("/answers")


def test_the_answers_of_the_estate_next_door_do_not_exist(answered: Office, browse: Browse) -> None:
    assert "/hello" not in browse("stranger").read("/answers")
    with answered.db.write() as session:
        row = CannedAnswer(
            estate_id=answered.cast.next_door.id, shortcut="theirs", title_zh="x", title_en="x",
            changed_at=answered.clock.now(),
        )  # fmt: skip
        session.add(row)
        session.flush()
        key = row.id
    lead = browse("supervisor")
    assert "/theirs" not in lead.read("/answers")
    lead.read(f"/answers/{key}", 404)
    lead.submit(f"/answers/{key}", {**NEW, "version": "1"}, 404)


def test_staff_of_two_estates_see_the_answers_of_one_at_a_time(answered: Office, browse: Browse) -> None:
    cast = answered.cast
    with answered.db.write() as session:
        service.seed(session, cast.next_door.id, answered.clock.now())
        session.add(UserEstate(user_id=cast.supervisor.id, estate_id=cast.next_door.id))
    lead = browse("supervisor", "en")
    page = lead.read("/answers")
    assert page.count(">/hello<") == 1
    assert 'href="/answers?estate=NEXT"' in page
    there = lead.read("/answers?estate=NEXT")
    assert there.count(">/hello<") == 1
    assert 'href="/answers/new?estate=NEXT"' in there
    assert (
        lead.submit("/answers/new", {**NEW, "estate": "NEXT"}).headers["location"] == "/answers?estate=NEXT"
    )
    assert find(answered, "keys").estate_id == cast.next_door.id
    assert ">/keys<" not in lead.read("/answers")
    assert 'href="/answers?estate=NEXT"' in lead.read(f"/answers/{find(answered, 'keys').id}")
    browse("butler").read("/answers?estate=NEXT", 404)
