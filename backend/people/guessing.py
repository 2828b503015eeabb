"""Wrong invitation codes are counted, each in a transaction of its own, so that nobody can try them all."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from backend.db import Database
from backend.errors import BadInvitation
from backend.people import invitations


@contextmanager
def counting_guesses(database: Database, code: str, address: str, now: datetime) -> Iterator[None]:
    """Around the transaction that redeems a code: refuse guessers, and count a wrong spoken code.

    The caller's own transaction rolls back when the code is wrong, so the count has one of its own.
    Raises TooMany after five wrong spoken codes from one address within ten minutes.
    """
    with database.read() as session:
        invitations.refuse_guessing(session, code, address, now)
    try:
        yield
    except BadInvitation:
        database.run(lambda session: invitations.note_guess(session, code, address, now))
        raise
