"""What can go wrong before the service answers is one line that says what to do."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from backend import serve
from backend.settings import Settings
from tests.fake_telegram import FakeTelegram
from tests.server import DIRECT, ROOT, ServerProcess, free_port

#: runs the telegram part alone, ends it by a signal when it has met Telegram, says what it had loaded
PROBE = """
import sys; sys.path.insert(0, sys.argv[1])
import json, os, pathlib, resource, signal, threading, time
import run_bot
spent = []
def end():
    from bot.heartbeat import Health
    met = threading.Event()
    told, Health.known = Health.known, lambda self, name: (told(self, name), met.set())
    met.wait(50)
    spent.append(time.process_time())
    time.sleep(0.7)
    os.kill(os.getpid(), signal.SIGTERM)
ending = threading.Thread(target=end, daemon=True)
ending.start()
code = run_bot.main(["serve", "--only", "telegram"])
big = ("numpy", "sqlalchemy", "fastapi", "rapidfuzz", "psycopg", "PIL", "jinja2")
status = pathlib.Path("/proc/self/status")
if status.exists():  # what rusage says includes the process that this one was forked from
    rss = int(status.read_text().split("VmHWM:")[1].split()[0]) // 1024
else:
    rss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 2**20
loaded = [name for name in big if name in sys.modules]
print(json.dumps({"loaded": loaded, "megabytes": rss, "cpu": spent[0]}))
sys.exit(code)
"""


def test_all_parts_are_served_unless_some_are_named() -> None:
    assert serve.chosen_parts(None) == ["web", "telegram", "clock"]
    assert serve.chosen_parts("clock") == ["clock"]
    assert serve.chosen_parts("web, telegram") == ["web", "telegram"]


def test_without_a_token_telegram_is_left_out_and_cannot_be_named() -> None:
    assert serve.chosen_parts(None, has_telegram=False) == ["web", "clock"]
    with pytest.raises(serve.CannotServe, match="GUANJIA_TELEGRAM_TOKEN"):
        serve.chosen_parts("web,telegram", has_telegram=False)


def test_a_part_that_does_not_exist_is_refused_by_name() -> None:
    for only in ("web,telegraph", "", ","):
        with pytest.raises(serve.CannotServe, match="web, telegram, clock"):
            serve.chosen_parts(only)


@pytest.mark.parametrize("token", ["", "secret", "12345", "abc:def", "12345:", "12345:a b"])
def test_what_is_no_token_is_refused_without_showing_it(settings: Settings, token: str) -> None:
    with pytest.raises(serve.CannotServe, match="GUANJIA_TELEGRAM_TOKEN") as refused:
        serve.check_telegram(replace(settings, telegram_token=token))
    assert not token or token not in str(refused.value).replace("123456789", "")


def test_telegram_delivers_to_https_or_on_this_machine_only(settings: Settings) -> None:
    hooked = replace(settings, telegram_token="12345:abc", telegram_mode="webhook")
    serve.check_telegram(replace(hooked, public_url="https://butler.example"))
    serve.check_telegram(replace(hooked, public_url="http://127.0.0.1:8000"))
    with pytest.raises(serve.CannotServe, match="GUANJIA_PUBLIC_URL"):
        serve.check_telegram(replace(hooked, public_url="http://butler.example"))
    serve.check_telegram(replace(hooked, public_url="http://butler.example", telegram_mode="polling"))


def test_a_telegram_part_that_listens_itself_is_not_its_own_backend(settings: Settings) -> None:
    alone = replace(settings, telegram_mode="webhook", port=8001, backend_url="http://127.0.0.1:8001")
    with pytest.raises(serve.CannotServe, match="GUANJIA_BACKEND_URL"):
        serve.check_backend(alone, ["telegram"])
    with pytest.raises(serve.CannotServe, match="GUANJIA_BACKEND_URL"):
        serve.check_backend(alone, ["telegram", "clock"])
    serve.check_backend(alone, ["web", "telegram"])
    serve.check_backend(replace(alone, telegram_mode="polling"), ["telegram"])
    serve.check_backend(replace(alone, backend_url="http://127.0.0.1:8000"), ["telegram"])
    serve.check_backend(replace(alone, backend_url="http://web.example:8001"), ["telegram"])


def test_the_bot_of_a_serving_process_is_that_of_its_settings(settings: Settings) -> None:
    with_bot = replace(settings, telegram_token="100:abc")
    assert serve.account_of(with_bot, None) == serve.account_of(with_bot, "web") == "100"
    assert serve.account_of(settings, None) == "", "left out: a removed token is no fault"
    assert serve.account_of(settings, "web,clock") is None, "another process may have it"


def test_the_webhooks_secret_is_what_telegram_allows_or_derived(settings: Settings) -> None:
    token = replace(settings, telegram_token="12345:abc")
    with pytest.raises(serve.CannotServe, match="GUANJIA_TELEGRAM_WEBHOOK_SECRET"):
        serve.check_telegram(replace(token, telegram_webhook_secret="with a space"))
    chosen = replace(token, telegram_webhook_secret="chosen-by_me")
    serve.check_telegram(chosen)
    assert serve.webhook_secret(chosen) == "chosen-by_me"
    derived = serve.webhook_secret(token)
    assert len(derived) == 64
    assert derived not in (token.service_token, token.secret_key)


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000"),
        ("0.0.0.0", "http://127.0.0.1:8000"),
        ("192.0.2.7", "http://192.0.2.7:8000"),
        ("::1", "http://[::1]:8000"),
    ],
)
def test_a_process_reaches_its_own_web_part_where_it_listens(
    settings: Settings, host: str, expected: str
) -> None:
    assert serve.own_address(replace(settings, host=host, port=8000)) == expected


class _Telegram:
    """A telegram part that says what is done to it."""

    def __init__(self, webhook: object = None) -> None:
        self.webhook = webhook
        self.said: list[str] = []

    def start(self) -> None:
        self.said.append("start")

    def stop(self) -> None:
        self.said.append("stop")


def test_beside_the_web_part_telegram_starts_last_and_ends_first(settings: Settings) -> None:
    """In a thread of its own: a server in the main one would take the signals of the tests."""
    said: list[str] = []
    telegram = _Telegram()
    telegram.said = said
    hooks = serve.Hooks(lambda: said.append("answers"), end_streams=lambda: said.append("streams"))
    joined = serve.joined(hooks, telegram, app=None)
    joined.announce()
    joined.begin()
    joined.end_first()
    joined.end_streams()
    assert said == ["answers", "start", "stop", "streams"]
    assert joined.end_last is None
    assert serve.joined(hooks, None, app=None) is hooks


def test_a_webhook_is_mounted_in_the_web_part_and_closed_at_the_end() -> None:
    mounted: dict[str, object] = {}

    class App:
        def mount(self, path: str, app: object) -> None:
            mounted[path] = app

    class Webhook:
        async def close(self) -> None:
            mounted.clear()

    webhook = Webhook()
    joined = serve.joined(serve.Hooks(), _Telegram(webhook), App())
    assert mounted == {"/telegram": webhook}
    assert joined.end_last is not None
    asyncio.run(joined.end_last())
    assert mounted == {}


@pytest.mark.parametrize("mode", ["polling", "webhook"])
def test_the_telegram_process_is_small_and_loads_neither_database_nor_understanding(
    tmp_path: Path, mode: str
) -> None:
    """At most 120 MB, and none of the big libraries: measured inside, when it has met Telegram."""
    with FakeTelegram() as fake:
        environment = {k: v for k, v in os.environ.items() if not k.startswith("GUANJIA_")} | {
            **_settings(fake, mode),
            "GUANJIA_PORT": str(free_port()),
            "GUANJIA_BACKEND_URL": f"http://127.0.0.1:{free_port()}",
        }
        run = subprocess.run(
            [sys.executable, "-c", PROBE, str(ROOT)],
            env=environment,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        methods = {call.method for call in fake.calls}
    assert run.returncode == 0, run.stderr
    assert f"Telegram: {mode} as @guanjia_test_bot" in run.stdout
    found = json.loads(run.stdout.splitlines()[-1])
    assert found["loaded"] == []
    assert found["megabytes"] <= 120
    assert found["cpu"] < 2, "seconds of work from the start to the first word of Telegram"
    assert ("setWebhook" in methods) == (mode == "webhook")
    assert fake.token not in run.stdout + run.stderr


@pytest.mark.parametrize("mode", ["polling", "webhook"])
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_one_process_serves_the_web_and_telegram_and_ends_in_order(
    database_url: str, tmp_path: Path, mode: str
) -> None:
    with FakeTelegram() as fake:
        server = ServerProcess(tmp_path, database_url, extra=_settings(fake, mode))
        server.start()
        try:
            tom = fake.person("Tom", language="en-GB")
            tom.start("DEMO-TENANT")
            welcome = tom.wait(lambda chat: [shown for shown in chat if shown.by == "bot" and shown.buttons])
            label = welcome[-1].labels[0]
            assert tom.tap(label) == ""
            if mode == "webhook":
                assert forged(server.url + urlsplit(fake.webhook.url).path) == 403
        finally:
            begun = time.monotonic()
            status = server.stop()
    assert status == 0
    assert time.monotonic() - begun < 20
    assert f"Telegram: {mode} as @guanjia_test_bot" in server.log()
    assert fake.token not in server.log()
    assert fake.unknown_methods == []


def _settings(fake: FakeTelegram, mode: str) -> dict[str, str]:
    return {
        "GUANJIA_TELEGRAM_TOKEN": fake.token,
        "GUANJIA_TELEGRAM_API_URL": fake.url,
        "GUANJIA_TELEGRAM_MODE": mode,
    }


def forged(url: str) -> int:
    """The status that a delivery with a wrong secret gets."""
    request = urllib.request.Request(url, b"{}", {"X-Telegram-Bot-Api-Secret-Token": "wrong"})
    try:
        with DIRECT.open(request, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def test_a_taken_port_is_named_with_the_setting_that_changes_it(settings: Settings) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(serve.CannotServe, match=f"127.0.0.1:{port}.*GUANJIA_PORT"):
            serve.bind(replace(settings, port=port))


def test_a_foreign_address_is_refused(settings: Settings) -> None:
    with pytest.raises(serve.CannotServe, match="GUANJIA_HOST"):
        serve.bind(replace(settings, host="192.0.2.1"))


def test_waiting_ends_with_a_signal() -> None:
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    sender = threading.Timer(0.2, signal.raise_signal, [signal.SIGTERM])
    sender.start()
    try:
        serve.wait_for_signal()
    finally:
        sender.join()
        for number, handler in before.items():
            signal.signal(number, handler)


def test_the_scheduler_ends_with_the_service() -> None:
    said: list[str] = []

    class Fake:
        def start(self) -> None:
            said.append("start")

        def shutdown(self, wait: bool = True) -> None:
            said.append(f"shutdown {wait}")

    def serve_and_fail() -> None:
        with serve.ticking(Fake()):
            raise OSError("the web part died")

    with pytest.raises(OSError, match="died"):
        serve_and_fail()
    assert said == ["start", "shutdown True"]


def test_nothing_ticks_where_the_clock_is_not_served(tmp_path: Path) -> None:
    with serve.ticking(None):
        assert tmp_path.exists()
