"""Telling the demo's history through the real services, step after step in the order it happened.

Nothing is forged: tickets are opened, moved and followed up by the same verbs as in service, each at its
own instant, so that clocks, timelines and conversations are what they would have been.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, Final

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from backend.conversations import losses
from backend.demo.stories import BadStory, Step, Story, load_stories
from backend.demo.world import World
from backend.learning import service as learning
from backend.messages import outbox
from backend.messages import service as messages
from backend.messages.schemas import Ack
from backend.models import (
    Alert,
    ChannelLink,
    Conversation,
    Home,
    LiveEvent,
    Message,
    OutboxRow,
    Resident,
    Ticket,
)
from backend.tickets import opening, resident, service
from intents.menu import Menu
from locales.dates import format_window

ZONE: Final = "Asia/Shanghai"
#: what the steps of a story give to the ticket actions, by position
BODIES: Final[Mapping[str, tuple[str, ...]]] = {
    "accept": (),
    "reply": ("text",),
    "note": ("text",),
    "feedback": ("text",),
    "answer": ("text",),
    "assign": ("user",),
    "check_in": (),
    "complete": ("note",),
    "sign_off": (),
    "classify": ("class", "severity", "department"),
    "decide": ("adopted", "reason"),
    "pause": ("reason", "waits_for"),
    "plan": ("at", "note"),
    "move": ("to", "record", "for"),
    "follow_up": ("result", "score", "note"),
}


@dataclass(slots=True)
class Teller:
    """What telling the stories needs; ``talks`` are the conversations by resident and channel, ``told`` the
    tickets, ``heard`` the last message of the resident of each story."""

    session: Session
    menu: Menu
    world: World
    talks: dict[tuple[str, str], tuple[Conversation, ChannelLink]] = field(default_factory=dict)
    told: dict[str, Ticket] = field(default_factory=dict)
    said: dict[str, datetime] = field(default_factory=dict)
    heard: dict[str, Message] = field(default_factory=dict)
    count: int = 0


@dataclass(frozen=True, slots=True)
class Beside:
    """Something that belongs to no story and happened at ``at``; ``do`` gets that instant."""

    at: datetime
    key: str
    do: Callable[[datetime], None]


def tell(
    session: Session, menu: Menu, world: World, now: datetime, besides: Iterable[Beside] = ()
) -> dict[str, Ticket]:
    """Tell every story up to ``now``, and what happened besides; return each one's last ticket by its key."""
    teller = Teller(session, menu, world)
    steps = [
        (step.at, story.key, number, partial(_take, teller, story, step))
        for story in load_stories(now, ZONE)
        for number, step in enumerate(story.steps)
    ]
    steps += [(one.at, one.key, -1, partial(one.do, one.at)) for one in besides]
    for *_when, act in sorted(steps, key=lambda row: row[:3]):
        act()
    return teller.told


def _take(teller: Teller, story: Story, step: Step) -> None:
    if step.what == "opens":
        _open(teller, story, step)
    elif step.what == "says":
        _say(teller, story, step)
    elif step.what in ("chose", "fails", "undelivered"):
        _mishap(teller, story, step)
    elif step.who == "resident":
        _resident_acts(teller, story, step)
    else:
        _staff_acts(teller, story, step)


def _say(teller: Teller, story: Story, step: Step) -> None:
    conversation, link = _talk(teller, story, step.at)
    text = _filled(teller, story, link.language, step.values[0])
    if step.who == "bot":
        out = messages.Outgoing(
            author="bot", language=link.language, text=text, ticket_id=_ticket_id(teller, story)
        )
        messages.send(teller.session, conversation, link, out, step.at)
        return
    _hear(teller, story, text, step.at)


def _hear(teller: Teller, story: Story, text: str, at: datetime) -> None:
    """Store what the resident wrote, as a message whose turn is over."""
    teller.count += 1
    _conversation, link = _talk(teller, story, at)
    incoming = messages.Incoming(f"demo-{teller.count}", text, sent_at=at)
    message, _is_new = messages.store(teller.session, link, incoming, now=at, real_now=at)
    message.turn_state = "done"
    teller.heard[story.key] = message
    teller.said.setdefault(story.key, at)


def _open(teller: Teller, story: Story, step: Step) -> None:
    """Open the story's ticket: by the bot from the chat, or by staff for somebody who phoned or came."""
    by = teller.world.users.get(step.who)
    talk = None if by else _talk(teller, story, step.at)
    person, home = _who(teller, story)
    slots = dict(story.slots)
    if story.window:
        start, end = story.window
        slots["when"] = {"start": start.isoformat(), "end": end.isoformat(), "grain": "hour"}
    away = _send_home(teller, story)
    new = opening.NewTicket(
        estate_id=home.estate_id if home else teller.world.estates[story.estate].id,
        item_id=story.item,
        channel=step.values[0] if by else story.channel,
        language=_language(story, person),
        words=story.words or _first_words(story),
        asked_at=teller.said.get(story.key, step.at),
        received_at=step.at,
        reason="intake" if by else story.reason,
        slots=slots,
        conversation_id=talk[0].id if talk else None,
        link_id=talk[1].id if talk else None,
        resident_id=person.id if person else None,
        home_id=home.id if home else None,
        actor="B" if by else "BOT",
        by_user_id=by.id if by else None,
    )
    teller.told[story.key] = opening.open_ticket(teller.session, teller.menu, new, step.at)
    away()


