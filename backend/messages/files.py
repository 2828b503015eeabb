"""Files people send: looked at, re-encoded, synced to disk before their row is committed.

Photos lose their EXIF (place, camera), are turned upright and get a small copy; voice is kept as it came. The
type is read from the bytes, never from the name. Links to files are signed and last ten minutes.
"""

import hmac
import io
import os
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Final, NamedTuple

from PIL import Image, ImageOps
from sqlalchemy.orm import Session

from backend.errors import BadUpload, TooLarge
from backend.messages import thumbnails
from backend.models import StoredFile
from locales import N_

MAX_BYTES: Final = 10 * 1024 * 1024
MAX_MB: Final = 10
#: films and PDF files, which only channels bring; photos keep their own bound
MAX_LARGE: Final = 20 * 1024 * 1024
MAX_LARGE_MB: Final = 20
MAX_PIXELS: Final = 25_000_000
LINK_LIFE: Final = timedelta(minutes=10)
PHOTOS: Final = ("JPEG", "PNG", "WEBP")
HEIC_REFUSED: Final = N_(
    "This is a HEIC photo, which we cannot open. Please choose “most compatible” in the camera settings, "
    "or send a screenshot of it."
)
_HEIC: Final = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif")


@dataclass(frozen=True, slots=True)
class Checked:
    """A file that passed: its kind (photo, voice), type, and the bytes to keep.

    A photo has a small copy, and the width and height that it has itself, in pixels.
    """

    kind: str
    content_type: str
    suffix: str
    data: bytes
    small: bytes = b""
    width: int | None = None
    height: int | None = None


class Shown(NamedTuple):
    """What a page is given of a file: where its bytes lie, their type, and what it is called."""

    place: Path
    content_type: str
    name: str


def check(data: bytes) -> Checked:
    """Look at the bytes and return what is to be kept.

    Raises TooLarge above 10 MB, BadUpload for HEIC (named as such), over 25 Mpixel, and anything that is
    neither a JPEG, PNG or WebP photo nor an OGG, M4A or WebM voice message.
    """
    if len(data) > MAX_BYTES:
        raise TooLarge(None, limit=MAX_MB)
    if data[4:8] == b"ftyp" and data[8:12] in _HEIC:
        raise BadUpload(HEIC_REFUSED)
    voice = _voice(data)
    return voice or _photo(data)


def check_carried(data: bytes, kind: str) -> Checked:
    """Look at a file that a channel carried: as ``check``, and MP4 films and PDF files up to 20 MB.

    ``kind``: what the channel calls it (a film and a voice message in MP4 look alike).
    """
    if len(data) > MAX_LARGE:
        raise TooLarge(None, limit=MAX_LARGE_MB)
    if data[:5] == b"%PDF-":
        return Checked("document", "application/pdf", ".pdf", data)
    if kind == "video" and data[4:8] == b"ftyp" and data[8:12] not in _HEIC:
        return Checked("video", "video/mp4", ".mp4", data)
    return check(data)


def _voice(data: bytes) -> Checked | None:
    if data[:4] == b"OggS":
        return Checked("voice", "audio/ogg", ".ogg", data)
    if data[4:8] == b"ftyp" and data[8:12] in (b"M4A ", b"mp42", b"isom", b"iso5", b"mp41", b"dash"):
        return Checked("voice", "audio/mp4", ".m4a", data)
    if data[:4] == b"\x1a\x45\xdf\xa3":
        return Checked("voice", "audio/webm", ".webm", data)
    return None


