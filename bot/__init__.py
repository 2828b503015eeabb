"""The Telegram carrier: Telegram to HTTP and back. It carries and never decides.

The conversation itself lives in ``backend.conversations``: the transcript must be in the database anyway, a
turn is then one transaction, and every channel is a thin adapter to one door. This room may read ``locales``
and meets the backend over HTTP only.
"""
