"""Files: ids, sizes and bytes. A file may be declared by its size alone; photos come in several sizes."""

import mimetypes
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from typing import Any, Final

from PIL import Image, UnidentifiedImageError

from tests.fake_telegram.errors import bad

MOST_DOWNLOAD: Final = 20 * 1024 * 1024
PATH_LIFE: Final = 3600.0
SIDES: Final = (90, 320, 800, 1280)
FOLDERS: Final = {
    "photo": "photos",
    "voice": "voice",
    "video": "videos",
    "document": "documents",
    "sticker": "stickers",
}
MARKS: Final = {
    "photo": "AgACAgIA",
    "voice": "AwACAgIA",
    "video": "BAACAgIA",
    "document": "BQACAgIA",
    "sticker": "CAACAgIA",
}


@dataclass(slots=True, eq=False)
class File:
    """One stored file; ``data`` is None when only its size was declared."""

    id: str
    kind: str
    path: str
    size: int
    data: bytes | None
    name: str = ""
    content_type: str = ""
    width: int = 0
    height: int = 0
    side: int = 0  # of a smaller copy of a photo, made when it is asked for
    found_at: float = float("-inf")

    def body(self) -> dict[str, Any]:
        unique = "AQAD" + sha256(self.id.encode()).hexdigest()[:12]
        return {"file_id": self.id, "file_unique_id": unique, "file_size": self.size}

    def content(self) -> bytes:
        """The bytes; zeros for a file that was declared by its size."""
        if self.data is None:
            return bytes(self.size)
        return _smaller(self.data, self.side) if self.side else self.data


def _smaller(data: bytes, side: int) -> bytes:
    try:
        with Image.open(BytesIO(data)) as picture:
            small = picture.convert("RGB")
    except (UnidentifiedImageError, OSError):
        return data
    small.thumbnail((side, side))
    out = BytesIO()
    small.save(out, "JPEG")
    return out.getvalue()


def measure(data: bytes) -> tuple[int, int] | None:
    """Width and height of a picture; None for bytes that are none."""
    try:
        with Image.open(BytesIO(data)) as picture:
            return picture.size
    except (UnidentifiedImageError, OSError):
        return None


class Files:
    """All files of the server by id and by the path getFile gave out."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._by_id: dict[str, File] = {}
        self._by_path: dict[str, File] = {}

    def add(self, kind: str, data: bytes | int, name: str = "", content_type: str = "") -> File:
        """Keep a file: its bytes, or only its size."""
        number = len(self._by_id) + 1
        digest = sha256(f"file {number}".encode()).hexdigest()
        ending = name.rsplit(".", 1)[-1] if "." in name else _ending(kind, content_type)
        size, own = (data, None) if isinstance(data, int) else (len(data), data)
        guessed = content_type or mimetypes.guess_type(name)[0] or ""
        file = File(
            f"{MARKS[kind]}{digest}Q",
            kind,
            f"{FOLDERS[kind]}/file_{number}.{ending}",
            size,
            own,
            name,
            guessed,
        )
        self._by_id[file.id] = self._by_path[file.path] = file
        return file

    def photo(self, data: bytes | int) -> list[dict[str, Any]]:
        """A photo in the sizes a message shows, smallest first; the last has the very bytes given."""
        width, height = (None if isinstance(data, int) else measure(data)) or (1280, 960)
        longest = max(width, height)
        sides = [side for side in SIDES if side < longest] or [max(1, longest // 2)]
        sizes = []
        for side in [*sides[:3], longest]:
            file = self.add("photo", data)
            file.width, file.height = max(1, width * side // longest), max(1, height * side // longest)
            if side != longest:
                file.side = side
                file.size = max(1, file.size * side * side // (longest * longest))
            sizes.append(file.body() | {"width": file.width, "height": file.height})
        return sizes

    def get(self, number: str) -> File:
        """Raises 400 for an id that was never given out."""
        file = self._by_id.get(number)
        if file is None:
            raise bad("wrong file_id or the file is temporarily unavailable")
        return file

    def open(self, number: str) -> dict[str, Any]:
        """The answer of getFile; its path serves for an hour. Raises 400 beyond 20 MB."""
        file = self._by_id.get(number)
        if file is None:
            raise bad("invalid file_id")
        if file.size > MOST_DOWNLOAD:
            raise bad("file is too big")
        if file.side:
            file.size = len(file.content())
        file.found_at = self._now()
        return file.body() | {"file_path": file.path}

    def at(self, path: str) -> File | None:
        """The file a path leads to, while the path is valid."""
        file = self._by_path.get(path)
        return file if file and self._now() - file.found_at < PATH_LIFE else None


def _ending(kind: str, content_type: str) -> str:
    usual = {"photo": "jpg", "voice": "oga", "video": "mp4", "sticker": "webp"}
    return usual.get(kind) or (mimetypes.guess_extension(content_type) or ".bin")[1:]
