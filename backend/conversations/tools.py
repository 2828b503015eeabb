"""What the conversation is given once at the start and passes on: no globals, no hidden state."""

from dataclasses import dataclass

from backend.clock import Clock
from backend.db import Database
from backend.settings import Settings
from backend.vault import Vault
from intents.menu import Menu
from intents.understand import Engine


@dataclass(slots=True, eq=False)
class Tools:
    """Database, clock, vault, settings and the understanding engine of this process.

    The engine alone may be replaced (``backend.engine_watch``); a turn keeps the one that it began with.
    """

    db: Database
    clock: Clock
    vault: Vault
    settings: Settings
    engine: Engine

    @property
    def menu(self) -> Menu:
        return self.engine.menu
