"""Our own styles and scripts on their way out: what only their readers need stays at home.

A file may say why as long as it likes: remarks, indentation and room for the eye weigh nothing on a first
visit. A script's lines keep their numbers, so that an error in a browser names the file's line."""

import re
from functools import lru_cache
from hashlib import sha256
from os import PathLike, stat_result
from pathlib import Path
from typing import Final

from rjsmin import jsmin
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.staticfiles import NotModifiedResponse, StaticFiles
from starlette.types import Scope

KINDS: Final = {".js": "text/javascript", ".css": "text/css"}
IMPORT: Final = re.compile(r'@import "([\w-]+\.css)";')
#: in a style, room for the eye only
ROOM: Final = re.compile(r"\s*([{};,])\s*|(?<=:) ")
#: in a style anywhere, in a script where a line begins with it
REMARKS: Final = {
    ".css": re.compile(r"/\*.*?\*/", re.DOTALL),
    ".js": re.compile(r"^[ \t]*(?:/\*.*?\*/|//[^\n]*)", re.DOTALL | re.MULTILINE),
}


def lean(kind: str, text: str) -> str:
    """A style (".css") or script (".js") of ours without remarks and room; a script's lines stay lines.

    A remark over several lines stands on lines of its own, and no text goes over a line (a test looks)."""
    bare = REMARKS[kind].sub(lambda found: "\n" * found[0].count("\n"), text)
    if kind == ".css":
        return ROOM.sub(lambda found: found[1] or "", bare).strip()
    return "\n".join(jsmin(line) for line in bare.split("\n"))


@lru_cache(maxsize=256)
def _read(path: Path, changed_ns: int) -> str:
    """``changed_ns``: a file that was changed is read again."""
    return lean(path.suffix, path.read_text(encoding="utf-8"))


def whole(path: Path) -> str:
    """What is sent of a file; a style that it imports is laid in, so that it need not be asked for."""
    text = _read(path, path.stat().st_mtime_ns)
    return IMPORT.sub(lambda found: whole(path.parent / found[1]), text) if path.suffix == ".css" else text


class LeanFiles(StaticFiles):
    """Static files; of our own styles and scripts only what a browser needs. Borrowed ones go as they are."""

    def file_response(
        self, full_path: str | PathLike[str], stat_result: stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        """The file itself, or that the browser has it already."""
        path = Path(full_path)
        if path.suffix not in KINDS or path.parent.name == "vendor":
            return super().file_response(full_path, stat_result, scope, status_code)
        body = whole(path).encode()
        tag = f'"{sha256(body).hexdigest()[:20]}"'
        response = Response(body, status_code, {"etag": tag}, KINDS[path.suffix])
        if self.is_not_modified(response.headers, Headers(scope=scope)):
            return NotModifiedResponse(response.headers)
        return response
