"""What the pages of homes and residents show: plain values, worded in the viewer's language."""

from dataclasses import dataclass, field

from backend.desk.views import Empty, Fact, FieldView, Link, Pill, Tab


@dataclass(frozen=True, slots=True)
class Branch:
    """A building or unit of the tree, with its counts; ``late`` is red."""

    label: str
    href: str
    homes: str
    open: int
    late: int
    is_on: bool = False


@dataclass(frozen=True, slots=True)
class HomeRow:
    """One home of a list: who lives there, who answers for it, what is open."""

    href: str
    name: str
    code: str
    people: str
    butler: str
    open: int
    late: int


@dataclass(frozen=True, slots=True)
class Export:
    """A button that gives a list of homes as a sheet; ``fields``: the filter, as it travels with the form."""

    label: str
    fields: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class TreeView:
    title: str
    search: str
    estates: tuple[Tab, ...]
    estate: str
    branches: tuple[Branch, ...]
    units: tuple[Branch, ...]
    heading: str
    rows: tuple[HomeRow, ...]
    building: str = ""
    summary: str = ""
    next_href: str = ""
    first_href: str = ""
    extent: str = ""
    empty: Empty | None = None
    may_edit: bool = False
    exports: tuple[Export, ...] = ()


@dataclass(frozen=True, slots=True)
class ChatView:
    """One chat of a resident: its channel, and whether they can be reached there."""

    icon: str
    name: str
    state: str
    is_lost: bool = False


@dataclass(frozen=True, slots=True)
class PersonView:
    id: int
    href: str
    name: str
    kind: str
    language: str
    since: str
    phone: str
    called: str = ""
    chats: tuple[ChatView, ...] = ()
    consents: tuple[str, ...] = ()
    phone_path: str = ""
    out_path: str = ""
    whole_phone: str = ""
    tel: str = ""


@dataclass(frozen=True, slots=True)
class TicketLine:
    number: int
    href: str
    name: str
    step: str
    pill: Pill
    day: str
    who: str = ""


@dataclass(frozen=True, slots=True)
class RemarkView:
    text: str
    who: str
    time: str
    at: str
    remove_path: str = ""


@dataclass(frozen=True, slots=True)
class InvitationView:
    """An invitation that still works; its code is not known any more."""

    text: str
    detail: str
    withdraw_path: str


@dataclass(frozen=True, slots=True)
class HomeView:
    id: int
    title: str
    code: str
    facts: tuple[Fact, ...]
    people: tuple[PersonView, ...]
    former: tuple[PersonView, ...]
    open: tuple[TicketLine, ...]
    past: tuple[TicketLine, ...]
    remarks: tuple[RemarkView, ...]
    invitations: tuple[InvitationView, ...]
    back: Link
    butler_fields: tuple[FieldView, ...] = ()
    invite_fields: tuple[FieldView, ...] = ()
    remark_field: FieldView | None = None
    past_href: str = ""
    first_href: str = ""
    may_edit: bool = False
    open_form: str = ""
    errors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ResidentView:
    id: int
    title: str
    person: PersonView
    homes: tuple[Fact, ...]
    fields: tuple[FieldView, ...]
    remarks: tuple[RemarkView, ...]
    remark_field: FieldView
    open: tuple[TicketLine, ...]
    past: tuple[TicketLine, ...]
    alike: tuple[Link, ...] = ()
    state: str = ""
    error: str = ""
    may_edit: bool = False
    past_href: str = ""
    first_href: str = ""


@dataclass(frozen=True, slots=True)
class CardLine:
    """A line of the printed invitation, in one of its two languages."""

    lang: str
    text: str


@dataclass(frozen=True, slots=True)
class CardView:
    """An invitation as it is printed or read out; ``svg`` is a QR code drawn by us.

    ``notice``: why the card would be of no use to a resident.
    """

    title: str
    code: str
    estate: tuple[CardLine, ...]
    lines: tuple[CardLine, ...]
    back: Link
    svg: str = ""
    link: str = ""
    telegram: str = ""
    spoken: str = ""
    notice: str = ""
    home: tuple[CardLine, ...] = ()


@dataclass(frozen=True, slots=True)
class SlipsView:
    """The slips of one print run; ``left`` says how many homes wait for the next, ``made_at`` is its mark."""

    title: str
    cards: tuple[CardView, ...]
    count: str
    left: str
    notice: str
    back: Link
    estate: str
    building: str
    made_at: str


@dataclass(frozen=True, slots=True)
class SideView:
    """One of two residents who may be the same person."""

    id: int
    name: str
    facts: tuple[Fact, ...]
    is_newer: bool


@dataclass(frozen=True, slots=True)
class MergeView:
    title: str
    resident_id: int
    back: Link
    sides: tuple[SideView, ...] = ()
    search: str = ""
    found: tuple[Link, ...] = ()
    error: str = ""
    goes: int = 0


@dataclass(frozen=True, slots=True)
class FaultLine:
    where: str
    text: str


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """What a row adds or changes, in words."""

    row: int
    home: str
    text: str


@dataclass(frozen=True, slots=True)
class DryRunView:
    """What was read and what would come of it; ``state``: read, running or done."""

    id: str
    title: str
    file: str
    state: str
    counts: tuple[Fact, ...]
    faults: tuple[FaultLine, ...]
    changes: tuple[ChangeLine, ...]
    notes: tuple[str, ...] = ()
    more_faults: str = ""
    more_changes: str = ""
    doubts: tuple[FaultLine, ...] = ()
    more_doubts: str = ""
    submit: str = ""
    done: int = 0
    total: int = 0
    progress: str = ""
    links: tuple[Link, ...] = field(default=())
