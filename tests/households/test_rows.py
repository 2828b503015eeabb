"""A row of the sheet is read as people write it, and every fault is told by column and in words."""

from datetime import date
from typing import Any

import pytest

from backend.households.columns import column_of
from backend.households.rows import NO_WORD, Fault, Raw, Row, read_row

TODAY = date(2026, 3, 11)


def read(**cells: Any) -> tuple[Row | None, list[tuple[str, str]]]:
    raw = Raw(7, {name: str(value) for name, value in cells.items()})
    row, faults = read_row(raw, lambda number: (f"hash {number}", f"end {number}", f"sealed {number}"), TODAY)
    return row, [(fault.column, fault.worded("zh")) for fault in faults]


def good(**cells: Any) -> Row:
    row, faults = read(**{"building": "3", "unit": "2", "flat": "1501", **cells})
    assert row is not None, faults
    return row


@pytest.mark.parametrize(
    ("building", "unit", "flat", "code"),
    [
        ("3", "2", "1501", "3-2-1501"),
        ("３号楼", "２单元", "１５０１室", "3-2-1501"),
        ("三号楼", "2单元", "12a", "3-2-12A"),
        ("A座", "", "1501", "A-1501"),
        (" 13 ", "", " 3A ", "13-3A"),
    ],
)
def test_a_home_is_read_however_it_is_written(building: str, unit: str, flat: str, code: str) -> None:
    assert good(building=building, unit=unit, flat=flat).code == code


@pytest.mark.parametrize("text", ["3-2-1501", "3号楼2单元1501", "Bldg 3, Unit 2, Flat 1501"])
def test_a_home_may_stand_in_one_cell(text: str) -> None:
    row, faults = read(home=text)
    assert (row.code if row else "", faults) == ("3-2-1501", [])


@pytest.mark.parametrize("flat", ["十五零一楼", "15-01-3", "15 01", "大堂"])
def test_what_is_no_home_is_named(flat: str) -> None:
    row, faults = read(building="3", unit="2", flat=flat)
    assert row is None
    assert faults[0][0] == "flat"
    assert "不是房屋" in faults[0][1]


def test_building_and_flat_are_needed() -> None:
    assert [column for column, _sentence in read(name="陈建国")[1]] == ["building", "flat"]


@pytest.mark.parametrize(
    "text", ["13800138000", "138 0013 8000", "+86 138-0013-8000", "86 13800138000", "１３８００１３８０００",
             "0086 138 0013 8000", " 13800138000 "],
)  # fmt: skip
def test_every_spelling_of_a_phone_is_the_same_number(text: str) -> None:
    assert good(name="陈建国", phone=text).phone_hash == "hash +8613800138000"


def test_a_chinese_number_is_not_required() -> None:
    assert good(name="Tom Brown", phone="+44 20 7946 0018").phone_sealed == "sealed +442079460018"
    assert good(name="Tom Brown").phone_hash == ""


def test_a_bad_phone_is_named_without_being_shown_in_full() -> None:
    ((column, sentence),) = read(building="3", flat="1501", name="陈", phone="1380013800099")[1]
    assert column == "phone"
    assert "138…99" in sentence
    assert "1380013800099" not in sentence


@pytest.mark.parametrize(
    ("name", "said", "kept"),
    [("欧阳 明", "先生", "欧阳先生"), ("陈建国", "老师", "陈老师"), ("陈建国", "陈总", "陈总"),
     ("Tom Brown", "先生", "Brown 先生"), ("陈建国", "", "")],
)  # fmt: skip
def test_a_title_is_joined_to_the_surname_and_never_guessed(name: str, said: str, kept: str) -> None:
    assert good(name=name, address_zh=said).address_zh == kept


def test_a_foreigner_is_called_as_they_chose() -> None:
    assert good(name="Tom Brown", address_en="Mr").address_en == "Mr Brown"
    assert good(name="Tom Brown", address_en="Tom").address_en == "Tom"


def test_nobody_is_called_a_miss() -> None:
    ((column, sentence),) = read(building="3", flat="1501", name="陈红", address_zh="小姐")[1]
    assert (column, "女士" in sentence) == ("address_zh", True)


def test_names_spread_out_for_looks_are_joined() -> None:
    assert good(name="陈　明").name == "陈明"
    assert good(name=" Tom  Brown ").name == "Tom Brown"


@pytest.mark.parametrize(
    "text", ["2024-05-01", "2024/5/1", "2024年5月1日", "２０２４．５．１", "2024-05-01 00:00"]
)
def test_a_day_is_read_as_people_write_it(text: str) -> None:
    assert good(name="陈", since=text).since == "2024-05-01"


@pytest.mark.parametrize("text", ["2024-13-01", "05/01/2024", "去年", "1905-01-01", "2030-01-01"])
def test_what_is_no_day_is_named(text: str) -> None:
    ((column, _sentence),) = read(building="3", flat="1501", name="陈", since=text)[1]
    assert column == "since"


def test_words_are_known_in_both_languages_and_others_are_listed() -> None:
    row = good(name="Tom", kind="Tenant", language="英文", tier="VIP", large_type="是")
    assert (row.kind, row.language, row.tier, row.large_type) == ("tenant", "en", "vip", True)
    ((column, sentence),) = read(building="3", flat="1501", name="陈", kind="房客")[1]
    assert column == "kind"
    assert "租户" in sentence


def test_a_phone_without_a_name_asks_whose_it_is() -> None:
    ((column, _sentence),) = read(building="3", flat="1501", phone="13800138000")[1]
    assert column == "name"


@pytest.mark.parametrize(
    ("heading", "column"),
    [("楼栋 Building", "building"), ("房号*", "flat"), ("联系电话（手机）", "phone"), ("Moved in", "since"),
     ("Phone (mobile)", "phone"), ("  姓名 ", "name"), ("车位", "")],
)  # fmt: skip
def test_headings_are_known_by_either_name(heading: str, column: str) -> None:
    assert column_of(heading) == column


def test_a_list_of_words_is_joined_as_its_reader_writes() -> None:
    fault = Fault(3, "kind", NO_WORD, {"text": "狗", "known": "业主 owner, 租户 tenant"})
    assert "业主 owner、租户 tenant" in fault.worded("zh")
    assert "业主 owner, 租户 tenant" in fault.worded("en")
