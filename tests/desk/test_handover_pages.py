"""交接班 on its page: what was offered is taken back there until a colleague has accepted it."""

import re
from collections.abc import Callable
from urllib.parse import unquote

import pytest

from locales import t
from tests.desk.conftest import Desk, World

Open = Callable[..., Desk]


def offered(lin: Desk) -> str:
    """Lin's handover, offered to Tang; where its steps are posted."""
    place = lin.press("/handover/begin").headers["location"]
    address = f"/handover/{re.sub('.*-', '', place)}"
    lin.press(f"{address}/offer", to="tang", note="3栋电梯在修", keys="门卡2张")
    return address


def english(world: World) -> None:
    with world.db.write() as session:
        session.merge(world.butler).language = "en"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_whoever_offered_it_finds_the_button_and_presses_it(desk: Open, world: World, language: str) -> None:
    if language == "en":
        english(world)
    lin, word = desk("lin"), {"zh": "收回", "en": "Take it back"}[language]
    address = offered(lin)
    assert f"{word}</button>" in lin.get("/handover").text
    assert "/take_back" not in desk("tang").get("/handover").text
    answer = lin.press(f"{address}/take_back")
    assert answer.status_code == 303
    said = t(language, "The handover is taken back; the colleague has been told.")
    assert said in unquote(unquote(answer.headers["set-cookie"]))
    page = lin.get("/handover").text
    assert "/take_back" not in page
    assert page.count("3栋电梯在修") == page.count("门卡2张") == 1, "what was written waits in the form"


def test_the_colleague_reads_it_on_the_bell_and_has_nothing_to_accept_any_more(desk: Open) -> None:
    lin, tang = desk("lin"), desk("tang")
    address = offered(lin)
    assert f"{address}/accept" in tang.get("/handover").text
    lin.press(f"{address}/take_back")
    assert "林静收回了交班，您不用接班了" in tang.get("/alerts").text
    page = tang.get("/handover").text
    assert f"{address}/accept" not in page
    assert "3栋电梯在修" not in page
    late = tang.press(f"{address}/accept", checked="1")
    assert late.status_code == 409
    assert "林静已收回这份交班" in late.text


def test_too_late_to_take_it_back_is_said_on_the_handover_with_who_and_when(desk: Open, world: World) -> None:
    lin = desk("lin")
    address = offered(lin)
    desk("tang").press(f"{address}/accept", checked="1")
    refused = lin.press(f"{address}/take_back")
    assert refused.status_code == 409
    assert "唐凯已经接班（今天 10:00），不能再改动。" in refused.text.split('<article class="card hand"')[1]
    english(world)
    assert "Tang has accepted this handover (10:00 today)." in lin.press(f"{address}/take_back").text


def test_the_log_tells_who_took_a_handover_back_and_to_whom_it_was_offered(desk: Open) -> None:
    lin = desk("lin")
    lin.press(f"{offered(lin)}/take_back")
    log = desk("xu").get("/audit?kind=handover").text
    row = log.split("<tbody")[1]
    assert "收回交班" in row
    assert "林静" in row
    assert "唐凯" in row
