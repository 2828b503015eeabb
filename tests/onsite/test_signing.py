"""The resident's confirmation: by link, by code, by signature; used once, and kept with the work order."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from httpx2 import Response
from sqlalchemy import select, text
from starlette.testclient import TestClient

from backend.messages.queries import lock_conversation
from backend.models import Record, Resident, SignOffRequest, Ticket, User
from backend.onsite import service, sign_pages, signing
from backend.people import service as people
from backend.web.limits import Limit
from tests.onsite.conftest import given_job, photo
from tests.onsite.test_jobs import JSON, send, send_fields, shoot
from tests.staff_browser import StaffBrowser, told
from tests.tickets.office import Office

Browse = Callable[..., StaffBrowser]


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sign_pages, "_looks", Limit(1000))


@pytest.fixture
def guest_page(office: Office) -> TestClient:
    headers = {"sec-fetch-site": "same-origin", "accept-language": "fr"}
    return TestClient(office.app, base_url="https://127.0.0.1", headers=headers, follow_redirects=False)


def finish(office: Office, browser: StaffBrowser, number: int) -> None:
    send(browser, f"/jobs/{number}/check_in", f"in{number}")
    shoot(browser, number, "after", f"shot{number}")
    fields = {"key": f"done{number}", "material.0": "阀芯", "price.0": "35"}
    send_fields(browser, f"/jobs/{number}/complete", fields)


def sent(office: Office, number: int, who: str = "chen") -> tuple[str, str]:
    """Link path and code as they stand in the resident's chat."""
    text = next(one for one in office.told(who, number) if "/sign/" in one)
    link, code = re.search(r"/sign/[\w=-]+", text), re.search(r"(?<!\d)\d{6}(?!\d)", text)
    assert link
    assert code
    return link[0], code[0]


def work_order(office: Office, number: int) -> dict[str, object]:
    with office.db.read() as session:
        rows = session.scalars(select(Record).where(Record.kind == "REC-03").order_by(Record.id.desc())).all()
        return dict(rows[0].values)


def press(client: TestClient, path: str, **fields: str) -> Response:
    answer: Response = client.post(path, data=fields)
    return answer


def opinions(office: Office) -> list[dict[str, Any]]:
    """The messages that stand in the chat with a question for an opinion under them."""
    return [one for one in office.read("chen") if any(b["label"] == "满意" for b in one["buttons"])]


def test_a_sign_off_asks_for_one_thing_and_the_opinion_is_asked_for_once_it_is_signed(
    office: Office, job: int, browse: Browse, guest_page: TestClient
) -> None:
    engineer = browse()
    finish(office, engineer, job)
    send(engineer, f"/jobs/{job}/ask")
    link, _ = sent(office, job)
    asking = next(one for one in office.read("chen") if "/sign/" in one["text"])
    assert asking["buttons"] == []
    assert "满意" not in asking["text"]
    assert opinions(office) == []
    press(guest_page, link, answer="right", name="陈建国")
    (asked,) = opinions(office)
    assert asked["text"].endswith("这次服务您还满意吗？")
    assert [one["label"] for one in asked["buttons"]] == ["满意", "一般", "不满意"]
    assert not [one for one in office.read("chen") if "/sign/" in one["text"]], "the spent link is taken back"


def test_after_a_code_that_was_read_out_the_opinion_is_asked_for_too(
    office: Office, job: int, browse: Browse
) -> None:
    engineer = browse()
    finish(office, engineer, job)
    send(engineer, f"/jobs/{job}/ask")
    _, code = sent(office, job)
    send(engineer, f"/jobs/{job}/code", code=code, name="陈建国")
    assert len(opinions(office)) == 1


def test_work_that_was_judged_before_its_sign_off_is_not_asked_about_again(
    office: Office, job: int, browse: Browse, guest_page: TestClient
) -> None:
    engineer = browse()
    finish(office, engineer, job)
    send(engineer, f"/jobs/{job}/ask")
    link, _ = sent(office, job)
    office.do(job, "follow_up", result="partly")
    press(guest_page, link, answer="right", name="陈建国")
    assert opinions(office) == []


