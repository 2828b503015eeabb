"""What training is given and what it leaves: lessons from the data, vectors kept from last time, the file.

`find_scorer` gives an engine its scorer, or says in one line why there is none; the engine then goes by words
alone (`intents/matching.py`).
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from intents.act_model import ActModel, read_act_model
from intents.act_training import train_act_model
from intents.additions import Phrase, prepared
from intents.artefact import ArtefactRefused, read_about, read_artefact, write_artefact
from intents.danger_lessons import Said, danger_lessons, has_danger_lines, read_danger_lines
from intents.danger_model import DangerLesson, DangerModel, read_danger_model, train_dangers
from intents.dangers import KINDS, LINES
from intents.encoder import (
    FILE,
    Encoder,
    Seen,
    check_weights,
    encoder_name,
    fresh_encoder,
    load_encoder,
    weights_checksum,
)
from intents.encoder_file import is_written
from intents.likeness import Floats
from intents.matching import ItemMatcher
from intents.names import names_of
from intents.phrase_checks import refuse_poor_phrases
from intents.reading import EngineData, read_data
from intents.scorer import FORMAT, Scorer, read_scorer
from intents.training import Lesson, Sights, Tell, Trained, Vectors, facts, quiet, train
from intents.wordings import Example

#: where `run_bot.py train` leaves its work, unless it is told otherwise
PLACE = FILE.parent
MODEL, CACHE = "scorer.bin", "vectors.bin"
ACTS, ACTS_CACHE = "acts.bin", "act_vectors.bin"
DANGERS, DANGERS_CACHE = "dangers.bin", "danger_vectors.bin"
#: the weights this release was measured with
WEIGHTS = "55462a183cc56603fa57e7d2b56f42b45ae4effbefb84028a30146aa7bc2b415"
_LOG = logging.getLogger(__name__)
_BATCH = 128
_READ_TOO = ("words.toml", "faq.toml", "emergencies.toml", "emergency_signs.toml")


def data_version(folder: Path) -> str:
    """A hash of everything in the data folder that the scorer learns from."""
    digest = hashlib.sha256(f"{FORMAT}".encode())
    for path in sorted(
        [
            *(path for name in ("items", "phrases", "acts", LINES) for path in folder.glob(f"{name}/*.toml")),
            *(folder / name for name in _READ_TOO),
        ]
    ):
        if path.exists():
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def has_read(folder: Path, place: Path = PLACE) -> bool:
    """Whether training has read and checked this very data, whatever became of the encoder since."""
    return read_about(place / MODEL).get("data") == data_version(folder)


def is_up_to_date(folder: Path, place: Path = PLACE) -> bool:
    """Whether there is an artefact of this very data and of this encoder; its checksum is not looked at."""
    about = read_about(place / MODEL)
    name = encoder_name()
    ready = "tokens" in about  # an older one serves as well, only slower
    if has_danger_lines(folder):
        ready = ready and read_about(place / DANGERS).get("data") == about.get("data")
    same = about.get("data") == data_version(folder) and about.get("encoder", {}).get("name") == name
    return ready and same


def keep_encoder(place: Path = PLACE, tokens: Sequence[int] = ()) -> None:
    """Writes the encoder as a start needs it, ready for `tokens`.

    Without any: for those of the model that a training left there, and only where there is no such file.
    """
    if not tokens and not is_written(place / FILE.name, encoder_name()):
        tokens = read_about(place / MODEL).get("tokens", ())
    if tokens:
        encoder = fresh_encoder()
        encoder.expect(tokens)
        encoder.save(place / FILE.name, tokens)


def find_scorer(
    folder: Path, place: Path = PLACE, encoder: Encoder | None = None
) -> tuple[Scorer | None, str]:
    """The trained scorer of a data folder; or None, and in one line why there is no sound one.

    `encoder` is what reads messages, that of this process where none is given.
    """
    path = place / MODEL
    try:
        if read_about(path).get("data", data_version(folder)) != data_version(folder):
            raise ArtefactRefused(f"{path} was trained on other data.")
        return read_scorer(path, encoder or load_encoder()), ""
    except FileNotFoundError:
        return None, f"There is no {path}."
    except (ArtefactRefused, OSError) as error:
        return None, str(error)


def warn_untrained(reason: str) -> None:
    """One line in the log for whoever runs an engine that was not trained."""
    _LOG.warning("%s Items are found by words alone, less well: `run_bot.py train` makes it.", reason)


def train_folder(
    folder: Path, place: Path = PLACE, tell: Tell = quiet, phrases: Sequence[Phrase] = ()
) -> tuple[Trained, int]:
    """Trains on a data folder and writes the artefact; returns what came of it, and its size in bytes.

    `phrases` are those that operators approved: they are folded in.
    Raises DataFaults when the data are wrong or the phrases poor, EncoderRefused when the encoder's weights
    are strange.
    """
    check_weights(WEIGHTS)
    encoder, version = fresh_encoder(), data_version(folder)
    read = read_data(folder)
    refuse_poor_phrases(read.wordings, read.menu)
    lessons, outside = lessons_of(read, phrases)
    trained = train(lessons, outside, encoder, _remembered_sights(encoder, place / CACHE), tell)
    tokens = encoder.commonest([*(lesson.text for lesson in lessons), *outside])
    about = {
        "data": version,
        "encoder": {"name": encoder.name, "sha256": weights_checksum()},
        "phrases": sorted(one.key for one in phrases),
        "tokens": tokens,
        **facts(trained),
    }
    keep_encoder(place, tokens)
    own = {"data": version, "encoder": encoder.name}
    known = _remembered_sights(encoder, place / ACTS_CACHE, place / CACHE)
    train_act_model(read, trained, encoder, known, tell).save(place / ACTS, own)
    if has_danger_lines(folder):
        _dangers_of(folder, read, encoder, place, tell).save(place / DANGERS, own)
    return trained, trained.scorer.save(place / MODEL, about)


def find_act_model(folder: Path, place: Path = PLACE, encoder: Encoder | None = None) -> ActModel | None:
    """The trained model of acts of this very data; None when there is none: rules and examples decide."""
    path = place / ACTS
    try:
        about = read_about(path)
        if about.get("data") != data_version(folder):
            return None
        encoder = encoder or load_encoder()
        fits = not encoder.size or about.get("encoder") == encoder.name
        return read_act_model(path) if fits else None
    except (ArtefactRefused, OSError):
        return None


def _dangers_of(folder: Path, read: EngineData, encoder: Encoder, place: Path, tell: Tell) -> DangerModel:
    said = danger_lessons(read, read_danger_lines(folder))
    vectors = danger_vectors(encoder, place, said, tell)
    tell("dangers", 0, 1)
    rows = zip(said, vectors, strict=True)
    model = train_dangers([DangerLesson(one.text, one.kind, one.worth, row) for one, row in rows], KINDS)
    tell("dangers", 1, 1)
    return model


def danger_vectors(encoder: Encoder, place: Path, said: Sequence[Said], tell: Tell) -> Floats:
    """The sentence vectors of what danger is learnt from; what the others keep is not kept twice."""
    caches = (place / DANGERS_CACHE, place / CACHE, place / ACTS_CACHE)
    return _remembered(encoder, *caches)([one.bare for one in said], tell)


def find_danger_model(
    folder: Path, place: Path = PLACE, encoder: Encoder | None = None
) -> DangerModel | None:
    """The second ear for danger; without one of this very data the rules listen alone, and a line says so."""
    path, encoder = place / DANGERS, encoder or load_encoder()
    if not has_danger_lines(folder):
        return None
    try:
        about = read_about(path)
        if about.get("data", data_version(folder)) != data_version(folder):
            raise ArtefactRefused(f"{path} was trained on other data")
        if encoder.size and about.get("encoder", encoder.name) != encoder.name:
            raise ArtefactRefused(f"{path} was trained with another encoder")
        return read_danger_model(path)
    except (ArtefactRefused, OSError) as error:
        if (place / MODEL).exists():  # where nothing was trained one line is enough
            _LOG.warning("Danger is heard by rules alone, less well (%s): `run_bot.py train` helps.", error)
        return None


def lessons_of(read: EngineData, phrases: Sequence[Phrase] = ()) -> tuple[list[Lesson], list[str]]:
    """Names and phrases as the scorer will meet them: regional words replaced, times, homes blanked out.

    `phrases` are those that operators approved; like names they are not held out to judge by.
    """
    own = [Example(one.items, one.text) for one in phrases]
    matcher = ItemMatcher(read.menu, (), read.wordings.same_words)

    lessons = [
        Lesson(prepared(matcher, one.text), items, one.weight, one.voice)
        for one in (*names_of(read.menu), *read.wordings.phrases, *own)
        if (items := matcher.real(one.items))
    ]
    return lessons, [prepared(matcher, text) for text in read.wordings.strange]


def _remembered(encoder: Encoder, path: Path, *also: Path) -> Vectors:
    """Sentence vectors of texts; what stands in `also` is not kept twice."""
    means = _remembered_means(encoder, path, *also)
    return lambda texts, tell: encoder.told(means(texts, tell))


def _remembered_sights(encoder: Encoder, path: Path, *also: Path) -> Sights:
    means = _remembered_means(encoder, path, *also)

    def sights(texts: Sequence[str], tell: Tell) -> Seen:
        rows = means(texts, tell)
        return Seen(rows, encoder.told(rows))

    return sights


def _remembered_means(encoder: Encoder, path: Path, *also: Path) -> Vectors:
    """What lies below the encoder's upper layers, by the text's hash: only new phrases are encoded."""

    def means(texts: Sequence[str], tell: Tell) -> Floats:
        if not encoder.size:
            return encoder.means(texts)
        others: dict[bytes, Any] = {}
        for other in also:
            others |= _read_cache(other, encoder)
        known = others | _read_cache(path, encoder)
        keys = [_key(text) for text in texts]
        fresh = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        known |= _encoded(encoder, fresh, tell)
        matrix = np.stack([known[key] for key in keys])
        _write_cache(path, encoder, {key: known[key] for key in keys if key not in others})
        return matrix.astype(np.float32)

    return means


def _encoded(encoder: Encoder, fresh: Mapping[bytes, str], tell: Tell) -> dict[bytes, NDArray[np.float16]]:
    """Texts of about the same length are encoded together, which wastes least."""
    ordered = sorted(fresh.items(), key=lambda one: len(one[1]))
    found: dict[bytes, NDArray[np.float16]] = {}
    for start in range(0, len(ordered), _BATCH):
        tell("vectors", start, len(ordered))
        some = ordered[start : start + _BATCH]
        rows = encoder.means([text for _, text in some]).astype(np.float16)
        found.update(zip((key for key, _ in some), rows, strict=True))
    tell("vectors", len(ordered), len(ordered))
    return found


def _key(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()[:16]


def _read_cache(path: Path, encoder: Encoder) -> dict[bytes, Any]:
    try:
        cache = read_artefact(path)
    except (ArtefactRefused, OSError):
        return {}
    if cache.about.get("means") != encoder.name:
        return {}
    keys, rows = bytes(cache.arrays["keys"]), cache.arrays["vectors"]
    return {keys[16 * place : 16 * place + 16]: row for place, row in enumerate(rows)}


def _write_cache(path: Path, encoder: Encoder, vectors: Mapping[bytes, Any]) -> None:
    keys = np.frombuffer(b"".join(vectors), dtype=np.uint8)
    rows = np.array(list(vectors.values()), dtype=np.float16).reshape(len(vectors), encoder.size)
    write_artefact(path, {"means": encoder.name}, {"keys": keys, "vectors": rows})
