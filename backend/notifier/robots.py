"""How the group robots are spoken to: address, signature, body, and what their answers mean. Pure."""

import base64
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final, Literal

from backend.notifier.texts import Text

#: bytes a robot takes in one message (WeCom 2,048; the others more)
MOST_BYTES: Final = 1900


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one send. ``reason`` is a code of ``faults.FAULTS``; ``after``: seconds to wait.

    ``said``: the other side's own words, for who presses the test button; they are kept nowhere.
    """

    kind: Literal["sent", "retry", "dead"]
    reason: str = ""
    after: float | None = None
    said: str = field(default="", compare=False)


SENT: Final = Outcome("sent")


@dataclass(frozen=True, slots=True)
class Call:
    """One HTTPS call: the host it goes to, what follows it, and the JSON body."""

    host: str
    path: str
    query: Mapping[str, str]
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Robot:
    """One kind of robot: how to call it (``now``: Unix seconds) and how to read its answer."""

    call: Callable[[Mapping[str, str], Text, float], Call]
    outcome: Callable[[Mapping[str, Any]], Outcome]


def signed(secret: str, timestamp: str, body: bytes) -> str:
    """Return the signature of the SMS hook and of alarms: hex HMAC-SHA256 over ``timestamp.body``."""
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, sha256).hexdigest()


def _wecom_call(to: Mapping[str, str], text: Text, _now: float) -> Call:
    body = {"msgtype": "text", "text": {"content": _short(text.body)}}
    return Call(to["host"], "/cgi-bin/webhook/send", {"key": to["key"]}, body)


def _wecom_outcome(answer: Mapping[str, Any]) -> Outcome:
    return _coded(answer.get("errcode"), too_fast=(45009, 45033), unknown=(93000, 40014, 93017))


def _dingtalk_call(to: Mapping[str, str], text: Text, now: float) -> Call:
    """The signature's key is the secret, its text the time in milliseconds and the secret."""
    timestamp = str(int(now * 1000))
    mark = hmac.new(to["secret"].encode(), f"{timestamp}\n{to['secret']}".encode(), sha256).digest()
    query = {"access_token": to["token"], "timestamp": timestamp, "sign": base64.b64encode(mark).decode()}
    return Call(to["host"], "/robot/send", query, {"msgtype": "text", "text": {"content": _short(text.body)}})


def _dingtalk_outcome(answer: Mapping[str, Any]) -> Outcome:
    return _coded(answer.get("errcode"), too_fast=(130101, 410100, 660026), unknown=(300001, 300005, 400102),
                  sign=(310000,))  # fmt: skip


def _feishu_call(to: Mapping[str, str], text: Text, now: float) -> Call:
    """Here the time and the secret are the key, and the text is empty."""
    timestamp = str(int(now))
    mark = hmac.new(f"{timestamp}\n{to['secret']}".encode(), b"", sha256).digest()
    body = {"timestamp": timestamp, "sign": base64.b64encode(mark).decode(), "msg_type": "text",
            "content": {"text": _short(text.body)}}  # fmt: skip
    return Call(to["host"], f"/open-apis/bot/v2/hook/{to['hook']}", {}, body)


def _feishu_outcome(answer: Mapping[str, Any]) -> Outcome:
    code = answer.get("code", answer.get("StatusCode"))
    return _coded(code, too_fast=(11232, 9499), unknown=(19001,), sign=(19021, 19022, 19024))


def _coded(
    code: Any, *, too_fast: tuple[int, ...], unknown: tuple[int, ...], sign: tuple[int, ...] = ()
) -> Outcome:
    """0 is sent; what an administrator may mend by tomorrow is tried again, what cannot be meant is not."""
    if code == 0:
        return SENT
    if code in too_fast:
        return Outcome("retry", "too_fast", 60)
    if code in unknown:
        return Outcome("dead", "unknown_robot")
    return Outcome("retry", "signature" if code in sign else "refused")


def words_in(answer: Mapping[str, Any]) -> str:
    """Return what a robot's answer says, with its code: ``sign not match (310000)``; "" for nothing."""
    words = next((str(answer[key]) for key in ("errmsg", "msg", "StatusMessage") if answer.get(key)), "")
    code = answer.get("errcode", answer.get("code", answer.get("StatusCode")))
    return f"{words} ({code})".strip() if code is not None else words


def _short(text: str) -> str:
    cut = text.encode()[:MOST_BYTES].decode(errors="ignore")
    return cut if cut == text else cut + "…"


ROBOTS: Final[Mapping[str, Robot]] = {
    "wecom": Robot(_wecom_call, _wecom_outcome),
    "dingtalk": Robot(_dingtalk_call, _dingtalk_outcome),
    "feishu": Robot(_feishu_call, _feishu_outcome),
}
