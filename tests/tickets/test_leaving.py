"""A closed move-out ends the residency and the chat's tie to the home; nobody else loses theirs (WF-09)."""

from sqlalchemy import select

from backend.models import Conversation, Residency
from tests.tickets.office import Office

MOVE_OUT = "common.admin.move-out"
STEPS: tuple[tuple[str, dict[str, object]], ...] = (
    ("eng_cleared", {"signed_engineering": "王强"}),
    ("fin_cleared", {"signed_finance": "钱会计", "arrears": 0}),
    ("sec_cleared", {"signed_security": "马超"}),
    ("keys_returned", {"keys_back": True}),
    ("released", {}),
    ("closed", {}),
)


def leave(office: Office, last: str = "closed") -> int:
    number = office.open("general", item_id=MOVE_OUT)
    office.do(number, "move", to="owner_consented")
    for to, record in STEPS:
        office.do(number, "move", to=to, record=record)
        if to == last:
            break
    return number


def ended(office: Office, resident_id: int) -> bool:
    with office.db.read() as session:
        rows = session.scalars(
            select(Residency).where(Residency.resident_id == resident_id).order_by(Residency.id)
        ).all()
        return all(row.ends_at is not None for row in rows)


def test_who_has_moved_out_is_no_longer_at_home_there(office: Office) -> None:
    leave(office)
    assert ended(office, office.cast.chen.id)
    assert not ended(office, office.cast.emma.id)
    with office.db.read() as session:
        mine = select(Conversation).where(Conversation.resident_id == office.cast.chen.id)
        assert session.scalars(mine).one().home_id is None
    sent = {"client_id": "after-1", "text": "我的进度"}
    answer = office.client.post("/api/chat/messages", json=sent, headers=office.chat("chen"))
    assert answer.status_code == 200
    me = office.client.get("/api/chat/me", headers=office.chat("chen")).json()
    assert me["home"] == ""


def test_until_it_is_closed_nothing_is_taken_from_anybody(office: Office) -> None:
    leave(office, last="released")
    assert not ended(office, office.cast.chen.id)


def test_clearing_and_the_pass_are_told(office: Office) -> None:
    number = leave(office, last="released")
    told = office.told("chen", number)
    assert any("可以搬出" in text for text in told)
