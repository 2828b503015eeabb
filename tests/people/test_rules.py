"""The people room's pure rules: phones, homes, addresses, roles, the lock, passwords, the notice."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.people import address, homes, lockout, passwords, phones, privacy, roles
from backend.people.address import Form
from backend.people.roles import Role
from backend.people.viewer import Viewer

NOON = datetime(2026, 3, 11, 4, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("138 0013 8000", "+8613800138000"),
        ("１３８００１３８０００", "+8613800138000"),
        ("+86 138-0013-8000", "+8613800138000"),
        ("86 13800138000", "+8613800138000"),
        ("幺三八零零幺三八零零零", "+8613800138000"),
        ("010-8888 6666 转 801", "+861088886666;ext=801"),
        ("0571-8888 1234", "+8657188881234"),
        ("400-800-1234", "+864008001234"),
        ("+852 6123 4567", "+85261234567"),
        ("85261234567", "+85261234567"),
        ("+44 (0)20 7946 0018", "+442079460018"),
        ("0044 20 7946 0018", "+442079460018"),
        ("+44 7700 900123 ext 5", "+447700900123;ext=5"),
    ],
)
def test_a_phone_number_is_kept_in_one_form_however_it_is_written(written: str, stored: str) -> None:
    assert phones.normalise(written) == stored


@pytest.mark.parametrize(
    "text", ["", "+", "hello", "12345", "110", "3-2-1501", "1" * 30, "２０２６-03-11", "٣٣٣"]
)
def test_what_is_no_phone_number_is_not_taken_for_one(text: str) -> None:
    assert phones.normalise(text) is None


def test_the_middle_of_a_number_is_hidden() -> None:
    assert phones.mask("+8613800138000") == "138****8000"
    assert phones.mask("+861088886666;ext=801") == "010****6666"
    assert phones.mask("+442079460018") == "+44****0018"


def test_a_number_is_read_in_groups() -> None:
    assert phones.pretty("+8613800138000") == "138 0013 8000"
    assert phones.pretty("+861088886666;ext=801") == "010 8888 6666 转 801"
    assert phones.pretty("+864008001234") == "400 800 1234"


@given(st.text(max_size=40))
def test_no_text_breaks_the_phone_reader(text: str) -> None:
    number = phones.normalise(text)
    assert number is None or (number.startswith("+") and phones.mask(number) and phones.pretty(number))


@given(st.integers(3, 9), st.integers(0, 999_999_999))
def test_a_mobile_number_read_out_in_groups_is_understood_again(second: int, rest: int) -> None:
    number = f"+861{second}{rest:09}"
    assert phones.normalise(phones.pretty(number)) == number


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("3号楼2单元1501", "3-2-1501"),
        ("三号楼二单元1501室", "3-2-1501"),
        ("十二号楼一单元一五〇一室", "12-1-1501"),
        ("3-2-1501", "3-2-1501"),
        ("3－2－1501", "3-2-1501"),
        ("3#2-1501", "3-2-1501"),
        ("Bldg 3, Unit 2, Flat 1501", "3-2-1501"),
        ("building 3 flat 12a", "3-12A"),
        ("Tower B, 1203", "B-1203"),
        ("A座12A", "A-12A"),
        ("我家5号楼3A漏水了", "5-3A"),
        ("3-1501", "3-1501"),
    ],
)
def test_a_home_is_read_in_every_way_people_name_it(text: str, code: str) -> None:
    found = homes.parse_home(text)
    assert found is not None
    assert found.code == code


@pytest.mark.parametrize(
    "text", ["", "12A", "明天3号", "2026-03-11", "138-0013-8000", "3-5点", "12/5", "3/2/26"]
)
def test_dates_hours_and_phones_are_no_homes(text: str) -> None:
    assert homes.parse_home(text) is None


def test_a_home_is_worded_for_its_reader() -> None:
    name = homes.HomeName("3", "2", "1501")
    assert name.worded("zh") == "3号楼2单元1501"
    assert name.worded("en") == "Bldg 3, Unit 2, Flat 1501"
    assert homes.word_home("A", "", "12A", "zh") == "A座12A"
    assert homes.word_home("9", "", "", "en") == "Bldg 9"


@given(st.integers(1, 99), st.integers(1, 9), st.integers(101, 3999), st.sampled_from(["zh", "en"]))
def test_a_worded_home_is_read_back_as_the_same_home(b: int, u: int, f: int, language: str) -> None:
    name = homes.HomeName(str(b), str(u), str(f))
    assert homes.parse_home(name.worded(language)) == name


@given(st.text(max_size=60))
def test_no_text_breaks_the_home_reader(text: str) -> None:
    homes.parse_home(text)


def test_compound_surnames_are_kept_whole() -> None:
    assert address.split_name("欧阳文静") == ("欧阳", "文静")
    assert address.split_name("司马光") == ("司马", "光")
    assert address.split_name("陈国强") == ("陈", "国强")
    assert address.split_name("Tom Brown") == ("Brown", "Tom")
    assert address.split_name("") == ("", "")


def test_people_are_addressed_as_they_chose() -> None:
    assert address.address_zh("陈", Form.MR) == "陈先生"
    assert address.address_zh("欧阳", Form.MS) == "欧阳女士"
    assert address.address_zh("陈", Form.TEACHER) == "陈老师"
    assert address.address_en("Chen", Form.MR) == "Mr Chen"
    assert address.address_en("Chen", Form.AUNTIE) == ""
    assert address.address_en("Brown", Form.FIRST_NAME, "Tom") == "Tom"


def test_a_gender_is_never_guessed() -> None:
    assert address.address_zh("陈", None) == "您"
    assert address.spoken_to("", "陈国强", "zh") == "您"
    assert address.spoken_to("", "Tom Brown", "en") == "Tom"
    assert address.spoken_to("Mr Chen", "陈国强", "en") == "Mr Chen"
    assert not any("小姐" in address.address_zh("陈", form) for form in Form)


def test_every_role_has_its_own_actions_and_the_desk_never_decides() -> None:
    for role in Role:
        assert roles.may(role, "note")
    deciding = {role for role in Role if roles.may(role, "decide")}
    assert deciding == {Role.BUTLER, Role.SUPERVISOR, Role.MANAGER, Role.ADMIN}
    assert not roles.may(Role.ENGINEER, "classify")
    assert not roles.may(Role.BUTLER, "no such action")


def test_nobody_sees_a_complaint_about_themselves_whatever_their_role() -> None:
    for role in Role:
        assert not roles.may_see_ticket(role, 7, worker_id=7, hidden_from_id=7)
    assert roles.may_see_ticket(Role.BUTLER, 8, worker_id=None, hidden_from_id=7)


def test_engineers_see_their_own_jobs_only_and_nobody_sees_another_estate() -> None:
    viewer = Viewer(3, "engineer", Role.ENGINEER, "赵强", "Zhao Qiang", "zh", frozenset({1}))
    assert viewer.may_see_ticket(1, worker_id=3, hidden_from_id=None)
    assert not viewer.may_see_ticket(1, worker_id=None, hidden_from_id=None)
    assert not viewer.may_see_ticket(2, worker_id=3, hidden_from_id=None)


def test_an_emergency_is_open_to_all_duty_staff_of_its_estate() -> None:
    guard = Viewer(4, "guard", Role.GUARD, "马超", "Ma Chao", "zh", frozenset({1}))
    assert guard.may_see_ticket(1, worker_id=None, hidden_from_id=None, is_emergency=True)
    assert not guard.may_see_ticket(2, worker_id=None, hidden_from_id=None, is_emergency=True)


def test_managers_and_admins_idle_out_after_half_an_hour_and_the_others_after_twelve() -> None:
    assert roles.idle_limit(Role.MANAGER) == roles.idle_limit(Role.ADMIN) == timedelta(minutes=30)
    for role in (Role.BUTLER, Role.ENGINEER, Role.GUARD):
        assert roles.idle_limit(role) == timedelta(hours=12)


def test_ten_wrong_tries_in_a_quarter_of_an_hour_lock_for_a_quarter() -> None:
    tries = [NOON + timedelta(minutes=n) for n in range(10)]
    assert lockout.locked_until(tries[:9], 10, tries[8]) is None
    assert lockout.locked_until(tries, 10, tries[9]) == tries[9] + lockout.LOCK
    assert lockout.locked_until(tries, 10, tries[9] + lockout.LOCK) is None


def test_ten_wrong_tries_over_a_longer_time_lock_nothing() -> None:
    tries = [NOON + timedelta(minutes=2 * n) for n in range(10)]
    assert lockout.locked_until(tries, 10, tries[-1]) is None


def test_a_right_try_clears_the_count() -> None:
    tries = [(NOON + timedelta(seconds=n), n == 5) for n in range(9)]
    assert len(lockout.since_right(tries)) == 3


def test_the_minutes_to_wait_are_rounded_up() -> None:
    assert lockout.minutes_left(NOON + timedelta(seconds=61), NOON) == 2
    assert lockout.minutes_left(NOON + timedelta(seconds=1), NOON) == 1


@pytest.mark.parametrize(
    "password", ["short", "guanjia-demo", "PASSWORD1234", "aaaaaaaaaaaaaa", "x" * 129, "zhangwei-and-more"]
)
def test_a_weak_password_is_refused(password: str) -> None:
    with pytest.raises(passwords.BadPassword):
        passwords.check_new(password, "zhangwei")


@pytest.mark.parametrize(
    "password", ["correct horse battery", "三更灯火五更鸡正是男儿读书时", "n2v9xkq4wbz7" * 10]
)
def test_a_long_uncommon_password_is_taken_without_composition_rules(password: str) -> None:
    passwords.check_new(password, "zhangwei")
    encoded = passwords.hash_password(password, is_cheap=True)
    assert encoded.startswith("$argon2id$")
    assert passwords.is_right(password, encoded, is_cheap=True)
    assert not passwords.is_right(password + " ", encoded, is_cheap=True)


def test_a_password_that_the_house_makes_can_be_read_aloud_and_is_good_enough() -> None:
    made = {passwords.made() for _ in range(20)}
    assert len(made) == 20
    for one in made:
        assert [len(part) for part in one.split("-")] == [4, 4, 4, 4]
        assert not set(one) & set("ilo01")
        passwords.check_new(one, "zhangwei")


def test_nobody_gets_in_without_a_hash_even_with_the_dummy_password() -> None:
    assert not passwords.is_right("nobody has this password", None, is_cheap=True)


def test_the_notice_is_whole_in_both_languages_and_asks_for_each_consent_apart() -> None:
    notice = privacy.load_notice()
    assert notice.version
    assert "云栖湖" in notice.short.in_("zh", estate="云栖湖", hotline="")
    for language in ("zh", "en"):
        for section in notice.sections:
            text = section.text.in_(language, estate="Cloud Lake", hotline="021 0000 0101")
            assert "{" not in text
            assert section.title.in_(language, estate="", hotline="")
    service, telegram = notice.consent("service"), notice.consent("telegram")
    assert service
    assert service.is_required
    assert telegram
    assert not telegram.is_required
    assert notice.consent("nothing") is None


def test_a_faulty_notice_is_refused_with_file_and_place(tmp_path: Path) -> None:
    file = tmp_path / "privacy.toml"
    file.write_text('version = "1"\n[short]\nzh = "您好"\n', "utf-8")
    with pytest.raises(privacy.BadNotice, match=r"privacy\.toml: short\.en: is missing"):
        privacy.load_notice(file)
