"""住户房屋: what each role sees of homes and residents, what it may change, and what is written down."""

import re
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.models import (
    AuditEntry,
    Conversation,
    Home,
    Invitation,
    Remark,
    Residency,
    Resident,
    Ticket,
    User,
)
from backend.people import kept_phone, setup
from backend.people.homes import HomeName
from tests.house import cast
from tests.households.conftest import Browser
from tests.tickets.office import Office

Browse = Callable[..., Browser]
WHOLE = "138 0013 8000"


def fetch(office: Office, query: Any) -> list[Any]:
    with office.db.read() as session:
        return list(session.scalars(query))


def actions(office: Office) -> list[str]:
    return fetch(office, select(AuditEntry.action).order_by(AuditEntry.id))


def resident_form(page: str, **more: str) -> dict[str, str]:
    """The fields of a resident's form as they stand."""
    state = re.search(r'name="state" value="(\w+)"', page)
    assert state
    form = {"state": state[1], "name": "陈建国", "address_zh": "陈先生", "address_en": "Mr Chen"}
    return form | {"kind": "owner", "language": "zh", "phone": ""} | more


def test_the_tree_counts_homes_and_tickets_by_building(office: Office, browse: Browse) -> None:
    number = office.open("repair")
    page = browse().read("/homes")
    assert "2 栋楼，共 2 套房屋" in page
    assert "3号楼" in page
    assert "5号楼" in page
    assert "未完 1" in page
    assert "超时" not in page.split("<main")[1].split("</main>")[0]
    office.clock.advance(hours=3)
    late = browse().read("/homes?building=3")
    assert "超时 1" in late
    assert "陈建国" in late
    assert str(number) in browse().read(f"/homes/{office.cast.home.id}")


def test_buildings_and_flats_stand_in_the_order_people_count(office: Office, browse: Browse) -> None:
    with office.db.write() as session:
        for name in ("10-1-101", "3-2-201", "3-2-12A", "3-2-12"):
            setup.create_home(session, office.cast.estate, HomeName(*name.split("-")))
    page = browse().read("/homes?building=3&unit=2")
    assert re.findall(r'home-code">([\w-]+)<', page) == ["3-2-12", "3-2-12A", "3-2-201", "3-2-1501"]
    assert page.index("5号楼") < page.index("10号楼")


@pytest.mark.parametrize("text", ["3-2-1501", "3号楼2单元1501", "陈建国", "13800138000", "8000", "1501"])
def test_a_home_is_found_by_home_name_and_phone(office: Office, browse: Browse, text: str) -> None:
    page = browse().get("/homes", params={"q": text}).text
    assert f'href="/homes/{office.cast.home.id}"' in page
    assert f'href="/homes/{office.cast.flat.id}"' not in page


def test_a_search_that_finds_more_than_a_part_leads_to_the_rest(office: Office, browse: Browse) -> None:
    with office.db.write() as session:
        for flat in range(60):
            setup.create_home(session, office.cast.estate, HomeName("77", "1", str(100 + flat)))
    manager, seen = browse("manager"), []
    page = manager.get("/homes", params={"q": "77-1-"}).text
    assert "共60条，显示50条" in page
    seen += re.findall(r'home-code">([\w-]+)<', page)
    assert "回到列表开头" not in page
    onward = unescape(re.findall(r'href="(/homes\?[^"]*after=\d+)"', page)[0])
    last = manager.get(onward).text
    seen += re.findall(r'home-code">([\w-]+)<', last)
    assert seen == [f"77-1-{100 + flat}" for flat in range(60)]
    assert "after=" not in last.split('class="pager"')[1].split("</nav>")[0]
    assert unescape(re.findall(r'href="(/homes\?q=[^"]*)"', last)[0]) == "/homes?q=77-1-"


def test_a_home_with_two_who_fit_is_found_once(office: Office, browse: Browse) -> None:
    with office.db.write() as session:
        for name in ("陈大文", "陈小文"):
            setup.create_resident(session, cast.vault(), office.cast.flat, office.clock.now(), name=name)
    page = browse("manager").get("/homes", params={"q": "文"}).text
    assert page.count(f'href="/homes/{office.cast.flat.id}"') == 1


def test_what_is_not_found_says_what_to_try(browse: Browse) -> None:
    page = browse().get("/homes", params={"q": "张三"}).text
    assert "没有找到“张三”" in page
    assert "全部房屋" in page


