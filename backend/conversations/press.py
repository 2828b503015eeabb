"""What a pressed button does. Pure; the press was checked to be the person's own and unused."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from backend.conversations import about, alarm, changing, forms, joining, marks, offers, own
from backend.conversations.state import Button, EndDraft, Learn, OnTicket, Press, Reply, Slots, Turn
from backend.conversations.talk import (
    HUMAN_BUTTON,
    MENU_BUTTON,
    STATUS_BUTTON,
    Talk,
    greet,
    hand_over,
    item_button,
    show_menu,
    ways_in,
)

TONGUES: Final = {
    "zh": "zh", "cn": "zh", "chinese": "zh", "中文": "zh", "汉语": "zh", "普通话": "zh", "简体": "zh",
    "en": "en", "english": "en", "英文": "en", "英语": "en",
}  # fmt: skip
_COMMAND: Final = re.compile(r"/(menu|status|human|help|lang)(?:@\w+)?(?:\s+(\S.*))?", re.IGNORECASE)


def pressed(talk: Talk, press: Press) -> Turn:
    """Decide the turn of a button; one that no longer fits shows where things stand."""
    action = ACTIONS.get(press.action)
    talk = talk.with_state(talk.remember(expects=None))
    if action is not None and _is_under_another(talk, press.values):
        return _gone(talk)
    return action(talk, press.values) if action else show_menu(talk)


def _is_under_another(talk: Talk, values: Slots) -> bool:
    """True for a button of a wish that is over: it must not fill the details of the present one."""
    return values.get("form") not in (None, marks.mark(talk.state.form))


def _door(talk: Talk, values: Slots) -> Turn:
    door = talk.menu.find_door(str(values["id"]))
    if door is None:
        return show_menu(talk)
    if len(door.groups) == 1:
        return _group(talk, {"id": door.groups[0].id})
    buttons = tuple(
        Button("text", "group", {"id": g.id, "zh": g.name.zh, "en": g.name.en}, single=False)
        for g in door.groups
    )
    return _level(talk, door.name.zh, door.name.en, buttons)


def _group(talk: Talk, values: Slots) -> Turn:
    group = talk.menu.find_group(str(values["id"]))
    if group is None:
        return show_menu(talk)
    recent = {ticket.item for ticket in talk.facts.tickets}
    own_first = sorted(group.items, key=lambda item_id: item_id not in recent)
    items = tuple(item_button(item) for i in own_first if (item := talk.menu.find_item(i)))
    return _level(talk, group.name.zh, group.name.en, items)


def _level(talk: Talk, zh: str, en: str, buttons: tuple[Button, ...]) -> Turn:
    back = Button("back", "menu", single=False)
    return Turn(talk.state, (Reply("menu_level", {"zh": zh, "en": en}, (*buttons, back)),))


def _item(talk: Talk, values: Slots) -> Turn:
    item = talk.menu.find_item(str(values["id"]))
    if item is None:
        return show_menu(talk)
    if item.id == "common.voice.status-query":
        return about.status(talk)
    if item.id == "common.voice.callback":
        return hand_over(talk, "", "handed_over_asked")
    if item.workflow == alarm.WORKFLOW or talk.state.form is None:
        return forms.start(talk, item, {}, "")
    turn = forms.start(talk.with_state(talk.remember(form=None)), item, {}, "")
    return forms.then(Turn(talk.state, (), (EndDraft("dropped"),)), turn)


def _offer(talk: Talk, values: Slots) -> Turn:
    """The person picked one of the likely items: their words and details are kept."""
    item = talk.menu.find_item(str(values["id"]))
    if item is None:
        return show_menu(talk)
    state = talk.state
    turn = forms.start(talk, item, state.offered_slots, state.offered_words, asked_at=state.offered_at)
    return turn.also(Learn(item.id, state.offered_words)) if state.offered_words else turn


def _none(talk: Talk, _values: Slots) -> Turn:
    return offers.none_of_these(talk)


def _slot(talk: Talk, values: Slots) -> Turn:
    form = talk.state.form
    if form is None:
        return _gone(talk)
    return forms.take(talk, form, {str(values["slot"]): values["value"]})


def _days(talk: Talk, values: Slots) -> Turn:
    return forms.ask_day(talk, str(values["slot"])) if talk.state.form else _gone(talk)


def _day(talk: Talk, values: Slots) -> Turn:
    if talk.state.form is None:
        return _gone(talk)
    return forms.ask_part(talk, str(values["slot"]), str(values["day"]))


def _yes(talk: Talk, values: Slots) -> Turn:
    form = talk.state.form
    if form is None:
        return _gone(talk)
    if form.step != "confirming" or values.get("key") != marks.form_key(form):
        return forms.go_on(talk, form)
    return forms.open_now(talk, form)


def _join(talk: Talk, _values: Slots) -> Turn:
    """The report is added to what is known."""
    form = talk.state.form
    if form is None or form.step != joining.ASKED:
        return _gone(talk)
    return forms.open_now(talk, replace(form, step=joining.JOINED))


def _apart(talk: Talk, _values: Slots) -> Turn:
    form = talk.state.form
    if form is None or form.step != joining.ASKED:
        return _gone(talk)
    return forms.go_on(talk, joining.apart(form))


def _change(talk: Talk, _values: Slots) -> Turn:
    return forms.ask_change(talk, talk.state.form) if talk.state.form else _gone(talk)


def _change_slot(talk: Talk, values: Slots) -> Turn:
    form = talk.state.form
    if form is None:
        return _gone(talk)
    return changing.ask_anew(talk, form, str(values["slot"]))


def _drop(talk: Talk, _values: Slots) -> Turn:
    return forms.drop(talk, talk.state.form) if talk.state.form else _gone(talk)


def _gone(talk: Talk) -> Turn:
    """The question behind this button is settled: say so and show what can be done, or the open question."""
    if talk.state.form is None:
        return Turn(talk.state, (Reply("button_old", {}, (MENU_BUTTON, HUMAN_BUTTON)),))
    return forms.then(Turn(talk.state, (Reply("button_old"),)), forms.resume(talk, talk.state.form))


def _details(talk: Talk, values: Slots) -> Turn:
    number = values.get("number") or values.get("ticket")
    if not isinstance(number, int) or about.find(talk, number) is None:
        return about.which_ticket(talk, "details")
    state = talk.remember(expects="details", about=number)
    return Turn(state, (Reply("ask_details", {"number": number}),))


def _language(talk: Talk, values: Slots) -> Turn:
    return forms.switch_language(talk, str(values["language"]))


def _follow_up(talk: Talk, values: Slots) -> Turn:
    turn = about.verdict(talk, str(values["result"]), "", int(values["number"]))
    return turn or _gone(talk)


def _owner(talk: Talk, values: Slots) -> Turn:
    """The owner agrees to what their tenant asks for, or does not; noted on the tenant's ticket."""
    number, is_yes = int(values["number"]), bool(values["agree"])
    reply = Reply("owner_yes" if is_yes else "owner_no", {"number": number, "address": talk.facts.address_as})
    return Turn(talk.state, (reply,), (OnTicket("owner", number, {"agree": is_yes}),))


