"""A message while the details of a wish are being taken: an answer, a correction, or something else. Pure."""

from dataclasses import replace
from typing import Final

from backend.conversations import (
    about,
    agreeing,
    already,
    attachments,
    besides,
    changing,
    denials,
    forms,
    guest_names,
    joining,
    matters,
    new_matters,
    offers,
    passing,
    prices,
    refused,
    remarks,
    subjects,
    unrelated,
)
from backend.conversations.keeping import all_words
from backend.conversations.matters import number_of, on_tickets
from backend.conversations.state import Form, Said, Slots, Turn, slot_values
from backend.conversations.talk import Talk
from intents.denied import denies_often
from intents.meaning import Act, Intent, Meaning
from intents.only_time import begins_wish
from intents.told_things import name_beside_time

NO_ANSWER: Final = frozenset({Act.AFFIRM, Act.GOODBYE, Act.SATISFIED, Act.OUT_OF_SCOPE})
FAIRLY: Final = 0.4


def in_form(talk: Talk, form: Form, heard: Said) -> Turn:
    """A message while details are being taken."""
    meaning, intent = heard.meaning, heard.meaning.intents[0]
    if heard.file_ids:
        form = replace(form, file_ids=form.file_ids + heard.file_ids)
        talk = talk.with_state(talk.remember(form=form))
    named = guest_names.in_passing(talk, form, heard, intent)
    named = named or unrelated.told(talk, form, heard)
    if named is not None:
        return named
    change = None if form.step == joining.ASKED else changing.asked(talk, form, meaning.text)
    if change is not None:
        return change
    ticket = about.find(talk, about.meant(talk, number_of(intent)))
    if intent.act == Act.CANCEL and ticket is not None:
        return on_tickets(talk, intent, meaning)
    if ticket is not None and intent.act in (Act.URGE, Act.RESCHEDULE):
        return attachments.then_the_question(talk, on_tickets(talk, intent, meaning))
    if form.step == joining.ASKED:
        return known_matter(talk, form, heard, intent)
    if form.step == "confirming" and remarks.thanks_and_agrees(meaning.text):
        return forms.open_now(talk, form)
    let_go = _let_go(talk, form, heard, intent)
    if let_go is not None:
        return let_go
    if prices.asked_of(form, heard, intent):
        return prices.in_passing(talk, form)
    if offers.is_often(talk.item(form.item)) and denies_often(meaning.text):
        return offers.once_instead(talk, form, heard)
    if intent.act in (Act.STATUS, Act.GREETING, Act.THANKS) or (meaning.faq and intent.act == Act.ENQUIRY):
        return passing.aside(talk, form, heard, intent)
    if form.step in ("confirming", "changing"):
        return confirming(talk, form, heard, intent)
    return answering(talk, form, heard, intent)


def _let_go(talk: Talk, form: Form, heard: Said, intent: Intent) -> Turn | None:
    """The wish is given up, or something else is; what is only denied gives up nothing."""
    if remarks.drops(heard.meaning.text, intent):
        return refused.another(talk, form, heard) or besides.dropped(talk, form, heard)
    return denials.in_form(talk, form, heard)


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
    if slots and not forms.meant(talk, form, slots):
        return forms.read_back(talk, form)  # "dark in the evening" is no time for anybody to come
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
    other = _other_wish(talk, form, heard, intent)
    if other is not None:
        return other
    slots = {k: v for k, v in slot_values(intent).items() if k != "ticket"}
    asking, words = form.asking or "", heard.meaning.text
    if intent.act == Act.INFORM and asking not in already.NAMED:
        slots = {**already.told(talk.item(form.item), words, form.slots), **slots}
    if asking in forms.WINDOW_SLOTS and "when" in slots:
        slots[asking] = slots.pop("when") if asking != "when" else slots["when"]
    form = _with_person(talk, form, words, slots)
    talk = talk.with_state(talk.remember(form=form))
    of_fault = besides.fault_told(talk, form, words, slots, intent.act)
    if of_fault is not None:
        return of_fault
    if asking == "freq" and "freq" not in slots and denies_often(words):
        slots["freq"] = words.strip(" 。.!！")
    if asking not in slots and intent.act == Act.DENY and denies_often(words):  # how often, told unasked
        form = replace(form, words=f"{form.words}\n{words}".strip())
        return forms.resume(talk.with_state(talk.remember(form=form)), form)
    if asking == "when" and "freq" in slots:  # "every Monday" is an answer to when
        return forms.take(talk, form, slots)
    if asking not in slots and intent.act == Act.ENQUIRY:
        return passing.ask_in_passing(talk, form, heard)
    slots |= agreeing.agreed(asking, words, intent, slots)
    is_mere_yes = bool(asking) and _takes_words(talk, asking) and guest_names.is_no_value(words)
    slots = {slot: value for slot, value in slots.items() if slot != asking or not is_mere_yes}
    if asking not in slots and remarks.tells_who_is_home(words, intent):
        return besides.home_told(talk, form, heard, slots)
    if asking not in slots and intent.act == Act.INFORM and slots:
        return besides.told_elsewhere(talk, form, heard, slots)
    is_told = asking and asking not in slots and intent.act not in NO_ANSWER and not is_mere_yes
    if is_told and _takes_words(talk, asking):
        slots[asking] = words
    if asking and asking not in slots:
        form = replace(form, slots={**form.slots, **slots})
        return forms.cannot_read(talk.with_state(talk.remember(form=form)), form, words)
    return forms.take(talk, form, slots)