def test_a_butler_sees_own_homes_and_those_they_stand_in_for(office: Office, browse: Browse) -> None:
    with office.db.write() as session:
        other = setup.create_home(session, office.cast.estate, HomeName("9", "1", "901"))
    own, away = f'href="/homes/{office.cast.home.id}"', f"/homes/{other.id}"
    assert own in browse("butler").read("/homes")
    assert "9号楼" not in browse("butler").read("/homes")
    browse("butler").read(away, 404)
    assert own in browse("deputy").read("/homes")
    browse("deputy").read(away, 404)
    with office.db.write() as session:
        session.get_one(User, office.cast.butler.id).deputy_id = None
    browse("deputy").read(f"/homes/{office.cast.home.id}", 404)
    browse().read(away)


@pytest.mark.parametrize("who", ["engineer", "guard"])
def test_engineers_and_guards_have_no_such_page(office: Office, browse: Browse, who: str) -> None:
    browser = browse(who)
    for path in ("/homes", f"/homes/{office.cast.home.id}", f"/residents/{office.cast.chen.id}", "/import"):
        browser.read(path, 403)
    assert "/homes" not in browser.read("/queue")


def test_a_foreign_estate_is_not_there(office: Office, browse: Browse) -> None:
    stranger = browse("stranger")
    stranger.read(f"/homes/{office.cast.home.id}", 404)
    stranger.read(f"/residents/{office.cast.chen.id}", 404)
    stranger.press(f"/residents/{office.cast.chen.id}/phone", 404)
    assert "陈建国" not in stranger.get("/homes", params={"q": "陈建国"}).text.split("home-list")[1]


def test_the_home_page_tells_who_lives_there_and_how_they_are_reached(office: Office, browse: Browse) -> None:
    office.chat("chen")
    page = browse().read(f"/homes/{office.cast.home.id}")
    for text in ("陈建国", "陈先生", "业主", "138****8000", "网页聊天", "隐私说明", "赵敏"):
        assert text in page, text
    assert WHOLE not in page
    assert re.search(r"\d{4}年\d{1,2}月\d{1,2}日起", page), "a day is never figures only"
    english = browse(language="en").read(f"/homes/{office.cast.flat.id}")
    assert "Bldg 5, Unit 1, Flat 802" in english
    assert "No chat yet: an invitation opens one." in english


def test_the_whole_phone_is_shown_on_demand_and_that_is_written_down(office: Office, browse: Browse) -> None:
    browser = browse("butler")
    answer = browser.press(f"/residents/{office.cast.chen.id}/phone", 200)
    assert WHOLE in answer.text
    assert "tel:13800138000" in answer.text
    assert answer.headers["cache-control"] == "no-store"
    part = browser.post(
        f"/residents/{office.cast.chen.id}/phone",
        headers={"hx-request": "true", "x-csrf": browser.token}, data={"csrf": browser.token},
    )  # fmt: skip
    assert part.text.strip().startswith('<span class="home-phone"')
    (entry, _second) = fetch(office, select(AuditEntry))
    assert (entry.action, entry.subject_id, entry.user_id) == (
        "resident.phone", str(office.cast.chen.id), office.cast.butler.id,
    )  # fmt: skip
    assert "8000" not in f"{entry.before}{entry.after}"


def test_a_resident_is_put_right_and_the_log_keeps_no_names(office: Office, browse: Browse) -> None:
    browser, path = browse(), f"/residents/{office.cast.chen.id}"
    form = resident_form(browser.read(path), name="欧阳 建国", address_zh="先生", kind="tenant",
                         phone="13900139000", large_type="1")  # fmt: skip
    browser.press(path, **form)
    (row,) = fetch(office, select(Resident).where(Resident.id == office.cast.chen.id))
    assert (row.name, row.surname, row.address_as_zh, row.kind) == ("欧阳建国", "欧阳", "欧阳先生", "tenant")
    assert (row.is_large_type, row.phone_hash) == (True, office.app.state.vault.digest("+8613900139000"))
    (entry,) = fetch(office, select(AuditEntry))
    told = f"{entry.before}{entry.after}"
    assert entry.after["phone"] == "changed"
    assert "欧阳" not in told
    assert "1390013" not in told


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [("name", "", "请填写"), ("address_zh", "陈小姐", "女士"), ("phone", "12", "不是电话号码"),
     ("kind", "king", "请填写"), ("name", "陈" * 61, "60")],
)  # fmt: skip
def test_a_wrong_field_says_so_and_nothing_typed_is_lost(
    office: Office, browse: Browse, field: str, value: str, sentence: str
) -> None:
    browser, path = browse(), f"/residents/{office.cast.chen.id}"
    form = resident_form(browser.read(path), address_en="Old Chen")
    page = unescape(browser.press(path, 422, **(form | {field: value})).text)
    error = page.split(f'id="resident-{field}-error"')[1].split("</p>")[0] if field != "kind" else page
    assert sentence in error
    assert "Old Chen" in page
    assert actions(office) == []


