"""Butlers send photos: from the page with and without its script, over the API, refused without a loss."""

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from httpx2 import Response
from PIL import Image
from sqlalchemy import select, update

from backend.models import ChannelLink, Message, StoredFile, Ticket, User
from backend.settings import Settings
from tests.desk.conftest import COMPLAINT, PASSWORD, Desk, World

Open = Callable[..., Desk]
Files = list[tuple[str, tuple[str, bytes, str]]]


def picture(colour: str = "teal", size: tuple[int, int] = (40, 30)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "JPEG")
    return out.getvalue()


def photos(*data: bytes) -> Files:
    return [("photos", (f"tap {i}.jpg", one, "image/jpeg")) for i, one in enumerate(data)]


def send(browser: Desk, number: int, *data: bytes, htmx: bool = False, **fields: str) -> Response:
    """Post the reply form as a browser without script does, its files with it."""
    headers = {"hx-request": "true"} if htmx else {}
    return browser.post(
        f"/tickets/{number}/reply", data={"csrf": browser.token, "text": "", **fields}, files=photos(*data),
        headers=headers,
    )  # fmt: skip


def choose(browser: Desk, number: int, data: bytes, **fields: str) -> Response:
    """Take a photo as the page's script does when it is chosen."""
    return browser.post(
        f"/tickets/{number}/photos", data=fields, files={"photo": ("tap.jpg", data, "image/jpeg")},
        headers={"hx-request": "true", "x-csrf": browser.token},
    )  # fmt: skip


def said(world: World) -> list[tuple[str, int]]:
    """What butlers sent: words, and how many photos with them."""
    with world.db.read() as session:
        rows = session.scalars(select(Message).where(Message.author == "butler").order_by(Message.id))
        return [(row.text, _count(session, row.id)) for row in rows]


def _count(session: Any, message_id: int) -> int:
    return len(session.scalars(select(StoredFile).where(StoredFile.message_id == message_id)).all())


def chip_of(answer: Response) -> dict[str, str]:
    """The hidden field that a taken photo puts into the form."""
    name = answer.text.split('name="photo.')[1].split('"')[0]
    return {f"photo.{name}": "tap.jpg"}


def test_a_browser_without_script_sends_words_and_photos(desk: Open, world: World) -> None:
    number, lin = world.open(), desk("lin")
    assert send(lin, number, picture(), picture("red"), text="请看").status_code == 303
    assert said(world) == [("请看", 2)]
    html = lin.get(f"/tickets/{number}").text
    url = html.split('class="photo" href="')[1].split('"')[0]
    assert lin.get(url).headers["content-type"] == "image/jpeg"


def test_a_photo_needs_no_words(desk: Open, world: World) -> None:
    number = world.open()
    assert send(desk("lin"), number, picture()).status_code == 303
    assert said(world) == [("", 1)]


def test_a_photo_goes_up_when_it_is_chosen_and_out_with_the_reply(desk: Open, world: World) -> None:
    number, lin = world.open(), desk("lin")
    chip = choose(lin, number, picture())
    assert chip.status_code == 200
    assert "tap.jpg" in chip.text
    assert said(world) == []
    assert lin.press(f"/tickets/{number}/reply", htmx=True, text="", **chip_of(chip)).status_code == 200
    assert said(world) == [("", 1)]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"not a picture", "不是能打开的照片，也不是 PDF"),
        (b"OggS" + bytes(40), "不是能打开的照片，也不是 PDF"),
        (b"\0\0\0\x18ftypheic" + bytes(40), "HEIC"),
        (bytes(10 * 1024 * 1024 + 1), "10 MB"),
    ],
    ids=["text", "sound", "heic", "large"],
)
def test_a_photo_that_cannot_be_taken_is_refused_in_words(
    desk: Open, world: World, data: bytes, words: str
) -> None:
    number, lin = world.open(), desk("lin")
    answer = choose(lin, number, data)
    assert answer.status_code in (413, 422)
    assert words in answer.text
    assert 'role="alert"' in answer.text


