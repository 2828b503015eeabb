"""The staff API about phrases: looking at proposals, adding, approving, rejecting."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Query, Request

from backend.learning import queries, schemas, service
from backend.people.doors import bearer_viewer
from backend.people.viewer import Viewer

router = APIRouter(prefix="/api/phrases", tags=["staff"])
Signed = Annotated[Viewer, Depends(bearer_viewer)]
Number = Annotated[int, Path(ge=1, lt=queries.TOO_LARGE)]
PAGE: Final = 50


@router.get("")
def list_phrases(
    request: Request,
    viewer: Signed,
    state: schemas.State | None = None,
    after: Annotated[int | None, Query(ge=1, lt=queries.TOO_LARGE)] = None,
) -> schemas.PhrasesOut:
    """A page of phrases, newest first; ``next`` is the cursor for ``after``. For supervisors and above."""
    with request.app.state.db.read() as session:
        rows = service.list_phrases(session, viewer, state=state, before=after, limit=PAGE + 1)
    shown = [_shown(row) for row in rows[:PAGE]]
    return schemas.PhrasesOut(items=shown, next=rows[PAGE - 1].id if len(rows) > PAGE else None)


@router.post("", status_code=201)
def add(body: schemas.PhraseBody, request: Request, viewer: Signed) -> schemas.PhraseOut:
    """Add a phrase; it is understood in every web process within five seconds."""
    app = request.app.state

    def work(session: Any) -> schemas.PhraseOut:
        made = service.add(session, app.menu, viewer, body.text, body.items, app.clock.now(), body.estate)
        return _shown(made)

    answer: schemas.PhraseOut = app.db.run(work)
    return answer


@router.get("/versions")
def versions(request: Request, viewer: Signed) -> schemas.VersionsOut:
    """What is published, and what the answering process serves."""
    app = request.app.state
    with app.db.read() as session:
        published = service.versions(session, viewer)
    return schemas.VersionsOut(published=published, served=app.engine_watch.served())


@router.post("/{number}/approve")
def approve(
    number: Number,
    request: Request,
    viewer: Signed,
    body: schemas.ApproveBody | None = None,
) -> schemas.PhraseOut:
    """Let a phrase take effect, in other words or for other items when these are given."""
    app, changes = request.app.state, body or schemas.ApproveBody()

    def work(session: Any) -> schemas.PhraseOut:
        done = service.approve(
            session, app.menu, viewer, number, app.clock.now(), changes.text, changes.items
        )
        return _shown(done)

    answer: schemas.PhraseOut = app.db.run(work)
    return answer


@router.post("/{number}/reject")
def reject(number: Number, request: Request, viewer: Signed) -> schemas.PhraseOut:
    """Let a phrase have no effect, or none any more."""
    app = request.app.state

    def work(session: Any) -> schemas.PhraseOut:
        return _shown(service.reject(session, viewer, number, app.clock.now()))

    answer: schemas.PhraseOut = app.db.run(work)
    return answer


def _shown(row: Any) -> schemas.PhraseOut:
    return schemas.PhraseOut.model_validate(row, from_attributes=True)
