"""What happens next: one message in, one decision out. Pure.

``next_turn`` knows no database, no channel and no clock: it gets the remembered state, what was heard, the
menu, the instant (estate-local) and the facts of the house, and returns the new state, the replies by kind
and the orders to carry out.
"""

from dataclasses import replace
from datetime import datetime
from typing import Final

from backend.conversations import about, forms
from backend.conversations.press import pressed
from backend.conversations.state import (
    Attachment,
    Facts,
    Form,
    Heard,
    Open,
    Press,
    Reply,
    Said,
    SetLanguage,
    State,
    Turn,
    slot_values,
)
from backend.conversations.talk import (
    CALL_ME,
    COMPLAINT,
    ENQUIRY,
    HUMAN_BUTTON,
    MENU_BUTTON,
    PRAISE,
    SUGGESTION,
    Talk,
    greet,
    hand_over,
    not_understood,
    offer,
    show_menu,
)
from intents.meaning import Act, Intent, Meaning
from intents.menu import Menu

EMERGENCY_ITEMS: Final = {
    "gas": "common.fire.gas-leak", "fire": "common.fire.panic-button", "illness": "value.home.sudden-illness",
}  # fmt: skip
EMERGENCY_DEFAULT: Final = "common.security.incident"
#: full messages in the other language after which the bot offers, once, to switch (MANNERS §1.11)
OTHER_LANGUAGE_MESSAGES: Final = 2
NEW_WISH: Final = frozenset({Act.REQUEST, Act.COMPLAINT, Act.SUGGESTION, Act.PRAISE, Act.ENQUIRY})


def next_turn(state: State, heard: Heard, menu: Menu, now: datetime, facts: Facts) -> Turn:
    """Decide one turn. ``now`` must be in the estate's zone."""
    talk = Talk(state, menu, now, facts)
    if isinstance(heard, Press):
        return pressed(talk, heard)
    if isinstance(heard, Attachment):
        return attached(talk, heard)
    turn = said(talk, heard)
    return offer_language(talk, heard.meaning, turn)


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
        return about.add(talk, ticket.number, "", heard.file_ids)
    state = talk.remember(file_ids=talk.state.file_ids + heard.file_ids)
    return Turn(state, (Reply("photo_about_what", {}, (MENU_BUTTON, HUMAN_BUTTON)),))


def said(talk: Talk, heard: Said) -> Turn:
    meaning, intent = heard.meaning, heard.meaning.intents[0]
    if meaning.emergency:
        return emergency(talk, meaning)
    if intent.act == Act.LANGUAGE and meaning.wanted_language:
        return switch_language(talk, meaning.wanted_language)
    if intent.act == Act.HUMAN:
        return hand_over(talk, meaning.text, "handed_over_asked")
    if intent.act == Act.MENU:
        return show_menu(talk)
    if talk.state.form is not None:
        return in_form(talk, talk.state.form, heard)
    if intent.act == Act.STATUS:
        return about.status(talk, _number(intent))
    if talk.facts.is_quiet and not _wakes(intent):
        return Turn(talk.state)
    expected = expecting(talk, heard, intent)
    return expected or fresh(talk, heard, intent)


def _wakes(intent: Intent) -> bool:
    """What the bot answers although a person is in the chat: verdicts, cancelling, urging."""
    return intent.act in (Act.SATISFIED, Act.DISSATISFIED, Act.CANCEL, Act.URGE, Act.COMPLAINT)


def _number(intent: Intent) -> int | None:
    number = intent.slots.get("ticket")
    return number if isinstance(number, int) else None


def expecting(talk: Talk, heard: Said, intent: Intent) -> Turn | None:
    """An answer to what the bot asked about a ticket: details, a new time, cancel yes or no."""
    number = talk.state.about
    if talk.state.expects == "details" and number is not None and intent.act not in (Act.THANKS, Act.CANCEL):
        return about.add(talk, number, heard.meaning.text, heard.file_ids)
    slots = slot_values(intent)
    if talk.state.expects == "new_time" and "when" in slots:
        return about.reschedule(talk, number, slots["when"], heard.meaning.text)
    if talk.state.expects == "cancel" and number is not None and intent.act == Act.AFFIRM:
        return about.cancel_yes(talk, number)
    if talk.state.expects == "cancel" and intent.act == Act.DENY:
        return Turn(talk.remember(expects=None), (Reply("kept", {}),))
    return None


