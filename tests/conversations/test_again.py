"""Something has failed again: a new report, a detail of a ticket, or a verdict, by what is in hand."""

import pytest

from backend.conversations.state import OnTicket, OpenTicket
from tests.conversations.conftest import Line
from tests.conversations.talking import Chat, chat

LIFT, AC, TAP = (
    "common.equipment.lift-fault",
    "value.repair-appliance.ac",
    "value.repair-plumbing.water-fittings",
)

TOILET = "value.repair-plumbing.soil-pipe-unblock"


def ticket(item: str, number: int = 1001, *, is_done: bool = False, workflow: str = "repair") -> OpenTicket:
    state, step = ("done", "done") if is_done else ("open", "assigned")
    return OpenTicket(number, item, "空调", workflow, state, step, ("cancel",), "赵敏", None, None,
                      wants_follow_up=is_done)  # fmt: skip


def orders(talk: Chat) -> list[tuple[str, int]]:
    return [(one.verb, one.number) for one in talk.turn.orders if isinstance(one, OnTicket)]


@pytest.mark.parametrize(
    ("language", "words", "item"),
    [
        ("zh", "电梯又坏了", LIFT),
        ("zh", "电梯又停了", LIFT),
        ("zh", "空调又不制冷了", AC),
        ("zh", "师傅来修一下厨房水龙头", TAP),
        ("en", "the lift has stopped again", LIFT),
        ("en", "the AC is not cooling again", AC),
    ],
)
def test_with_nothing_in_hand_it_is_a_new_report(language: str, words: str, item: str) -> None:
    talk = chat(language)
    talk.say(words)
    assert talk.state.form is not None
    assert talk.state.form.item == item


@pytest.mark.parametrize(
    ("language", "words"), [("zh", "空调又不制冷了"), ("en", "the AC is not cooling again")]
)
def test_after_work_on_it_that_was_just_done_it_is_a_verdict(language: str, words: str) -> None:
    talk = chat(language, tickets=(ticket(AC, is_done=True),))
    talk.say(words)
    assert orders(talk) == [("follow_up", 1001)]
    assert talk.last_kinds == ["sorry_heard"]


@pytest.mark.parametrize("words", ["电梯又坏了", "电梯又停了"])
def test_a_lift_ticket_that_was_just_done_is_judged(words: str) -> None:
    talk = chat("zh", tickets=(ticket(LIFT, is_done=True, workflow="standing_report"),))
    talk.say(words)
    assert orders(talk) == [("follow_up", 1001)]


@pytest.mark.parametrize(
    ("language", "words", "item"),
    [
        ("zh", "空调又不制冷了", AC),
        ("zh", "师傅来修一下厨房水龙头", TAP),
        ("en", "the AC is not cooling again", AC),
    ],
)
def test_with_an_open_ticket_about_it_it_is_a_detail_of_that(language: str, words: str, item: str) -> None:
    talk = chat(language, tickets=(ticket(item),))
    talk.say(words)
    assert (talk.last_kinds, orders(talk)) == (["added"], [("add", 1001)])


def test_work_on_another_thing_is_not_judged_by_it() -> None:
    talk = chat("zh", tickets=(ticket(AC, is_done=True),))
    talk.say("厨房水龙头又漏水了")
    assert orders(talk) == []
    assert talk.state.form is not None
    assert talk.state.form.item == TAP


@pytest.mark.parametrize(
    ("language", "words"), [("zh", "又坏了"), ("zh", "它又停了"), ("en", "it stopped again")]
)
def test_what_names_no_thing_is_asked_about_and_no_complaint(language: str, words: str) -> None:
    talk = chat(language)
    talk.say(words)
    assert talk.last_kinds == ["what_again"]
    assert talk.opened == []


@pytest.mark.parametrize(("language", "words"), [("zh", "又坏了"), ("en", "it broke again")])
def test_what_names_no_thing_judges_the_work_that_was_just_done(language: str, words: str) -> None:
    talk = chat(language, tickets=(ticket(AC, is_done=True),))
    talk.say(words)
    assert orders(talk) == [("follow_up", 1001)]


def test_what_names_no_thing_belongs_to_the_only_ticket_in_hand() -> None:
    talk = chat("zh", tickets=(ticket(AC),))
    talk.say("又坏了")
    assert orders(talk) == [("add", 1001)]


