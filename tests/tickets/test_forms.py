"""The forms of the service plans as data: all of them, in both languages, and every fault named."""

import re
from pathlib import Path

import pytest

from backend.deadlines.faults import DataFaults
from backend.tickets.forms import Form, find_form, load_forms, standard_forms

FORMS = standard_forms()
EACH = pytest.mark.parametrize("form", FORMS.all.values(), ids=lambda form: str(form.id))
SOUND = """
[prints]
number = { zh = "工单号", en = "Ticket" }
[[records]]
id = "REC-01"
of = "ticket"
title = { zh = "值班记录表", en = "Duty log" }
prints = ["number"]
fields = [
  { id = "reply", zh = "答复", en = "Reply", kind = "text" },
  { id = "way", zh = "方式", en = "Way", kind = "choice", options = [{ id = "a", zh = "甲", en = "A" }] },
]
"""


def test_all_forms_of_the_plans_are_there() -> None:
    assert list(FORMS.all) == [f"REC-{number:02}" for number in range(1, 39)]


@EACH
def test_a_form_and_its_fields_are_named_in_both_languages(form: Form) -> None:
    options = [option for field in form.fields for option in field.options]
    names = [(form.zh, form.en), *((one.zh, one.en) for one in form.fields)]
    for chinese, english in (*names, *((one.zh, one.en) for one in options)):
        assert re.search("[\u4e00-\u9fff]", chinese), chinese
        assert re.fullmatch("[ -~’°²]+", english), english


@EACH
def test_the_names_of_a_forms_fields_differ(form: Form) -> None:
    for language in ("zh", "en"):
        names = [field.name(language) for field in form.fields]
        assert len(set(names)) == len(names)


def test_a_form_is_found_by_its_number() -> None:
    notice = find_form("REC-17")
    assert notice is not None
    assert (notice.zh, notice.of) == ("缴费通知单", "ticket")
    price = notice.field("price")
    assert price is not None
    assert price.kind == "money"
    assert notice.field("nothing") is None
    assert find_form("REC-99") is None
    assert find_form(None) is None


def test_a_choice_names_its_answers() -> None:
    form = find_form("REC-05")
    field = form.field("class") if form else None
    assert field is not None
    assert field.choices == ("valid", "to_improve", "invalid", "malicious", "unclear")
    assert field.options[0].name("zh") == "有效投诉"


def test_what_is_printed_from_the_ticket_is_not_filled_in_as_well() -> None:
    form = find_form("REC-14")
    assert form is not None
    assert form.prints == ("number", "resident", "home", "phone")
    assert FORMS.prints["home"].name("zh") == "房屋"


def test_a_sound_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "records.toml"
    path.write_text(SOUND, encoding="utf-8")
    assert [field.id for field in load_forms(path).all["REC-01"].fields] == ["reply", "way"]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('of = "ticket"', 'of = "nobody"', "REC-01: of: one of ticket, duty, handover, estate"),
        ('kind = "text"', 'kind = "colour"', "REC-01 reply: kind: one of text, number"),
        ('zh = "答复"', 'zh = ""', "REC-01 reply: zh: a text is expected"),
        ('id = "way"', 'id = "reply"', "REC-01: fields: “reply” stands there twice"),
        ('prints = ["number"]', 'prints = ["nummer"]', "REC-01: prints: “nummer” is not named"),
        (
            'kind = "choice"',
            'kind = "yes"',
            "REC-01 way: options: a choice has options, and nothing else has",
        ),
        ("title = {", 'tittle = "x"\ntitle = {', "REC-01: tittle: this field is not known"),
        (', en = "Duty log"', "", "REC-01.title: en: a text is expected"),
    ],
)
def test_every_fault_is_named_with_its_form_and_field(tmp_path: Path, old: str, new: str, fault: str) -> None:
    path = tmp_path / "records.toml"
    assert old in SOUND
    path.write_text(SOUND.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DataFaults) as refused:
        load_forms(path)
    assert any(line.startswith("records.toml: " + fault) for line in refused.value.faults), refused.value


def test_a_file_without_forms_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "records.toml"
    path.write_text("[prints]\n", encoding="utf-8")
    with pytest.raises(DataFaults, match="at least one form"):
        load_forms(path)
