"""Files: judged by their bytes, re-encoded, without a trace of where they were taken; links expire."""

import io
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image

from backend.clock import HandClock
from backend.errors import BadUpload, TooLarge
from backend.messages import files

GPS = 0x8825


def photo(kind: str = "JPEG", size: tuple[int, int] = (40, 30), **options: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, kind, **options)
    return out.getvalue()


def tell_tale() -> bytes:
    """A photo turned on its side that says when, where and by whom it was taken."""
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    exif[0x010F] = "SecretCamera"
    exif.get_ifd(GPS)[2] = (39.0, 54.0, 0.0)
    return photo(exif=exif, comment=b"SecretPlace", xmp=b"<x:xmpmeta>SecretPlace</x:xmpmeta>")


class TestCheck:
    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
    def test_photos_pass(self, kind: str) -> None:
        checked = files.check(photo(kind))
        assert checked.kind == "photo"
        assert checked.content_type in ("image/jpeg", "image/png")

    def test_camera_place_and_comments_are_gone_and_the_photo_stands_upright(self) -> None:
        checked = files.check(tell_tale())
        with Image.open(io.BytesIO(checked.data)) as image:
            assert image.size == (30, 40)
            assert dict(image.getexif()) == {}
            assert dict(image.getexif().get_ifd(GPS)) == {}
        assert b"Secret" not in checked.data

    def test_thirty_megabytes_are_too_large(self) -> None:
        with pytest.raises(TooLarge):
            files.check(photo() + b"\0" * 30 * 1024 * 1024)

    @pytest.mark.parametrize("brand", [b"heic", b"heix", b"mif1", b"avif"])
    def test_heic_is_refused_by_its_name(self, brand: bytes) -> None:
        with pytest.raises(BadUpload) as refused:
            files.check(b"\0\0\0\x18ftyp" + brand + b"\0" * 64)
        assert "HEIC" in refused.value.worded("en")[1]
        assert "HEIC" in refused.value.worded("zh")[1]

    @pytest.mark.parametrize(
        "data",
        [
            b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
            b"\xff\xd8\xff\xe0" + b'<svg onload="alert(1)"/>',
            b"", b"GIF89a" + b"\0" * 100, b"%PDF-1.7", b"<html>",
            b"MZ\x90\0", b"\x89PNG\r\n\x1a\n" + b"\0" * 50,
            photo()[:200],
        ],
    )  # fmt: skip
    def test_anything_posing_as_a_photo_is_refused(self, data: bytes) -> None:
        with pytest.raises(BadUpload):
            files.check(data)

    @pytest.mark.parametrize("size", [(6500, 4000), (20000, 20000)])
    def test_more_than_25_million_pixels_are_refused_before_decoding(self, size: tuple[int, int]) -> None:
        out = io.BytesIO()
        Image.new("1", size).save(out, "PNG")
        with pytest.raises(BadUpload) as refused:
            files.check(out.getvalue())
        assert "25" in refused.value.worded("en")[1]

    @pytest.mark.parametrize(
        ("data", "kind"),
        [
            (b"OggS" + b"\0" * 60, "audio/ogg"),
            (b"\0\0\0\x20ftypM4A " + b"\0" * 60, "audio/mp4"),
            (b"\x1a\x45\xdf\xa3" + b"\0" * 60, "audio/webm"),
        ],
    )
    def test_voice_is_kept_as_it_came(self, data: bytes, kind: str) -> None:
        checked = files.check(data)
        assert (checked.kind, checked.content_type, checked.data) == ("voice", kind, data)


class TestKeep:
    def test_the_bytes_lie_under_a_random_name(self, tmp_path: Path) -> None:
        checked = files.check(photo())
        first, second = files.keep(tmp_path, checked), files.keep(tmp_path, checked)
        assert first != second
        assert len(first) == 32
        assert files.path_of(tmp_path, first).read_bytes() == checked.data

    @pytest.mark.parametrize(
        ("name", "shown"),
        [
            ("../../etc/passwd", "passwd.jpg"),
            ("C:\\fotos\\kitchen.png", "kitchen.jpg"),
            ("漏水.jpeg", "漏水.jpg"),
            ("《住户手册》（2026版）(1).jpg", "《住户手册》（2026版）(1).jpg"),
            ("", "file.jpg"),
            ("a\u202egpj.exe", "agpj.jpg"),
            ('x"; rm -rf', "x rm -rf.jpg"),
        ],
    )
    def test_a_name_is_shown_without_path_or_tricks(self, name: str, shown: str) -> None:
        assert files.safe_name(name, ".jpg") == shown


class TestLinks:
    def parts(self, clock: HandClock) -> tuple[int, str]:
        url = files.sign("secret", "abc", clock.real_now())
        until, signature = url.partition("?")[2].split("&")
        return int(until.removeprefix("until=")), signature.removeprefix("sign=")

    def test_a_link_works_for_ten_minutes(self, clock: HandClock) -> None:
        until, signature = self.parts(clock)
        assert files.is_signed("secret", "abc", until, signature, clock.real_now() + timedelta(minutes=9))
        assert not files.is_signed(
            "secret", "abc", until, signature, clock.real_now() + timedelta(minutes=11)
        )

    @pytest.mark.parametrize("forged", ["", "x", "é", "0" * 32])
    def test_a_forged_signature_opens_nothing(self, clock: HandClock, forged: str) -> None:
        until, signature = self.parts(clock)
        now = clock.real_now()
        assert not files.is_signed("secret", "abc", until, forged, now)
        assert not files.is_signed("secret", "abd", until, signature, now)
        assert not files.is_signed("secret", "abc", until + 600, signature, now)
        assert not files.is_signed("another", "abc", until, signature, now)
