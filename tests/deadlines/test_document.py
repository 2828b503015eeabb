"""The page about the promises says what the data say."""

from backend.deadlines import document
from backend.deadlines.rules import standard_rules


def test_the_page_is_written_from_the_data() -> None:
    written = document.PAGE.read_text(encoding="utf-8")
    assert written == document.document(), "Run: python -m backend.deadlines.document"


def test_the_page_names_every_promise_with_its_seed() -> None:
    page = document.document()
    for policy in standard_rules().policies.all:
        assert f"### {policy.id} " in page
        assert policy.seed_words in page
