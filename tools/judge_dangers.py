"""How well danger is heard in the words of somebody new: `python -m tools.judge_dangers [FOLDER]`.

Leaves out the lines of one file of intents/data/dangers after the other, with a part of the ordinary phrases,
trains on the rest and reports what is heard and raised, with sentence vectors and by words alone. FOLDER is
where a training lies whose vectors may be used (var/understanding).
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from intents.danger_lessons import FIXED, danger_lessons, read_danger_lines
from intents.danger_model import DangerLesson, Vector, no_vector, train_dangers
from intents.danger_words import folded
from intents.dangers import KINDS
from intents.emergency import EmergencyDetector
from intents.encoder import load_encoder
from intents.loader import DATA
from intents.reading import EngineData, read_data
from intents.trained import PLACE, danger_vectors
from intents.training import quiet

_PARTS = 6  # of the ordinary phrases, one is left out


def judged(
    read: EngineData, lessons: Sequence[DangerLesson], texts: Sequence[str], out: set[str], part: int
) -> Iterator[str]:
    """What comes of a training without some texts and without one part of the ordinary phrases."""
    ordinary = {number for number, one in enumerate(lessons) if one.worth < FIXED and number % _PARTS == part}
    left = {number for number, text in enumerate(texts) if text in out}
    model = train_dangers([one for number, one in enumerate(lessons) if number not in left | ordinary], KINDS)
    detector = EmergencyDetector(read.dangers, model)
    for way in ("seeing", "blind") if lessons[0].vector.size else ("blind",):
        found = {
            number: detector.find(
                texts[number], _vector_of(lessons[number]) if way == "seeing" else no_vector
            )
            for number in sorted(left | ordinary)
        }
        yield f"{way:7} {_told(lessons, found, left)} {_alarmed(lessons, found, ordinary)}"


def _vector_of(lesson: DangerLesson) -> Vector:
    return lambda: lesson.vector


def _told(lessons: Sequence[DangerLesson], found: Mapping[int, str | None], left: set[int]) -> str:
    danger = [number for number in left if lessons[number].kind]
    heard = [number for number in danger if found[number]]
    right = sum(found[number] == lessons[number].kind for number in heard)
    calm = [number for number in left if not lessons[number].kind]
    raised = sum(found[number] is not None for number in calm)
    return (
        f"heard {len(heard)} of {len(danger)} ({len(heard) / len(danger):.1%}), {right} as the right kind;"
        f" raised {raised} of {len(calm)} look-alikes ({raised / len(calm):.1%})"
    )


def _alarmed(lessons: Sequence[DangerLesson], found: Mapping[int, str | None], ordinary: set[int]) -> str:
    calm = [number for number in ordinary if not lessons[number].kind]
    raised = sum(found[number] is not None for number in calm)
    return f"and {raised} of {len(calm)} ordinary phrases ({raised / len(calm):.2%})"


def main(arguments: list[str]) -> None:
    read, lines = read_data(), read_danger_lines(DATA)
    said = danger_lessons(read, lines)
    vectors = danger_vectors(load_encoder(), Path(arguments[0]) if arguments else PLACE, said, quiet)
    lessons = [
        DangerLesson(one.text, one.kind, one.worth, row) for one, row in zip(said, vectors, strict=True)
    ]
    texts = [one.text for one in said]
    for part, (name, own) in enumerate(lines.items()):
        for line in judged(read, lessons, texts, {folded(text) for _, text in own}, part % _PARTS):
            print(f"{name}: {line}", flush=True)  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1:])
