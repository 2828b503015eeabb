"""Two entries of what may be one person, side by side, or a search for the second of them."""

from sqlalchemy.orm import Session

from backend.desk.queue import Reader
from backend.desk.views import Fact, Link
from backend.households import merge_queries, queries, resident_view, search_queries, wording
from backend.households.views import MergeView, SideView
from backend.models import Resident
from backend.people import homes, kept_phone, phones
from backend.vault import Vault
from locales import N_, t

HANGS = {
    "tickets": N_("Tickets"), "conversations": N_("Conversations"), "remarks": N_("Notes"),
    "invitations": N_("Invitations"),
}  # fmt: skip


def merge_of(
    session: Session, reader: Reader, vault: Vault, first: Resident, second: Resident | None, search: str,
    error: str,
) -> MergeView:  # fmt: skip
    language = reader.language
    back = Link(wording.name_of(language, first), f"/residents/{first.id}")
    title = t(language, "The same person twice")
    if second is None or second.id == first.id:
        found = _found(session, reader, vault, first, search) if search.strip() else ()
        return MergeView(title, first.id, back, search=search, found=found)
    sides = tuple(_side(session, reader, vault, one, max(first.id, second.id)) for one in (first, second))
    return MergeView(title, first.id, back, sides, error=error, goes=max(first.id, second.id))


def _side(session: Session, reader: Reader, vault: Vault, resident: Resident, newer: int) -> SideView:
    language = reader.language
    person = wording.person_of(reader, vault, resident, None)
    stays = queries.list_residencies(session, reader.viewer, resident.id)
    places = [wording.home_name(language, home) for _stay, home in stays]
    facts = [
        Fact(t(language, "Lives in"), resident_view.list_of(language, places)),
        Fact(t(language, "Kind"), person.kind),
        Fact(t(language, "Form of address"), person.called or "–"),
        Fact(t(language, "Language"), person.language),
        Fact(t(language, "Phone"), person.phone or "–"),
        Fact(t(language, "Entered"), wording.day_of(language, resident.created_at, reader.zone)),
    ]
    counts = merge_queries.counts_of(session, reader.viewer, resident.id)
    facts += [Fact(t(language, label), str(counts[name])) for name, label in HANGS.items()]
    return SideView(resident.id, person.name, tuple(facts), resident.id == newer)


def _found(session: Session, reader: Reader, vault: Vault, first: Resident, search: str) -> tuple[Link, ...]:
    """Others of the estate by name, home or phone."""
    text = search.replace("\x00", "").strip()[:80]
    number, home = phones.normalise(text), homes.parse_home(text)
    wanted = search_queries.Wanted(
        text,
        vault.digest(number) if number else "",
        home.code if home else "",
        kept_phone.asked_last4(vault, text),
    )
    rows = search_queries.search(session, reader.viewer, wanted, reader.now)
    others = {one.id: one for _home, one in rows if one is not None and one.id != first.id}
    return tuple(
        Link(resident_view.named_with_home(session, reader.viewer, reader.language, one),
             f"/residents/{first.id}/merge?other={one.id}")
        for one in others.values()
        if one.estate_id == first.estate_id
    )  # fmt: skip
