"""An action of a page that is done once, however often it is sent: after a dead zone nobody knows more."""

import json
from collections.abc import Callable
from hashlib import sha256
from typing import Any, Final

from sqlalchemy.orm import Session

from backend.desk.doors import Visit
from backend.errors import BadInput, IdempotencyMismatch
from backend.onsite import queries as rows
from backend.tickets import queries

Answer = dict[str, Any]
LONGEST_KEY: Final = 100


def clean_key(text: str) -> str:
    """The key of an action, or "" where none came. Raises BadInput for one that is no key of ours."""
    if len(text) > LONGEST_KEY or not text.isascii():
        raise BadInput
    return text


def fingerprint(asked: object) -> str:
    return sha256(json.dumps(asked, sort_keys=True, default=str).encode()).hexdigest()


def earlier(who: Visit, key: str, asked: object) -> Answer | None:
    """What was answered to the same action before, or None. Raises IdempotencyMismatch."""
    if not key:
        return None
    with who.db.read() as session:
        kept = rows.find_answer(session, who.viewer.user_id, key)
    if kept is None or not kept.response:
        return None
    if kept.body_hash != fingerprint(asked):
        raise IdempotencyMismatch
    return dict(kept.response)


def once(who: Visit, key: str, asked: object, work: Callable[[Session], Answer]) -> Answer:
    """Run ``work`` in one transaction with its key; a repeat gets the first answer (same person, 24 h).

    A refusal keeps nothing, so that it may be tried again. Raises IdempotencyMismatch for another body.
    """

    def run(session: Session) -> Answer:
        if not key:
            return work(session)
        mark = fingerprint(asked)
        kept, is_first = queries.claim_key(session, who.viewer.user_id, key, mark, who.real_now)
        if kept.body_hash != mark:
            raise IdempotencyMismatch
        if not is_first:
            return dict(kept.response)
        answer = work(session)
        kept.status, kept.response = 200, answer
        return answer

    return who.db.run(run)
