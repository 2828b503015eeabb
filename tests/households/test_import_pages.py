"""导入: the page of the import, from the template to the done list; the command beside it."""

import io
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select

import run_bot
from backend import installation
from backend.clock import HandClock
from backend.db import Database
from backend.errors import BadUpload
from backend.households import sheet
from backend.households.progress import IMPORTS, Progress
from backend.installation import House, NewEstate
from backend.models import AuditEntry, Home, Resident, User
from backend.reports import sheets
from backend.reports.views import Cell, Table
from backend.settings import Settings
from backend.vault import Vault
from backend.web import workbook as web_workbook
from tests.households.conftest import Browser, workbook
from tests.tickets.office import Office

Browse = Callable[..., Browser]
GOOD = [(6, 1, 100 + n, "赵敏", f"住户{n}", "", "", "", str(13900139000 + n), "") for n in range(20)]
BAD = [
    (6, 1, "大堂", "", "甲", "", "", "", "", ""),
    (6, 1, 131, "小林", "乙", "", "", "", "", ""),
    (6, 1, 132, "", "丙", "", "", "", "12", ""),
]


def test_new_homes_that_nobody_would_serve_are_counted_before_they_are_imported(browse: Browse) -> None:
    browser = browse()
    rows = [
        (7, 1, 101, "赵敏", "住户甲", "", "", "", "", ""),
        (7, 1, 101, "", "住户乙", "", "", "", "", ""),  # the home has its butler from the row above
        (7, 1, 102, "", "住户丙", "", "", "", "", ""),
    ]
    page = browser.read(browser.upload(workbook(rows)).headers["location"])
    assert "有 1 套新房屋没有写管家" in page
    served = browser.read(browser.upload(workbook(GOOD)).headers["location"])
    assert "没有写管家" not in served


def test_a_list_is_tried_out_mended_and_imported(office: Office, browse: Browse) -> None:
    browser = browse()
    answer = browser.upload(workbook([*GOOD, *BAD]))
    assert answer.status_code == 303, answer.text[-2000:]
    where = answer.headers["location"]
    page = browser.read(where)
    for text in (
        "还没有改动任何内容",
        "第22行“房号”",
        "第23行“管家”",
        "第24行“手机”",
        "导入没有问题的 20 行",
        "新住户：住户0",
    ):
        assert text in page, text
    assert "1390013900" not in page
    faulty = browser.get(f"{where}/faulty")
    rows = list(load_workbook(io.BytesIO(faulty.content)).active.iter_rows(values_only=True))
    assert len(rows) == 1 + len(BAD)
    assert "小林" in rows[2][-1]
    started = browser.press(where)
    assert started.headers["location"] == f"{where}?started=1"
    done = browser.read(f"{where}?started=1")
    assert "导入完成" in done
    assert "有问题的行没有导入。再读取一次这个文件就能看到它们" in done
    bar = browser.get(f"{where}?started=1&part=progress")
    assert bar.headers["hx-redirect"] == where
    with office.db.read() as session:
        assert session.scalar(select(func.count()).where(Home.building == "6")) == len(GOOD)
        entry = session.scalars(select(AuditEntry)).one()
        assert (entry.action, entry.after["people_new"], entry.after["faulty"]) == ("homes.import", 20, 3)
    assert "新增房屋 20" in browser.read("/import")
    again = browser.upload(workbook(GOOD)).headers["location"]
    assert "没有需要导入的内容" in browser.read(again)
    assert "有问题的行没有导入" not in browser.read(again)


def test_whose_butler_a_new_home_gets_is_told_by_name(office: Office, browse: Browse) -> None:
    with office.db.write() as session:
        home = session.scalars(select(Home).where(Home.butler_id.is_not(None))).first()
        assert home is not None
        building = home.building
        for one in session.scalars(select(Home).where(Home.building == building)):
            one.butler_id = home.butler_id
        keeper = session.get_one(User, home.butler_id)
        name = keeper.name_zh
    rows = [(building, 9, 909, "", "住户甲", "", "", "", "", "")]
    page = browse().read(browse().upload(workbook(rows)).headers["location"])
    assert f"管家：– → {name}" in page