def test_a_resident_confirms_by_the_link_once_and_the_form_says_so(
    office: Office, job: int, browse: Browse, guest_page: TestClient
) -> None:
    engineer = browse()
    finish(office, engineer, job)
    send(engineer, f"/jobs/{job}/ask")
    link, _ = sent(office, job)
    page = guest_page.get(link)
    assert page.status_code == 200
    for word in ("王强", "阀芯", "¥35.00", "/files/", "我确认"):
        assert word in page.text
    for private in ("陈", "138", "1501", "厨房水管漏水"):
        assert private not in told(page.text)
    photo_link = re.search(r'src="(/files/[^"]+)"', page.text)
    assert photo_link
    shown = guest_page.get(photo_link[1].replace("&amp;", "&"))
    assert (shown.status_code, shown.headers["content-type"]) == (200, "image/webp")
    assert press(guest_page, link, answer="right", name=" ").status_code == 422
    assert press(guest_page, link, answer="right", name="陈建国").status_code == 303
    assert guest_page.get(link + "/thanks").status_code == 200
    assert (guest_page.get(link).status_code, press(guest_page, link, name="X").status_code) == (410, 410)
    assert work_order(office, job)["signed_by"] == "陈建国"
    assert "陈建国" in engineer.read(f"/jobs/{job}")
    assert "通过链接" in browse("butler").read(f"/tickets/{job}/forms/REC-03")


def test_an_english_tenant_reads_it_in_english_and_says_what_is_not_right(
    office: Office, browse: Browse, guest_page: TestClient
) -> None:
    number = given_job(office, "emma", "Tap drips.")
    engineer = browse("engineer", "en")
    finish(office, engineer, number)
    send(engineer, f"/jobs/{number}/ask")
    link, _ = sent(office, number, "emma")
    assert "I confirm the work" in guest_page.get(link).text
    assert press(guest_page, link, answer="wrong", words="").status_code == 422
    assert press(guest_page, link, answer="wrong", words="It still drips.").status_code == 303
    assert office.see(number)["step"] == "rework"
    assert "It still drips." in browse("butler").read(f"/tickets/{number}")
    assert guest_page.get(link).status_code == 410
    assert "We have noted it" in guest_page.get(link + "/noted").text


def test_a_resident_is_asked_three_times_in_ten_minutes_and_no_more(
    office: Office, job: int, browse: Browse, guest_page: TestClient
) -> None:
    engineer, abroad = browse(), browse("supervisor", "en")
    finish(office, engineer, job)
    for _ in range(3):
        send(engineer, f"/jobs/{job}/ask")
        office.clock.advance(minutes=2)
    before = len(office.read("chen"))
    refused = send(abroad, f"/jobs/{job}/ask", status=429)
    assert refused["type"] == "urn:guanjia:AskedOften"
    assert "asked 3 times in the last ten minutes" in str(refused["detail"])
    assert "again in 4 minutes" in str(refused["detail"])
    page = engineer.post(f"/jobs/{job}/ask", data={"csrf": engineer.token()})
    assert (page.status_code, "十分钟内已经请住户确认3次" in page.text) == (429, True)
    assert len(office.read("chen")) == before
    assert guest_page.get(sent(office, job)[0]).status_code == 200
    office.clock.advance(minutes=4)
    send(engineer, f"/jobs/{job}/ask")


def test_how_often_one_ticket_was_asked_about_holds_up_no_other(
    office: Office, job: int, browse: Browse
) -> None:
    engineer, other = browse(), given_job(office, "emma")
    finish(office, engineer, job)
    finish(office, engineer, other)
    for _ in range(3):
        send(engineer, f"/jobs/{job}/ask")
    send(engineer, f"/jobs/{job}/ask", status=429)
    send(engineer, f"/jobs/{other}/ask")


def test_a_link_ends_after_72_hours_and_when_a_new_one_is_sent(
    office: Office, job: int, browse: Browse, guest_page: TestClient
) -> None:
    engineer = browse()
    finish(office, engineer, job)
    send(engineer, f"/jobs/{job}/ask")
    first, _ = sent(office, job)
    send(engineer, f"/jobs/{job}/ask")
    second, _ = sent(office, job)
    assert first != second
    assert guest_page.get(first).status_code == 410
    assert guest_page.get(second).status_code == 200
    office.clock.advance(hours=73)
    assert guest_page.get(second).status_code == 410
    assert guest_page.get("/sign/nothing").status_code == 410


def test_looking_at_links_is_limited_for_one_address(
    office: Office, guest_page: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sign_pages, "_looks", Limit(3))
    assert [guest_page.get("/sign/x").status_code for _ in range(4)] == [410, 410, 410, 429]


