"""What a page shows: plain values, worded in the viewer's language. No row of the database gets past here."""

from dataclasses import dataclass, field
from datetime import datetime

from backend.desk.talk_views import FileView, Place, Translated, Watching, WayOnSite


@dataclass(frozen=True, slots=True)
class Pill:
    """One deadline as a pill. ``due`` and ``warn`` (ISO, UTC) are set only where the clock runs and ticks."""

    state: str  # ok | soon | late | paused | done | missed | none
    icon: str
    word: str
    span: str = ""
    clock: str = ""
    wall: str = ""
    due: str = ""
    warn: str = ""


@dataclass(frozen=True, slots=True)
class Tag:
    """A short mark with its long meaning (hover, screen reader)."""

    text: str
    label: str
    lang: str = ""


@dataclass(frozen=True, slots=True)
class Symbol:
    """An icon with its text for those who do not see it."""

    name: str
    label: str


@dataclass(frozen=True, slots=True)
class Step:
    """The one primary action of a row: pressed at once (``is_post``) or opened on the ticket page."""

    name: str
    label: str
    href: str
    is_post: bool = False


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One ticket, draft or incident. ``key`` is its stable id (``t1042``), ``rank`` sorts as the server does.

    ``part``: the incident the ticket belongs to; ``why``: why it stands where it stands; ``can_pick``: it can
    be ticked, to do something to several at once.
    """

    key: str
    number: int
    href: str
    version: int
    rank: str
    symbol: Symbol
    title: str
    words: str
    words_lang: str
    step: str
    pill: Pill
    home: str
    resident: str
    tag: Tag | None
    channel: Symbol
    assignee: str = ""
    news: str = ""
    unreachable: str = ""
    is_urgent: bool = False
    is_draft: bool = False
    action: Step | None = None
    part: "Link | None" = None
    why: str = ""
    can_pick: bool = False


@dataclass(frozen=True, slots=True)
class Chip:
    state: str
    icon: str
    label: str
    count: int
    href: str
    is_on: bool
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Tab:
    label: str
    count: int
    href: str
    is_on: bool


@dataclass(frozen=True, slots=True)
class Link:
    label: str
    href: str


@dataclass(frozen=True, slots=True)
class Empty:
    """What an empty list says, and the ways out of it."""

    title: str
    text: str
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class QueueView:
    title: str
    heading: str
    tabs: tuple[Tab, ...]
    chips: tuple[Chip, ...]
    rows: tuple[QueueRow, ...]
    query: str
    search: str
    rows_href: str
    empty: Empty | None = None
    clear_href: str = ""
    next_href: str = ""
    first_href: str = ""
    handed: str = ""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of a message on its way. ``state``: waiting, sent, failed or dead."""

    state: str
    icon: str
    text: str
    can_resend: bool = False


@dataclass(frozen=True, slots=True)
class Wording:
    """One wording of an edited message; ``label`` says until when it stood."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Quote:
    """The message that another one answers; ``href`` is empty when it is not on the page."""

    who: str
    text: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class OutOfReach:
    """Somebody who cannot be written to, and how to call them instead."""

    text: str
    phone: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class MessageView:
    """``kind`` is resident, butler, bot, system or note; ``day`` is set where a new day begins.

    ``key`` names the message in the address of "send again". ``is_remark``: the text is ours, in words for
    something that has none. ``wordings``: the earlier ones of an edited message, then the present one.
    """

    id: str
    kind: str
    who: str
    text: str
    lang: str
    time: str
    at: str
    full_time: str
    day: str = ""
    key: int = 0
    is_remark: bool = False
    files: tuple[FileView, ...] = ()
    delivery: Delivery | None = None
    edited: str = ""
    wordings: tuple[Wording, ...] = ()
    reaction: str = ""
    quote: Quote | None = None
    place: Place | None = None
    translation: Translated | None = None
    is_foreign: bool = False


@dataclass(frozen=True, slots=True)
class EventView:
    """``who``: as it is told, with whom it was recorded for; ``by``: the colleague's name alone."""

    icon: str
    text: str
    who: str
    time: str
    at: str
    full_time: str
    detail: str = ""
    is_opening: bool = False
    by: str = ""


