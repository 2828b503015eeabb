"""Every page of this room, in one router."""

from fastapi import APIRouter

from backend.households import home_pages, import_pages, invitation_pages, resident_pages

router = APIRouter()
for room in (home_pages, import_pages, invitation_pages, resident_pages):
    router.include_router(room.router)
