"""Every page of this room, in one router."""

from fastapi import APIRouter

from backend.search import export_pages, ticket_pages, view_pages

router = APIRouter()
for room in (ticket_pages, export_pages, view_pages):
    router.include_router(room.router)
