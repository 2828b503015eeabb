"""Today's jobs on a phone: whose they are, one tap each, each action once."""

import re
from collections.abc import Callable
from html import unescape

import pytest
from sqlalchemy import func, select

from backend.models import Conversation, IdempotencyKey, Record, StoredFile, Ticket, TicketEvent
from backend.onsite import reading
from tests.house.cast import PASSWORD
from tests.onsite.conftest import given_job, photo
from tests.staff_browser import StaffBrowser
from tests.tickets.office import Office

Browse = Callable[..., StaffBrowser]
JSON = {"accept": "application/json"}


def send(
    browser: StaffBrowser, path: str, key: str = "", status: int = 200, **fields: str
) -> dict[str, object]:
    """Post as the page's own script does."""
    return send_fields(browser, path, {"key": key, **fields}, status)


def send_fields(
    browser: StaffBrowser, path: str, fields: dict[str, str], status: int = 200
) -> dict[str, object]:
    answer = browser.post(path, data={"csrf": browser.token(), **fields}, headers=JSON)
    assert answer.status_code == status, answer.text
    said: dict[str, object] = answer.json()
    return said


def shoot(
    browser: StaffBrowser, number: int, side: str, key: str, status: int = 200, data: bytes = b""
) -> str:
    answer = browser.post(
        f"/jobs/{number}/photos",
        data={"csrf": browser.token(), "side": side, "key": key},
        files={"photo": ("a.jpg", data or photo())},
        headers=JSON,
    )
    assert answer.status_code == status, answer.text
    return str(answer.json().get("file", answer.json().get("detail")))


def test_engineers_begin_with_their_jobs_guards_with_the_passes_and_the_office_with_its_queue(
    office: Office,
) -> None:
    for username, first in (("engineer", "/jobs"), ("guard", "/passes"), ("butler", "/queue")):
        browser = StaffBrowser(office, username)
        assert browser.get("/").headers["location"] == first
        fields = {"csrf": browser.token(), "username": username, "password": PASSWORD, "next": "/alerts"}
        answer = browser.post("/login", data=fields)
        assert answer.headers["location"] == "/alerts"


def test_the_list_is_called_as_where_its_reader_found_it(job: int, browse: Browse) -> None:
    for username, name in (("engineer", "我的上门"), ("supervisor", "现场任务")):
        browser = browse(username)
        assert f"<h1>{name}</h1>" in browser.read("/jobs")
        assert re.search(rf'href="/jobs">.*?{name}</a>', browser.read(f"/jobs/{job}"))


def test_the_list_shows_my_job_with_its_time_home_and_words_and_nobody_elses(
    office: Office, job: int, browse: Browse
) -> None:
    other = office.open("repair", "emma", "The lamp is broken.")
    office.do(other, "accept")
    html = browse().read("/jobs")
    assert "11:00–13:00" in html
    assert "厨房水管漏水。" in html
    assert f'id="t{job}"' in html
    assert f"/jobs/{other}" not in html
    assert browse().get(f"/jobs/{other}").status_code == 404
    assert '<h2 id="jobs-today">Today' in browse("engineer", "en").read("/jobs")


def test_a_job_of_another_estate_does_not_exist(office: Office, job: int, browse: Browse) -> None:
    stranger = browse("stranger")
    assert stranger.get(f"/jobs/{job}").status_code == 404
    assert (
        stranger.post(f"/jobs/{job}/check_in", data={"csrf": stranger.token()}, headers=JSON).status_code
        == 404
    )


def test_the_job_page_calls_and_shows_the_way_without_naming_the_flat(job: int, browse: Browse) -> None:
    html = browse().read(f"/jobs/{job}")
    assert 'href="tel:' in html
    assert 'href="geo:0,0?q=' in html
    way = re.search(r'href="(geo:[^"]+)"', html)
    assert way
    assert "1501" not in way[1]
    assert 'capture="environment"' in html
    assert '<script src="http' not in html


