"""Single forms on A4: what the ticket knows is filled in, the rest is written by hand, nothing internal."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from html import unescape

import pytest
from sqlalchemy import update

from backend.models import StoredFile, Ticket
from backend.tickets.forms import standard_forms
from tests.reports.conftest import Browser, Past
from tests.tickets.office import Office

Browse = Callable[..., Browser]
NOON = datetime(2026, 3, 11, 4, tzinfo=UTC)
#: what an engineer writes into the work order
WORK = {
    "worker": "王强", "arrived_at": "2026-03-11T06:05:00+00:00", "actual_items": "更换水龙头阀芯",
    "materials": "阀芯一个", "cost_fen": 12345, "parts_tested": "passed", "own_parts": True,
    "signed_by": "陈建国",
}  # fmt: skip


def text_of(page: str) -> str:
    body = page.split("<main", 1)[1].split("</main>", 1)[0]
    return " ".join(re.sub(r"<[^>]+>", " ", unescape(body)).split())


def test_a_work_order_has_names_materials_cost_and_who_signed(
    office: Office, past: Past, browse: Browse
) -> None:
    """REC-03, labelled in both languages."""
    number = office.open("repair", words="厨房水龙头漏水")
    past.record("REC-03", NOON, ticket_id=office.ticket(number).id, **WORK)
    page = text_of(browse().read(f"/tickets/{number}/forms/REC-03"))
    for part in (
        "翠园 Jade Garden", "工程维修单（业主请修流程单） Repair work order", f"#{number}", "3-2-1501",
        "陈建国", "138 0013 8000", "厨房水龙头漏水", "王强", "3月11日周三14:05", "更换水龙头阀芯",
        "阀芯一个", "¥123.45",
        "合格", "费用 Fee", "验收签字人 Signed off by 陈建国",
    ):  # fmt: skip
        assert part.replace(" ", "") in page.replace(" ", "")


def test_a_form_nobody_has_filled_in_shows_what_the_ticket_knows_and_lines_to_sign_on(
    office: Office, browse: Browse
) -> None:
    number = office.open("complaint")
    office.do(number, "classify", **{"class": "valid", "department": "工程部"})
    page = browse().read(f"/tickets/{number}/forms/REC-05")
    assert "有效投诉" in page
    assert "工程部" in page
    assert "部门负责人签字" in page
    assert 'class="is-signed"' not in page


def test_every_form_of_a_ticket_can_be_printed_blank(office: Office, browse: Browse) -> None:
    number = office.open("repair")
    reader = browse()
    for kind, form in standard_forms().all.items():
        if form.of in ("ticket", "duty"):
            assert form.zh in reader.read(f"/tickets/{number}/forms/{kind}")


def test_photos_before_and_after_stand_on_the_form_and_no_other_file_does(
    office: Office, past: Past, browse: Browse
) -> None:
    number = office.open("repair")
    other = office.open("repair")
    ids = {"before": "a" * 32, "after": "b" * 32, "private": "c" * 32}
    with office.db.write() as session:
        for one in ids.values():
            session.add(
                StoredFile(
                    id=one,
                    estate_id=office.cast.estate.id,
                    kind="photo",
                    name="p.jpg",
                    content_type="image/jpeg",
                    size=3,
                    sha256="x",
                    created_at=NOON,
                )
            )
    media = office.app.state.settings.media_dir
    for one in ids.values():
        place = media / one[:2] / one[2:4] / one
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(b"jpg")
    past.record("REC-03", NOON, ticket_id=office.ticket(number).id, photos_before=[ids["before"]],
                photos_after=[ids["after"]])  # fmt: skip
    reader = browse()
    page = reader.read(f"/tickets/{number}/forms/REC-03")
    where = f"/tickets/{number}/forms/photos"
    for side, words in (("before", "施工前"), ("after", "完工后")):
        assert f'src="{where}/{ids[side]}"' in page
        assert words in page
    assert reader.get(f"{where}/{ids['before']}").content == b"jpg"
    assert reader.get(f"{where}/{ids['private']}").status_code == 404
    assert reader.get(f"/tickets/{other}/forms/photos/{ids['before']}").status_code == 404
    assert browse("stranger").get(f"{where}/{ids['before']}").status_code == 404


def test_an_internal_note_stands_on_no_form(office: Office, browse: Browse) -> None:
    number = office.open("repair")
    office.do(number, "note", text="此户曾拖欠费用")
    reader = browse()
    for kind in sorted(standard_forms().all):
        answer = reader.get(f"/tickets/{number}/forms/{kind}")
        assert "此户曾拖欠费用" not in answer.text


def test_no_resident_gets_at_forms_registers_or_figures(office: Office) -> None:
    """The leak rule: a chat's token opens none of these doors, nor does no token at all."""
    number = office.open("repair")
    pages = (
        f"/tickets/{number}/forms/REC-03",
        "/registers/REC-05",
        "/reports",
        "/promises",
        "/promises/evening",
    )
    for headers in (office.chat("chen"), {}):
        for path in pages:
            answer = office.client.get(path, headers=headers, follow_redirects=False)
            assert answer.status_code == 303
        for path in ("kpis", "tickets?kpi=KPI-08"):
            assert office.client.get(f"/api/reports/{path}", headers=headers).status_code == 401


