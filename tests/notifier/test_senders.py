"""Every channel speaks with a real server on this machine; nothing leaves it."""

import asyncio
import base64
import hmac
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_string, policy
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote, unquote_plus

import pytest

from backend.notifier.robots import SENT, Outcome
from backend.notifier.senders import Outside, Parcel, senders
from backend.notifier.texts import Text
from tests.notifier.outside import Post, Web, post, tls_pair, web

AT = datetime(2026, 3, 11, 2, 0, tzinfo=UTC)
TEXT = Text("【翠园】工单 #1001", "【翠园】工单 #1001\nhttp://here/tickets/1001")
TO = {
    "wecom": {"host": "qyapi.weixin.qq.com", "key": "a-key-of-wecom"},
    "dingtalk": {"host": "oapi.dingtalk.com", "token": "a-token-of-ding", "secret": "SECabcdefgh"},
    "feishu": {"host": "open.feishu.cn", "hook": "a-hook-of-feishu", "secret": "sssssssss"},
    "sms": {"phone": "+8613800138000"},
    "email": {"to": "lan@estate.example"},
}


@pytest.fixture
def there() -> Iterator[Web]:
    with web() as found:
        yield found


def send(
    channel: str, there: Web | None = None, tls: ssl.SSLContext | None = None, at: datetime = AT,
    **through: str,
) -> Outcome:  # fmt: skip
    bases = {to["host"]: there.url for to in TO.values() if "host" in to} if there else {}
    outside = Outside(bases, tls or ssl.create_default_context())
    parcel = Parcel(channel, "delivery-7", TO[channel], through, TEXT, "zh", at)
    return asyncio.run(senders(outside)[channel].send(parcel))


def test_a_wecom_robot_is_sent_plain_text_at_its_key(there: Web) -> None:
    assert send("wecom", there) == SENT
    (asked,) = there.asked
    assert (asked.path, asked.query) == ("/cgi-bin/webhook/send", {"key": "a-key-of-wecom"})
    assert asked.body == {"msgtype": "text", "text": {"content": TEXT.body}}


def test_a_dingtalk_robot_is_sent_a_signed_text(there: Web) -> None:
    assert send("dingtalk", there) == SENT
    (asked,) = there.asked
    stamp = str(int(AT.timestamp() * 1000))
    mark = hmac.new(b"SECabcdefgh", f"{stamp}\nSECabcdefgh".encode(), sha256).digest()
    assert asked.path == "/robot/send"
    assert asked.query == {
        "access_token": "a-token-of-ding", "timestamp": stamp, "sign": base64.b64encode(mark).decode(),
    }  # fmt: skip


def test_a_feishu_robot_is_sent_a_text_signed_in_its_own_way(there: Web) -> None:
    assert send("feishu", there) == SENT
    (asked,) = there.asked
    stamp = str(int(AT.timestamp()))
    mark = hmac.new(f"{stamp}\nsssssssss".encode(), b"", sha256).digest()
    assert asked.path == "/open-apis/bot/v2/hook/a-hook-of-feishu"
    assert asked.body == {
        "timestamp": stamp, "sign": base64.b64encode(mark).decode(), "msg_type": "text",
        "content": {"text": TEXT.body},
    }  # fmt: skip


def is_signed_for_dingtalk(target: str) -> bool:
    """As the other side checks: the raw query, decoded once, against what its own documentation reckons."""
    query = dict(pair.split("=", 1) for pair in target.partition("?")[2].split("&"))
    stamp, secret = unquote_plus(query["timestamp"]), TO["dingtalk"]["secret"]
    digest = hmac.digest(secret.encode("utf-8"), f"{stamp}\n{secret}".encode(), "sha256")
    return base64.b64encode(digest).decode() == unquote_plus(query["sign"]) and len(stamp) == 13


def is_signed_for_feishu(body: dict[str, str]) -> bool:
    """Time and secret are the key here, nothing is the text; the time is in seconds, as a text."""
    key = f"{body['timestamp']}\n{TO['feishu']['secret']}".encode()
    return base64.b64encode(hmac.digest(key, b"", "sha256")).decode() == body["sign"]


