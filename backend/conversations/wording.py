"""Wording replies: a kind and its values become one bubble in the person's language.

Every sentence is a whole one; names, times and prices are holes in it. The Chinese texts live in the
catalogue, so that none is forgotten.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from backend.conversations import details, headcount, needing
from backend.conversations.sentences import LABELS, LISTS, SENTENCES, SHARE_PHONE
from backend.conversations.state import Button, Reply
from backend.tickets.steps_told import next_told
from backend.tickets.wording import named, sentence, step_name
from intents.menu import Menu
from locales import N_, t
from locales.dates import format_date, format_moment

__all__ = ["LABELS", "LISTS", "SENTENCES", "SHARE_PHONE", "Voice", "buttons", "hello", "label", "word"]

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Voice:
    """In which language, for which estate and at what time something is said.

    ``own``: sentences that the estate words itself, by the sentence in the code and the language.
    """

    language: str
    menu: Menu
    zone: str
    now: datetime
    estate: str
    hotline: str
    faq: Callable[[str, str], str]
    emergency: Callable[[str, str], str]
    who: str = ""
    due_at: datetime | None = None
    number: int | None = None
    own: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def moment(self, instant: datetime | str) -> str:
        return format_moment(self.language, _instant(instant), self.zone, self.now)

    def is_past(self, instant: datetime | str) -> bool:
        return _instant(instant) < self.now


def _instant(value: datetime | str) -> datetime:
    return datetime.fromisoformat(value) if isinstance(value, str) else value


def word(voice: Voice, reply: Reply) -> str:
    """Return the text of one reply."""
    special = SPECIAL.get(reply.kind)
    if special is not None:
        return special(voice, reply.values)
    kind = _variant(voice, reply.kind, reply.values)
    closing = _closing(voice, reply)
    if closing and kind in _ASKING_ON:
        kind = _ASKING_ON[kind]
    worded = _sentence(voice, SENTENCES[kind], _holes(voice, reply.values))
    return f"{worded}\n{closing}" if closing else worded


def _sentence(voice: Voice, text: str, holes: Mapping[str, object]) -> str:
    """The estate's own wording where it has one, else the standard."""
    own = voice.own.get(text, {}).get(voice.language)
    if not own:
        return sentence(voice.language, text, **holes)
    worded = own.format_map(holes)
    return worded[:1].upper() + worded[1:]


#: nobody is asked "anything else?" in the middle of a confirmation
_ASKING_ON: Final = {"opened": "opened_on", "opened_at": "opened_at_on"}


def _closing(voice: Voice, reply: Reply) -> str:
    """What a confirmation ends with: papers to bring, what to show at the gate, when it is due back."""
    if reply.kind != "opened":
        return ""
    return needing.closing(voice.language, voice.menu, voice.zone, reply.values)


def _variant(voice: Voice, kind: str, values: Values) -> str:
    """Some kinds have a second sentence for a second situation."""
    if kind == "opened" and details.window_text(voice.language, values.get("slots", {}), voice.zone):
        return "opened_at_on" if values.get("goes_on") else "opened_at"
    if kind == "opened" and values.get("goes_on"):
        return "opened_on"
    if kind == "cancel_ask" and values.get("has_time"):
        return "cancel_ask_timed"
    if kind == "complaint_opened" and values.get("away"):
        return "complaint_opened_away"
    if kind == "emergency_where" and values.get("home"):
        return "emergency_where_home"
    return kind


