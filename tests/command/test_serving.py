"""What can go wrong before the service answers is one line that says what to do."""

import signal
import socket
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from backend import serve
from backend.settings import Settings


def test_all_parts_are_served_unless_some_are_named() -> None:
    assert serve.chosen_parts(None) == ["web", "clock"]
    assert serve.chosen_parts("clock") == ["clock"]
    assert serve.chosen_parts("web, clock") == ["web", "clock"]


def test_a_part_that_does_not_exist_is_refused_by_name() -> None:
    with pytest.raises(serve.CannotServe, match="telegram"):
        serve.chosen_parts("web,telegram")


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