def test_the_code_is_read_out_and_five_wrong_ones_end_it(office: Office, job: int, browse: Browse) -> None:
    engineer = browse()
    finish(office, engineer, job)
    send(engineer, f"/jobs/{job}/ask")
    _, code = sent(office, job)
    wrong = "000000" if code != "000000" else "111111"
    for left in (4, 3, 2, 1):
        said = send(engineer, f"/jobs/{job}/code", status=422, code=wrong, name="陈建国")
        assert str(left) in str(said["detail"])
    assert "五次" in str(send(engineer, f"/jobs/{job}/code", status=422, code=wrong, name="陈")["detail"])
    send(engineer, f"/jobs/{job}/code", status=422, code=code, name="陈建国")
    send(engineer, f"/jobs/{job}/ask")
    _, code = sent(office, job)
    send(engineer, f"/jobs/{job}/code", code=f"{code[:3]} {code[3:]}", name="陈建国")
    assert work_order(office, job)["signed_by"] == "陈建国"
    assert "已经确认" in str(send(engineer, f"/jobs/{job}/ask", status=422)["detail"])


def test_staff_read_neither_the_link_nor_the_code_in_the_conversation(
    office: Office, job: int, browse: Browse
) -> None:
    engineer = browse()
    finish(office, engineer, job)
    send(engineer, f"/jobs/{job}/ask")
    link, code = sent(office, job)
    for username in ("engineer", "butler"):
        html = browse(username).read(f"/tickets/{job}")
        assert code not in html
        assert link not in html


def test_a_drawn_signature_is_kept_as_a_picture_and_printed_on_the_form(
    office: Office, job: int, browse: Browse
) -> None:
    engineer = browse()
    finish(office, engineer, job)
    form = {"csrf": engineer.token(), "name": "陈建国", "key": "drawn"}
    drawn = photo("white", (640, 260), "PNG")
    for _ in range(2):
        answer = engineer.post(
            f"/jobs/{job}/signature", data=form, files={"photo": ("s.png", drawn)}, headers=JSON
        )
        assert answer.status_code == 200, answer.text
    with office.db.read() as session:
        kept = session.scalars(select(SignOffRequest)).one()
    assert (kept.method, kept.signed_name) == ("signature", "陈建国")
    html = browse("butler").read(f"/tickets/{job}/forms/REC-03")
    assert f"/forms/photos/{kept.file_id}" in html
    assert browse("butler").get(f"/tickets/{job}/forms/photos/{kept.file_id}").status_code == 200
    assert f"/jobs/{job}/photos/{kept.file_id}" in engineer.read(f"/jobs/{job}")


def test_a_typed_name_needs_the_word_that_it_was_signed_in_my_presence(
    office: Office, job: int, browse: Browse
) -> None:
    engineer = browse()
    early = engineer.submit(f"/jobs/{job}/signature", {"name": "陈", "typed": "1", "present": "1"}, 422)
    assert "还没有记录为完成" in early.text
    finish(office, engineer, job)
    assert "当面" in engineer.submit(f"/jobs/{job}/signature", {"name": "陈", "typed": "1"}, 422).text
    engineer.submit(f"/jobs/{job}/signature", {"name": "陈建国", "typed": "1", "present": "1"})
    assert "当面确认" in engineer.read(f"/jobs/{job}")


def test_whoever_asked_is_proposed_by_name_as_the_one_who_signs_and_another_may_be_written(
    office: Office, job: int, browse: Browse
) -> None:
    engineer = browse()
    finish(office, engineer, job)
    with office.db.read() as session:
        ticket = session.scalars(select(Ticket).where(Ticket.number == job)).one()
        name = session.get_one(Resident, ticket.resident_id).name
    html = engineer.read(f"/jobs/{job}")
    for field in ("draw-name", "typed-name"):
        assert f'id="{field}" name="name" value="{name}"' in html
    engineer.submit(f"/jobs/{job}/signature", {"typed": "1", "present": "1", "name": "王女士"})
    assert "王女士" in engineer.read(f"/jobs/{job}").split('id="job-signed"')[1]


def test_the_old_way_to_sign_off_stays(office: Office, job: int, browse: Browse) -> None:
    finish(office, browse(), job)
    office.do(job, "sign_off", signed_by="陈先生")
    assert work_order(office, job)["signed_by"] == "陈先生"