@dataclass(frozen=True, slots=True)
class ClockView:
    name: str
    pill: Pill
    explain: tuple[str, ...] = ()
    key: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    label: str
    value: str
    href: str = ""
    lang: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: str


@dataclass(frozen=True, slots=True)
class FieldView:
    """A form field. ``kind``: text, area, select, radio, moment, check, colour or hidden.

    ``group``: the heading that it shares with the fields beside it, "" for one that stands alone.
    ``limit``: the most characters it takes, 0 for as many as any field.
    """

    name: str
    label: str
    kind: str = "text"
    value: str = ""
    hint: str = ""
    error: str = ""
    choices: tuple[Choice, ...] = ()
    is_required: bool = True
    group: str = ""
    limit: int = 0


@dataclass(frozen=True, slots=True)
class SlotNote:
    """The free time of the calendar that a new ticket is for; ``parts`` travel as hidden fields."""

    text: str
    back: str
    parts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class FormView:
    """A quick action that needs words: shown as a dialog, and as a page of its own without script.

    ``path``: where it is posted, when not under its own name; ``whose``: the step is somebody else's;
    ``lacks``: what still stands in its way, in words; ``way``: where the same is done on site;
    ``is_read``: the resident reads its words, and ``warning`` asks before they go in another language.
    """

    action: str
    title: str
    submit: str
    icon: str
    fields: tuple[FieldView, ...] = ()
    hint: str = ""
    error: str = ""
    is_primary: bool = False
    is_quiet: bool = False
    is_open: bool = False
    path: str = ""
    whose: str = ""
    lacks: tuple[str, ...] = ()
    way: WayOnSite | None = None
    is_read: bool = False
    warning: str = ""

    @property
    def takes_answers(self) -> bool:
        """True where a ready answer may be what the resident is told: in the result, not only in a reply."""
        return self.action in ("answer", "feedback")

    @property
    def is_one_press(self) -> bool:
        """True where nothing has to be filled in."""
        return not self.fields


@dataclass(frozen=True, slots=True)
class PhotoChip:
    """A photo, or a PDF file, that is here and goes with the next reply."""

    id: str
    name: str
    is_document: bool = False


@dataclass(frozen=True, slots=True)
class ComposerView:
    """The box under the conversation. ``warning`` asks before it is sent."""

    mode: str = "reply"
    text: str = ""
    other: str = ""
    error: str = ""
    warning: str = ""
    reader: str = ""
    reader_language: str = "zh"
    can_reply: bool = True
    photos: tuple[PhotoChip, ...] = ()
    can_translate: bool = False


@dataclass(frozen=True, slots=True)
class TicketView:
    number: int
    version: int
    title: str
    symbol: Symbol
    state: str
    step: str
    words: str
    words_lang: str
    channel: Symbol
    tag: Tag | None
    pill: Pill
    messages: tuple[MessageView, ...]
    earlier: int | None
    events: tuple[EventView, ...]
    clocks: tuple[ClockView, ...]
    people: tuple[Fact, ...]
    service: tuple[Fact, ...]
    forms: tuple[FormView, ...]
    composer: ComposerView
    phone: str = ""
    is_urgent: bool = False
    notice: str = ""
    links: tuple[Link, ...] = field(default=())
    conversation: int = 0
    out_of_reach: OutOfReach | None = None
    steps: tuple[FormView, ...] = ()
    settled: tuple[Fact, ...] = ()
    records: tuple[Fact, ...] = ()
    watching: Watching | None = None
    can_translate: bool = False
    can_choose: bool = False
    why: str = ""
    where: str = ""
    on_site: WayOnSite | None = None


@dataclass(frozen=True, slots=True)
class AlertView:
    id: int
    text: str
    detail: str
    href: str
    icon: str
    time: str
    at: str
    full_time: str
    is_seen: bool


@dataclass(frozen=True, slots=True)
class Shell:
    """What every page of the dashboard shows around its own content."""

    name: str
    role: str
    estate: str
    nav: tuple[Tab, ...]
    unseen: int
    now: datetime
    clock_text: str = ""
    clock_short: str = ""
    is_demo: bool = False
    is_plain_http: bool = False
    troubles: tuple[str, ...] = ()
    more: tuple[Tab, ...] = ()
    has_letters: bool = True
    brand_css: str = ""
    logo: str = ""
