"""Templates: one environment, one ``render``; every word is in the reader's language."""

from functools import cache, partial
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from starlette.requests import Request
from starlette.responses import HTMLResponse

from backend.web import sessions
from backend.web.client_strings import client_strings
from locales import html_tag, pick_locale, t

TEMPLATES: Final = Path(__file__).parent / "templates"
#: what a template may ask for without being given it
DEFAULTS: Final[dict[str, Any]] = {
    "shell": None, "oob": False, "search": "", "panel": False, "need": 0, "matching": "", "title": "",
}  # fmt: skip


@pass_context
def _worded(context: Context, sentence: str, /, **values: object) -> str:
    """``_("… {name}", name=x)`` in a template: the same ``t()`` as in Python, escaped as usual."""
    return t(str(context["language"]), sentence, **values)


@cache
def environment() -> Environment:
    """The template environment; unknown names raise, so that a typing error cannot show as a gap."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.policies["ext.i18n.trimmed"] = True
    # Chinese as it is: a quarter of the weight of its escapes.
    made.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "sort_keys": True}
    made.globals["_"] = _worded
    return made


def language_of(request: Request) -> str:
    """The language of a page for somebody not signed in: chosen in this browser, else what it prefers."""
    chosen = request.cookies.get(sessions.LANGUAGE, "")
    if chosen in ("zh", "en"):
        return chosen
    return pick_locale(request.headers.get("accept-language", "").split(",")[0].split(";")[0].strip())


def is_fragment(request: Request) -> bool:
    """True when htmx asked, so that parts of a page answer it."""
    return request.headers.get("hx-request") == "true"


def here(request: Request) -> str:
    """The page to come back to after a choice: the page's own address, never a fragment's."""
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


def safe_path(path: str) -> str:
    """``path`` when it leads to a page of ours, else the queue: nobody is sent elsewhere by a link to us."""
    is_ours = path.startswith("/") and not path.startswith(("//", "/\\")) and "\n" not in path
    return path if is_ours else "/queue"


def render(
    request: Request,
    template: str,
    /,
    *,
    language: str = "",
    theme: str = "",
    status: int = 200,
    **context: Any,
) -> HTMLResponse:
    """Render ``template`` in ``language`` (default: the browser's) with what every page needs."""
    chosen = language or language_of(request)
    settings = request.app.state.settings
    toast = unquote(request.cookies.get(sessions.TOAST, ""))
    html = (
        environment()
        .get_template(template)
        .render(
            {
                **DEFAULTS,
                "language": chosen,
                "html_lang": html_tag(chosen),
                "theme": theme or theme_of(request),
                "csrf_token": sessions.csrf_token(settings, sessions.session_token(request)),
                "client_strings": partial(client_strings, chosen),
                "here": here(request),
                "toast": toast,
                **context,
            }
        )
    )
    response = HTMLResponse(html, status_code=status)
    if is_fragment(request):  # an open page may be in the language of before
        response.headers["X-Language"] = html_tag(chosen)
    elif toast:
        response.delete_cookie(sessions.TOAST, path="/")
    return response


def theme_of(request: Request) -> str:
    """The appearance that this browser chose: auto, light or dark."""
    theme = request.cookies.get(sessions.THEME, "auto")
    return theme if theme in sessions.THEMES else "auto"
