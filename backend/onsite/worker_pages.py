"""The service worker of the jobs: a file of ours whose place gives it the jobs alone to look after."""

from pathlib import Path
from typing import Final

from fastapi import APIRouter, Response
from fastapi.responses import FileResponse

from backend.web import rendering

router = APIRouter(include_in_schema=False)
WORKER: Final = Path(rendering.__file__).parent / "static" / "onsite-worker.js"


@router.get("/jobs/worker.js")
def worker() -> Response:
    """Kept pages are read without network, so the script itself asks nobody to sign in."""
    headers = {"Service-Worker-Allowed": "/jobs", "Cache-Control": "no-cache"}
    return FileResponse(WORKER, media_type="text/javascript", headers=headers)
