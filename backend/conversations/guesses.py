"""What the assistant read, kept with each message, and found again for the ticket that comes of it.

Pure: nothing here asks a database or the engine.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from intents.meaning import Intent, Meaning

#: where it stands among a message's values
READ: Final = "read"
#: how long before its wish began a ticket's words may have been said: services were offered for them first
BEFORE: Final = timedelta(hours=1)

#: service, and how sure the assistant was of it in percent
Guess = tuple[str, int]


def kept(values: Mapping[str, Any], meaning: Meaning | None) -> dict[str, Any]:
    """A message's ``values`` with what was read in it; a message that is read again keeps the newest."""
    others = {name: value for name, value in values.items() if name != READ}
    read = [list(one) for one in map(_of_intent, meaning.intents if meaning else ()) if one is not None]
    return {**others, READ: read} if read else others


def _of_intent(intent: Intent) -> Guess | None:
    """The service that was read, or the likeliest of several that were offered."""
    if intent.item is not None:
        return intent.item, round(100 * intent.confidence)
    if not intent.alternatives:
        return None
    first = max(intent.alternatives, key=lambda one: one.confidence)
    return first.item, round(100 * first.confidence)


def of_ticket(said: Sequence[tuple[str, Mapping[str, Any]]], words: str, item: str) -> Guess | None:
    """How the ``words`` of a ticket were read, of the messages (text, values) that were ``said`` of late.

    The ticket's own service comes before any other; None where the words were never read (buttons, staff).
    """
    texts = ((text.strip(), values.get(READ, ())) for text, values in said)
    found = [(str(of), int(sure)) for text, read in texts if text and text in words for of, sure in read]
    return max(found, key=lambda one: (one[0] == item, one[1]), default=None)
