"""The wrong service was understood: the right one takes its place, and the words become an example.

Nothing here commits.
"""

from dataclasses import replace

from backend.errors import BadInput
from backend.learning import service as learning
from backend.tickets import splitting
from backend.tickets.work import Work
from intents.menu import Item
from locales import N_


def choose(work: Work) -> None:
    """Let another service stand on the ticket. Where its work goes another way, open a ticket for it that
    is linked to this one. Promises already given stay. Raises BadInput for a service that is not on the menu.
    """
    item, ticket = work.menu.find_item(work.body["item"]), work.ticket
    if item is None:
        raise BadInput(N_("This service is not on the menu."))
    if item.id == ticket.item_id:
        raise BadInput(N_("The ticket has this service already."))
    if item.workflow == ticket.workflow:
        _rename(work, item)
    else:
        words = ticket.words.strip() or item.name.in_(ticket.language)
        splitting.split(replace(work, body={"item": item.id, "words": words}))
    said = learning.Choice(ticket.estate_id, ticket.language, ticket.words, item.id, None)
    learning.propose(work.session, work.menu, said, work.now)


def _rename(work: Work, item: Item) -> None:
    ticket = work.ticket
    work.record("chosen", was_zh=ticket.name_zh, was_en=ticket.name_en, now_zh=item.name.zh,
                now_en=item.name.en)  # fmt: skip
    ticket.item_id, ticket.menu_version = item.id, work.menu.version
    ticket.name_zh, ticket.name_en = item.name.zh, item.name.en
