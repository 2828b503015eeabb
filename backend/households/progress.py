"""How far imports of this process are, for the bar on their page.

An import is one transaction: nobody outside can read how far it is. So this process remembers; another web
process that is asked shows a bar without a length, and the row says when it is done.
"""

from dataclasses import dataclass, field
from threading import Lock


@dataclass
class Progress:
    """Imports under way by id: (rows done, rows in all)."""

    _running: dict[str, tuple[int, int]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def begin(self, import_id: str) -> bool:
        """False when it is under way here already."""
        with self._lock:
            if import_id in self._running:
                return False
            self._running[import_id] = (0, 0)
            return True

    def tell(self, import_id: str, done: int, total: int) -> None:
        with self._lock:
            self._running[import_id] = (done, total)

    def end(self, import_id: str) -> None:
        with self._lock:
            self._running.pop(import_id, None)

    def of(self, import_id: str) -> tuple[int, int] | None:
        with self._lock:
            return self._running.get(import_id)


#: one for the process
IMPORTS = Progress()