@pytest.mark.parametrize(
    ("said", "thing", "item"),
    [("又坏了", "电梯", LIFT), ("它又停了", "电梯", LIFT), ("又堵了", "马桶", TOILET)],
)
def test_in_a_chat_the_thing_named_when_asked_is_reported(
    chen: Line, said: str, thing: str, item: str
) -> None:
    chen.say(said)
    assert [m.reply_kind for m in chen.shown()][-1] == "what_again"
    chen.tools.clock.advance(seconds=20)  # type: ignore[attr-defined]
    chen.say(thing)
    assert [draft.item_id for draft in chen.drafts() if draft.state == "open"] == [item]


@pytest.mark.parametrize(("said", "thing"), [("it stopped again", "the lift"), ("it stopped again", "lift")])
def test_in_english_too(emma: Line, said: str, thing: str) -> None:
    emma.say(said)
    emma.tools.clock.advance(seconds=20)  # type: ignore[attr-defined]
    emma.say(thing)
    assert [draft.item_id for draft in emma.drafts() if draft.state == "open"] == [LIFT]


def test_another_one_is_another_matter() -> None:
    talk = chat("zh", tickets=(ticket(TAP),))
    talk.say("师傅来修一下另一个厨房水龙头")
    assert orders(talk) == []
    assert talk.state.form is not None or talk.state.offered


def test_while_a_person_is_in_the_chat_that_person_asks_what_has_failed() -> None:
    talk = chat("zh", is_quiet=True)
    talk.say("又坏了")
    assert (talk.last_kinds, talk.opened) == ([], [])


#: told carefully, and with no thing named
HEDGED = [
    ("en", "kinda not working again"),
    ("en", "it's kinda not working again"),
    ("en", "sorta broken again"),
    ("en", "still kinda leaking"),
    ("en", "still not working"),
    ("en", "it seems like it's still dripping a bit"),
    ("zh", "又有点不行了"),
    ("zh", "还是有点漏"),
    ("zh", "好像又坏了"),
    ("zh", "还是不行"),
]


@pytest.mark.parametrize(("language", "words"), HEDGED)
def test_a_fault_told_carefully_judges_the_work_that_was_just_done(language: str, words: str) -> None:
    talk = chat(language, tickets=(ticket(AC, is_done=True),))
    talk.say(words)
    assert orders(talk) == [("follow_up", 1001)]
    assert talk.opened == []


@pytest.mark.parametrize(("language", "words"), HEDGED)
def test_a_fault_told_carefully_belongs_to_the_only_ticket_in_hand(language: str, words: str) -> None:
    talk = chat(language, tickets=(ticket(AC),))
    talk.say(words)
    assert (orders(talk), talk.opened) == ([("add", 1001)], [])


@pytest.mark.parametrize(("language", "words"), HEDGED)
def test_a_fault_told_carefully_is_asked_about_and_no_complaint(language: str, words: str) -> None:
    talk = chat(language)
    talk.say(words)
    assert (talk.last_kinds, talk.opened) == (["what_again"], [])


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "the AC is kinda not working again"),
        ("en", "AC is sort of not cooling again"),
        ("zh", "空调好像又不制冷了"),
        ("zh", "空调又有点不制冷了"),
    ],
)
def test_a_thing_that_fails_a_little_again_is_the_report_that_it_is_without_the_little(
    language: str, words: str
) -> None:
    talk = chat(language)
    talk.say(words)
    assert talk.opened == []
    assert talk.state.form is not None
    assert talk.state.form.item == AC
    assert talk.state.form.words == words, "and stands in the words it was told in"


@pytest.mark.parametrize(
    ("language", "words"), [("zh", "空调还是有点不凉"), ("en", "the AC is still kinda warm")]
)
def test_a_thing_that_fails_still_is_a_repair_to_be_chosen_and_no_complaint(
    language: str, words: str
) -> None:
    talk = chat(language)
    talk.say(words)
    assert talk.opened == []
    assert AC in talk.state.offered


def test_where_several_works_wait_for_a_verdict_it_is_asked_which_one_is_meant() -> None:
    talk = chat("en", tickets=(ticket(AC, is_done=True), ticket(TAP, 1002, is_done=True)))
    talk.say("kinda not working again")
    assert (talk.last_kinds, talk.opened) == (["which_ticket"], [])
    talk.press("follow_up", number=1002)
    assert orders(talk) == [("follow_up", 1002)]


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "your people are rude and I want to complain"), ("zh", "我要投诉，还是没人管")],
)
def test_who_complains_complains(language: str, words: str) -> None:
    talk = chat(language)
    talk.say(words)
    assert [order.reason for order in talk.opened] == ["complaint"]
