"""What a service needs besides its details: papers, the owner's consent, rules; and what is shown to whom."""

from pathlib import Path

import pytest

from backend.conversations import papers, wording
from backend.conversations.agreeing import CONSENT, consent_of
from backend.conversations.papers import load_papers
from intents.rows import DataFaults
from tests.conversations.talking import Chat, chat, engine
from tests.conversations.test_menu_items import answer

BOTH = pytest.mark.parametrize("language", ["zh", "en"])
DECORATE, PASS, MOVE_OUT = "common.admin.decor-apply", "common.admin.release-pass", "common.admin.move-out"


def asked_of(language: str, item: str, kind: str) -> tuple[Chat, list[str]]:
    """Tap a service and answer every question, the one for consent with yes."""
    talk = chat(language, kind=kind)
    talk.tap(item)
    return talk, answer(talk)


def until_consent(language: str, item: str) -> Chat:
    """A tenant's wish up to the question whether the owner agrees."""
    talk = chat(language, kind="tenant")
    talk.tap(item)
    while talk.state.form and talk.state.form.asking != CONSENT:
        before = talk.state.form.asking
        if talk.find("slot", slot=before):
            talk.press("slot", slot=before)
        else:
            is_dates = engine().menu.slots[before or ""].type == "date_range"
            talk.say("下周一到下周三" if is_dates else "客厅的沙发")
        assert talk.state.form.asking != before
    return talk


class TestPapers:
    @BOTH
    def test_a_renovation_is_told_its_papers_and_its_rules_before_the_read_back(self, language: str) -> None:
        talk, _ = asked_of(language, DECORATE, "owner")
        assert talk.last_kinds == ["needs", "read_back"]
        told = talk.text_of(talk.turn.replies[0])
        parts = {"zh": ("装修图纸", "200平方米", "承重墙", "不要发在聊天里"),
                 "en": ("drawings", "200 m²", "Load-bearing", "not be sent in this chat")}  # fmt: skip
        for part in parts[language]:
            assert part in told
        assert ("业主签字的同意书" if language == "zh" else "signed by the owner") not in told
        assert len(talk.text_of(talk.turn.replies[1]).splitlines()) <= 4

    @BOTH
    def test_they_are_told_once_and_again_in_the_confirmation(self, language: str) -> None:
        talk, _ = asked_of(language, "common.admin.parking-rent", "owner")
        talk.press("change")
        talk.press("change_slot", slot="plate")
        talk.say("京A12345")
        assert talk.last_kinds == ["read_back_change"]
        talk.press("yes")
        assert (
            "请带上：行驶证原件和复印件；" if language == "zh" else "Please bring: the vehicle licence"
        ) in talk.text
        assert ("还有" not in talk.text) if language == "zh" else ("anything else" not in talk.text)

    @BOTH
    def test_what_needs_nothing_is_told_nothing(self, language: str) -> None:
        talk, _ = asked_of(language, "common.voice.repair-intake", "tenant")
        assert "needs" not in talk.kinds
        talk.press("yes")
        assert "\n" not in talk.text

    @BOTH
    def test_papers_of_the_register_come_with_their_confirmation(self, language: str) -> None:
        talk, _ = asked_of(language, "common.admin.resident-card", "tenant")
        assert talk.last_kinds == ["opened"], "no read-back (MANNERS §1.3)"
        assert ("租赁合同" if language == "zh" else "tenancy agreement") in talk.text


