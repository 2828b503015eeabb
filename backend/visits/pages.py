"""Every page of this room, in one router."""

from fastapi import APIRouter

from backend.visits import calendar_pages, move_pages

router = APIRouter()
for room in (calendar_pages, move_pages):
    router.include_router(room.router)
