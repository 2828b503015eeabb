"""Run every measurement, or the ones named: ``python -m benchmarks understanding turns``."""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy loads

import sys
from collections.abc import Callable, Iterator
from typing import Final

from rich.console import Console
from rich.progress import track
from rich.table import Table

from benchmarks import arriving, carrying, clocks, desks, serving, turns, understanding, watching
from benchmarks.measure import Figure
from benchmarks.sets import NoSets, find_sets

ALL: Final[dict[str, Callable[[], Iterator[Figure]]]] = {
    "understanding": understanding.measure,
    "turns": turns.measure,
    "clocks": clocks.measure,
    "desks": desks.measure,
    "serving": serving.measure,
    "watching": watching.measure,
    "arriving": arriving.measure,
    "carrying": carrying.measure,
    "answering": carrying.measure_whole,
}


def main(names: list[str]) -> int:
    console = Console()
    unknown = [name for name in names if name not in ALL]
    if unknown:
        console.print(f"There is no measurement {', '.join(unknown)}; there are {', '.join(ALL)}.")
        return 2
    try:
        find_sets()  # before minutes of measuring, not after
    except NoSets as error:
        console.print(str(error), markup=False)
        return 2
    if not console.is_terminal:
        console.width = max(console.width, 120)
    table = Table("what", "measured", "promised", "", "beside it", title="Guanjia 管家")
    for name in track(names or list(ALL), description="Measuring", console=console):
        for figure in ALL[name]():
            table.add_row(figure.what, figure.measured, figure.promise, figure.mark, figure.aside)
    console.print(table)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
