"""The posts of a ticket's quick actions; words in another language than their reader's may go translated."""

import asyncio
from http import HTTPStatus

from fastapi import APIRouter, Response

from backend.desk import answering, forms, ticket_pages, translation_pages
from backend.desk.doors import Number, PageRoute, Typed, Visit, Visiting
from backend.desk.forms import BadForm
from backend.errors import BadInput, NotFound
from backend.tickets import service
from backend.translating.provider import NotTranslated

router = APIRouter(include_in_schema=False, route_class=PageRoute)


@router.post("/tickets/{number}/{action}")
async def act(who: Visiting, number: Number, action: str, fields: Typed) -> Response:
    """Take one action; what cannot be taken comes back with a sentence and nothing lost."""
    if action not in service.HANDLERS:
        raise NotFound
    return await sent(who, number, action, fields)


async def sent(who: Visit, number: int, action: str, fields: dict[str, str]) -> Response:
    """Take an action, translated where that was chosen, and count the ready answers that it was made of."""
    if fields.get("translate") and action in forms.TO_RESIDENT:
        return await _translated(who, number, action, fields)
    response = await asyncio.to_thread(ticket_pages.take, who, number, action, fields)
    if response.status_code < HTTPStatus.BAD_REQUEST:
        await asyncio.to_thread(answering.count_used, who, fields)
    return response


async def _translated(who: Visit, number: int, action: str, fields: dict[str, str]) -> Response:
    """Send words in their reader's language; where that fails, the butler's own stay in their field."""
    name = forms.TO_RESIDENT[action]
    try:
        await asyncio.to_thread(ticket_pages.read_fields, who, number, action, {**fields, "sure": "1"})
        made = await translation_pages.turned(who, number, forms.words_of(action, fields))
        turned = {**fields, name: made.text, "sure": "1", "translated": "1"}
        await asyncio.to_thread(ticket_pages.read_fields, who, number, action, turned)
    except BadForm as bad:
        errors, status = dict(bad.errors), BadInput.status
        return await asyncio.to_thread(ticket_pages.again, who, number, action, fields, errors, status)
    except (NotTranslated, BadInput) as refusal:
        errors, status = {name: refusal.worded(who.language)[1]}, refusal.status
        return await asyncio.to_thread(ticket_pages.again, who, number, action, fields, errors, status)
    response = await asyncio.to_thread(ticket_pages.take, who, number, action, turned)
    if response.status_code < HTTPStatus.BAD_REQUEST and action == "reply":
        await asyncio.to_thread(translation_pages.keep_original, who, number, made)
    return response