def test_a_refused_photo_loses_neither_the_words_nor_the_good_ones(desk: Open, world: World) -> None:
    number, lin = world.open(), desk("lin")
    answer = send(lin, number, picture(), b"broken", htmx=True, text="写了很久的话")
    assert answer.status_code == 422
    assert ">写了很久的话</textarea>" in answer.text
    assert "不是能打开的照片，也不是 PDF" in answer.text
    assert answer.text.count('class="photo-chip"') == 1
    assert said(world) == []


def test_a_question_about_the_language_keeps_the_photos(desk: Open, world: World) -> None:
    number, lin = world.open(resident=world.tenant, words="My tap drips"), desk("lin")
    answer = send(lin, number, picture(), htmx=True, text="马上到")
    assert answer.status_code == 422
    again = lin.press(f"/tickets/{number}/reply", htmx=True, text="马上到", sure="1", **chip_of(answer))
    assert again.status_code == 200
    [(text, photos)] = said(world)
    assert (text.splitlines()[0], photos) == ("马上到", 1)


def test_a_note_in_between_keeps_the_photos_and_takes_none(desk: Open, world: World) -> None:
    number, lin = world.open(), desk("lin")
    fields = chip_of(choose(lin, number, picture()))
    answer = lin.press(f"/tickets/{number}/note", htmx=True, text="内部", **fields)
    assert 'class="photo-chip"' in answer.text
    assert said(world) == []


def test_four_photos_are_enough(desk: Open, world: World) -> None:
    number, lin = world.open(), desk("lin")
    answer = send(lin, number, *[picture() for _ in range(5)], htmx=True, text="五张")
    assert answer.status_code == 422
    assert "一条消息最多附4个照片或文件。" in answer.text
    assert answer.text.count('class="photo-chip"') == 4
    full = {f"photo.{i}": "x" for i in range(4)}
    assert "最多附4个照片或文件" in choose(lin, number, picture(), **full).text


def test_neither_words_nor_photos_is_said_at_the_box(desk: Open, world: World) -> None:
    number = world.open()
    answer = send(desk("lin"), number, htmx=True)
    assert (answer.status_code, said(world)) == (422, [])
    assert "请填写这一项。" in answer.text


def test_a_photo_goes_out_once_and_into_its_own_conversation_only(desk: Open, world: World) -> None:
    number, lin = world.open(), desk("lin")
    other = world.open(resident=world.tenant)
    fields = chip_of(choose(lin, number, picture()))
    stolen = lin.press(f"/tickets/{other}/reply", htmx=True, text="Here", **fields)
    assert (stolen.status_code, said(world)) == (422, [])
    assert "有一张照片或一个文件已不在，请重新选择。" in stolen.text
    assert lin.press(f"/tickets/{number}/reply", htmx=True, text="看", **fields).status_code == 200
    assert lin.press(f"/tickets/{number}/reply", htmx=True, text="再看", **fields).status_code == 422
    assert said(world) == [("看", 1)]


def test_strangers_and_forged_forms_upload_nothing(desk: Open, world: World) -> None:
    number = world.open()
    assert choose(desk("wang"), number, picture()).status_code == 404
    lin = desk("lin")
    lin.token = "forged"
    assert choose(lin, number, picture()).status_code == 403
    assert send(lin, number, picture(), text="x").status_code == 403
    assert choose(desk(), number, picture()).status_code == 401
    with world.db.read() as session:
        assert session.scalars(select(StoredFile)).all() == []


def api(browser: Desk, username: str = "lin") -> dict[str, str]:
    login = {"username": username, "password": PASSWORD}
    token = browser.post("/api/staff/login", json=login).json()["token"]
    return {"Authorization": f"Bearer {token}", "Accept-Language": "en"}


def test_over_the_api_a_photo_is_uploaded_then_named_by_a_reply(desk: Open, world: World) -> None:
    number, client = world.open(), desk()
    headers = api(client)
    made = client.post(
        "/api/tickets/files", files={"file": ("tap.jpg", picture(), "image/jpeg")}, headers=headers
    )
    assert made.status_code == 201
    assert made.json()["kind"] == "photo"
    body = {"files": [made.json()["id"]]}
    assert client.post(f"/api/tickets/{number}/reply", json=body, headers=headers).status_code == 200
    assert said(world) == [("", 1)]
    again = client.post(f"/api/tickets/{number}/reply", json={"text": "x", **body}, headers=headers)
    assert (again.status_code, again.json()["detail"]) == (
        422, "A photo or file is no longer there. Please choose it again."
    )  # fmt: skip


