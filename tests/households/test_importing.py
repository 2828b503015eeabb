"""The import: a dry run changes nothing, carrying it out does it all at once, twice changes nothing more."""

import io
import re
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from time import process_time
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import func, select

from backend import scheduler
from backend.audit.service import Actor
from backend.clock import HandClock
from backend.db import Database
from backend.errors import BadUpload, NotFound
from backend.households import columns, importing, sheet
from backend.households.plan import Plan
from backend.households.rows import Raw
from backend.models import AuditEntry, Estate, Home, Import, Residency, Resident, User
from backend.people import kept_phone
from backend.people import service as people
from backend.people.viewer import Viewer
from backend.settings import Settings
from backend.vault import Vault
from intents.loader import load_menu
from tests.house import cast as the_cast
from tests.house.cast import Cast
from tests.households.conftest import HEADINGS, workbook

ROWS: Sequence[Sequence[Any]] = (
    (6, 1, "12A", "赵敏", "欧阳 明", "先生", "业主", "中文", "+86 139-0013-9000", "2024-05-01"),
    (6, 1, "12A", "", "李梅", "", "家人", "", "139 0013 9000", ""),
    ("６号楼", "１单元", "３A", "deputy", "Tom Brown", "", "租户", "English", "+44 20 7946 0018", ""),
    (3, 2, 1501, "", "陈建国", "", "", "", "", ""),
)


class Desk:
    """The import as the page and the command call it."""

    def __init__(self, db: Database, clock: HandClock, vault: Vault, cast: Cast) -> None:
        self.db, self.clock, self.vault, self.cast = db, clock, vault, cast
        self.told: list[tuple[int, int]] = []

    def viewer(self, user: User) -> Viewer:
        with self.db.read() as session:
            return people.viewer_of(session, user)

    def read(self, data: bytes) -> tuple[str, Plan]:
        """A dry run; its id and what would come of it."""
        raws = sheet.read(data)
        with self.db.write() as session:
            estate = session.get_one(Estate, self.cast.estate.id)
            actor = Actor(self.cast.supervisor.id)
            found = importing.read(self.vault, estate, raws, self.clock.now())
            made = importing.dry_run(session, estate, "a.xlsx", found, actor, self.clock.now())
            return made.id, importing.weighed(session, made, self.clock.now())

    def carry_out(self, import_id: str) -> dict[str, int]:
        viewer = self.viewer(self.cast.supervisor)
        with self.db.write() as session:
            return importing.carry_out(
                session, viewer, import_id, Actor(viewer.user_id), self.clock.now(),
                lambda done, total: self.told.append((done, total)),
            )  # fmt: skip

    def bring_in(self, data: bytes) -> dict[str, int]:
        return self.carry_out(self.read(data)[0])


@pytest.fixture
def desk(db: Database, clock: HandClock, settings: Settings) -> Desk:
    return Desk(db, clock, Vault(settings.secret_key), the_cast.enter(db, clock))


def count(db: Database, model: Any) -> int:
    with db.read() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_a_dry_run_says_what_would_come_and_changes_nothing(desk: Desk, db: Database) -> None:
    homes, residents = count(db, Home), count(db, Resident)
    _id, plan = desk.read(workbook(ROWS))
    assert plan.counts() == {
        "homes_new": 2, "homes_changed": 0, "people_new": 3, "people_changed": 0, "same": 1,
    }  # fmt: skip
    assert plan.faults == ()
    assert (count(db, Home), count(db, Resident)) == (homes, residents)


def test_everything_is_there_after_the_import(desk: Desk, db: Database) -> None:
    counts = desk.bring_in(workbook(ROWS))
    assert (counts["homes_new"], counts["people_new"], counts["faulty"]) == (2, 3, 0)
    assert desk.told[-1] == (8, 8)
    with db.read() as session:
        home = session.scalars(select(Home).where(Home.code == "6-1-12A")).one()
        assert home.butler_id == desk.cast.butler.id
        living = session.scalars(
            select(Resident).join(Residency, Residency.resident_id == Resident.id)
            .where(Residency.home_id == home.id).order_by(Resident.id)
        ).all()  # fmt: skip
        assert [(one.name, one.surname, one.address_as_zh, one.kind) for one in living] == [
            ("欧阳明", "欧阳", "欧阳先生", "owner"), ("李梅", "李", "", "family"),
        ]  # fmt: skip
        assert living[0].phone_hash == living[1].phone_hash == desk.vault.digest("+8613900139000")
        last4 = kept_phone.last4_hash(desk.vault, "9000")
        assert living[0].phone_last4_hash == living[1].phone_last4_hash == last4
        since = session.scalars(
            select(Residency.starts_at).where(Residency.resident_id == living[0].id)
        ).one()
        assert since.isoformat() == "2024-04-30T16:00:00+00:00"  # midnight in the estate
        tom = session.scalars(select(Resident).where(Resident.name == "Tom Brown")).one()
        assert (tom.language, tom.kind) == ("en", "tenant")


