"""How fast the bot speaks: per chat, overall, urgent before bulk. Time is a number here."""

from hypothesis import given
from hypothesis import strategies as st

from bot.pacing import UNLIMITED, Limits, Pacing


def sent_at(
    pacing: Pacing, chat: int, count: int, *, urgent: bool = True, start: float = 100.0
) -> list[float]:
    """Send ``count`` messages as fast as allowed; return when each went."""
    now, times = start, []
    while len(times) < count:
        wait = pacing.take(chat, now, urgent)
        if wait:
            now += wait
        else:
            times.append(now)
    return times


def test_eight_messages_go_at_once_then_one_a_second() -> None:
    times = sent_at(Pacing(), 7, 11)
    assert [round(at - 100, 3) for at in times] == [0] * 8 + [1, 2, 3]


def test_a_group_gets_at_most_twenty_in_any_minute() -> None:
    times = sent_at(Pacing(), -7, 60)
    assert all(times[i + 20] - times[i] >= 60 - 1e-6 for i in range(40))


def test_one_chat_does_not_hold_up_another() -> None:
    pacing = Pacing()
    sent_at(pacing, 1, 8)
    assert pacing.delay(1, 100, True) == 1
    assert pacing.delay(2, 100, True) == 0


def test_all_chats_together_get_twenty_eight_a_second() -> None:
    pacing = Pacing()
    sent = sum(pacing.take(chat, 100 + tick / 100, True) == 0 for tick in range(1000) for chat in [tick])
    assert 28 * 10 <= sent <= 28 * 11


def test_bulk_leaves_room_for_what_is_urgent() -> None:
    pacing = Pacing()
    now, bulk, urgent = 100.0, 0, 0
    for tick in range(1000):  # ten seconds; bulk asks all the time, urgent four times a second
        now = 100 + tick / 100
        while pacing.take(10_000 + tick * 100 + bulk, now, False) == 0:
            bulk += 1
        if tick % 25 == 0:
            assert pacing.take(1_000_000 + tick, now, True) == 0
            urgent += 1
    assert urgent == 40
    assert 200 <= bulk <= 22 * 11


def test_what_is_urgent_goes_first_when_there_is_too_much_of_both() -> None:
    pacing = Pacing()
    while pacing.take(pacing.__len__() + 1, 100, True) == 0:
        pass
    assert pacing.delay(9001, 100, True) < pacing.delay(9001, 100, False)


def test_a_chat_that_telegram_asked_to_rest_rests_alone() -> None:
    pacing = Pacing()
    pacing.hold(7, 130)
    pacing.hold(7, 110)
    assert pacing.delay(7, 100, True) == 30
    assert pacing.delay(8, 100, True) == 0
    assert pacing.delay(7, 130, True) == 0


def test_an_album_counts_for_its_pictures() -> None:
    pacing = Pacing()
    assert pacing.take(7, 100, True, cost=10) == 0
    assert pacing.delay(7, 100, True) == 3


def test_chats_at_rest_are_forgotten() -> None:
    pacing = Pacing(Limits(overall=1e6, bulk=1e6))
    for chat in range(1, 1000):
        pacing.take(chat, 100, True)
    assert len(pacing) == 999
    pacing.take(1, 200, True)
    assert len(pacing) == 1


def test_without_limits_nothing_waits() -> None:
    assert sent_at(Pacing(UNLIMITED), 7, 500, urgent=False)[-1] == 100


@given(st.lists(st.tuples(st.integers(-3, 3), st.booleans(), st.floats(0, 2)), max_size=80))
def test_waiting_as_long_as_told_is_enough(steps: list[tuple[int, bool, float]]) -> None:
    pacing, now = Pacing(), 100.0
    for chat, urgent, pause in steps:
        now += pause
        wait = pacing.take(chat, now, urgent)
        if wait:
            now += wait
            assert pacing.delay(chat, now, urgent) < 1e-6
