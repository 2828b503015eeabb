"""What the page about staff addresses shows, and how its forms are read."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from backend.desk import words
from backend.desk.views import Choice, FieldView
from backend.errors import BadInput, NotFound
from backend.models import Estate, User
from backend.notifier.addresses import Kept, NewAddress, server_of
from backend.notifier.channels import CHANNELS, Typed
from backend.notifier.faults import fault_of
from backend.notifier.removing import Gone
from backend.people.roles import Role
from backend.vault import Vault
from locales import N_, t
from locales.dates import format_moment

#: channel → (icon, name)
NAMES: Final[Mapping[str, tuple[str, str]]] = {
    "wecom": ("bot", N_("WeCom group robot")),
    "dingtalk": ("bot", N_("DingTalk group robot")),
    "feishu": ("bot", N_("Feishu group robot")),
    "email": ("inbox", N_("E-mail")),
    "sms": ("phone", N_("SMS")),
    "telegram": ("send", N_("Telegram")),
}
SECURITIES: Final[Mapping[str, str]] = {
    "ssl": N_("TLS from the start (port 465)"),
    "starttls": N_("STARTTLS (port 587)"),
    "none": N_("No encryption (a relay in the house)"),
}
#: field → what to type there
HINTS: Final[Mapping[str, str]] = {
    "whose": N_(
        "Robots speak to a group. SMS are for emergencies, overdue promises and what nobody answers for."
    ),
    "address": N_(
        "A robot: its webhook address. Else an e-mail address, a phone number or a Telegram chat number."
    ),
    "secret": N_("For DingTalk and Feishu: switch on signing in the safety settings of the robot."),
    "label": N_("For example “Night desk”."),
    "url": N_("We post JSON to it: id, phone, text, language."),
    "gateway": N_("At least 16 characters; every call is signed with it."),
}
LEADS: Final[Mapping[str, tuple[str, str]]] = {
    "mail": (N_("Mail server"), N_("E-mails to staff of this estate go through it.")),
    "sms": (N_("SMS gateway"), N_("Text messages to staff of this estate go through it.")),
}


@dataclass(frozen=True, slots=True)
class AddressView:
    """One address. ``state``: how it fares, in words; ``is_bad``: somebody should do something.

    ``warning``: what is lost if it is removed now.
    """

    id: int
    icon: str
    channel: str
    whose: str
    mask: str
    state: str
    is_bad: bool
    is_active: bool
    warning: str = ""


@dataclass(frozen=True, slots=True)
class GoneView:
    """An address that was removed: whose it was, and by whom, when, with how many messages."""

    whose: str
    channel: str
    mask: str
    told: str


@dataclass(frozen=True, slots=True)
class ServerView:
    """An estate's mail server or SMS gateway: where it is, "" for none, and the form to set it."""

    name: str
    estate_id: int
    title: str
    lead: str
    where: str
    fields: tuple[FieldView, ...]


def address_of(language: str, kept: Kept, zone: str, now: datetime, place: str = "") -> AddressView:
    """Word one address; ``now``: real time, in which its times are kept.

    ``place``: its estate, told first; "" where the reader has only one.
    """
    row = kept.row
    icon, name = NAMES.get(row.channel, ("info", row.channel))
    is_bad = row.failed_at is not None or kept.dead > 0
    return AddressView(
        id=row.id, icon=icon, channel=_of(place, t(language, name)), whose=_whose(language, kept),
        mask=kept.mask, state=_state(language, kept, zone, now), is_bad=is_bad and row.is_active,
        is_active=row.is_active, warning=_warning(language, kept),
    )  # fmt: skip


def _warning(language: str, kept: Kept) -> str:
    if kept.waiting:
        return t(language, "{count} messages still wait for it and would be given up.", count=kept.waiting)
    return t(language, "No message waits for it.")


def _of(place: str, channel: str) -> str:
    return f"{place} · {channel}" if place else channel


def gone_of(language: str, gone: Gone, zone: str, now: datetime, place: str = "") -> GoneView:
    """Word one removed address; ``now``: real time. ``place``: its estate, told first."""
    time = format_moment(language, gone.row.failed_at or now, zone, now)
    by = gone.by.name(language) if gone.by else "…"
    told = t(language, "Removed {time} by {name}.", time=time, name=by)
    if gone.given_up:
        lost = t(language, "{count} messages were given up.", count=gone.given_up)
        told = f"{told} {lost}" if language == "en" else f"{told}{lost}"
    name = NAMES.get(gone.row.channel, ("info", gone.row.channel))[1]
    return GoneView(_whose(language, gone), _of(place, t(language, name)), gone.mask, told)


def _whose(language: str, kept: Kept | Gone) -> str:
    if kept.user is not None:
        who = kept.user.name(language)
    elif kept.row.role:
        who = t(language, "Group: {role}", role=words.name_of(language, words.ROLES, kept.row.role))
    else:
        who = t(language, "Group: everybody")
    return f"{kept.row.label} · {who}" if kept.row.label else who


