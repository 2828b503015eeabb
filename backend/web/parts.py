"""The fields of a filter form, as pages of several rooms show them: plain values, already worded. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a select."""

    value: str
    label: str
    is_on: bool = False


@dataclass(frozen=True, slots=True)
class Filter:
    """One field of a filter form: a select with ``options``, else an input of ``kind``."""

    name: str
    label: str
    value: str = ""
    kind: str = "select"
    options: tuple[Option, ...] = ()
