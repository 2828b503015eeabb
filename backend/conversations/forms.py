"""Taking the details of a wish: at most three questions, a read-back, a yes. Pure."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from backend.conversations import agreeing, alarm, already, headcount, joining, subjects, windows
from backend.conversations.marks import form_key, mark
from backend.conversations.state import (
    Button,
    EndDraft,
    Form,
    HoursAlone,
    KeepDraft,
    Open,
    Order,
    Reply,
    SetLanguage,
    Slots,
    Turn,
    free_windows,
    own_words,
    window_json,
)
from backend.conversations.talk import HUMAN_BUTTON, NOTHING_OFFERED, Talk, hand_over, name_values
from intents.meaning import TimeWindow
from intents.menu import Item

MAX_QUESTIONS: Final = 3
#: workflows whose tickets are opened without a read-back (MANNERS §1.3); lent is what was asked for by name
NO_READ_BACK: Final = frozenset({"lend", "enquiry", "records"})
#: read back after the ticket exists, so that nothing can be lost (DESIGN §3)
AT_ONCE: Final = frozenset({"complaint"})
#: what a visitor may ask for too
OPEN_TO_ALL: Final = frozenset({"complaint", "suggestion", "enquiry", "emergency"})
#: what people say about the service concerns no one home
SAID: Final = frozenset({"suggestion", "complaint", "enquiry"})
#: slots that a person's own words answer by themselves
OWN_WORDS: Final = frozenset({"fault", "topic", "service_scope"})
FROM_TO: Final = "from_to"
WINDOW_SLOTS: Final = windows.SLOTS
PARTS_OF_DAY: Final = ((8, 12, "morning"), (13, 18, "afternoon"), (18, 22, "evening"))


def start(
    talk: Talk,
    item: Item,
    slots: Slots,
    words: str,
    *,
    files: tuple[str, ...] = (),
    asked_at: str = "",
    said: Mapping[str, str] | None = None,
) -> Turn:
    """Begin a wish with all that was already said; a visitor is shown the way to be linked first."""
    if needs_link(talk, item):
        buttons = (Button("how_to_link", "link", {}, single=False), HUMAN_BUTTON)
        open_to_all = tuple(w for w in talk.state.waiting if not needs_link(talk, talk.item(w["item"])))
        state = talk.remember(failures=0, offered=(), waiting=open_to_all)
        return Turn(state, (Reply("needs_link", name_values(item), buttons),))
    known = {k: v for k, v in slots.items() if v is not None}
    known, words = _with_place(talk, item, known, words)
    for slot in OWN_WORDS & set(item.required_slots):
        if words and slot not in known:
            known[slot] = words
    known |= already.told(item, words, known)
    known = without_time(talk, item, known)
    if item.workflow == alarm.WORKFLOW:
        return alarm.by_item(talk, item, known, words, files)
    form = Form(
        item.id, fit(item, known), words, bool(words), asked_at or talk.now.isoformat(),
        file_ids=talk.state.file_ids + files, said={**(said or {}), **own_words(known)},
        wants_consent=agreeing.need_of(item).wants_consent(talk.facts.kind),
    )  # fmt: skip
    state = talk.remember(failures=0, file_ids=(), place="", form=form, expects=None, **NOTHING_OFFERED)
    known_matter = joining.find(talk, item)
    if known_matter is not None:
        return joining.ask(talk.with_state(state), form, known_matter)
    return go_on(talk.with_state(state), form)


def needs_link(talk: Talk, item: Item) -> bool:
    """Whether a visitor must be known first; what is said of the house is taken from anybody."""
    return not talk.facts.linked and item.workflow not in OPEN_TO_ALL


def _with_place(talk: Talk, item: Item, slots: dict[str, Any], words: str) -> tuple[dict[str, Any], str]:
    """A place that was sent before the wish is where it is, or part of what was said."""
    place = talk.state.place
    if place and "where" in item.required_slots + item.optional_slots and "where" not in slots:
        return {**slots, "where": place}, words
    return slots, f"{words}\n{place}".strip() if place else words


def fit(item: Item, slots: dict[str, Any]) -> dict[str, Any]:
    """Move a time under the name this item asks for it (when, deadline, from_to)."""
    wanted = WINDOW_SLOTS & set(item.required_slots + item.optional_slots)
    if "when" in slots and "when" not in wanted and wanted:
        name = sorted(wanted)[0]
        slots = {**{k: v for k, v in slots.items() if k != "when"}, name: slots["when"]}
    return slots


def without_time(talk: Talk, item: Item, slots: Slots) -> dict[str, Any]:
    """What people say about the service has no appointment: "too dark at night" tells when it is so. Of a
    complaint the hour at which it happened stays."""
    is_asked = bool(WINDOW_SLOTS & set(item.required_slots + item.optional_slots + item.ask))
    if item.workflow not in SAID or is_asked:
        return dict(slots)
    is_past = item.workflow == "complaint" and windows.is_past(talk.now, slots.get("when"))
    return {slot: value for slot, value in slots.items() if slot != "when" or is_past}


def missing(item: Item, form: Form) -> str | None:
    """The next detail to ask for, or None when the read-back may come.

    A tenant is asked for the owner's consent on top of the three questions: without it nothing may begin.
    """
    asked = [slot for slot in form.asked if slot != agreeing.CONSENT]
    if len(asked) < MAX_QUESTIONS:
        slot = next((s for s in item.ask if s not in form.slots and s not in form.asked), None)
        if slot is not None:
            return slot
    known = (*form.slots, *form.asked)
    return agreeing.CONSENT if form.wants_consent and agreeing.CONSENT not in known else None


def go_on(talk: Talk, form: Form, *, changed: str | None = None) -> Turn:
    """Ask the next question, read back, or open the ticket where none is needed."""
    item = talk.item(form.item)
    slot = missing(item, form)
    if slot is not None:
        return ask(talk, form, slot)
    is_other_thing = item.workflow == "lend" and not subjects.is_of_service(item, form.words)
    if (item.workflow in NO_READ_BACK or item.workflow in AT_ONCE) and not is_other_thing:
        return open_now(talk, form)
    return read_back(talk, form, changed)


def ask(talk: Talk, form: Form, slot: str) -> Turn:
    """One question with its buttons; asking again for the same slot does not count twice."""
    asked = form.asked if slot in form.asked else (*form.asked, slot)
    form = replace(form, asking=slot, asked=asked, step="asking")
    item = talk.item(form.item)
    values = {"slot": slot, **name_values(item), "workflow": item.workflow, "first": len(asked) == 1}
    values |= {"people": headcount.in_words(form.words)} if slot == "visitor" else {}
    reply = Reply("ask", values, (*slot_buttons(talk, form, slot), HUMAN_BUTTON))
    return Turn(talk.remember(form=form), (reply,), (KeepDraft(form),))


def slot_buttons(talk: Talk, form: Form, slot: str) -> tuple[Button, ...]:
    own: Slots = {"form": mark(form), "slot": slot}
    if slot == FROM_TO:
        return ()  # half a day is no answer to "from which date to which"
    if slot in WINDOW_SLOTS:
        first, second = (
            Button("window", "slot", {**own, "value": window_json(w)}) for w in free_windows(talk.now)
        )
        return (first, second, Button("asap", "slot", {**own, "value": {"asap": True}}),
                Button("another_time", "days", own))  # fmt: skip
    if slot == agreeing.CONSENT:
        return agreeing.consent_buttons(own)
    if slot == "duration":
        return tuple(Button("hours", "slot", {**own, "value": h * 60, "n": h}) for h in (2, 3, 4))
    spec = talk.menu.slots[slot]
    return tuple(
        Button("text", "slot", {**own, "value": o.id, "zh": o.name.zh, "en": o.name.en})
        for o in spec.options[:5]
    )


def ask_day(talk: Talk, slot: str) -> Turn:
    """Seven days as buttons, for "another time" and for a time that could not be read."""
    own = {"form": mark(talk.state.form), "slot": slot}
    buttons = tuple(
        Button("day", "day", {**own, "day": (talk.now.date() + timedelta(days=n)).isoformat()})
        for n in range(1 if talk.now.hour >= 16 else 0, 7)
    )
    return Turn(talk.state, (Reply("ask_day", {}, (*buttons[:7], HUMAN_BUTTON)),), _kept(talk))


def ask_part(talk: Talk, slot: str, day: str) -> Turn:
    """Morning, afternoon, evening or any time of the chosen day, leaving out what has passed."""
    own = {"form": mark(talk.state.form), "slot": slot}
    start_of_day = datetime.combine(date.fromisoformat(day), datetime.min.time(), talk.now.tzinfo)
    buttons = tuple(
        Button(part, "slot", {**own, "value": window_json(
            TimeWindow(start_of_day + timedelta(hours=a), start_of_day + timedelta(hours=b), "part_of_day"))})
        for a, b, part in PARTS_OF_DAY
        if start_of_day + timedelta(hours=b - 1) > talk.now
    )  # fmt: skip
    whole = TimeWindow(start_of_day, start_of_day + timedelta(days=1), "day")
    any_time = Button("any_time", "slot", {**own, "value": window_json(whole)})
    return Turn(
        talk.state, (Reply("ask_part", {"day": day}, (*buttons, any_time, HUMAN_BUTTON)),), _kept(talk)
    )


def _kept(talk: Talk) -> tuple[Order, ...]:
    return (KeepDraft(talk.state.form),) if talk.state.form else ()


def take(talk: Talk, form: Form, slots: Slots) -> Turn:
    """Put new details into the form; while confirming, only the change is shown again (MANNERS §1.3)."""
    new = meant(talk, form, slots)
    was_confirming = form.step in ("confirming", "changing") and all(s in form.slots for s in form.asked)
    form = replace(form, slots={**form.slots, **new}, said=said_of(form, new), asking=None, step="asking")
    changed = next(iter(new)) if was_confirming and len(new) == 1 else None
    return go_on(talk.with_state(talk.remember(form=form, failures=0)), form, changed=changed)


def said_of(form: Form, new: Slots) -> dict[str, str]:
    """Own words for details; those of a detail told anew give way, whether or not it has some."""
    return {**{k: v for k, v in form.said.items() if k not in new}, **own_words(new)}


def meant(talk: Talk, form: Form, slots: Slots) -> dict[str, Any]:
    """New details as this form means them: under its own names, on its day, "now" as soon as possible."""
    item, now = talk.item(form.item), talk.now
    new = without_time(talk, item, fit(item, dict(slots)))
    new = {k: windows.on_same_day(now, form, v) if isinstance(v, HoursAlone) else v for k, v in new.items()}
    new = {k: v for k, v in new.items() if not windows.says_less(form, k, v)}
    at_once = {"start": now.replace(second=0, microsecond=0).isoformat(), "end": None, "grain": "minute"}
    new = {k: {"asap": True} if k in WINDOW_SLOTS and v == at_once else v for k, v in new.items()}
    if form.asking == "duration":
        new |= windows.length_of(new)
    if isinstance(new.get("visitor"), str):
        new["visitor"] = headcount.with_name(new["visitor"], form.words)
    return new


def read_back(talk: Talk, form: Form, changed: str | None = None) -> Turn:
    """Four lines at most and a yes; after a change only the change (CON-08). What it needs is told before."""
    item = talk.item(form.item)
    needs = () if form.told_needs else needs_of(talk, item, form)
    form = replace(form, step="confirming", asking=None, told_needs=True)
    values = {**name_values(item), "item": item.id, "slots": form.slots, "said": form.said,
              "charge": item.charge, "workflow": item.workflow,
              "home": "" if item.workflow in SAID else talk.facts.home,
              "address": talk.facts.address_as}  # fmt: skip
    kind = "read_back" if changed is None else "read_back_change"
    if changed is not None:
        values["changed"] = changed
    own = {"form": mark(form)}
    buttons = (Button("yes", "yes", {**own, "key": form_key(form)}), Button("change", "change", own),
               Button("drop", "drop", own), HUMAN_BUTTON)  # fmt: skip
    return Turn(talk.remember(form=form), (*needs, Reply(kind, values, buttons)), (KeepDraft(form),))


def needs_of(talk: Talk, item: Item, form: Form) -> tuple[Reply, ...]:
    """Papers, rules and the owner's consent in a bubble of their own, where the service needs any."""
    need = agreeing.need_of(item)
    if not (need.papers_of(talk.facts.kind) or need.rules):
        return ()
    return (Reply("needs", {"item": item.id, "kind": talk.facts.kind, "slots": form.slots}),)


