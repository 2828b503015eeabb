"""What an operator is shown: where the service is, and the links that residents are given."""

from collections.abc import Iterator
from urllib.parse import urlencode

from backend import installation, serve
from backend.demo.seed import INVITATIONS, LOGINS
from backend.demo.world import PASSWORD
from backend.installation import House


def lines(house: House) -> Iterator[str]:
    """Say where everything is, line by line, in the console's markup."""
    settings, is_demo = house.settings, installation.is_demo(house.database)
    base = settings.public_url
    bot = installation.find_bot(house) if settings.telegram_token else None
    yield f"\n[bold]Guanjia 管家[/bold]  {base}/"
    for estate in installation.list_estates(house.database):
        yield f"  {estate.name_zh} {estate.name_en}: {chat_link(base, estate=estate.code)}"
        if bot:
            yield f"    in Telegram: {telegram_link(bot, f'e_{estate.code}')}"
    if is_demo:
        yield f"  Demo logins, password {PASSWORD}: {', '.join(LOGINS)}"
        for code in INVITATIONS:
            yield f"  Demo invitation {code}: {chat_link(base, invitation=code)}"
    if not settings.telegram_token:
        yield "  Telegram is left out: GUANJIA_TELEGRAM_TOKEN is not set."
    for warning in serve.warnings(settings, is_demo):
        yield f"[yellow]Warning:[/yellow] {warning}"


def links_of(house: House, code: str) -> list[str]:
    """Return the links of an invitation: to our own chat, then to Telegram where the bot is known."""
    own, bot = chat_link(house.settings.public_url, invitation=code), installation.find_bot(house)
    return [own, telegram_link(bot, code)] if bot else [own]


def chat_link(base: str, **query: str) -> str:
    return f"{base}/chat?{urlencode(query)}"


def telegram_link(bot: str, start: str) -> str:
    return f"https://t.me/{bot}?start={start}"
