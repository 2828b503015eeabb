"""The resident's confirmation of finished work 验收签字: by link, by code, or with a finger on a screen.

Link and code are derived from a random nonce and the installation's key, so that they can be shown again;
only their hashes are compared. Nothing here commits.
"""

import hmac
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from math import ceil
from typing import Any, Final

from sqlalchemy.orm import Session

from backend.errors import BadInput, Forbidden, Refusal
from backend.models import SignOffRequest, Ticket, User
from backend.onsite import queries, texts
from backend.onsite.service import site_photos
from backend.people.viewer import Viewer
from backend.tickets import endings, lifecycle, outcome, resident, telling, wording
from backend.tickets import queries as ticket_rows
from backend.tickets import service as tickets
from backend.tickets.steps import Walker
from backend.tickets.work import actions_of
from intents.menu import Menu
from locales import N_

LIFE: Final = timedelta(hours=72)
MOST_TRIES: Final = 5
#: so often a resident is asked about one ticket, within this time
MOST_ASKED: Final = 3
ASKED_WITHIN: Final = timedelta(minutes=10)
LONGEST_NAME: Final = 60
LONGEST_WORDS: Final = 2000
NOT_YET: Final = N_("The work is not recorded as done yet. Please record it first; then it can be confirmed.")
SIGNED: Final = N_("This work is confirmed already.")
WHO: Final = N_("Please write the name of whoever confirms.")
WHAT: Final = N_("Please write in a few words what is not right.")
WRONG: Final = N_("This is not the code. {n} tries are left. It stands in the resident’s chat.")
SPENT: Final = N_("The code was wrong five times and works no more. Please use the link or a signature.")
NO_CODE: Final = N_("No code is valid any more. Please send the link and the code again.")


class Spent(Refusal):
    """A link that was used, has run out, or was never one: told on a page of its own."""

    status = 410
    title = N_("This link is no longer valid.")
    detail = N_("It was used already, or its 72 hours are over. Your butler can send you a new one.")


class AskedOften(Refusal):
    """The resident was asked again and again just now: each asking makes their last link worthless."""

    status = 429
    title = N_("A little slower, please.")
    detail = N_(
        "The resident was asked {n} times in the last ten minutes; the newest link and code still work. They "
        "can be sent again in {minutes} minutes."
    )


def token_of(secret: str, request: SignOffRequest) -> str:
    """The random part of the link, shown to whoever may show it again."""
    made = hmac.new(secret.encode(), f"sign:{request.values['nonce']}".encode(), sha256).digest()
    return urlsafe_b64encode(made[:24]).decode()


def code_of(secret: str, request: SignOffRequest) -> str:
    """Six digits that the resident reads out."""
    made = hmac.new(secret.encode(), f"code:{request.values['nonce']}".encode(), sha256).digest()
    return f"{int.from_bytes(made[:8], 'big') % 1_000_000:06d}"


def hash_of(secret: str, text: str) -> str:
    return hmac.new(secret.encode(), f"sign-off:{text}".encode(), sha256).hexdigest()


def is_ready(ticket: Ticket) -> bool:
    """True when the work is done and its sign-off may be recorded."""
    machine = lifecycle.machine_of(ticket.workflow, ticket.step)
    return ticket.step in machine.done and "sign_off" in actions_of(ticket)


def is_live(request: SignOffRequest | None, ticket: Ticket, now: datetime) -> bool:
    """True for a request that can still be answered: unsigned, in time, of this round."""
    if request is None or request.signed_at is not None or request.cycle != ticket.cycle:
        return False
    return request.expires_at > now and is_ready(ticket)


