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
    agreeing,
    alarm,
    attachments,
    besides,
    edits,
    forms,
    identity,
    joining,
    keeping,
    offers,
    own,
    passing,
    recent,
    remarks,
    several,
    voices,
)
from backend.conversations.matters import number_of, on_tickets, satisfaction
from backend.conversations.press import pressed
from backend.conversations.state import (
    Attachment,
    Edited,
    Facts,
    Form,
    Heard,
    Odd,
    Press,
    Reply,
    Said,
    State,
    Turn,
    slot_values,
)
from backend.conversations.talk import (
    ENQUIRY,
    Talk,
    faq,
    greet,
    hand_over,
    not_understood,
    show_menu,
)
from intents.meaning import Act, Intent, Meaning
from intents.menu import Menu

#: full messages in the other language after which the bot offers, once, to switch (MANNERS §1.11)
OTHER_LANGUAGE_MESSAGES: Final = 2
WAKING: Final = frozenset({Act.SATISFIED, Act.DISSATISFIED, Act.CANCEL, Act.URGE, Act.COMPLAINT, Act.STATUS})
NO_ANSWER: Final = frozenset({Act.AFFIRM, Act.GOODBYE, Act.SATISFIED, Act.OUT_OF_SCOPE})
NOT_DETAILS: Final = frozenset({Act.THANKS, Act.CANCEL, Act.STATUS, Act.GOODBYE})
#: a question this sure of its service is offered it as a button; any other goes to a person
LIKELY: Final = 0.7
#: said alone, these ask for a person
PERSON: Final = frozenset({"person", "a person", "agent", "staff", "butler", "my butler", "管家", "客服"})
FAIRLY: Final = 0.4
NEW_WISH: Final = frozenset({Act.REQUEST, Act.COMPLAINT, Act.SUGGESTION, Act.PRAISE, Act.ENQUIRY})


def next_turn(state: State, heard: Heard, menu: Menu, now: datetime, facts: Facts) -> Turn:
    """Decide one turn. ``now`` must be in the estate's zone."""
    talk = pointed_at(Talk(state, menu, now, facts))
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
    if meaning.emergency:
        return alarm.by_words(talk, meaning.emergency_kind, slot_values(intent), meaning.text, heard.file_ids)
    if intent.act == Act.LANGUAGE and meaning.wanted_language:
        return forms.switch_language(talk, meaning.wanted_language)
    if identity.asked(meaning.text):
        return identity.answer(talk)
    if intent.act == Act.HUMAN or meaning.text.strip(" .!?。！？").lower() in PERSON:
        if talk.facts.pointed is not None and not remarks.names_person(meaning.text):
            return about.add(talk, talk.facts.pointed, meaning.text, heard.file_ids)
        return hand_over(talk, meaning.text, "handed_over_asked")
    if intent.act == Act.MENU:
        return show_menu(talk)
    door = _door_named(talk, meaning.text)
    if door is not None:
        return pressed(talk, Press("door", {"id": door}))
    expected = recent.of_alarm(talk, heard) or expecting(talk, heard, intent)
    if expected is not None:
        return expected
    talk = talk.with_state(talk.remember(expects=None))
    form = talk.state.form
    if talk.facts.is_quiet and not _wakes(talk, meaning):
        return Turn(talk.state)
    if form is not None:
        return several.with_status(talk, meaning, in_form(several.noted(talk, meaning), form, heard))
    heard = several.without_a_mere_no(heard)
    meaning, intent = heard.meaning, heard.meaning.intents[0]
    danger = several.dangerous(talk, meaning)
    if danger is not None:
        return alarm.by_item(talk, danger, slot_values(intent), meaning.text, heard.file_ids)
    turn = several.named(talk, fresh(several.noted(talk, meaning), heard, intent))
    return several.with_status(talk, meaning, turn)


def _wakes(talk: Talk, meaning: Meaning) -> bool:
    """What the bot answers although a person is in the chat: verdicts, complaints, a plain new wish or
    question (its clock must start), and answers to a question that it put after that person had spoken.
    Chat, thanks and what is unclear are left to the person."""
    intent = meaning.intents[0]
    if (
        own.named(talk, meaning.text)
        or intent.act in WAKING
        or (meaning.decision == "act" and intent.act in NEW_WISH)
    ):
        return True
    replied, said_at = talk.facts.human_replied_at, talk.state.said_at
    is_ours = bool(said_at) and replied is not None and datetime.fromisoformat(said_at) > replied
    return talk.state.form is not None and is_ours


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
    if talk.state.expects == "new_time" and "when" in slots:
        return about.reschedule(talk, number, slots["when"], heard.meaning.text)
    if talk.state.expects == "cancel" and about.calls_off(talk, number, heard.meaning.text, intent):
        return about.unschedule(talk, number, heard.meaning.text)
    if talk.state.expects == "cancel" and number is not None and intent.act == Act.AFFIRM:
        return about.cancel_yes(talk, number)
    if talk.state.expects == "cancel" and (intent.act == Act.DENY or remarks.keeps(heard.meaning.text)):
        return Turn(talk.remember(expects=None), (Reply("kept", {}),))
    return None


