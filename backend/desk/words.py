"""What things are called on the desk: steps, clocks, channels, events, roles, and their icons. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, Protocol

from backend.desk import queue_events
from backend.desk.views import Symbol
from locales import N_, t

Names = Mapping[str, str]

#: step of a workflow -> what staff read (residents read tickets.wording)
STEPS: Final[Names] = {
    "confirmed": N_("To be accepted"), "triaged": N_("Accepted"), "quoted": N_("Price sent"),
    "assigned": N_("Assigned"), "rescheduled": N_("New time wanted"), "on_site": N_("On site"),
    "diagnosed": N_("Under repair"), "waiting_parts": N_("Waiting for parts"),
    "done": N_("To be followed up"),
    "followed_up": N_("Followed up"), "rework": N_("To be redone"), "closed": N_("Closed"),
    "cancelled": N_("Cancelled"), "withdrawn": N_("Withdrawn"), "declined": N_("Declined"),
    "moved_to_warranty": N_("With the warranty team"), "reopened_as_new": N_("Went on as a new complaint"),
    "booked": N_("Time fixed"), "finished": N_("Work done, to be signed"), "signed": N_("Signed off"),
    "settled": N_("Settled"), "registered": N_("Registered"), "classified": N_("Classified"),
    "explained": N_("Explained"), "handled": N_("Handled, feedback due"), "fed_back": N_("To be followed up"),
    "received": N_("Received"), "under_review": N_("Under review"), "consulting": N_("Being discussed"),
    "adopted": N_("Adopted"), "not_adopted": N_("Not adopted"), "replied": N_("Answered"),
    "taken": N_("To be answered"), "researching": N_("Being looked up"), "answered": N_("Answered"),
    "alerted": N_("Duty staff alerted"), "accepted": N_("Accepted"), "safe": N_("Danger over"),
    "false_alarm": N_("False alarm"), "in_work": N_("Under way"),
    "requested": N_("To be accepted"), "scheduled": N_("Time fixed"), "in_service": N_("In service"),
    "signed_off": N_("Signed off"), "charged": N_("Charged"), "bad_faith_unpaid": N_("Refuses to pay"),
    "offered": N_("Choices sent"), "fulfilled": N_("To be followed up"),
    "complained": N_("Went on as a complaint"), "eligible": N_("To be arranged"),
    "arranged": N_("Helper named"), "redirected": N_("Sent another way"), "lent": N_("Lent out"),
    "overdue": N_("Not returned in time"), "returned": N_("Returned"), "unavailable": N_("None free"),
    "open": N_("To be signed up"), "waiting": N_("Waiting list"), "signed_up": N_("Signed up"),
    "attended": N_("Attended"), "card_issued": N_("Card issued"), "verified": N_("Papers checked"),
    "agreed": N_("Agreement signed"), "issued": N_("Vouchers issued"), "reserved": N_("Reserved"),
    "part_redeemed": N_("Partly used"), "redeemed": N_("Used up"), "rejected": N_("Rejected"),
    "notified": N_("Notice sent"), "docs_missing": N_("Papers missing"), "inspected": N_("Inspected"),
    "snag_open": N_("Snags open"), "contractor_told": N_("Contractor told in writing"),
    "paid": N_("Fees paid"), "active": N_("In force"),
    "refused": N_("Refused"), "owner_consented": N_("Owner agrees"),
    "eng_cleared": N_("Cleared by engineering"), "fin_cleared": N_("Cleared by finance"),
    "sec_cleared": N_("Cleared by security"), "keys_returned": N_("Keys returned"),
    "released": N_("Released"), "submitted": N_("Submitted"), "incomplete": N_("Incomplete"),
    "drawing_review": N_("Drawings under review"), "revise": N_("To be corrected"),
    "fire_review": N_("Fire review"), "permitted": N_("Permit granted"),
    "in_progress": N_("Works going on"), "violation": N_("Rule broken"),
    "concealed_check": N_("Concealed work to be inspected"), "completion_check": N_("Final inspection"),
    "ended": N_("Ended"), "approved": N_("Approved"), "expired": N_("Expired"),
    "reported": N_("To be assigned"), "merged": N_("Merged"), "corrected": N_("Put right, to be checked"),
    "checked": N_("Checked"), "booked_again": N_("Moved"), "visited": N_("Visited"),
    "pending": N_("Passed on"), "filed": N_("Filed"), "browsed": N_("Seen"),
    "nothing": N_("Nothing to be done"), "rewarded": N_("Rewarded"), "lapsed": N_("Lapsed"),
    "written": N_("Written"), "read": N_("Read"), "reviewed": N_("Reviewed"), "candidate": N_("Candidate"),
    "evaluated": N_("Evaluated"), "contracted": N_("Contracted"), "suspended": N_("Suspended"),
}  # fmt: skip
#: workflow.step -> the same where a step means something of its own in that workflow
OWN_STEPS: Final[Names] = {
    "paid.accepted": N_("Price accepted"), "booking.confirmed": N_("To be offered"),
    "complaint.assigned": N_("With the department"),
    "booking.accepted": N_("Choice made"), "booking.booked": N_("Booked"),
    "visitor.confirmed": N_("Expected"), "visitor.offered": N_("Expected"),
    "visitor.accepted": N_("Expected"), "visitor.booked": N_("Has arrived"),
    "visitor.fulfilled": N_("Has left"), "visitor.closed": N_("Has left"),
    "move_in.accepted": N_("Handover signed"), "move_in.booked": N_("Appointment made"),
    "move_in.active": N_("Moved in"), "move_out.requested": N_("Owner’s consent needed"),
    "move_out.released": N_("Cleared"), "decoration.accepted": N_("Works accepted"),
    "warranty.registered": N_("Contractor to be told"), "warranty.notified": N_("Contractor told"),
    "warranty.overdue": N_("Contractor overdue"), "records.done": N_("Done"),
    "aid.done": N_("To be followed up"), "referral.confirmed": N_("Purchase confirmed"),
    "parking.active": N_("Bay in use"), "parking.waiting": N_("Waiting for a bay"),
    "visit.booked": N_("Appointment made"), "visit.answered": N_("To be filed"),
    "release_pass.requested": N_("To be approved"), "permit.requested": N_("To be approved"),
    "permit.approved": N_("Permit valid"), "handover.accepted": N_("Taken over"),
    "handover.refused": N_("Not taken over"), "online_info.replied": N_("To be logged"),
    "custody.lent": N_("In our keeping"), "custody.returned": N_("Collected"),
    "custody.overdue": N_("Not collected in time"), "custody.unavailable": N_("Cannot be kept"),
}  # fmt: skip
_NEW: Final = N_("To be accepted")
_TO_DO: Final = N_("To be dealt with")
_TO_AGREE: Final = N_("Time to be agreed")
#: manner.step -> the same once somebody has taken the ticket up, which alone moves no step there
TAKEN_UP: Final[Names] = {
    "paid.requested": N_("To be priced"), "lend.requested": N_("To be handed out"),
    "custody.requested": N_("To be taken in"), "visit.requested": _TO_AGREE,
    "standing_report.reported": _TO_DO,
}  # fmt: skip
#: manner.step -> the same while no time is agreed
UNTIMED: Final[Names] = {"housekeeping.booked": _TO_AGREE}
#: manner.step -> the same while nobody has taken it up: the time is the resident's wish alone
UNTAKEN: Final[Names] = {"housekeeping.booked": _NEW}
#: step, or manner.step -> the act that leads there, on the button that records it
ACTS: Final[Names] = {
    "approved": N_("Approve it"), "refused": N_("Refuse it"), "rejected": N_("Turn it down"),
    "declined": N_("Decline it"), "quoted": N_("Send a price"), "assigned": N_("Assign it"),
    "adopted": N_("Adopt it"), "not_adopted": N_("Do not adopt it"), "released": N_("Let the goods out"),
    "move_out.released": N_("Clear the move-out"),
    "permitted": N_("Grant the permit"), "verified": N_("Check the papers"),
    "issued": N_("Hand over the vouchers"), "arranged": N_("Name a helper"),
    "eligible": N_("Confirm the need"), "redirected": N_("Suggest another way"),
    "offered": N_("Send choices"), "closed": N_("Close it"), "explained": N_("Explain it"),
    "replied": N_("Answer it"), "answered": N_("Answer it"), "lent": N_("Hand it out"),
    "returned": N_("Take it back"), "unavailable": N_("Say that none is free"),
    "custody.lent": N_("Take it in"), "custody.returned": N_("Hand it back"),
    "custody.unavailable": N_("Say that it cannot be kept"), "signed_up": N_("Sign them up"),
    "waiting": N_("Put on the waiting list"), "attended": N_("Record that they came"),
    "docs_missing": N_("Ask for the missing papers"), "incomplete": N_("Ask for the missing papers"),
    "owner_consented": N_("Record that the owner agrees"), "eng_cleared": N_("Clear it for engineering"),
    "fin_cleared": N_("Clear it for finance"), "sec_cleared": N_("Clear it for security"),
    "keys_returned": N_("Take the keys back"), "moved_to_warranty": N_("Pass to the warranty team"),
    "waiting_parts": N_("Wait for parts"), "followed_up": N_("Record the follow-up"),
    "filed": N_("File it"), "reviewed": N_("Review it"), "rewarded": N_("Give the reward"),
}  # fmt: skip

#: name of a clock (deadlines.policies) -> its short name on a pill
CLOCKS: Final[Names] = {
    "respond": N_("First response"), "feedback": N_("Feedback"), "attend": N_("On site"),
    "follow_up": N_("Follow-up"), "answer": N_("Answer"), "reply": N_("Reply"),
    "register": N_("Sorting"),
    "resolve": N_("Solution"), "decide": N_("Decision"),
    "act": N_("First action"), "rework": N_("Done again"), "post": N_("Reply online"),
    "notify": N_("Written notice"), "mend": N_("Contractor's work"), "approve": N_("Approval"),
    "report": N_("Manager informed"), "handle": N_("Department's limit"), "arrange": N_("Help arranged"),
    "hold": N_("Asked to wait"),
}  # fmt: skip

CHANNELS: Final[Mapping[str, tuple[str, str]]] = {
    "web": ("message-circle", N_("Web chat")),
    "telegram": ("send", N_("Telegram")),
    "phone": ("phone", N_("Phone")),
    "desk": ("concierge-bell", N_("Front desk")),
    "paper": ("file-pen-line", N_("Paper note")),
    "alarm": ("siren", N_("Alarm")),
}

WORKFLOWS: Final[Mapping[str, tuple[str, str]]] = {
    "repair": ("wrench", N_("Repair")),
    "housekeeping": ("sparkles", N_("Housekeeping")),
    "complaint": ("message-square-warning", N_("Complaint")),
    "suggestion": ("lightbulb", N_("Suggestion")),
    "enquiry": ("circle-question-mark", N_("Enquiry")),
    "emergency": ("siren", N_("Emergency")),
    "booking": ("shopping-bag", N_("Errand")),
    "paid": ("banknote", N_("Paid service")),
    "benefit": ("ticket", N_("Benefit card")),
    "aid": ("heart-handshake", N_("Free help")),
    "standing_report": ("house", N_("Public areas")),
    "warranty": ("wrench", N_("Warranty repair")),
    "visit": ("user", N_("Courtesy visit")),
    "online_info": ("message-circle", N_("Online post")),
    "lend": ("shopping-bag", N_("Loan")),
    "custody": ("shopping-bag", N_("Item custody")),
    "event": ("ticket", N_("Event")),
    "referral": ("heart-handshake", N_("Referral")),
    "handover": ("users", N_("Shift handover")),
    "provider": ("users", N_("Provider")),
    "move_in": ("file-text", N_("Move-in")),
    "move_out": ("file-text", N_("Move-out")),
    "decoration": ("file-text", N_("Decoration")),
    "parking": ("file-text", N_("Parking")),
    "release_pass": ("file-text", N_("Release pass")),
    "permit": ("file-text", N_("Permit")),
    "records": ("file-text", N_("Records and cards")),
}
_OTHER_WORKFLOW: Final = ("concierge-bell", N_("Request"))

ROLES: Final[Names] = {
    "butler": N_("Butler"), "supervisor": N_("Supervisor"), "manager": N_("Manager"),
    "engineer": N_("Engineer"), "guard": N_("Guard"), "desk": N_("Front desk"), "admin": N_("Administrator"),
}  # fmt: skip

ACTORS: Final[Names] = {
    "R": N_("Resident"), "BOT": N_("Bot"), "B": N_("Butler"), "S": N_("Supervisor"), "M": N_("Manager"),
    "D": N_("Front desk"), "E": N_("Engineer"), "SEC": N_("Guard"), "P": N_("Provider"), "SYS": N_("System"),
    "FIN": N_("Finance"), "SP": N_("360° specialist"), "DEV": N_("Contractor"),
    "SUP": N_("Engineering supervisor"),
}  # fmt: skip

#: kind of a timeline row -> (icon, sentence)
EVENTS: Final[Mapping[str, tuple[str, str]]] = {
    "opened": ("plus", N_("Ticket opened")),
    "accepted": ("check", N_("Accepted")),
    "replied": ("reply", N_("Replied to the resident")),
    "assigned": ("user-plus", N_("Assigned")),
    "scheduled": ("calendar-clock", N_("Visit agreed")),
    "unscheduled": ("calendar-clock", N_("Visit called off; a new time is to be agreed")),
    "checked_in": ("map-pin", N_("Arrived on site")),
    "not_arrived": ("x", N_("Arrival taken back: pressed by mistake")),
    "completed": ("circle-check", N_("Work completed")),
    "explained": ("message-circle", N_("Facts explained")),
    "signed_off": ("file-pen-line", N_("Signed off by the resident")),
    "classified": ("tags", N_("Classified")),
    "fed_back": ("reply", N_("Feedback given")),
    "answered": ("reply", N_("Question answered")),
    "decided": ("check", N_("Decided")),
    "followed_up": ("phone", N_("Follow-up made")),
    "paused": ("pause", N_("Clocks paused")),
    "resumed": ("play", N_("Clocks running again")),
    "cancelled": ("ban", N_("Cancelled")),
    "urged": ("alarm-clock", N_("The resident asks for haste")),
    "reschedule_asked": ("calendar-clock", N_("The resident wishes another time")),
    "added": ("plus", N_("The resident added details")),
    "edited": ("file-pen-line", N_("The resident changed the wording of a message")),
    "cancel_asked": ("ban", N_("The resident would like to cancel")),
    "all_clear": ("circle-check", N_("The resident says that all is well again")),
    "helped": ("check", N_("The answer helped")),
    "not_helped": ("circle-question-mark", N_("The answer did not help")),
    "unreachable": ("ban", N_("The resident cannot be reached in the chat")),
    "step": ("chevron-right", N_("Step recorded")),
    "moved": ("chevron-right", N_("Step taken")),
    "reminded": ("alarm-clock", N_("The resident was reminded")),
    "planned": ("calendar-clock", N_("Date agreed")),
    "time_confirmed": ("check", N_("The resident confirmed the time")),
    "owner_asked": ("circle-question-mark", N_("The owner was asked")),
    "owner_agreed": ("check", N_("The owner has agreed")),
    "owner_refused": ("ban", N_("The owner has not agreed")),
    "from_duty": ("calendar-clock", N_("Comes from a duty")),
    "still_waiting": ("alarm-clock", N_("Apologised for the wait")),
    "incident_told": ("siren", N_("Told about the incident")),
    "set_out": ("map-pin", N_("On the way to the resident")),
    "site_photo": ("image", N_("Photo taken on site")),
    "incident_ended": ("circle-check", N_("Told that the incident is over")),
    "chosen": ("tags", N_("Another service chosen")),
    **queue_events.EVENTS,
}

RESULTS: Final[Names] = {
    "satisfied": N_("Satisfied"), "partly": N_("Partly satisfied"), "unsatisfied": N_("Not satisfied"),
    "unreached": N_("Not reached"),
}  # fmt: skip
CLASSES: Final[Names] = {
    "valid": N_("Justified"), "to_improve": N_("To be improved"),
    "unclear": N_("Unclear (counts as justified)"),
    "invalid": N_("Not justified"), "malicious": N_("Malicious"),
}  # fmt: skip
SEVERITIES: Final[Names] = {"normal": N_("Ordinary"), "severe": N_("Severe: the manager is told")}
DEPARTMENTS: Final[Names] = {
    "service": N_("Customer service"), "engineering": N_("Engineering"), "cleaning": N_("Cleaning"),
    "security": N_("Security"), "greening": N_("Greening"), "provider": N_("Outside provider"),
}  # fmt: skip
RESIDENT_KINDS: Final[Names] = {"owner": N_("Owner"), "tenant": N_("Tenant"), "family": N_("Family")}

#: slot of the menu -> what a list of facts calls it (the others show the question that asked for it)
SLOTS: Final[Names] = {
    "when": N_("Wished time"), "wished": N_("Wished time"), "where": N_("Place"), "fault": N_("Problem"),
    "entry": N_("Way in"), "appliance": N_("Appliance"), "brand_model": N_("Make and model"),
    "qty": N_("Number"), "size": N_("Size"), "duration": N_("Duration"), "freq": N_("How often"),
    "topic": N_("Matter"), "person": N_("About whom"), "service_scope": N_("Includes"),
    "pref": N_("Preferences"), "parts": N_("Parts"), "party": N_("People"), "item": N_("Item"),
    "contact_pref": N_("How to reach them"), "dest": N_("To where"), "origin": N_("From where"),
    "plate": N_("Licence plate"), "visitor": N_("Visitor"), "budget": N_("Budget"),
    "ticket": N_("About ticket"),
}  # fmt: skip

#: kind of an alert -> (icon, sentence with a hole for the clock)
ALERTS: Final[Mapping[str, tuple[str, str]]] = {
    "warn": ("alarm-clock", N_("#{number} {clock}: due soon")),
    "breach": ("flame", N_("#{number} {clock}: overdue")),
    "escalate": ("triangle-alert", N_("#{number} {clock}: overdue, passed up to you")),
    "unassigned": ("user-plus", N_("#{number} has nobody who answers for it")),
    "emergency": ("siren", N_("#{number} Emergency")),
    "incident": ("siren", N_("{count} alike reports: perhaps one incident")),
    "attention": ("triangle-alert", N_("#{number} needs attention")),
    "severe": ("flame", N_("#{number} Severe complaint: the manager's turn")),
    "urged": ("alarm-clock", N_("#{number} The resident asks for haste")),
    "reschedule": ("calendar-clock", N_("#{number} The resident wishes another time")),
    "wrote": ("reply", N_("#{number} The resident has written back")),
    "all_clear": ("circle-check", N_("#{number} All is well again, says the resident")),
    "passed_on": ("users", N_("#{number} is passed on to you")),
    "assigned": ("user-plus", N_("#{number} is given to you")),
    "evening": ("file-text", N_("The summary of the day is ready")),
    "digest": ("inbox", N_("{count} matters need attention, {late} of them overdue")),
}


class Standing(Protocol):
    """The columns of a ticket that say where it stands."""

    @property
    def workflow(self) -> str: ...
    @property
    def manner(self) -> str: ...
    @property
    def step(self) -> str: ...
    @property
    def accepted_at(self) -> datetime | None: ...
    @property
    def appointment_start(self) -> datetime | None: ...
    @property
    def merged_into_id(self) -> int | None: ...


def stands_at(language: str, ticket: Standing, merged_into: int = 0) -> str:
    """Word where a ticket stands now: nobody waits to accept what somebody has taken up already, and nothing
    is fixed while no time is agreed, or before anybody has taken up the one that was asked for. What goes on
    in another (``merged_into``: its number, 0 where it is not at hand) is merged, and not cancelled."""
    if ticket.merged_into_id is not None:
        into = N_("Merged into #{number}") if merged_into else STEPS["merged"]
        return t(language, into, number=merged_into)
    key = f"{ticket.manner}.{ticket.step}"
    if ticket.appointment_start is None and key in UNTIMED:
        return t(language, UNTIMED[key])
    if ticket.accepted_at is None and key in UNTAKEN:
        return t(language, UNTAKEN[key])
    is_new = key not in OWN_STEPS and STEPS.get(ticket.step) == _NEW
    if ticket.accepted_at is not None and (is_new or key in TAKEN_UP):
        return t(language, TAKEN_UP.get(key, _TO_DO))
    return step_of(language, ticket.manner, ticket.step)


def act_of(language: str, manner: str, step: str) -> str:
    """Word the step on the button that records it: as what is done, where that differs from what is true
    then."""
    act = ACTS.get(f"{manner}.{step}") or (None if f"{manner}.{step}" in OWN_STEPS else ACTS.get(step))
    return t(language, act) if act else step_of(language, manner, step)


def step_of(language: str, workflow: str, step: str) -> str:
    """Word the step a ticket of this workflow stands at."""
    own = OWN_STEPS.get(f"{workflow}.{step}")
    return t(language, own) if own else name_of(language, STEPS, step)


def name_of(language: str, names: Names, key: str | None) -> str:
    """Word ``key``; one that has no name reads as it is stored, so that nothing is hidden."""
    if not key:
        return ""
    return t(language, names[key]) if key in names else key


def symbol_of(language: str, symbols: Mapping[str, tuple[str, str]], key: str) -> Symbol:
    """Return icon and name of a channel or an event."""
    icon, sentence = symbols.get(key, ("info", ""))
    return Symbol(icon, t(language, sentence) if sentence else key)


def workflow_symbol(language: str, workflow: str) -> Symbol:
    """Return icon and name of what kind of matter a ticket is."""
    icon, sentence = WORKFLOWS.get(workflow, _OTHER_WORKFLOW)
    return Symbol(icon, t(language, sentence))


def kind_symbol(language: str, ticket: Standing) -> Symbol:
    """Return icon and name of what kind of matter this ticket is; what is kept for somebody is no loan."""
    return workflow_symbol(language, ticket.manner if ticket.manner in WORKFLOWS else ticket.workflow)
