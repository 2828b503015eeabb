"""Saved views: they remember filters, order and columns; own ones, shared ones, and who may change them."""

import re
from collections.abc import Callable

from sqlalchemy import select

from backend.models import AuditEntry, SavedView
from tests.search.conftest import Browser
from tests.tickets.office import Office

Browse = Callable[..., Browser]
QUERY = "state=active&clock=late&sort=late&cols=number,title,late_by"


def only(office: Office) -> SavedView:
    with office.db.read() as session:
        return session.scalars(select(SavedView)).one()


def save(at_work: Browser, name: str, query: str = QUERY, **more: str) -> None:
    answer = at_work.press("/search/views", name=name, query=query, **more)
    assert answer.status_code == 303, answer.text[:300]


def test_a_view_remembers_filters_order_and_columns(office: Office, browse: Browse) -> None:
    office.open("repair")
    at_work = browse()
    answer = at_work.press("/search/views", name=" 超时的 ", query=QUERY)
    view = only(office)
    assert answer.headers["location"] == f"/tickets?{QUERY}&view={view.id}"
    page = at_work.read("/tickets")
    assert f'href="/tickets?{QUERY.replace("&", "&amp;")}&amp;view={view.id}"' in page
    opened = at_work.read(answer.headers["location"])
    assert "<h1>超时的</h1>" in opened
    assert re.findall(r'<th scope="col" class="is-(\w+)"', opened) in ([], ["number", "title", "late_by"])
    assert view.columns == ["number", "title", "late_by"]
    assert "cols" not in view.query


def test_a_view_is_kept_to_oneself_until_it_is_shared(office: Office, browse: Browse) -> None:
    mine, colleague = browse(), browse("deputy")
    save(mine, "超时的")
    assert "超时的" not in colleague.read("/tickets")
    view = only(office)
    assert colleague.press(f"/search/views/{view.id}", name="偷改").status_code == 404
    mine.press(f"/search/views/{view.id}", name="超时的", is_shared="1")
    page = colleague.read("/search/views")
    assert "超时的" in page
    assert "由赵敏共享" in page
    assert "超时的" not in browse("stranger").read("/search/views")


def test_a_shared_view_is_changed_by_its_owner_or_a_leader_and_nobody_else(
    office: Office, browse: Browse
) -> None:
    save(browse(), "超时的", is_shared="1")
    view = only(office)
    colleague = browse("deputy")
    assert f'action="/search/views/{view.id}"' not in colleague.read("/search/views")
    for path in ("", "/update", "/delete"):
        assert colleague.press(f"/search/views/{view.id}{path}", name="x", query="").status_code == 403
    leader = browse("supervisor", "en")
    leader.press(f"/search/views/{view.id}", name="Overdue ones", is_shared="1")
    assert only(office).name == "Overdue ones"
    gone = leader.press(f"/search/views/{view.id}/delete")
    assert gone.headers["location"] == "/search/views"
    assert "There is no saved view yet" in leader.read("/search/views")


def test_a_name_that_is_missing_long_or_taken_is_told_at_its_field(office: Office, browse: Browse) -> None:
    at_work = browse()
    save(at_work, "超时的")
    for name, said in (("  ", "请给视图起个名称"), ("长" * 61, "60个字以内"), ("超时的", "已有同名视图")):
        answer = at_work.press("/search/views", name=name, query="q=漏水", is_shared="1")
        assert answer.status_code == 422
        assert said in answer.text
        assert 'value="漏水"' in answer.text
        assert '<details class="view-save" open>' in answer.text
    save(browse("deputy"), "超时的")
    save(at_work, "另一个")
    with office.db.read() as session:
        other = session.scalars(select(SavedView.id).where(SavedView.name == "另一个")).one()
    refused = at_work.press(f"/search/views/{other}", name="超时的")
    assert refused.status_code == 422
    assert 'aria-invalid="true"' in refused.text


def test_changes_of_an_open_view_are_kept_on_request(office: Office, browse: Browse) -> None:
    at_work = browse()
    save(at_work, "超时的")
    view = only(office)
    assert "把改动存入" not in at_work.read(f"/tickets?{QUERY}&view={view.id}")
    changed = f"/tickets?state=open&view={view.id}"
    assert "把改动存入“超时的”" in at_work.read(changed)
    answer = at_work.press(f"/search/views/{view.id}/update", query="state=open")
    assert answer.headers["location"] == changed
    assert only(office).query == "state=open"
    assert "把改动存入" not in at_work.read(changed)


def test_a_view_by_me_means_whoever_opens_it(office: Office, browse: Browse) -> None:
    number = office.open("repair")
    save(browse(), "我的", "butler=me", is_shared="1")
    assert browse().found("/tickets?butler=me") == [number]
    assert browse("deputy").found("/tickets?butler=me") == []


def test_a_search_for_a_phone_number_is_kept_as_the_resident_it_names(office: Office, browse: Browse) -> None:
    number = office.open("repair")
    chen = office.cast.chen.id
    for name in ("q", "person"):
        at_work = browse()
        answer = at_work.press(
            "/search/views", name=f"陈先生 {name}", query=f"{name}=138 0013 8000&state=active"
        )
        assert answer.status_code == 303
        assert "13800138000" not in answer.headers["location"].replace("+", "")
        assert at_work.found(answer.headers["location"]) == [number]
    with office.db.read() as session:
        kept = session.scalars(select(SavedView.query).order_by(SavedView.id)).all()
    assert kept == [f"state=active&resident={chen}"] * 2


def test_a_phone_number_that_cannot_be_kept_as_a_resident_is_refused(office: Office, browse: Browse) -> None:
    at_work = browse()
    for query in ("q=漏水 13800138000", "q=13911112222", "person=139-1111-2222", "home=13911112222"):
        refused = at_work.press("/search/views", name="电话", query=query)
        assert refused.status_code == 422
        assert "不保存电话号码" in refused.text
    assert at_work.press("/search/views", name="13800138000", query="q=漏水").status_code == 422
    save(at_work, "漏水", "q=漏水&home=13-2-1501")
    refused = at_work.press(f"/search/views/{only(office).id}/update", query="q=13911112222")
    assert (refused.status_code, "不保存电话号码" in refused.text) == (422, True)
    assert "1391" not in only(office).query


def test_what_happens_to_views_stands_in_the_audit_log_without_what_they_look_for(
    office: Office, browse: Browse
) -> None:
    at_work = browse()
    save(at_work, "漏水", "q=漏水&state=active")
    view = only(office)
    at_work.press(f"/search/views/{view.id}", name="漏水的", is_shared="1")
    at_work.press(f"/search/views/{view.id}/update", query="person=陈建国")
    at_work.press(f"/search/views/{view.id}/delete")
    with office.db.read() as session:
        rows = session.scalars(select(AuditEntry).where(AuditEntry.subject == "view").order_by(AuditEntry.id))
        told = [(one.action, one.before, one.after) for one in rows]
    assert [action for action, _, _ in told] == ["view.add", "view.change", "view.change", "view.remove"]
    assert told[0][2]["filters"] == ["q", "state"]
    assert told[1][1:] == ({"name": "漏水", "is_shared": False}, {"name": "漏水的", "is_shared": True})
    assert told[2][1:] == ({"filters": ["q", "state"]}, {"filters": ["person"]})
    assert "陈建国" not in str(told)