def ask_change(talk: Talk, form: Form) -> Turn:
    """Which detail is wrong? One button per detail."""
    form = replace(form, step="changing", asking=None)
    item, own = talk.item(form.item), {"form": mark(form)}
    names = [s for s in dict.fromkeys((*item.ask, *form.slots)) if s in talk.menu.slots][:4]
    buttons = tuple(Button("slot_name", "change_slot", {**own, "slot": s}) for s in names)
    other = Button("another_service", "menu")
    return Turn(talk.remember(form=form), (Reply("which_detail", {}, (*buttons, other, HUMAN_BUTTON)),))


def open_now(talk: Talk, form: Form) -> Turn:
    """Open the ticket; the closing message tells number, name and time, then the next wish begins."""
    item = talk.item(form.item)
    reason = item.workflow if item.workflow in AT_ONCE else "confirmed"
    incident = form.incident if form.step == joining.JOINED else None
    order = Open(item.id, form.slots, form.words, form.asked_at, reason, form.file_ids, said=form.said,
                 incident=incident)  # fmt: skip
    values = {**name_values(item), "item": item.id, "slots": form.slots, "workflow": item.workflow,
              "address": talk.facts.address_as, "home": talk.facts.home,
              "kind": talk.facts.kind}  # fmt: skip
    kind = {"complaint": "complaint_opened", "suggestion": "suggestion_opened",
            "enquiry": "enquiry_opened", "records": "praise_opened"}.get(item.workflow, "opened")  # fmt: skip
    if item.workflow == "records" and item.id != "common.voice.praise":
        kind = "opened"
    kind = "incident_joined" if incident is not None else kind
    buttons = (Button("add_details", "details", {}, single=False), Button("status", "status", single=False))
    state = talk.remember(form=None, failures=0, expects=None, **NOTHING_OFFERED)
    turn = Turn(state, (Reply(kind, values, buttons, order=1),), (EndDraft("confirmed"), order))
    return then_next(talk, turn)