def ask(session: Session, viewer: Viewer, number: int, secret: str, base: str, now: datetime) -> bool:
    """Begin a confirmation, and send link and code to the resident's chat; False where they have none.

    ``base``: the address that residents reach us by. Raises NotFound, Forbidden, BadInput, AskedOften.
    """
    ticket = _ready(session, viewer, number)
    _refuse_signed(session, ticket)
    _refuse_often(session, ticket, now)
    request = _begin(session, ticket, viewer, secret, now)
    reader = telling.reader_of(session, ticket)
    link = f"{base}/sign/{token_of(secret, request)}"
    request.values = {**request.values, "language": reader.language}
    pushed = texts.to_confirm(reader.language, ticket.number, ticket.name(reader.language), link,
                              code_of(secret, request), _price(session, ticket))  # fmt: skip
    # The one who did the work stands beside the resident: this waits for no morning.
    told = telling.push(session, ticket, reader, pushed, now, "to_confirm", is_urgent=True)
    telling.changed(session, ticket, now, viewer.user_id)
    return told is not None


def _price(session: Session, ticket: Ticket) -> str:
    cost = record_values(session, ticket).get("cost_fen")
    return wording.money(int(cost)) if cost else ""


def _ready(session: Session, viewer: Viewer, number: int) -> Ticket:
    ticket = tickets.hold(session, viewer, number)
    if not viewer.may("sign_off"):
        raise Forbidden
    if not is_ready(ticket):
        raise BadInput(NOT_YET)
    return ticket


def _refuse_signed(session: Session, ticket: Ticket) -> None:
    request = queries.latest_request(session, ticket)
    if request is not None and request.signed_at is not None:
        raise BadInput(SIGNED)


def _refuse_often(session: Session, ticket: Ticket, now: datetime) -> None:
    asked = queries.list_asked(session, ticket, now - ASKED_WITHIN)
    if len(asked) >= MOST_ASKED:
        left = asked[-MOST_ASKED] + ASKED_WITHIN - now
        raise AskedOften(n=MOST_ASKED, minutes=max(1, ceil(left / timedelta(minutes=1))))


def _begin(session: Session, ticket: Ticket, viewer: Viewer, secret: str, now: datetime) -> SignOffRequest:
    """A new request; the links of earlier ones work no more."""
    former = queries.latest_request(session, ticket, lock=True)
    if former is not None and former.signed_at is None:
        former.expires_at = min(former.expires_at, now)
    request = SignOffRequest(
        estate_id=ticket.estate_id, ticket_id=ticket.id, cycle=ticket.cycle, token_hash="", code_hash="",
        tries=0, by_user_id=viewer.user_id, created_at=now, expires_at=now + LIFE, signed_name="",
        values={"nonce": secrets.token_hex(16)},
    )  # fmt: skip
    request.token_hash = hash_of(secret, token_of(secret, request))
    request.code_hash = hash_of(secret, code_of(secret, request))
    session.add(request)
    session.flush()
    return request


def clean_name(text: str) -> str:
    """Who confirms. Raises BadInput for nobody."""
    name = " ".join(text.split())[:LONGEST_NAME]
    if not name:
        raise BadInput(WHO)
    return name


def try_code(
    session: Session,
    menu: Menu,
    viewer: Viewer,
    number: int,
    code: str,
    name: str,
    secret: str,
    now: datetime,
) -> tuple[str, int]:
    """Confirm with the code that the resident reads out; returns "", or what to say of a wrong one, and
    the tries that are left.

    A wrong code is counted, so nothing is raised for it. Raises NotFound, Forbidden, BadInput.
    """
    ticket = _ready(session, viewer, number)
    _refuse_signed(session, ticket)
    request = queries.latest_request(session, ticket, lock=True)
    if request is None or not is_live(request, ticket, now):
        raise BadInput(NO_CODE)
    if request.tries >= MOST_TRIES:
        raise BadInput(SPENT)
    request.tries += 1
    digits = "".join(sign for sign in code if sign.isdigit() and sign.isascii())
    if not hmac.compare_digest(hash_of(secret, digits), request.code_hash):
        left = MOST_TRIES - request.tries
        return (WRONG if left else SPENT), left
    _by_staff(session, menu, viewer, ticket, request, clean_name(name), "code", now)
    return "", 0


