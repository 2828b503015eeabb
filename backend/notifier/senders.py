"""Sending one message to one staff address, whatever the channel.

Nothing here knows the database. No error and no log line carries an address: robots' addresses are secrets.
Redirects are not followed, answers are read up to 64 KB, and every step has its time limit.
"""

import asyncio
import contextlib
import json
import smtplib
import ssl
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any, Final, Protocol

import aiohttp

from backend.notifier.robots import ROBOTS, SENT, Outcome, Robot, signed, words_in
from backend.notifier.texts import Text

#: seconds: a whole HTTP call; one step of a conversation with a mail server, which has about eight
HTTP_SECONDS: Final = 15
MAIL_SECONDS: Final = 6
MOST_READ: Final = 65_536
#: characters of the other side's words that are shown
MOST_SAID: Final = 160
#: whatever is this long and stands in an address is a secret or a person's, and is not repeated
LEAST_HIDDEN: Final = 6
HEADERS: Final = {"User-Agent": "guanjia-notifier"}


@dataclass(frozen=True, slots=True)
class Parcel:
    """One message on its way. ``to``: the unsealed address; ``through``: the mail server or SMS gateway.

    ``id`` is the same at every try, so that a receiver can tell a repeat; ``at``: real time.
    """

    channel: str
    id: str
    to: Mapping[str, str]
    through: Mapping[str, str]
    text: Text
    language: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Outside:
    """The world beyond: ``bases`` puts another base in place of a host (tests), ``tls``: who is trusted."""

    bases: Mapping[str, str] = field(default_factory=dict)
    tls: ssl.SSLContext = field(default_factory=ssl.create_default_context)

    def base(self, host: str) -> str:
        return self.bases.get(host, f"https://{host}")


class Sender(Protocol):
    """One way to reach staff. Never raises for what the other side does: that is an Outcome."""

    async def send(self, parcel: Parcel) -> Outcome: ...


@dataclass(frozen=True, slots=True)
class RobotSender:
    """A group robot of WeCom, DingTalk or Feishu."""

    robot: Robot
    outside: Outside

    async def send(self, parcel: Parcel) -> Outcome:
        call = self.robot.call(parcel.to, parcel.text, parcel.at.timestamp())
        url = self.outside.base(call.host) + call.path
        answered = await _post(url, self.outside, query=call.query, data=_json(call.body))
        return _spoken(self._read(answered), parcel)

    def _read(self, answered: bytes | Outcome) -> Outcome:
        if isinstance(answered, Outcome):
            return answered
        try:
            body = json.loads(answered)
        except ValueError:
            return Outcome("retry", "answer", said=answered.decode(errors="replace"))
        if not isinstance(body, dict):
            return Outcome("retry", "answer", said=str(body))
        return replace(self.robot.outcome(body), said=words_in(body))


@dataclass(frozen=True, slots=True)
class SmsSender:
    """The operator's SMS gateway: one signed JSON body, any 2xx answer means that it took the message."""

    outside: Outside

    async def send(self, parcel: Parcel) -> Outcome:
        if not parcel.through:
            return Outcome("retry", "no_gateway")
        body = {"id": parcel.id, "phone": parcel.to["phone"], "text": parcel.text.title,
                "language": parcel.language}  # fmt: skip
        data, timestamp = _json(body), str(int(parcel.at.timestamp()))
        headers = {
            "X-Guanjia-Timestamp": timestamp,
            "X-Guanjia-Signature": "sha256=" + signed(parcel.through["secret"], timestamp, data),
        }
        answered = await _post(parcel.through["url"], self.outside, data=data, headers=headers)
        return _spoken(answered, parcel) if isinstance(answered, Outcome) else SENT


@dataclass(frozen=True, slots=True)
class MailSender:
    """The estate's mail server, by SMTP with TLS from the start or by STARTTLS."""

    outside: Outside

    async def send(self, parcel: Parcel) -> Outcome:
        if not parcel.through:
            return Outcome("retry", "no_mail_server")
        return _spoken(await _aside(lambda: _mail(parcel, self.outside.tls)), parcel)


def senders(outside: Outside) -> dict[str, Sender]:
    """Return a sender for each channel spoken here; what goes over Telegram the bot carries."""
    found: dict[str, Sender] = {name: RobotSender(robot, outside) for name, robot in ROBOTS.items()}
    return found | {"email": MailSender(outside), "sms": SmsSender(outside)}


def _spoken(outcome: Outcome, parcel: Parcel) -> Outcome:
    """The outcome with the other side's words in one short line, without what is in the address."""
    said = " ".join("".join(sign if sign.isprintable() else " " for sign in outcome.said).split())
    for hidden in sorted((*parcel.to.values(), *parcel.through.values()), key=len, reverse=True):
        if len(hidden) >= LEAST_HIDDEN:
            said = said.replace(hidden, "…")
    cut = said if len(said) <= MOST_SAID else said[:MOST_SAID] + "…"
    return replace(outcome, said="" if outcome.kind == "sent" else cut)


