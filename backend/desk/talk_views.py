"""Plain values of a conversation: its files, two languages, two butlers; and the way from it to the place."""

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


@dataclass(frozen=True, slots=True)
class FileView:
    """``state`` is here, expected or missing; ``note`` says why it is not here (then ``url`` is empty).

    A photo that is here has a ``small`` copy to show, and words for whoever cannot see it; ``width`` and
    ``height`` in which it is drawn, 0 where they are not known.
    """

    name: str
    url: str
    kind: str  # photo | voice | video | document
    state: str = "here"
    note: str = ""
    size: str = ""
    small: str = ""
    label: str = ""
    width: int = 0
    height: int = 0


@dataclass(frozen=True, slots=True)
class WayOnSite:
    """A link to the page of the work on site. ``is_near``: somebody wants it today."""

    href: str
    label: str
    is_near: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """A location that somebody sent."""

    title: str
    coordinates: str
    href: str
