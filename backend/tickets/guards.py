"""What a step of a machine must not be taken without. Pure.

A guard looks at what is known of a ticket and says whether the step may be taken; a field must simply be
there. What lacks is told by name, so that a door can say it in words (``lacking``).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from backend.tickets.forms import find_form
from backend.tickets.limits import Limits, standard_limits
from backend.tickets.machines.table import Move
from locales import N_

_EMPTY: Final[tuple[Any, ...]] = (None, "", [], {})
_NO: Final = frozenset({"no", "false", "0", "off", "unknown"})
INVALID: Final = frozenset({"invalid", "malicious"})


@dataclass(frozen=True, slots=True)
class Facts:
    """What guards may look at.

    ``known``: the ticket's facts with those of the record just given; ``slots``: what the dialogue noted.
    ``actor``: who takes the step (B, SEC, R …), where that is known.
    ``is_good_now``: a pass is within its time.
    """

    workflow: str
    resident_kind: str | None = None
    slots: Mapping[str, Any] = field(default_factory=dict)
    known: Mapping[str, Any] = field(default_factory=dict)
    class_: str | None = None
    satisfaction: str | None = None
    actor: str | None = None
    limits: Limits = field(default_factory=standard_limits)
    is_good_now: bool = True

    def get(self, name: str) -> Any:
        """What is known by this name, from a record or else from the dialogue; None when nothing is."""
        value = self.known.get(name)
        return self.slots.get(name) if value in _EMPTY else value

    def says_yes(self, name: str) -> bool:
        """Tell whether it was told, and not as a no."""
        value = self.get(name)
        return value.strip().lower() not in _NO | {""} if isinstance(value, str) else bool(value)

    def says_no(self, name: str) -> bool:
        """Tell whether a no was told; what nobody spoke of is neither yes nor no."""
        return self.get(name) not in _EMPTY and not self.says_yes(name)

    def number(self, name: str) -> float | None:
        """The figure by this name; None where none is known or it is no figure."""
        value = self.get(name)
        if isinstance(value, bool) or value in _EMPTY:
            return None
        try:
            return float(value)
        except (TypeError, ValueError):
            return None


@dataclass(frozen=True, slots=True)
class Lack:
    """What is missing: a field of the record, or a guard that refuses (``is_guard``)."""

    name: str
    is_guard: bool = False


Guard = Callable[[Facts], bool]


def class_that_counts(class_: str | None) -> str:
    """Return the class a complaint counts as: an unclear one, or none at all, is valid (domain §2.4)."""
    return "valid" if class_ in (None, "", "unclear") else class_


def _class(facts: Facts) -> str:
    return class_that_counts(facts.class_ or facts.known.get("class"))


def _is_free_or_agreed(facts: Facts) -> bool:
    """Free of charge, urgent, or consented to: work never begins on a price nobody agreed to."""
    if facts.get("kind") == "urgent" or facts.says_yes("consent"):
        return True
    return not facts.number("price") and facts.get("kind") != "home_paid"


def _is_owners_will(facts: Facts) -> bool:
    """The owner asks, or agreed; who is in no register has proved neither (WF-09, WF-10, WF-20)."""
    return facts.resident_kind == "owner" or facts.says_yes("owner_consent")


def _may_burn_no_house(facts: Facts) -> bool:
    """Above the limit of square metres the fire authority's approval is needed (AMB-20)."""
    area = facts.number("area")
    is_large = area is not None and area > facts.limits.fire_approval_above
    return not is_large or facts.says_yes("fire_approval")


def _is_fit_contractor(facts: Facts) -> bool:
    """A contractor of the grade asked for, or the resident's own signed undertaking."""
    grade = facts.number("contractor_grade")
    return facts.says_yes("undertaking") or (grade is not None and grade <= facts.limits.contractor_grade)


def _has_no_arrears(facts: Facts) -> bool:
    """Nothing is owed, told as a figure, or it was paid."""
    return facts.number("arrears") == 0 or facts.says_yes("arrears_paid")


def _is_damage_settled(facts: Facts) -> bool:
    return not facts.number("damage") or facts.says_yes("damage_paid")


def _is_balance_left(facts: Facts) -> bool:
    """A voucher is never used beyond its balance; what is over is paid in cash."""
    balance, used = facts.number("balance"), facts.number("amount_used") or 0
    return balance is None or balance - used >= 0


def _is_member(facts: Facts) -> bool:
    tier = facts.get("tier")
    return tier in (None, "") or str(tier).lower() in facts.limits.tiers


def _was_told_by_notice(facts: Facts) -> bool:
    """An invalid complaint is talked over at home or put up as a notice (domain §2.4)."""
    return any(facts.says_yes(name) for name in ("notice", "visit", "talk", "note"))


def _is_paid_up(facts: Facts) -> bool:
    """Only a payment that was recorded as open holds the end up."""
    return not facts.says_no("paid")


