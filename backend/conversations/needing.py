"""Papers, rules and the owner's consent in words: before the read-back, and closing the confirmation."""

from collections.abc import Mapping
from typing import Any, Final

from backend.conversations.agreeing import CONSENT, need_of
from backend.conversations.details import window_text
from backend.conversations.papers import HOLE, Need
from intents.menu import Menu
from locales import N_, t

Values = Mapping[str, Any]
#: identity papers are looked at, not sent about (MANNERS §4)
_WHERE: Final = N_("Please bring them to the service desk; identity papers should not be sent in this chat.")


def before(language: str, menu: Menu, values: Values) -> str:
    """What is to be known before the yes: the papers, one a line, then the rules (CON-30)."""
    need, kind = need_of(menu.item(str(values["item"]))), str(values.get("kind") or "")
    lines = []
    papers = need.papers_of(kind)
    if papers:
        lines.append(t(language, "For this you will need:"))
        lines += [t(language, "· {paper}", paper=paper.in_(language)) for paper in papers]
        lines.append(t(language, _WHERE))
    if need.rules:
        lines.append(t(language, "Please note:"))
        lines += [t(language, "· {rule}", rule=rule.in_(language)) for rule in need.rules]
    return "\n".join([*lines, *_consent(language, need, values)])


def closing(language: str, menu: Menu, zone: str, values: Values) -> str:
    """The end of a confirmation: papers once more, what lacks without consent, what to show; "" for most."""
    item = menu.find_item(str(values.get("item") or ""))
    if item is None:
        return ""
    need, kind = need_of(item), str(values.get("kind") or "")
    lines = []
    papers = need.papers_of(kind)
    if papers:
        listed = t(language, "; ").join(paper.in_(language) for paper in papers)
        lines.append(t(language, "Please bring: {papers}.", papers=listed))
    lines += _consent(language, need, values)
    shown = _shown(language, need, zone, values.get("slots") or {})
    return "\n".join([*lines, *([shown] if shown else [])])


def _consent(language: str, need: Need, values: Values) -> list[str]:
    """What a tenant must hear who has no consent yet."""
    is_missing = (values.get("slots") or {}).get(CONSENT) != "yes"
    if need.consent is None or not need.wants_consent(str(values.get("kind") or "")) or not is_missing:
        return []
    return [need.consent.in_(language)]


def _shown(language: str, need: Need, zone: str, slots: Values) -> str:
    """What to show, and until when it is good, as far as a time was asked for."""
    is_asap = any(isinstance(value, Mapping) and value.get("asap") for value in slots.values())
    window = "" if is_asap else window_text(language, slots, zone)
    told = need.show if need.show is None or window or HOLE not in need.show.zh else need.undated
    return told.in_(language).replace(HOLE, window) if told else ""