def test_a_change_made_meanwhile_is_told_by_whom_and_when(office: Office, browse: Browse) -> None:
    first, second, path = browse(), browse("manager"), f"/residents/{office.cast.chen.id}"
    form = resident_form(first.read(path), address_zh="陈总")
    second.press(path, **resident_form(second.read(path), address_zh="陈老师"))
    page = first.press(path, 409, **form).text
    assert "孙磊" in page
    assert "10:00" in page
    assert 'value="陈总"' in page
    assert "陈老师" in page
    first.press(path, **resident_form(page, address_zh="陈总"))
    assert fetch(office, select(Resident.address_as_zh).where(Resident.id == office.cast.chen.id)) == ["陈总"]


def test_a_butler_corrects_phone_and_language_and_nothing_else(office: Office, browse: Browse) -> None:
    browser, path = browse("butler"), f"/residents/{office.cast.chen.id}"
    page = browser.read(path)
    assert 'name="address_zh"' not in page
    browser.press(path, **resident_form(page, name="骗子", kind="tenant", language="en", phone="13900139000"))
    (row,) = fetch(office, select(Resident).where(Resident.id == office.cast.chen.id))
    assert (row.name, row.kind, row.language) == ("陈建国", "owner", "en")
    assert row.phone_hash == office.app.state.vault.digest("+8613900139000")
    found = f'href="/homes/{office.cast.home.id}"'
    assert found in browser.read("/homes?q=9000")
    assert found not in browser.read("/homes?q=8000")
    home = office.cast.home.id
    browser.press(f"/homes/{home}/butler", 403, scope="home", reason="x")
    browser.press(f"/homes/{home}/residents/{office.cast.chen.id}/out", 403)
    browser.read(f"/homes/{home}/residents/new", 403)
    browser.read(f"/residents/{office.cast.chen.id}/merge", 403)


def test_a_number_is_removed_when_asked(office: Office, browse: Browse) -> None:
    browser, path = browse(), f"/residents/{office.cast.chen.id}"
    browser.press(path, **resident_form(browser.read(path), no_phone="1"))
    kept = (Resident.phone_sealed, Resident.phone_hash, Resident.phone_last4_hash)
    with office.db.read() as session:
        row = session.execute(select(*kept).where(Resident.id == office.cast.chen.id)).one()
    assert tuple(row) == (None, None, None)


def test_another_butler_for_the_whole_building_with_a_reason(office: Office, browse: Browse) -> None:
    with office.db.write() as session:
        setup.create_home(session, office.cast.estate, HomeName("3", "1", "101"))
    browser, path = browse(), f"/homes/{office.cast.home.id}/butler"
    deputy = str(office.cast.deputy.id)
    page = browser.press(path, 422, butler=deputy, scope="building", reason="").text
    assert "请填写" in page
    assert "open" in page.split("更换管家…")[0][-200:]
    browser.press(path, butler=deputy, scope="building", reason="赵敏休产假")
    butlers = fetch(office, select(Home.butler_id).where(Home.building == "3"))
    assert butlers == [office.cast.deputy.id] * 2
    (entry,) = fetch(office, select(AuditEntry))
    assert (entry.after["homes"], entry.after["reason"]) == (2, "赵敏休产假")
    browser.press(path, 422, butler=str(office.cast.stranger.id), scope="home", reason="x")


def test_notes_are_for_staff_and_can_be_taken_back(office: Office, browse: Browse) -> None:
    browser, path = browse("butler"), f"/homes/{office.cast.home.id}"
    browser.press(f"{path}/remarks", text="门禁坏了，<b>敲门</b>")
    browser.press(f"/residents/{office.cast.chen.id}/remarks", text="听力不好，请大声")
    assert "&lt;b&gt;敲门" in browser.read(path)
    assert "敲门" not in str(office.read("chen"))
    assert "听力不好" in browser.read(f"/residents/{office.cast.chen.id}")
    browser.press(f"{path}/remarks", 422, text="  ")
    (first, _second) = fetch(office, select(Remark).order_by(Remark.id))
    browse("deputy").press(f"/remarks/{first.id}/remove", 403)
    browser.press(f"/remarks/{first.id}/remove")
    assert "敲门" not in browser.read(path)
    assert "敲门" not in str(fetch(office, select(AuditEntry.after)))


