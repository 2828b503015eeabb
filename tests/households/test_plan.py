"""Rows beside what is known: added, changed or the same; the same file twice changes nothing."""

from dataclasses import replace

from backend.households.plan import Butler, Known, KnownHome, KnownPerson, Plan, row_from, row_json, weigh
from backend.households.rows import Row

LIN, TANG = Butler(1, "lin", ("林静", "Lin Jing")), Butler(2, "tang", ("唐凯", "Tang Kai"))
CHEN = KnownPerson(11, "陈建国", "p1", "陈先生", "", "owner", "zh", False, "2024-05-01")
LEFT = KnownPerson(12, "王五", "p2", "", "", "tenant", "zh", False, "2023-01-01", has_left=True)
HOME = KnownHome(21, "A", "standard", 1, (CHEN, LEFT))
KNOWN = Known({"3-2-1501": HOME}, (LIN, TANG), {"a": "A", "东区": "A"})
ROW = Row(2, "3", "2", "1501")


def faults(plan: Plan) -> list[tuple[int, str]]:
    return [(fault.row, fault.column) for fault in plan.faults]


def test_a_new_home_with_a_new_resident_is_added() -> None:
    (step,) = weigh([replace(ROW, flat="1502", name="李娜", butler="唐凯")], KNOWN).steps
    assert (step.home, step.person, step.home_values) == ("new", "new", {"butler_id": 2})


def test_what_a_row_does_not_say_is_left_alone() -> None:
    plan = weigh([replace(ROW, name="陈建国")], KNOWN)
    assert plan.steps[0].is_same
    assert plan.counts()["same"] == 1


def test_what_differs_is_changed_and_told_before_and_after() -> None:
    row = replace(ROW, name="陈建国", butler="tang", kind="tenant", phone_hash="p9", phone_sealed="s9")
    (step,) = weigh([row], KNOWN).steps
    assert (step.home, step.person) == ("changed", "changed")
    assert step.changes == (("butler", "lin", "tang"), ("kind", "owner", "tenant"), ("phone", "", ""))


def test_a_number_read_by_an_older_release_leaves_no_end_of_the_one_before() -> None:
    for last4, kept in (("e9", "e9"), ("", None)):
        row = replace(ROW, name="陈建国", phone_hash="p9", phone_last4_hash=last4, phone_sealed="s9")
        (step,) = weigh([row], KNOWN).steps
        assert step.person_values["phone_last4_hash"] == kept


def test_a_name_put_right_is_found_by_the_phone() -> None:
    (step,) = weigh([replace(ROW, name="陈建囯", phone_hash="p1", phone_sealed="s")], KNOWN).steps
    assert (step.person, step.resident_id, step.person_values) == ("changed", 11, {"name": "陈建囯"})


def test_a_couple_that_shares_a_phone_stays_two_people() -> None:
    wife = replace(ROW, name="李梅", phone_hash="p1", phone_sealed="s")
    husband = replace(ROW, number=3, name="陈建国", phone_hash="p1", phone_sealed="s")
    first, second = weigh([wife, husband], KNOWN).steps
    assert (first.person, second.person) == ("new", "same")


def test_several_residents_of_a_new_home_count_one_home() -> None:
    rows = [replace(ROW, number=n, flat="1502", name=name, zone="B") for n, name in ((2, "甲"), (3, "乙"))]
    plan = weigh(rows, KNOWN)
    assert (plan.counts()["homes_new"], plan.counts()["people_new"], plan.zones) == (1, 2, ("B",))


def test_a_change_of_a_home_said_in_two_rows_counts_once() -> None:
    rows = [replace(ROW, number=n, name=name, butler="tang") for n, name in ((2, "陈建国"), (3, "乙"))]
    assert weigh(rows, KNOWN).counts()["homes_changed"] == 1


def test_double_rows_are_named_with_the_first() -> None:
    rows = [replace(ROW, number=2, name="李娜"), replace(ROW, number=3, name="李娜"), replace(ROW, number=4)]
    plan = weigh(rows, KNOWN)
    assert faults(plan) == [(3, "name"), (4, "")]
    assert "2" in plan.faults[0].worded("zh")


