"""Staff sign in and out over the JSON API."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from backend.people import doors, service
from backend.people.schemas import LoginBody, TokenAnswer
from backend.people.viewer import Viewer

router = APIRouter(prefix="/api/staff", tags=["staff"])


@router.post("/login")
def login(body: LoginBody, request: Request) -> TokenAnswer:
    """Sign in; answers 401 for anything wrong and 429 while the door is locked."""
    state = request.app.state
    attempt = service.LoginTry(
        username=body.username,
        password=body.password,
        code=body.code,
        address=doors.caller_address(request),
        kind="bearer",
    )
    is_cheap = state.settings.argon2_is_cheap
    signed_in = doors.sign_in(state.db, state.vault, attempt, state.clock.real_now(), is_cheap)
    return TokenAnswer(token=signed_in.token)


@router.post("/logout", status_code=204)
def logout(request: Request, viewer: Annotated[Viewer, Depends(doors.bearer_viewer)]) -> Response:
    """End the session of the Bearer token."""
    request.app.state.db.run(partial(service.logout, token=doors.bearer_token(request)))
    return Response(status_code=204)
