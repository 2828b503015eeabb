"""A part of a ticket becomes a ticket of its own, its clocks counted from the first asking.

Nothing here commits.
"""

from collections.abc import Sequence

from backend.errors import BadInput
from backend.models import Message, Ticket
from backend.tickets import beside, beside_queries, going_on, opening, telling
from backend.tickets.work import Work
from locales import N_


def split(work: Work) -> None:
    """Open a ticket for another service with these words or messages; both tell of each other.

    Raises BadInput for a service that is not on the menu, for words of nobody, and for foreign messages.
    """
    item, old = work.menu.find_item(work.body["item"]), work.ticket
    if item is None:
        raise BadInput(N_("This service is not on the menu."))
    chosen = _chosen(work)
    words = (work.body.get("words") or "").strip() or "\n".join(one.text for one in chosen if one.text)
    if not words:
        raise BadInput(N_("Please choose what the new ticket is about: words or messages."))
    new = opening.open_ticket(work.session, work.menu, _part(work, item.id, words), work.now)
    new.split_from_id = old.id
    if old.hidden_from_id is not None or new.workflow != "complaint":
        new.butler_id, new.hidden_from_id = old.butler_id, old.hidden_from_id
    for message in chosen:
        message.ticket_id = new.id
    work.record("split", note=words, number=new.number)
    going_on.take_with(work, old, new)
    reader = telling.reader_of(work.session, new)
    told = beside.split(beside.about(reader, new, work.now), old.number)
    telling.push(work.session, new, reader, told, work.now, "split")


def _chosen(work: Work) -> Sequence[Message]:
    wanted = set(work.body.get("messages") or ())
    own = beside_queries.list_own_messages(work.session, work.ticket) if wanted else []
    chosen = [one for one in own if one.id in wanted]
    if len(chosen) != len(wanted):
        raise BadInput(N_("One of the messages does not belong to this ticket any more."))
    return chosen


def _part(work: Work, item_id: str, words: str) -> opening.NewTicket:
    old: Ticket = work.ticket
    return opening.NewTicket(
        estate_id=old.estate_id, item_id=item_id, channel=old.channel, language=old.language, words=words,
        asked_at=old.asked_at, received_at=old.received_at, reason="split",
        conversation_id=old.conversation_id, link_id=old.link_id, resident_id=old.resident_id,
        home_id=old.home_id, actor=work.actor, by_user_id=work.viewer.user_id,
    )  # fmt: skip
