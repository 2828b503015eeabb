"""Every page of the reports, in one router."""

from fastapi import APIRouter

from backend.reports import form_pages, kpi_pages, register_pages, report_pages, today_pages

router = APIRouter()
for room in (kpi_pages, report_pages, register_pages, form_pages, today_pages):
    router.include_router(room.router)
