"""Every promise as it is made, in words: limit, warning, ladder; and the warning that an estate sets itself.

The promises come with the release and are read only. Nothing here commits.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sqlalchemy.orm import Session

from backend.audit import service as audit
from backend.deadlines import queries, warnings
from backend.deadlines.policy import standard_policies
from backend.deadlines.promises import EVERY_WORKFLOW, Policy, Rung
from backend.desk import words
from backend.errors import BadInput
from backend.models import Estate
from backend.office.settings import Hand
from locales import N_, t
from locales.dates import format_year_date, local


@dataclass(frozen=True, slots=True)
class PromiseView:
    """One clock as promised; ``limit`` is empty where the ticket itself says until when."""

    id: str
    title: str
    says: str
    limit: str
    warning: str
    ladder: tuple[str, ...]
    tickets: str
    role: str
    is_target: bool
    is_own: bool


#: the three figures of the warning, with what the form calls them
FIGURES: Final = (
    ("share", N_("Share of the time that is left, in %")),
    ("least", N_("But at least so many minutes before the end")),
    ("most", N_("And at most so many hours before the end")),
)


def list_of(language: str, settings: Mapping[str, Any]) -> list[PromiseView]:
    """Every promise of the policies in force, as an estate with these settings makes it now."""
    made = (warnings.of_estate(one, settings) for one in standard_policies().all)
    return [_view(language, one) for one in made]


def since(session: Session, language: str, zone: str) -> str:
    """Say from which day on the promises in force have been made; "" before the first of them."""
    first = queries.find_first_use(session, standard_policies().version)
    if first is None:
        return ""
    day = format_year_date(language, local(first, zone).date())
    return t(language, "The edition in force has been used since {day}.", day=day)


def _view(language: str, policy: Policy) -> PromiseView:
    is_zh = language == "zh"
    return PromiseView(
        id=policy.id,
        title=policy.title_zh if is_zh else policy.title_en,
        says=policy.says_zh if is_zh else policy.says_en,
        limit=_limit(language, policy),
        warning=_warning(language, policy),
        ladder=_ladder(language, policy),
        tickets=_tickets(language, policy),
        role=words.name_of(language, words.ROLES, policy.accountable),
        is_target=policy.is_target,
        is_own=_keeps_its_own(policy.id),
    )


def _keeps_its_own(clock: str) -> bool:
    found = standard_policies().find(clock)
    return found is not None and not warnings.is_settable(found)


def state_of(estate: Estate) -> str:
    """What the form was made from."""
    return "-".join(map(str, warnings.figures_of(warnings.own_of(estate.settings)).values()))


def read(fields: Mapping[str, str]) -> dict[str, int | None]:
    """Read the three figures; None for what is no number."""
    typed = {name: fields.get(name, "").strip() for name, _ in FIGURES}
    return {name: int(text) if _is_number(text) else None for name, text in typed.items()}


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 6


def faults_of(language: str, figures: Mapping[str, int | None]) -> dict[str, str]:
    """Say what is wrong with the figures, by field."""
    found = {}
    for name, (low, high) in _ranges().items():
        figure = figures[name]
        if figure is None or not low <= figure <= high:
            said = N_("Please write a whole number from {low} to {high}.")
            found[name] = t(language, said, low=low, high=high)
    least, most = figures["least"], figures["most"]
    if least is not None and least > _ranges()["least"][1]:
        found["least"] = _at_once(language)
    if "most" not in found and least is not None and most is not None and least > most * 60:
        found["most"] = t(
            language, "This is shorter than the least. Please make it longer, or the least shorter."
        )
    return found


def _ranges() -> dict[str, tuple[int, int]]:
    """What each figure may be: as it is kept, but no promise may warn from its first moment."""
    low, _ = warnings.RANGES["least"]
    return {**warnings.RANGES, "least": (low, warnings.greatest_least(standard_policies().all))}


def _at_once(language: str) -> str:
    """Say which promise would show "due soon" from its first moment, and what may be written instead."""
    shortest, (low, high) = warnings.shortest_of(standard_policies().all), _ranges()["least"]
    title = shortest.title_zh if language == "zh" else shortest.title_en
    said = N_("“{promise}” is promised within {span}, so it would be “due soon” from the start. "
              "Please write a whole number from {low} to {high}.")  # fmt: skip
    return t(language, said, promise=title, span=_limit(language, shortest), low=low, high=high)


def save_warning(session: Session, hand: Hand, estate: Estate, figures: Mapping[str, int | None]) -> None:
    """Let clocks that start from now on warn by these figures. The estate must be held. Raises BadInput."""
    kept = {name: figure for name, figure in figures.items() if figure is not None}
    if faults_of("en", figures):
        raise BadInput
    was = warnings.figures_of(warnings.own_of(estate.settings))
    if was == kept:
        return
    rest = {name: one for name, one in estate.settings.items() if name != warnings.WARNING}
    is_standard = warnings.warn_of(kept) == warnings.STANDARD
    estate.settings = rest if is_standard else rest | {warnings.WARNING: kept}
    audit.record(session, hand.actor, hand.real_now, "settings.warning", estate_id=estate.id,
                 subject="warning", subject_id=estate.id, before=was, after=kept)  # fmt: skip


def _span(language: str, span: timedelta) -> str:
    """A round span as people say it: ``10 min``, ``24 h``, ``3 days``."""
    minutes = int(span.total_seconds()) // 60
    if minutes % 60 or not minutes:
        return t(language, "{count} min", count=minutes)
    hours = minutes // 60
    if hours % 24 or hours == 24:
        return t(language, "{count} h", count=hours)
    return t(language, "{count} days", count=hours // 24)


def _limit(language: str, policy: Policy) -> str:
    limit = policy.limit
    if limit.is_agreed:
        return t(language, "The date set for the ticket, else {span}",
                 span=_span(language, limit.elapsed or timedelta()))  # fmt: skip
    if limit.working_days is not None:
        return t(language, "{count} working days", count=limit.working_days)
    if limit.elapsed is not None:
        return _span(language, limit.elapsed)
    return t(language, "The end of the agreed visit")


def _warning(language: str, policy: Policy) -> str:
    warn = policy.warn
    said = N_("When {share} % of the time is left, at least {least} and at most {most} before the end")
    return t(language, said, share=round(warn.share * 100), least=_span(language, warn.least),
             most=_span(language, warn.most))  # fmt: skip


def _ladder(language: str, policy: Policy) -> tuple[str, ...]:
    """Who is called when; those who are called at the same time stand in one line."""
    called: dict[tuple[object, ...], tuple[Rung, list[str]]] = {}
    for rung in policy.ladder:
        at = (rung.when, rung.factor, rung.offset)
        called.setdefault(at, (rung, []))[1].append(words.name_of(language, words.ROLES, rung.role))
    comma = "、" if language == "zh" else ", "
    return tuple(_rung(language, rung, comma.join(names)) for rung, names in called.values())


def _rung(language: str, rung: Rung, who: str) -> str:
    if rung.when == "start":
        return t(language, "At once: {who}", who=who)
    if rung.when == "before":
        return t(language, "At the warning: {who}", who=who)
    if rung.when == "at":
        return t(language, "When it falls due: {who}", who=who)
    if rung.factor is not None:
        return t(language, "At {factor} times the limit: {who}", factor=f"{rung.factor:g}", who=who)
    span = _span(language, rung.offset or timedelta())
    return t(language, "{span} after it fell due: {who}", span=span, who=who)


def _tickets(language: str, policy: Policy) -> str:
    if EVERY_WORKFLOW in policy.workflows:
        return t(language, "All tickets")
    names = [words.workflow_symbol(language, one).label for one in policy.workflows]
    return ("、" if language == "zh" else ", ").join(names)