def test_the_same_list_twice_changes_nothing_the_second_time(desk: Desk, db: Database) -> None:
    desk.bring_in(workbook(ROWS))
    before = [count(db, one) for one in (Home, Resident, Residency)]
    _id, plan = desk.read(workbook(ROWS))
    assert plan.counts()["same"] == len(ROWS)
    desk.bring_in(workbook(ROWS))
    assert [count(db, one) for one in (Home, Resident, Residency)] == before


def test_pressing_twice_imports_once(desk: Desk, db: Database) -> None:
    import_id, _plan = desk.read(workbook(ROWS))
    first = desk.carry_out(import_id)
    assert desk.carry_out(import_id) == first
    with db.read() as session:
        entries = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "homes.import").order_by(AuditEntry.id)
        ).all()
        assert len(entries) == 1
        assert "13900139000" not in str(entries[0].after)


def test_what_was_read_is_forgotten_after_the_import_and_after_a_day(desk: Desk, db: Database) -> None:
    done, _plan = desk.read(workbook(ROWS))
    desk.carry_out(done)
    left, _plan = desk.read(workbook(ROWS[:1]))
    with db.read() as session:
        assert session.get_one(Import, done).rows == []
        assert "13900139000" not in str(session.get_one(Import, left).rows)
    desk.clock.advance(hours=25)
    desk.read(workbook(ROWS[:1]))
    with db.read() as session:
        assert session.get(Import, left) is None


def test_the_hour_forgets_what_nobody_imported_though_no_other_file_comes(desk: Desk, db: Database) -> None:
    left, _plan = desk.read(workbook(ROWS[:1]))
    desk.clock.advance(hours=25)
    hourly = scheduler.steps(db, desk.clock, load_menu(), Path())
    next(step for step in hourly if step.name == "old_sessions").work()
    with db.read() as session:
        assert session.get(Import, left) is None


def test_two_imports_at_once_enter_nobody_twice(desk: Desk, db: Database) -> None:
    row = (3, 2, 1501, "", "李梅", "", "家人", "", "139 0013 9000", "")
    first, second = (desk.read(workbook([row]))[0] for _ in range(2))
    other = threading.Thread(target=desk.carry_out, args=(second,))
    viewer = desk.viewer(desk.cast.supervisor)
    with db.write() as session:
        importing.carry_out(
            session, viewer, first, Actor(viewer.user_id), desk.clock.now(), lambda done, total: None
        )
        other.start()
        other.join(0.5)
        assert other.is_alive()
    other.join(10)
    with db.read() as session:
        assert session.scalar(select(func.count()).where(Resident.name == "李梅")) == 1
        assert session.get_one(Import, second).counts["people_new"] == 0


def test_faulty_rows_come_back_with_remarks_and_go_in_once_mended(desk: Desk) -> None:
    bad = [
        (7, 1, "101", "小林", "甲", "", "", "", "", ""),
        (7, 1, "102", "", "乙", "", "", "", "12", ""),
        (7, "", "", "", "丙", "", "", "", "13800138001", ""),
        (7, 1, "103", "", "丁", "", "", "", "", ""),
    ]
    import_id, plan = desk.read(workbook(bad))
    assert [(one.row, one.column) for one in plan.faults] == [(2, "butler"), (3, "phone"), (4, "flat")]
    with desk.db.read() as session:
        data = importing.faulty_rows(desk.vault, session.get_one(Import, import_id), plan, "zh")
    rows = list(load_workbook(io.BytesIO(data)).active.iter_rows(values_only=True))
    assert rows[0][-1] == "备注 Remark"
    assert [row[columns_at("name")] for row in rows[1:]] == ["甲", "乙", "丙"]
    assert "小林" in rows[1][-1]
    assert rows[2][columns_at("phone")] == "12"
    assert desk.carry_out(import_id)["people_new"] == 1
    mended = load_workbook(io.BytesIO(data))
    page = mended.active
    for row, column, text in ((2, "butler", "赵敏"), (3, "phone", ""), (4, "flat", "104")):
        page.cell(row, columns_at(column) + 1, text)
    file = io.BytesIO()
    mended.save(file)
    counts = desk.bring_in(file.getvalue())
    assert (counts["people_new"], counts["faulty"]) == (3, 0)


def columns_at(name: str) -> int:
    return [one.id for one in columns.COLUMNS].index(name)


def test_every_fault_of_a_row_is_told_at_once(desk: Desk) -> None:
    _id, plan = desk.read(workbook([(7, 1, "大堂", "小林", "甲", "小姐", "", "", "12", "")]))
    assert sorted(one.column for one in plan.faults) == ["address_zh", "butler", "flat", "phone"]


def test_the_template_is_read_back_as_empty_and_its_example_never_comes_in(desk: Desk) -> None:
    with pytest.raises(BadUpload, match="nothing below"):
        sheet.read(sheet.template())
    book = load_workbook(io.BytesIO(sheet.template()))
    assert book.sheetnames == ["住户 Residents", "说明 Legend"]
    page = book["住户 Residents"]
    for place, text in enumerate(("8", "1", "101"), start=1):
        page.cell(3, place, text)
    file = io.BytesIO()
    book.save(file)
    assert desk.bring_in(file.getvalue())["homes_new"] == 1