@pytest.mark.parametrize("body", [{}, {"text": " "}, {"text": "", "files": []}])
def test_over_the_api_an_empty_reply_is_refused(desk: Open, world: World, body: dict[str, Any]) -> None:
    number, client = world.open(), desk()
    answer = client.post(f"/api/tickets/{number}/reply", json=body, headers=api(client))
    assert answer.status_code == 422
    assert "text" in answer.json()["detail"]


def test_over_the_api_only_photos_of_staff_are_taken(desk: Open, world: World) -> None:
    client = desk()
    voice = {"file": ("a.ogg", b"OggS" + bytes(40), "audio/ogg")}
    assert client.post("/api/tickets/files", files=voice, headers=api(client)).status_code == 422
    assert client.post("/api/tickets/files", files=voice).status_code == 401


def wide(size: tuple[int, int] = (2000, 1000)) -> bytes:
    return picture("red", size)


def shown(browser: Desk, number: int) -> list[tuple[str, str, str]]:
    """Of each photo in the conversation: what it opens, what is shown of it, and the rest of its picture."""
    html = browser.get(f"/tickets/{number}").text
    return re.findall(r'<a class="photo" href="([^"]+)"><img src="([^"]+)"([^>]*)>', html)


def test_the_conversation_shows_a_small_copy_that_opens_the_whole_photo(desk: Open, world: World) -> None:
    number, lin = world.open(), desk("lin")
    send(lin, number, wide(), text="请看")
    [(whole, small, rest)] = shown(lin, number)
    assert small == f"{whole}?small=1"
    assert 'width="220" height="110"' in rest, "the room is kept free before the picture is there"
    answer = lin.get(small)
    assert (answer.headers["content-type"], Image.open(io.BytesIO(answer.content)).size) == (
        "image/webp", (480, 240)
    )  # fmt: skip
    assert "sandbox" in answer.headers["content-security-policy"]
    assert Image.open(io.BytesIO(lin.get(whole).content)).size == (2000, 1000)


def test_a_photo_is_named_in_both_languages_for_who_cannot_see_it(desk: Open, world: World) -> None:
    number, lin = world.open(), desk("lin")
    send(lin, number, wide(), wide(), text="两张")
    assert [rest.split('alt="')[1].split('"')[0] for *_, rest in shown(lin, number)] == [
        "林静发的照片，第1张，共2张", "林静发的照片，第2张，共2张"
    ]  # fmt: skip
    with world.db.write() as session:
        session.get_one(User, world.butler.id).language = "en"
    assert 'alt="Photo 2 of 2 from Lin"' in shown(lin, number)[1][2]


def test_a_photo_from_before_small_copies_is_shown_with_one(desk: Open, world: World, settings: Any) -> None:
    number, lin = world.open(), desk("lin")
    send(lin, number, wide(), text="请看")
    for small in settings.media_dir.glob("??/??/*.small"):
        small.unlink()
    with world.db.write() as session:
        session.execute(update(StoredFile).values(width=None, height=None))
    [(_whole, small_path, rest)] = shown(lin, number)
    assert "width" not in rest
    assert lin.get(small_path).headers["content-type"] == "image/webp"


def test_a_small_copy_opens_for_nobody_who_may_not_open_the_photo(desk: Open, world: World) -> None:
    number, other, lin = world.open(), world.open(resident=world.tenant), desk("lin")
    send(lin, number, wide(), text="请看")
    [(whole, small, _rest)] = shown(lin, number)
    elsewhere = small.replace(f"/{number}/", f"/{other}/")
    for path in (whole, small):
        assert desk("wang").get(path).status_code == 404, "of another estate"
        assert desk().get(path).status_code == 303, "to the door"
    assert lin.get(elsewhere).status_code == 404, "of another conversation"
    secret = world.open(COMPLAINT)
    with world.db.write() as session:
        complaint = session.scalars(select(Ticket).where(Ticket.number == secret)).one()
        complaint.hidden_from_id = world.colleague.id
        session.scalars(select(Message).where(Message.author == "butler")).one().ticket_id = complaint.id
    assert lin.get(small).status_code == 200
    assert desk("tang").get(small).status_code == 404, "a complaint about this very butler"