def test_a_printed_invitation_shows_code_qr_and_both_languages_once(office: Office, browse: Browse) -> None:
    browser, path = browse("butler"), f"/homes/{office.cast.flat.id}"
    whom = str(office.cast.emma.id)
    answer = browser.press(f"{path}/invitations", 200, kind="printed", resident=whom, uses="2", days="30")
    code = re.search(r"[2-9A-Z]{4}(-[2-9A-Z]{4}){3}", answer.text)
    assert code
    for text in (
        "<svg",
        "Scan the code",
        "扫描二维码",
        "2026年4月10日",
        "10 Apr 2026",
        "翠园",
        "Jade Garden",
    ):
        assert text in answer.text, text
    assert answer.text.index("Scan the code") < answer.text.index("扫描二维码")  # the reader's language first
    assert answer.headers["cache-control"] == "no-store"
    assert code[0] not in browser.read(path)
    assert "还可用 2 次" in browser.read(path)
    assert office.client.post("/api/chat/sessions", json={"invitation": code[0]}).status_code == 201
    assert code[0] not in str(fetch(office, select(AuditEntry.after)))


def test_a_card_whose_address_nobody_else_can_open_says_so_before_it_is_printed(
    office: Office, browse: Browse
) -> None:
    browser, path = browse("butler"), f"/homes/{office.cast.flat.id}"
    fields = {"kind": "printed", "resident": "", "uses": "2", "days": "30"}
    warning = "只能在这台电脑上打开"
    assert warning in browser.press(f"{path}/invitations", 200, **fields).text
    state = office.app.state
    state.settings = replace(state.settings, public_url="https://butler.example.com")
    assert warning not in browser.press(f"{path}/invitations", 200, **fields).text


def test_a_spoken_invitation_works_once_and_a_withdrawn_one_never(office: Office, browse: Browse) -> None:
    browser, path = browse("butler"), f"/homes/{office.cast.home.id}"
    answer = browser.press(f"{path}/invitations", 200, kind="spoken", resident=str(office.cast.chen.id))
    code = re.search(r'big">(\d{4} \d{4})<', answer.text)
    assert code
    assert "10:10" in answer.text
    (made,) = fetch(office, select(Invitation).where(Invitation.kind == "spoken"))
    assert made.uses_left == 1
    browser.press(f"{path}/invitations/{made.id}/withdraw")
    assert office.client.post("/api/chat/sessions", json={"invitation": code[1]}).status_code == 422


def test_wrong_counts_of_an_invitation_are_named(office: Office, browse: Browse) -> None:
    page = browse().press(
        f"/homes/{office.cast.home.id}/invitations", 422, kind="printed", uses="0", days="x"
    )
    assert "1 到 20" in page.text
    assert "1 到 365" in page.text


def test_whoever_moves_out_leaves_no_open_door_and_no_history(office: Office, browse: Browse) -> None:
    office.open("repair")
    browser, path = browse(), f"/homes/{office.cast.home.id}"
    browser.press(f"{path}/residents/{office.cast.chen.id}/out")
    page = browser.read(path)
    assert "以前的住户" in page
    assert office.client.post("/api/chat/sessions", json={"invitation": "TEST-CHEN-0001"}).status_code == 422
    browser.press(f"{path}/residents/new", name="李娜", kind="tenant", language="zh", phone="13700137000")
    (new,) = fetch(office, select(Resident).where(Resident.name == "李娜"))
    assert fetch(office, select(Conversation).where(Conversation.resident_id == new.id)) == []
    assert fetch(office, select(Ticket).where(Ticket.resident_id == new.id)) == []
    assert actions(office) == ["resident.move_out", "resident.add"]