@pytest.mark.parametrize(
    ("kind", "forms"),
    [
        ("repair", {"REC-01", "REC-02", "REC-03", "REC-04", "REC-17"}), ("complaint", {"REC-01", "REC-05"}),
        ("suggestion", {"REC-01", "REC-06"}), ("enquiry", {"REC-01", "REC-07"}),
    ],
)  # fmt: skip
def test_a_ticket_names_the_forms_it_is_printed_on(
    office: Office, browse: Browse, kind: str, forms: set[str]
) -> None:
    number = office.open(kind)
    page = browse().read(f"/tickets/{number}/forms")
    assert forms <= set(re.findall(r"/forms/(REC-\d\d)", page))


@pytest.mark.parametrize(
    ("workflow", "item", "where"),
    [("repair", "value.repair-electrical.bulb", "corridor"),
     ("repair", "value.repair-electrical.bulb", "garage"),
     ("standing_report", "common.facilities.public-fault", "front_door")],
)  # fmt: skip
def test_what_is_broken_in_a_shared_place_has_no_form_that_a_home_signs(
    office: Office, browse: Browse, workflow: str, item: str, where: str
) -> None:
    number = office.open("repair", words="楼道灯不亮")
    with office.db.write() as session:
        own = update(Ticket).where(Ticket.number == number)
        session.execute(own.values(workflow=workflow, item_id=item, slots={"where": where}))
    page = browse().read(f"/tickets/{number}/forms")
    offered = set(re.findall(r"/forms/(REC-\d\d)", page))
    assert {"REC-01", "REC-02", "REC-04"} <= offered
    assert not {"REC-03", "REC-17"} & offered


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_form_prints_in_both_languages(
    office: Office, past: Past, browse: Browse, language: str
) -> None:
    """REC-01 to REC-38, whatever the language of whoever prints it."""
    reader = browse(language=language)
    for kind, form in standard_forms().all.items():
        values = {
            one.id: {"number": 3, "money": 100, "date": "2026-03-12", "names": ["甲", "乙"], "yes": True,
                     "choice": one.choices[0] if one.choices else ""}.get(one.kind, "x")
            for one in form.fields
        }  # fmt: skip
        record = past.record(kind, NOON, by=office.cast.butler, **values)
        page = unescape(reader.read(f"/registers/{kind}/{record.id}"))
        for one in form.fields:
            assert one.zh in page
            assert one.en in page


def test_an_engineer_prints_the_order_of_their_own_job_and_no_complaint(
    office: Office, browse: Browse
) -> None:
    mine, other, complaint = office.open("repair"), office.open("repair"), office.open("complaint")
    with office.db.write() as session:
        own = update(Ticket).where(Ticket.number.in_([mine, complaint]))
        session.execute(own.values(worker_id=office.cast.engineer.id))
    reader = browse("engineer")
    reader.read(f"/tickets/{mine}/forms/REC-03")
    reader.read(f"/tickets/{other}/forms/REC-03", status=404)
    reader.read(f"/tickets/{complaint}/forms/REC-05", status=404)
    assert "REC-05" not in reader.read(f"/tickets/{mine}/forms")


@pytest.mark.parametrize(
    "path", ["9999/forms", "9999/forms/REC-03", "1001/forms/REC-99", "1001/forms/REC-24"]
)
def test_what_is_no_form_is_not_found(office: Office, browse: Browse, path: str) -> None:
    office.open("repair")
    browse().read(f"/tickets/{path}", status=404)
