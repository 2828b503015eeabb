"""Phrases over the staff API: who may, what they see, what takes effect."""

from collections.abc import Callable
from typing import Any

import pytest

from backend.learning import service
from backend.models import Phrase
from tests.learning.conftest import LAMP, TAP, School
from tests.tickets.office import Office

WORDS = "小夜灵又罢工了"
Ask = Callable[..., Any]


def propose(school: School, who: str = "chen") -> int:
    school.press(who, school.say(who, WORDS, TAP, LAMP), school.name(LAMP))
    return school.phrases()[-1].id


def effective(school: School) -> list[tuple[str, tuple[str, ...]]]:
    with school.office.db.read() as session:
        return [(one.text, one.items) for one in service.approved(session)]


def version(ask: Ask) -> str:
    found: str = ask("GET", "/versions").json()["published"]["phrases"]
    return found


def test_a_proposed_phrase_is_seen_approved_and_taken_back(school: School, ask: Ask) -> None:
    number = propose(school)
    (shown,) = ask("GET", "?state=proposed").json()["items"]
    assert (shown["id"], shown["text"], shown["items"]) == (number, WORDS, [LAMP])
    assert (shown["source"], shown["times"]) == ("button", 1)
    assert effective(school) == []
    assert ask("POST", f"/{number}/approve").json()["state"] == "approved"
    assert effective(school) == [(WORDS, (LAMP,))]
    assert ask("POST", f"/{number}/reject").json()["state"] == "rejected"
    assert effective(school) == []
    assert ask("GET", "?state=approved").json() == {"items": [], "next": None}


def test_each_change_of_what_is_in_effect_has_a_version_of_its_own(school: School, ask: Ask) -> None:
    seen = [version(ask)]
    number = propose(school)
    assert version(ask) == seen[0] == ""
    for path in (f"/{number}/approve", f"/{number}/reject", f"/{number}/approve"):
        ask("POST", path)
        seen.append(version(ask))
    assert seen == ["", "1", "2", "3"]


def test_rejecting_a_proposal_changes_nothing_that_is_in_effect(school: School, ask: Ask) -> None:
    ask("POST", f"/{propose(school)}/reject")
    assert version(ask) == ""


def test_words_and_items_may_be_mended_while_approving(school: School, ask: Ask) -> None:
    number = propose(school)
    done = ask("POST", f"/{number}/approve", text="小夜灵坏了", items=[LAMP, TAP]).json()
    assert (done["text"], done["items"]) == ("小夜灵坏了", [LAMP, TAP])
    assert effective(school) == [("小夜灵坏了", (LAMP, TAP))]


def test_a_phrase_of_the_operators_own_is_approved_at_once(school: School, ask: Ask) -> None:
    answer = ask("POST", text="the grizzlefink went dark", items=[LAMP])
    assert answer.status_code == 201
    shown = answer.json()
    assert (shown["state"], shown["source"], shown["language"]) == ("approved", "operator", "en")
    assert effective(school) == [("the grizzlefink went dark", (LAMP,))]


@pytest.mark.parametrize("by", ["butler", "deputy", "engineer", "guard"])
def test_only_leaders_may_look_and_teach(school: School, ask: Ask, by: str) -> None:
    number = propose(school)
    for method, path, body in (
        ("GET", "", {}), ("GET", "/versions", {}), ("POST", "", {"text": WORDS, "items": [LAMP]}),
        ("POST", f"/{number}/approve", {}), ("POST", f"/{number}/reject", {}),
    ):  # fmt: skip
        assert ask(method, path, by=by, **body).status_code == 403
    assert effective(school) == []


def test_without_a_token_nothing_opens(office: Office) -> None:
    assert office.client.get("/api/phrases").status_code == 401


def test_what_belongs_next_door_is_not_there(school: School, ask: Ask) -> None:
    number = propose(school, "neighbour")
    assert ask("GET").json()["items"] == []
    for verb in ("approve", "reject"):
        assert ask("POST", f"/{number}/{verb}").status_code == 404
        assert ask("POST", f"/999/{verb}").status_code == 404


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"text": WORDS, "items": ["no.such.item"]}, "no.such.item"),
        ({"text": WORDS, "items": ["common.fire.gas-leak"]}, "common.fire.gas-leak"),
        ({"text": "打13800138000", "items": [LAMP]}, "telephone"),
        ({"text": "灯", "items": [LAMP]}, "2 to 200"),
        ({"text": WORDS, "items": [LAMP], "estate": "NEXT"}, "NEXT"),
        ({"text": WORDS, "items": []}, "items"),
        ({"text": "nul\x00", "items": [LAMP]}, "text"),
    ],
)
def test_what_cannot_be_taught_is_refused_in_a_sentence(
    school: School, ask: Ask, body: dict[str, Any], said: str
) -> None:
    answer = ask("POST", **body)
    assert answer.status_code == 422
    assert said in answer.json()["detail"]
    assert school.phrases() == []


def test_a_refusal_is_worded_in_chinese_too(office: Office) -> None:
    header = office.as_("supervisor") | {"Accept-Language": "zh"}
    answer = office.client.post("/api/phrases", json={"text": WORDS, "items": ["x.y.z"]}, headers=header)
    assert "不在菜单里" in answer.json()["detail"]


def test_the_list_goes_on_page_by_page(school: School, ask: Ask, office: Office) -> None:
    row = {"estate_id": office.cast.estate.id, "language": "zh", "items": [LAMP], "source": "operator"}
    with office.db.write() as session:
        for number in range(60):
            text = f"说法{number}"
            session.add(Phrase(**row, text=text, key=text, created_at=office.clock.now()))
            session.flush()
    first = ask("GET").json()
    assert [one["text"] for one in first["items"]] == [f"说法{n}" for n in range(59, 9, -1)]
    rest = ask("GET", f"?after={first['next']}").json()
    assert ([one["text"] for one in rest["items"]][-1], rest["next"]) == ("说法0", None)
