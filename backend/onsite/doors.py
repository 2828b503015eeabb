"""Where a phone's posts come in: pages for a browser without script, JSON for one that keeps and resends."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute

from backend.desk.doors import PageRoute, Visit, go, refused
from backend.errors import Refusal
from backend.onsite.once import Answer
from backend.people.viewer import Viewer
from backend.web.rendering import language_of


def is_script(request: Request) -> bool:
    """True when the page's own script asks, which reads JSON."""
    return request.headers.get("accept", "").startswith("application/json")


class KeptRoute(PageRoute):
    """A page's route whose refusals the script of the page can read."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        answer = APIRoute.get_route_handler(self)

        async def guarded(request: Request) -> Response:
            try:
                return await answer(request)
            except Refusal as refusal:
                if is_script(request):
                    return problem(request, refusal)
                return refused(request, refusal)

        return guarded


def problem(request: Request, refusal: Refusal) -> Response:
    """A refusal as the script of the page reads it, in the viewer's language."""
    viewer: Viewer | None = getattr(request.state, "viewer", None)
    language = viewer.language if viewer else language_of(request)
    return JSONResponse(refusal.problem(language), status_code=refusal.status)


def answered(who: Visit, number: int, answer: Answer, place: str = "") -> Response:
    """What was done: as JSON, else back to the job with a sentence.

    ``place``: what to see of it there, such as "#sign".
    """
    if is_script(who.request):
        return JSONResponse(answer)
    return go(who.request, f"/jobs/{number}{place}", str(answer.get("sentence", "")))
