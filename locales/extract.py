"""`make translations`: collect every sentence of the code and the templates into the catalogues.

Sentences are written in English where they are used: ``t(language, "…")``, ``N_("…")`` for constants,
``_("…")`` in templates. Known translations stay; sentences no longer used go; new ones wait without text.
"""

import ast
import io
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from jinja2.ext import babel_extract

from locales.catalogue import KNOWN_LOCALES, ROOT

HOUSE: Final = ROOT.parent
ROOMS: Final = ("backend", "bot", "locales", "run_bot.py")
HEADER: Final = """\
msgid ""
msgstr ""
"Project-Id-Version: guanjia\\n"
"Language: {locale}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""
#: function -> which argument holds the sentence
PLACES: Final = {"t": 1, "sentence": 1, "_button": 1, "N_": 0, "_": 0}


@dataclass(frozen=True, slots=True)
class Found:
    """A sentence and the file, relative to the house, that says it."""

    sentence: str
    file: str


def extract() -> list[Found]:
    """Return every sentence of the code and the templates, in the order of the files."""
    return [Found(sentence, str(path.relative_to(HOUSE))) for path, sentence in _everything()]


def update() -> dict[str, list[str]]:
    """Write both catalogues anew; return per language code the sentences that still lack a text."""
    found = extract()
    missing = {}
    for code, locale in KNOWN_LOCALES.items():
        path = ROOT / locale / "LC_MESSAGES" / "messages.po"
        texts = known(path)
        catalogue = Catalog(locale=locale)
        for entry in found:
            catalogue.add(entry.sentence, texts.get(entry.sentence, ""), locations=[(entry.file, 0)])
        _write(catalogue, path, locale)
        missing[code] = sorted({entry.sentence for entry in found if not texts.get(entry.sentence)})
    missing["en"] = []  # the English text is the id itself
    return missing


def known(path: Path) -> dict[str, str]:
    """Return the texts of a catalogue by sentence; empty for a file that is not there yet."""
    if not path.exists():
        return {}
    with path.open("rb") as file:
        return {str(entry.id): str(entry.string) for entry in read_po(file) if entry.id and entry.string}


def main() -> int:
    for code, sentences in update().items():
        sys.stdout.write(f"{code}: {len(sentences)} sentences without a text\n")
        for sentence in sentences:
            sys.stdout.write(f"  {sentence}\n")
    return 0


def _everything() -> Iterator[tuple[Path, str]]:
    for room in ROOMS:
        place = HOUSE / room
        files = [place] if place.is_file() else sorted(place.rglob("*.py")) + sorted(place.rglob("*.html"))
        for path in files:
            found = _of_template(path) if path.suffix == ".html" else _of_code(path)
            yield from ((path, sentence) for sentence in found)


def _of_code(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        place = PLACES.get(name)
        if place is None or len(node.args) <= place:
            continue
        value = node.args[place]
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            yield value.value


def _of_template(path: Path) -> Iterator[str]:
    with path.open("rb") as file:
        for _line, _function, message, _comments in babel_extract(file, ("_",), (), {"silent": "false"}):
            # With holes filled in the template, Jinja reports the sentence and a placeholder for the rest.
            sentence = message[0] if isinstance(message, tuple) else message
            if isinstance(sentence, str):
                yield sentence


def _write(catalogue: Catalog, path: Path, locale: str) -> None:
    body = io.BytesIO()
    write_po(body, catalogue, width=0, sort_output=True, omit_header=True, include_lineno=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(HEADER.format(locale=locale) + body.getvalue().decode(), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
