"""The regression that weighs single examples: when it is there, what it says, and that it is kept."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from intents import training
from intents.encoder import NoEncoder, load_encoder
from intents.kernel import Kernel, fit
from intents.likeness import Floats
from intents.scorer import read_scorer
from intents.sparse import Index, Query, counted
from intents.training import Lesson, encoded, train

SAID = {
    "balance": ("how much money have I", "what is my balance", "tell me the balance", "money in my account"),
    "lost": ("my card is lost", "I cannot find my card", "somebody stole the card", "card went missing"),
    "rate": ("what is the exchange rate", "euro to dollar rate", "rate for pounds today", "exchange rates"),
}
LESSONS = [Lesson(text, (label,)) for label, texts in SAID.items() for text in texts]


def fitted(vectors: Floats, texts: list[str], labels: list[int]) -> tuple[Kernel, list[Query]]:
    vocabulary, found = counted(texts)
    index = Index.build(found, len(vocabulary))
    rows, classes = np.arange(len(texts), dtype=np.int32), np.array(labels, dtype=np.int32)
    arrays = fit(found, index, vectors, rows, classes, max(labels) + 1)
    return Kernel(arrays, index), [vocabulary.query(text) for text in texts]


def test_every_example_speaks_for_its_own_class() -> None:
    texts = [text for texts in SAID.values() for text in texts]
    labels = [number for number, texts in enumerate(SAID.values()) for _ in texts]
    vectors = load_encoder().vectors(texts)
    kernel, queries = fitted(vectors, texts, labels)
    told = [int(kernel.scores(*pair).argmax()) for pair in zip(queries, vectors, strict=True)]
    assert told == labels


def test_words_alone_part_classes_that_mean_the_same() -> None:
    vectors = np.tile(np.eye(1, 4, dtype=np.float32), (4, 1))
    kernel, queries = fitted(vectors, ["red lamp", "red light", "blue lamp", "blue light"], [0, 0, 1, 1])
    assert [int(kernel.scores(query, vectors[0]).argmax()) for query in queries] == [0, 0, 1, 1]


def test_it_is_there_for_few_examples_and_kept_in_the_artefact(tmp_path: Path) -> None:
    encoder = load_encoder()
    scorer = train(LESSONS, ["sing a song"], encoder, encoded(encoder)).scorer
    assert scorer.space.names[-1] == "kernel"
    assert len(scorer.weights.fusion) == len(scorer.space.names)
    scorer.save(tmp_path / "scorer.bin", {"encoder": {"name": encoder.name}})
    again = read_scorer(tmp_path / "scorer.bin", encoder)
    for text in ("where is my card", "dollars to euros"):
        assert again.scores(text) == scorer.scores(text)


def test_many_examples_and_no_vectors_go_without_it(monkeypatch: pytest.MonkeyPatch) -> None:
    blind = train(LESSONS, [], NoEncoder(), encoded(NoEncoder())).scorer
    assert "kernel" not in blind.space.names
    monkeypatch.setattr(training, "FEW", len(LESSONS) - 1)
    encoder = load_encoder()
    assert "kernel" not in train(LESSONS, [], encoder, encoded(encoder)).scorer.space.names


def test_a_lesson_of_two_labels_speaks_for_both() -> None:
    both = [*LESSONS, replace(LESSONS[0], text="account statement of the card", labels=("balance", "lost"))]
    encoder = load_encoder()
    ranked = train(both, [], encoder, encoded(encoder)).scorer.scores("account statement of the card").ranked
    assert {one.item for one in ranked[:2]} == {"balance", "lost"}