def sign_here(
    session: Session, menu: Menu, viewer: Viewer, number: int, name: str, secret: str, now: datetime,
    file_id: str | None = None,
) -> Ticket:  # fmt: skip
    """Confirm on the screen of a colleague: with a drawn signature, else by name in their presence.

    Raises NotFound, Forbidden, BadInput.
    """
    ticket = _ready(session, viewer, number)
    _refuse_signed(session, ticket)
    signer = clean_name(name)
    request = queries.latest_request(session, ticket, lock=True)
    if request is None or not is_live(request, ticket, now):
        request = _begin(session, ticket, viewer, secret, now)
    request.file_id = file_id
    return _by_staff(session, menu, viewer, ticket, request, signer, "signature" if file_id else "typed", now)


def _by_staff(
    session: Session, menu: Menu, viewer: Viewer, ticket: Ticket, request: SignOffRequest, name: str,
    method: str, now: datetime,
) -> Ticket:  # fmt: skip
    _close(request, name, method, now)
    body = {"signed_by": name, **site_photos(session, ticket)}
    return tickets.act(session, menu, viewer, ticket.number, "sign_off", body, now)


def _close(request: SignOffRequest, name: str, method: str, now: datetime) -> None:
    request.signed_at, request.signed_name, request.method = now, name, method


def open_link(
    session: Session, token: str, secret: str, now: datetime, *, lock: bool = True
) -> tuple[SignOffRequest, Ticket]:
    """What stands behind a link, held for an answer. Raises Spent for one that is none any more."""
    mark = hash_of(secret, token)
    request = queries.find_request(session, mark)
    if request is None:
        raise Spent
    ticket = queries.ticket_of(session, request, lock=lock)
    held = queries.find_request(session, mark, lock=True) if lock else request
    if held is None or not is_live(held, ticket, now):
        raise Spent
    return held, ticket


def confirm(session: Session, token: str, name: str, secret: str, now: datetime) -> Ticket:
    """The resident confirms by the link: the step is their own. Raises Spent, BadInput, IllegalMove."""
    request, ticket = open_link(session, token, secret, now)
    signer = clean_name(name)
    _close(request, signer, "link", now)
    given: dict[str, Any] = {"signed_by": signer, **site_photos(session, ticket)}
    walker = Walker(session, ticket, now, "R", given=given)
    machine = walker.machine
    moves: tuple[lifecycle.Move, ...] = ()
    if ticket.step != machine.aims["sign_off"]:
        moves = lifecycle.moves_of(machine, ticket.step, "sign_off")
    walker.check(moves)
    walker.walk("signed_off", moves, **given)
    if not moves:
        walker.fill(walker.form_of(ticket.step))
    walker.happen("signed_off")
    endings.tell_signed(session, ticket, telling.reader_of(session, ticket), now)
    resident.heard_back(session, ticket, now)
    tickets.settle(session, ticket, now)
    telling.changed(session, ticket, now, None)
    return ticket


def refuse(session: Session, menu: Menu, token: str, words: str, secret: str, now: datetime) -> Ticket:
    """It is not right: the link is spent, and what follows is what follows dissatisfaction (SLA-15, SLA-16).

    Raises Spent, BadInput.
    """
    said = words.strip()[:LONGEST_WORDS]
    request, ticket = open_link(session, token, secret, now)
    if not said:
        raise BadInput(WHAT)
    request.expires_at = now
    request.values = {**request.values, "refused_at": now.isoformat()}
    try:
        resident.follow_up(session, menu, ticket, {"result": "unsatisfied", "words": said}, now)
    except (lifecycle.NoWay, outcome.Lacking):
        resident.add(session, ticket, {"kind": "added", "words": said}, now)
    return ticket


def worker_of(session: Session, ticket: Ticket) -> User | None:
    """Who did the work, as far as it was given to a colleague."""
    return session.get(User, ticket.worker_id) if ticket.worker_id else None


def record_values(session: Session, ticket: Ticket) -> Mapping[str, Any]:
    """What the work order of this round says."""
    form = lifecycle.machine_of(ticket.workflow, ticket.step)
    kind = next((m.form for m in form.moves if m.to_step == ticket.step and m.form), None)
    found = ticket_rows.find_record(session, ticket.id, kind, ticket.cycle) if kind else None
    return found.values if found else {}
