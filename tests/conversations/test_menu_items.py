"""Every service of the menu: three questions at most, then a read-back of four lines at most."""

import pytest

from backend.conversations.alarm import WORKFLOW
from backend.conversations.forms import AT_ONCE, MAX_QUESTIONS, NO_READ_BACK
from intents.menu import NEVER_ASKED, Item
from tests.conversations.talking import Chat, chat, engine

ITEMS = sorted(item.id for item in engine().menu.items.values() if item.alias_of is None)
#: items that are not wishes of their own: they answer at once
ANSWERED = {"common.voice.status-query", "common.voice.callback"}
WISHES = [one for one in ITEMS if one not in ANSWERED]
#: a natural answer to any question, by the type of the detail
ANSWERS = {
    "zh": {"integer": "2个", "hours": "三个小时", "datetime_window": "明天上午", "datetime": "后天下午3点",
           "date_range": "下周一到下周三", "recurrence": "每周一", "bool": "要"},
    "en": {"integer": "2", "hours": "three hours", "datetime_window": "tomorrow morning",
           "datetime": "the day after tomorrow at 3 pm", "date_range": "next Monday to next Wednesday",
           "recurrence": "every Monday", "bool": "yes please"},
}  # fmt: skip
WORDS = {"zh": "主卧的那一个", "en": "the one in the main bedroom"}


def answer(talk: Chat) -> list[str]:
    """Answer questions until there are none; return the details that were asked for."""
    asked: list[str] = []
    while talk.last_kinds[-1:] == ["ask"]:
        form = talk.state.form
        assert form is not None
        assert form.asking
        asked.append(form.asking)
        assert len(asked) <= MAX_QUESTIONS, asked
        if talk.find("slot", slot=form.asking):
            talk.press("slot", slot=form.asking)
        else:
            spec = engine().menu.slots[form.asking]
            talk.say(ANSWERS[talk.language].get(spec.type, WORDS[talk.language]))
    return asked


def check(talk: Chat, item: Item) -> None:
    if item.workflow == WORKFLOW:
        assert talk.last_kinds == ["emergency", "emergency_where"]
        assert [order.item for order in talk.opened] == [item.id]
        return
    asked = answer(talk)
    assert len(asked) == len(set(asked))
    assert not NEVER_ASKED & set(asked)
    is_read_back = item.workflow not in NO_READ_BACK | AT_ONCE
    if not is_read_back:
        assert [order.item for order in talk.opened] == [item.id], talk.kinds
        return
    assert talk.last_kinds in (["read_back"], ["needs", "read_back"]), (item.id, talk.kinds)
    assert len(talk.text_of(talk.turn.replies[-1]).splitlines()) <= 4, talk.text
    assert talk.opened == []
    assert item.name.in_(talk.language) in talk.text
    talk.press("yes")
    assert [order.item for order in talk.opened] == [item.id]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("item_id", WISHES)
def test_a_tap_asks_at_most_three_questions_and_reads_back_in_four_lines(item_id: str, language: str) -> None:
    talk = chat(language)
    talk.tap(item_id)
    check(talk, engine().menu.item(item_id))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_name_of_a_service_in_words_begins_it_or_offers_it(language: str) -> None:
    """Naming a service begins it, offers it among three, or (a common question) answers; never a wall."""
    walls = []
    for item_id in WISHES:
        item = engine().menu.item(item_id)
        talk = chat(language)
        talk.say(item.name.in_(language))
        form = talk.state.form
        if form is not None and form.item == item.id:
            check(talk, item)
        elif not (item_id in talk.state.offered or talk.opened or form or talk.last_kinds == ["faq"]):
            walls.append((item.name.in_(language), talk.kinds))
    assert len(walls) <= len(WISHES) // 50, walls


@pytest.mark.parametrize("item_id", sorted(ANSWERED))
def test_status_and_call_me_answer_at_once(item_id: str) -> None:
    talk = chat()
    talk.tap(item_id)
    assert talk.state.form is None
    assert talk.last_kinds
