"""Alerts become deliveries, deliveries are leased, sent and settled. Nothing here commits.

An alert is handed over once: its deliveries and ``told_at`` are written together. A delivery is marked after
it was sent, so that a kill may repeat it, never lose it. Leases and retries go by real time.
"""

import base64
import json
import random
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy.orm import Session

from backend.clock import Clock
from backend.db import Database
from backend.models import Delivery, Estate, Shift, StaffAddress
from backend.notifier import queries, timing
from backend.notifier.queries import Due, Untold
from backend.notifier.robots import Outcome
from backend.notifier.senders import Parcel
from backend.notifier.texts import Note, Text, read_note, worded
from backend.people import butlers
from backend.people import queries as people_queries
from backend.vault import SealBroken, Vault
from locales.dates import local

LEASE: Final = queries.LEASE
BATCH: Final = 200
#: messages under way at once
PLACES: Final = 20
#: settled deliveries are kept so long
KEPT: Final = timedelta(days=30)
SETTINGS: Final = "notifier"
#: which service of the estate a channel goes through
THROUGH: Final[Mapping[str, str]] = {"email": "mail", "sms": "sms"}
#: clock → language → name
Titles = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Bundle:
    """Leased deliveries of one address that go out as one message."""

    ids: tuple[int, ...]
    address_id: int
    channel: str
    parcel: Parcel | None


def tick(db: Database, clock: Clock, titles: Titles | None = None) -> int:
    """Hand untold alerts over: one delivery for each of their addresses. Returns how many alerts."""
    now = clock.now()
    with db.read() as session:
        if not queries.has_untold(session, now):
            return 0
    real_now = clock.real_now()
    return db.run(lambda session: hand_over(session, titles or {}, now, real_now))


def hand_over(session: Session, titles: Titles, now: datetime, real_now: datetime) -> int:
    """The same inside a transaction. What was seen already, or is history, is told to nobody."""
    found = queries.claim_untold(session, now, BATCH)
    estate_ids = {one.alert.estate_id for one in found}
    estates = queries.estates_of(session, estate_ids)
    addresses = queries.list_active(session, estate_ids, {one.user.id for one in found})
    shifts: dict[int, list[Shift]] = defaultdict(list)
    for shift in people_queries.list_shifts_around(session, estate_ids, now):
        shifts[shift.estate_id].append(shift)
    scene = _Scene(estates, shifts, titles, now, real_now)
    rows = [
        scene.delivery(one, address)
        for one in found
        if one.alert.seen_at is None and now - max(one.alert.at, one.alert.created_at) <= timing.STILL_WORTH
        for address in addresses
        if _concerns(one, address)
    ]
    queries.add_deliveries(session, rows)
    if found:
        queries.mark_told(session, [one.alert.id for one in found], now)
    return len(found)


def _concerns(one: Untold, address: StaffAddress) -> bool:
    """A person's own address, whichever estate keeps it, or a group of the alert's estate and of their role.

    Text messages are for what cannot wait, and no group hears of what is hidden from a colleague.
    """
    if address.channel == "sms" and one.alert.kind not in timing.WORTH_AN_SMS:
        return False
    if address.user_id is not None:
        return address.user_id == one.user.id
    is_hidden = one.ticket is not None and one.ticket.hidden_from_id is not None
    is_here = address.estate_id == one.alert.estate_id
    return is_here and not is_hidden and address.role in ("", one.user.role)


@dataclass(frozen=True, slots=True)
class _Scene:
    """What all alerts of a tick share."""

    estates: Mapping[int, Estate]
    shifts: Mapping[int, Sequence[Shift]]
    titles: Titles
    now: datetime
    real_now: datetime

    def delivery(self, one: Untold, address: StaffAddress) -> dict[str, Any]:
        alert, language = one.alert, address.language
        note = Note(
            kind=alert.kind, number=one.ticket.number if one.ticket else 0, building=one.building,
            clock=self.titles.get(alert.clock or "", {}).get(language) or str(alert.values.get(language, "")),
            count=int(alert.values.get("count", 1)),
        )  # fmt: skip
        text = worded(language, [note], self.estates[alert.estate_id].name(language), "")
        return {
            "estate_id": alert.estate_id, "address_id": address.id, "dedupe_key": _key(one, address),
            "kind": alert.kind, "title": text.title, "text": text.body, "values": note.kept(),
            "state": "queued", "attempts": 0, "not_before": self.real_now + self._wait(one), "fault": "",
            "created_at": self.real_now,
        }  # fmt: skip

    def _wait(self, one: Untold) -> timedelta:
        """How long the alert rests until it may ring: estate time says when, real time is waited."""
        here = local(self.now, self.estates[one.alert.estate_id].timezone)
        is_on_duty = butlers.is_on_duty(one.user, self.shifts.get(one.alert.estate_id, ()), self.now)
        return timing.ring_at(one.alert.kind, is_on_duty=is_on_duty, now=here) - here


