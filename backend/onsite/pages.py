"""Every page of this room, in one router."""

from fastapi import APIRouter

from backend.onsite import job_pages, pass_pages, sign_pages, worker_pages

router = APIRouter()
for made in (worker_pages.router, job_pages.router, sign_pages.router, pass_pages.router, sign_pages.public):
    router.include_router(made)
