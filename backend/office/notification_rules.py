"""How a member of staff wants to be told in the browser, and when a device keeps silent. Pure."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import time
from typing import Any, Final

from locales import N_

#: where ``users.settings`` keeps the choices
KEY: Final = "notify"
#: where ``users.settings`` keeps whether single letters are shortcuts
LETTERS: Final = "letters"
SCOPES: Final = ("mine", "team", "none")
_TIME: Final = re.compile(r"([01]?\d|2[0-3])[:：]([0-5]\d)")
NO_TIME: Final = N_("Please write a time like 22:00.")
BOTH: Final = N_("Please write both times, or neither.")
SAME: Final = N_("The quiet hours begin and end at the same minute. Please change one of the times.")


@dataclass(frozen=True, slots=True)
class Choices:
    """What rings on this person's devices: ``scope`` mine, team or none.

    ``quiet_from``, ``quiet_until``: local times as ``22:00``, "" for no quiet hours; they may pass midnight.
    ``is_repeated``: a new ticket rings every minute until somebody accepts it.
    """

    scope: str = "mine"
    has_sound: bool = False
    has_notice: bool = False
    is_repeated: bool = False
    quiet_from: str = ""
    quiet_until: str = ""


def choices_of(settings: Mapping[str, Any]) -> Choices:
    """Read the choices out of a person's settings; what cannot be read counts as never chosen."""
    kept = settings.get(KEY)
    if not isinstance(kept, Mapping):
        return Choices()
    scope = kept.get("scope")
    hours = [_clean(str(kept.get(name, ""))) for name in ("quiet_from", "quiet_until")]
    return Choices(
        scope=scope if scope in SCOPES else "mine",
        has_sound=kept.get("has_sound") is True,
        has_notice=kept.get("has_notice") is True,
        is_repeated=kept.get("is_repeated") is True,
        quiet_from=hours[0] if all(hours) else "",
        quiet_until=hours[1] if all(hours) else "",
    )


def with_choices(settings: Mapping[str, Any], choices: Choices) -> dict[str, Any]:
    """Return the settings with these choices in them."""
    return {**settings, KEY: asdict(choices)}


def has_letters(settings: Mapping[str, Any]) -> bool:
    """True unless the person switched the single-letter shortcuts off."""
    return settings.get(LETTERS) is not False


def read_form(fields: Mapping[str, str]) -> tuple[Choices, dict[str, str]]:
    """Return what a form chooses, as typed, and what is wrong with it by field."""
    typed = {name: fields.get(name, "").strip() for name in ("quiet_from", "quiet_until")}
    chosen = Choices(
        scope=fields.get("scope", "mine"),
        has_sound=bool(fields.get("has_sound")),
        has_notice=bool(fields.get("has_notice")),
        is_repeated=bool(fields.get("is_repeated")),
        **typed,
    )
    wrong = _faults(typed)
    if chosen.scope not in SCOPES:
        chosen = replace(chosen, scope="mine")
    if wrong:
        return chosen, wrong
    hours = {name: _clean(text) for name, text in typed.items()}
    return replace(chosen, quiet_from=hours["quiet_from"], quiet_until=hours["quiet_until"]), {}


def _faults(typed: Mapping[str, str]) -> dict[str, str]:
    wrong = {name: NO_TIME for name, text in typed.items() if text and not _clean(text)}
    missing = [name for name, text in typed.items() if not text]
    if not wrong and len(missing) == 1:
        return {missing[0]: BOTH}
    if not wrong and not missing and len({_clean(text) for text in typed.values()}) == 1:
        return {"quiet_until": SAME}
    return wrong


def _clean(text: str) -> str:
    found = _TIME.fullmatch(text.strip())
    return f"{int(found[1]):02}:{found[2]}" if found else ""


def is_quiet(choices: Choices, now: time) -> bool:
    """True in the person's quiet hours; ``now``: the local time of day."""
    if not choices.quiet_from:
        return False
    begin, end = time.fromisoformat(choices.quiet_from), time.fromisoformat(choices.quiet_until)
    return begin <= now < end if begin < end else now >= begin or now < end


def rings(choices: Choices, *, is_emergency: bool, is_quiet: bool, is_on_duty: bool) -> bool:
    """True when a matter may ring now: at night, and off duty, emergencies only (MANNERS §1.7)."""
    return choices.scope != "none" and (is_emergency or (is_on_duty and not is_quiet))
