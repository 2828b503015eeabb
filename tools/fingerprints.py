"""Fingerprints of sentences that must not stand in the phrases: `python -m tools.fingerprints FOLDER`.

Reads the `text` of every line of FOLDER/*.jsonl (messages the understanding is measured on) and writes what
tests/house/test_phrases.py compares with: hashes, so that the sentences themselves stand nowhere here.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from intents.phrase_checks import fingerprint

PLACE = Path(__file__).resolve().parent.parent / "tests" / "house" / "sample_fingerprints.txt"
_HEAD = "# Made by tools/fingerprints.py: one hash for each sentence of the public evaluation sample.\n"


def sentences(folder: Path) -> Iterator[str]:
    """The texts of all labelled files of a folder."""
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.strip():
                yield json.loads(line)["text"]


def main(arguments: list[str]) -> None:
    made = sorted({fingerprint(text) for text in sentences(Path(arguments[0]))})
    PLACE.write_text(_HEAD + "".join(f"{one}\n" for one in made), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
