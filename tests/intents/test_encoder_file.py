"""The encoder's own file: the same vectors as from the package, and the package wherever it will not do."""

from pathlib import Path

import numpy as np
import pytest

from intents import encoder_file, trained
from intents.artefact import read_about, read_artefact, write_artefact
from intents.encoder import UseEncoder, encoder_name, load_encoder
from intents.encoder_file import is_written, read_encoder

TEXTS = [
    "厨房水龙头滴水，明天下午能来人吗？",
    "the lamp in the hall flickers",
    "灯",
    "",
    "Ａ" * 190,
    "zyzzyva 饕餮",
]


@pytest.fixture(scope="module")
def package() -> UseEncoder:
    """An encoder straight from the package, ready for one of the texts."""
    encoder = UseEncoder()
    encoder.expect(encoder.commonest(TEXTS[:1]))
    return encoder


@pytest.fixture(scope="module")
def file(package: UseEncoder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("encoder") / "encoder.bin"
    package.save(path, package.commonest(TEXTS[:1]))
    return path


def test_an_encoder_from_its_file_sees_exactly_what_one_from_the_package_sees(
    package: UseEncoder, file: Path
) -> None:
    kept = UseEncoder(file)
    assert np.array_equal(kept.vectors(TEXTS), package.vectors(TEXTS))
    assert [kept._tokens(text) for text in TEXTS] == [package._tokens(text) for text in TEXTS]
    assert kept._pieces("厨房 lamp") == package._pieces("厨房 lamp")


def test_what_was_ready_when_the_file_was_written_is_ready_at_the_start(
    package: UseEncoder, file: Path
) -> None:
    assert {*package._tokens(TEXTS[0])} <= UseEncoder(file)._forward._places.keys()


def test_rows_beyond_those_in_memory_are_read_from_the_file(
    package: UseEncoder, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encoder_file, "_RESIDENT", 3)
    few = UseEncoder(file)
    held = few._laid.table._plain
    assert held is not None
    assert len(held) == 3
    assert np.array_equal(few.vectors(TEXTS), package.vectors(TEXTS))


def test_an_encoder_from_a_file_can_be_written_elsewhere(
    package: UseEncoder, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encoder_file, "_RESIDENT", 3)
    UseEncoder(file).save(tmp_path / "encoder.bin", package.commonest(TEXTS[1:2]))
    assert np.array_equal(UseEncoder(tmp_path / "encoder.bin").vectors(TEXTS), package.vectors(TEXTS))


@pytest.mark.parametrize("what", ["another release", "another Python", "broken", "no tokenizer", "missing"])
def test_where_the_file_will_not_do_the_package_is_read(
    file: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture, what: str
) -> None:
    path = tmp_path / "encoder.bin"
    about, arrays = dict(read_about(file)), dict(read_artefact(file).arrays)
    if what == "another release":
        write_artefact(path, {**about, "encoder": "another 1.0"}, arrays)
    elif what == "another Python":
        write_artefact(path, {**about, "python": "cpython-299"}, arrays)
    elif what == "broken":
        data = bytearray(file.read_bytes())
        data[-100] ^= 1
        path.write_bytes(data)
    elif what == "no tokenizer":
        write_artefact(path, about, {**arrays, "tokenizer": np.zeros(9, dtype=np.uint8)})
    assert read_encoder(path, encoder_name()) is None
    assert bool(caplog.records) == (what in ("broken", "no tokenizer")), "what is only old is nobody's fault"


def test_where_a_training_left_no_file_the_next_one_asked_for_writes_it(tmp_path: Path) -> None:
    trained.keep_encoder(tmp_path)
    assert not list(tmp_path.iterdir()), "nothing was trained: there is nothing to keep"
    tokens = load_encoder().commonest(TEXTS[:1])
    write_artefact(tmp_path / trained.MODEL, {"tokens": tokens}, {})
    trained.keep_encoder(tmp_path)
    path = tmp_path / "encoder.bin"
    assert is_written(path, encoder_name())
    before = path.stat().st_mtime_ns
    trained.keep_encoder(tmp_path)
    assert path.stat().st_mtime_ns == before
