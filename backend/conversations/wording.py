"""Wording replies: a kind and its values become one bubble in the person's language.

Every sentence is a whole one; names, times and prices are holes in it. The Chinese texts live in the
catalogue, so that none is forgotten.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from backend.conversations import details, needing
from backend.conversations.state import Button, Reply
from backend.tickets.steps_told import next_told
from backend.tickets.wording import named, sentence, step_name
from intents.menu import Menu
from locales import N_, t
from locales.dates import format_date, format_moment

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Voice:
    """In which language, for which estate and at what time something is said."""

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

    def moment(self, instant: datetime | str) -> str:
        return format_moment(self.language, _instant(instant), self.zone, self.now)

    def is_past(self, instant: datetime | str) -> bool:
        return _instant(instant) < self.now


def _instant(value: datetime | str) -> datetime:
    return datetime.fromisoformat(value) if isinstance(value, str) else value


#: kind → sentence; the holes every sentence may use are named in ``_holes``
SENTENCES: Final[Mapping[str, str]] = {
    "greeting": N_("{named}{hello} I am the assistant of {estate}. What can I do for you?"),
    "greeting_again": N_("{named}hello again. Let us go on where we were."),
    "who_am_i": N_("I am the automatic assistant of {estate}, not a person. If you would rather talk to a person, "
                   "{butler} can take over at any time."),
    "menu": N_("What is it about? You can also simply write it in your own words."),
    "which": N_("I want to get this right. Which of these do you mean?"),
    "not_understood": N_("Sorry, I did not quite get that. Could you say it once more in other words?"),
    "say_it_differently": N_("Sorry about that. Please tell me once more what you need, in your own words."),
    "out_of_scope": N_("That is outside what I can do here, but your butler may know. I can help with repairs, "
                       "cleaning, fees, errands, complaints and questions about the estate."),
    "handed_over": N_("{named}I would rather have a person look at this. I have passed everything to {who}, who "
                      "will answer by {due} (#{number})."),
    "handed_over_asked": N_("{named}of course. {who} has everything you wrote and will answer by {due} "
                            "(#{number})."),
    "voice_taken": N_("{named}your voice message is with {who}, who will listen to it and answer by {due} "
                      "(#{number})."),
    "failed": N_("{named}something went wrong on our side, and I am sorry. {who} will look at your message "
                 "in person and answer by {due} (#{number})."),
    "needs_link": N_("I would gladly arrange “{name}”. First I need to know which home is yours: please open the "
                     "invitation from your butler, or write the invitation code here."),
    "how_to_link": N_("Your butler or the service desk can give you an invitation: a QR code to scan or a code to "
                      "write here. The desk’s number is {hotline}. You can ask questions and report "
                      "emergencies without one."),
    "how_to_link_phone": N_("You can ask questions and report emergencies here right away. For everything else I need "
                            "to know which home is yours: write the invitation code from your butler or the "
                            "service desk ({hotline}) here, or tap the button below to share your own phone "
                            "number. It is only compared with the estate’s list of residents."),
    "linked": N_("{named}welcome! This chat is now linked to {home}. Your butler is {butler}."),
    "ask_day": N_("Which day suits you?"),
    "ask_part": N_("What time on {day}?"),
    "which_detail": N_("What shall I change?"),
    "dropped": N_("All right, I have dropped “{name}”. Nothing has been registered."),
    "no_tickets": N_("You have no open requests at the moment."),
    "which_ticket": N_("Which request do you mean?"),
    "none_to_cancel": N_("There is no request that can still be cancelled. I can ask your butler for you."),
    "none_to_change": N_("There is no visit whose time could be changed. I can ask your butler for you."),
    "cancel_ask": N_("Shall I cancel #{number}, “{name}”?"),
    "cancelled": N_("{named}I have cancelled #{number}, “{name}”. Nobody will come."),
    "cancel_late": N_("Work on #{number} has already begun. I have told {who} that you would like to stop it."),
    "kept": N_("All right, it stays as it is."),
    "ask_new_time": N_("Which time would suit you better for #{number}?"),
    "reschedule_asked": N_("I have asked {who} to move #{number} to {window}. You will get a confirmation."),
    "thanks_satisfied": N_("{named}thank you, that is good to hear. Is there anything else I can do?"),
    "thanks_partly": N_("{named}thank you for your honesty. {who} will read it. What could we have done better?"),
    "sorry_unsatisfied": N_("{named}what was not right? Please write it here: whoever takes it up again will "
                            "read it."),
    "glad_helped": N_("Good. Is there anything else you would like to know?"),
    "not_helped": N_("{named}someone will look at it again, and you will hear from us here (#{number})."),
    "added": N_("Thank you, I have added it to #{number}."),
    "added_alarm": N_("Got it: the duty team has it too (#{number})."),
    "ask_details": N_("Please send me what you would like to add to #{number}: words or photos."),
    "photo_about_what": N_("Thank you for the photo. What is it about?"),
    "location_about_what": N_("Thank you for the location. What is it about?"),
    "sticker": N_("Thank you! If there is anything I can do for you, just write it or choose it from the menu."),
    "sticker_form": N_("Thank you! As soon as you answer the question above, we can go on."),
    "unsupported": N_("Sorry, I cannot open this kind of message. You can send me words, photos, voice messages, "
                      "videos, PDF files or a location."),
    "refused_too_large": N_("Sorry, this file is larger than 20 MB and cannot be taken here. Please send a shorter "
                            "video or a smaller file, or tell me about it in words."),
    "refused_kind": N_("Sorry, I cannot open this kind of file. Please send it as a photo, a video or a PDF file, "
                       "or tell me about it in words."),
    "refused_lost": N_("Sorry, this file did not reach us. Please send it once more."),
    "contact_foreign": N_("For everybody’s privacy I only take your own number, shared with the button below. "
                          "If we should reach somebody else, please write their name and number in words."),
    "contact_in_words": N_("For everybody’s privacy I do not take other people’s contact cards. If we should reach "
                           "somebody else, please write their name and number in words."),
    "share_phone": N_("Or tap the button below and share your own phone number. It is only compared with the "
                      "estate’s list of residents."),
    "phone_unknown": N_("Thank you. This number is not on the estate’s list of residents yet. Your butler can add "
                        "it for you."),
    "phone_kept": N_("{named}thank you. I have noted your number, so that your butler can reach you by phone."),
    "phone_known": N_("{named}thank you. We already have a number for you; should it have changed, please tell "
                      "your butler."),
    "code_failed": N_("This invitation code did not work. It may have expired or been used already. Please ask "
                      "your butler for a new one, or call {hotline}."),
    "code_too_many": N_("That was several wrong codes in a row. Please wait ten minutes before you try again, or "
                        "call {hotline} and we will help you."),
    "help": N_("Write to me in your own words: repairs, cleaning, complaints, errands, fees, or any question about "
               "the estate. /menu shows everything, /status your requests, /lang changes the language, and /human "
               "brings you to a person at any time."),
    "lang_which": N_("I can write in Chinese or in English. Which would you like?"),
    "welcome": N_("You are very welcome. {wish}"),
    "welcome_plain": N_("You are very welcome. We are on it."),
    "goodbye_plain": N_("Thank you. We keep at it and you will hear from us here."),
    "goodbye": N_("Thank you for your trust. {wish}"),
    "yes_what": N_("Gladly. What would you like me to do?"),
    "noted_next": N_("I have noted “{name}” as well and will come to it next."),
    "button_old": N_("That question is already settled. What else can I do for you?"),
    "complaint_opened": N_("{named}I am sorry this happened, and thank you for telling us. I have registered it as "
                           "#{number}: {detail}\n{who} will see it through, answer by {due} and report back to "
                           "you within 24 hours. Estate hotline: {hotline}."),
    "complaint_opened_away": N_("{named}I am sorry this happened, and thank you for telling us. I have registered "
                                "it as #{number}: {detail}\nIt goes to {who}, not to your butler, and your butler "
                                "cannot see it. You will hear back within 24 hours. Estate hotline: {hotline}."),
    "suggestion_opened": N_("{named}thank you for your suggestion. It is registered as #{number}. You will hear by "
                            "{answer_due} whether it is adopted, and why."),
    "enquiry_opened": N_("{named}I will ask for you. {who} will answer here by {answer_due} (#{number})."),
    "praise_opened": N_("{named}thank you, you are too kind. I will gladly pass it on (#{number})."),
    "opened": N_("{named}it is registered as #{number}: {name}. {who} will answer by {due}. "
                 "Is there anything else?"),
    "opened_on": N_("{named}it is registered as #{number}: {name}. {who} will answer by {due}."),
    "opened_at_on": N_("{named}it is registered as #{number}: {name}, {window}. {who} will answer by {due}."),
    "opened_at": N_("{named}it is registered as #{number}: {name}, {window}. {who} will answer by {due}. "
                    "Is there anything else?"),
    "emergency_where": N_("The duty team has been alerted (#{number}). Where exactly are you, and is anyone hurt? "
                          "Only if you are safe: please write it here."),
    "emergency_where_home": N_("The duty team has been alerted for {home} (#{number}). Is it somewhere else, or is "
                               "anyone hurt? Only if you are safe: please write it here."),
    "nudge": N_("{named}“{name}” is not registered yet. Shall I go ahead, or would you like to change anything?"),
    "draft_handed_over": N_("{named}so that nothing is lost, I have passed “{name}” to {who}, who will answer by "
                            "{due} (#{number})."),
}  # fmt: skip

#: the button that shares one's own number
SHARE_PHONE: Final = N_("Share my phone number")

LABELS: Final[Mapping[str, str]] = {
    "human": N_("Talk to a person"),
    "menu": N_("Menu"),
    "status": N_("My requests"),
    "back": N_("Back"),
    "none_of_these": N_("None of these"),
    "yes": N_("Correct"),
    "change": N_("Change something"),
    "drop": N_("Not needed any more"),
    "asap": N_("As soon as possible"),
    "another_time": N_("Another time"),
    "morning": N_("Morning, 08:00–12:00"),
    "afternoon": N_("Afternoon, 13:00–18:00"),
    "evening": N_("Evening, 18:00–22:00"),
    "any_time": N_("Any time that day"),
    "add_details": N_("Add details"),
    "another_service": N_("Another service"),
    "how_to_link": N_("How do I get an invitation?"),
    "keep": N_("Keep it"),
    "cancel_yes": N_("Yes, cancel it"),
    "urge": N_("Chase #{number}"),
    "cancel_ticket": N_("Cancel #{number}"),
    "ticket": N_("#{number} {name}"),
    "hours": N_("{n} hours"),
    "consent_yes": N_("Yes, the owner agrees"),
    "consent_no": N_("Not yet"),
}
#: messages whose buttons are a list of rows rather than a few choices
LISTS: Final = frozenset({"greeting", "linked", "menu", "menu_level", "which_ticket", "ask_day"})


def word(voice: Voice, reply: Reply) -> str:
    """Return the text of one reply."""
    special = SPECIAL.get(reply.kind)
    if special is not None:
        return special(voice, reply.values)
    kind = _variant(voice, reply.kind, reply.values)
    closing = _closing(voice, reply)
    if closing and kind in _ASKING_ON:
        kind = _ASKING_ON[kind]
    worded = sentence(voice.language, SENTENCES[kind], **_holes(voice, reply.values))
    return f"{worded}\n{closing}" if closing else worded


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
        "home": str(values.get("home") or t(language, "your home")),
        "who": who,
        "number": values.get("number") or voice.number or "",
        "name": details.item_name(language, values),
        "due": voice.moment(voice.due_at) if voice.due_at else t(language, "the promised time"),
        "answer_due": _answer_due(voice, values),
        "detail": details.subject(str(slots.get("topic") or slots.get("fault") or values.get("name") or "")),
        "window": _window(voice, values),
        "day": format_date(language, date.fromisoformat(day)) if isinstance(day, str) else "",
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
    if 11 <= hour < 18:
        return t(language, "good afternoon.")
    return t(language, "good evening.")


def _ask(voice: Voice, values: Values) -> str:
    prompt = voice.menu.slots[str(values["slot"])].prompt.in_(voice.language)
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
    prompt = voice.menu.slots[str(values["slot"])].prompt.in_(voice.language)
    return t(voice.language, "Sorry, I did not catch that. {question}", question=prompt)


def _status(voice: Voice, values: Values) -> str:
    lines = [t(voice.language, "Your open requests:")]
    for row in values["tickets"]:
        step = step_name(voice.language, row["step"])
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
        lines.append(next_told(voice.language, row["workflow"], row["step"], row["who"]))
    return "\n".join(line for line in lines if line)


def _urged(voice: Voice, values: Values) -> str:
    holes = {
        "named": named(voice.language, values.get("address", "")), "number": values["number"],
        "who": values["who"] or t(voice.language, "the duty desk"),
        "step": step_name(voice.language, values["step"]),
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
