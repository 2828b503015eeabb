"""Settings: where staff hear of alerts. For leaders; the servers and the alarm secret are for admins."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from fastapi import APIRouter, Response
from sqlalchemy.orm import Session

from backend.alarms import service as alarms
from backend.audit import service as audit
from backend.desk.doors import Number, PageRoute, Typed, Visit, Visiting, go
from backend.desk.shell import DEFAULT_ZONE, shell_of, show
from backend.desk.staff_addresses import (
    address_of,
    estate_id_of,
    gone_of,
    new_fields,
    read_new,
    servers_of,
)
from backend.errors import NotFound
from backend.models import Estate
from backend.notifier import addresses, queries, removing
from backend.notifier.channels import BadAddress
from backend.notifier.faults import fault_of
from backend.notifier.robots import Outcome
from backend.notifier.senders import Outside, senders
from backend.people.roles import Role, may_manage_people
from locales import t

router = APIRouter(include_in_schema=False, route_class=PageRoute)
PAGE: Final = "/settings/alerts"
#: between two tests of one address
TEST_EVERY: Final = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Again:
    """A form that is shown once more: which, what was typed, what is wrong."""

    form: str = ""
    typed: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)


def _page(
    who: Visit, again: Again | None = None, secret: str = "", code: str = "", status: int = 200
) -> Response:
    addresses.require_leader(who.viewer)
    again, language = again or Again(), who.language
    with who.db.read() as session:
        estates = _estates(session, who)
        zone = estates[0].timezone if estates else DEFAULT_ZONE
        team = queries.list_colleagues(session, who.viewer.estate_ids)
        kept = addresses.list_kept(session, who.vault, who.viewer)
        removed = removing.list_gone(session, who.vault, who.viewer)
        shell = shell_of(session, who, on="staff_alerts")
    is_new = again.form == "new"
    places = {one.id: one.name(language) for one in estates} if len(estates) > 1 else {}
    shown = [address_of(language, one, zone, who.real_now, places.get(one.row.estate_id, "")) for one in kept]
    gone = [gone_of(language, one, zone, who.real_now, places.get(one.row.estate_id, "")) for one in removed]
    fields = new_fields(language, estates, team, again.typed if is_new else None,
                        again.errors if is_new else None)  # fmt: skip
    servers = [
        (estate, servers_of(language, who.vault, estate, again.form, again.typed, again.errors))
        for estate in estates
        if who.viewer.role == Role.ADMIN
    ]
    return show(who, "staff_alerts.html", shell, status=status, addresses=shown, gone=gone, fields=fields,
                servers=servers, secret=secret, estate_code=code, has_many=len(estates) > 1,
                may_set=may_manage_people(who.viewer.role), title=t(language, "Alerts to staff"))  # fmt: skip


def _estates(session: Session, who: Visit) -> list[Estate]:
    found = queries.estates_of(session, who.viewer.estate_ids)
    return [found[key] for key in sorted(found)]


def _estate_id(who: Visit, fields: Mapping[str, str]) -> int:
    return estate_id_of(fields, who.viewer.estate_ids)


@router.get("/settings/alerts")
def page(who: Visiting) -> Response:
    """All addresses of the viewer's estates, and the form for another one."""
    return _page(who)


@router.post("/settings/alerts")
def add(who: Visiting, fields: Typed) -> Response:
    """Add an address; what is wrong is said at its field."""
    addresses.require_leader(who.viewer)
    new = read_new(fields, _estate_id(who, fields))
    try:
        who.db.run(
            lambda session: addresses.add(session, who.vault, who.viewer, new, who.real_now, who.actor)
        )
    except BadAddress as bad:
        at = "whose" if bad.field in ("user", "role") else bad.field
        return _page(who, Again("new", fields, {at: t(who.language, bad.sentence)}), status=422)
    return go(who.request, PAGE, t(who.language, "The address was added. Please test it."))


