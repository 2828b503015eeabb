"""Keeps every edition of the promises that rows were made by, so that an old row stays as it was promised.

A row carries the version of the policy file it was reckoned from. The text of that file is kept in the
database when it is first used, and what the row stops, warns and calls is looked up there. Nothing commits.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from functools import lru_cache

from sqlalchemy.orm import Session

from backend import logs
from backend.deadlines import queries
from backend.deadlines.faults import DataFaults
from backend.deadlines.policy import Policies, parse_policies
from backend.deadlines.rules import Rules


def keep(session: Session, policies: Policies, at: datetime) -> None:
    """Keep the edition that a row is being made by; asked once a transaction, written once for ever."""
    kept = session.info.setdefault("policy_editions", set())
    if policies.text and policies.version not in kept:
        queries.keep_edition(session, policies.version, policies.text, at)
        kept.add(policies.version)


def with_former(session: Session, rules: Rules, versions: Iterable[str]) -> Rules:
    """Return the rules with the editions of these versions at hand; rows of the newest need no look."""
    missing = {one for one in versions if not rules.knows(one)}
    if not missing:
        return rules
    unread = missing - _READ.keys()
    for version, text in (queries.list_editions(session, unread) if unread else {}).items():
        found = _parsed(version, text)
        if found is not None:
            _READ[version] = found
    return replace(rules, former=(*rules.former, *(_READ[one] for one in sorted(missing) if one in _READ)))


#: editions never change, so one that was read once is good for as long as the process runs
_READ: dict[str, Policies] = {}


@lru_cache(maxsize=16)
def _parsed(version: str, text: str) -> Policies | None:
    """An edition that today's reader no longer understands is told once; its rows follow today's promises."""
    try:
        return parse_policies(text, f"policies@{version}")
    except DataFaults as error:
        logs.failure("deadlines.edition", error, version=version)
        return None