def fresh(talk: Talk, heard: Said, intent: Intent) -> Turn:
    """A message with nothing under way."""
    meaning = heard.meaning
    if meaning.faq and intent.act in (Act.ENQUIRY, Act.REQUEST):
        return faq(talk, meaning.faq)
    small = small_talk(talk, intent, meaning)
    if small is not None:
        return small
    if intent.act in (Act.CANCEL, Act.URGE, Act.RESCHEDULE, Act.AMEND):
        return on_tickets(talk, intent, meaning)
    if intent.act in (Act.SATISFIED, Act.DISSATISFIED):
        return satisfaction(talk, heard, intent)
    if intent.act in (Act.COMPLAINT, Act.SUGGESTION, Act.PRAISE):
        return voice_of(talk, heard, intent)
    if meaning.decision == "ask":
        return offer(talk, meaning, slot_values(intent), heard.file_ids)
    if meaning.decision == "hand_over" or intent.act not in NEW_WISH:
        return not_understood(talk, meaning.text)
    return wishes(talk, heard)


def small_talk(talk: Talk, intent: Intent, meaning: Meaning) -> Turn | None:
    if intent.act == Act.GREETING and len(meaning.intents) == 1:
        return greet(talk)
    kinds = {Act.THANKS: "welcome", Act.GOODBYE: "goodbye", Act.DENY: "goodbye", Act.AFFIRM: "yes_what"}
    if intent.act in kinds and len(meaning.intents) == 1:
        values = {"address": talk.facts.address_as, "weekday": talk.now.weekday(), "hour": talk.now.hour}
        return Turn(talk.remember(failures=0), (Reply(kinds[intent.act], values),))
    if intent.act == Act.OUT_OF_SCOPE:
        return not_understood(talk, meaning.text, "out_of_scope")
    return None


def on_tickets(talk: Talk, intent: Intent, meaning: Meaning) -> Turn:
    number = _number(intent)
    if intent.act == Act.URGE:
        return about.urge(talk, number)
    if intent.act == Act.CANCEL:
        return about.cancel(talk, number)
    slots = slot_values(intent)
    if intent.act == Act.RESCHEDULE or "when" in slots:
        return about.reschedule(talk, number, slots.get("when"), meaning.text)
    ticket = about.pick(talk, number)
    if ticket is None:
        return not_understood(talk, meaning.text)
    return about.add(talk, ticket.number, meaning.text, ())


def satisfaction(talk: Talk, heard: Said, intent: Intent) -> Turn:
    result = "satisfied" if intent.act == Act.SATISFIED else "unsatisfied"
    turn = about.verdict(talk, result, heard.meaning.text, _number(intent))
    if turn is not None:
        return turn
    if result == "satisfied":
        values = {"address": talk.facts.address_as, "weekday": talk.now.weekday(), "hour": talk.now.hour}
        return Turn(talk.remember(failures=0), (Reply("welcome", values),))
    return voice_of(talk, heard, replace(intent, act=Act.COMPLAINT, item=COMPLAINT))


def voice_of(talk: Talk, heard: Said, intent: Intent) -> Turn:
    """Complaint (a ticket at once), suggestion (read back first), praise (thanked and recorded)."""
    default = {Act.COMPLAINT: COMPLAINT, Act.SUGGESTION: SUGGESTION, Act.PRAISE: PRAISE}[intent.act]
    found = talk.menu.find_item(intent.item) if intent.item else None
    fits = found is not None and found.workflow == talk.menu.workflow_of(default)
    item = found if found is not None and fits else talk.item(default)
    slots = {**slot_values(intent), "topic": heard.meaning.text}
    if _is_bare(intent, heard.meaning):
        slots.pop("topic")
        return forms.start(talk, item, slots, "", files=heard.file_ids)
    return forms.start(talk, item, slots, heard.meaning.text, files=heard.file_ids)