def _holes(voice: Voice, values: Values) -> dict[str, object]:
    """Every hole a sentence may use, worded; what is not known reads as a neutral word."""
    language = voice.language
    who = str(values.get("who") or voice.who or t(language, "the duty desk"))
    slots = values.get("slots") or {}
    day = values.get("day")
    return {
        "named": named(language, str(values.get("address") or "")),
        "estate": voice.estate,
        "hotline": voice.hotline or t(language, "on the notice board"),
        "butler": str(values.get("butler") or who),
        "phone": str(values.get("phone") or ""),
        "home": str(values.get("home") or t(language, "your home")),
        "who": who,
        "number": values.get("number") or voice.number or "",
        "name": details.item_name(language, values),
        "due": voice.moment(voice.due_at) if voice.due_at else t(language, "the promised time"),
        "answer_due": _answer_due(voice, values),
        "detail": details.subject(str(slots.get("topic") or slots.get("fault") or values.get("name") or "")),
        "window": _window(voice, values),
        "day": format_date(language, date.fromisoformat(day)) if isinstance(day, str) else "",
        "text": str(values.get("text") or ""),
        "hello": hello(language, voice.now.astimezone(details.zone_of(voice.zone)).hour),
        "wish": details.wish(language, voice.now.astimezone(details.zone_of(voice.zone))),
    }


def _answer_due(voice: Voice, values: Values) -> str:
    due = values.get("answer_due")
    return voice.moment(due) if due else (voice.moment(voice.due_at) if voice.due_at else "")


def _window(voice: Voice, values: Values) -> str:
    slots = (
        {"when": values["window"]} if isinstance(values.get("window"), dict) else values.get("slots") or {}
    )
    return details.window_text(voice.language, slots, voice.zone)


def hello(language: str, hour: int) -> str:
    """A greeting by the time of day (CON-23)."""
    if 5 <= hour < 11:
        return t(language, "good morning.")
    if 11 <= hour < 13:
        return t(language, "good day.")  # 中午好, which English has no word for
    if 13 <= hour < 18:
        return t(language, "good afternoon.")
    return t(language, "good evening.")


def _prompt(voice: Voice, values: Values) -> str:
    if values.get("people"):
        return t(voice.language, headcount.WHO)
    return voice.menu.slots[str(values["slot"])].prompt.in_(voice.language)


def _ask(voice: Voice, values: Values) -> str:
    prompt = _prompt(voice, values)
    if values.get("resumed") and values.get("workflow") != "complaint":
        name = details.item_name(voice.language, values)
        return t(voice.language, "About “{name}”: {question}", name=name, question=prompt)
    if not values.get("first"):
        return t(voice.language, "Thank you. {question}", question=prompt)
    if values.get("workflow") == "complaint":  # an apology comes first, before any question (CON-17)
        return t(voice.language, "I am sorry this happened. {question}", question=prompt)
    name = details.item_name(voice.language, values)
    return t(voice.language, "Certainly: {name}. {question}", name=name, question=prompt)


def _ask_again(voice: Voice, values: Values) -> str:
    prompt = _prompt(voice, values)
    return t(voice.language, "Sorry, I did not catch that. {question}", question=prompt)


def _status(voice: Voice, values: Values) -> str:
    lines = [t(voice.language, "Your open requests:")]
    for row in values["tickets"]:
        step = step_name(voice.language, row["step"], row["workflow"])
        who = row["who"] or t(voice.language, "the duty desk")
        line = N_("#{number} {name}: {step}, with {who}")
        if row["due_at"]:
            line = N_("#{number} {name}: {step}, with {who}, next by {due}")
        if row["due_at"] and voice.is_past(row["due_at"]):  # a late answer begins with an apology (CON-25)
            line = N_("#{number} {name}: {step}, with {who}. Sorry, we are running late")
        due = voice.moment(row["due_at"]) if row["due_at"] else ""
        lines.append(
            t(voice.language, line, number=row["number"], name=row["name"], step=step, who=who, due=due)
        )
        timed = bool(row.get("is_timed", True))
        lines.append(next_told(voice.language, row["workflow"], row["step"], row["who"], is_timed=timed))
    return "\n".join(line for line in lines if line)


def _guests(lead: str) -> Callable[[Voice, Values], str]:
    """Who is registered, a line each."""

    def worded(voice: Voice, values: Values) -> str:
        lines = [t(voice.language, lead)]
        for row in values["visits"]:
            when = details.window_text(voice.language, {"when": row["when"]}, voice.zone)
            wished = details.window_text(voice.language, {"when": row["wished"]}, voice.zone)
            line = N_("#{number} {guest}: {when}") if when else N_("#{number} {guest}")
            if wished and wished != when:
                line = N_("#{number} {guest}: {when}; you asked for {wished}, and {who} confirms it")
            who = row["who"] or t(voice.language, "the duty desk")
            lines.append(
                t(
                    voice.language,
                    line,
                    number=row["number"],
                    guest=row["guest"],
                    when=when,
                    wished=wished,
                    who=who,
                )
            )
        return "\n".join(lines)

    return worded


