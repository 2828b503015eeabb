"""Small copies of photos: light, upright, without a trace; there with the photo, or made when asked for."""

import io
from pathlib import Path

import pytest
from PIL import Image

from backend.messages import files, thumbnails
from backend.models import StoredFile
from tests.messages.test_files import GPS, photo, tell_tale

ID = "ab" * 16


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def row(kind: str = "photo", name: str = "漏水.jpg") -> StoredFile:
    return StoredFile(id=ID, kind=kind, name=name, content_type="image/jpeg")


def kept(folder: Path, data: bytes) -> Path:
    """The place of a photo that was kept before there were small copies."""
    files.keep(folder, files.check(data), ID)
    place = files.path_of(folder, ID)
    thumbnails.beside(place).unlink()
    return place


@pytest.mark.parametrize(
    ("size", "small"), [((4000, 3000), (480, 360)), ((3000, 4000), (360, 480)), ((40, 30), (40, 30))]
)
def test_a_small_copy_has_the_shape_of_its_photo_and_at_most_480_pixels_a_side(
    size: tuple[int, int], small: tuple[int, int]
) -> None:
    checked = files.check(photo(size=size))
    assert (checked.width, checked.height) == size
    assert (opened(checked.small).format, opened(checked.small).size) == ("WEBP", small)


def test_a_small_copy_stands_upright_and_tells_nothing_of_camera_and_place() -> None:
    checked = files.check(tell_tale())
    assert (checked.width, checked.height) == opened(checked.small).size == (30, 40)
    assert dict(opened(checked.small).getexif()) == {}
    assert dict(opened(checked.small).getexif().get_ifd(GPS)) == {}
    assert b"Secret" not in checked.small


def test_what_can_be_seen_through_stays_so() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (900, 900), (0, 0, 0, 0)).save(out, "PNG")
    small = opened(files.check(out.getvalue()).small)
    assert small.mode == "RGBA"
    assert small.getpixel((10, 10))[3] == 0  # type: ignore[index]


def test_it_lies_beside_the_photo_and_is_what_a_page_is_given(tmp_path: Path) -> None:
    checked = files.check(photo(size=(1000, 500)))
    files.keep(tmp_path, checked, ID)
    place, content_type, name = files.shown(tmp_path, row(), is_small=True)
    assert (place.read_bytes(), content_type, name) == (checked.small, "image/webp", "漏水.webp")
    assert files.shown(tmp_path, row()) == (files.path_of(tmp_path, ID), "image/jpeg", "漏水.jpg")


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_an_earlier_photo_gets_its_own_when_it_is_first_asked_for(tmp_path: Path, kind: str) -> None:
    place = kept(tmp_path, photo(kind, size=(1000, 500)))
    small = thumbnails.find(place)
    assert opened(small.read_bytes()).size == (480, 240)
    made = small.stat().st_mtime_ns
    assert thumbnails.find(place).stat().st_mtime_ns == made
    assert sorted(one.name for one in place.parent.iterdir()) == [place.name, small.name]


def test_where_none_can_be_made_the_photo_itself_is_shown(tmp_path: Path) -> None:
    place = kept(tmp_path, photo())
    place.write_bytes(b"broken")
    assert files.shown(tmp_path, row(), is_small=True).place == place
    place.unlink()
    assert files.shown(tmp_path, row(), is_small=True).place == place
    assert list(place.parent.iterdir()) == []


def test_only_photos_have_one(tmp_path: Path) -> None:
    files.keep(tmp_path, files.check(b"OggS" + b"\0" * 60), ID)
    assert files.shown(tmp_path, row("voice", "a.ogg"), is_small=True).name == "a.ogg"
    assert len(list(tmp_path.glob("??/??/*"))) == 1


def test_a_removed_file_takes_its_small_copy_along(tmp_path: Path) -> None:
    files.keep(tmp_path, files.check(photo()), ID)
    files.remove(tmp_path, ID)
    assert list(tmp_path.glob("??/??/*")) == []