async def _aside(work: Callable[[], Outcome]) -> Outcome:
    """Run ``work`` in a thread that nobody waits for at the end: a slow mail server must not hold it up."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[Outcome] = loop.create_future()

    def tell(outcome: Outcome) -> None:
        if not done.done():
            done.set_result(outcome)

    def run() -> None:
        outcome = work()
        with contextlib.suppress(RuntimeError):  # the loop is gone, and its lease ends by itself
            loop.call_soon_threadsafe(tell, outcome)

    threading.Thread(target=run, name="mail", daemon=True).start()
    return await done


def _json(body: Mapping[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()


async def _post(
    url: str,
    outside: Outside,
    *,
    data: bytes,
    query: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> bytes | Outcome:
    """Post JSON; the body of a 2xx answer, or what else became of it."""
    timeout = aiohttp.ClientTimeout(total=HTTP_SECONDS)
    sent = {**HEADERS, "Content-Type": "application/json; charset=utf-8", **(headers or {})}
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.post(url, params=query, data=data, headers=sent, ssl=outside.tls,
                         allow_redirects=False) as answer,
        ):  # fmt: skip
            body = await answer.content.read(MOST_READ)
            refused = _refused(answer.status, answer.headers.get("Retry-After", ""))
            return body if refused is None else replace(refused, said=_said_by(answer.status, body))
    except TimeoutError:
        return Outcome("retry", "timeout")
    except (aiohttp.ClientSSLError, ssl.SSLError):
        return Outcome("retry", "tls")
    except (aiohttp.ClientError, OSError, ValueError):
        return Outcome("retry", "unreachable")


def _said_by(status: int, body: bytes) -> str:
    """``HTTP 403`` and what stands in the answer, unless that is a page for people."""
    text = body.decode(errors="replace")
    return f"HTTP {status}" if text.lstrip().startswith("<") else f"HTTP {status} {text}"


def _refused(status: int, retry_after: str) -> Outcome | None:
    """None for a 2xx answer. Requests that came too fast or too early are worth another try."""
    if 200 <= status < 300:
        return None
    if 300 <= status < 400:
        return Outcome("dead", "redirect")
    if status in (408, 425, 429):
        seconds = float(retry_after) if retry_after.isdigit() and len(retry_after) < 6 else None
        return Outcome("retry", "too_fast", seconds)
    return Outcome("retry", "server") if status >= 500 else Outcome("dead", "refused")


def _mail(parcel: Parcel, tls: ssl.SSLContext) -> Outcome:
    """Speak with the mail server, in a thread. A goodbye that fails undoes nothing: the mail was taken."""
    try:
        letter = _letter(parcel)
        server = _connected(parcel.through, tls)
    except smtplib.SMTPAuthenticationError as error:
        return Outcome("retry", "login", said=_mail_words(error))
    except (smtplib.SMTPException, OSError) as error:
        return Outcome("retry", _because(error), said=_mail_words(error))
    except ValueError:  # a name or an address that no mail can carry
        return Outcome("dead", "recipient")
    try:
        server.send_message(letter)
    except (smtplib.SMTPException, OSError, ValueError) as error:
        return replace(_mail_refused(error), said=_mail_words(error))
    finally:
        server.close()
    return SENT


def _connected(through: Mapping[str, str], tls: ssl.SSLContext) -> smtplib.SMTP:
    """Return a connection, encrypted and signed in as the settings say. Raises what smtplib raises."""
    host, port, security = through["host"], int(through["port"]), through["security"]
    if security == "ssl":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=MAIL_SECONDS, context=tls)
    else:
        server = smtplib.SMTP(host, port, timeout=MAIL_SECONDS)
    try:
        if security == "starttls":
            server.starttls(context=tls)
        if through.get("user") and security != "none":
            server.login(through["user"], through.get("password", ""))
    except BaseException:
        server.close()
        raise
    return server


def _letter(parcel: Parcel) -> EmailMessage:
    letter = EmailMessage()
    letter["Subject"] = parcel.text.title
    letter["From"] = parcel.through["sender"]
    letter["To"] = parcel.to["to"]
    letter["Date"] = format_datetime(parcel.at.astimezone(UTC))
    letter["Message-ID"] = f"<{parcel.id}@{parcel.through['sender'].partition('@')[2]}>"
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content(parcel.text.body + "\n", cte="base64")
    return letter


def _mail_refused(error: Exception) -> Outcome:
    """A refusal for good (5xx) of the address is not worth another try, one of the moment (4xx) is."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _text in error.recipients.values()]
        return Outcome("dead" if all(code >= 500 for code in codes) else "retry", "recipient")
    if isinstance(error, smtplib.SMTPSenderRefused):
        return Outcome("retry", "sender")
    if isinstance(error, smtplib.SMTPResponseException):
        return Outcome("retry", "refused")
    return Outcome("retry", _because(error))


def _mail_words(error: Exception) -> str:
    """What the mail server answered, ``550 nobody of that name``; "" where it answered nothing."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        answers: list[tuple[int, bytes | str]] = list(error.recipients.values())
    elif isinstance(error, smtplib.SMTPResponseException):
        answers = [(error.smtp_code, error.smtp_error)]
    else:
        return ""
    return " ".join(f"{code} {_decoded(text)}" for code, text in answers)


def _decoded(text: bytes | str) -> str:
    return text.decode(errors="replace") if isinstance(text, bytes) else text


def _because(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "timeout"
    if isinstance(error, ssl.SSLError | smtplib.SMTPNotSupportedError):
        return "tls"
    return "refused" if isinstance(error, smtplib.SMTPResponseException) else "unreachable"