def _link(talk: Talk, _values: Slots) -> Turn:
    return Turn(talk.state, ways_in(talk.facts))


def _start(talk: Talk, values: Slots) -> Turn:
    """A chat is opened (again): greeted, and told the way in; ``code``: the one that came did not work."""
    if values.get("code"):
        kind = "code_too_many" if values["code"] == "too_many" else "code_failed"
        told: tuple[Reply, ...] = (Reply(kind, {"hotline": talk.facts.hotline}),)
    else:
        told = greet(talk).replies
    told += () if talk.facts.linked else ways_in(talk.facts)
    turn = Turn(talk.remember(failures=0), told)
    return forms.then(turn, forms.resume(talk, talk.state.form)) if talk.state.form else turn


def _switch(talk: Talk, values: Slots) -> Turn:
    """The command for the language: the one that is named, else the other one."""
    wanted = str(values.get("argument") or "").strip().lower()
    language = TONGUES.get(wanted)
    if language is None and wanted:
        choices = tuple(
            Button("text", "language", {"language": code, "zh": name, "en": name}, single=False)
            for code, name in (("zh", "中文"), ("en", "English"))
        )
        return Turn(talk.state, (Reply("lang_which", {}, choices),))
    return forms.switch_language(talk, language or ("en" if talk.facts.language == "zh" else "zh"))


def _help(talk: Talk, _values: Slots) -> Turn:
    return Turn(talk.state, (Reply("help", {}, (MENU_BUTTON, STATUS_BUTTON, HUMAN_BUTTON)),))


def typed(text: str) -> Press | None:
    """A command typed as text (``/lang en``, ``/menu@a_bot``) is the press it stands for; None for others."""
    found = _COMMAND.fullmatch(text.strip())
    return Press(found[1].lower(), {"argument": found[2] or ""}) if found else None


ACTIONS: dict[str, Callable[[Talk, Slots], Turn]] = {
    "menu": lambda talk, _: show_menu(talk),
    "door": _door,
    "group": _group,
    "item": _item,
    "offer": _offer,
    "none": _none,
    "slot": _slot,
    "days": _days,
    "day": _day,
    "yes": _yes,
    "change": _change,
    "change_slot": _change_slot,
    "drop": _drop,
    "details": _details,
    "language": _language,
    "follow_up": _follow_up,
    "link": _link,
    "start": _start,
    "lang": _switch,
    "help": _help,
    "old": lambda talk, _: _gone(talk),
    "human": lambda talk, _: hand_over(talk, "", "handed_over_asked"),
    "status": lambda talk, _: about.status(talk),
    "urge": lambda talk, v: about.urge(talk, int(v["number"])),
    "cancel": lambda talk, v: about.cancel(talk, int(v["number"])),
    "cancel_yes": lambda talk, v: about.cancel_yes(talk, int(v["number"])),
    "unschedule": lambda talk, v: about.unschedule(talk, int(v["number"])),
    "keep": lambda talk, _: Turn(talk.remember(expects=None), (Reply("kept", {}),)),
    "join": _join,
    "apart": _apart,
    "owner": _owner,
    "own": lambda talk, v: own.take(talk, int(v["number"]), str(v["step"])),
    "time_suits": lambda talk, v: own.confirm_time(talk, int(v["number"])),
    "schedule": lambda talk, v: about.reschedule(talk, int(v["number"]), None, ""),
    "helped": lambda talk, v: about.helped(talk, int(v["number"]), True),
    "not_helped": lambda talk, v: about.helped(talk, int(v["number"]), False),
}
