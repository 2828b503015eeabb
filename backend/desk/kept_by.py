"""What keeps a running promise, named by what the viewer can do on this page now."""

from collections.abc import Collection
from typing import Final

from backend.deadlines.promises import Policy
from backend.desk.forms import TITLES
from locales import N_, t

#: an event that stops a clock (policies.toml) → the action of the ticket's page that writes it
ACTIONS: Final = {
    "accepted": "accept", "replied": "reply", "assigned": "assign", "scheduled": "schedule",
    "plan_agreed": "plan", "checked_in": "check_in", "completed": "complete", "signed_off": "sign_off",
    "classified": "classify", "fed_back": "feedback", "answered": "answer", "decided": "decide",
    "followed_up": "follow_up",
}  # fmt: skip
#: what only a manager's own act writes (SLA-27)
MANAGERS: Final = "acknowledged"
CALLED: Final = N_("The manager has been called already. Whatever the manager does on this ticket keeps it.")
_REPLY: Final = N_("Reply")


def kept_by(language: str, policy: Policy | None, workflow: str, allowed: Collection[str]) -> str:
    """Return one sentence, or "" where nothing the viewer may do now keeps this promise."""
    stops = policy.stops if policy is not None else ()
    ours = [stop.split("/")[-1] for stop in stops if "/" not in stop or stop.startswith(f"{workflow}/")]
    if MANAGERS in ours:
        return t(language, CALLED)
    found = [ACTIONS[stop] for stop in ours if ACTIONS.get(stop) in allowed]
    if not found:
        return ""
    names = [t(language, TITLES[one][1] if one in TITLES else _REPLY) for one in found]
    if len(names) == 1:
        return t(language, "“{action}” keeps it.", action=names[0])
    comma = "、" if language == "zh" else ", "
    return t(language, "Any one of these keeps it: {actions}.", actions=comma.join(names))