def test_on_site_the_chat_is_held_before_the_ticket_as_in_every_turn(office: Office, job: int) -> None:
    """The other way round, a resident who writes and an engineer who presses would wait for each other."""
    if office.db.is_sqlite:
        pytest.skip("SQLite has one writer")
    for path in ("set_out", "ask"):
        if path == "ask":
            office.do(job, "complete")
        with office.db.write() as session, ThreadPoolExecutor(1) as thread:
            ticket = office.ticket(job)
            assert ticket.conversation_id
            lock_conversation(session, ticket.conversation_id)
            pressed = thread.submit(_press, office, job, path)
            while not waits(office) and not pressed.done():
                continue  # the other one comes to the chat's door
            free = select(Ticket.id).where(Ticket.number == job).with_for_update(nowait=True)
            assert session.scalars(free).one() == ticket.id
            session.commit()
            assert pressed.result()


def waits(office: Office) -> bool:
    with office.db.read() as session:
        return bool(session.scalar(text("select count(*) from pg_locks where not granted")))


def _press(office: Office, number: int, path: str) -> object:
    with office.db.read() as session:
        viewer = people.viewer_of(session, session.get_one(User, office.cast.engineer.id))
    now = office.clock.now()
    if path == "set_out":
        return office.db.run(lambda session: service.set_out(session, viewer, number, now))
    return office.db.run(lambda session: signing.ask(session, viewer, number, "s" * 40, "https://x", now))


def finish_in_words(browser: StaffBrowser, number: int, words: str) -> None:
    send(browser, f"/jobs/{number}/check_in", "in")
    send_fields(browser, f"/jobs/{number}/complete", {"key": "done", "actual_items": words})


def test_what_was_done_in_chinese_is_marked_for_a_reader_of_english_who_reads_what_is_confirmed(
    office: Office, browse: Browse, guest_page: TestClient
) -> None:
    number = given_job(office, "emma", "The kitchen tap leaks.")
    engineer = browse("engineer", "en")
    assert 'data-reader="en"' in engineer.read(f"/jobs/{number}"), "it is said while it is written"
    finish_in_words(engineer, number, "疏通面盆下水，清出头发")
    told_first = engineer.read(f"/jobs/{number}").split('id="sign"')[1]
    assert "This resident reads English, and your text contains Chinese." in told_first
    send(engineer, f"/jobs/{number}/ask")
    page = guest_page.get(sent(office, number, "emma")[0]).text
    assert '<dd lang="zh-Hans-CN">疏通面盆下水，清出头发</dd>' in page
    assert "Written in Chinese by our colleague, and not translated." in page
    name = re.search(r"<h1>(.+?) <span", page)
    assert name
    assert f"What you confirm is this: “{name[1]}” is done." in told(page)


class Interpreter:
    """A translator at hand."""

    name = "interpreter"

    async def translate(self, text: str, source: str, target: str) -> str:
        return {"疏通面盆下水，清出头发": "Basin drain cleared, hair removed"}[text]


def test_where_somebody_translates_the_confirmation_shows_it_with_the_words_as_written(
    office: Office, browse: Browse, guest_page: TestClient
) -> None:
    office.app.state.translator = Interpreter()
    number = given_job(office, "emma", "The kitchen tap leaks.")
    engineer = browse("engineer", "en")
    finish_in_words(engineer, number, "疏通面盆下水，清出头发")
    send(engineer, f"/jobs/{number}/ask")
    page = guest_page.get(sent(office, number, "emma")[0]).text
    assert "<dd>Basin drain cleared, hair removed</dd>" in page
    assert '<span lang="zh-Hans-CN">疏通面盆下水，清出头发</span>' in page
    assert "What you confirm is this" not in page


def test_words_in_the_readers_own_language_are_not_remarked_upon(
    office: Office, job: int, browse: Browse, guest_page: TestClient
) -> None:
    engineer = browse()
    finish_in_words(engineer, job, "换了阀芯")
    assert 'class="warning"><svg' not in engineer.read(f"/jobs/{job}").split('id="sign"')[1]
    send(engineer, f"/jobs/{job}/ask")
    page = guest_page.get(sent(office, job)[0]).text
    assert "未翻译" not in page
    assert "您要确认的是" not in page