def test_the_bar_shows_how_far_it_is(office: Office, browse: Browse) -> None:
    browser = browse()
    where = browser.upload(workbook(GOOD)).headers["location"]
    import_id = where.rsplit("/", 1)[1]
    assert IMPORTS.begin(import_id)
    IMPORTS.tell(import_id, 10, 40)
    try:
        page = browser.read(where)
        assert 'max="40" value="10"' in page
        assert "10 / 40" in browser.read(f"{where}?part=progress")
        browser.press(where)  # it is under way here already: nothing is started twice
    finally:
        IMPORTS.end(import_id)
    assert "再开始一次" in browser.read(f"{where}?started=1")
    with office.db.read() as session:
        assert session.scalar(select(func.count()).where(Home.building == "6")) == 0


def test_an_import_is_begun_once_in_a_process() -> None:
    progress = Progress()
    assert progress.begin("a")
    assert not progress.begin("a")
    progress.end("a")
    assert progress.of("a") is None


@pytest.mark.parametrize(
    ("data", "status", "sentence"),
    [(b"", 422, "请先选择 Excel 文件"), (b"a,b", 422, "不是 Excel 文件"),
     (workbook([]), 422, "表头下面没有内容"), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 422, "旧版 Excel")],
)  # fmt: skip
def test_a_file_that_is_no_list_is_refused_on_the_page(
    browse: Browse, data: bytes, status: int, sentence: str
) -> None:
    answer = browse().upload(data)
    assert answer.status_code == status
    assert sentence in answer.text


