"""What was sent and not told outlives the process that sent it."""

import contextlib
import subprocess
import sys
from pathlib import Path

import pytest

from bot import journal
from bot.journal import Journal


def sent(number: int) -> dict[str, object]:
    return {"id": number, "outcome": "sent", "remote_ids": [str(number)]}


def found(path: Path) -> list[dict[str, object]]:
    """What the next process finds."""
    with contextlib.closing(Journal(path)) as one:
        return one.open()


KILLED = """
import os, pathlib, sys
from bot.journal import Journal
one = Journal(pathlib.Path(sys.argv[1]))
one.open()
for number in (1, 2):
    one.note({"id": number, "outcome": "sent", "remote_ids": [str(number)]})
os.kill(os.getpid(), 9)
"""


def test_what_a_killed_process_had_sent_is_known_to_the_next(tmp_path: Path) -> None:
    path = tmp_path / "var" / "telegram.sent"
    ended = subprocess.run([sys.executable, "-c", KILLED, str(path)], check=False)
    assert ended.returncode == -9
    assert found(path) == [sent(1), sent(2)]


def test_what_the_backend_knows_is_forgotten(tmp_path: Path) -> None:
    one = Journal(tmp_path / "sent")
    one.open()
    one.note(sent(1))
    one.told([])
    one.note(sent(2))
    one.close()
    assert found(tmp_path / "sent") == [sent(2)]


def test_only_what_went_out_is_kept(tmp_path: Path) -> None:
    one = Journal(tmp_path / "sent")
    one.open()
    one.note({"id": 1, "outcome": "retry", "reason": "network"})
    one.close()
    assert found(tmp_path / "sent") == []


def test_it_does_not_grow_while_something_always_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "LONGEST", 200)
    one = Journal(tmp_path / "sent")
    one.open()
    for number in range(100):
        one.note(sent(number))
        one.told([sent(number)])
    one.close()
    assert (tmp_path / "sent").stat().st_size < 400
    assert found(tmp_path / "sent")[-1] == sent(99)


@pytest.mark.parametrize("torn", [b'{"id": 2, "outc', b"\xff\xfe\n", b"[3]\n"])
def test_a_line_cut_short_is_passed_over(tmp_path: Path, torn: bytes) -> None:
    path = tmp_path / "sent"
    left = Journal(path)
    left.open()
    left.note(sent(1))
    left.close()
    path.write_bytes(path.read_bytes() + torn)
    assert found(path) == [sent(1)]


def test_without_a_folder_to_write_to_sending_goes_on(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file stands where the folder should be")
    one = Journal(tmp_path / "taken" / "sent")
    assert one.open() == []
    one.note(sent(1))
    one.told([])
    one.close()
