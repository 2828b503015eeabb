"""The body of `run_bot.py train`: a bar for each step, then what came of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from intents.additions import Phrase
from intents.encoder import EncoderRefused
from intents.loader import DATA
from intents.trained import PLACE, is_up_to_date, keep_encoder, train_folder
from intents.training import Tell, describe

_STEPS = {
    "vectors": "Reading new phrases",
    "held out": "Judging phrases of writers left out",
    "lens": "Fitting the encoder's upper layers",
    "lens, once more": "Fitting them to all phrases",
    "index": "Writing the index",
}


def train_and_tell(
    console: Console,
    *,
    if_changed: bool,
    folder: Path = DATA,
    place: Path = PLACE,
    phrases: Callable[[], Sequence[Phrase]] = list,
) -> bool:
    """Trains and says what came of it; False when `if_changed` and there is nothing to do.

    `phrases` gives those that operators approved; they take effect without a training, so that they alone
    are no change that needs one.
    Raises DataFaults when the data are wrong, EncoderRefused when the encoder's weights are strange.
    """
    if if_changed and is_up_to_date(folder, place):
        keep_encoder(place)
        return False
    own = phrases()
    console.print("Training the understanding (on two cores about four minutes) …")
    with bars(console) as tell:
        trained, size = train_folder(folder, place, tell, own)
    for line in describe(trained):
        console.print(line)
    if own:
        console.print(f"Phrases approved by operators, folded in: {len(own)}.")
    console.print(
        f"Trained: {len(trained.scorer.items)} services, {size / 1e6:.1f} MB in {place}.", markup=False
    )
    return True


@contextmanager
def bars(console: Console) -> Iterator[Tell]:
    """Shows a bar for each step of a training; what it gives is to be told of the progress."""
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        tasks: dict[str, TaskID] = {}

        def tell(step: str, done: int, total: int) -> None:
            if step not in tasks:
                tasks[step] = progress.add_task(_STEPS.get(step, step), total=total)
            progress.update(tasks[step], completed=done, total=total)

        yield tell


__all__ = ["EncoderRefused", "train_and_tell"]