def test_the_export_is_the_sheet_that_is_imported(desk: Desk) -> None:
    desk.bring_in(workbook(ROWS))
    with desk.db.write() as session:
        estate = session.get_one(Estate, desk.cast.estate.id)
        data = importing.export(session, desk.vault, estate, Actor(), desk.clock.now())
    _id, plan = desk.read(data)
    assert plan.faults == ()
    assert plan.counts()["same"] == len(plan.steps) == 5
    with desk.db.read() as session:
        assert session.scalars(select(AuditEntry).where(AuditEntry.action == "homes.export")).one()


def test_cells_that_excel_spoils_are_named(desk: Desk) -> None:
    book = Workbook()
    page = book.active
    assert page is not None
    page.append(["翠园住户名册"])
    page.append(list(HEADINGS))
    page.append([9, 1, "=A1", "", "甲"])
    page.append([9, 1, "102", "", "乙"])
    page.append([None, 1, "103", "", "丙"])
    page.merge_cells("A4:A5")
    page.append([9, desk.clock.now().replace(tzinfo=None), "104", "", "丁"])
    file = io.BytesIO()
    book.save(file)
    _id, plan = desk.read(file.getvalue())
    assert [(one.row, one.column) for one in plan.faults] == [(3, "flat"), (5, "building"), (6, "unit")]


def test_text_that_begins_like_a_formula_is_written_as_text() -> None:
    data = sheet.write([{"building": "1", "flat": "101", "name": "=HYPERLINK(1)"}])
    cell = load_workbook(io.BytesIO(data)).active.cell(2, columns_at("name") + 1)
    assert (cell.data_type, cell.value) == ("s", "=HYPERLINK(1)")


@pytest.mark.parametrize(
    ("data", "sentence"),
    [(b"", "no Excel"), (b"a,b\n1,2\n", "no Excel"), (b"PK\x03\x04 broken", "no Excel"),
     (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", "old kind"), (workbook([]), "nothing below"),
     (workbook([(1, 2)], headings=("甲", "乙")), "No row of headings"),
     (workbook([(1, 2, 3)], headings=("楼栋", "房号", "房号")), "twice")],
)  # fmt: skip
def test_a_file_that_is_no_list_is_refused_with_the_reason(data: bytes, sentence: str) -> None:
    with pytest.raises(BadUpload, match=sentence):
        sheet.read(data)


def test_more_than_ten_thousand_rows_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet, "MOST_ROWS", 2)
    with pytest.raises(BadUpload, match="more than"):
        sheet.read(workbook([(1, 1, n, "", "甲") for n in (101, 102, 103)]))


def test_a_workbook_that_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet, "MOST_UNPACKED", 100)
    with pytest.raises(BadUpload, match="far more"):
        sheet.read(workbook(ROWS))


def test_a_strangers_import_is_not_found(desk: Desk) -> None:
    import_id, _plan = desk.read(workbook(ROWS))
    viewer = desk.viewer(desk.cast.stranger)
    with desk.db.write() as session, pytest.raises(NotFound):
        importing.carry_out(session, viewer, import_id, Actor(), desk.clock.now(), lambda *_: None)


def test_ten_thousand_rows_are_weighed_and_written_in_seconds(
    desk: Desk, figure: Callable[..., None]
) -> None:
    if not desk.db.is_sqlite:
        pytest.skip("one kind of database is enough for the figure")
    raws = [
        Raw(n + 2, {"building": str(n // 250 + 10), "unit": str(n % 5 + 1), "flat": str(100 + n % 250),
                    "name": f"住户{n}", "phone": str(13900000000 + n)})
        for n in range(10_000)
    ]  # fmt: skip
    started = process_time()
    with desk.db.write() as session:
        estate = session.get_one(Estate, desk.cast.estate.id)
        found = importing.read(desk.vault, estate, raws, desk.clock.now())
        made = importing.dry_run(session, estate, "big.xlsx", found, Actor(), desk.clock.now())
    read = process_time()
    assert desk.carry_out(made.id)["people_new"] == 10_000
    figure(read_s=round(read - started, 2), written_s=round(process_time() - read, 2))
    assert process_time() - started < 60


def test_the_legend_explains_every_column_and_a_wrong_butler_hears_the_names_of_the_right_ones(
    desk: Desk,
) -> None:
    book = load_workbook(io.BytesIO(sheet.template()))
    heads = [str(cell.value).split()[0] for cell in book["住户 Residents"][1]]
    told = {row[0]: row[2] for row in book["说明 Legend"].iter_rows(values_only=True) if row[0]}
    assert all(told.get(head) for head in heads)
    _id, plan = desk.read(workbook([("8", "1", "101", "小林", "", "", "", "", "", "")]))
    (fault,) = [one for one in plan.faults if one.column == "butler"]
    assert re.fullmatch(r"[一-鿿]+ \(\w+\)(, .*)?", str(fault.values["known"]))
