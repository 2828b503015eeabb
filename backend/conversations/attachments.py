"""What comes without words: photos, voice messages, a place. Pure."""

from dataclasses import replace

from backend.conversations import about, forms
from backend.conversations.state import Attachment, Open, Reply, Turn
from backend.conversations.talk import CALL_ME, HUMAN_BUTTON, MENU_BUTTON, Talk


def attached(talk: Talk, heard: Attachment) -> Turn:
    """Photos join the wish under way or the ticket last spoken of; a voice message goes to a person."""
    if heard.is_voice:
        order = Open(CALL_ME, {}, "", talk.now.isoformat(), "voice", heard.file_ids)
        values = {"address": talk.facts.address_as, "butler": talk.facts.butler}
        return Turn(talk.state, (Reply("voice_taken", values, order=0),), (order,))
    form = talk.state.form
    if form is not None:
        form = replace(form, file_ids=form.file_ids + heard.file_ids)
        return forms.go_on(talk.with_state(talk.remember(form=form)), replace(form, asked=form.asked[:-1]))
    ticket = about.find(talk, talk.state.about) or about.pick(talk, None)
    if ticket is not None:
        turn = about.add(talk, ticket.number, "", heard.file_ids)
        return replace(turn, replies=()) if talk.facts.is_quiet else turn
    state = talk.remember(file_ids=talk.state.file_ids + heard.file_ids)
    return Turn(state, (Reply("photo_about_what", {}, (MENU_BUTTON, HUMAN_BUTTON)),))
