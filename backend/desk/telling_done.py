"""What the toast of a done action says of the resident: nobody is called told whom nothing reached."""

from collections.abc import Mapping
from typing import Final

from backend.desk import channel_queries, clashes, pause_form, reach, tell_choice, words
from backend.desk.doors import Visit
from backend.models import Ticket
from backend.tickets import lifecycle, milestones
from backend.tickets import queries as ticket_rows
from backend.tickets.own_steps import own_steps
from backend.tickets.steps_told import is_own_turn
from locales import N_, t

#: the actions that tell the resident something; of these, what was written to them
TELLING: Final = frozenset({
    "accept", "reply", "feedback", "answer", "decide", "plan", "pause", "schedule", "cancel", "unschedule",
    "pass_on", "merge", "separate", "split", "set_out",
})  # fmt: skip
WRITTEN: Final = frozenset({"reply", "feedback", "answer"})
WAITS: Final = N_("Kept. It is sent as soon as the resident can be reached again.")
LATER: Final = N_("Done. The resident is told as soon as they can be reached again.")
MOVED: Final = N_("{step}. The resident has been told.")
UNSENT: Final = N_("Kept, but sent to nobody: this resident has no chat. Please call.")
UNTOLD: Final = N_("Done. This resident has no chat and was not told. Please call.")
#: said as the ticket's page says it: it stands there, and nobody knows that it was read
STANDS: Final = N_(
    "Done. It stands in the web chat that the resident has opened but not written in; they read it when they "
    "open it again."
)
STANDS_WRITTEN: Final = N_(
    "Kept. It stands in the web chat that the resident has opened but not written in; they read it when they "
    "open it again."
)
#: where there is no resident at all (an alarm)
ALONE: Final[Mapping[str, str]] = {
    "accept": N_("Accepted."),
    "set_out": N_("Recorded that you are on the way."),
}


def said(who: Visit, number: int, action: str, fields: Mapping[str, str], usual: str) -> str:
    """Return the toast of what was done, ``usual`` where the resident was told, or need not be."""
    if action in tell_choice.SILENT and not tell_choice.is_told(fields):
        return t(who.language, tell_choice.SILENT[action])
    with who.db.read() as session:
        if action == "assign":
            clash = clashes.assigned(session, who.viewer, number, fields.get("user", ""), who.now)
            return clash or t(who.language, usual)
        if action == "move":
            return _moved(who, ticket_rows.get_ticket(session, who.viewer, number), fields.get("to", ""),
                          channel_queries.reach_of(session, number), usual)  # fmt: skip
        if other := instead(action, channel_queries.reach_of(session, number)):
            return t(who.language, other)
        if action == "pause":
            return pause_form.done(session, who.viewer, number, who.now)
    return t(who.language, usual)


def _moved(who: Visit, ticket: Ticket, to: str, how: str, usual: str) -> str:
    """The step by its name where the resident was written to about it, or why they could not be."""
    if how == reach.NOBODY or not _is_told_of(ticket, to):
        return t(who.language, usual)
    if how == reach.CHAT:
        return t(who.language, MOVED, step=words.step_of(who.language, ticket.manner, to))
    return t(who.language, untold(how))


def _is_told_of(ticket: Ticket, to: str) -> bool:
    """Whether a step is news to its resident, their own turn, or the end of it with the reason."""
    is_turn = is_own_turn(ticket.workflow, to) and bool(own_steps(ticket.workflow, to))
    is_end = to == "merged" or (to in lifecycle.DROPPED and bool(ticket.reason))
    return is_turn or is_end or milestones.is_news(ticket.workflow, to)


def untold(how: str) -> str:
    """Return what is said of a thing done where the resident could not be told of it; "" where they were."""
    return {reach.AWAY: LATER, reach.NO_CHAT: UNTOLD, reach.QUIET: STANDS}.get(how, "")


def instead(action: str, how: str) -> str:
    """Return the sentence to say where the usual one would claim too much; "" where it does not.

    ``how`` they can be written to, in the words of ``reach``.
    """
    if action not in TELLING or how == reach.CHAT:
        return ""
    if how == reach.NOBODY:
        return ALONE.get(action, "")
    if action in WRITTEN:
        return {reach.AWAY: WAITS, reach.QUIET: STANDS_WRITTEN}.get(how, UNSENT)
    return untold(how)
