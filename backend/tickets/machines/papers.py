"""Papers: move-in and -out (WF-08, 09), parking (11), release pass, permit, records (20, 21, 23). Pure."""

from typing import Final

from backend.tickets.machines.table import Machine, moves

MOVE_IN: Final = Machine(
    "move_in",
    "requested",
    moves("""
    requested > notified : notice with date, place and papers : D : REC-10
    requested > cancelled : withdrawn : R
    notified > booked : appointment made : R D : REC-10
    notified > cancelled : withdrawn : R
    booked > notified : date changed : R D : REC-10
    booked > verified : identity checked, copies kept : D : @papers, identity?, REC-10
    booked > docs_missing : papers missing : D : missing?, REC-10
    booked > cancelled : withdrawn : R
    docs_missing > booked : new date : R D : REC-10
    docs_missing > cancelled : withdrawn : R
    verified > inspected : joint inspection, meters signed by three : B E R : meter, signed_engineering?,
        REC-11
    inspected > snag_open : snags recorded : B : snags, REC-11
    snag_open > inspected : inspected again : B R : REC-11
    snag_open > contractor_told : list of snags sent in writing : B : contractor?, notified_at?, REC-28
    contractor_told > inspected : inspected again : B R : REC-11
    inspected > accepted : checklist, readings and keys signed : R : keys?, signed_by?, REC-10
    accepted > paid : fees collected : FIN : amount?, receipt?, REC-16
    paid > active : departments told, butler and chat bound : B SYS : REC-08
    """),
    aims={"schedule": "booked", "check_in": "inspected", "complete": "active", "sign_off": "accepted"},
    done=frozenset({"active"}),
    cancel_to="cancelled",
    before_work=frozenset({"requested", "notified", "booked", "docs_missing"}),
    unsatisfied="snag_open",
    sides=frozenset({"docs_missing", "snag_open", "contractor_told"}),
    is_appointed=True,
    again={"booked": ("notified", "booked"), "docs_missing": ("booked",)},
)

MOVE_OUT: Final = Machine(
    "move_out",
    "requested",
    moves("""
    requested > owner_consented : owner agrees, or is the owner : R : @owner-consent, REC-14
    requested > refused : no consent : B : reason, REC-13
    requested > cancelled : withdrawn : R
    owner_consented > eng_cleared : equipment, meters, damage : E : signed_engineering, meter?, damage?,
        REC-13
    owner_consented > cancelled : withdrawn : R
    eng_cleared > fin_cleared : arrears and deposit : FIN : @no-arrears, @damage-settled, signed_finance,
        REC-13
    fin_cleared > sec_cleared : extinguishers, fire equipment : SEC : signed_security, REC-13
    sec_cleared > keys_returned : keys, passes, cards, parking : B : @keys-back, forwarding?, new_phone?,
        REC-13
    keys_returned > released : release pass, departments told : D : @keys-back, @no-arrears,
        @damage-settled, REC-14
    released > closed : account unlinked : SYS B : REC-08
    """),
    aims={"complete": "released", "follow_up": "closed"},
    done=frozenset({"released"}),
    cancel_to="cancelled",
    before_work=frozenset({"requested", "owner_consented"}),
    unsatisfied="closed",
    is_appointed=True,
    complains=True,
)

PARKING: Final = Machine(
    "parking",
    "requested",
    moves("""
    requested > waiting : no free bay : D : place_in_list?, REC-15
    requested > verified : licences and insurance against the originals : D : plate?, REC-15
    requested > cancelled : withdrawn : R
    waiting > requested : bay free : SYS D : REC-15
    waiting > cancelled : withdrawn : R
    verified > active : fee, receipt, card, ledger : D FIN : bay, period?, card_no?, receipt?, REC-15
    verified > cancelled : withdrawn : R
    active > ended : card and lock key back, contract ended : D : keys_returned?, REC-15
    """),
    aims={"complete": "active"},
    aims_at={("complete", "active"): "ended"},
    done=frozenset({"active", "ended"}),
    cancel_to="cancelled",
    before_work=frozenset({"requested", "waiting", "verified"}),
    unsatisfied="active",
    sides=frozenset({"waiting"}),
)

RELEASE_PASS: Final = Machine(
    "release_pass",
    "requested",
    moves("""
    requested > approved : owner, or the owner's consent : D : item, @owner-consent, plate?, REC-14
    requested > refused : no consent : D : reason, REC-14
    requested > cancelled : withdrawn : R
    approved > released : guard has compared the goods at the gate : SEC : @gate-check, @in-time, guard?,
        left_at?, REC-14
    approved > cancelled : withdrawn : R
    """),
    aims={"complete": "released"},
    done=frozenset({"released"}),
    cancel_to="cancelled",
    before_work=frozenset({"requested", "approved"}),
    unsatisfied="released",
    is_appointed=True,
)

PERMIT: Final = Machine(
    "permit",
    "requested",
    moves("""
    requested > approved : papers checked, safe : SEC : @certificates, limit?, permit_no?, REC-12
    requested > refused : unsafe : SEC : reason, REC-12
    requested > cancelled : withdrawn : R
    approved > expired : period over : SYS : REC-12
    """),
    aims={"complete": "approved"},
    done=frozenset({"approved", "expired"}),
    cancel_to="cancelled",
    before_work=frozenset({"requested"}),
    unsatisfied="approved",
    is_appointed=True,
)

RECORDS: Final = Machine(
    "records",
    "requested",
    moves("""
    requested > verified : papers checked : D : proof?, REC-08
    requested > refused : not provable : D : reason, alternative?, REC-08
    requested > cancelled : withdrawn : R
    verified > done : issued or changed : D : change?, REC-08
    verified > cancelled : withdrawn : R
    """),
    aims={"complete": "done"},
    done=frozenset({"done"}),
    cancel_to="cancelled",
    before_work=frozenset({"requested", "verified"}),
    unsatisfied="done",
)
