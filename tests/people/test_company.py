"""Whom the company names, and which answers belong to a try: rules without a network."""

from datetime import timedelta
from typing import Any

import pytest

from backend.clock import HandClock
from backend.people.company import GOOD_FOR, Asking, Person, clean_name, is_name, name_in

ISSUER = "https://login.company.example"


@pytest.mark.parametrize(
    ("claims", "claim", "name"),
    [
        ({"email": " Lin@Company.example ", "email_verified": True}, "email", "lin@company.example"),
        ({"email": "lin@company.example", "email_verified": "true"}, "email", "lin@company.example"),
        ({"email": "lin@company.example", "email_verified": "yes"}, "email", ""),
        ({"email": "lin@company.example", "email_verified": 0}, "email", ""),
        ({"email": "lin@company.example"}, "email", ""),
        ({"email": ["lin@company.example"], "email_verified": True}, "email", ""),
        ({"email": "lin @company.example", "email_verified": True}, "email", ""),
        ({"preferred_username": "林静"}, "preferred_username", "林静"),
        ({"preferred_username": "lin", "email": "x@company.example"}, "email", ""),
        ({"preferred_username": ""}, "preferred_username", ""),
        ({}, "preferred_username", ""),
    ],
)
def test_only_a_name_that_the_company_vouches_for_counts(
    claims: dict[str, Any], claim: str, name: str
) -> None:
    assert name_in(claims, claim) == name


def test_names_that_only_look_alike_are_two_names() -> None:
    assert clean_name("LIN") == clean_name(" lin ") == "lin"
    for other in ("ｌｉｎ", "lın", "l\u0456n", "lin\u200b"):
        assert clean_name(other) != "lin"


@pytest.mark.parametrize("text", ["", "lin jing", "lin\u3000jing", "lin\n", "lin\u200bjing", "x" * 255])
def test_a_name_is_one_word_that_can_be_read(text: str) -> None:
    assert not is_name(text)


def test_a_person_is_told_from_the_same_number_at_another_company() -> None:
    person = Person(ISSUER, "7", "")
    assert person.is_of_same_issuer(person.key)
    assert not person.is_of_same_issuer(Person(f"{ISSUER}.evil", "7", "").key)
    assert not person.is_of_same_issuer(None)


def test_an_answer_belongs_to_its_own_try_for_ten_minutes(clock: HandClock) -> None:
    now = clock.real_now()
    asking = Asking.begin("/visits", now)
    assert Asking.of_text(asking.as_text()) == asking
    assert asking.is_answered_by(asking.state, now + GOOD_FOR - timedelta(seconds=1))
    assert not asking.is_answered_by(asking.state, now + GOOD_FOR)
    for other in ("", "\ud800", Asking.begin("/visits", now).state):
        assert not asking.is_answered_by(other, now)