def _send_home(teller: Teller, story: Story) -> Callable[[], None]:
    """Where a story says that nobody was on duty, take the butlers off it until the returned call."""
    butlers = (
        [user for user in teller.world.users.values() if user.role == "butler"]
        if story.nobody_on_duty
        else []
    )
    for user in butlers:
        user.is_on_duty = False
    teller.session.flush()

    def back() -> None:
        for user in butlers:
            user.is_on_duty = True
        teller.session.flush()

    return back


def _resident_acts(teller: Teller, story: Story, step: Step) -> None:
    ticket, words = teller.told[story.key], step.values[0] if step.values else ""
    if words:
        _hear(teller, story, words, step.at)
    if step.what == "cancel":
        resident.cancel(teller.session, ticket, words, step.at)
    elif step.what == "helped":
        resident.helped(teller.session, ticket, True, step.at)
    else:
        verdict = {"result": step.what, "words": words}
        linked = resident.follow_up(teller.session, teller.menu, ticket, verdict, step.at)
        teller.told[story.key] = linked or ticket
    used = update(Message).where(Message.ticket_id == ticket.id, Message.buttons_used_at.is_(None))
    teller.session.execute(used.values(buttons_used_at=step.at))


def _staff_acts(teller: Teller, story: Story, step: Step) -> None:
    if step.what not in BODIES or step.who not in teller.world.viewers:
        raise BadStory(f"{story.key}: {step.who} {step.what} cannot be told")
    body: dict[str, Any] = dict(zip(BODIES[step.what], step.values, strict=False))
    viewer, number = teller.world.viewers[step.who], teller.told[story.key].number
    service.act(teller.session, teller.menu, viewer, number, step.what, body, step.at)


def _talk(teller: Teller, story: Story, at: datetime) -> tuple[Conversation, ChannelLink]:
    """Return the conversation of the story's person and their link to it, made at the first word."""
    name = (story.resident or story.key, story.channel)
    if name not in teller.talks:
        known = next((talk for (who, _), (talk, _) in teller.talks.items() if who == name[0]), None)
        talk = known or _new_conversation(teller, story, at)
        teller.talks[name] = (talk, _new_link(teller, story, talk, at))
    return teller.talks[name]


def _new_conversation(teller: Teller, story: Story, at: datetime) -> Conversation:
    person, home = _who(teller, story)
    conversation = Conversation(
        estate_id=home.estate_id if home else teller.world.estates[story.estate].id,
        resident_id=person.id if person else None,
        home_id=home.id if home else None,
        last_seq=0,
        created_at=at,
    )
    teller.session.add(conversation)
    teller.session.flush()
    return conversation


def _new_link(teller: Teller, story: Story, conversation: Conversation, at: datetime) -> ChannelLink:
    person, _home = _who(teller, story)
    link = ChannelLink(
        estate_id=conversation.estate_id,
        conversation_id=conversation.id,
        channel=story.channel,
        account="",
        # No token has this hash, and no chat this name: nobody can take over a conversation of the history.
        address=f"demo {story.resident or story.key}",
        language=_language(story, person),
        is_large_type=person.is_large_type if person else False,
        state={},
        created_at=at,
    )
    teller.session.add(link)
    teller.session.flush()
    return link


def _who(teller: Teller, story: Story) -> tuple[Resident | None, Home | None]:
    if not story.resident:
        return None, None
    return teller.world.residents[story.resident], teller.world.homes[story.resident]


def _language(story: Story, person: Resident | None) -> str:
    return story.language or (person.language if person else "zh")


def _first_words(story: Story) -> str:
    return next((step.values[0] for step in story.steps if (step.who, step.what) == ("resident", "says")), "")


def _ticket_id(teller: Teller, story: Story) -> int | None:
    ticket = teller.told.get(story.key)
    return ticket.id if ticket else None


def _filled(teller: Teller, story: Story, language: str, text: str) -> str:
    """Fill ``{number}`` and ``{window}``."""
    ticket = teller.told.get(story.key)
    window = format_window(language, *story.window, ZONE) if story.window else ""
    return text.replace("{number}", str(ticket.number) if ticket else "").replace("{window}", window)


def _mishap(teller: Teller, story: Story, step: Step) -> None:
    """What a resident's choice proposes, a message that could not be handled, one that did not arrive."""
    session, heard = teller.session, teller.heard[story.key]
    if step.what == "chose":
        language = _talk(teller, story, step.at)[1].language
        choice = learning.Choice(heard.estate_id, language, heard.text, story.item, heard.id)
        learning.propose(session, teller.menu, choice, step.at)
    elif step.what == "fails":
        heard.turn_state, heard.error_id = "parked", step.values[0]
        heard.ticket_id = _ticket_id(teller, story)
    else:
        session.flush()
        link = _talk(teller, story, step.at)[1]
        newest = select(OutboxRow.id).where(OutboxRow.link_id == link.id).order_by(OutboxRow.id.desc())
        ack = Ack(id=session.scalars(newest.limit(1)).one(), outcome="dead", reason=step.values[0])
        for loss in outbox.acknowledge(session, [ack], step.at):
            losses.tell_loss(session, loss, step.at)


def tidy(session: Session) -> None:
    """Old news rings no bell: open pages need no events of the past, its alerts have been seen, and what was
    sent has arrived."""
    session.flush()
    session.execute(delete(LiveEvent))
    session.execute(update(Alert).values(seen_at=Alert.created_at))
    sent = update(OutboxRow).where(OutboxRow.state == "queued")
    session.execute(sent.values(state="sent", sent_at=OutboxRow.created_at))