def test_on_my_way_is_told_once_and_its_place_is_taken_by_the_arrival(
    office: Office, job: int, browse: Browse
) -> None:
    engineer = browse()
    send(engineer, f"/jobs/{job}/set_out", "k1")
    assert any("王强正在前往您家" in text for text in office.told("chen", job))
    refused = send(engineer, f"/jobs/{job}/set_out", "k2", 422)
    assert "已经告诉过" in str(refused["detail"])
    assert "已出发" in engineer.read("/jobs")
    send(engineer, f"/jobs/{job}/check_in", "k3")
    told = [text for text in office.told("chen", job) if "王强" in text]
    assert any("已到" in text or "到场" in text or "现场" in text for text in told), told


def test_the_same_action_sent_again_is_done_once_and_answered_alike(
    office: Office, job: int, browse: Browse
) -> None:
    engineer = browse()
    first = send(engineer, f"/jobs/{job}/check_in", "once", version=str(office.see(job)["version"]))
    again = send(engineer, f"/jobs/{job}/check_in", "once", version="1")
    assert first == again
    file_id = shoot(engineer, job, "before", "shot")
    assert shoot(engineer, job, "before", "shot") == file_id
    with office.db.read() as session:
        arrivals = session.scalar(select(func.count()).where(TicketEvent.kind == "checked_in"))
        files = session.scalar(select(func.count()).select_from(StoredFile))
        keys = session.scalars(select(IdempotencyKey.key)).all()
    assert (arrivals, files, sorted(keys)) == (1, 1, ["once", "shot"])
    assert "Idempotency" in str(send(engineer, f"/jobs/{job}/set_out", "once", 422)["detail"])


def test_a_change_by_somebody_else_is_told_and_can_be_overruled(
    office: Office, job: int, browse: Browse
) -> None:
    seen = str(office.see(job)["version"])
    office.do(job, "schedule", start="2026-03-11T04:00:00Z", end="2026-03-11T06:00:00Z")
    engineer = browse()
    refused = send(engineer, f"/jobs/{job}/check_in", "a", 409, version=seen)
    assert "李娜" in str(refused["detail"]) or "10:" in str(refused["detail"])
    page = engineer.submit(f"/jobs/{job}/check_in", {"version": seen}, 409)
    assert 'role="alert"' in page.text
    send(engineer, f"/jobs/{job}/check_in", "a", version="")
    assert office.see(job)["step"] == "on_site"


def test_done_writes_materials_cost_and_photos_into_the_work_order(
    office: Office, job: int, browse: Browse
) -> None:
    engineer = browse()
    send(engineer, f"/jobs/{job}/check_in", "1")
    before, after = (
        shoot(engineer, job, "before", "2"),
        shoot(engineer, job, "after", "3", data=photo("green")),
    )
    fields = {"actual_items": "换了阀芯", "material.0": "阀芯", "quantity.0": "2", "price.0": "35.5"}
    send_fields(engineer, f"/jobs/{job}/complete", {"key": "4", **fields})
    with office.db.read() as session:
        values = session.scalars(
            select(Record.values).where(Record.kind == "REC-03").order_by(Record.id.desc())
        ).first()
    assert values is not None
    assert values["materials"] == "阀芯 ¥35.50 ×2"
    assert (values["cost_fen"], values["actual_items"]) == (7100, "换了阀芯")
    assert (values["photos_before"], values["photos_after"]) == ([before], [after])
    html = engineer.read(f"/jobs/{job}")
    assert "¥71.00" in html
    assert engineer.get(f"/jobs/{job}/photos/{before}").headers["content-type"] == "image/jpeg"
    assert f'<a href="/jobs/{job}/photos/{before}"><img src="/jobs/{job}/photos/{before}?small=1"' in html
    assert engineer.get(f"/jobs/{job}/photos/{before}?small=1").headers["content-type"] == "image/webp"
    assert "完成" in browse("engineer").read("/jobs")


def test_before_the_arrival_is_recorded_it_is_the_one_step_and_finishing_says_what_it_records_besides(
    office: Office, job: int, browse: Browse
) -> None:
    engineer = browse()
    html = engineer.read(f"/jobs/{job}")
    assert re.search(r'<details class="job-way" data-finish>', html)
    assert "尚未记录到场，提交完工时将一并记为现在到场。" in html
    form = html[html.index('data-kept="complete"') : html.index("</details>", html.index("data-finish"))]
    assert "is-primary" not in form
    assert re.search(r'check_in".*?is-primary.*?到了', html, re.DOTALL)
    assert "Your arrival is not recorded yet" in browse("engineer", "en").read(f"/jobs/{job}")
    send(engineer, f"/jobs/{job}/check_in", "1")
    html = engineer.read(f"/jobs/{job}")
    assert "data-finish" not in html
    assert "尚未记录到场" not in html
    form = html[html.index('data-kept="complete"') :]
    assert "is-primary" in form[: form.index("</form>")]


