"""Small copies of photos, for a page that shows many: beside the photo, and read by the same doors.

One is made when its photo is kept. A photo that was kept before there were any gets its own when it is first
asked for; where that cannot be, the photo itself is shown.
"""

import io
import secrets
from pathlib import Path
from threading import Lock
from typing import Final

from PIL import Image

#: pixels of the longer side; sharp on a telephone, and a hundredth of what its camera writes
LONGEST: Final = 480
QUALITY: Final = 75
SUFFIX: Final = ".small"
CONTENT_TYPE: Final = "image/webp"
#: what a photo may be kept as
KEPT: Final = ("JPEG", "PNG")
#: a page with many old photos asks for all at once; together they would fill the memory
_one_at_a_time: Final = Lock()


def shrink(image: Image.Image) -> bytes:
    """Return a small copy of an upright picture as WebP, without anything but its pixels.

    At most 480 pixels a side, in the shape of the picture; a smaller one keeps its size.
    """
    small = image.copy()
    small.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS)
    small.info.clear()
    out = io.BytesIO()
    small.save(out, "WEBP", quality=QUALITY, exif=b"")
    return out.getvalue()


def beside(place: Path) -> Path:
    """Where the small copy of the photo at ``place`` lies."""
    return place.with_name(place.name + SUFFIX)


def of_photo(name: str) -> str:
    """The name of the photo whose file or small copy is called so."""
    return name.removesuffix(SUFFIX)


def find(place: Path) -> Path:
    """Return where the small copy of the photo at ``place`` lies, made now if it lacks; else ``place``."""
    small = beside(place)
    if small.is_file():
        return small
    with _one_at_a_time:
        return small if small.is_file() or _make(place, small) else place


def _make(place: Path, small: Path) -> bool:
    try:
        with Image.open(place, formats=KEPT) as image:
            image.draft("RGB", (LONGEST, LONGEST))  # a JPEG is read at an eighth of its size
            data = shrink(image)
        draft = small.with_name(f"{place.name}.{secrets.token_hex(4)}")
        draft.write_bytes(data)
        draft.replace(small)
    except Exception:  # lost, broken, a folder that cannot be written: the photo itself is shown
        return False
    return True
