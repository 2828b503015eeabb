"""What the pages of the calendar show, as plain values."""

from dataclasses import dataclass

from backend.desk.estate_links import EstateLink
from backend.desk.views import Choice, FieldView, Link, QueueRow


@dataclass(frozen=True, slots=True)
class SlotView:
    """One visit. ``at`` and ``length``: quarters of an hour in its lane; ``column`` of ``columns`` beside it.

    ``person``: id of whoever goes, "" for nobody yet. ``move``: the address of its form, "" where the reader
    may not move it. ``agreed``: what it was planned in spite of, with the reason. ``call`` and ``map``: for
    the phone, "" where there is none.
    """

    row: QueueRow
    person: str
    who: str
    time: str
    begins: str
    at: int
    length: int
    column: int
    columns: int
    is_loose: bool
    is_over: bool
    conflicts: tuple[str, ...]
    agreed: tuple[str, ...]
    move: str
    call: str
    map: str


@dataclass(frozen=True, slots=True)
class BandView:
    """A stretch of a lane in which nobody is expected, with the reason in words."""

    kind: str
    at: int
    length: int
    text: str


@dataclass(frozen=True, slots=True)
class LaneView:
    """One person's day. ``person``: their id, "" for visits that nobody was named for yet."""

    person: str
    name: str
    note: str
    columns: int
    slots: tuple[SlotView, ...]
    loose: tuple[SlotView, ...]
    bands: tuple[BandView, ...]
    plan: str


@dataclass(frozen=True, slots=True)
class DayView:
    """One day as a list: in the week, and as a phone's agenda. ``note``: why it is closed, or its hours."""

    day: str
    label: str
    href: str
    is_today: bool
    is_closed: bool
    note: str
    slots: tuple[SlotView, ...]


@dataclass(frozen=True, slots=True)
class HourView:
    at: int
    label: str
    time: str


@dataclass(frozen=True, slots=True)
class GridView:
    """The sheet of one day. ``start`` (ISO, UTC): where it begins; ``now_at``: the quarter of now, or -1."""

    start: str
    total: int
    now_at: int
    hours: tuple[HourView, ...]
    lanes: tuple[LaneView, ...]


@dataclass(frozen=True, slots=True)
class WaitView:
    """A ticket that waits for a time; ``since`` says how long."""

    row: QueueRow
    move: str
    since: str


@dataclass(frozen=True, slots=True)
class DutyView:
    href: str
    title: str
    home: str
    due: str


@dataclass(frozen=True, slots=True)
class Trouble:
    """One conflict in words, with the visit it is about."""

    href: str
    label: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BoardView:
    """The whole calendar page. ``filters`` are its fields; ``hidden`` what the address says beside them.

    ``estates``: the same day of each of the reader's estates, where they have several.
    """

    title: str
    span: str
    day: str
    view: str
    here: str
    views: tuple[tuple[str, str, bool], ...]
    earlier: str
    later: str
    now: str
    export: str
    paper: str
    plan: str
    clear: str
    filters: tuple[FieldView, ...]
    hidden: tuple[tuple[str, str], ...]
    grid: GridView | None
    days: tuple[DayView, ...]
    troubles: tuple[Trouble, ...]
    waiting: tuple[WaitView, ...]
    duties: tuple[DutyView, ...]
    count: int
    is_cut: bool
    note: str
    day_note: str
    estates: tuple[EstateLink, ...] = ()


@dataclass(frozen=True, slots=True)
class MoveView:
    """The form that fixes a visit: ``conflicts`` are what speaks against what stands in it.

    ``said``: what the resident would read, in the language of ``said_lang``; ``tell``: the choice whether
    they do, None where nothing can be sent; ``call_off``: where the visit alone is called off,
    ``cancel``: where the whole ticket is cancelled, each "" where it cannot be.
    """

    title: str
    row: QueueRow
    now: str
    fields: tuple[FieldView, ...]
    conflicts: tuple[str, ...]
    reason: FieldView
    told: str
    said: str
    said_lang: str
    tell: FieldView | None
    call_off: str
    cancel: str
    error: str
    back: str
    version: int
    is_possible: bool


@dataclass(frozen=True, slots=True)
class PickView:
    """What may be planned at a free time: tickets that wait, or a new one."""

    title: str
    when: str
    waiting: tuple[WaitView, ...]
    fresh: str
    back: str
    more: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class PaperView:
    """A day on paper."""

    title: str
    day: str
    note: str
    back: str
    slots: tuple[SlotView, ...]


__all__ = [
    "BandView", "BoardView", "Choice", "DayView", "DutyView", "GridView", "HourView", "LaneView", "MoveView",
    "PaperView", "PickView", "SlotView", "Trouble", "WaitView",
]  # fmt: skip
