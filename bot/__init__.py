"""The Telegram carrier: Telegram to HTTP and back. It carries and never decides.

The conversation itself lives in ``backend.conversations``: the transcript must be in the database anyway, a
turn is then one transaction, and every channel is a thin adapter to one door. This room may read ``locales``
and meets the backend over HTTP only.
"""

import os

# The library's coming form of durations (timedelta); without it each 429 raises a deprecation warning.
os.environ.setdefault("PTB_TIMEDELTA", "true")
