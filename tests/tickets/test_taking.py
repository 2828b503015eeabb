"""Who takes a ticket up first answers for it, and its resident learns who, whichever act it was."""

import pytest

from tests.tickets.office import Office


@pytest.mark.parametrize("user", ["engineer", "deputy"])
def test_assigning_what_nobody_accepted_takes_it_and_tells_the_resident_who_looks_after_it(
    office: Office, user: str
) -> None:
    number = office.open("repair")
    ticket = office.do(number, "assign", user=user)
    assert "accept" not in ticket["allowed"]
    told = office.told("chen", number)
    assert len(told) == 1
    assert {"engineer": "赵敏", "deputy": "李伟"}[user] in told[0]
    assert office.clocks(number)["SLA-01"].met_at == office.clock.now()


def test_a_supervisor_who_assigns_what_is_nobodys_answers_for_it(office: Office) -> None:
    number = office.open("complaint")
    with office.db.write() as session:
        session.merge(office.ticket(number)).butler_id = None
    ticket = office.do(number, "assign", "supervisor", user="engineer")
    assert ticket["butler"]["id"] == office.cast.supervisor.id
    assert office.ticket(number).accepted_at == office.clock.now()


def test_whoever_was_told_is_not_told_again_by_another_assigning(office: Office) -> None:
    number = office.open("repair")
    office.do(number, "accept")
    before = office.told("chen", number)
    office.do(number, "assign", user="engineer")
    office.do(number, "assign", user="deputy")
    assert office.told("chen", number) == before


def test_a_step_that_says_nothing_to_the_resident_tells_them_who_took_it_up(office: Office) -> None:
    number = office.open("repair")
    office.do(number, "move", to="triaged")
    assert office.ticket(number).accepted_at is not None
    assert len(office.told("chen", number)) == 1


def test_a_ticket_of_nobodys_chat_is_assigned_as_before(office: Office) -> None:
    number = office.open("repair", conversation_id=None, link_id=None)
    assert office.do(number, "assign")["worker"]["name"]


def test_the_price_that_is_booked_is_named_in_the_closing_message(office: Office) -> None:
    number = office.open("repair")
    office.do(number, "accept")
    office.do(number, "sign_off", cost_fen=17000, materials="软管")
    assert "¥170" in office.told("chen", number)[-1]