def _state(language: str, kept: Kept, zone: str, now: datetime) -> str:
    row = kept.row
    if not row.is_active:
        return t(language, "Switched off.")
    if row.failed_at is not None:
        since = format_moment(language, row.failed_at, zone, now)
        return t(
            language, "Not working since {time}: {fault}", time=since, fault=fault_of(language, row.fault)
        )
    parts = []
    if row.tested_at is not None:
        tested = format_moment(language, row.tested_at, zone, now)
        parts.append(t(language, "Last tested {time}.", time=tested))
    else:
        parts.append(t(language, "Never tested."))
    if kept.waiting:
        parts.append(t(language, "{count} messages waiting.", count=kept.waiting))
    if kept.dead:
        parts.append(t(language, "{count} messages did not arrive.", count=kept.dead))
    return " ".join(parts)


def new_fields(
    language: str,
    estates: Sequence[Estate],
    team: Sequence[User],
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> tuple[FieldView, ...]:
    """Return the form for another address, with what was typed and what is wrong with it."""
    given, wrong = typed or {}, errors or {}
    channels = tuple(Choice(name, t(language, NAMES[name][1])) for name in CHANNELS)
    groups = [Choice("role:", t(language, "Group: everybody"))]
    groups += [
        Choice(f"role:{role}", t(language, "Group: {role}", role=words.name_of(language, words.ROLES, role)))
        for role in Role
    ]
    people = [Choice(f"user:{user.id}", user.name(language)) for user in team]
    fields = [
        FieldView("channel", t(language, "Channel"), "select", choices=channels),
        FieldView("whose", t(language, "For whom"), "select", choices=(*groups, *people),
                  hint=t(language, HINTS["whose"])),
        FieldView("address", t(language, "Address"),
                  hint=t(language, HINTS["address"])),
        FieldView("secret", t(language, "Signing secret"), is_required=False,
                  hint=t(language, HINTS["secret"])),
        FieldView("label", t(language, "Name"), is_required=False,
                  hint=t(language, HINTS["label"])),
        FieldView("language", t(language, "Language"), "select",
                  choices=(Choice("zh", "中文"), Choice("en", "English"))),
    ]  # fmt: skip
    if len(estates) > 1:
        choices = tuple(Choice(str(one.id), one.name(language)) for one in estates)
        fields.insert(0, FieldView("estate", t(language, "Estate"), "select", choices=choices))
    return tuple(_filled(one, given, wrong) for one in fields)


def _filled(field: FieldView, typed: Mapping[str, str], errors: Mapping[str, str]) -> FieldView:
    """The field with what was typed; a secret is typed anew."""
    value = "" if field.name in ("secret", "password") else typed.get(field.name, field.value)
    return FieldView(field.name, field.label, field.kind, value, field.hint, errors.get(field.name, ""),
                     field.choices, field.is_required)  # fmt: skip


def read_new(typed: Mapping[str, str], estate_id: int) -> NewAddress:
    """Return what the form asks for; what is not a number names nobody."""
    kind, _, value = typed.get("whose", "").partition(":")
    is_person = kind == "user" and value.isascii() and value.isdigit() and len(value) < 16
    return NewAddress(
        estate_id=estate_id, channel=typed.get("channel", ""), user_id=int(value) if is_person else None,
        typed=Typed(typed.get("address", "").strip(), typed.get("secret", "").strip()),
        role=value if kind == "role" else "", label=typed.get("label", ""),
        language=typed.get("language", "zh"),
    )  # fmt: skip


def servers_of(
    language: str,
    vault: Vault,
    estate: Estate,
    wrong: str = "",
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> tuple[ServerView, ...]:
    """Return the estate's two servers; ``wrong`` names the form that is shown again, ``mail:7``."""
    mail = (
        FieldView("host", t(language, "Mail server")),
        FieldView("port", t(language, "Port"), "number", value="465"),
        FieldView("security", t(language, "Encryption"), "select",
                  choices=tuple(Choice(key, t(language, name)) for key, name in SECURITIES.items())),
        FieldView("user", t(language, "User name"), is_required=False),
        FieldView("password", t(language, "Password"), is_required=False),
        FieldView("sender", t(language, "Sender's address")),
    )  # fmt: skip
    sms = (
        FieldView("url", t(language, "Address"), hint=t(language, HINTS["url"])),
        FieldView("secret", t(language, "Signing secret"),
                  hint=t(language, HINTS["gateway"])),
    )  # fmt: skip
    return tuple(
        ServerView(name, estate.id, t(language, LEADS[name][0]), t(language, LEADS[name][1]),
                   server_of(vault, estate, name),
                   tuple(_filled(one, (typed or {}) if f"{name}:{estate.id}" == wrong else {},
                                 (errors or {}) if f"{name}:{estate.id}" == wrong else {}) for one in fields))
        for name, fields in (("mail", mail), ("sms", sms))
    )  # fmt: skip


def estate_id_of(typed: Mapping[str, str], mine: Collection[int]) -> int:
    """Return the estate a form names, else the only one of the viewer's.

    Raises NotFound where they have none, BadInput where none is named and they have several.
    """
    wanted = typed.get("estate", "")
    if wanted.isascii() and wanted.isdigit() and len(wanted) < 16:
        return int(wanted)
    if not mine:
        raise NotFound
    if len(mine) > 1:
        raise BadInput
    return next(iter(mine))