def _is_bare(intent: Intent, meaning: Meaning) -> bool:
    """ "我要投诉" says that there is a complaint but not what it is."""
    bare = 7 if meaning.language == "zh" else 32
    marks = ("投诉", "建议", "意见", "complain", "suggestion", "表扬")
    return len(meaning.text) <= bare and any(mark in meaning.text.lower() for mark in marks)


def wishes(talk: Talk, heard: Said) -> Turn:
    """One or several wishes: the first is begun, the others wait their turn (at most three in all)."""
    meaning = heard.meaning
    wanted = [i for i in meaning.intents if i.item and i.act in NEW_WISH][:3]
    if not wanted:
        return unnamed(talk, heard)
    first, *rest = wanted
    waiting = tuple(
        {"item": i.item, "slots": slot_values(i), "words": meaning.text, "asked_at": talk.now.isoformat()}
        for i in rest
        if i.act == Act.REQUEST
    )
    talk = talk.with_state(talk.remember(waiting=talk.state.waiting + waiting))
    item = talk.item(first.item or ENQUIRY)
    if first.act == Act.ENQUIRY and item.workflow != "enquiry":
        item = talk.item(ENQUIRY)
    return forms.start(talk, item, slot_values(first), meaning.text, files=heard.file_ids)


def unnamed(talk: Talk, heard: Said) -> Turn:
    """A question without an item is an enquiry; any other wish without one is not understood yet."""
    if heard.meaning.intents[0].act == Act.ENQUIRY:
        return forms.start(talk, talk.item(ENQUIRY), {}, heard.meaning.text, files=heard.file_ids)
    return not_understood(talk, heard.meaning.text)


def faq(talk: Talk, key: str) -> Turn:
    from_menu = (MENU_BUTTON, HUMAN_BUTTON)
    return Turn(talk.remember(failures=0), (Reply("faq", {"key": key}, from_menu),))


def in_form(talk: Talk, form: Form, heard: Said) -> Turn:
    """A message while details are being taken."""
    meaning, intent = heard.meaning, heard.meaning.intents[0]
    if heard.file_ids:
        form = replace(form, file_ids=form.file_ids + heard.file_ids)
        talk = talk.with_state(talk.remember(form=form))
    if intent.act == Act.CANCEL:
        return forms.drop(talk, form)
    if intent.act in (Act.STATUS, Act.GREETING, Act.THANKS) or (meaning.faq and intent.act == Act.ENQUIRY):
        return aside(talk, form, heard, intent)
    if form.step in ("confirming", "changing"):
        return confirming(talk, form, heard, intent)
    return answering(talk, form, heard, intent)


def aside(talk: Talk, form: Form, heard: Said, intent: Intent) -> Turn:
    """Answer what was said in passing, then come back to the open question."""
    if heard.meaning.faq and intent.act == Act.ENQUIRY:
        first = faq(talk, heard.meaning.faq)
    else:
        first = about.status(talk) if intent.act == Act.STATUS else Turn(talk.state)
    back = resume(talk, form)
    replies = tuple(replace(r, buttons=()) for r in first.replies) + back.replies
    return replace(back, replies=replies)


def resume(talk: Talk, form: Form) -> Turn:
    if form.step in ("confirming", "changing"):
        return forms.read_back(talk, form)
    return forms.ask(talk, form, form.asking or "topic")


def confirming(talk: Talk, form: Form, heard: Said, intent: Intent) -> Turn:
    """Yes, no, or a correction (one detail, without starting again)."""
    slots = {k: v for k, v in slot_values(intent).items() if k != "ticket"}
    if intent.act == Act.AFFIRM and not slots:
        return forms.open_now(talk, form)
    if _is_other_wish(talk, form, heard.meaning, intent):
        return park(talk, form, heard, intent)
    if slots:
        return forms.take(talk, form, slots)
    if form.step == "changing" and form.asking:
        return forms.take(talk, form, {form.asking: heard.meaning.text})
    if intent.act in (Act.DENY, Act.AMEND):
        return forms.ask_change(talk, form)
    return forms.cannot_read(talk, form, heard.meaning.text) if talk.state.failures else _again(talk, form)


def _again(talk: Talk, form: Form) -> Turn:
    turn = forms.read_back(talk, form)
    return replace(turn, state=replace(turn.state, failures=talk.state.failures + 1))


