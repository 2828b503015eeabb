"""The chat page and the privacy notice: open to everybody, framed only where the operator allows it."""

from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from backend.conversations import facts, queries
from backend.estates.brand import brand_of
from backend.people.privacy import load_notice
from backend.web.client_strings_chat import chat_strings
from backend.web.rendering import render
from locales import pick_locale

router = APIRouter(include_in_schema=False)
STATIC: Final = Path(__file__).parent.parent / "web" / "static"


@cache
def asset_version() -> str:
    """A short text that changes when any static file of ours changes."""
    digest = sha256()
    for path in sorted(STATIC.glob("*.*")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:10]


def language_of(request: Request) -> str:
    asked = request.query_params.get("lang")
    if asked in ("zh", "en"):
        return asked
    return pick_locale(request.headers.get("accept-language", "").split(",")[0].strip())


def _estate(request: Request, language: str) -> dict[str, str]:
    with request.app.state.db.read() as session:
        estate = queries.find_estate(session, request.query_params.get("estate"))
        hours = (estate.settings.get("desk_hours") or {}).get(language, "")
        own = brand_of(estate)
        return {"code": estate.code, "name": estate.name(language), "hotline": facts.hotline(estate),
                "desk_hours": hours, "css": own.css, "logo": own.logo}  # fmt: skip


@router.get("/chat")
def chat(request: Request) -> HTMLResponse:
    """The chat; its script opens or resumes the session."""
    language = language_of(request)
    return render(request, "chat.html", language=language, strings=chat_strings(language),
                  estate=_estate(request, language), asset_version=asset_version())  # fmt: skip


@router.get("/privacy")
def privacy(request: Request) -> HTMLResponse:
    """The whole privacy notice in both its chapters and consents."""
    language = language_of(request)
    estate, notice = _estate(request, language), load_notice()
    words = {"estate": estate["name"], "hotline": estate["hotline"]}
    sections = [(s.title.in_(language, **words), s.text.in_(language, **words)) for s in notice.sections]
    return render(request, "privacy.html", language=language, short=notice.short.in_(language, **words),
                  sections=sections, version=notice.version, asset_version=asset_version())  # fmt: skip