def test_whether_it_is_done_is_asked_once_also_without_script(
    office: Office, job: int, browse: Browse
) -> None:
    engineer = browse()
    said = "确认修好了吗？接下来住户会收到请他确认的消息。"
    assert f'data-sure="{said}"' in engineer.read(f"/jobs/{job}")
    asked = engineer.submit(f"/jobs/{job}/complete", {"actual_items": "换了阀芯", "cost": "35"}, 422).text
    assert f"{said}</p>" in asked
    assert 'name="sure" value="1"' in asked
    assert "data-finish open" in asked
    assert "换了阀芯" in asked
    assert office.see(job)["state"] == "open"
    engineer.submit(f"/jobs/{job}/complete", {"actual_items": "换了阀芯", "cost": "35", "sure": "1"})
    assert office.see(job)["state"] == "done"
    assert "换了阀芯" in engineer.read(f"/jobs/{job}")


def test_who_has_no_chat_is_not_promised_a_message_when_the_work_is_done(
    office: Office, job: int, browse: Browse
) -> None:
    with office.db.write() as session:
        ticket = session.scalars(select(Ticket).where(Ticket.number == job)).one()
        session.get_one(Conversation, ticket.conversation_id).last_link_id = None
    html = browse().read(f"/jobs/{job}")
    assert 'data-sure="确认修好了吗？这位住户没有聊天渠道，请当面或打电话告诉对方。"' in html


@pytest.mark.parametrize(
    ("quantity", "cost"),
    [("", 3550), ("2", 7100), ("3个", 10650), ("1.5 米", 5325), ("一", 3550), ("两只", 7100), ("若干", None)],
)
def test_the_cost_is_the_sum_of_the_materials_however_a_quantity_is_typed(
    quantity: str, cost: int | None
) -> None:
    assert reading.total([("阀芯", quantity, 3550)]) == cost


def test_an_amount_that_is_none_is_told_at_its_field_before_it_is_sent(
    office: Office, job: int, browse: Browse
) -> None:
    engineer = browse()
    send(engineer, f"/jobs/{job}/check_in", "1")
    html = engineer.read(f"/jobs/{job}")
    found = re.findall(r'name="(?:price\.0|cost)"[^>]* pattern="([^"]+)"', html)
    assert len(found) == 2
    for pattern in map(unescape, found):
        assert all(re.fullmatch(pattern, text) for text in ("35", "35.5", "¥35.50", "1,200 元"))
        assert not any(re.fullmatch(pattern, text) for text in ("abc", "35.555", "viel"))


def test_what_cannot_be_taken_is_said_in_words_and_what_was_typed_stays(
    office: Office, job: int, browse: Browse
) -> None:
    engineer = browse()
    assert "照片" in shoot(engineer, job, "before", "x", 422, b"no picture at all")
    assert shoot(engineer, job, "sideways", "y", 422)
    page = engineer.submit(f"/jobs/{job}/complete", {"actual_items": "换灯", "cost": "viel"}, 422).text
    assert "金额请填数字" in page
    assert "换灯" in page
    assert "viel" in page
    signed_out = StaffBrowser(office, "engineer")
    signed_out.cookies.clear()
    assert signed_out.post(f"/jobs/{job}/check_in", data={}, headers=JSON).status_code == 401


def test_the_token_and_the_mark_of_a_person_are_their_own(office: Office, browse: Browse) -> None:
    mine, theirs = browse().get("/jobs/me").json(), browse("guard").get("/jobs/me").json()
    assert mine["user"] != theirs["user"]
    assert re.fullmatch(r"[0-9a-f]{16}", mine["user"])


def test_pages_and_their_forms_carry_the_token_of_the_session(browse: Browse) -> None:
    engineer = browse()
    html = engineer.read("/account/password")
    assert f'<meta name="csrf" content="{engineer.token()}">' in html
    assert set(re.findall(r'type="hidden" name="csrf" value="([^"]*)"', html)) == {engineer.token()}


