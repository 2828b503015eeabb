"""Logo, colour and names of an estate: set here, seen on the dashboard, in the chat and on paper."""

import io
import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from httpx2 import Response
from PIL import Image
from sqlalchemy import select

from backend.estates import colour
from backend.messages import orphans
from backend.models import AuditEntry, Estate, StoredFile
from tests.staff_browser import StaffBrowser
from tests.tickets.office import Office

Browse = Callable[..., StaffBrowser]
PAGE = "/settings/brand"
TOKENS = Path(__file__).parents[2] / "backend" / "web" / "static" / "tokens.css"
DATA = {
    "name_zh": "翠园", "name_en": "Jade Garden", "hotline": "010-8888 6666",
    "address_zh": "北京市朝阳区翠园路1号", "address_en": "1 Cuiyuan Road", "accent": "",
}  # fmt: skip


def save(browser: StaffBrowser, status: int = 303, **fields: str) -> str:
    found = re.search(r'name="state" value="(\w+)"', browser.read(PAGE))
    assert found
    return unescape(browser.submit(PAGE, {**DATA, "state": found[1]} | fields, status).text)


def picture(kind: str = "PNG", size: int = 64) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (size, size), "#1f6f43").save(out, kind)
    return out.getvalue()


def upload(browser: StaffBrowser, data: bytes) -> Response:
    token = {"csrf": browser.token()}
    return browser.post(f"{PAGE}/logo", data=token, files={"file": ("logo.png", data)})


def estate(office: Office) -> Estate:
    with office.db.read() as session:
        return session.get_one(Estate, office.cast.estate.id)


def test_the_colour_is_served_as_a_sheet_of_its_own_and_seen_everywhere(
    office: Office, browse: Browse
) -> None:
    manager = browse("manager", "en")
    assert office.client.get("/brand/JADE.css").status_code == 404
    save(manager, accent="#1F6F43")
    link = "/brand/JADE.css?v=1f6f43"
    assert link in manager.read("/queue")
    assert link in office.client.get("/chat?estate=JADE").text
    sheet = office.client.get(link)
    assert sheet.headers["content-type"].startswith("text/css")
    assert "immutable" in sheet.headers["cache-control"]
    assert "--accent:#1f6f43" in sheet.text
    save(manager, accent="")
    assert "/brand/" not in manager.read("/queue")


@pytest.mark.parametrize("accent", ["#1f6f43", "#787000", "#000000", "#5b2a86", "#0b5cad"])
def test_what_is_chosen_on_a_page_has_the_estates_colour_too_and_can_be_read(accent: str) -> None:
    tokens = dict(re.findall(r"--([a-z-]+):(#[0-9a-f]{6})", colour.sheet(accent).splitlines()[0]))
    assert tokens["info"] == accent
    assert colour.contrast(accent, tokens["info-bg"]) >= colour.LEAST
    dark = dict(re.findall(r"--([a-z-]+):(#[0-9a-f]{6})", colour.sheet(accent).splitlines()[1]))
    assert colour.contrast(dark["info"], dark["info-bg"]) >= colour.LEAST


def test_a_colour_that_cannot_be_read_is_refused_and_the_nearest_shade_offered(
    office: Office, browse: Browse
) -> None:
    manager = browse("manager", "en")
    page = save(manager, 422, accent="#7db8f5", name_en="Jade Gardens")
    found = re.search(r'name="use" value="(#[0-9a-f]{6})"', page)
    assert found
    assert f"nearest shade that can be read is {found[1]}" in page
    assert 'value="Jade Gardens"' in page
    save(manager, accent="#7db8f5", use=found[1])
    assert estate(office).settings["accent"] == found[1]
    assert "Red means overdue" in save(manager, 422, accent="#b3201d")
    assert "a colour like #0b5cad" in save(manager, 422, accent="red; }")


