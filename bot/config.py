"""What the carrier must know to run; built by ``run_bot.py`` from the settings."""

from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Final

BLANK: Final = "…"


@dataclass(frozen=True, slots=True)
class BotConfig:
    """One bot, its road to Telegram and its road to the backend. Secrets are left out of its repr."""

    token: str = field(repr=False)
    service_token: str = field(repr=False)
    backend_url: str
    api_url: str = "https://api.telegram.org"
    mode: str = "polling"
    #: where Telegram delivers in webhook mode, path included
    webhook_url: str = ""
    webhook_secret: str = field(default="", repr=False)
    #: http:// or https:// proxy on the way to Telegram; may hold a password
    proxy: str = field(default="", repr=False)
    #: folder of what must outlive the process; without one a killed process repeats a little more
    keep: Path | None = None

    @property
    def account(self) -> str:
        """The bot's id: the digits before the colon of its token."""
        return self.token.partition(":")[0]

    @property
    def base_url(self) -> str:
        return f"{self.api_url}/bot"

    @property
    def base_file_url(self) -> str:
        return f"{self.api_url}/file/bot"

    @property
    def webhook_path(self) -> str:
        return webhook_path(self.token)

    def mask(self, text: object) -> str:
        """Return ``text`` without the token, the secrets and the proxy's password: fit for a log."""
        found = str(text)
        for secret in (self.token, self.service_token, self.webhook_secret, self.proxy):
            if secret:
                found = found.replace(secret, BLANK)
        return found


def webhook_path(token: str) -> str:
    """Return the path under which Telegram delivers: it names the bot without giving its token away."""
    return f"/telegram/{sha256(token.encode()).hexdigest()[:16]}"