def test_the_service_worker_looks_after_the_jobs_alone(office: Office) -> None:
    answer = office.client.get("/jobs/worker.js")
    assert answer.headers["service-worker-allowed"] == "/jobs"
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "worker-src 'self'" in answer.headers["content-security-policy"]


def test_the_next_days_stand_apart_and_without_script_everything_works(
    office: Office, job: int, browse: Browse
) -> None:
    later = given_job(office, "emma", "Tap drips.")
    office.do(later, "schedule", start="2026-03-13T03:00:00Z", end="2026-03-13T05:00:00Z")
    engineer = browse("engineer", "en")
    html = engineer.read("/jobs")
    assert html.index("Next days") < html.index(f'id="t{later}"')
    assert html.index(f'id="t{job}"') < html.index("Next days")
    assert engineer.submit(f"/jobs/{job}/check_in", {}).headers["location"] == f"/jobs/{job}"
    assert "<h2" not in engineer.read("/jobs?part=live").split("<section")[0]


def test_a_danger_stands_before_every_job_with_a_time(office: Office, job: int, browse: Browse) -> None:
    gas = office.open("emergency", words="厨房有煤气味。")
    html = browse().read("/jobs")
    assert html.index(f'id="t{gas}"') < html.index(f'id="t{job}"')
    mine = html[html.index(f'id="t{gas}"') : html.index(f'id="t{job}"')]
    assert "立即前往" in mine
    assert "还没有约定时间" not in mine


def test_who_has_no_chat_is_not_said_to_have_been_told_that_somebody_comes(
    office: Office, job: int, browse: Browse
) -> None:
    with office.db.write() as session:
        ticket = session.scalars(select(Ticket).where(Ticket.number == job)).one()
        session.get_one(Conversation, ticket.conversation_id).last_link_id = None
    said = send(browse(), f"/jobs/{job}/set_out", "k1")["sentence"]
    assert said == "已办理。这位住户没有聊天渠道，还没有告知，请打电话联系。"


def test_before_going_one_reads_what_the_butler_gave_along_the_way_in_and_the_place(
    office: Office, browse: Browse
) -> None:
    slots = {"where": "kitchen", "entry": "key_in_custody"}
    number = office.open("repair", words="厨房水管漏水。", slots=slots)
    office.do(number, "accept")
    office.do(number, "assign", user="engineer", note="钥匙在前台，请带梯子。")
    html = browse().read(f"/jobs/{number}")
    head = html.split('class="card job-head"')[1].split("</section>")[0]
    assert "钥匙在前台，请带梯子。" in head
    assert re.search("<b>.+交代</b>", head)
    assert re.search("<dt>进门方式</dt><dd>钥匙在物业</dd>.*<dt>位置</dt><dd>厨房</dd>", head, re.DOTALL)
    office.do(number, "assign", user="engineer", note="梯子已在楼下。")
    assert "请带梯子" not in browse().read(f"/jobs/{number}"), "the newest word counts"


def test_a_job_that_is_given_stands_in_the_engineers_alerts_and_leads_to_its_page(
    office: Office, browse: Browse
) -> None:
    number = office.open("repair")
    office.do(number, "accept")
    office.do(number, "assign", user="engineer", note="请带梯子。")
    engineer = browse()
    html = engineer.read("/alerts")
    assert f"#{number} 派给您了" in html
    assert "请带梯子。" in html
    assert f'href="/jobs/{number}"' in html
    assert "bell-count is-none" not in html
    assert f"#{number} 派给您了" not in browse("butler").read("/alerts")


def test_an_arrival_pressed_by_mistake_is_taken_back_on_the_phone_until_something_follows(
    office: Office, browse: Browse
) -> None:
    number = office.open("repair")
    office.do(number, "assign", user="engineer")
    browser = browse("engineer")
    back = f'action="/jobs/{number}/not_arrived"'
    assert back not in browser.read(f"/jobs/{number}")
    browser.submit(f"/jobs/{number}/check_in", {})
    assert back in browser.read(f"/jobs/{number}")
    browser.submit(f"/jobs/{number}/not_arrived", {})
    page = browser.read(f"/jobs/{number}")
    assert back not in page
    assert f'action="/jobs/{number}/check_in"' in page
    assert "刚才误按了“到了”" in office.told("chen", number)[-1]
