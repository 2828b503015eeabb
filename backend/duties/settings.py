"""What an estate changes about its duties: on or off, the role, the hours. Pure.

``estates.settings["duties"]`` is ``{"SLA-46": {"on": true, "role": "desk", "windows": [["08:00", "10:00"]],
"due": "17:30"}}``. What cannot be read changes nothing: a duty is never lost by a slip in a setting.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import time
from typing import Any, Final

from backend.deadlines.policy import ROLES
from backend.duties.rules import Duties, Duty, Window

Settings = Mapping[str, Any]
#: two hours as people write them: 08:00-10:00, 08:00–10:00, 08:00到10:00
HOURS: Final = re.compile(r"(\d\d:\d\d)\s*[-–—~至到]\s*(\d\d:\d\d)")


def with_settings(duties: Duties, settings: Settings) -> Duties:
    """Return the duties as this estate has them; ``settings`` are those of the estate."""
    own = settings.get("duties")
    if not isinstance(own, Mapping):
        return duties
    return tuple(_changed(one, own.get(one.id)) for one in duties)


def faults_of(duties: Duties, settings: Settings) -> tuple[str, ...]:
    """Name what is not understood in an estate's settings of duties: ``SLA-46.windows``, ``SLA-99``."""
    own = settings.get("duties", {})
    if not isinstance(own, Mapping):
        return ("duties",)
    known = {one.id: one for one in duties}
    found = [str(name) for name in own if name not in known]
    for name, change in own.items():
        if name in known:
            found += _unread(known[name], change)
    return tuple(found)


def _unread(duty: Duty, change: object) -> list[str]:
    if not isinstance(change, Mapping):
        return [duty.id]
    return [f"{duty.id}.{field}" for field, value in change.items() if _read(duty, str(field), value) is None]


def hours_text(duty: Duty) -> str:
    """The hours of a duty as people write them: ``07:30–10:00 10:00–12:00``, or the hour it is due."""
    if duty.every == "day":
        return " ".join(f"{one.opens:%H:%M}–{one.due:%H:%M}" for one in duty.windows)
    return f"{duty.due:%H:%M}" if duty.every in ("week", "month", "year") else ""


def read_hours(duty: Duty, text: str) -> dict[str, Any] | None:
    """What typed hours change in the settings: {} for the duty's own; None when they cannot be read."""
    if duty.every != "day":
        found = _time(text.strip())
        return None if found is None else {} if found == duty.due else {"due": f"{found:%H:%M}"}
    pairs = HOURS.findall(text)
    if not pairs or HOURS.sub("", text).strip(" ,;，；、\r\n"):
        return None
    windows = _windows([list(one) for one in pairs])
    if not windows:
        return None
    return (
        {}
        if windows == duty.windows
        else {"windows": [[f"{w.opens:%H:%M}", f"{w.due:%H:%M}"] for w in windows]}
    )


def _changed(duty: Duty, change: object) -> Duty:
    if not isinstance(change, Mapping):
        return duty
    for field, value in change.items():
        found = _read(duty, str(field), value)
        if found is not None:
            duty = replace(duty, **found)
    return duty


def _read(duty: Duty, field: str, value: object) -> dict[str, Any] | None:
    """What a setting changes; None when it cannot be read, or does not go with this duty."""
    if field == "on" and isinstance(value, bool):
        return {"is_on": value}
    if field == "role" and value in ROLES:
        return {"role": value}
    if field == "due" and duty.every in ("week", "month", "year"):
        found = _time(value)
        return {"due": found} if found else None
    if field == "windows" and duty.every == "day":
        windows = _windows(value)
        return {"windows": windows} if windows else None
    return None


def _windows(value: object) -> tuple[Window, ...]:
    """Every pair of hours, or none when one of them cannot be read."""
    if not isinstance(value, list):
        return ()
    pairs = [(_time(one[0]), _time(one[1])) for one in value if isinstance(one, list) and len(one) == 2]
    found = tuple(Window(opens, due) for opens, due in pairs if opens is not None and due is not None)
    return found if len(found) == len(value) else ()


def _time(value: object) -> time | None:
    try:
        found = time.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return found if found and found.tzinfo is None else None
