"""消息文字: what the assistant says, in the estate's own words."""

from collections.abc import Mapping
from typing import Final

from fastapi import APIRouter, Response
from sqlalchemy.orm import Session

from backend.audit import queries as audit_queries
from backend.desk.doors import PageRoute, Typed, Visit, Visiting, go
from backend.desk.shell import shell_of, show
from backend.errors import VersionConflict
from backend.estates import queries as estate_queries
from backend.office import settings_holes, settings_texts
from backend.office.settings import Hand
from backend.office.settings_shared import changed_estate, conflict, estate_of, other_estates
from backend.office.settings_texts import TextView
from locales import LANGUAGES, N_, t

router = APIRouter(include_in_schema=False, route_class=PageRoute)
PAGE: Final = "/settings/texts"
SAVED: Final = N_("Saved. Residents read it from now on.")


@router.get(PAGE)
def list_page(who: Visiting, estate: str = "", group: str = "", q: str = "") -> Response:
    """Every sentence of a group, or those that hold the words searched for."""
    chosen = group if group in settings_texts.GROUPS else ("" if q else "greeting")
    with who.db.read() as session:
        found = estate_of(session, who, {"estate": estate})
        rows = settings_texts.list_of(session, found, chosen, q.strip()[:80])
        shell = shell_of(session, who, on="settings")
        estates = other_estates(session, who, PAGE)
    groups = [(name, t(who.language, label)) for name, (label, _) in settings_texts.GROUPS.items()]
    lines = [settings_holes.line_of(one, who.language) for one in rows]
    return show(who, "settings_texts.html", shell, texts=lines, groups=groups, group=chosen, words=q,
                estate=found, estates=estates, title=t(who.language, "Message texts"))  # fmt: skip


@router.get(PAGE + "/{kind}")
def text_page(who: Visiting, kind: str, estate: str = "") -> Response:
    """One sentence, with the form for another wording."""
    return _page(who, kind, {"estate": estate})


def _page(
    who: Visit, kind: str, fields: Mapping[str, str], errors: Mapping[str, str] | None = None, note: str = "",
    status: int = 200, version: int | None = None,
) -> Response:  # fmt: skip
    with who.db.read() as session:
        estate = estate_of(session, who, fields)
        view = settings_texts.get(session, estate, kind)
        shell = shell_of(session, who, on="settings")
    # the standard stands in the field, to be changed word by word; saved unchanged it stays the standard
    own = {name: view.own[name] or view.standard[name] for name in LANGUAGES}
    typed = {name: fields.get(f"text_{name}", own[name]) for name in LANGUAGES}
    shown = {name: text or view.standard[name] for name, text in typed.items()}
    previews = {name: settings_texts.preview(estate, name, shown[name]) for name in LANGUAGES}
    return show(
        who, "settings_text.html", shell, status=status, text=view, typed=typed, errors=errors or {},
        note=note, previews=previews, standard=settings_holes.standard_of(view),
        holes=settings_holes.list_of(estate, who.language, view.standard[who.language]),
        estate=estate, version=view.version if version is None else version,
        title=t(who.language, "Word this differently"),
    )  # fmt: skip


@router.post(PAGE + "/{kind}")
def save(who: Visiting, kind: str, fields: Typed) -> Response:
    """Try a wording out (``step`` preview), go back to the standard (``reset``), or keep it."""
    step = fields.get("step", "save")
    with who.db.read() as session:
        view = settings_texts.get(session, estate_of(session, who, fields), kind)
    own = _own(view, fields) if step != "reset" else dict.fromkeys(LANGUAGES, "")
    errors = {
        name: fault for name, text in own.items()
        if text and (fault := settings_texts.fault_of(view, name, text, who.language))
    }  # fmt: skip
    if errors:
        return _page(who, kind, fields, errors, status=422)
    if step == "preview":
        return _page(who, kind, fields, note=t(who.language, "Tried out, not saved yet."))
    try:
        code = who.db.run(lambda session: _save(session, who, kind, fields, own))
    except VersionConflict as refusal:
        return _page(who, kind, fields, note=refusal.worded(who.language)[1], status=409)
    said = N_("The standard text is used again.") if step == "reset" else SAVED
    return go(who.request, f"{PAGE}/{kind}?estate={code}", t(who.language, said))


def _own(view: TextView, fields: Mapping[str, str]) -> dict[str, str]:
    """What was typed, in each language; "" where it is the standard's own words."""
    typed = {name: fields.get(f"text_{name}", "").replace("\r\n", "\n").strip() for name in LANGUAGES}
    return {name: "" if text == view.standard[name].strip() else text for name, text in typed.items()}


def _save(session: Session, who: Visit, kind: str, fields: Mapping[str, str], own: Mapping[str, str]) -> str:
    estate = estate_queries.lock_estate(session, changed_estate(session, who, fields).id)
    if fields.get("version") != str(settings_texts.get(session, estate, kind).version):
        raise conflict(session, who, audit_queries.last_of(session, "text", kind))
    settings_texts.save(session, Hand(who.actor, who.now, who.real_now), estate, kind, own)
    return estate.code
