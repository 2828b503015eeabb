"""Photos and faults on the page of a duty: posted with its form, shown with its record, refused in words."""

import io
from collections.abc import Callable

import pytest
from httpx2 import Response
from PIL import Image

from backend.duties import sweep
from backend.models import Duty, StoredFile
from tests.desk.conftest import Desk, World

Open = Callable[..., Desk]


@pytest.fixture(autouse=True)
def made(world: World) -> None:
    """Today's tasks are there."""
    sweep.tick(world.db, world.clock)


def spot_check(world: World) -> Duty:
    with world.db.read() as session:
        query = session.query(Duty).filter(Duty.estate_id == world.estate.id, Duty.duty == "SLA-47")
        found = query.order_by(Duty.due_at).first()
    assert found is not None
    return found


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(out, "JPEG")
    return out.getvalue()


def send(browser: Desk, task: Duty, *data: bytes, **fields: str) -> Response:
    """Post the form of a task as a telephone's browser does, with photos of its camera."""
    photos = [("photos", (f"hall {i}.jpg", one, "image/jpeg")) for i, one in enumerate(data)]
    return browser.post(f"/duties/{task.id}/do", data={"csrf": browser.token, **fields}, files=photos)


def test_the_form_takes_photos_and_the_record_shows_them(desk: Open, world: World) -> None:
    task, lin = spot_check(world), desk("lin")
    form = lin.get(f"/duties/{task.id}").text
    assert 'enctype="multipart/form-data"' in form
    assert 'accept="image/jpeg,image/png,image/webp"' in form
    assert send(lin, task, picture(), picture(), area="3栋大堂").status_code == 303
    page = lin.get(f"/duties/{task.id}").text
    assert page.count('class="photo"') == 2
    url = page.split('class="photo" href="')[1].split('"')[0]
    assert lin.get(url).headers["content-type"] == "image/jpeg"
    assert "sandbox" in lin.get(url).headers["content-security-policy"]
    assert page.count(f'<img src="{url}?small=1"') == 1
    assert lin.get(f"{url}?small=1").headers["content-type"] == "image/webp"


def test_nobody_of_another_estate_sees_a_photo_of_ours(desk: Open, world: World) -> None:
    task, lin = spot_check(world), desk("lin")
    send(lin, task, picture(), area="大堂")
    with world.db.read() as session:
        photo = session.query(StoredFile).one()
    assert desk(world.stranger.username).get(f"/duties/{task.id}/files/{photo.id}").status_code == 404
    assert lin.get(f"/duties/{task.id}/files/{'0' * 32}").status_code == 404


def test_a_refused_photo_loses_neither_the_words_nor_the_good_ones(desk: Open, world: World) -> None:
    task, lin = spot_check(world), desk("lin")
    answer = send(lin, task, picture(), b"broken", area="大堂东侧", fault="灯不亮")
    assert answer.status_code == 422
    assert "这个文件打不开，不像是图片。" in answer.text
    assert "大堂东侧" in answer.text
    assert ">灯不亮</textarea>" in answer.text
    assert answer.text.count('class="photo-chip"') == 1
    assert spot_check(world).done_at is None
    kept = answer.text.split('name="photo.')[1].split('"')[0]
    again = send(lin, task, area="大堂东侧", **{f"photo.{kept}": "hall 0.jpg"})
    assert again.status_code == 303
    assert lin.get(f"/duties/{task.id}").text.count('class="photo"') == 1


def test_more_than_four_photos_are_refused_by_name_of_the_limit(desk: Open, world: World) -> None:
    answer = send(desk("lin"), spot_check(world), *[picture()] * 5, area="大堂")
    assert answer.status_code == 422
    assert "一份记录最多放4张照片。" in answer.text


def test_a_fault_leads_to_its_ticket_and_back_to_the_duty(desk: Open, world: World) -> None:
    task, lin = spot_check(world), desk("lin")
    answer = send(lin, task, picture(), area="B1", fault="地下一层第三盏灯不亮")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/duties/{task.id}")
    page = lin.get(f"/duties/{task.id}").text
    number = int(page.split("已开单：#")[1].split("<")[0])
    assert world.ticket(number).words == "地下一层第三盏灯不亮"
    ticket = lin.get(f"/tickets/{number}").text
    assert f'href="/duties/{task.id}"' in ticket
    assert "由值班任务开出" in ticket


def test_a_visit_is_arranged_from_its_duty(desk: Open, world: World) -> None:
    with world.db.write() as session:
        check = session.get_one(Duty, spot_check(world).id)
        planned = Duty(
            estate_id=check.estate_id, duty="SLA-57", subject=f"home:{world.home.id}", slot="2026",
            role="butler", opens_at=check.opens_at, due_at=check.due_at, values={},
        )  # fmt: skip
        session.add(planned)
    lin = desk("lin")
    assert "预约拜访" in lin.get(f"/duties/{planned.id}").text
    assert "预约拜访" not in lin.get(f"/duties/{check.id}").text
    answer = lin.press(f"/duties/{planned.id}/arrange")
    assert answer.status_code == 303
    number = int(answer.headers["location"].rpartition("/")[2])
    assert world.ticket(number).workflow == "visit"
    assert f'href="/tickets/{number}"' in lin.get(f"/duties/{planned.id}").text
    assert lin.press(f"/duties/{planned.id}/arrange").status_code == 409