def _is_detail(expects: str | None, intent: Intent) -> bool:
    """Whether words belong to the matter of which details are awaited."""
    return expects == "details" and intent.act not in NOT_DETAILS


def fresh(talk: Talk, heard: Said, intent: Intent) -> Turn:
    """A message with nothing under way."""
    meaning = heard.meaning
    if intent.act == Act.STATUS:
        return about.status(talk, number_of(intent))
    taken = offers.answered(talk, heard, intent) or own.in_words(talk, heard, intent)
    taken = taken or recent.of_last(talk, heard)
    if taken is not None:
        return taken
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
        return voices.voice_of(talk, heard, intent)
    if talk.facts.pointed is not None and _is_no_matter(meaning):
        return about.add(talk, talk.facts.pointed, meaning.text, heard.file_ids)
    if intent.act == Act.ENQUIRY and meaning.decision != "act" and intent.confidence < LIKELY:
        return voices.enquire(talk, heard)
    if meaning.decision == "ask":
        return offers.offer(talk, meaning, slot_values(intent), heard.file_ids)
    if meaning.decision == "hand_over" or intent.act not in NEW_WISH:
        return not_understood(talk, meaning.text)
    return wishes(talk, heard)


def _is_no_matter(meaning: Meaning) -> bool:
    """Nothing by itself: as a reply to a ticket's message it belongs to that ticket."""
    return meaning.decision != "act" or meaning.intents[0].act not in NEW_WISH


def small_talk(talk: Talk, intent: Intent, meaning: Meaning) -> Turn | None:
    if intent.act == Act.GREETING and len(meaning.intents) == 1:
        return greet(talk)
    kinds = {Act.THANKS: "welcome", Act.GOODBYE: "goodbye", Act.DENY: "goodbye", Act.AFFIRM: "yes_what"}
    if intent.act in kinds and len(meaning.intents) == 1:
        kind = kinds[intent.act]
        if any(t.workflow in ("complaint", "emergency") for t in talk.facts.tickets):
            kind = {"welcome": "welcome_plain", "goodbye": "goodbye_plain"}.get(kind, kind)
        values = {"address": talk.facts.address_as, "weekday": talk.now.weekday(), "hour": talk.now.hour}
        return Turn(talk.remember(failures=0), (Reply(kind, values),))
    if intent.act == Act.OUT_OF_SCOPE and talk.facts.pointed is None:
        return not_understood(talk, meaning.text, "out_of_scope")
    return None


def wishes(talk: Talk, heard: Said) -> Turn:
    """The first wish is begun; others wait their turn (`several.noted`)."""
    meaning = heard.meaning
    first = next((i for i in meaning.intents if i.item and i.act in NEW_WISH), None)
    if first is None:
        return unnamed(talk, heard)
    item = talk.item(first.item or ENQUIRY)
    if first.act == Act.ENQUIRY and item.workflow != "enquiry":
        item = talk.item(ENQUIRY)
    return forms.start(talk, item, slot_values(first), first.words or meaning.text, files=heard.file_ids)


def unnamed(talk: Talk, heard: Said) -> Turn:
    """A question without an item is an enquiry; any other wish without one is not understood yet."""
    if heard.meaning.intents[0].act == Act.ENQUIRY:
        return voices.enquire(talk, heard)
    return not_understood(talk, heard.meaning.text)


def in_form(talk: Talk, form: Form, heard: Said) -> Turn:
    """A message while details are being taken."""
    meaning, intent = heard.meaning, heard.meaning.intents[0]
    if heard.file_ids:
        form = replace(form, file_ids=form.file_ids + heard.file_ids)
        talk = talk.with_state(talk.remember(form=form))
    ticket = about.find(talk, about.meant(talk, number_of(intent)))
    if intent.act == Act.CANCEL and ticket is not None:
        return on_tickets(talk, intent, meaning)
    if ticket is not None and intent.act in (Act.URGE, Act.RESCHEDULE):
        return attachments.then_the_question(talk, on_tickets(talk, intent, meaning))
    if form.step == joining.ASKED:
        return known_matter(talk, form, heard, intent)
    if form.step == "confirming" and remarks.thanks_and_agrees(meaning.text):
        return forms.open_now(talk, form)
    if remarks.drops(meaning.text, intent):
        return besides.dropped(talk, form, heard)
    if intent.act in (Act.STATUS, Act.GREETING, Act.THANKS) or (meaning.faq and intent.act == Act.ENQUIRY):
        return passing.aside(talk, form, heard, intent)
    if form.step in ("confirming", "changing"):
        return confirming(talk, form, heard, intent)
    return answering(talk, form, heard, intent)


