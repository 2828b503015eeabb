"""What residents are told about a ticket: little, in their own language, and never what colleagues wrote."""

import json
from typing import Any

import pytest
from sqlalchemy import select

from backend.models import Base, Message, OutboxRow
from tests.tickets.office import Office

SECRET = "住户脾气大 keep away"


def has_chinese(text: str) -> bool:
    return any("一" <= sign <= "鿿" for sign in text)


def test_a_ticket_leaves_at_most_four_messages_in_the_chat(office: Office) -> None:
    number = office.open("repair")
    office.do(number, "accept")
    office.do(number, "pause")
    office.do(number, "resume")
    office.do(number, "pause", reason="等您开门。")
    office.do(number, "resume")
    office.do(number, "schedule")
    office.do(number, "assign")
    office.do(number, "schedule", start="2026-03-12T05:00:00Z", end="2026-03-12T07:00:00Z")
    office.do(number, "check_in", "engineer")
    office.do(number, "complete", "engineer")
    told = office.told("chen", number)
    assert len(told) == 4
    assert "等您开门。" in told[0]
    assert "13:00" in told[1]
    assert "王强" in told[2]
    assert "满意" in told[3]


@pytest.mark.parametrize(
    ("kind", "acts"),
    [
        ("complaint", ["accept", "classify", "complete", "feedback"]),
        ("suggestion", ["accept", "decide", "complete"]),
        ("enquiry", ["accept", "answer"]),
        ("emergency", ["accept", "check_in", "complete"]),
        ("housekeeping", ["accept", "assign", "schedule", "check_in", "complete", "sign_off"]),
        ("general", ["accept", "schedule", "check_in", "complete"]),
        ("repair", ["accept", "schedule", "cancel"]),
    ],
)
def test_every_reader_is_told_in_their_own_language(office: Office, kind: str, acts: list[str]) -> None:
    words: dict[str, dict[str, Any]] = {
        "cancel": {"reason": "–"},
        "decide": {"adopted": True, "reason": "–"},
    }
    for who in ("chen", "emma"):
        number = office.open(kind, who)
        for action in acts:
            office.do(number, action, **words.get(action, {}))
        told = office.told(who, number)
        assert 1 <= len(told) <= 4
        for text in told:
            named = text.replace("赵敏", "").replace("王强", "")
            assert has_chinese(named) == (who == "chen"), text
            assert "{" not in text


def test_the_language_last_chosen_in_the_chat_counts(office: Office) -> None:
    number = office.open("repair", "chen")
    sent = {"client_id": "c1", "text": "English please"}
    office.client.post("/api/chat/messages", json=sent, headers=office.chat("chen"))
    office.do(number, "accept")
    assert not has_chinese(office.told("chen", number)[-1].replace("赵敏", ""))


def test_a_second_round_has_its_own_messages(office: Office) -> None:
    number = office.open("repair")
    for _ in range(2):
        office.do(number, "accept")
        office.do(number, "complete")
        first = office.told("chen", number)
        office.do(number, "follow_up", result="unsatisfied")
    assert len(first) == 4
    linked = office.client.get("/api/tickets", headers=office.as_("butler")).json()["items"][0]["number"]
    assert len(office.told("chen", linked)) == 1


def test_a_persons_own_words_arrive_as_written_and_by_name(office: Office) -> None:
    number = office.open("repair", "emma")
    office.do(number, "reply", text="My colleague 王强 comes at three.")
    last = office.read("emma")[-1]
    assert (last["author"], last["text"]) == ("butler", "My colleague 王强 comes at three.")
    assert last["ticket"]["number"] == number


def test_who_only_phoned_finds_it_in_the_chat_later(office: Office) -> None:
    taken_in = {"item": "common.voice.repair-intake", "channel": "phone", "words": "水管漏水",
                "phone": "138 0013 8000"}  # fmt: skip
    answer = office.client.post("/api/tickets", json=taken_in, headers=office.as_("butler"))
    number = answer.json()["number"]
    office.do(number, "accept")
    assert len(office.told("chen", number)) == 1


def test_what_colleagues_write_never_reaches_a_resident(office: Office) -> None:
    """Every table a resident's API reads from, and every answer of that API, after every kind of note."""
    for kind in ("repair", "complaint"):
        number = office.open(kind)
        office.do(number, "note", text=SECRET)
        office.do(number, "assign", user="engineer", note=SECRET)
        office.do(number, "complete", note=SECRET)
        if kind == "complaint":
            office.do(number, "feedback")
        office.do(number, "follow_up", result="unreached", note=SECRET)
        office.do(number, "follow_up", result="unsatisfied", note=SECRET)
    office.do(office.open("repair"), "sign_off", note=SECRET, materials=SECRET)
    answers = [office.client.get(f"/api/chat/{path}", headers=office.chat("chen")).text
               for path in ("messages", "tickets", "me")]  # fmt: skip
    sent = {"client_id": "c9", "text": "我的工单怎么样了"}
    asked = office.client.post("/api/chat/messages", json=sent, headers=office.chat("chen"))
    answers.append(asked.text)
    assert not [text for text in answers if SECRET in json.dumps(json.loads(text), ensure_ascii=False)]
    with office.db.read() as session:
        for table in (Message.__table__, OutboxRow.__table__):
            assert SECRET not in str([tuple(row) for row in session.execute(select(table))])
        holding = {name for name, table in Base.metadata.tables.items()
                   if SECRET in str([tuple(row) for row in session.execute(select(table))])}  # fmt: skip
    assert holding == {"ticket_events", "records", "alerts"}, "all of them are read by colleagues alone"


def test_nobody_reads_anothers_chat_or_tickets(office: Office) -> None:
    number = office.open("repair", "chen")
    office.do(number, "reply", text="只给陈先生看。")
    for who in ("emma", "neighbour"):
        tickets: list[Any] = office.client.get("/api/chat/tickets", headers=office.chat(who)).json()
        assert tickets == []
        assert "只给陈先生看。" not in str(office.read(who))