def test_a_signature_arrives_whole_whatever_signs_are_in_it(there: Web) -> None:
    """Base64 has ``+``, ``/`` and ``=``: a plus that is not written out would arrive as a blank."""
    seen = ""
    for second in range(12):
        at = AT + timedelta(seconds=second)
        assert send("dingtalk", there, at=at) == send("feishu", there, at=at) == SENT
        ding, fei = there.asked[-2:]
        assert is_signed_for_dingtalk(ding.target), ding.target
        assert is_signed_for_feishu(fei.body)
        seen += ding.query["sign"]
    assert {"+", "/", "="} <= set(seen)


@pytest.mark.parametrize(
    ("channel", "answer", "said"),
    [
        ("dingtalk", {"errcode": 310000, "errmsg": "sign not match"}, "sign not match (310000)"),
        ("feishu", {"code": 19021, "msg": "sign match fail", "data": {}}, "sign match fail (19021)"),
        ("feishu", {"code": 19001, "msg": "no a-hook-of-feishu here"}, "no … here (19001)"),
        ("wecom", {"errcode": 1, "errmsg": "x" * 500}, "x" * 160 + "…"),
        ("wecom", {"errcode": 0, "errmsg": "ok"}, ""),
        ("wecom", b"<html>", "<html>"),
    ],
)
def test_what_the_robot_said_comes_back_in_one_line_without_its_address(
    there: Web, channel: str, answer: object, said: str
) -> None:
    there.answer(200, answer)
    assert send(channel, there).said == said


def test_what_a_gateway_and_a_mail_server_said_comes_back_too(there: Web) -> None:
    there.answer(403, {"error": "no credit left"})
    said = send("sms", there, url=f"{there.url}/sms", secret="a secret of sixteen").said
    assert said == 'HTTP 403 {"error": "no credit left"}'
    there.answer(502, b"<html><title>Bad gateway</title>")
    assert send("wecom", there).said == "HTTP 502"
    with post(None) as server:
        server.says["RCPT"] = "550 nobody of that name"
        assert send("email", **through(server, "none")).said == "550 nobody of that name"


@pytest.mark.parametrize(
    ("channel", "answer", "outcome"),
    [
        ("wecom", {"errcode": 93000}, Outcome("dead", "unknown_robot")),
        ("wecom", {"errcode": 45009}, Outcome("retry", "too_fast", 60)),
        ("wecom", {"errcode": 1}, Outcome("retry", "refused")),
        ("dingtalk", {"errcode": 310000}, Outcome("retry", "signature")),
        ("dingtalk", {"errcode": 300001}, Outcome("dead", "unknown_robot")),
        ("feishu", {"code": 19021}, Outcome("retry", "signature")),
        ("feishu", {"code": 19001}, Outcome("dead", "unknown_robot")),
        ("feishu", {"StatusCode": 0}, SENT),
        ("feishu", {}, Outcome("retry", "refused")),
        ("feishu", [], Outcome("retry", "answer")),
        ("wecom", b"<html>", Outcome("retry", "answer")),
    ],
)
def test_a_robot_says_no_in_its_answer(there: Web, channel: str, answer: object, outcome: Outcome) -> None:
    there.answer(200, answer)
    assert send(channel, there) == outcome


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (500, Outcome("retry", "server")),
        (404, Outcome("dead", "refused")),
        (429, Outcome("retry", "too_fast", 30)),
    ],
)
def test_a_status_says_whether_another_try_is_worth_it(there: Web, status: int, outcome: Outcome) -> None:
    there.answer(status, {}, Retry_After="30")
    assert send("wecom", there) == outcome


def test_no_redirect_is_followed(there: Web) -> None:
    there.answer(302, {}, Location=f"{there.url}/elsewhere")
    assert send("wecom", there) == Outcome("dead", "redirect")
    assert len(there.asked) == 1


def test_nobody_there_is_worth_another_try() -> None:
    with web() as gone:
        pass
    assert send("wecom", gone) == Outcome("retry", "unreachable")


