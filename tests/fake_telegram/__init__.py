"""Our own strict Bot API server over real HTTP, with the people who use the bot.

``FakeTelegram`` is a context manager that serves from a thread, for tests; `python -m tests.fake_telegram`
serves by hand, with a page to try the bot.
"""

from tests.fake_telegram.delivery import Held, Update
from tests.fake_telegram.faults import Fault
from tests.fake_telegram.groups import Group
from tests.fake_telegram.people import Mark, Person, Seat
from tests.fake_telegram.server import FakeTelegram, WebhookView
from tests.fake_telegram.shown import Button, Key, SeenFile, Shown
from tests.fake_telegram.state import Bot, Call

__all__ = [
    "Bot",
    "Button",
    "Call",
    "FakeTelegram",
    "Fault",
    "Group",
    "Held",
    "Key",
    "Mark",
    "Person",
    "Seat",
    "SeenFile",
    "Shown",
    "Update",
    "WebhookView",
]