@router.post("/settings/alerts/{address_id}/test")
def test_address(address_id: Number, who: Visiting, fields: Typed) -> Response:
    """Send a test message at once and say what became of it."""
    with who.db.read() as session:
        row = addresses.get_address(session, who.viewer, address_id)
    if row.tested_at is not None and who.real_now - row.tested_at < TEST_EVERY:
        return go(who.request, PAGE, t(who.language, "It was tested a moment ago."))
    if row.channel == queries.TELEGRAM:
        who.db.run(lambda session: addresses.queue_test(session, who.viewer, address_id, who.real_now))
        return go(
            who.request, PAGE, t(who.language, "The bot carries the test; what became of it shows here.")
        )
    return go(who.request, PAGE, _told(who.language, _test(who, address_id)))


def _test(who: Visit, address_id: int) -> Outcome:
    with who.db.read() as session:
        parcel = addresses.test_parcel(session, who.vault, who.viewer, address_id, who.real_now)
    outside: Outside = getattr(who.request.app.state, "outside", None) or Outside()
    outcome = asyncio.run(senders(outside)[parcel.channel].send(parcel))
    who.db.run(lambda session: addresses.note_test(session, who.viewer, address_id, outcome, who.real_now))
    return outcome


def _told(language: str, outcome: Outcome) -> str:
    if outcome.kind == "sent":
        return t(language, "Sent. The test message should be there now.")
    told = t(language, "The test did not arrive: {fault}", fault=fault_of(language, outcome.reason))
    if not outcome.said:
        return told
    return t(language, "{told} The other side said: “{words}”", told=told, words=outcome.said)


@router.post("/settings/alerts/{address_id}/remove")
def remove(address_id: Number, who: Visiting, fields: Typed) -> Response:
    """Remove an address for good; what waited for it is given up, and the page says how much that was."""
    count = who.db.run(
        lambda session: removing.remove(session, who.vault, who.viewer, address_id, who.real_now, who.actor)
    )
    told = t(who.language, "The address was removed.")
    if count:
        lost = t(who.language, "{count} messages that waited for it are given up; "
                 "the alerts still stand on the dashboard.", count=count)  # fmt: skip
        told = f"{told} {lost}" if who.language == "en" else f"{told}{lost}"
    return go(who.request, PAGE, told)


@router.post("/settings/alerts/{address_id}/{state}")
def switch(address_id: Number, state: str, who: Visiting, fields: Typed) -> Response:
    """Switch an address ``on`` or ``off``."""
    if state not in ("on", "off"):
        raise NotFound
    is_on = state == "on"
    who.db.run(
        lambda session: addresses.switch(
            session, who.viewer, address_id, on=is_on, now=who.real_now, actor=who.actor
        )
    )
    sentence = t(who.language, "Switched on.") if is_on else t(who.language, "Switched off.")
    return go(who.request, PAGE, sentence)


@router.post("/settings/servers/{name}")
def set_server(name: str, who: Visiting, fields: Typed) -> Response:
    """Set the estate's mail server (``mail``) or SMS gateway (``sms``)."""
    estate_id = _estate_id(who, fields)
    try:
        who.db.run(
            lambda session: addresses.set_server(
                session, who.vault, who.viewer, estate_id, name, fields, who.real_now, who.actor
            )
        )
    except BadAddress as bad:
        return _page(
            who, Again(f"{name}:{estate_id}", fields, {bad.field: t(who.language, bad.sentence)}), status=422
        )
    return go(who.request, PAGE, t(who.language, "Saved. Please test an address that uses it."))


@router.post("/settings/alarm-secret")
def alarm_secret(who: Visiting, fields: Typed) -> Response:
    """Make a new alarm secret and show it, this once."""
    estate_id, key = _estate_id(who, fields), who.request.app.state.settings.secret_key
    secret = who.db.run(lambda session: _new_secret(session, who, estate_id, key))
    with who.db.read() as session:
        (estate,) = queries.estates_of(session, [estate_id]).values()
    response = _page(who, secret=secret, code=estate.code)
    response.headers["Cache-Control"] = "no-store"
    return response


def _new_secret(session: Session, who: Visit, estate_id: int, key: str) -> str:
    secret = alarms.make_secret(session, who.viewer, estate_id, key)
    audit.record(session, who.actor, who.real_now, "settings.alarm_secret", estate_id=estate_id)
    return secret
