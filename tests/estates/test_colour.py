"""The accent colour: what can be read, the shade offered, the style sheet for light and dark."""

import re

import pytest

from backend.estates import colour


def test_the_standard_blue_can_be_read_and_a_pale_one_is_darkened() -> None:
    assert colour.is_readable("#0b5cad")
    assert colour.nearest("#0b5cad") == "#0b5cad"
    pale = colour.nearest("#7db8f5")
    assert not colour.is_readable("#7db8f5")
    assert colour.is_readable(pale)


@pytest.mark.parametrize("wished", ["#000000", "#ffffff", "#0b5cad", "#ffff00", "#1f6f43", "#7a4a12"])
def test_every_shade_that_is_offered_can_be_read_by_day_and_in_the_dark(wished: str) -> None:
    light = colour.nearest(wished)
    assert all(colour.contrast(light, one) >= 4.5 for one in colour.LIGHT)
    assert all(colour.contrast(colour.in_the_dark(light), one) >= 4.5 for one in colour.DARK)


@pytest.mark.parametrize("red", ["#b3201d", "#ff0000", "#d4145a"])
def test_red_stays_for_what_is_overdue(red: str) -> None:
    assert colour.is_red(red)
    assert not colour.is_red("#7a4a12")
    assert not colour.is_red("#0b5cad")


def test_colours_are_read_as_they_are_typed() -> None:
    assert colour.read(" 0B5CAD ") == "#0b5cad"
    assert [colour.read(text) for text in ("", "blue", "#12345", "#12345g", "url(x)")] == [None] * 5


def test_the_sheet_sets_both_tokens_for_light_dark_and_the_device() -> None:
    sheet = colour.sheet("#1f6f43")
    assert len(re.findall(r"--accent:#[0-9a-f]{6};--accent-strong:#[0-9a-f]{6}", sheet)) == 3
    assert sheet.count("{") == sheet.count("}")