def _with_person(talk: Talk, form: Form, words: str, slots: Slots) -> Form:
    """Whom to ask for at that hour ("at 5: Anna Lee") is kept, where the service asks for no name too."""
    is_told = form.asking in forms.WINDOW_SLOTS and form.asking in slots and name_beside_time(words)
    if not is_told or "visitor" in slots or "visitor" in form.slots:
        return form
    return replace(form, words=all_words(form.words, (words,)))


def _takes_words(talk: Talk, slot: str) -> bool:
    """Slots whose answer is kept as it was said: free text, names, places (an unknown place is still one)."""
    spec = talk.menu.slots[slot]
    counted = ("datetime_window", "datetime", "date_range", "integer", "hours", "recurrence", "bool",
               "attestation")  # fmt: skip
    return spec.type not in counted and not (spec.options and spec.type.startswith("enum("))


def _other_wish(talk: Talk, form: Form, heard: Said, intent: Intent) -> Turn | None:
    """Something else that is wished for waits its turn; where its service is not sure, it is asked then."""
    if _is_other_wish(talk, form, heard.meaning, intent):
        return passing.park(talk, form, heard, intent)
    if _is_unsure_wish(talk, form, heard.meaning, intent):
        return passing.set_aside(talk, form, heard, intent)
    return None


def _is_unsure_wish(talk: Talk, form: Form, meaning: Meaning, intent: Intent) -> bool:
    """Whether something else is plainly wished for, or told to fail, whatever service that may be."""
    is_unsure = intent.act == Act.REQUEST and meaning.decision == "ask"
    words, item = meaning.text, new_matters.likeliest(intent)
    if not is_unsure or item in (None, form.item) or talk.state.aside or form.asking in slot_values(intent):
        return False
    is_fault = subjects.tells_fault(words) and form.asking not in forms.WINDOW_SLOTS
    is_plain = is_fault or subjects.orders(words)
    is_thing = bool(subjects.things(words) - subjects.things(refused.told_of(talk, form)))
    return is_plain and (is_thing or begins_wish(words.lower()))


def _is_other_wish(talk: Talk, form: Form, meaning: Meaning, intent: Intent) -> bool:
    if intent.act == Act.COMPLAINT:
        return meaning.decision == "act"
    if intent.act not in (Act.REQUEST, Act.SUGGESTION) or intent.item is None:
        return False
    if form.asking in forms.WINDOW_SLOTS and "when" in slot_values(intent):
        return matters.is_of_another_kind(talk, intent, form.item)  # else it tells the time asked for
    # With no question open, a wish that is only likely is noted too: its own read-back will show it.
    is_sure = meaning.decision == "act" or (form.asking is None and intent.confidence >= FAIRLY)
    return bool(is_sure and talk.item(intent.item).id != form.item)
