"""What things are called on the desk: steps, clocks, channels, events, roles, and their icons. Pure."""

from collections.abc import Mapping
from typing import Final

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
    "booked": N_("Booked"), "finished": N_("Work done, to be signed"), "signed": N_("Signed off"),
    "settled": N_("Settled"), "registered": N_("Registered"), "classified": N_("Classified"),
    "explained": N_("Explained"), "handled": N_("Handled, feedback due"), "fed_back": N_("To be followed up"),
    "received": N_("Received"), "under_review": N_("Under review"), "consulting": N_("Being discussed"),
    "adopted": N_("Adopted"), "not_adopted": N_("Not adopted"), "replied": N_("Answered"),
    "taken": N_("To be answered"), "researching": N_("Being looked up"), "answered": N_("Answered"),
    "alerted": N_("Duty staff alerted"), "accepted": N_("Accepted"), "safe": N_("Danger over"),
    "false_alarm": N_("False alarm"), "in_work": N_("Under way"),
}  # fmt: skip

#: name of a clock (deadlines.policies) -> its short name on a pill
CLOCKS: Final[Names] = {
    "respond": N_("First reply"), "feedback": N_("Feedback"), "attend": N_("On site"),
    "follow_up": N_("Follow-up"), "answer": N_("Answer"), "reply": N_("Reply"),
    "register": N_("Registration"),
    "resolve": N_("Solution"), "decide": N_("Decision"),
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
}
_OTHER_WORKFLOW: Final = ("concierge-bell", N_("Request"))
_PAPERS: Final = ("file-text", N_("Papers"))
_PAPER_WORKFLOWS: Final = frozenset({"records", "permit", "release_pass", "move_in", "move_out", "decoration",
                                     "parking"})  # fmt: skip

ROLES: Final[Names] = {
    "butler": N_("Butler"), "supervisor": N_("Supervisor"), "manager": N_("Manager"),
    "engineer": N_("Engineer"), "guard": N_("Guard"), "desk": N_("Front desk"), "admin": N_("Administrator"),
}  # fmt: skip

ACTORS: Final[Names] = {
    "R": N_("Resident"), "BOT": N_("Bot"), "B": N_("Butler"), "S": N_("Supervisor"), "M": N_("Manager"),
    "D": N_("Front desk"), "E": N_("Engineer"), "SEC": N_("Guard"), "P": N_("Provider"), "SYS": N_("System"),
}  # fmt: skip

#: kind of a timeline row -> (icon, sentence)
EVENTS: Final[Mapping[str, tuple[str, str]]] = {
    "opened": ("plus", N_("Ticket opened")),
    "accepted": ("check", N_("Accepted")),
    "replied": ("reply", N_("Replied to the resident")),
    "assigned": ("user-plus", N_("Assigned")),
    "scheduled": ("calendar-clock", N_("Visit agreed")),
    "checked_in": ("map-pin", N_("Arrived on site")),
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
    "helped": ("check", N_("The answer helped")),
    "not_helped": ("circle-question-mark", N_("The answer did not help")),
    "unreachable": ("ban", N_("The resident cannot be reached in the chat")),
    "step": ("chevron-right", N_("Step recorded")),
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
}  # fmt: skip

#: kind of an alert -> (icon, sentence with a hole for the clock)
ALERTS: Final[Mapping[str, tuple[str, str]]] = {
    "warn": ("alarm-clock", N_("#{number} {clock}: due soon")),
    "breach": ("flame", N_("#{number} {clock}: overdue")),
    "escalate": ("triangle-alert", N_("#{number} {clock}: overdue, passed up to you")),
    "unassigned": ("user-plus", N_("#{number} has nobody who answers for it")),
    "emergency": ("siren", N_("#{number} Emergency")),
    "attention": ("triangle-alert", N_("#{number} needs attention")),
    "urged": ("alarm-clock", N_("#{number} The resident asks for haste")),
    "reschedule": ("calendar-clock", N_("#{number} The resident wishes another time")),
    "digest": ("inbox", N_("{count} promises fell due while the system was away")),
}


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
    otherwise = _PAPERS if workflow in _PAPER_WORKFLOWS else _OTHER_WORKFLOW
    icon, sentence = WORKFLOWS.get(workflow, otherwise)
    return Symbol(icon, t(language, sentence))
