"""The invitation as it is printed or read out: both languages, a QR code to our own address."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from urllib.parse import urlencode

import segno
from markupsafe import Markup
from sqlalchemy.orm import Session

from backend.desk.doors import Visit
from backend.desk.views import Link
from backend.households import queries, wording
from backend.households.views import CardLine, CardView
from backend.models import Estate, Home, Resident
from backend.people import invitations
from locales import LANGUAGES, N_, html_tag, t
from locales.dates import format_time, format_year_date, local

QR_SCALE: Final = 5
#: what a card with an address of the loopback says before it is printed
NOT_FROM_OUTSIDE: Final = N_(
    "The address on this card opens on this machine only. Before you print cards, set GUANJIA_PUBLIC_URL to "
    "the address that residents reach."
)


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation just made, with all that its card says."""

    home_id: int
    home: tuple[str, str]
    estate: tuple[str, str]
    zone: str
    hotline: str
    language: str
    code: str
    kind: str
    uses: int
    days: int
    bot: str | None


def invited(
    session: Session, who: Visit, home: Home, resident: Resident | None, code: str, kind: str, uses: int,
    days: int,
) -> Invited:  # fmt: skip
    estate = session.get_one(Estate, home.estate_id)
    has_bot = bool(who.request.app.state.settings.telegram_token)
    return Invited(
        home_id=home.id,
        home=(wording.home_name("zh", home), wording.home_name("en", home)),
        estate=(estate.name_zh, estate.name_en),
        zone=estate.timezone,
        hotline=estate.hotline,
        language=resident.language if resident else "zh",
        code=code,
        kind=kind,
        uses=uses,
        days=days,
        bot=queries.find_bot(session) if has_bot else None,
    )


def card_of(who: Visit, made: Invited) -> CardView:
    """Word the card; the reader's language comes first."""
    order = sorted(LANGUAGES, key=lambda one: one != made.language)
    back = Link(t(who.language, "Back to the home"), f"/homes/{made.home_id}")
    if made.kind == "spoken":
        return _spoken(who, made, back)
    settings = who.request.app.state.settings
    link = f"{settings.public_url}/chat?{urlencode({'invitation': made.code})}"
    telegram = f"https://t.me/{made.bot}?start={made.code}" if made.bot else ""
    until = who.real_now + timedelta(days=made.days)
    return CardView(
        title=t(who.language, "Invitation to {home}", home=made.home[who.language != "zh"]),
        code=made.code,
        estate=tuple(CardLine(html_tag(one), _of(made.estate, one)) for one in order),
        home=tuple(CardLine(html_tag(one), _of(made.home, one)) for one in order),
        lines=tuple(line for one in order for line in _lines(one, made, local(until, made.zone).date())),
        back=back,
        svg=qr(link),
        link=link,
        telegram=telegram,
        notice=t(who.language, NOT_FROM_OUTSIDE) if settings.is_for_this_machine_only else "",
    )


def _of(pair: tuple[str, str], language: str) -> str:
    return pair[0] if language == "zh" else pair[1]


def _lines(language: str, made: Invited, until: date) -> tuple[CardLine, ...]:
    day = format_year_date(language, until)
    said = [
        t(language, "Write to your butler at any hour, for {home}.", home=_of(made.home, language)),
        t(language, "Scan the code with your phone's camera, or open the address and write the code there."),
        t(language, "Good until {day}. Uses: {count}.", day=day, count=made.uses),
    ]
    if made.hotline:
        said.append(t(language, "Or call {hotline}.", hotline=made.hotline))
    return tuple(CardLine(html_tag(language), one) for one in said)


def _spoken(who: Visit, made: Invited, back: Link) -> CardView:
    until = format_time(who.real_now + invitations.SPOKEN_LIFE, made.zone)
    return CardView(
        title=t(who.language, "Code to read out for {home}", home=made.home[who.language != "zh"]),
        code=made.code,
        estate=(),
        lines=(),
        back=back,
        spoken=t(who.language, "It works once, until {time}. Read it out digit by digit; the resident writes "
                 "it into the chat.", time=until),
    )  # fmt: skip


def qr(link: str) -> Markup:
    """A QR code as an inline picture: black on white in every theme, so that every camera reads it."""
    drawn = segno.make(link, micro=False, error="m")
    return Markup(
        drawn.svg_inline(scale=QR_SCALE, border=4, dark="#000", light="#fff", omitsize=True, svgclass="qr",
                         lineclass=None)
    )  # fmt: skip
