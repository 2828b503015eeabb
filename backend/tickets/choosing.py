"""The wrong service was understood: the right one takes its place, and the words become an example.

Nothing here commits.
"""

from dataclasses import replace

from backend.errors import BadInput
from backend.learning import service as learning
from backend.models import Ticket
from backend.tickets import beside, going_on, opening, splitting, telling
from backend.tickets.lifecycle import Move
from backend.tickets.work import Work
from intents.menu import Item
from locales import N_, t


def choose(work: Work) -> None:
    """Let another service stand on the ticket. Where its work goes another way, a ticket for it carries the
    matter on, and this one ends; one whose work has begun stays beside it. Promises already given stay.

    Raises BadInput for a service that is not on the menu.
    """
    item, ticket = work.menu.find_item(work.body["item"]), work.ticket
    if item is None:
        raise BadInput(N_("This service is not on the menu."))
    if item.id == ticket.item_id:
        raise BadInput(N_("The ticket has this service already."))
    if item.workflow == ticket.workflow:
        _rename(work, item)
    elif (way_out := _way_out(work)) is not None:
        _file_anew(work, item, way_out)
    else:
        splitting.split(replace(work, body={"item": item.id, "words": _words(ticket, item)}))
    said = learning.Choice(ticket.estate_id, ticket.language, ticket.words, item.id, None)
    learning.propose(work.session, work.menu, said, work.now)


def _rename(work: Work, item: Item) -> None:
    ticket = work.ticket
    work.record("chosen", was_zh=ticket.name_zh, was_en=ticket.name_en, now_zh=item.name.zh,
                now_en=item.name.en)  # fmt: skip
    ticket.item_id, ticket.menu_version = item.id, work.menu.version
    ticket.name_zh, ticket.name_en = item.name.zh, item.name.en


def _words(ticket: Ticket, item: Item) -> str:
    return ticket.words.strip() or item.name.in_(ticket.language)


def _way_out(work: Work) -> Move | None:
    """The step that calls the ticket off; None where it must not end by a press.

    A danger is over only when somebody made sure, what weighs more never ends in what weighs less, and a
    second round has clocks that a new ticket would not have.
    """
    ticket, machine = work.ticket, work.machine
    weighs = ticket.is_urgent or ticket.workflow == "emergency" or ticket.severity == "severe"
    move = machine.move(ticket.step, machine.cancel_to)
    if move is None or weighs or ticket.cycle > 1 or work.walker.lacks(move):
        return None
    return move


def _file_anew(work: Work, item: Item, way_out: Move) -> None:
    """The matter goes on under a number of the right service, its clocks from the first asking."""
    old = work.ticket
    new = opening.open_ticket(work.session, work.menu, _anew(work, item), work.now)
    if old.hidden_from_id is not None or new.workflow != "complaint":
        new.butler_id, new.hidden_from_id = old.butler_id, old.hidden_from_id
        new.first_butler_id = old.first_butler_id or new.first_butler_id
    _end(work, new, way_out)
    telling.record(work.session, new, "took_over", work.now, actor=work.actor,
                   by_user_id=work.viewer.user_id, number=old.number)  # fmt: skip
    going_on.take_along(work, old, new)
    reader = telling.reader_of(work.session, new)
    told = beside.filed_anew(beside.about(reader, new, work.now), old.number)
    telling.push(work.session, new, reader, told, work.now, "split")


def _end(work: Work, new: Ticket, way_out: Move) -> None:
    """Linked both ways, and without a word: the resident reads of the new number only."""
    old = work.ticket
    new.split_from_id, old.merged_into_id = old.id, new.id
    old.snoozed_until = old.snoozed_by_id = None
    old.reason = t(old.language, "filed as #{number}", number=new.number)
    if "reason" in way_out.asks:
        work.given["reason"] = old.reason
    work.walk("filed_anew", (way_out,), number=new.number)
    work.happen("cancelled")


def _anew(work: Work, item: Item) -> opening.NewTicket:
    old = work.ticket
    return opening.NewTicket(
        estate_id=old.estate_id, item_id=item.id, channel=old.channel, language=old.language,
        words=_words(old, item), asked_at=old.asked_at, received_at=old.received_at, reason="filed_anew",
        slots=dict(old.slots), conversation_id=old.conversation_id, link_id=old.link_id,
        resident_id=old.resident_id, home_id=old.home_id, actor=work.actor, by_user_id=work.viewer.user_id,
    )  # fmt: skip
