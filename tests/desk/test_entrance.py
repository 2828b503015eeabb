"""Signing in and out, the language and the appearance, forms from elsewhere."""

from collections.abc import Callable

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute

from backend.desk import doors
from backend.desk.pages import router
from tests.desk.conftest import PASSWORD, Desk, World

Open = Callable[..., Desk]


def test_a_page_without_a_session_leads_to_the_login_and_back(desk: Open) -> None:
    answer = desk().get("/tickets/1001")
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=/tickets/1001")
    answer = desk().post("/login", data={"username": "lin", "password": PASSWORD, "next": "/tickets/1001"})
    assert answer.headers["location"] == "/tickets/1001"


@pytest.mark.parametrize("where", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_the_login_never_sends_anybody_elsewhere(desk: Open, where: str) -> None:
    answer = desk().post("/login", data={"username": "lin", "password": PASSWORD, "next": where})
    assert answer.headers["location"] == "/queue"


def test_an_unknown_name_and_a_wrong_password_get_the_same_sentence(desk: Open) -> None:
    texts = set()
    for name in ("lin", "nobody"):
        answer = desk("").post("/login", data={"username": name, "password": "wrong"})
        assert answer.status_code == 401
        assert "用户名、密码或验证码" in answer.text
        texts.add(answer.text.replace(f'value="{name}"', ""))
    assert len(texts) == 1


def test_ten_wrong_tries_lock_the_door_and_say_how_long(desk: Open) -> None:
    for _ in range(10):
        desk().post("/login", data={"username": "lin", "password": "wrong"})
    answer = desk("", "en").post("/login", data={"username": "lin", "password": PASSWORD})
    assert answer.status_code == 429
    assert "Please wait 15 minutes" in answer.text


def test_the_language_can_be_chosen_before_signing_in_and_stays_with_the_person(
    desk: Open, world: World
) -> None:
    visitor = desk()
    assert "登录管家系统" in visitor.get("/login").text
    visitor.post("/language", data={"language": "en", "back": "/login"})
    assert "Sign in to Guanjia" in visitor.get("/login").text
    visitor.sign_in("lin")
    assert "My queue" in visitor.get("/queue").text
    assert "guanjia-language" not in visitor.cookies
    assert "My queue" in desk("lin").get("/queue").text


def test_a_language_that_somebody_chose_is_not_changed_by_the_login_page_of_another_machine(
    desk: Open,
) -> None:
    lin, visitor = desk("lin"), desk()
    lin.press("/language", language="zh", back="/queue")
    visitor.post("/language", data={"language": "en", "back": "/login"})
    visitor.sign_in("lin")
    assert 'lang="zh-Hans-CN"' in visitor.get("/queue").text
    assert "guanjia-language" not in visitor.cookies


def test_a_part_of_a_page_says_its_language_so_that_an_open_page_in_another_follows(desk: Open) -> None:
    lin, part = desk("lin"), {"hx-request": "true"}
    assert lin.get("/alerts?panel=1", headers=part).headers["x-language"] == "zh-Hans-CN"
    lin.press("/language", language="en", back="/queue")
    assert lin.get("/alerts?panel=1", headers=part).headers["x-language"] == "en"
    assert "x-language" not in lin.get("/queue").headers


def test_the_appearance_is_kept_for_the_person(desk: Open) -> None:
    lin = desk("lin")
    lin.press("/theme", theme="dark", back="/queue")
    assert 'data-theme="dark"' in lin.get("/queue").text
    assert 'data-theme="dark"' in desk("lin").get("/queue").text


def test_signing_out_ends_the_session_on_the_server(desk: Open) -> None:
    lin = desk("lin")
    kept = dict(lin.cookies)
    assert lin.press("/logout").headers["location"] == "/login"
    lin.cookies.update(kept)
    assert lin.get("/queue").status_code == 303


def test_the_cookie_is_for_this_host_alone(desk: Open) -> None:
    answer = desk().post("/login", data={"username": "lin", "password": PASSWORD})
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-guanjia=")
    for part in ("HttpOnly", "Secure", "SameSite=lax", "Path=/"):
        assert part in cookie


def test_a_form_from_another_site_is_refused(desk: Open, world: World) -> None:
    number = world.open()
    lin = desk("lin")
    data = {"csrf": lin.token}
    answer = lin.post(f"/tickets/{number}/accept", data=data, headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 403
    assert world.ticket(number).accepted_at is None


def test_without_fetch_metadata_the_origin_must_be_ours(app: FastAPI) -> None:
    visitor = Desk(app)
    del visitor.headers["sec-fetch-site"]
    data = {"username": "lin", "password": "wrong"}
    assert visitor.post("/login", data=data).status_code == 403
    assert visitor.post("/login", data=data, headers={"origin": "https://evil.example"}).status_code == 403
    assert visitor.post("/login", data=data, headers={"origin": "https://127.0.0.1"}).status_code == 401


def test_a_form_without_its_token_is_refused(desk: Open, world: World) -> None:
    number = world.open()
    answer = desk("lin").post(f"/tickets/{number}/accept", data={})
    assert answer.status_code == 403
    assert world.ticket(number).accepted_at is None


def test_every_page_that_changes_something_asks_for_the_token() -> None:
    for route in router.routes:
        if isinstance(route, APIRoute) and "POST" in route.methods:
            calls = {dependant.call for dependant in route.dependant.dependencies}
            assert doors.typed in calls, route.path


def test_pages_carry_the_strict_policy(desk: Open) -> None:
    answer = desk("lin").get("/queue")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["cache-control"] == "no-store"


def test_the_demo_clock_does_not_exist_outside_a_demo(desk: Open) -> None:
    lin = desk("lin")
    assert "/demo/clock" not in lin.get("/queue").text
    assert lin.press("/demo/clock", advance_seconds="600").status_code == 404