def known_matter(talk: Talk, form: Form, heard: Said, intent: Intent) -> Turn:
    """An answer to "we know about this: shall I add your report?"; more details go with it."""
    slots = {k: v for k, v in slot_values(intent).items() if k != "ticket"}
    if intent.act == Act.AFFIRM or remarks.thanks_and_agrees(heard.meaning.text):
        form = replace(form, slots={**form.slots, **slots}, step=joining.JOINED)
        return forms.open_now(talk, form)
    if remarks.drops(heard.meaning.text, intent):
        return forms.drop(talk, form)
    form = joining.apart(form)
    if intent.act == Act.DENY and not slots:
        return forms.go_on(talk, form)
    return in_form(talk.with_state(talk.remember(form=form)), form, heard)


def confirming(talk: Talk, form: Form, heard: Said, intent: Intent) -> Turn:
    """Yes, no, or a correction (one detail, without starting again)."""
    slots = {k: v for k, v in slot_values(intent).items() if k != "ticket"}
    if intent.act == Act.AFFIRM and not slots and form.step == "confirming":
        return forms.open_now(talk, form)
    if intent.item not in (None, form.item) and remarks.asks_instead(heard.meaning.text, intent):
        return besides.begin_instead(talk, form, heard, intent)
    if _is_other_wish(talk, form, heard.meaning, intent):
        return passing.park(talk, form, heard, intent)
    if form.step == "changing" and form.asking:
        return answering(talk, form, heard, intent)
    if slots:
        return forms.take(talk, form, slots)
    if remarks.keeps(heard.meaning.text):
        return forms.read_back(talk, form)
    if intent.act in (Act.DENY, Act.AMEND):
        return forms.ask_change(talk, form)
    if intent.act == Act.ENQUIRY:
        return passing.ask_in_passing(talk, form, heard)
    return forms.cannot_read(talk, form, heard.meaning.text) if talk.state.failures else _again(talk, form)


def _again(talk: Talk, form: Form) -> Turn:
    turn = forms.read_back(talk, form)
    return replace(turn, state=replace(turn.state, failures=talk.state.failures + 1))


def answering(talk: Talk, form: Form, heard: Said, intent: Intent) -> Turn:
    """An answer to the question asked, perhaps with more details than asked for."""
    if _is_other_wish(talk, form, heard.meaning, intent):
        return passing.park(talk, form, heard, intent)
    slots = {k: v for k, v in slot_values(intent).items() if k != "ticket"}
    asking, words = form.asking or "", heard.meaning.text
    if asking in forms.WINDOW_SLOTS and "when" in slots:
        slots[asking] = slots.pop("when") if asking != "when" else slots["when"]
    if asking in forms.WINDOW_SLOTS and remarks.is_since(
        words
    ):  # since when it is broken: no time for a visit
        slots.pop(asking, None)
        form = replace(form, words=f"{form.words}\n{words}".strip())
        talk = talk.with_state(talk.remember(form=replace(form, slots={**form.slots, **slots})))
        return forms.resume(talk, talk.state.form or form)
    if asking == "when" and "freq" in slots:  # "every Monday" is an answer to when
        return forms.take(talk, form, slots)
    if asking not in slots and intent.act == Act.ENQUIRY:
        return passing.ask_in_passing(talk, form, heard)
    slots |= agreeing.agreed(asking, words, intent, slots)
    if asking not in slots and intent.act == Act.INFORM and slots:
        return besides.told_elsewhere(talk, form, heard, slots)
    is_told = asking and asking not in slots and intent.act not in NO_ANSWER
    if is_told and _takes_words(talk, asking):
        slots[asking] = words
    if asking and asking not in slots:
        form = replace(form, slots={**form.slots, **slots})
        return forms.cannot_read(talk.with_state(talk.remember(form=form)), form, words)
    return forms.take(talk, form, slots)


def _takes_words(talk: Talk, slot: str) -> bool:
    """Slots whose answer is kept as it was said: free text, names, places (an unknown place is still one)."""
    spec = talk.menu.slots[slot]
    counted = ("datetime_window", "datetime", "date_range", "integer", "hours", "recurrence", "bool",
               "attestation")  # fmt: skip
    return spec.type not in counted and not (spec.options and spec.type.startswith("enum("))


def _is_other_wish(talk: Talk, form: Form, meaning: Meaning, intent: Intent) -> bool:
    if intent.act == Act.COMPLAINT:
        return meaning.decision == "act"
    if intent.act not in (Act.REQUEST, Act.SUGGESTION) or intent.item is None:
        return False
    # With no question open, a wish that is only likely is noted too: its own read-back will show it.
    is_sure = meaning.decision == "act" or (form.asking is None and intent.confidence >= FAIRLY)
    return bool(is_sure and talk.item(intent.item).id != form.item)


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