def test_rows_that_contradict_each_other_are_named() -> None:
    rows = [replace(ROW, number=2, name="甲", butler="lin"), replace(ROW, number=3, name="乙", butler="tang")]
    assert faults(weigh(rows, KNOWN)) == [(3, "butler")]


def test_an_unknown_butler_is_told_with_those_there_are() -> None:
    plan = weigh([replace(ROW, butler="小林")], KNOWN)
    assert faults(plan) == [(2, "butler")]
    assert "林静 (lin), 唐凯 (tang)" in plan.faults[0].worded("en")


def test_two_butlers_of_one_name_are_told_apart_by_the_user_name() -> None:
    known = replace(KNOWN, butlers=(LIN, TANG, Butler(3, "lin2", ("林静", "Lin Jing"))))
    plan = weigh([replace(ROW, butler="林静")], known)
    assert "林静 (lin), 林静 (lin2)" in plan.faults[0].worded("en")
    assert not weigh([replace(ROW, butler="lin2")], known).faults


def test_nobody_who_moved_out_is_moved_in_again_by_a_list() -> None:
    assert faults(weigh([replace(ROW, name="王五")], KNOWN)) == [(2, "name")]


def test_a_zone_is_known_by_its_name_too() -> None:
    assert weigh([replace(ROW, zone="东区")], KNOWN).counts()["same"] == 1


def test_a_row_comes_back_as_it_was_kept() -> None:
    row = replace(ROW, name="陈", large_type=False, unit="")
    assert row_from(row_json(row)) == row


def test_a_home_that_lost_its_zeros_in_excel_is_the_home_that_is_there_and_is_named_as_a_doubt() -> None:
    known = Known({"1-1-0301": KnownHome(31, "", "standard", None)}, (LIN,))
    plan = weigh([Row(2, "1", "1", "301", name="刘淑芬")], known)
    (step,), (doubt,) = plan.steps, plan.doubts
    assert (step.home, step.home_id, step.row.code) == ("same", 31, "1-1-0301")
    assert "1-1-0301" in doubt.worded("zh")
    assert not plan.faults


def test_two_spellings_in_one_file_are_one_home() -> None:
    rows = [Row(2, "1", "1", "301", name="甲"), Row(3, "1", "1", "0301", name="乙")]
    plan = weigh(rows, KNOWN)
    assert {step.row.code for step in plan.steps} == {"1-1-0301"}
    assert (plan.counts()["homes_new"], [doubt.row for doubt in plan.doubts]) == (1, [2])


def test_where_the_estate_has_both_spellings_each_row_keeps_its_own() -> None:
    known = Known({"1-1-0301": replace(HOME, id=31), "1-1-301": replace(HOME, id=32)}, (LIN,))
    plan = weigh([Row(2, "1", "1", "301"), Row(3, "1", "1", "0301")], known)
    assert ([step.home_id for step in plan.steps], plan.doubts) == ([32, 31], ())


def test_a_resident_of_the_same_name_and_phone_elsewhere_is_asked_about_and_imported() -> None:
    rows = [replace(ROW, flat="1502", name="陈建国", phone_hash="p1"),
            replace(ROW, number=3, flat="1503", name="陈建国", phone_hash="p7")]  # fmt: skip
    plan = weigh(rows, KNOWN)
    assert [(doubt.row, doubt.values["home"]) for doubt in plan.doubts] == [(2, "3-2-1501")]
    assert [step.person for step in plan.steps] == ["new", "new"]


def test_a_new_home_goes_to_the_butler_who_serves_its_building_alone() -> None:
    (step,) = weigh([replace(ROW, flat="1701")], KNOWN).steps
    assert (step.butler_id, step.home_values) == (1, {"butler_id": 1})
    assert step.changes == (("butler", "", "lin"),)


def test_the_butler_that_any_row_of_a_home_names_goes_first_and_a_shared_building_gives_none() -> None:
    home = replace(ROW, flat="1701", name="甲")
    rows = [home, replace(home, number=3, name="乙", butler="tang")]
    assert [step.home_values for step in weigh(rows, KNOWN).steps] == [{}, {"butler_id": 2}]
    shared = Known({"3-2-1501": HOME, "3-2-1502": replace(HOME, id=22, butler_id=2)}, (LIN, TANG))
    assert weigh([replace(ROW, flat="1701")], shared).steps[0].butler_id is None