#: name → whether the step may be taken
GUARDS: Final[Mapping[str, Guard]] = {
    "consent": lambda facts: facts.says_yes("consent"),
    "free-or-agreed": _is_free_or_agreed,
    "paid-up": _is_paid_up,
    "satisfied": lambda facts: facts.satisfaction != "unsatisfied",
    "counts-as-valid": lambda facts: _class(facts) not in INVALID,
    "only-invalid": lambda facts: _class(facts) in INVALID,
    "visit-or-notice": _was_told_by_notice,
    "told-by-staff": lambda facts: facts.actor not in ("R", "BOT", "SYS"),
    "owner-consent": _is_owners_will,
    "papers": lambda facts: facts.says_yes("papers"),
    "contractor": _is_fit_contractor,
    "fire-approval": _may_burn_no_house,
    "fees-paid": lambda facts: facts.says_yes("fees_paid"),
    "no-arrears": _has_no_arrears,
    "damage-settled": _is_damage_settled,
    "keys-back": lambda facts: facts.says_yes("keys_back"),
    "gate-check": lambda facts: facts.actor == "SEC" or facts.says_yes("guard"),
    "in-time": lambda facts: facts.is_good_now,
    "certificates": lambda facts: facts.says_yes("certificates"),
    "eligible": lambda facts: facts.says_yes("eligible") and facts.actor not in ("R", "BOT", "SYS"),
    "no-price": lambda facts: not facts.number("price"),
    "seats": lambda facts: (seats := facts.number("seats_left")) is None or seats > 0,
    "qualified": lambda facts: not facts.says_no("qualified"),
    "balance": _is_balance_left,
    "member": _is_member,
    "referee-consent": lambda facts: facts.says_yes("referee_consent"),
    "both-signed": lambda facts: facts.says_yes("signed_from") and facts.says_yes("signed_to"),
}


#: guard → the sentence that says what is still needed
SENTENCES: Final[Mapping[str, str]] = {
    "consent": N_("The resident has not agreed to the price yet."),
    "free-or-agreed": N_("This is charged for, and the resident has not agreed to the price yet."),
    "paid-up": N_("The charged part has not been paid yet."),
    "satisfied": N_("Nothing may be charged until the resident is satisfied."),
    "counts-as-valid": N_(
        "A complaint that is not justified is explained; it is not passed to a department."
    ),
    "only-invalid": N_("Only a complaint that a person found not justified may be closed by an explanation."),
    "visit-or-notice": N_("Please note the visit or the notice in which the facts were explained."),
    "told-by-staff": N_("A colleague must have made sure by phone that all is well."),
    "owner-consent": N_("The owner’s consent is missing."),
    "papers": N_("The papers are not complete yet."),
    "contractor": N_("The contractor’s grade or the resident’s signed undertaking is missing."),
    "fire-approval": N_("A home of this size needs the fire authority’s approval."),
    "fees-paid": N_("Fees, deposit and insurance are not settled yet."),
    "no-arrears": N_("The arrears are not known to be paid."),
    "damage-settled": N_("The damage has not been paid for yet."),
    "keys-back": N_("Keys, passes and cards have not been returned yet."),
    "gate-check": N_("A guard must have compared the goods at the gate; please give the guard’s name."),
    "in-time": N_("This pass is not good at this time; the butler can set another one."),
    "certificates": N_("The certificates have not been found valid yet."),
    "eligible": N_("A person must confirm that this help is needed."),
    "no-price": N_("This help is free: no price may be asked for it."),
    "seats": N_("No seat is left."),
    "qualified": N_("The provider’s staff have not passed their assessment."),
    "balance": N_("The voucher does not hold that much any more."),
    "member": N_("This membership does not include the card."),
    "referee-consent": N_("The person who recommended has not agreed to be registered."),
    "both-signed": N_("Both must sign: who leaves and who takes over."),
}

#: guard → the fields of a record that can satisfy it, for whoever shows the step's form
ASKED: Final[Mapping[str, tuple[str, ...]]] = {
    "consent": ("consent",),
    "free-or-agreed": ("consent",),
    "paid-up": ("paid",),
    "visit-or-notice": ("talk", "notice"),
    "owner-consent": ("owner_consent",),
    "papers": ("papers",),
    "contractor": ("contractor_grade", "undertaking"),
    "fire-approval": ("fire_approval",),
    "fees-paid": ("fees_paid",),
    "no-arrears": ("arrears", "arrears_paid"),
    "damage-settled": ("damage_paid",),
    "keys-back": ("keys_back",),
    "gate-check": ("guard",),
    "certificates": ("certificates",),
    "eligible": ("eligible",),
    "qualified": ("qualified",),
    "balance": ("balance",),
    "member": ("tier",),
    "referee-consent": ("referee_consent",),
    "both-signed": ("signed_from", "signed_to"),
}

#: step → what is no longer known once it is reached: a new price needs a new consent
VOID: Final[Mapping[str, frozenset[str]]] = {
    "quoted": frozenset({"consent"}),
    "offered": frozenset({"consent"}),
}


def lacks(move: Move, facts: Facts) -> tuple[Lack, ...]:
    """Return what the step still needs, fields first; () when it may be taken."""
    fields = tuple(Lack(name) for name in move.fields if facts.get(name) in _EMPTY)
    refused = tuple(Lack(name, is_guard=True) for name in move.guards if not GUARDS[name](facts))
    return (*fields, *refused)


def asked(move: Move) -> tuple[str, ...]:
    """Return the fields to show with a step: what it must have, what its guards look at, what it may have.

    What another form tells (a consent given earlier) is not asked for again.
    """
    return tuple(dict.fromkeys((*move.fields, *looked_at(move), *move.asks)))


def looked_at(move: Move) -> tuple[str, ...]:
    """Return the fields of the step's own form that its guards look at: without them it is not taken."""
    form = find_form(move.form)
    own = {one.id for one in form.fields} if form else set()
    return tuple(name for guard in move.guards for name in ASKED.get(guard, ()) if name in own)