def _photo(data: bytes) -> Checked:
    try:
        with Image.open(io.BytesIO(data), formats=PHOTOS) as image:
            if image.width * image.height > MAX_PIXELS:
                raise TooManyPixels
            return _encode(ImageOps.exif_transpose(image))
    except (TooManyPixels, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise BadUpload(
            N_("The photo has more than 25 million pixels. Please send a smaller one.")
        ) from error
    except Exception as error:  # whatever a decoder raises on bytes made to hurt it
        raise BadUpload from error


class TooManyPixels(Exception):
    """Found before a single pixel is decoded."""


def _encode(image: Image.Image) -> Checked:
    out = io.BytesIO()
    image.info.clear()  # comments, XMP and colour profiles may tell where and by whom it was taken
    is_clear = image.mode in ("RGBA", "LA", "P")
    kept = image.convert("RGBA" if is_clear else "RGB")
    if is_clear:
        kept.save(out, "PNG", optimize=True)
    else:
        kept.save(out, "JPEG", quality=85)
    content_type, suffix = ("image/png", ".png") if is_clear else ("image/jpeg", ".jpg")
    return Checked("photo", content_type, suffix, out.getvalue(), thumbnails.shrink(kept), *kept.size)


def keep(folder: Path, checked: Checked, name: str | None = None) -> str:
    """Write and sync the bytes under a random name (or the given id); return that name, the file's id.

    The small copy of a photo is there before it.
    """
    name = name or secrets.token_hex(16)
    place = path_of(folder, name)
    place.parent.mkdir(parents=True, exist_ok=True)
    if checked.small:
        _write(thumbnails.beside(place), name, checked.small)
    _write(place, name, checked.data)
    for made in (place.parent, place.parent.parent, folder):  # a new folder's name must last as well
        handle = os.open(made, os.O_RDONLY)
        os.fsync(handle)
        os.close(handle)
    return name


def _write(place: Path, name: str, data: bytes) -> None:
    # Whole before it has its name: a file that was expected may be fetched twice after a kill.
    draft = place.with_name(f"{name}.{secrets.token_hex(4)}")
    with draft.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(place)


def path_of(folder: Path, file_id: str) -> Path:
    return folder / file_id[:2] / file_id[2:4] / file_id


def remove(folder: Path, file_id: str) -> None:
    """Take a file from the disk, with its small copy."""
    place = path_of(folder, file_id)
    place.unlink(missing_ok=True)
    thumbnails.beside(place).unlink(missing_ok=True)


def shown(folder: Path, row: StoredFile, *, is_small: bool = False) -> Shown:
    """What to give of a file to whoever may read it; with ``is_small`` the small copy of a photo."""
    place = path_of(folder, row.id)
    small = thumbnails.find(place) if is_small and row.kind == "photo" else place
    if small == place:
        return Shown(place, row.content_type, row.name)
    return Shown(small, thumbnails.CONTENT_TYPE, safe_name(row.name, ".webp"))


def add(
    session: Session,
    *,
    file_id: str,
    checked: Checked,
    name: str,
    estate_id: int,
    conversation_id: int | None,
    now: datetime,
) -> StoredFile:
    """Add the row of a file already on disk."""
    row = StoredFile(
        id=file_id, estate_id=estate_id, conversation_id=conversation_id, kind=checked.kind,
        name=safe_name(name, checked.suffix), content_type=checked.content_type, size=len(checked.data),
        sha256=sha256(checked.data).hexdigest(), width=checked.width, height=checked.height, created_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def safe_name(name: str, suffix: str) -> str:
    """A name to show: no path, no control signs, our own suffix."""
    stem = Path(name.replace("\\", "/")).stem
    kept = "".join(c for c in stem if c.isalnum() or c in "-_ .()（）《》【】")[:60].strip()
    return (kept or "file") + suffix


def sign(secret: str, file_id: str, real_now: datetime) -> str:
    """Return the path of a link to the file that works for ten minutes."""
    until = int((real_now + LINK_LIFE).timestamp())
    return f"/files/{file_id}?until={until}&sign={_signature(secret, file_id, until)}"


def is_signed(secret: str, file_id: str, until: int, signature: str, real_now: datetime) -> bool:
    """True for a link of ours that has not expired."""
    is_ours = hmac.compare_digest(_signature(secret, file_id, until).encode(), signature.encode())
    return is_ours and until >= real_now.timestamp()


def _signature(secret: str, file_id: str, until: int) -> str:
    return hmac.new(f"file:{secret}".encode(), f"{file_id}:{until}".encode(), sha256).hexdigest()[:32]