def then_next(talk: Talk, turn: Turn) -> Turn:
    """Go on with the wish that waited its turn."""
    if not talk.state.waiting:
        return turn
    wish, *rest = talk.state.waiting
    after = talk.with_state(replace(turn.state, waiting=tuple(rest)))
    follow = start(after, after.item(wish["item"]), wish["slots"], wish["words"], asked_at=wish["asked_at"],
                   files=tuple(wish.get("file_ids", ())), said=wish.get("said"))  # fmt: skip
    return then(replace(turn, replies=tuple(going_on(r) for r in turn.replies)), follow)


def going_on(reply: Reply) -> Reply:
    """Nobody is asked "anything else?" when the next question follows at once."""
    bare = tuple(b for b in reply.buttons if b.action in ("details", "link"))
    return replace(reply, values={**reply.values, "goes_on": True}, buttons=bare)


def then(turn: Turn, follow: Turn) -> Turn:
    """One turn after another: the later one's state, both replies, both orders."""
    shifted = tuple(
        replace(r, order=r.order + len(turn.orders)) if r.order is not None else r for r in follow.replies
    )
    return Turn(follow.state, turn.replies + shifted, turn.orders + follow.orders)


def drop(talk: Talk, form: Form) -> Turn:
    """Let the wish go and say what was dropped; one that waited for its turn comes next."""
    values = name_values(talk.item(form.item))
    reply = Reply("dropped", values, (Button("menu", "menu", single=False),))
    state = talk.remember(form=None, failures=0, **NOTHING_OFFERED)
    turn = Turn(state, (reply,), (EndDraft("dropped"),))
    return then_next(talk, turn)


