"""What happens next: one message in, one decision out. Pure.

``next_turn`` knows no database, no channel and no clock: it gets the remembered state, what was heard, the
menu, the instant (estate-local) and the facts of the house, and returns the new state, the replies by kind
and the orders to carry out.
"""

from dataclasses import replace
from datetime import datetime
from typing import Final

from backend.conversations import (
    about,
    after_alarm,
    alarm,
    all_clear,
    attachments,
    belonging,
    denials,
    directory,
    edits,
    following,
    forms,
    guest_names,
    guests,
    identity,
    keeping,
    lift,
    matters,
    new_matters,
    offers,
    prices,
    remarks,
    several,
    situations,
    verdict_reason,
    visits,
    waking,
)
from backend.conversations.beginning import fresh
from backend.conversations.press import pressed
from backend.conversations.state import (
    Attachment,
    Edited,
    Facts,
    Heard,
    Odd,
    Press,
    Reply,
    Said,
    State,
    Turn,
    slot_values,
)
from backend.conversations.taking import in_form
from backend.conversations.talk import NOTHING_OFFERED, Talk, hand_over, show_menu
from intents.meaning import Act, Intent, Meaning
from intents.menu import Menu

#: full messages in the other language after which the bot offers, once, to switch (MANNERS §1.11)
OTHER_LANGUAGE_MESSAGES: Final = 2
NOT_DETAILS: Final = frozenset({Act.THANKS, Act.CANCEL, Act.STATUS, Act.GOODBYE})
#: said alone, these ask for a person
PERSON: Final = frozenset({"person", "a person", "agent", "staff", "butler", "my butler", "管家", "客服"})


def next_turn(state: State, heard: Heard, menu: Menu, now: datetime, facts: Facts) -> Turn:
    """Decide one turn. ``now`` must be in the estate's zone."""
    talk = pointed_at(waking.after_staff(Talk(state, menu, now, facts)))
    old = keeping.told_to_staff(talk) if keeping.is_old(talk) else Turn(talk.state)
    talk = talk.with_state(old.state)
    if isinstance(heard, Press):
        turn = pressed(talk, heard)
    elif isinstance(heard, Odd):
        turn = attachments.odd(talk, heard)
    elif isinstance(heard, Edited):
        turn = edited(talk, heard)
    else:
        turn = read(talk, heard)
    turn = keeping.kept(state, several.go_on(talk, turn) if turn.replies else turn)
    turn = forms.then(old, turn) if old.orders else turn
    turn = following.remembered(state, heard, turn, now)
    return replace(turn, state=replace(turn.state, said_at=now.isoformat())) if turn.replies else turn


def pointed_at(talk: Talk) -> Talk:
    """A reply to a ticket's message speaks of that ticket, not of what was asked about another."""
    pointed = talk.facts.pointed
    if pointed is None or pointed == talk.state.about:
        return talk
    return talk.with_state(talk.remember(about=pointed, expects=None))


def read(talk: Talk, heard: Said | Attachment) -> Turn:
    if isinstance(heard, Attachment):
        turn = attachments.attached(talk, heard)
    else:
        heard = replace(heard, meaning=remarks.with_or_later(heard.meaning))
        turn = offer_language(talk, heard.meaning, said(talk, heard))
    return attachments.with_refusal(turn, heard.refused) if heard.refused else turn


def edited(talk: Talk, heard: Edited) -> Turn:
    """An alarm is one however late; a wish under way changes; what was not understood is read anew."""
    meaning, form = heard.said.meaning, talk.state.form
    is_clear = meaning.decision == "act" and meaning.intents[0].act != Act.OUT_OF_SCOPE
    if meaning.emergency:
        return said(talk, heard.said)
    is_under_way = heard.is_last or (form is not None and edits.began(form, heard))
    if edits.began_offer(talk, heard):  # the choice that is open was given for the former wording
        return said(talk.with_state(talk.remember(failures=0, **NOTHING_OFFERED)), heard.said)
    if talk.facts.is_quiet or not is_under_way:
        return edits.noted(talk, heard)
    if form is not None:
        is_answer = talk.state.failures > 0 and not edits.began(form, heard)
        if is_answer or meaning.intents[0].act in (Act.CANCEL, Act.HUMAN):
            return said(talk.with_state(talk.remember(failures=0)), heard.said)
        return edits.corrected(talk, form, heard)
    if heard.was_unclear and is_clear:
        return said(talk.with_state(talk.remember(failures=0, offered=(), offered_words="")), heard.said)
    return edits.noted(talk, heard)


