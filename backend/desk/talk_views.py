"""Plain values of a conversation that two languages or two butlers meet in."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Translated:
    """A message's other wording. ``label`` says whose it is: a machine's, or ours in both languages."""

    label: str
    text: str
    lang: str
    is_machine: bool


@dataclass(frozen=True, slots=True)
class Watching:
    """Who else has this ticket open, in words; ``typing``: who of them is writing, as a warning.

    ``me``: the reader's own id, so that a page knows the echo of its own sign of life.
    """

    text: str
    typing: str = ""
    me: int = 0