def test_names_hotline_and_address_are_set_and_logged(office: Office, browse: Browse) -> None:
    manager = browse("manager", "en")
    save(manager, name_en="Jade Court", hotline="400 800 1234")
    assert "Jade Court" in manager.read("/queue")
    assert "Please fill this in." in save(manager, 422, name_zh=" ")
    assert "not a phone number" in save(manager, 422, hotline="call us")
    with office.db.read() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "settings.data")).one()
    assert entry.after["name_en"] == "Jade Court"
    stale = {**DATA, "state": "0", "name_en": "Another"}
    assert "Sun Lei changed these settings at" in unescape(manager.submit(PAGE, stale, 409).text)


def test_the_hours_that_residents_read_are_set_in_both_languages(office: Office, browse: Browse) -> None:
    manager = browse("manager", "en")
    hours = {"hours_zh": "每天 7:00–21:00", "hours_en": "from 7 to 21 every day"}
    save(manager, **hours)
    assert "from 7 to 21 every day" in office.client.get("/chat?estate=JADE&lang=en").text
    assert 'value="每天 7:00–21:00"' in manager.read(PAGE)
    one_side = save(manager, 422, **hours | {"hours_en": ""})
    assert "Please fill in both languages, or leave both empty." in one_side
    save(manager, hours_zh="", hours_en="")
    assert "desk_hours" not in estate(office).settings


def test_enter_saves_the_colour_that_was_typed_not_the_one_offered(office: Office, browse: Browse) -> None:
    page = save(browse("manager", "en"), 422, accent="#ffee00")
    form = page[page.index('<form class="card" id="data"') :]
    first = re.search(r"<button[^>]*>", form)
    assert first
    assert "name=" not in first[0]
    assert 'name="use" value="#787000"' in form


def test_a_logo_is_re_encoded_shown_and_kept_from_the_sweeper(office: Office, browse: Browse) -> None:
    manager = browse("manager", "en")
    assert upload(manager, picture("WEBP")).status_code == 303
    file_id = estate(office).settings["logo"]
    link = f"/brand/JADE/logo?v={file_id[:12]}"
    assert link in manager.read("/queue")
    assert link in office.client.get("/chat?estate=JADE").text
    shown = office.client.get(link)
    assert (shown.status_code, shown.headers["content-type"]) == (200, "image/jpeg")
    later = office.clock.now() + timedelta(days=3)
    orphans.sweep(office.db, office.app.state.settings.media_dir, later, later)
    assert office.client.get(link).status_code == 200
    manager.submit(f"{PAGE}/logo/remove", {})
    assert office.client.get(link).status_code == 404
    orphans.sweep(office.db, office.app.state.settings.media_dir, later, later)
    with office.db.read() as session:
        assert session.get(StoredFile, file_id) is None


def test_what_is_no_picture_or_too_large_is_refused_with_a_sentence(office: Office, browse: Browse) -> None:
    manager = browse("manager", "en")
    for data in (b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"OggS" + b"0" * 90, b"0" * 1_100_000):
        answer = upload(manager, data)
        assert answer.status_code in (413, 422)
        assert 'role="alert"' in answer.text
    assert "logo" not in estate(office).settings


def test_only_managers_and_admins_change_it_and_only_of_their_estates(office: Office, browse: Browse) -> None:
    for username in ("butler", "supervisor"):
        browse(username).read(PAGE, 403)
        assert upload(browse(username), picture()).status_code == 403
    manager = browse("manager", "en")
    manager.read(f"{PAGE}?estate=NEXT", 404)
    manager.submit(PAGE, {**DATA, "estate": "NEXT", "state": "0"}, 404)


def test_the_colour_may_be_picked_beside_its_field_and_only_what_is_written_is_sent(browse: Browse) -> None:
    page = browse("manager", "en").read(PAGE)
    picker = re.search(r'<input type="color"[^>]*>', page)
    assert picker
    assert "name=" not in picker[0]
    assert 'data-colour-of="brand-accent"' in picker[0]
    assert "hidden" in picker[0], "without its script it would follow nothing"
    standard = re.search(r"--accent: (#[0-9a-f]{6})", TOKENS.read_text(encoding="utf-8"))
    assert standard
    assert f'value="{standard[1]}"' in picker[0], "an empty field stands for the colour that pages have"
    assert '<script type="module" src="/static/colour.js"></script>' in page
