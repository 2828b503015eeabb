"""A long list of which a page shows one part: how many there are, and where the next part begins. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from locales import t

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Part(Generic[R]):
    """The rows that are shown, of ``count``; ``extent`` says both beside the list's heading.

    ``most``: of a part; ``next_href``, ``first_href``: addresses of those parts, "" for none.
    """

    rows: tuple[R, ...]
    count: int
    extent: str
    most: int = 0
    next_href: str = ""
    first_href: str = ""


@dataclass(frozen=True, slots=True)
class Cut(Generic[R]):
    """How a list is cut: after ``most`` rows, of which ``cursor`` gives where the next part begins.

    ``is_first``: this is the first part; ``path``, ``name`` and ``anchor`` make the address of another one.
    """

    most: int
    is_first: bool
    cursor: Callable[[R], object]
    path: str
    name: str = "before"
    anchor: str = ""

    def href(self, cursor: object = None) -> str:
        """Return the address of the part after this row, else of the first one."""
        joint = "&" if "?" in self.path else "?"
        asked = "" if cursor is None else f"{joint}{self.name}={cursor}"
        return f"{self.path}{asked}{self.anchor}"


def part_of(language: str, found: Sequence[R], cut: Cut[R], count: Callable[[], int]) -> Part[R]:
    """Return the part to show; ``found`` has one row beyond it where there are more.

    ``count`` is asked only where the list is longer than the part.
    """
    shown, has_more = tuple(found[: cut.most]), len(found) > cut.most
    total = count() if has_more or not cut.is_first else len(shown)
    return Part(
        rows=shown,
        count=total,
        extent=_extent(language, len(shown), total),
        most=cut.most,
        next_href=cut.href(cut.cursor(shown[-1])) if has_more else "",
        first_href="" if cut.is_first else cut.href(),
    )


def _extent(language: str, shown: int, count: int) -> str:
    if shown == count:
        return str(count) if count else ""
    return t(language, "{shown} of {count}", shown=shown, count=count)