def said(talk: Talk, heard: Said) -> Turn:
    meaning, intent = heard.meaning, heard.meaning.intents[0]
    if meaning.emergency or situations.leaves_helpless(meaning.text):
        kind = meaning.emergency_kind if meaning.emergency else situations.TRAPPED
        return alarm.by_words(talk, kind, slot_values(intent), meaning.text, heard.file_ids)
    plain = _told_plainly(talk, heard)
    if plain is not None:
        return plain
    if _asks_for_person(talk, meaning):
        if talk.facts.pointed is not None and not remarks.names_person(meaning.text):
            return about.add(talk, talk.facts.pointed, meaning.text, heard.file_ids)
        return hand_over(talk, meaning.text, "handed_over_asked")
    if intent.act == Act.MENU and (meaning.decision == "act" or not talk.facts.is_quiet):
        return show_menu(talk)
    door = _door_named(talk, meaning.text)
    if door is not None:
        return pressed(talk, Press("door", {"id": door}))
    expected = _asked_for(talk, heard, intent)
    if expected is not None:
        return expected
    talk = talk.with_state(talk.remember(expects=None))
    form = talk.state.form
    of_guest = visits.told(talk, heard) or belonging.to_complaint(talk, heard)
    if of_guest is not None:
        return attachments.then_the_question(talk, of_guest)
    heard = new_matters.as_wish(talk, heard)
    meaning, intent = heard.meaning, heard.meaning.intents[0]
    if talk.facts.is_quiet and not waking.wakes(talk, meaning):
        return waking.left_to_person(talk, heard)
    heard = waking.taken_plainly(talk, heard)
    meaning, intent = heard.meaning, heard.meaning.intents[0]
    if form is not None:
        beside = several.noted(talk, meaning)
        return several.with_status(talk, meaning, several.named(talk, beside, in_form(beside, form, heard)))
    heard = several.without_a_mere_no(heard)
    meaning, intent = heard.meaning, heard.meaning.intents[0]
    danger = several.dangerous(talk, meaning)
    if danger is not None:
        return alarm.by_item(talk, danger, slot_values(intent), meaning.text, heard.file_ids)
    beside = several.noted(talk, meaning)
    turn = several.named(talk, beside, fresh(beside, heard, intent))
    turn = following.told_how(talk, heard, turn)
    item = talk.menu.find_item(intent.item) if intent.item else None
    turn = offers.set_aside(talk, prices.before(talk, item, meaning.text, turn))
    return several.with_status(talk, meaning, turn)


def _told_plainly(talk: Talk, heard: Said) -> Turn | None:
    """What can mean nothing else, whatever is under way."""
    meaning = heard.meaning
    is_over = all_clear.told(talk, heard)
    if is_over is not None:
        return is_over
    in_lift = lift.somebody_inside(talk, heard) or lift.empty(talk, meaning.text)
    if in_lift is not None:
        return in_lift
    if meaning.intents[0].act == Act.LANGUAGE and meaning.wanted_language:
        return forms.switch_language(talk, meaning.wanted_language)
    if directory.asked(meaning.text):
        return directory.answer(talk)
    return identity.answer(talk) if identity.asked(meaning.text) else belonging.for_visit(talk, heard)


def _asks_for_person(talk: Talk, meaning: Meaning) -> bool:
    """To a person who is in the chat "等你们电话" is an answer, unless a person is asked for by name."""
    words = meaning.text.strip(" .!?。！？").lower()
    is_told = meaning.intents[0].act == Act.HUMAN and (
        not talk.facts.is_quiet or talk.facts.pointed is not None or remarks.names_person(words)
    )
    return is_told or words in PERSON


def _asked_for(talk: Talk, heard: Said, intent: Intent) -> Turn | None:
    """What the bot waits for, whoever else is in the chat."""
    told = after_alarm.told(talk, heard) or verdict_reason.told(talk, heard) or expecting(talk, heard, intent)
    told = told or denials.keeps(talk.with_state(talk.remember(expects=None)), heard)
    if told is not None or talk.state.form is not None:
        return told
    return guest_names.in_passing(talk, None, heard, intent)


def _door_named(talk: Talk, text: str) -> str | None:
    """A door's name alone ("报修", "Repairs") opens that door, unless details are being taken."""
    said = text.strip(" .!?。！？").lower()
    if talk.state.form is not None:
        return None
    return next((d.id for d in talk.menu.doors if said in (d.name.zh, d.name.en.lower())), None)


def expecting(talk: Talk, heard: Said, intent: Intent) -> Turn | None:
    """An answer to what the bot asked about a ticket: details, a new time, cancel yes or no."""
    number = talk.state.about
    if number is not None and _is_detail(talk.state.expects, intent):
        return about.add(talk, number, heard.meaning.text, heard.file_ids)
    slots = slot_values(intent)
    if talk.state.expects == "new_time" and "when" in slots and not _is_new_matter(talk, heard.meaning):
        return about.reschedule(talk, number, slots["when"], heard.meaning.text)
    if talk.state.expects == "cancel" and about.calls_off(talk, number, heard.meaning.text, intent):
        return about.unschedule(talk, number, heard.meaning.text)
    is_yes = intent.act == Act.AFFIRM or remarks.says_yes_to_cancel(heard.meaning.text)
    if talk.state.expects == "cancel" and number is not None and is_yes:
        return about.cancel_yes(talk, number)
    if talk.state.expects == "cancel" and (intent.act == Act.DENY or remarks.keeps(heard.meaning.text)):
        return Turn(talk.remember(expects=None), (Reply("kept", {}),))
    return None


def _is_new_matter(talk: Talk, meaning: Meaning) -> bool:
    """A wish with a time of its own moves no visit: "明天下午三点我朋友李伟开车来"."""
    intent, ticket = meaning.intents[0], about.find(talk, talk.state.about)
    is_other = matters.is_of_another_kind(talk, intent, ticket.item if ticket else None)
    return is_other or guests.comes_at_the_time(talk, meaning, intent)


def _is_detail(expects: str | None, intent: Intent) -> bool:
    """Whether words belong to the matter of which details are awaited."""
    return expects == "details" and intent.act not in NOT_DETAILS


def offer_language(talk: Talk, meaning: Meaning, turn: Turn) -> Turn:
    """After two full messages in the other language, offer it once; never switch by itself."""
    words = meaning.text.split() if meaning.language == "en" else list(meaning.text)
    is_other = meaning.language not in ("mixed", talk.facts.language) and len(words) >= 4
    count = talk.state.other_language + 1 if is_other else 0
    state = replace(turn.state, other_language=count)
    if count < OTHER_LANGUAGE_MESSAGES or state.language_offered or not turn.replies:
        return replace(turn, state=state)
    reply = Reply("offer_language", {"language": meaning.language})
    return replace(turn, state=replace(state, language_offered=True), replies=(*turn.replies, reply))
