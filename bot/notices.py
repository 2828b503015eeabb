"""What the operator reads on the terminal when something changes: one line each, and what to do."""

from typing import Final

from bot.config import BotConfig
from bot.errors import BackendDown, BackendRefused

_WRONG_ADDRESS: Final = 404


def of_state(state: str, detail: str | None, was: str | None) -> str | None:
    """Word a change from ``was`` to ``state``; None when there is nothing to say."""
    because = f" ({detail})" if detail else ""
    if state == "refused":
        return "Telegram refuses GUANJIA_TELEGRAM_TOKEN: ask @BotFather for it (/token), set it, start again."
    if state == "unreachable":
        return f"Telegram cannot be reached{because}; it is tried again until it works."
    if state == "standing_by":
        return f"Telegram: this process stands by{because} and takes over when the other ends."
    if was == "standing_by":
        return "Telegram: this process has taken over."
    return None if was is None else "Telegram works again."


def of_backend(config: BotConfig, error: BackendDown | BackendRefused) -> str:
    """Word why the web part takes nothing from us."""
    if error.status == 401:
        return (
            f"The web part at {config.backend_url} refuses this process: GUANJIA_SERVICE_TOKEN (or "
            "GUANJIA_SECRET_KEY) must be the same on both sides."
        )
    if error.status == _WRONG_ADDRESS or isinstance(error, BackendRefused):
        return f"{config.backend_url} is not this release's web part: check GUANJIA_BACKEND_URL."
    return f"The web part at {config.backend_url} does not answer; it is tried again until it does."


def of_backend_back(config: BotConfig) -> str:
    return f"The web part at {config.backend_url} answers again."
