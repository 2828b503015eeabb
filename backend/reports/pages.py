"""Every page of the reports, in one router."""

from fastapi import APIRouter

from backend.reports import kpi_pages

router = APIRouter()
for room in (kpi_pages,):
    router.include_router(room.router)
