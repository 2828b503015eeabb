"""The holes of a sentence, ``{name}``, and whether another wording has exactly the same. Pure."""

from string import Formatter


def holes_of(text: str) -> frozenset[str] | None:
    """Return the names of the holes; None when a brace is left over or a hole is more than a name."""
    try:
        parts = [(name, form, turn) for _, name, form, turn in Formatter().parse(text) if name is not None]
    except ValueError:
        return None
    if any(form or turn or not name.isidentifier() for name, form, turn in parts):
        return None
    return frozenset(name for name, _, _ in parts)
