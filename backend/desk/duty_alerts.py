"""How alerts about duties and handovers read on the bell, and where they lead."""

from collections.abc import Mapping
from typing import Any, Final

from backend.models import Alert
from locales import N_, t

DUTIES: Final[Mapping[str, tuple[str, str]]] = {
    "duty": ("alarm-clock", N_("{duty}: due soon")),
    "duty_missed": ("flame", N_("{duty}: missed")),
}
HANDOVERS: Final[Mapping[str, tuple[str, str]]] = {
    "handover_offered": ("users", N_("{giver} offers you the handover")),
    "handover_taken_back": ("reply", N_("The handover of {giver} was taken back: you need not accept it")),
    "handover_accepted": ("check", N_("{heir} has accepted the handover")),
    "handover_resumed": ("reply", N_("{giver} has taken their work back: you cover it no longer")),
    "handover_refused": ("ban", N_("{heir} has refused the handover of {giver}: {reason}")),
}


def is_ours(alert: Alert) -> bool:
    """True for alerts about tasks of duties and about handovers."""
    return alert.kind in DUTIES or alert.kind in HANDOVERS


def worded(language: str, alert: Alert) -> tuple[str, str]:
    """Icon and sentence of such an alert."""
    values: Mapping[str, Any] = alert.values
    if alert.kind in DUTIES:
        icon, sentence = DUTIES[alert.kind]
        return icon, t(language, sentence, duty=values.get(language) or values.get("zh", ""))
    icon, sentence = HANDOVERS[alert.kind]
    giver, heir = (values.get(f"{who}_{language}") or values.get(f"{who}_zh", "") for who in ("from", "to"))
    return icon, t(language, sentence, giver=giver, heir=heir, reason=values.get("reason", ""))


def href_of(alert: Alert) -> str:
    """The page such an alert leads to."""
    if alert.kind in DUTIES:
        return f"/duties/{int(alert.values.get('task', 0))}"
    return f"/handover#handover-{int(alert.values.get('handover', 0))}"