def _key(one: Untold, address: StaffAddress) -> str:
    """A group hears of a matter once, however many of its people were alerted; a digest that grew, again.

    What is part of one incident is one matter: a promise of it rings once, not for each who reported
    (MANNERS §1.8). The dashboard shows every one.
    """
    key = one.alert.dedupe_key
    if one.incident_id and one.ticket is not None and one.alert.kind in timing.OF_A_PROMISE:
        key = (
            f"incident:{one.incident_id}:{one.ticket.cycle}:{one.alert.kind}:{one.alert.clock}:{one.user.id}"
        )
    if address.user_id is None:
        key = key.removesuffix(f":{one.user.id}")
    if one.alert.kind == "digest":
        key += f"#{one.alert.values.get('count', 1)}"
    return f"{key}@{address.id}"


def claim(
    session: Session, vault: Vault, url: str, now: datetime, limit: int = PLACES, *, is_telegram: bool = False
) -> list[Bundle]:
    """Lease what is due, bundled: at most one message a minute to an address, emergencies alone and at once.

    ``now`` is real time. What came too late, or to an address that is switched off, is given up.
    """
    resting = queries.list_resting(session, now, timing.REST)
    found = queries.claim_due(session, now, resting, timing.URGENT, BATCH, is_telegram=is_telegram)
    keepers = queries.estates_of(session, {due.address.estate_id for due in found})
    together: dict[tuple[int, int, bool], list[Due]] = defaultdict(list)
    for due in found:
        reason = _given_up(due, now)
        if reason:
            due.row.state, due.row.fault, due.row.leased_until = "dead", reason, None
        else:
            together[due.address.id, due.row.estate_id, due.row.kind in timing.URGENT].append(due)
    bundles = [
        _lease(vault, url, dues, keepers[dues[0].address.estate_id], now)
        for dues in list(together.values())[:limit]
    ]
    session.flush()
    return bundles


def _given_up(due: Due, now: datetime) -> str:
    if not due.address.is_active and due.row.kind != "test":
        return "off"
    return "stale" if now - due.row.not_before > timing.STILL_WORTH else ""


def _lease(vault: Vault, url: str, dues: Sequence[Due], keeper: Estate, now: datetime) -> Bundle:
    """``keeper``: the estate that keeps the address, through whose mail server it is written to."""
    ids = tuple(due.row.id for due in dues)
    for due in dues:
        due.row.state, due.row.leased_until = "leased", now + LEASE
        due.row.attempts += 1
    first = dues[0]
    first.row.values = {**first.row.values, "with": list(ids)}
    notes = [read_note(due.row.values) for due in dues]
    text = worded(first.address.language, notes, first.estate.name(first.address.language), url)
    parcel = parcel_of(vault, first.address, keeper, text, f"delivery-{first.row.id}", now)
    return Bundle(ids, first.address.id, first.address.channel, parcel)


def parcel_of(
    vault: Vault, address: StaffAddress, estate: Estate, text: Text, mark: str, now: datetime
) -> Parcel | None:
    """Return the message with its unsealed address; None when it was sealed with another key."""
    try:
        to = json.loads(vault.unseal(address.sealed))
        through = through_of(vault, estate, THROUGH.get(address.channel, ""))
    except SealBroken:
        return None
    return Parcel(address.channel, mark, to, through, text, address.language, now)


def through_of(vault: Vault, estate: Estate, name: str) -> dict[str, str]:
    """Return the estate's mail server (``mail``) or SMS gateway (``sms``), {} where none is set.

    Raises SealBroken.
    """
    sealed = estate.settings.get(SETTINGS, {}).get(name)
    if not sealed:
        return {}
    kept: dict[str, str] = json.loads(vault.unseal(base64.b64decode(sealed)))
    return kept


def settle(session: Session, ids: Collection[int], outcome: Outcome, now: datetime) -> None:
    """Record what became of a bundle: sent, to be tried again, or dead. What is settled stays so."""
    rows = [row for row in queries.lock_deliveries(session, ids) if row.state in ("queued", "leased")]
    if not rows:
        return
    for row in rows:
        _settle(row, outcome, now)
    address = queries.get_address(session, rows[0].address_id)
    note_outcome(address, outcome, now)


def _settle(row: Delivery, outcome: Outcome, now: datetime) -> None:
    row.leased_until, row.fault = None, outcome.reason
    if outcome.kind == "sent":
        row.state, row.sent_at = "sent", now
        return
    again = timing.retry_after(row.attempts, outcome.after, random.random())
    if outcome.kind == "dead" or again is None:
        row.state = "dead"
        return
    row.state, row.not_before = "queued", now + again


def note_outcome(address: StaffAddress, outcome: Outcome, now: datetime) -> None:
    """Let the page show whether an address works: since when it does not, and why."""
    if outcome.kind == "sent":
        address.failed_at, address.fault = None, ""
    else:
        address.failed_at, address.fault = address.failed_at or now, outcome.reason