def test_a_photo_without_its_message_is_shown_to_nobody(desk: Open, world: World) -> None:
    number, lin = world.open(), desk("lin")
    chip = next(iter(chip_of(choose(lin, number, wide())))).removeprefix("photo.")
    assert lin.get(f"/tickets/{number}/files/{chip}?small=1").status_code == 404


PDF = b"%PDF-1.7\n1 0 obj << /Type /Catalog >> endobj\n%%EOF\n"


def kept(world: World) -> StoredFile:
    with world.db.read() as session:
        return session.scalars(select(StoredFile)).one()


def test_a_butler_sends_a_pdf_which_is_known_by_its_bytes_and_goes_out_as_a_document(
    desk: Open, world: World
) -> None:
    number, lin = world.open(), desk("lin")
    chip = choose(lin, number, PDF)  # called tap.jpg, of a type that it has not
    assert "icons.svg#file-text" in chip.text
    sent = lin.press(f"/tickets/{number}/reply", htmx=True, text="请看合同", **chip_of(chip))
    assert sent.status_code == 200
    row = kept(world)
    assert (row.kind, row.content_type, row.name) == ("document", "application/pdf", "tap.pdf")
    assert row.size == len(PDF)
    assert row.message_id is not None
    page = lin.get(f"/tickets/{number}").text
    assert f'<a class="file" href="/tickets/{number}/files/{row.id}" download="tap.pdf">' in page
    given = lin.get(f"/tickets/{number}/files/{row.id}")
    assert given.content == PDF
    assert given.headers["content-disposition"].startswith("attachment")


def test_a_carrier_gets_the_pdf_as_a_document_to_send(desk: Open, world: World, settings: Settings) -> None:
    number, lin = world.open(), desk("lin")
    with world.db.write() as session:
        session.execute(update(ChannelLink).values(channel="telegram", account="1", address="77"))
    lin.press(f"/tickets/{number}/reply", htmx=True, text="合同", **chip_of(choose(lin, number, PDF)))
    asked = {"channel": "telegram", "limit": 9, "wait_seconds": 0}
    headers = {"Authorization": f"Bearer {settings.service_token}"}
    claimed = lin.post("/api/outbox/claim", json=asked, headers=headers).json()["items"]
    (file,) = next(found for one in claimed if (found := one["message"]["files"]))
    assert (file["kind"], file["content_type"], file["name"]) == ("document", "application/pdf", "tap.pdf")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"MZ\x90\x00 a program", "不是能打开的照片，也不是 PDF"),
        (b"%PDF-" + b"0" * (10 * 1024 * 1024), "文件超过 10 MB"),
        (b"OggS" + b"0" * 90, "不是能打开的照片，也不是 PDF"),
    ],
)
def test_what_is_neither_photo_nor_pdf_or_too_large_is_refused_in_words_and_nothing_is_lost(
    desk: Open, world: World, data: bytes, reason: str
) -> None:
    number, lin = world.open(), desk("lin")
    assert reason in choose(lin, number, data).text
    answer = send(lin, number, data, htmx=True, text="请看")
    assert answer.status_code in (413, 422)
    assert reason in answer.text
    assert ">请看</textarea>" in answer.text
    assert said(world) == []


def test_a_pdf_is_no_photo_of_the_work(desk: Open, world: World) -> None:
    number, client = world.open(), desk()
    headers = api(client)
    made = client.post("/api/tickets/files", files={"file": ("a.pdf", PDF, "x/y")}, headers=headers)
    assert (made.status_code, made.json()["kind"]) == (201, "document")
    body = {"photos_before": [made.json()["id"]]}
    refused = client.post(f"/api/tickets/{number}/complete", json=body, headers=headers)
    assert refused.status_code in (409, 422)