def test_a_known_number_asks_whether_it_is_the_same_person(office: Office, browse: Browse) -> None:
    browser, path = browse(), f"/homes/{office.cast.flat.id}/residents/new"
    form = {"name": "陈建国", "kind": "owner", "language": "zh", "phone": "13800138000"}
    page = browser.press(path, 422, **form).text
    assert "是同一个人吗" in page
    assert "陈建国 · 3号楼2单元1501" in page
    browser.press(path, **form, same=str(office.cast.chen.id))
    stays = fetch(office, select(Residency.home_id).where(Residency.resident_id == office.cast.chen.id))
    assert set(stays) == {office.cast.home.id, office.cast.flat.id}
    browser.press(path, **(form | {"name": "李梅"}), same="new")
    assert len(fetch(office, select(Resident).where(Resident.name == "李梅"))) == 1


def test_two_entries_of_one_person_become_one(office: Office, browse: Browse) -> None:
    number = office.open("repair", who="emma")
    chen, emma = office.cast.chen, office.cast.emma
    browser = browse()
    sides = browser.read(f"/residents/{chen.id}/merge?other={emma.id}")
    assert "陈建国" in sides
    assert "Emma Brown" in sides
    assert WHOLE not in sides
    browser.press(f"/residents/{chen.id}/merge", 422, other=str(emma.id))
    browser.press(f"/residents/{chen.id}/merge", other=str(emma.id), goes=str(emma.id))
    (ticket,) = fetch(office, select(Ticket).where(Ticket.number == number))
    (talk,) = fetch(office, select(Conversation).where(Conversation.resident_id == chen.id))
    assert ticket.resident_id == chen.id
    assert talk.id == ticket.conversation_id
    stays = fetch(office, select(Residency.home_id).where(Residency.resident_id == chen.id))
    assert set(stays) == {office.cast.home.id, office.cast.flat.id}
    answer = browser.get(f"/residents/{emma.id}")
    assert answer.headers["location"] == f"/residents/{chen.id}"
    (entry,) = fetch(office, select(AuditEntry))
    assert (entry.action, entry.after["tickets"], entry.after["from"]) == ("resident.merge", 1, emma.id)
    assert office.see(number)["resident"]["name"] == "陈建国"
    browser.press(f"/residents/{chen.id}/merge", 422, other=str(emma.id), goes=str(emma.id))


def test_whoever_stays_takes_over_a_number_whole_or_not_at_all(office: Office, browse: Browse) -> None:
    chen, emma = office.cast.chen.id, office.cast.emma.id
    browser = browse()
    merge = {"other": str(emma), "goes": str(emma)}
    browser.press(f"/residents/{chen}/merge", **merge)
    kept = (Resident.phone_hash, Resident.phone_last4_hash, Resident.id)
    with office.db.read() as session:
        vault, row = office.app.state.vault, session.execute(select(*kept).where(Resident.id == chen)).one()
    assert tuple(row) == (vault.digest("+8613800138000"), kept_phone.last4_hash(vault, "8000"), chen)


def test_the_other_of_two_is_looked_for_by_the_last_four_digits(office: Office, browse: Browse) -> None:
    page = browse().read(f"/residents/{office.cast.chen.id}/merge?q=0123")
    assert f"merge?other={office.cast.emma.id}" in page


def test_a_merged_resident_still_writes_in_both_chats(office: Office, browse: Browse) -> None:
    office.chat("chen")
    office.chat("emma")
    chen, emma = office.cast.chen, office.cast.emma
    browse().press(f"/residents/{chen.id}/merge", other=str(emma.id), goes=str(emma.id))
    for who in ("chen", "emma"):
        body = {"client_id": f"after-{who}", "text": "你好"}
        answer = office.client.post("/api/chat/messages", json=body, headers=office.chat(who))
        assert answer.status_code == 200, answer.text
        assert answer.json()["messages"]


def meanwhile(office: Office, change: Callable[[Session], None], work: Callable[[], object]) -> None:
    """Let ``work`` begin while ``change`` is written and not yet committed: it must wait, and see it."""
    thread = threading.Thread(target=work)
    with office.db.write() as session:
        change(session)
        session.flush()
        thread.start()
        thread.join(0.5)
        assert thread.is_alive()
    thread.join(10)


def test_two_who_merge_the_same_two_each_way_round_never_lose_both(office: Office, browse: Browse) -> None:
    browser, chen, emma = browse(), office.cast.chen, office.cast.emma

    def other_way(session: Session) -> None:
        session.get_one(Resident, emma.id).merged_into_id = chen.id

    meanwhile(office, other_way, lambda: browser.post(
        f"/residents/{chen.id}/merge",
        data={"csrf": browser.token, "other": str(emma.id), "goes": str(chen.id)},
    ))  # fmt: skip
    assert fetch(office, select(Resident.merged_into_id).where(Resident.id == chen.id)) == [None]


