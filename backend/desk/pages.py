"""Every page of the dashboard, in one router."""

from fastapi import APIRouter

from backend.desk import (
    alert_pages,
    duty_pages,
    duty_settings_pages,
    entrance,
    handover_pages,
    incident_pages,
    intake_pages,
    letter_pages,
    notifier_pages,
    promise_pages,
    queue_pages,
    rota_pages,
    ticket_pages,
)

router = APIRouter()
for room in (
    entrance,
    queue_pages,
    letter_pages,
    ticket_pages,
    intake_pages,
    alert_pages,
    promise_pages,
    notifier_pages,
    incident_pages,
    duty_pages,
    duty_settings_pages,
    rota_pages,
    handover_pages,
):
    router.include_router(room.router)
