"""Carrying out what the dialogue decided: tickets, drafts, languages. Nothing here commits."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from backend.conversations import guesses, keeping, queries
from backend.conversations.facts import Surroundings
from backend.conversations.state import (
    EndDraft,
    Form,
    KeepDraft,
    Learn,
    OnTicket,
    Open,
    Order,
    SetLanguage,
    Slots,
)
from backend.incidents.joining import join_told
from backend.learning import service as learning
from backend.messages import live
from backend.models import Deadline, Draft, Message, Ticket
from backend.tickets import consent, opening, own_steps, resident
from backend.tickets import queries as ticket_queries
from intents.menu import Menu


def with_said(slots: Slots, said: Mapping[str, str]) -> dict[str, Any]:
    """Details as a ticket keeps them: the own words for choices stand under a name of their own."""
    told = {slot: words for slot, words in said.items() if slot in slots}
    return {**slots, "said": told} if told else dict(slots)


def guess_of(
    session: Session, conversation_id: int, words: str, item: str, asked_at: datetime
) -> guesses.Guess | None:
    """How the assistant read the words of a ticket that is about to be opened, and how sure it was."""
    said = queries.list_said(session, conversation_id, asked_at - guesses.BEFORE) if words else []
    return guesses.of_ticket(said, words, item)


def in_order(session: Session, conversation_id: int, words: str, asked_at: datetime) -> str:
    """The words of a ticket or draft as they follow one another in the chat, whatever was put aside."""
    if "\n" not in words:
        return words
    said = queries.list_said(session, conversation_id, asked_at - guesses.BEFORE)
    return keeping.as_written(words, [text for text, _values in reversed(said)])


@dataclass(slots=True)
class Desk:
    """Where orders are carried out: one turn's session, rows and instant."""

    session: Session
    menu: Menu
    around: Surroundings
    heard: Message
    now: datetime
    #: the clocks of the tickets opened here, by ticket
    clocks: dict[int, tuple[Deadline, ...]] = field(default_factory=dict)

    def carry_out(self, orders: tuple[Order, ...]) -> list[Ticket | None]:
        """Carry out every order in turn; the ticket each one made or touched, in the same order."""
        return [self._one(order) for order in orders]

    def _one(self, order: Order) -> Ticket | None:
        if isinstance(order, Open):
            return self.open(order)
        if isinstance(order, OnTicket):
            return self.on_ticket(order)
        if isinstance(order, KeepDraft):
            self.keep_draft(order.form, order.noted)
        elif isinstance(order, EndDraft):
            self.end_draft(order.outcome)
        elif isinstance(order, SetLanguage):
            self.set_language(order.language)
        elif isinstance(order, Learn):
            self.learn(order)
        return None

    def open(self, order: Open) -> Ticket:
        around = self.around
        asked_at = datetime.fromisoformat(order.asked_at)
        words = in_order(self.session, around.conversation.id, order.words or self._own_words(), asked_at)
        new = opening.NewTicket(
            estate_id=around.estate.id,
            item_id=order.item,
            channel=around.link.channel,
            language=around.link.language,
            words=words,
            asked_at=asked_at,
            received_at=self.heard.sent_at,
            reason=order.reason,
            slots=with_said(order.slots, order.said),
            conversation_id=around.conversation.id,
            link_id=around.link.id,
            resident_id=around.resident.id if around.resident else None,
            home_id=around.home.id if around.home else None,
            actor="R" if order.reason == "confirmed" else "BOT",
            file_ids=order.file_ids,
            read=guess_of(self.session, around.conversation.id, words, order.item, asked_at),
        )
        ticket, self.clocks[ticket.id] = opening.open_with_clocks(self.session, self.menu, new, self.now)
        self.heard.ticket_id = ticket.id
        if order.incident is not None:
            join_told(self.session, ticket, order.incident, self.now)
        self._go_ahead(ticket)
        return ticket

    def _go_ahead(self, ticket: Ticket) -> None:
        """The owner's yes to the read-back is the owner's consent; a tenant's counts where it was told."""
        one = own_steps.find(ticket.workflow, ticket.step, "go_ahead")
        if one is not None:
            with suppress(resident.Lacking):
                resident.step(self.session, ticket, one.to, self.now)

    def _own_words(self) -> str:
        """What was said when the order carries no words; a command is no words of theirs."""
        is_command = self.heard.pressed is not None and self.heard.text.startswith("/")
        return "" if is_command else self.heard.text

    def on_ticket(self, order: OnTicket) -> Ticket | None:
        if order.verb == "owner":  # a ticket of their tenant, never one of this chat
            is_yes = bool(order.values["agree"])
            consent.answer(self.session, self.around.resident, order.number, self.now, is_yes=is_yes)
            return None
        ticket = ticket_queries.find_own_ticket(self.session, self.around.conversation.id, order.number)
        if ticket is None:
            return None
        self.heard.ticket_id = ticket.id
        values: dict[str, Any] = dict(order.values)
        if order.verb == "urge":
            resident.urge(self.session, ticket, self.now)
        elif order.verb == "cancel":
            resident.cancel(self.session, ticket, self.heard.text, self.now)
        elif order.verb == "unschedule":
            resident.unschedule(self.session, ticket, str(values["words"] or self.heard.text), self.now)
        elif order.verb == "add":
            resident.add(self.session, ticket, values, self.now)
        elif order.verb == "reschedule":
            resident.reschedule(self.session, ticket, values, self.now)
        elif order.verb == "follow_up":
            return resident.follow_up(self.session, self.menu, ticket, values, self.now) or ticket
        elif order.verb == "own":
            self._own(ticket, values)
        else:
            resident.helped(self.session, ticket, order.verb == "helped", self.now)
        return ticket

    def _own(self, ticket: Ticket, values: dict[str, Any]) -> None:
        """A step of the resident's own, with the record it settles; under some stands their name."""
        one = own_steps.find(ticket.workflow, ticket.step, str(values["step"]))
        if one is None:
            return
        record = dict(one.record)
        if one.signs:
            record["signed_by"] = self.around.resident.name if self.around.resident else self.around.link.name
        words = str(values.get("words") or "")
        resident.step(self.session, ticket, one.to, self.now, words, record)

    def keep_draft(self, form: Form, noted: tuple[str, ...] = ()) -> None:
        """One draft row per link while its wish is under way; what waits behind it is told with it."""
        draft = queries.find_draft(self.session, self.around.link.id)
        if draft is not None and draft.item_id != form.item:
            draft.state = "dropped"
            draft = None
        if draft is None:
            draft = self._new_draft(form)
        draft.slots, draft.last_at = with_said(form.slots, form.said), self.now
        words = keeping.all_words(form.words, noted)
        draft.words = in_order(self.session, draft.conversation_id, words, draft.asked_at)
        draft.own_words = form.own_words or bool(noted)
        if draft.state == "to_confirm":
            draft.state = "open"
            self._tell_queue()

    def _new_draft(self, form: Form) -> Draft:
        around = self.around
        draft = Draft(
            estate_id=around.estate.id,
            conversation_id=around.conversation.id,
            link_id=around.link.id,
            resident_id=around.resident.id if around.resident else None,
            home_id=around.home.id if around.home else None,
            item_id=form.item,
            state="open",
            asked_at=datetime.fromisoformat(form.asked_at),
            last_at=self.now,
        )
        self.session.add(draft)
        return draft

    def end_draft(self, outcome: str) -> None:
        draft = queries.find_draft(self.session, self.around.link.id)
        if draft is not None:
            was_shown = draft.state == "to_confirm"
            draft.state, draft.last_at = outcome, self.now
            if was_shown:
                self._tell_queue()

    def _tell_queue(self) -> None:
        live.emit(self.session, self.around.estate.id, "draft", {}, self.now)

    def learn(self, order: Learn) -> None:
        """The words are those of the message that the pressed button's question answered."""
        question = self.session.get(Message, (self.heard.pressed or {}).get("message_id") or 0)
        source = question.answers_id if question is not None else None
        estate_id, language = self.around.estate.id, self.around.link.language
        choice = learning.Choice(estate_id, language, order.words, order.item, source)
        learning.propose(self.session, self.menu, choice, self.now)

    def set_language(self, language: str) -> None:
        """Language belongs to the person: the link and, when known, the resident."""
        self.around.link.language = language
        if self.around.resident is not None:
            self.around.resident.language = language
