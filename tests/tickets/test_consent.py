"""A tenant needs the owner's consent: the owner gives it in their own chat, once, or says no."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select

from backend.models import Alert
from backend.people import invitations, setup
from backend.people.address import Form
from backend.tickets import consent
from tests.house.cast import vault
from tests.tickets.office import Office
from tests.tickets.test_moves import begin

OWNER_CODE = "TEST-OWNR-0004"


def tick(office: Office) -> int:
    return consent.tick(office.db, office.clock)


@pytest.fixture
def owner(office: Office) -> dict[str, str]:
    """Mr Wang, who owns the home that Emma rents, with a chat of his own."""
    safe = vault()
    now = office.clock.real_now()
    with office.db.write() as session:
        made = setup.create_resident(
            session, safe, office.cast.flat, now, name="王大伟", form=Form.MR, language="zh", kind="owner",
            phone="13900139001",
        )  # fmt: skip
        invitations.add_invitation(
            session, safe, office.cast.flat, made, code=OWNER_CODE, now=now, uses=None, expires_at=None
        )
    answer = office.client.post("/api/chat/sessions", json={"invitation": OWNER_CODE})
    return {"Authorization": f"Bearer {answer.json()['token']}"}


def asked(office: Office, owner: dict[str, str], number: int) -> dict[str, Any]:
    """The question in the owner's chat."""
    messages = office.client.get("/api/chat/messages", headers=owner).json()["messages"]
    found: dict[str, Any] = next(one for one in reversed(messages) if f"#{number}" in one["text"])
    return found


def press(office: Office, owner: dict[str, str], message: dict[str, Any], index: int) -> str:
    sent = {"client_id": f"p{index}", "button": message["buttons"][index]["value"]}
    answer = office.client.post("/api/chat/messages", json=sent, headers=owner)
    assert answer.status_code == 200, answer.text
    text: str = answer.json()["messages"][-1]["text"]
    return text


def test_the_owner_is_asked_in_their_chat_and_the_move_out_goes_on(
    office: Office, owner: dict[str, str]
) -> None:
    number = begin(office, "move_out", "emma")
    assert (tick(office), tick(office)) == (1, 0)
    question = asked(office, owner, number)
    assert "Emma Brown" in question["text"]
    assert [one["label"] for one in question["buttons"]] == ["我同意", "我不同意"]
    assert "谢谢您" in press(office, owner, question, 0)
    assert (tick(office), tick(office)) == (1, 0)
    ticket = office.see(number)
    assert ticket["step"] == "owner_consented"
    kinds = [row["kind"] for row in ticket["timeline"]]
    assert kinds.index("owner_asked") < kinds.index("owner_agreed")
    assert any("owner has agreed" in said for said in office.told("emma", number))


def test_an_owner_who_does_not_agree_holds_it_up_and_the_tenant_is_told(
    office: Office, owner: dict[str, str]
) -> None:
    number = begin(office, "release_pass", "emma", slots={"item": "sofa"})
    tick(office)
    press(office, owner, asked(office, owner, number), 1)
    assert tick(office) == 1
    assert any("has not agreed" in said for said in office.told("emma", number))
    with office.db.read() as session:
        told = session.scalars(select(Alert).where(Alert.kind == "attention").order_by(Alert.id)).all()
    assert [(one.user_id, one.values["number"]) for one in told] == [(office.cast.butler.id, number)]
    refused = office.try_(number, "move", to="approved", record={"item": "sofa"})
    assert [one["name"] for one in refused.json()["lacks"]] == ["owner-consent"]


def test_staff_may_record_the_consent_as_before_and_nobody_is_asked_then(
    office: Office, owner: dict[str, str]
) -> None:
    number = begin(office, "release_pass", "emma", slots={"item": "sofa", "owner_consent": "yes"})
    assert tick(office) == 0
    assert office.do(number, "move", to="approved", record={"item": "sofa"})["step"] == "approved"


def test_of_many_that_wait_for_owners_who_cannot_be_asked_none_keeps_one_who_can_from_being_asked(
    office: Office, owner: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consent, "BATCH", 1)
    begin(office, "release_pass", "emma", slots={"item": "sofa", "owner_consent": "yes"})
    begin(office, "move_out", "chen")
    number = begin(office, "move_out", "emma")
    begin(office, "release_pass", "emma", slots={"item": "table", "owner_consent": "yes"})
    assert (tick(office), tick(office)) == (1, 0)
    assert asked(office, owner, number)["buttons"]


def test_a_tenant_is_told_the_answer_although_staff_went_on_meanwhile(
    office: Office, owner: dict[str, str]
) -> None:
    number = begin(office, "release_pass", "emma", slots={"item": "sofa"})
    tick(office)
    press(office, owner, asked(office, owner, number), 0)
    office.do(number, "move", to="approved", record={"item": "sofa"})
    assert (tick(office), tick(office)) == (1, 0)
    assert any("owner has agreed" in said for said in office.told("emma", number))


def test_an_owner_themselves_and_a_home_whose_owner_is_unknown_are_not_asked(office: Office) -> None:
    begin(office, "move_out", "chen")
    begin(office, "move_out", "emma")
    assert tick(office) == 0


def test_nobody_else_can_give_the_consent(office: Office, owner: dict[str, str]) -> None:
    number = begin(office, "move_out", "emma")
    tick(office)
    with office.db.write() as session:
        for stranger in (office.cast.chen, office.cast.emma, None):
            assert consent.answer(session, stranger, number, office.clock.now(), is_yes=True) is None
    assert office.see(number)["step"] == "requested"


def test_an_owner_who_answers_what_staff_settled_meanwhile_is_told_so_and_changes_nothing(
    office: Office, owner: dict[str, str]
) -> None:
    number = begin(office, "release_pass", "emma", slots={"item": "sofa"})
    tick(office)
    question = asked(office, owner, number)
    office.do(number, "move", to="approved", record={"item": "sofa", "owner_consent": True})
    before = office.told("emma", number)
    assert "已经有答案了" in press(office, owner, question, 1)
    assert tick(office) == 0
    assert office.told("emma", number) == before
    assert "owner_answer" not in office.ticket(number).facts


def test_several_tickers_ask_once(office: Office, owner: dict[str, str]) -> None:
    begin(office, "move_out", "emma")
    with ThreadPoolExecutor(3) as threads:
        assert sum(threads.map(lambda _: tick(office), range(3))) == 1
