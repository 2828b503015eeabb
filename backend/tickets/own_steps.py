"""The steps that are a resident's own: a price accepted, work signed off, papers completed. Pure.

A machine's table says which steps are theirs (actor R); here stands which of them is offered as a button,
what the button says, and the record that pressing it makes. Withdrawing, moving a visit and saying whether
one is satisfied have their own ways.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from locales import N_


@dataclass(frozen=True, slots=True)
class OwnStep:
    """One step of the resident's own: its ``kind`` names it in buttons, ``to`` is where it leads.

    ``record``: the fields that pressing it settles; ``signs``: the resident's name stands under it.
    """

    kind: str
    to: str
    label: str
    record: Mapping[str, Any] = field(default_factory=dict)
    signs: bool = False


_ACCEPT: Final = N_("Accept the price")
_DECLINE: Final = N_("Decline")
_SIGN: Final = N_("It works: sign off")
_AGAIN: Final = N_("Not right yet")


def _accept(to: str) -> OwnStep:
    return OwnStep("accept", to, _ACCEPT, {"consent": True})


def _sign(to: str) -> OwnStep:
    return OwnStep("sign", to, _SIGN, signs=True)


def _again(to: str) -> OwnStep:
    return OwnStep("again", to, _AGAIN)


_REFUSE: Final = OwnStep("refuse", "cancelled", _DECLINE)
_CORRECTED: Final = OwnStep("corrected", "drawing_review", N_("The drawings are corrected"))
#: (workflow, step) → what the resident may do there
OWN: Final[Mapping[tuple[str, str], tuple[OwnStep, ...]]] = {
    ("repair", "quoted"): (_accept("assigned"), _REFUSE),
    ("repair", "diagnosed"): (_sign("done"),),
    ("paid", "quoted"): (_accept("accepted"), _REFUSE),
    ("paid", "in_service"): (_sign("signed_off"), _again("rework")),
    ("paid", "signed_off"): (_again("rework"),),
    ("housekeeping", "finished"): (_sign("signed"), _again("rework")),
    ("housekeeping", "signed"): (_again("rework"),),
    ("warranty", "in_work"): (_sign("done"),),
    ("warranty", "overdue"): (_sign("done"),),
    ("booking", "offered"): (
        OwnStep("accept", "accepted", N_("Agree to the offer"), {"consent": True}),
        _REFUSE,
    ),
    ("move_in", "snag_open"): (OwnStep("mended", "inspected", N_("It is put right now")),),
    ("move_in", "contractor_told"): (OwnStep("mended", "inspected", N_("It is put right now")),),
    ("move_in", "inspected"): (OwnStep("sign", "accepted", N_("Everything is right: sign"), signs=True),),
    ("move_out", "requested"): (OwnStep("go_ahead", "owner_consented", N_("Yes, go ahead")),),
    ("decoration", "incomplete"): (OwnStep("corrected", "submitted", N_("The papers are complete")),),
    ("decoration", "revise"): (_CORRECTED,),
    ("decoration", "in_progress"): (
        OwnStep("cover", "concealed_check", N_("Inspect what will be covered")),
        OwnStep("finished", "completion_check", N_("The work is finished")),
    ),
}


def own_steps(workflow: str, step: str) -> tuple[OwnStep, ...]:
    """Return what a resident may do at this step; () where nothing waits for them."""
    return OWN.get((workflow, step), ())


def find(workflow: str, step: str, kind: str) -> OwnStep | None:
    """Return the step of this kind, None where the ticket does not wait for it (any more)."""
    return next((one for one in own_steps(workflow, step) if one.kind == kind), None)