def parts_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def packed(parts: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in parts.items():
            made.writestr(name, data)
    return file.getvalue()


@pytest.mark.parametrize("broken", [b"", b"<a>", b"\xff\xfe\x00\x01", b"<a/>"])
def test_a_workbook_broken_in_any_part_is_refused_in_words(broken: bytes) -> None:
    """Its readers raise whatever they like; a person reads a sentence all the same."""
    good = parts_of(workbook(GOOD[:1]))
    for name in good:
        with suppress(BadUpload):
            sheet.read(packed({**good, name: broken}))
        with suppress(BadUpload):
            sheet.read(packed({one: data for one, data in good.items() if one != name}))
    whole = packed(good)
    for place in range(0, len(whole), 89):
        with suppress(BadUpload):
            sheet.read(whole[:place] + b"\x99" + whole[place + 1 :])


def test_a_few_bytes_that_join_millions_of_cells_are_refused_at_once() -> None:
    good = parts_of(workbook(GOOD[:1]))
    areas = (f'<mergeCell ref="A{n * 9000 + 1}:BH{n * 9000 + 9000}"/>' for n in range(100))
    place = next(name for name in good if name.startswith("xl/worksheets/"))
    end = f"<mergeCells>{''.join(areas)}</mergeCells></worksheet>".encode()
    with pytest.raises(BadUpload, match="far more than a list of homes"):
        sheet.read(packed({**good, place: good[place].replace(b"</worksheet>", end)}))


def test_signs_that_break_an_excel_file_are_left_out_of_every_export() -> None:
    """One of them in a resident's words, and Excel would call the whole file broken."""
    bad = "=1+1\x01\ufffe\uffff漏水"
    table = Table("t", ("=A",), ((Cell(bad),),))
    files = (sheets.workbook([table]), web_workbook.sheet("t", ["=A"], [[bad]]), sheet.write([{"name": bad}]))
    for data in files:
        texts = b"".join(parts_of(data).values()).decode(errors="ignore")
        assert "=1+1漏水" in texts
        assert not set("\x01\ufffe\uffff") & set(texts)
        assert "<f>" not in texts


def test_a_file_that_is_too_large_is_refused(browse: Browse) -> None:
    answer = browse().upload(b"x" * (11 * 1024 * 1024))
    assert answer.status_code == 413
    assert "10 MB" in answer.text


def test_only_leaders_and_the_desk_import(office: Office, browse: Browse) -> None:
    browse("butler").read("/import", 403)
    assert browse("butler").upload(workbook(GOOD)).status_code == 403
    where = browse().upload(workbook(GOOD)).headers["location"]
    browse("stranger").read(where, 403)
    browse("butler").press("/homes/export", 403)
    browse().read("/import/unknown", 404)


def test_without_the_forms_token_nothing_is_read(browse: Browse) -> None:
    answer = browse().post("/import", data={"csrf": "x"}, files={"sheet": ("a.xlsx", workbook(GOOD))})
    assert answer.status_code == 403


def test_template_and_export_are_workbooks(office: Office, browse: Browse) -> None:
    browser = browse()
    template = browser.get("/import/template")
    assert template.headers["content-type"] == sheet.MEDIA_TYPE
    export = browser.press("/homes/export", 200, estate="JADE")
    assert "homes-JADE-20260311.xlsx" in export.headers["content-disposition"]
    assert [raw.cells["name"] for raw in sheet.read(export.content)] == ["陈建国", "Emma Brown"]
    browser.press("/homes/export", 404, estate="NEXT")


@pytest.fixture
def command(
    db: Database, settings: Settings, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., int]:
    """Run a command of run_bot.py on the test's database, with one estate in it."""
    answers = NewEstate(
        "清源里", "Qingyuan", "QY", "Asia/Shanghai", "1", "head", "a long and private sentence"
    )
    installation.set_up(House(settings, db, Vault(settings.secret_key), clock), answers, may_wipe_demo=False)
    monkeypatch.setenv("GUANJIA_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("GUANJIA_SECRET_KEY", settings.secret_key)
    return lambda *words: run_bot.main(words)


def test_the_command_imports_exports_and_imports_to_no_effect(
    command: Callable[..., int], db: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [(*row[:3], "", *row[4:]) for row in GOOD]
    file, out = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    file.write_bytes(workbook(rows))
    assert command("import", str(file)) == run_bot.MISTAKE
    assert "give --yes" in capsys.readouterr().err
    assert command("import", str(file), "--yes") == 0
    assert "New residents: 20" in capsys.readouterr().out
    assert command("export", str(out), "--estate", "QY") == 0
    assert command("import", str(out)) == 0
    assert "Unchanged: 20" in capsys.readouterr().out
    with db.read() as session:
        assert session.scalar(select(func.count()).select_from(Resident)) == len(GOOD)


def test_the_command_names_every_fault_in_a_line_and_leaves_those_rows_out(
    command: Callable[..., int], db: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "a.xlsx"
    file.write_bytes(workbook([*[(*row[:3], "", *row[4:]) for row in GOOD], *BAD]))
    assert command("import", str(file), "--yes") == run_bot.MISTAKE
    lines = capsys.readouterr().err.splitlines()
    assert [line for line in lines if line.startswith("row 22, Flat: ")]
    assert [line for line in lines if line.startswith("row 23, Butler: ")]
    assert lines[-1].startswith("3 of 23 rows have faults")
    with db.read() as session:
        assert session.scalar(select(func.count()).select_from(Home)) == len(GOOD)


def test_the_command_writes_a_template_and_never_over_another_file(
    command: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "homes.xlsx"
    assert command("import", str(file), "--template") == 0
    assert load_workbook(file).sheetnames[0] == sheet.SHEET
    assert command("export", str(file)) == run_bot.MISTAKE
    assert "is there already" in capsys.readouterr().err


@pytest.mark.parametrize(("name", "said"), [("none.xlsx", "cannot be read"), ("bad.xlsx", "no Excel file")])
def test_a_file_the_command_cannot_read_is_one_line(
    command: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, said: str
) -> None:
    (tmp_path / "bad.xlsx").write_bytes(b"nothing")
    assert command("import", str(tmp_path / name), "--yes") == run_bot.MISTAKE
    assert said in capsys.readouterr().err
