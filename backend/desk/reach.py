"""What became of messages on their way, who cannot be reached, which channel does not answer: in words."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from backend.desk import words
from backend.desk.views import Delivery, OutOfReach
from backend.messages.outbox import LOST, REPLACED
from backend.models import ChannelLink, ChannelState, OutboxRow, StoredFile
from locales import N_, t
from locales.dates import format_moment, format_time

WEB: Final = "web"
#: how somebody can be written to: they can, in a chat they opened and have never written in, not at present,
#: they never had a chat, there is no such person
CHAT, QUIET, AWAY, NO_CHAT, NOBODY = "chat", "quiet", "away", "no_chat", "nobody"
#: why somebody cannot be written to, as a part of a sentence about them
REASONS: Final[Mapping[str, str]] = {
    "blocked": N_("has blocked the bot"),
    "deactivated": N_("has deleted the account"),
    "gone": N_("the chat no longer exists"),
}
UNDELIVERED: Final[Mapping[str, str]] = {
    "blocked": N_("Not delivered: the resident has blocked the bot"),
    "deactivated": N_("Not delivered: the resident has deleted the account"),
    "gone": N_("Not delivered: the chat no longer exists"),
    "refused": N_("Not delivered: {channel} refused this message"),
    "unconfirmed": N_("It could not be confirmed that this arrived"),
}
#: why a file of a message is not here; any other reason: it could not be fetched
MISSING: Final[Mapping[str, str]] = {
    "too_large": N_("The file is larger than can be fetched (20 MB). Ask the resident for a smaller one."),
    "kind": N_("Files of this kind are not taken. Ask the resident for a photo or a PDF."),
    "gone": N_("{channel} no longer has this file. Ask the resident to send it again."),
}
EXPECTED: Final[Mapping[str, str]] = {
    "photo": N_("Photo is being fetched…"),
    "voice": N_("Voice message is being fetched…"),
    "video": N_("Video is being fetched…"),
}
#: a chat that was opened by invitation, as whoever writes to it should know it
SILENT: Final = N_(
    "{name} has opened the web chat but has not written in it yet. What is sent stands there and is read "
    "when they open it again."
)
#: a process tells how it fares each twenty seconds; after this silence nobody speaks for the channel
SILENCE: Final = timedelta(minutes=2)
TROUBLES: Final[Mapping[str, str]] = {
    "unreachable": N_(
        "{channel} cannot be reached since {moment}. The web chat works; messages to {channel} wait and are "
        "sent later."
    ),
    "refused": N_(
        "{channel} refuses the bot's token since {moment}: please set GUANJIA_TELEGRAM_TOKEN anew. The web "
        "chat works; messages to {channel} wait and are sent later."
    ),
    "standing_by": N_(
        "Another process is polling this bot on {channel} since {moment}; this one stands by and takes over "
        "when it ends."
    ),
}


def channel_name(language: str, channel: str) -> str:
    return words.symbol_of(language, words.CHANNELS, channel).label


def reason_of(language: str, status: str) -> str:
    """Word why somebody cannot be reached."""
    return t(language, REASONS.get(status, REASONS["gone"]))


def delivery_of(
    language: str, row: OutboxRow | None, link: ChannelLink | None, ahead: timedelta, zone: str
) -> Delivery | None:
    """Word a delivery; None where there is nothing to say. ``ahead``: as in ``Reader``."""
    if row is None or (row.state == "dead" and row.reason == REPLACED):
        return None
    name = channel_name(language, row.channel)
    if row.state == "sent":
        if row.channel == WEB:
            return Delivery("sent", "check", t(language, "Sent"))
        return Delivery("sent", "circle-check", t(language, "Delivered to {channel}", channel=name))
    if row.state == "dead":
        sentence = UNDELIVERED.get(row.reason or "", N_("Not delivered"))
        return Delivery("dead", "triangle-alert", t(language, sentence, channel=name), can_resend=True)
    if link is not None and link.status in LOST:
        return Delivery("waiting", "hourglass", t(language, "Waits until the resident can be reached again"))
    if row.state == "failed" and row.retry_at is not None:
        at = format_time(row.retry_at + ahead, zone)
        return Delivery("failed", "refresh-cw", t(language, "Will be tried again at {time}", time=at))
    if row.state == "queued" and row.retry_at is not None:
        at = format_time(row.retry_at, zone)
        return Delivery("waiting", "hourglass", t(language, "Quiet hours: goes at {time}", time=at))
    return Delivery("waiting", "hourglass", t(language, "Being sent"))


def out_of_reach(
    language: str, link: ChannelLink | None, name: str, phone: str, now: datetime, ahead: timedelta, zone: str
) -> OutOfReach | None:
    """Word that the person cannot be written to where they last wrote from, that they opened a chat and have
    not written in it, or that they never had one (``link`` is None); None when there is nothing to say."""
    tel = f"tel:{phone.replace(' ', '')}" if phone else ""
    if link is None:
        return OutOfReach(t(language, "{name} has no chat: what is written here reaches nobody.", name=name),
                          phone, tel)  # fmt: skip
    if link.status not in LOST:
        text = t(language, SILENT, name=name) if is_quiet(link.channel, link.last_inbound_at) else ""
        return OutOfReach(text, phone, tel) if text else None
    values = {
        "name": name,
        "channel": channel_name(language, link.channel),
        "reason": reason_of(language, link.status),
    }
    since = link.status_at + ahead if link.status_at else None
    if since is None or since > now:  # a clock that was set back: nothing began in what is still to come
        text = t(language, "{name} cannot be reached on {channel} ({reason}).", **values)
    else:
        moment = format_moment(language, since, zone, now)
        text = t(language, "{name} cannot be reached on {channel} since {moment} ({reason}).", moment=moment,
                 **values)  # fmt: skip
    return OutOfReach(text, phone, tel)


def is_quiet(channel: str, last_inbound_at: datetime | None) -> bool:
    """True for a web chat that was opened and never written in: nobody knows when it is looked at again."""
    return channel == WEB and last_inbound_at is None


def file_note(language: str, file: StoredFile) -> str:
    """Word why a file is not here; empty when it is."""
    if file.state == "expected":
        return t(language, EXPECTED.get(file.kind, N_("File is being fetched…")))
    if file.state != "missing":
        return ""
    name = channel_name(language, file.channel or "telegram")
    sentence = MISSING.get(file.reason or "", N_("This file could not be fetched."))
    return t(language, sentence, channel=name)


def troubles_of(
    language: str, states: Sequence[ChannelState], now: datetime, real_now: datetime, zone: str
) -> tuple[str, ...]:
    """Word each channel that does not work, once."""
    found = []
    for row in states:
        state, since = row.state, row.since_at
        if state == "working" and real_now - row.seen_at >= SILENCE:
            state, since = "unreachable", row.seen_at
        if state in TROUBLES:
            moment = format_moment(language, min(since + (now - real_now), now), zone, now)
            name = channel_name(language, row.channel)
            found.append(t(language, TROUBLES[state], channel=name, moment=moment))
    return tuple(dict.fromkeys(found))