def answering(talk: Talk, form: Form, heard: Said, intent: Intent) -> Turn:
    """An answer to the question asked, perhaps with more details than asked for."""
    if _is_other_wish(talk, form, heard.meaning, intent):
        return park(talk, form, heard, intent)
    slots = {k: v for k, v in slot_values(intent).items() if k != "ticket"}
    asking = form.asking or ""
    if asking in forms.WINDOW_SLOTS and "when" in slots:
        slots[asking] = slots.pop("when") if asking != "when" else slots["when"]
    if asking and asking not in slots and _takes_words(talk, asking):
        slots[asking] = heard.meaning.text
    if asking and asking not in slots:
        form = replace(form, slots={**form.slots, **slots})
        return forms.cannot_read(talk.with_state(talk.remember(form=form)), form, heard.meaning.text)
    return forms.take(talk, form, slots)


def _takes_words(talk: Talk, slot: str) -> bool:
    """Slots whose answer is kept as it was said: free text, names, places (an unknown place is still one)."""
    spec = talk.menu.slots[slot]
    counted = ("datetime_window", "datetime", "date_range", "integer", "hours", "recurrence", "bool")
    return spec.type not in counted and not (spec.options and spec.type.startswith("enum("))


def _is_other_wish(talk: Talk, form: Form, meaning: Meaning, intent: Intent) -> bool:
    if intent.act == Act.COMPLAINT:
        return True
    if intent.act != Act.REQUEST or meaning.decision != "act" or intent.item is None:
        return False
    return bool(talk.item(intent.item).id != form.item)


def park(talk: Talk, form: Form, heard: Said, intent: Intent) -> Turn:
    """A complaint is taken at once; another wish waits until this one is done."""
    if intent.act == Act.COMPLAINT:
        aside_talk = talk.with_state(replace(talk.state, form=None, waiting=()))
        first = voice_of(aside_talk, heard, intent)
        back = resume(talk.with_state(replace(talk.state, form=form)), form)
        orders = tuple(o for o in first.orders if isinstance(o, Open))
        replies = tuple(replace(r, order=0 if orders else None, buttons=()) for r in first.replies)
        return Turn(back.state, replies + back.replies, orders + back.orders)
    wish = {"item": intent.item, "slots": slot_values(intent), "words": heard.meaning.text,
            "asked_at": talk.now.isoformat()}  # fmt: skip
    talk = talk.with_state(talk.remember(waiting=(*talk.state.waiting, wish)[:3]))
    item = talk.item(intent.item or ENQUIRY)
    noted = Reply("noted_next", {"name_zh": item.name.zh, "name_en": item.name.en})
    back = resume(talk, form)
    return replace(back, replies=(noted, *back.replies))


def emergency(talk: Talk, meaning: Meaning) -> Turn:
    """Safety lines and numbers first, duty staff in the same breath, details after; for visitors too."""
    kind = meaning.emergency_kind or "incident"
    item_id = EMERGENCY_ITEMS.get(kind, EMERGENCY_DEFAULT)
    item = talk.menu.find_item(item_id) or talk.item(EMERGENCY_DEFAULT)
    slots = {**slot_values(meaning.intents[0])}
    order = Open(item.id, slots, meaning.text, talk.now.isoformat(), "emergency", (), kind)
    values = {
        "kind": kind,
        "home": talk.facts.home,
        "hotline": talk.facts.hotline,
        "linked": talk.facts.linked,
    }
    replies = (
        Reply("emergency", values, (HUMAN_BUTTON,), order=0, is_urgent=True),
        Reply("emergency_where", values, order=0, is_urgent=True),
    )
    state = talk.remember(expects="details", about=None, failures=0)
    return Turn(state, replies, (order,))


def switch_language(talk: Talk, language: str) -> Turn:
    """Answer in the other language from now on; a form under way keeps its answers."""
    turn = Turn(talk.remember(other_language=0), (Reply("language_set", {"language": language}),))
    if talk.state.form is not None:
        back = resume(talk.with_state(turn.state), talk.state.form)
        turn = replace(back, replies=turn.replies + back.replies)
    return replace(turn, orders=(*turn.orders, SetLanguage(language)))


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
