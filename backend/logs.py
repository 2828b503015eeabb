"""Logs as JSON lines in UTC, without anything that belongs to a person or opens a door.

No tokens, passwords, phones, invitation codes or message texts: fields with such names are blanked, such
values are blanked inside sentences, and a failure is logged by kind, place and an id that people can quote.
"""

import logging
import re
import secrets
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any, Final

import structlog
from structlog.typing import EventDict, Processor

BLANK: Final = "…"
_SECRET_NAMES: Final = re.compile(
    r"(?i)token|secret|passw|authorization|cookie|csrf|phone|^(text|body|words|code|invitation|name|address)$"
)
_SECRET_VALUES: Final = re.compile(
    r"\b\d{6,}:[\w-]{30,}"  # a Telegram bot token
    r"|(?i:bearer)\s+[\w.~+/=-]+"
    r"|\b[0-9a-fA-F]{32,}\b|\b[\w-]{40,}\b"
    r"|\+?\d[\d \-]{6,}\d"  # a phone or identity number
)
_QUOTED: Final = re.compile(r"'[^']*'|\"[^\"]*\"|“[^”]*”")
_FRAMES: Final = 12


def configure(level: str) -> None:
    """Send our own and the libraries' logs to stderr as JSON lines, from ``level`` upward."""
    shared: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        structlog.stdlib.PositionalArgumentsFormatter(),
        _failure_without_words,
        _blank_secrets,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
            ],
        )
    )
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for noisy in ("apscheduler", "alembic", "multipart", "asyncio", "httpx", "uvicorn"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    # That a lane is still at work when its next second comes is no fault; it is run as soon as it is free.
    logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)


def get(name: str) -> structlog.stdlib.BoundLogger:
    """Return the logger of a room, ``get("conversations.worker")``."""
    logger: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return logger


def failure(where: str, error: BaseException, **facts: object) -> str:
    """Log an unexpected error and return its id (eight hex digits), which may be shown to people."""
    error_id = secrets.token_hex(4)
    get(where).error("failed", error_id=error_id, exc_info=error, **facts)
    return error_id


def clean(sentence: str) -> str:
    """Return ``sentence`` with phones, tokens and long secrets blanked."""
    return _SECRET_VALUES.sub(BLANK, sentence)


def _failure_without_words(_logger: Any, _method: str, event: EventDict) -> EventDict:
    error = event.pop("exc_info", None)
    if error is True or isinstance(error, tuple):
        error = sys.exc_info()[1] if error is True else error[1]
    if not isinstance(error, BaseException):
        return event
    event["error"] = type(error).__qualname__
    event["because"] = _reason(error)
    event["stack"] = [
        f"{frame.filename}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    ]
    return event


def _reason(error: BaseException) -> str:
    """One line of the message; quoted parts may be a person's words, statement values certainly are."""
    said = str(error.orig) if _is_of_database(error) else str(error)  # type: ignore[attr-defined]
    line = said.strip().splitlines()[0] if said.strip() else ""
    return clean(_QUOTED.sub(BLANK, line))[:200]


def _is_of_database(error: BaseException) -> bool:
    """Without importing SQLAlchemy, which the telegram process does not need."""
    module = sys.modules.get("sqlalchemy.exc")
    return module is not None and isinstance(error, module.DBAPIError)


def _blank_secrets(_logger: Any, _method: str, event: EventDict) -> EventDict:
    _blank(event)
    return event


def _blank(values: MutableMapping[str, Any]) -> None:
    for key, value in values.items():
        if key in ("at", "error_id", "stack") or key.startswith("_"):
            continue
        if _SECRET_NAMES.search(key):
            values[key] = BLANK
        elif isinstance(value, str):
            values[key] = clean(value)
        elif isinstance(value, dict):
            values[key] = _cleaned(value)


def _cleaned(value: dict[str, Any]) -> dict[str, Any]:
    copy = dict(value)
    _blank(copy)
    return copy
