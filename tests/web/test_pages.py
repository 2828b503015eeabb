"""Page helpers: language, local paths, strings for scripts, countdown words, headers."""

from dataclasses import replace
from datetime import timedelta

import pytest
from jinja2 import UndefinedError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from backend.settings import Settings
from backend.web import sessions
from backend.web.client_strings import client_strings
from backend.web.countdown import count
from backend.web.middleware import SafeHeaders, SameOrigin
from backend.web.rendering import environment, language_of, safe_path


def asked(**headers: str) -> Request:
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "headers": raw})


@pytest.mark.parametrize(
    ("headers", "language"),
    [
        ({"accept_language": "en-GB,en;q=0.9"}, "en"),
        ({"accept_language": "zh-TW;q=0.8"}, "zh"),
        ({}, "zh"),
        ({"accept_language": "en", "cookie": "guanjia-language=zh"}, "zh"),
        ({"accept_language": "en", "cookie": "guanjia-language=<x>"}, "en"),
    ],
)
def test_the_language_is_chosen_then_preferred(headers: dict[str, str], language: str) -> None:
    assert language_of(asked(**headers)) == language


@pytest.mark.parametrize("path", ["", "x", "//evil", "/\\evil", "https://evil", "/a\nb"])
def test_only_paths_of_ours_are_followed(path: str) -> None:
    assert safe_path(path) == "/queue"
    assert safe_path("/tickets/1001?do=assign") == "/tickets/1001?do=assign"


@pytest.mark.parametrize(
    ("span", "zh", "en"),
    [
        (timedelta(days=2, hours=3, minutes=59), "剩2天3小时", "2d 3h left"),
        (timedelta(days=1, minutes=59), "剩1天", "1d left"),
        (-timedelta(days=2), "2天", "2d"),
        (timedelta(hours=1, minutes=5), "剩1小时05分", "1h 05m left"),
        (timedelta(minutes=9, seconds=59), "剩9分钟", "9m left"),
        (timedelta(seconds=42.9), "剩42秒", "42s left"),
        (-timedelta(hours=1, minutes=35), "1小时35分", "1h 35m"),
        (-timedelta(seconds=5), "5秒", "5s"),
    ],
)
def test_what_is_left_in_words_rounded_down(span: timedelta, zh: str, en: str) -> None:
    assert (count("zh", span), count("en", span)) == (zh, en)


def test_scripts_get_their_sentences_with_open_holes_in_both_languages() -> None:
    zh, en = client_strings("zh", "list"), client_strings("en", "list")
    assert zh.keys() == en.keys() > client_strings("zh").keys()
    assert en["new_rows"] == "{n} new: show"
    assert "{n}" in str(zh["new_rows"])


def test_a_value_in_a_sentence_is_escaped() -> None:
    template = environment().from_string('{{ _("Showing only: {what}", what=x) }}')
    assert template.render(language="en", x="<b>") == "Showing only: &lt;b&gt;"


def test_an_unknown_name_in_a_template_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        environment().from_string("{{ nobody }}").render(language="en")


def test_the_form_token_belongs_to_one_session(settings: Settings) -> None:
    token = sessions.csrf_token(settings, "one")
    assert sessions.is_csrf_token(settings, "one", token)
    assert not sessions.is_csrf_token(settings, "two", token)
    assert not sessions.is_csrf_token(settings, "one", "")
    assert sessions.is_csrf_token(settings, "", "")


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("http://127.0.0.1:8000", "__Host-guanjia"),
        ("https://guanjia.example", "__Host-guanjia"),
        ("http://192.168.1.5:8000", "guanjia"),
    ],
)
def test_the_cookie_is_named_by_the_address(url: str, name: str, settings: Settings) -> None:
    assert sessions.cookie_name(replace(settings, public_url=url)) == name


def client() -> TestClient:
    async def answer(request: Request) -> PlainTextResponse:
        return PlainTextResponse("ok")

    routes = [Route(path, answer, methods=["GET", "POST"]) for path in ("/queue", "/chat", "/api/x")]
    app = Starlette(routes=routes)
    app.add_middleware(SameOrigin)
    app.add_middleware(SafeHeaders, frame_ancestors="https://estate.example")
    return TestClient(app)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec-fetch-site": "same-origin"}, 200),
        ({"sec-fetch-site": "none"}, 200),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"sec-fetch-site": "cross-site", "origin": "http://testserver"}, 403),
        ({"origin": "http://testserver"}, 200),
        ({"origin": "null"}, 403),
        ({}, 403),
    ],
)
def test_who_may_post_to_a_page(headers: dict[str, str], status: int) -> None:
    assert client().post("/queue", headers=headers).status_code == status
    assert client().post("/api/x", headers=headers).status_code == 200
    assert client().get("/queue", headers=headers).status_code == 200


def test_only_the_chat_may_be_framed() -> None:
    policies = {path: client().get(path).headers["content-security-policy"] for path in ("/queue", "/chat")}
    assert policies["/queue"].endswith("frame-ancestors 'none'")
    assert policies["/chat"].endswith("frame-ancestors https://estate.example")
