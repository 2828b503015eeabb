"""Whoever gives a ticket to somebody sees who is on duty now: marked, and first in the list."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from backend.models import Shift, User
from tests.desk.conftest import Desk, World

Open = Callable[..., Desk]


def put_on(world: World, user: User, starts: float, ends: float) -> None:
    """A shift from so many hours from now until so many."""
    now = world.clock.now()
    with world.db.write() as session:
        session.add(Shift(estate_id=world.estate.id, user_id=user.id, starts_at=now + timedelta(hours=starts),
                          ends_at=now + timedelta(hours=ends)))  # fmt: skip


def people(html: str) -> list[str]:
    """The choices of the list of people, in order."""
    return re.findall(r"<option[^>]*>([^<]*)", html.split('name="user"')[1].split("</select>", maxsplit=1)[0])


def test_assigning_names_whoever_is_on_duty_first_and_says_so(desk: Open, world: World) -> None:
    number = world.open()
    put_on(world, world.engineer, 4, 12)
    put_on(world, world.colleague, -4, 4)
    wanted = ["唐凯 · 管家 · 当班", "赵强 · 工程师傅", "林静 · 管家", "许主管 · 主管"]
    assert people(desk("lin").get(f"/tickets/{number}?do=assign&part=form").text) == wanted
    world.clock.advance(hours=5)
    later = people(desk("lin").get(f"/tickets/{number}?do=assign&part=form").text)
    assert later == ["赵强 · 工程师傅 · 当班", "林静 · 管家", "唐凯 · 管家", "许主管 · 主管"]


@pytest.mark.parametrize(("language", "word"), [("zh", "当班"), ("en", "on duty")])
def test_the_sheet_for_several_marks_them_too_in_both_languages(
    desk: Open, world: World, language: str, word: str
) -> None:
    first, second = world.open(), world.open()
    put_on(world, world.engineer, -1, 7)
    lin = desk("lin")
    lin.press("/language", language=language)
    picked = ",".join(f"{n}:{world.ticket(n).version}" for n in (first, second))
    names = people(lin.get(f"/queue/bulk/assign?picked={picked}").text)
    assert [one.endswith(f" · {word}") for one in names] == [True, False, False, False]


def test_without_a_rota_ones_own_mark_counts_and_whoever_is_away_stands_last(
    desk: Open, world: World
) -> None:
    number = world.open()
    with world.db.write() as session:
        session.get_one(User, world.engineer.id).is_on_duty = False
    names = people(desk("lin").get(f"/tickets/{number}?do=assign&part=form").text)
    assert names[-1] == "赵强 · 工程师傅"
    assert all(one.endswith("当班") for one in names[:-1])


def test_the_ready_sentence_who_comes_names_whoever_is_on_duty_first(desk: Open, world: World) -> None:
    number = world.open()
    put_on(world, world.engineer, -1, 7)
    names = people(desk("lin").get(f"/tickets/{number}/quick/who").text)
    assert names[0] == "赵强 · 工程师傅 · 当班"