def _urged(voice: Voice, values: Values) -> str:
    holes = {
        "named": named(voice.language, values.get("address", "")), "number": values["number"],
        "who": values["who"] or t(voice.language, "the duty desk"),
        "step": step_name(voice.language, values["step"], values.get("workflow", "")),
    }  # fmt: skip
    if values.get("due_at") and voice.is_past(values["due_at"]):
        text = N_(
            "{named}I am sorry that #{number} is running late. It is now “{step}”, and I have chased {who}."
        )
        return sentence(voice.language, text, **holes)
    if values.get("due_at"):
        text = N_(
            "{named}I have chased #{number} for you. It is now “{step}” with {who}, next step by {due}."
        )
        return sentence(voice.language, text, **holes, due=voice.moment(values["due_at"]))
    text = N_("{named}I have chased #{number} for you. It is now “{step}” with {who}.")
    return sentence(voice.language, text, **holes)


def _language_set(voice: Voice, values: Values) -> str:
    return t(str(values["language"]), "From now on I will write to you in English.")


def _offer_language(_voice: Voice, values: Values) -> str:
    return t(str(values["language"]), "Would you rather go on in English?")


def _menu_level(voice: Voice, values: Values) -> str:
    name = str(values["zh" if voice.language == "zh" else "en"])
    return t(voice.language, "{name}: what do you need?", name=name)


SPECIAL: Final[Mapping[str, Callable[[Voice, Values], str]]] = {
    "ask": _ask,
    "ask_again": _ask_again,
    "needs": lambda voice, values: needing.before(voice.language, voice.menu, values),
    "read_back": lambda voice, values: details.read_back(voice.language, voice.menu, voice.zone, values),
    "read_back_change": lambda voice, values: details.changed(voice.language, voice.menu, voice.zone, values),
    "status": _status,
    "guests": _guests(N_("These guests are registered:")),
    "guests_other": _guests(N_("I find no such guest. These are registered; tap the one you mean:")),
    "urged": _urged,
    "language_set": _language_set,
    "offer_language": _offer_language,
    "menu_level": _menu_level,
    "faq": lambda voice, values: voice.faq(str(values["key"]), voice.language),
    "emergency": lambda voice, values: voice.emergency(str(values["kind"]), voice.language),
}


def label(voice: Voice, button: Button) -> str:
    """Return the label of one button."""
    values = button.values
    if button.label == "text":
        return str(values["zh" if voice.language == "zh" else "en"])
    if button.label == "own":
        said = t(voice.language, str(values["said"]))
        numbered = t(voice.language, "#{number} {name}", number=values["number"], name=said)
        return numbered if values.get("numbered") else said
    if button.label == "window":
        return details.window_text(voice.language, {"when": values["value"]}, voice.zone)
    if button.label == "day":
        return format_date(voice.language, date.fromisoformat(str(values["day"])))
    if button.label == "slot_name":
        return details.slot_name(voice.language, str(values["slot"]))
    return t(
        voice.language,
        LABELS[button.label],
        **{k: v for k, v in values.items() if k in ("number", "name", "n")},
    )


def buttons(voice: Voice, reply: Reply) -> list[dict[str, Any]]:
    """Return the buttons as they are stored with the message: label, action, values, single use."""
    found = [
        {"label": label(voice, b), "action": b.action, "values": dict(b.values), "single": b.single}
        for b in reply.buttons
    ]
    if reply.kind == "offer_language":
        language = str(reply.values["language"])
        found = [{"label": t(language, "Yes, in English"), "action": "language",
                  "values": {"language": language}, "single": True}]  # fmt: skip
    return found