def test_of_two_who_save_at_once_the_second_is_told(office: Office, browse: Browse) -> None:
    browser, chen, answers = browse(), office.cast.chen, []
    form = resident_form(browser.read(f"/residents/{chen.id}"), name="陈建军")

    def rename(session: Session) -> None:
        session.get_one(Resident, chen.id).name = "陈国栋"

    meanwhile(office, rename, lambda: answers.append(
        browser.post(f"/residents/{chen.id}", data={"csrf": browser.token, **form}).status_code
    ))  # fmt: skip
    assert answers == [409]
    assert fetch(office, select(Resident.name).where(Resident.id == chen.id)) == ["陈国栋"]


def test_merging_counts_no_complaint_about_whoever_looks(office: Office, browse: Browse) -> None:
    office.open("complaint", who="emma")
    chen, emma = office.cast.chen, office.cast.emma
    path = f"/residents/{chen.id}/merge?other={emma.id}"

    def tickets(username: str) -> list[str]:
        return re.findall(r"<dt>工单</dt>\s*<dd>(\d+)</dd>", browse(username).read(path))

    assert tickets("supervisor") == ["0", "1"]
    with office.db.write() as session:
        session.scalars(select(Ticket)).one().hidden_from_id = office.cast.supervisor.id
    assert tickets("supervisor") == ["0", "0"]
    assert tickets("manager") == ["0", "1"]


def test_the_chat_of_whoever_moved_out_speaks_of_the_home_no_more(office: Office, browse: Browse) -> None:
    office.chat("chen")
    path = f"/homes/{office.cast.home.id}/residents/{office.cast.chen.id}/out"
    talk = select(Conversation.home_id).where(Conversation.resident_id == office.cast.chen.id)
    assert fetch(office, talk) == [office.cast.home.id]
    browse().press(path)
    assert fetch(office, talk) == [None]


def test_a_former_resident_is_no_link_for_a_butler_who_may_not_open_it(
    office: Office, browse: Browse
) -> None:
    path = f"/homes/{office.cast.home.id}"
    browse().press(f"{path}/residents/{office.cast.chen.id}/out")
    page = browse("butler").read(path)
    assert "陈建国" in page
    assert f'href="/residents/{office.cast.chen.id}"' not in page
    browse("butler").read(f"/residents/{office.cast.chen.id}", 404)
    assert f'href="/residents/{office.cast.chen.id}"' in browse().read(path)


@pytest.mark.parametrize(
    ("path", "fields", "status"),
    [
        ("invitations", {"kind": "spoken", "uses": "viele", "days": ""}, 200),
        ("invitations", {"kind": "spoken", "resident": "²"}, 200),
        ("butler", {"butler": "²", "scope": "home", "reason": "换岗"}, 422),
    ],
)
def test_odd_words_in_a_field_are_no_fault_of_the_house(
    office: Office, browse: Browse, path: str, fields: dict[str, str], status: int
) -> None:
    browse().press(f"/homes/{office.cast.home.id}/{path}", status, **fields)


def test_a_double_is_offered_on_the_page(office: Office, browse: Browse) -> None:
    with office.db.write() as session:
        setup.create_resident(
            session, office.app.state.vault, office.cast.flat, office.clock.now(), name="陈建国"
        )
    assert "可能重复录入" in browse().read(f"/residents/{office.cast.chen.id}")
    found = browse().get(f"/residents/{office.cast.chen.id}/merge", params={"q": "Emma"}).text
    assert f"merge?other={office.cast.emma.id}" in found


def test_past_tickets_are_paged_by_number(office: Office, browse: Browse) -> None:
    numbers = [office.open("general") for _ in range(12)]
    with office.db.write() as session:
        for row in session.scalars(select(Ticket)):
            row.state = "closed"
            row.closed_at = office.clock.now() + timedelta(minutes=1)
    page = browse().read(f"/homes/{office.cast.home.id}")
    assert f"before={numbers[2]}" in page
    rest = browse().read(f"/homes/{office.cast.home.id}?before={numbers[2]}")
    assert f"#{numbers[1]}<" in rest
    assert f"#{numbers[2]}<" not in rest


def test_the_demo_estate_of_nobody_says_what_to_do(office: Office, browse: Browse) -> None:
    with office.db.write() as session:
        for home in session.scalars(select(Home)):
            home.butler_id = None
    assert "还没有分给您的房屋" in browse("butler").read("/homes")
