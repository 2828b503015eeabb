"""The addresses staff can be told at, as a person types them and as they are kept. Pure.

Robots have fixed hosts: of what is pasted only the key is kept, so that no address of somebody's choosing is
ever called. ``wecom`` WeCom 企业微信, ``dingtalk`` DingTalk 钉钉, ``feishu`` Feishu 飞书 (and Lark).
"""

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, parse_qs, urlsplit

from backend.people import phones
from locales import N_

CHANNELS: Final = ("wecom", "dingtalk", "feishu", "email", "sms", "telegram")
#: what a robot speaks to: a group, whoever is in it
ROBOTS: Final = frozenset({"wecom", "dingtalk", "feishu"})
HOSTS: Final[Mapping[str, tuple[str, ...]]] = {
    "wecom": ("qyapi.weixin.qq.com",),
    "dingtalk": ("oapi.dingtalk.com",),
    "feishu": ("open.feishu.cn", "open.larksuite.com"),
}
SECURITIES: Final = ("ssl", "starttls", "none")
_KEY: Final = re.compile(r"[A-Za-z0-9_-]{8,200}", re.ASCII)
_MAIL: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*", re.ASCII)
_CHAT: Final = re.compile(r"-?[0-9]{3,20}", re.ASCII)
_HOST: Final = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,252}[A-Za-z0-9])?", re.ASCII)


class BadAddress(ValueError):
    """What was typed is no address of this channel; ``field`` is where, the text is a message id."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field, self.sentence = field, sentence


@dataclass(frozen=True, slots=True)
class Typed:
    """What a person typed: an address, and the robot's signing secret where it has one."""

    address: str
    secret: str = ""


def read_address(channel: str, typed: Typed) -> dict[str, str]:
    """Return what is kept of an address. Raises BadAddress."""
    if channel in ROBOTS:
        return _robot(channel, typed)
    if channel == "email":
        if not _MAIL.fullmatch(typed.address) or len(typed.address) > 254:
            raise BadAddress("address", N_("This is no e-mail address."))
        return {"to": typed.address}
    if channel == "sms":
        return {"phone": _phone(typed.address)}
    if channel == "telegram":
        if not _CHAT.fullmatch(typed.address):
            raise BadAddress("address", N_("Please give the number of the chat, for example 123456789."))
        return {"chat": typed.address}
    raise BadAddress("channel", N_("Please fill this in."))


def masked(channel: str, kept: Mapping[str, str]) -> str:
    """Return enough of an address to know it again, and no more."""
    text = next((kept[name] for name in ("key", "token", "hook", "to", "phone", "chat") if name in kept), "")
    if channel == "email":
        name, _, host = text.partition("@")
        return f"{name[:2]}…@{host}"
    return f"…{text[-4:]}"


def read_mail_server(typed: Mapping[str, str]) -> dict[str, str]:
    """Return the estate's mail server as it is kept. Raises BadAddress.

    Without encryption no password may travel.
    """
    host, port, security = (typed.get(name, "").strip() for name in ("host", "port", "security"))
    if not _HOST.fullmatch(host):
        raise BadAddress("host", N_("Please give the name of the mail server."))
    if not port.isascii() or not port.isdigit() or not 0 < int(port[:6]) < 65536:
        raise BadAddress("port", N_("Please give a port from 1 to 65535."))
    if security not in SECURITIES:
        raise BadAddress("security", N_("Please fill this in."))
    if security == "none" and typed.get("password"):
        raise BadAddress("security", N_("A password must not travel without encryption."))
    sender = typed.get("sender", "").strip()
    if not _MAIL.fullmatch(sender):
        raise BadAddress("sender", N_("This is no e-mail address."))
    return {"host": host, "port": port, "security": security, "sender": sender,
            "user": typed.get("user", "").strip(), "password": typed.get("password", "")}  # fmt: skip


def read_gateway(typed: Mapping[str, str]) -> dict[str, str]:
    """Return the estate's SMS gateway as it is kept. Raises BadAddress.

    The address is the operator's own: https anywhere, plain http only to a number in the own network.
    """
    url, secret = typed.get("url", "").strip(), typed.get("secret", "").strip()
    parts = _split("url", url)
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or not host or parts.username or parts.fragment:
        raise BadAddress("url", N_("Please give an https address."))
    if _is_nowhere(host) or (parts.scheme == "http" and not _is_own_network(host)):
        raise BadAddress("url", N_("Please give an https address."))
    if len(secret) < 16:
        raise BadAddress("secret", N_("The secret needs at least 16 characters."))
    return {"url": url, "secret": secret}


def _robot(channel: str, typed: Typed) -> dict[str, str]:
    parts = _split("address", typed.address)
    if parts.scheme != "https" or parts.hostname not in HOSTS[channel] or parts.netloc != parts.hostname:
        raise BadAddress("address", N_("This is not the webhook address of such a robot."))
    if channel == "feishu":
        prefix, _, key = parts.path.rpartition("/")
        is_right = prefix == "/open-apis/bot/v2/hook" and not parts.query
    else:
        path, name = {"wecom": ("/cgi-bin/webhook/send", "key"),
                      "dingtalk": ("/robot/send", "access_token")}[channel]  # fmt: skip
        key = parse_qs(parts.query).get(name, [""])[0]
        is_right = parts.path == path
    if not is_right or not _KEY.fullmatch(key):
        raise BadAddress("address", N_("This is not the webhook address of such a robot."))
    if channel == "wecom":
        return {"host": parts.hostname, "key": key}
    if not 8 <= len(typed.secret) <= 200 or not typed.secret.isascii():
        raise BadAddress("secret", N_("Please switch on signing for the robot and give its secret here."))
    return {"host": parts.hostname, "token" if channel == "dingtalk" else "hook": key, "secret": typed.secret}


def _split(field: str, address: str) -> SplitResult:
    try:
        return urlsplit(address)
    except ValueError as error:
        raise BadAddress(field, N_("Please give an https address.")) from error


def _is_nowhere(host: str) -> bool:
    """Addresses that are no gateway's: unset, multicast, link-local (where clouds keep their own secrets)."""
    try:
        address = _address(host)
    except ValueError:
        return host.startswith("metadata.")
    return address.is_link_local or address.is_unspecified or address.is_multicast


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """The address a number means: ``::ffff:169.254.169.254`` is 169.254.169.254. Raises ValueError."""
    found = ipaddress.ip_address(host)
    return found if found.version == 4 else (found.ipv4_mapped or found)


def _is_own_network(host: str) -> bool:
    try:
        return _address(host).is_private
    except ValueError:
        return False


def _phone(text: str) -> str:
    found = phones.normalise(text)
    if found is None:
        raise BadAddress("address", N_("This is no telephone number."))
    return found
