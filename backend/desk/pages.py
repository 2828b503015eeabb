"""Every page of the dashboard, in one router."""

from fastapi import APIRouter

from backend.desk import (
    act_pages,
    alert_pages,
    answer_pages,
    bulk_pages,
    case_pages,
    company_pages,
    duty_pages,
    duty_settings_pages,
    entrance,
    event_pages,
    handover_pages,
    incident_pages,
    intake_pages,
    letter_pages,
    notifier_pages,
    phrase_pages,
    presence_pages,
    promise_pages,
    queue_pages,
    quick_pages,
    rota_pages,
    service_pages,
    ticket_pages,
    translation_pages,
)

router = APIRouter()
for room in (
    entrance,
    company_pages,
    queue_pages,
    bulk_pages,
    answer_pages,
    letter_pages,
    quick_pages,
    presence_pages,
    translation_pages,
    phrase_pages,
    service_pages,
    ticket_pages,
    act_pages,
    intake_pages,
    alert_pages,
    promise_pages,
    notifier_pages,
    incident_pages,
    event_pages,
    case_pages,
    duty_pages,
    duty_settings_pages,
    rota_pages,
    handover_pages,
):
    router.include_router(room.router)
