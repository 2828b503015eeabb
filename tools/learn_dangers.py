"""Learns the weights of intents/danger_model.py: `python -m tools.learn_dangers`.

From the lines of tests/intents/emergency_lines.toml and tools/danger_lines.toml (danger, and what only sounds
alike), the fixed words of danger, and all phrases of ordinary services. Needs scikit-learn, of the dev extra.
"""

import tomllib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from intents.danger_model import BUCKETS, DangerModel, rows_of
from intents.danger_words import folded
from intents.dangers import ALIKE
from intents.emergency import ITEM_OF_KIND, EmergencyDetector
from intents.loader import DATA
from intents.reading import EngineData, read_data

HOUSE = Path(__file__).resolve().parent.parent
LINES = (HOUSE / "tests" / "intents" / "emergency_lines.toml", HOUSE / "tools" / "danger_lines.toml")
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
    """Phrases of services and, as danger, those of emergencies; what the rules alone hear elsewhere is left out."""
    rules = EmergencyDetector(replace(data.dangers, model=None))
    kept: list[tuple[str, bool]] = []
    for one in data.wordings.phrases:
        alarming = bool(_ALARMING.intersection(one.items))
        if (rules.find(one.text) is not None) == alarming:
            kept.append((one.text, alarming))
    fixed = [
        word for name, words in data.dangers.fixed.items() if not name.startswith(ALIKE) for word in words
    ]
    return kept + [(word.rstrip("*"), True) for word in fixed]


def learn(lines: Sequence[tuple[str, bool]], others: Sequence[tuple[str, bool]]) -> DangerModel:
    """The model of lines (each worth eight) and phrases (those of danger worth two)."""
    both = [*lines, *others]
    labels = np.array([danger for _, danger in both])
    worth = np.where(np.arange(len(both)) < len(lines), 8.0, np.where(labels, 2.0, 1.0))
    rows = rows_of(folded(text) for text, _ in both)
    model = LogisticRegression(C=1.0, max_iter=300).fit(_matrix(rows), labels, sample_weight=worth)
    return DangerModel.of(model.coef_[0] * _SPREAD, float(model.intercept_[0]))


def _matrix(rows: Sequence[NDArray[np.int64]]) -> csr_matrix:
    ends = np.concatenate([[0], np.cumsum([len(row) for row in rows])])
    values = np.full(int(ends[-1]), _SPREAD, dtype=np.float32)
    return csr_matrix((values, np.concatenate(rows), ends), shape=(len(rows), BUCKETS))


def main() -> None:
    learn(labelled_lines(), phrases(read_data())).save(DATA)


if __name__ == "__main__":
    main()