def wish_of(form: Form) -> dict[str, Any]:
    """A form put aside, so that it can begin again after something more pressing."""
    return {"item": form.item, "slots": form.slots, "words": form.words, "asked_at": form.asked_at,
            "file_ids": list(form.file_ids), "said": form.said}  # fmt: skip


def resume(talk: Talk, form: Form) -> Turn:
    """Come back to where the form stood: the read-back or the open question."""
    if form.step in ("confirming", "changing"):
        return read_back(talk, form)
    if form.step == joining.ASKED:
        return joining.again(talk, form) or go_on(talk, joining.apart(form))
    slot = form.asking or missing(talk.item(form.item), form)
    if not slot:
        return go_on(talk, form)
    turn = ask(talk, form, slot)
    return replace(
        turn, replies=tuple(replace(r, values={**r.values, "resumed": True}) for r in turn.replies)
    )


def switch_language(talk: Talk, language: str) -> Turn:
    """Speak the other language from now on; a form under way keeps its answers and its question."""
    order = SetLanguage(language)
    back = {"language": "en" if language == "zh" else "zh", "zh": "Back to English", "en": "改回中文"}
    button = Button("text", "language", back)  # in the other language: who tapped by mistake can read it
    reply = Reply("language_set", {"language": language}, (button,))
    turn = Turn(talk.remember(other_language=0), (reply,), (order,))
    if talk.state.form is None:
        return turn
    return then(turn, resume(talk.with_state(turn.state), talk.state.form))


def cannot_read(talk: Talk, form: Form, words: str) -> Turn:
    """The answer was not of the kind asked for: ask once with buttons, then a person takes over."""
    if talk.state.failures >= 1:
        return hand_over(talk, f"{form.words}\n{words}".strip(), "handed_over")
    again = talk.with_state(talk.remember(failures=1))
    if form.asking in WINDOW_SLOTS and form.asking is not None and form.asking != FROM_TO:
        turn = ask_day(again, form.asking)
        return replace(turn, state=again.state)
    turn = ask(again, form, form.asking or missing(talk.item(form.item), form) or "topic")
    first = replace(turn.replies[0], kind="ask_again")
    return replace(turn, replies=(first,), state=replace(turn.state, failures=1))
