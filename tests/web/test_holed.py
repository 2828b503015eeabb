"""A text with holes, as staff read it."""

from backend.web.holed import Piece, pieces, plain

NAMES = {"butler": "管家姓名", "home": "房号"}


def test_each_hole_is_called_by_its_name_and_the_words_around_it_stay() -> None:
    assert pieces("{butler}在{home}等您。", NAMES) == (
        Piece("管家姓名", is_hole=True),
        Piece("在"),
        Piece("房号", is_hole=True),
        Piece("等您。"),
    )
    assert plain("您好，{butler}。", NAMES) == "您好，[管家姓名]。"


def test_a_hole_without_a_name_shows_no_braces_and_a_text_without_holes_is_one_piece() -> None:
    assert pieces("{上门时间}见", {}) == (Piece("上门时间", is_hole=True), Piece("见"))
    assert pieces("没有空格", NAMES) == (Piece("没有空格"),)
    assert pieces("", NAMES) == ()
