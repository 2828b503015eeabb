"""Learns the weights of intents/danger_model.py: `python -m tools.learn_dangers`.

From the lines of emergency_lines.toml and emergency_learnt.toml of tests/intents (danger, and what sounds
alike), the fixed words of danger, and all phrases of ordinary services. Needs scikit-learn, of the dev extra.
"""

import tomllib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from intents.danger_model import BUCKETS, DangerModel, rows_of
from intents.danger_words import folded
from intents.dangers import ALIKE
from intents.emergency import ITEM_OF_KIND, EmergencyDetector
from intents.loader import DATA
from intents.reading import EngineData, read_data

HOUSE = Path(__file__).resolve().parent.parent
_TESTS = HOUSE / "tests" / "intents"
LINES = (_TESTS / "emergency_lines.toml", _TESTS / "emergency_learnt.toml")
_SPREAD = 0.35  # what one feature counts for; keeps the weights of rare ones small
_ALARMING = frozenset(ITEM_OF_KIND.values()) | {"common.fire.panic-button"}


def labelled_lines() -> list[tuple[str, bool]]:
    """Lines and whether each tells of danger."""
    tables = [tomllib.loads(path.read_text(encoding="utf-8")) for path in LINES]
    return [
        (text, kind != "none")
        for table in tables
        for kind, said in table.items()
        for side in said.values()
        for text in side
    ]


def phrases(data: EngineData) -> list[tuple[str, bool]]:
    """What residents say of all else and, as danger, phrases of emergencies.

    What the rules alone hear otherwise than the phrase is filed is left out: it may be either.
    """
    rules = EmergencyDetector(replace(data.dangers, model=None))
    kept: list[tuple[str, bool]] = []
    for one in data.wordings.phrases:
        alarming = bool(_ALARMING.intersection(one.items))
        if (rules.find(one.text) is not None) == alarming:
            kept.append((one.text, alarming))
    fixed = [
        word for name, words in data.dangers.fixed.items() if not name.startswith(ALIKE) for word in words
    ]
    calm = [*data.wordings.strange, *(text for _, text in data.wordings.questions)]
    return kept + [(word.rstrip("*"), True) for word in fixed] + [(text, False) for text in calm]


def learn(lines: Sequence[tuple[str, bool]], others: Sequence[tuple[str, bool]]) -> DangerModel:
    """The model of lines (each worth eight) and phrases (those of danger worth two)."""
    both = [*lines, *others]
    labels = np.array([danger for _, danger in both])
    worth = np.where(np.arange(len(both)) < len(lines), 8.0, np.where(labels, 2.0, 1.0))
    vectors = DictVectorizer()
    rows = rows_of(folded(text) for text, _ in both)
    counted = vectors.fit_transform([{str(bucket): _SPREAD for bucket in row} for row in rows])
    model = LogisticRegression(C=1.0, max_iter=300).fit(counted, labels, sample_weight=worth)
    weights = np.zeros(BUCKETS)
    weights[[int(name) for name in vectors.get_feature_names_out()]] = model.coef_[0] * _SPREAD
    return DangerModel.of(weights, float(model.intercept_[0]))


def main() -> None:
    learn(labelled_lines(), phrases(read_data())).save(DATA)


if __name__ == "__main__":
    main()