class TestConsent:
    @BOTH
    @pytest.mark.parametrize("item", [DECORATE, PASS, MOVE_OUT])
    def test_a_tenant_is_asked_for_the_owners_consent_and_an_owner_is_not(
        self, item: str, language: str
    ) -> None:
        _, of_owner = asked_of(language, item, "owner")
        assert CONSENT not in of_owner
        talk = until_consent(language, item)
        talk.press("slot", value="yes")
        assert talk.last_kinds == ["needs", "read_back"]
        assert ("业主已同意" if language == "zh" else "the owner agrees") in talk.text
        talk.press("yes")
        assert talk.opened[0].slots[CONSENT] == "yes"

    @BOTH
    @pytest.mark.parametrize("item", [DECORATE, PASS, MOVE_OUT])
    def test_without_it_the_wish_is_registered_and_it_is_said_what_may_not_begin(
        self, item: str, language: str
    ) -> None:
        talk = until_consent(language, item)
        talk.say("还没问呢" if language == "zh" else "not yet, I have to ask him")
        consequence = papers.standard_papers().of(engine().menu.item(item)).consent
        assert consequence is not None
        assert consequence.in_(language) in talk.text
        talk.press("yes")
        assert talk.opened[0].slots[CONSENT] == "no"
        assert consequence.in_(language) in talk.text

    @pytest.mark.parametrize(
        ("words", "told"),
        [("同意了", "yes"), ("房东说可以", "yes"), ("我就是业主", "yes"), ("对", "yes"), ("yes", "yes"),
         ("the landlord has agreed", "yes"), ("He said yes", "yes"), ("I'm the owner", "yes"),
         ("还没有", "no"), ("没同意", "no"), ("不同意", "no"), ("还要问房东", "no"), ("no", "no"),
         ("not yet", "no"), ("he hasn't agreed", "no"), ("I'll ask him tomorrow", "no"),
         ("客厅的沙发", None), ("a blue sofa", None)],
    )  # fmt: skip
    def test_a_yes_is_never_read_out_of_anything_else(self, words: str, told: str | None) -> None:
        assert consent_of(words) == told

    @BOTH
    def test_what_is_neither_is_asked_again_with_buttons(self, language: str) -> None:
        talk = until_consent(language, PASS)
        talk.say("蓝色的沙发两米长" if language == "zh" else "the blue sofa is two metres long")
        form = talk.state.form
        assert form is None or CONSENT not in form.slots


class TestWhatToShow:
    def test_a_release_pass_says_until_when_it_is_good_and_what_the_guard_does(self) -> None:
        talk, _ = asked_of("zh", PASS, "owner")
        talk.press("yes")
        assert "门岗" in talk.text
        assert "有效时间：3月11日" in talk.text

    def test_as_soon_as_possible_is_no_time_to_be_valid_for(self) -> None:
        talk = chat("zh", kind="owner")
        talk.tap(PASS)
        talk.say("客厅的沙发")
        talk.press("slot", value={"asap": True})
        talk.press("yes")
        assert "有效时间" not in talk.text
        assert "门岗" in talk.text

    @pytest.mark.parametrize(
        ("item", "part"),
        [("complimentary.loan.trolley", "归还"), ("common.desk.item-custody", "领取时请报这个编号"),
         ("common.desk.umbrella", "领取时服务台会告诉您归还时间"),
         ("common.fire.hot-work-permit", "过期要重新申请"),
         ("common.voice.visit-request", "拜访时间")],
    )  # fmt: skip
    def test_loans_permits_and_visits_say_when_they_end(self, item: str, part: str) -> None:
        talk, _ = asked_of("zh", item, "owner")
        if talk.find("yes"):
            talk.press("yes")
        assert part in talk.text


class TestTheFile:
    def test_every_item_and_workflow_in_it_is_on_the_menu(self) -> None:
        load_papers(papers.HERE, engine().menu)

    def test_every_fault_is_named(self, tmp_path: Path) -> None:
        (tmp_path / papers.FILE).write_text(
            '[[paper]]\nid = "id"\nname = { zh = "证件", en = "papers" }\n'
            '[[paper]]\nid = "never"\nname = { zh = "没人要", en = "nobody wants it" }\n'
            '[[need]]\nname = "one"\nitems = ["common.nothing"]\npapers = ["id", "ghost"]\n'
            '[[need]]\nname = "two"\nworkflow = "haunting"\nitems = ["common.voice.praise"]\n'
            'rules = { zh = ["一"], en = ["one", "two"] }\n'
            '[[need]]\nname = "three"\nworkflow = "lend"\nshow = { zh = "到{window}", en = "until then" }\n',
            encoding="utf-8",
        )
        with pytest.raises(DataFaults) as caught:
            load_papers(tmp_path, engine().menu)
        found = "\n".join(caught.value.faults)
        for fault in (
            "papers.toml: one: items: there is no item 'common.nothing'",
            "papers.toml: one: papers: there is no paper 'ghost'",
            "papers.toml: two: items: either items or a workflow must be named, and not both",
            "papers.toml: two: workflow: no item has the workflow 'haunting'",
            "papers.toml: two: rules: 1 in Chinese and 2 in English",
            "papers.toml: three: undated: is missing: what is said without a time",
            "papers.toml: three: show: {window} stands in one language only",
            "papers.toml: never: no service needs this paper",
        ):
            assert fault in found, found


def test_every_consent_button_has_its_words() -> None:
    talk = until_consent("en", PASS)
    labels = [one["label"] for one in wording.buttons(talk.voice(), talk.turn.replies[0])]
    assert labels[:2] == ["Yes, the owner agrees", "Not yet"]