def test_the_sms_hook_gets_a_signed_body_that_tells_repeats_apart(there: Web) -> None:
    assert send("sms", there, url=f"{there.url}/sms", secret="a secret of sixteen") == SENT
    (asked,) = there.asked
    assert asked.body == {"id": "delivery-7", "phone": "+8613800138000", "text": TEXT.title, "language": "zh"}
    stamp = asked.headers["X-Guanjia-Timestamp"]
    mark = hmac.new(b"a secret of sixteen", stamp.encode() + b"." + asked.data, sha256).hexdigest()
    assert asked.headers["X-Guanjia-Signature"] == f"sha256={mark}"


@pytest.mark.parametrize(("channel", "reason"), [("sms", "no_gateway"), ("email", "no_mail_server")])
def test_without_a_gateway_it_waits_for_one(channel: str, reason: str) -> None:
    assert send(channel) == Outcome("retry", reason)


SIGNED_IN = {"user": "robot", "password": "open sesame", "sender": "butler@estate.example"}


def through(server: Post, security: str) -> dict[str, str]:
    mine = SIGNED_IN if security != "none" else SIGNED_IN | {"password": "", "user": ""}
    return {"host": "127.0.0.1", "port": str(server.port), "security": security, **mine}


def test_a_mail_goes_out_over_starttls_signed_in(tmp_path: Path) -> None:
    theirs, ours = tls_pair(tmp_path)
    with post(theirs) as server:
        assert send("email", tls=ours, **through(server, "starttls")) == SENT
    said = " ".join(server.commands)
    assert said.index("STARTTLS") < said.index("AUTH") < said.index("mail FROM:<butler@estate.example>")
    letter = message_from_string(server.letters[0], policy=policy.default)
    assert letter["Subject"] == TEXT.title
    assert letter["To"] == "lan@estate.example"
    assert letter["Message-ID"] == "<delivery-7@estate.example>"
    assert letter.get_content().strip().splitlines() == TEXT.body.splitlines()


def test_a_mail_goes_out_over_tls_from_the_start(tmp_path: Path) -> None:
    theirs, ours = tls_pair(tmp_path)
    with post(theirs, from_the_start=True) as server:
        assert send("email", tls=ours, **through(server, "ssl")) == SENT
    assert len(server.letters) == 1


def test_a_relay_in_the_house_may_do_without_encryption() -> None:
    with post(None) as server:
        assert send("email", **through(server, "none")) == SENT


def test_a_mail_server_nobody_vouches_for_is_not_trusted_with_a_password(tmp_path: Path) -> None:
    theirs, _ours = tls_pair(tmp_path)
    with post(theirs) as server:
        assert send("email", **through(server, "starttls")) == Outcome("retry", "tls")
    assert "AUTH" not in server.commands


def test_a_mail_server_without_starttls_gets_no_password() -> None:
    with post(None) as server:
        assert send("email", **through(server, "starttls")) == Outcome("retry", "tls")
    assert "AUTH" not in server.commands


@pytest.mark.parametrize(
    ("verb", "answer", "outcome"),
    [
        ("RCPT", "550 nobody of that name", Outcome("dead", "recipient")),
        ("RCPT", "450 come again", Outcome("retry", "recipient")),
        ("MAIL", "550 not you", Outcome("retry", "sender")),
        ("DATA", "451 not now", Outcome("retry", "refused")),
    ],
)
def test_what_a_mail_server_refuses_is_told_apart(verb: str, answer: str, outcome: Outcome) -> None:
    with post(None) as server:
        server.says[verb] = answer
        assert send("email", **through(server, "none")) == outcome


def test_a_wrong_password_is_named(tmp_path: Path) -> None:
    theirs, ours = tls_pair(tmp_path)
    with post(theirs) as server:
        server.says["AUTH"] = "535 no"
        assert send("email", tls=ours, **through(server, "starttls")) == Outcome("retry", "login")


def test_a_goodbye_that_fails_does_not_send_the_mail_again() -> None:
    with post(None) as server:
        server.hangs_up_after_data = True
        assert send("email", **through(server, "none")) == SENT


def test_a_secret_stands_in_no_log_line(there: Web, capfd: pytest.CaptureFixture[str]) -> None:
    there.answer(500, {})
    send("wecom", there)
    send("dingtalk", there)
    out = capfd.readouterr()
    for secret in ("a-key-of-wecom", "a-token-of-ding", quote("SECabcdefgh")):
        assert secret not in out.out + out.err
