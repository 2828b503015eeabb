"""Every page of this room, in one router."""

from fastapi import APIRouter

from backend.office import (
    absence_pages,
    account_pages,
    attention_pages,
    audit_pages,
    notification_pages,
    settings_brand_pages,
    settings_calendar_pages,
    settings_pages,
    settings_promises_pages,
    settings_texts_pages,
    team_pages,
)

router = APIRouter()
for room in (
    absence_pages,
    account_pages,
    settings_brand_pages,
    settings_calendar_pages,
    settings_pages,
    settings_promises_pages,
    settings_texts_pages,
    audit_pages,
    attention_pages,
    notification_pages,
    team_pages,
):
    router.include_router(room.router)
