"""The house rules that a machine can see: small functions and files, loaded data, texts in both languages."""

import ast
import re
import statistics
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from locales import extract
from locales.catalogue import KNOWN_LOCALES, LANGUAGES

ROOT = Path(__file__).parent.parent.parent
PACKAGES = ("backend", "bot", "intents", "locales", "tools", "benchmarks")
LONGEST_FUNCTION = 60
LONGEST_FILE = 400
MEDIAN_FUNCTION = 10

HANZI = "[\u4e00-\u9fff]"
#: a half-width mark that touches a Chinese character (digits, Latin words and {holes} keep their own marks)
HALF_WIDTH = re.compile(rf"{HANZI}\s*[,;:?!()]|[,;:?!()]\s*{HANZI}|{HANZI}\.(?=\s|$|{HANZI})|\.\.\.")
NEVER_SAID = re.compile(r"不知道|不清楚|don[’']t know", re.IGNORECASE)
HOLE = re.compile(r"\{(\w*)[^{}]*\}")


@cache
def _sources() -> list[Path]:
    files = [ROOT / "run_bot.py"]
    for package in PACKAGES:
        files += sorted((ROOT / package).rglob("*.py"))
    return [path for path in files if "versions" not in path.parts]


#: every file is read once and not for each test anew
_text = cache(Path.read_text)
_sentences = cache(extract.extract)


@cache
def _tests() -> str:
    """All the tests, one after the other."""
    return "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("*.py"))


@cache
def _functions() -> list[tuple[str, int]]:
    """Return every function with the number of its lines."""
    found = []
    for path in _sources():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                found.append((f"{path.relative_to(ROOT)}:{node.lineno} {node.name}", lines))
    return found


@cache
def _chinese() -> dict[str, str]:
    path = extract.ROOT / KNOWN_LOCALES["zh"] / "LC_MESSAGES" / "messages.po"
    return extract.known(path)


def _data_files() -> list[Path]:
    return [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.toml"))]


def _texts(value: object, place: str = "") -> Iterator[tuple[str, str]]:
    """Yield (place, text) of every string in a TOML value."""
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, dict):
        for key, part in value.items():
            yield from _texts(part, f"{place}.{key}")
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from _texts(part, f"{place}[{number}]")


def _spoken_texts() -> Iterator[tuple[str, str]]:
    """Every Chinese or English sentence that a person may read, with where it stands.

    Examples of what residents write (phrases, acts, ``also``, ``words``, …) are theirs and are not judged.
    """
    for sentence, text in _chinese().items():
        yield f"zh: {sentence}", text
        yield f"en: {sentence}", sentence
    for path in _data_files():
        if {"phrases", "acts"} & set(path.parts):
            continue
        for place, text in _texts(tomllib.loads(path.read_text(encoding="utf-8")), path.name):
            if re.search(r"\.(answer|name|prompt|staff_name|safety|lines?|summary|text|title)\b", place):
                yield place, text


def test_no_function_is_longer_than_sixty_lines() -> None:
    assert [where for where, lines in _functions() if lines > LONGEST_FUNCTION] == []


def test_half_of_all_functions_have_at_most_ten_lines() -> None:
    assert statistics.median(lines for _where, lines in _functions()) <= MEDIAN_FUNCTION


def test_no_file_is_longer_than_four_hundred_lines() -> None:
    long = {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines()) for path in _sources()
    }
    assert {name: lines for name, lines in long.items() if lines > LONGEST_FILE} == {}


@pytest.mark.parametrize("path", _data_files(), ids=lambda path: path.name)
def test_every_data_file_is_read_by_code_that_a_test_calls(path: Path) -> None:
    """Some module names the file or its folder, and some test imports that module's package."""
    names = (path.name, path.parent.name + "/", f'"{path.parent.name}"')
    readers = [
        source for source in _sources() if any(name in _text(source, encoding="utf-8") for name in names)
    ]
    assert any(source.stem in _tests() for source in readers), f"nothing loads {path.relative_to(ROOT)}"


def test_every_sentence_has_a_chinese_text() -> None:
    missing = {found.sentence: found.file for found in _sentences() if found.sentence not in _chinese()}
    assert missing == {}, "write them, or run make translations first"


def test_no_translation_is_left_over() -> None:
    used = {found.sentence for found in _sentences()}
    assert sorted(set(_chinese()) - used) == [], "run make translations"


def test_a_translation_has_the_same_holes() -> None:
    wrong = {}
    for sentence, text in _chinese().items():
        ours, theirs = set(HOLE.findall(sentence)), set(HOLE.findall(text))
        if not theirs <= ours:
            wrong[sentence] = sorted(theirs - ours)
    assert wrong == {}


def test_a_sentence_ends_in_chinese_as_it_ends_in_english() -> None:
    ends = {".": "。", "?": "？", "!": "！", ":": "：", "…": "…"}
    wrong = []
    for sentence, text in _chinese().items():
        mark = ends.get(sentence[-1])
        if mark in ("。", "？", "！") and len(sentence) > 12 and not re.search(r"[。？！…}”）」]$", text):
            wrong.append((sentence, text))
    assert wrong == []


def test_chinese_texts_have_full_width_marks() -> None:
    wrong = [(place, text) for place, text in _spoken_texts() if HALF_WIDTH.search(HOLE.sub("0", text))]
    assert wrong == []


def test_nobody_is_told_that_we_do_not_know() -> None:
    assert [(place, text) for place, text in _spoken_texts() if NEVER_SAID.search(text)] == []


def test_both_languages_have_a_catalogue() -> None:
    for language in LANGUAGES:
        assert (extract.ROOT / KNOWN_LOCALES[language] / "LC_MESSAGES" / "messages.po").exists()


def test_nothing_in_the_house_names_the_machine_it_was_written_on() -> None:
    foreign = re.compile("/(?:" + "|".join(("wor" + "k", "far" + "m", "ro" + "ot")) + r")/|shar" + "ed/")
    for folder in (*PACKAGES, "docs", "tests", ".ci"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in (".py", ".md", ".toml", ".html", ".js", ".css", ".po"):
                assert not foreign.search(path.read_text(encoding="utf-8")), path
