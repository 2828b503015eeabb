"""What Telegram's refusals mean for a parcel, in the words Telegram and python-telegram-bot use."""

import pytest
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.errors import NoAnswer, NotSent
from bot.faults import Outcome, outcome_of


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (RetryAfter(7), Outcome("retry", "flood", 7.0)),
        (ChatMigrated(-100123), Outcome("retry", "migrated", 0.05, -100123)),
        (InvalidToken(), Outcome("retry", "token", 30.0)),
        (TimedOut(), Outcome("retry", "unconfirmed")),
        (NoAnswer("the connection was cut"), Outcome("retry", "unconfirmed")),
        (NotSent("no connection"), Outcome("retry", "network")),
        (NetworkError("Bad Gateway"), Outcome("retry", "server")),
        (TelegramError("Invalid server response"), Outcome("retry", "server")),
        (Conflict("Conflict: terminated"), Outcome("retry", "server")),
    ],
)
def test_what_passes_is_tried_again(error: TelegramError, outcome: Outcome) -> None:
    assert outcome_of(error) == outcome


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (Forbidden("Forbidden: bot was blocked by the user"), "blocked"),
        (Forbidden("Forbidden: bot can't initiate conversation with a user"), "blocked"),
        (Forbidden("Forbidden: user is deactivated"), "deactivated"),
        (Forbidden("Forbidden: bot was kicked from the supergroup chat"), "gone"),
        (Forbidden("Forbidden: the group chat was deleted"), "gone"),
        (Forbidden("Forbidden: bot is not a member of the channel chat"), "gone"),
        (BadRequest("Bad Request: chat not found"), "gone"),
        (BadRequest("Bad Request: PEER_ID_INVALID"), "gone"),
        (BadRequest("Bad Request: not enough rights to send text messages to the chat"), "blocked"),
    ],
)
def test_a_chat_that_is_lost_is_told_with_its_reason(error: TelegramError, reason: str) -> None:
    assert outcome_of(error) == Outcome("dead", reason)


def test_another_refusal_concerns_this_message_only_and_says_why() -> None:
    assert outcome_of(BadRequest("Bad Request: BUTTON_DATA_INVALID")) == Outcome(
        "dead", "refused: Button_data_invalid"
    )


def test_a_message_too_large_for_the_server_is_not_tried_for_ever() -> None:
    assert outcome_of(NetworkError("Request Entity Too Large")).outcome == "dead"


def test_an_html_page_of_a_gateway_is_the_servers_fault() -> None:
    error = NetworkError("Bad Gateway (502). Parsing the server response b'<html>' failed")
    error.__cause__ = TelegramError("Invalid server response")
    assert outcome_of(error) == Outcome("retry", "server")


def test_a_failure_the_transport_does_not_name_may_have_been_carried_out() -> None:
    error = NetworkError("Unknown error in HTTP implementation")
    error.__cause__ = RuntimeError("boom")
    assert outcome_of(error) == Outcome("retry", "unconfirmed")


def test_a_reason_is_short_and_holds_no_token() -> None:
    reason = outcome_of(BadRequest("no such bot 1000001:TEST-abcdefghijklmnop " + "x " * 400)).reason
    assert reason is not None
    assert len(reason) <= 300
    assert "TEST-" not in reason


def test_an_ack_says_what_is_known_and_nothing_else() -> None:
    assert Outcome("sent").ack(3, (5, 6)) == {"id": 3, "outcome": "sent", "remote_ids": ["5", "6"]}
    assert Outcome("retry", "migrated", 0.05, -9).ack("a") == {
        "id": "a", "outcome": "retry", "reason": "migrated", "retry_after": 0.05, "new_chat": "-9",
    }  # fmt: skip
