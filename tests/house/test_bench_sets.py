"""The messages that `make bench` measures on: well formed, and kept out of everything that is learnt from."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import UTC
from pathlib import Path

import pytest

from benchmarks.sets import OWN, NoSets, find_sets
from intents.labelled import read_lines
from intents.loader import DATA, load_menu
from intents.phrase_checks import fingerprint

ENGLISH, INTENT = '{"text": "a tap drips", "lang": "en", "act": "request"}', '{"text": "a", "intent": "b"}'


def said(found: object) -> Iterator[str]:
    """Every text in what a TOML file holds."""
    if isinstance(found, str):
        yield found
    elif isinstance(found, dict):
        for value in found.values():
            yield from said(value)
    elif isinstance(found, list):
        for value in found:
            yield from said(value)


def test_no_line_of_a_set_stands_in_the_data() -> None:
    files = sorted(DATA.rglob("*.toml"))
    known = {fingerprint(text) for path in files for text in said(tomllib.loads(path.read_text("utf-8")))}
    lines = [line for path in OWN.glob("*.jsonl") for line in read_lines(path, UTC)]
    assert len(known) > 60_000
    assert len(lines) > 400
    assert [line.text for line in lines if fingerprint(line.text) in known] == []


def test_the_readme_tells_how_many_lines_each_set_has() -> None:
    page = (OWN / "README.md").read_text("utf-8")
    for path in OWN.glob("*.jsonl"):
        assert f"| `{path.name}` | {len(read_lines(path, UTC))} |" in page


def test_every_item_of_a_set_is_on_the_menu() -> None:
    menu = load_menu()
    lines = [line for path in OWN.glob("*.jsonl") for line in read_lines(path, UTC)]
    named = {item for line in lines for wish in line.wishes for item in wish.items}
    assert sorted(item for item in named if menu.find_item(item) is None) == []


def test_a_folder_holds_labelled_messages_and_public_sets_in_folders_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "few").mkdir()
    (tmp_path / "items.jsonl").write_text(ENGLISH)
    for part in ("10shot-train", "valid", "test"):
        (tmp_path / "few" / f"CLINC150-{part}.jsonl").write_text(INTENT)
    found = find_sets(str(tmp_path))
    assert [path.name for path in found.labelled] == ["items.jsonl"]
    assert found.public["clinc150"].train.name == "CLINC150-10shot-train.jsonl"
    assert found.public["clinc150"].valid is not None


def test_the_folder_is_named_by_the_environment_and_else_our_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GUANJIA_BENCH_SETS", raising=False)
    assert {path.parent for path in find_sets().labelled} == {OWN}
    (tmp_path / "mine.jsonl").write_text(ENGLISH)
    monkeypatch.setenv("GUANJIA_BENCH_SETS", str(tmp_path))
    assert [path.name for path in find_sets().labelled] == ["mine.jsonl"]


@pytest.mark.parametrize(
    ("name", "told"), [("a-test", "a needs a train file"), ("anything", "should be called NAME-train.jsonl")]
)
def test_a_public_set_that_cannot_be_used_is_refused_in_one_line(
    tmp_path: Path, name: str, told: str
) -> None:
    (tmp_path / f"{name}.jsonl").write_text(INTENT)
    with pytest.raises(NoSets, match=told):
        find_sets(str(tmp_path))


def test_a_folder_that_is_not_there_or_empty_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NoSets, match=r"no \*.jsonl file"):
        find_sets(str(tmp_path))
    with pytest.raises(NoSets, match="no folder"):
        find_sets(str(tmp_path / "none"))
