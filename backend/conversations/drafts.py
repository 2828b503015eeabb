"""Drafts whose owner fell silent: shown to the butler after 5 minutes with one nudge, handed over at 30.

A draft of menu taps alone lapses and is counted; one in the person's own words never evaporates.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from backend.clock import Clock
from backend.conversations import facts, keeping, queries, settled, speaking
from backend.conversations.facts import Surroundings
from backend.conversations.forms import ask
from backend.conversations.marks import form_key, mark
from backend.conversations.orders import guess_of, in_order, with_said
from backend.conversations.state import Button, Form, Reply, State
from backend.conversations.talk import HUMAN_BUTTON, Talk, name_values
from backend.db import Database
from backend.incidents import service as incidents
from backend.messages import live
from backend.messages import queries as message_queries
from backend.models import Draft, Ticket
from backend.tickets import opening
from intents.menu import Menu

SHOW_AFTER: Final = timedelta(minutes=5)
HAND_OVER_AFTER: Final = timedelta(minutes=30)


def tick(db: Database, clock: Clock, menu: Menu) -> int:
    """One step over silent drafts; how many were moved on.

    One that cannot be moved does not stop those behind it; its error is raised when all have had their turn.
    """
    now = clock.now()
    with db.read() as session:
        silent = queries.list_silent_drafts(session, now - SHOW_AFTER, now - HAND_OVER_AFTER)
        awaited = queries.list_under_way(
            session, {draft: incident for incident, draft in incidents.list_awaited(session)}
        )
    work = [partial(_take_in, menu, incident_id, *draft, now) for incident_id, draft in awaited]
    work += [partial(_move_on, menu, draft_id, conversation_id, now) for draft_id, conversation_id in silent]
    moved, errors = 0, list[Exception]()
    for step in work:
        try:
            moved += db.run(step)
        except Exception as error:
            errors.append(error)
    if errors:
        raise errors[0]
    return moved


def _move_on(menu: Menu, draft_id: int, conversation_id: int, now: datetime, session: Session) -> bool:
    # The conversation first, as every turn does: two locks taken in two orders wait for each other.
    message_queries.lock_conversation(session, conversation_id)
    return move_on(menu, session, draft_id, now)


def _take_in(
    menu: Menu, incident_id: int, draft_id: int, conversation_id: int, now: datetime, session: Session
) -> bool:
    """Somebody opened the incident this draft reports: it is a ticket of it now; nothing more is asked."""
    message_queries.lock_conversation(session, conversation_id)
    draft = queries.lock_draft(session, draft_id)
    if draft is None:
        return False
    _around_it, (ticket, *_others) = _handed_over(menu, session, draft, now)
    incidents.take_in(session, ticket, incident_id, now)
    return True


def move_on(menu: Menu, session: Session, draft_id: int, now: datetime) -> bool:
    """Take one silent draft one step further; False when another process or the person was first."""
    draft = queries.lock_draft(session, draft_id)
    if draft is None or now - draft.last_at < SHOW_AFTER:
        return False
    is_late = now - draft.last_at >= HAND_OVER_AFTER
    if not draft.own_words:
        draft.state = "lapsed" if is_late else draft.state
        return is_late
    if is_late:
        hand_over(menu, session, draft, now)
        return True
    if draft.state == "open":
        nudge(menu, session, draft, now)
        return True
    return False


def taken_over(session: Session, draft: Draft, ticket: Ticket) -> None:
    """A person opened this ticket from the draft: the chat asks for its confirmation no more."""
    draft.state, draft.ticket_id = "handed_over", ticket.id
    link = queries.get_link(session, draft.link_id, lock=True)
    ticket.asked_at, ticket.slots, ticket.channel = draft.asked_at, dict(draft.slots), link.channel
    settled.close(session, link, State(), (), ticket.entered_at)
    link.state, link.state_version = {}, link.state_version + 1


def _around(session: Session, draft: Draft, now: datetime) -> Surroundings:
    conversation = message_queries.lock_conversation(session, draft.conversation_id)
    link = queries.get_link(session, draft.link_id, lock=True)
    return facts.gather(session, link, conversation, now)


def nudge(menu: Menu, session: Session, draft: Draft, now: datetime) -> None:
    """Show it to the butler as 待确认 and remind the person once, with the yes under their thumb."""
    around = _around(session, draft, now)
    state = State.from_json(around.link.state.get("now", {}))
    was_nudged, draft.state = draft.nudged_at is not None, "to_confirm"
    if state.form is not None and not around.facts.is_quiet and not was_nudged:
        draft.nudged_at = now
        said = speaking.say(session, menu, around, (_nudge(menu, around, state, state.form, now),), [], now)
        asked = settled.close(session, around.link, state, said, now)
        around.link.state = {**around.link.state, "asked": asked}
    live.emit(session, draft.estate_id, "draft", {"id": draft.id}, now)


def _nudge(menu: Menu, around: Surroundings, state: State, form: Form, now: datetime) -> Reply:
    """The yes once more under their thumb; while a detail is missing, the question once more."""
    item, own = menu.item(form.item), {"form": mark(form)}
    drop = Button("drop", "drop", own)
    if form.step != "confirming" and form.asking:
        local = now.astimezone(ZoneInfo(around.estate.timezone))
        asked = ask(Talk(state, menu, local, around.facts), form, form.asking).replies[0]
        return replace(asked, values={**asked.values, "first": True}, buttons=(*asked.buttons[:4], drop))
    yes = Button("yes", "yes", {**own, "key": form_key(form)})
    values = {**name_values(item), "address": around.facts.address_as}
    return Reply("nudge", values, (yes, drop, HUMAN_BUTTON))


def hand_over(menu: Menu, session: Session, draft: Draft, now: datetime) -> None:
    """Half an hour of silence: the butler takes it as it stands (DESIGN §3)."""
    around, tickets = _handed_over(menu, session, draft, now)
    replies = tuple(
        Reply("draft_handed_over", {**name_values(menu.item(one.item_id)),
                                    "address": "" if n else around.facts.address_as}, order=n)
        for n, one in enumerate(tickets)
    )  # fmt: skip
    speaking.say(session, menu, around, replies, [*tickets], now)


def _handed_over(
    menu: Menu, session: Session, draft: Draft, now: datetime
) -> tuple[Surroundings, list[Ticket]]:
    """The draft as a ticket, and what was left behind it as one of its own; the chat asks no more."""
    around = _around(session, draft, now)
    state = State.from_json(around.link.state.get("now", {}))
    others = keeping.forms_of(state, draft.item_id)
    words, files = keeping.all_words(draft.words, keeping.words_of(state)), keeping.files_of(state)
    if others and state.form is not None:
        noted = tuple(one for one in keeping.words_of(state) if one not in {other.words for other in others})
        words = keeping.all_words(state.form.words, noted)
        theirs = {file for one in others for file in one.file_ids}
        files = tuple(file for file in files if file not in theirs)
    own = Form(draft.item_id, dict(draft.slots), words, True, draft.asked_at.isoformat(), file_ids=files)
    tickets = [_ticket_of(menu, session, draft, around, one, now) for one in (own, *others)]
    draft.state, draft.ticket_id = "handed_over", tickets[0].id
    settled.close(session, around.link, State(), (), now)
    around.link.state, around.link.state_version = {}, around.link.state_version + 1
    return around, tickets


def _ticket_of(
    menu: Menu, session: Session, draft: Draft, around: Surroundings, form: Form, now: datetime
) -> Ticket:
    asked_at = datetime.fromisoformat(form.asked_at)
    words = in_order(session, draft.conversation_id, form.words, asked_at)
    new = opening.NewTicket(
        estate_id=draft.estate_id, item_id=form.item, channel=around.link.channel,
        language=around.link.language, words=words, asked_at=asked_at, received_at=now,
        reason="handover", slots=with_said(form.slots, form.said),
        conversation_id=draft.conversation_id, link_id=draft.link_id, resident_id=draft.resident_id,
        home_id=draft.home_id, actor="SYS", file_ids=form.file_ids,
        read=guess_of(session, draft.conversation_id, words, form.item, asked_at),
    )  # fmt: skip
    return opening.open_ticket(session, menu, new, now)
