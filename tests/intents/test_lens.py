"""The encoder's upper layers, fitted: they tell labels apart that the encoder itself hardly does."""

import numpy as np
import pytest

from intents.encoder import load_encoder
from intents.lens import Fitting, Lens, Lessons

TEXTS = ("the tap drips", "水龙头滴水", "tap won't close", "the drain is slow", "下水慢", "the drain gurgles")
LABELS = (0, 0, 0, 1, 1, 1)


@pytest.fixture(scope="module")
def lessons() -> Lessons:
    rows = np.arange(len(TEXTS), dtype=np.int32)
    return Lessons(load_encoder().means(TEXTS), rows, np.array(LABELS, dtype=np.int32), 2)


def fitted(lessons: Lessons, passes: int) -> Lens:
    fitting = Fitting(lessons, load_encoder().layers)
    fitting.learn(lessons, passes)
    return Lens(fitting.arrays())


def test_every_text_comes_nearer_to_its_own_label(lessons: Lessons) -> None:
    before, after = fitted(lessons, 0), fitted(lessons, 30)
    for mean, label in zip(lessons.means, LABELS, strict=True):
        first, then = before.scores(mean), after.scores(mean)
        assert then[label] - then[1 - label] > first[label] - first[1 - label]


def test_what_was_never_said_goes_with_what_is_like_it(lessons: Lessons) -> None:
    lens = fitted(lessons, 30)
    tap, drain = load_encoder().means(["water keeps dripping from the tap", "sink drains slowly"])
    assert lens.scores(tap).argmax() == 0
    assert lens.scores(drain).argmax() == 1


def test_the_slopes_are_those_of_the_surprise(lessons: Lessons) -> None:
    fitting = Fitting(lessons, load_encoder().layers)
    wanted = lessons.wanted()
    layers = fitting._learnt
    slopes = fitting._slopes(lessons.means, wanted)

    def surprise() -> float:
        lens = Lens({f"lens.{name}": layer for name, layer in layers.items()})
        classes = layers["classes"] / np.linalg.norm(layers["classes"], axis=1, keepdims=True)
        lens._classes = classes
        scores = 20.0 * np.stack([lens.scores(mean) for mean in lessons.means]).astype(np.float64)
        chances = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
        return -float((wanted * np.log(chances)).sum(axis=1).mean())

    for name in ("d0", "p3", "classes"):
        way = slopes[name] / np.linalg.norm(slopes[name])
        step = np.float32(1e-2)
        layers[name] = layers[name] + step * way
        above = surprise()
        layers[name] = layers[name] - 2 * step * way
        below = surprise()
        layers[name] = layers[name] + step * way
        assert (above - below) / (2 * step) == pytest.approx(float((slopes[name] * way).sum()), rel=0.05)


def test_the_same_lessons_give_the_same_lens(lessons: Lessons) -> None:
    one, other = fitted(lessons, 3), fitted(lessons, 3)
    assert np.allclose(one.scores(lessons.means[0]), other.scores(lessons.means[0]), atol=1e-3)
