"""Logs are JSON lines in UTC that hold no token, phone, code or message text."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from backend import logs
from backend.db import Database


@pytest.fixture(autouse=True)
def _own_logging() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level, before = root.handlers[:], root.level, structlog.get_config()
    logs.configure("INFO")
    yield
    root.handlers[:], root.level = handlers, level
    structlog.configure(**before)


def _lines(capture: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capture.readouterr().err.splitlines()]


def test_a_line_is_json_with_an_instant_in_utc(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("INFO")
    logs.get("tickets").info("opened", ticket=1042)
    (line,) = _lines(capsys)
    assert line["event"] == "opened"
    assert line["ticket"] == 1042
    assert line["logger"] == "tickets"
    assert str(line["at"]).endswith("Z")


def test_fields_that_belong_to_a_person_are_blank(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("INFO")
    logs.get("x").info("stored", text="厨房漏水了", phone="13800138000", values={"invitation": "ABCD"})
    said = capsys.readouterr().err
    for secret in ("厨房", "138001", "ABCD"):
        assert secret not in said


@pytest.mark.parametrize(
    "secret",
    [
        "13800138000",
        "+86 138-0013-8000",
        "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw1",
        "Bearer abc.def",
        "0" * 64,
    ],
)
def test_secrets_inside_a_sentence_are_blank(secret: str, capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("INFO")
    logging.getLogger("library").warning("called with %s at once", secret)
    said = capsys.readouterr().err
    assert secret not in said
    assert "at once" in said


def test_a_failure_has_an_id_and_a_place_but_not_the_words(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("INFO")
    try:
        {}["我家漏水了"]
    except KeyError as error:
        error_id = logs.failure("turn", error, conversation=7)
    (line,) = _lines(capsys)
    assert line["error_id"] == error_id
    assert line["error"] == "KeyError"
    assert "test_logs" in str(line["stack"])
    assert "漏水" not in json.dumps(line, ensure_ascii=False)


def test_a_database_error_does_not_show_the_values(db: Database, capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("INFO")
    with db.read() as session, pytest.raises(SQLAlchemyError) as caught:
        session.execute(text("SELECT * FROM nowhere WHERE words = :words"), {"words": "kitchen leak"})
    logs.failure("turn", caught.value)
    said = capsys.readouterr().err
    assert "kitchen" not in said
    assert "does not exist" in said or "no such table" in said
