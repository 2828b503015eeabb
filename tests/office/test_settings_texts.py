"""Message texts: a resident reads the estate's own words, in both languages; a broken hole is refused."""

import re
from collections.abc import Callable
from html import unescape

import pytest
from sqlalchemy import select

from backend.conversations.sentences import SENTENCES
from backend.estates.wording import holes_of
from backend.models import AuditEntry, EstateText
from backend.office import settings_holes, settings_texts
from locales import t
from tests.staff_browser import StaffBrowser
from tests.tickets.office import Office

Browse = Callable[..., StaffBrowser]
PAGE = "/settings/texts/greeting"
OWN = {
    "text_zh": "{named}{hello}这里是{estate}小翠，很高兴为您效劳。",
    "text_en": "{named}{hello} This is Jade of {estate}, at your service.",
}


def save(browser: StaffBrowser, status: int = 303, **fields: str) -> str:
    found = re.search(r'name="version" value="(\d+)"', browser.read(PAGE))
    assert found
    sent = {"version": found[1], "step": "save"} | OWN | fields
    return unescape(browser.submit(PAGE, sent, status).text)


def greeting(office: Office, language: str) -> str:
    code = office.cast.estate.code
    body = {"language": language, "estate": code}
    answer = office.client.post("/api/chat/sessions", json=body).json()
    return " ".join(message["text"] for message in answer["messages"])


def test_residents_read_a_changed_greeting_in_their_language(office: Office, browse: Browse) -> None:
    assert "小翠" not in greeting(office, "zh")
    manager = browse("manager", "en")
    save(manager)
    assert "这里是翠园小翠，很高兴为您效劳。" in greeting(office, "zh")
    assert "This is Jade of Jade Garden, at your service." in greeting(office, "en")
    save(manager, text_zh="{named}{hello}{estate}欢迎您。", text_en="")
    assert "翠园欢迎您。" in greeting(office, "zh")
    assert "I am the assistant of Jade Garden." in greeting(office, "en")
    save(manager, step="reset")
    assert "欢迎您" not in greeting(office, "zh")
    with office.db.read() as session:
        entries = session.scalars(
            select(AuditEntry).where(AuditEntry.subject == "text").order_by(AuditEntry.id)
        ).all()
    assert [one.action for one in entries] == ["text.change", "text.change", "text.reset"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{named}{hello} hi", "This placeholder is missing: {estate}."),
        ("{named}{hello} {estate} {number}", "This placeholder does not belong here: {number}."),
        ("{named}{helo} {estate}", "is missing: {hello}. This placeholder does not belong here: {helo}."),
        ("{named}{hello} {estate", "A brace is left over: placeholders are written like {number}."),
        ("{named}{hello} {estate.settings}", "A brace is left over"),
    ],
)
def test_a_broken_hole_is_refused_and_nothing_is_lost(
    office: Office, browse: Browse, text: str, said: str
) -> None:
    page = save(browse("manager", "en"), 422, text_en=text)
    assert said in page
    assert text in page
    assert "at your service" not in greeting(office, "en")


def test_the_form_of_address_may_be_left_out(office: Office, browse: Browse) -> None:
    manager = browse("manager", "en")
    assert "Only the form of address, {named}, may be left out." in unescape(manager.read(PAGE))
    save(manager, text_zh="{hello}这里是{estate}小翠。", text_en="{hello} This is Jade of {estate}.")
    assert "这里是翠园小翠。" in greeting(office, "zh")
    assert "This is Jade of Jade Garden." in greeting(office, "en")


def test_a_refused_wording_is_shown_as_it_was_typed_and_never_as_the_standard(
    office: Office, browse: Browse
) -> None:
    manager = browse("manager", "en")
    seen = save(manager, 422, step="preview", text_en="{hello} Jade speaking.").split('id="seen-title"')[1]
    assert "Good morning. Jade speaking." in seen
    assert "I am the assistant" not in seen
    broken = save(manager, 422, step="preview", text_en="{hello} {estate").split('id="seen-title"')[1]
    assert 'class="office-bubble" lang="en"' not in broken
    assert "小翠" in broken


def test_the_standard_stands_in_the_form_and_saved_unchanged_it_stays_the_standard(
    office: Office, browse: Browse
) -> None:
    manager = browse("manager", "en")
    typed = re.findall(r"<textarea[^>]*>([^<]*)</textarea>", manager.read(PAGE))
    assert typed[0].startswith("{named}{hello}我是{estate}")
    zh, en = typed[0], typed[1].replace("assistant", "helper")
    save(manager, text_zh=zh, text_en=en)
    assert "I am the helper of Jade Garden." in greeting(office, "en")
    with office.db.read() as session:
        row = session.scalars(select(EstateText)).one()
    assert (row.text_zh, row.text_en) == ("", en)


def test_a_wording_is_tried_out_with_example_values(office: Office, browse: Browse) -> None:
    page = save(browse("manager", "en"), 200, step="preview")
    assert "陈先生，早上好。这里是翠园小翠" in page
    assert "Mr Chen, good morning. This is Jade of Jade Garden" in page
    assert "小翠" not in greeting(office, "zh")


def test_who_was_faster_is_told_and_the_words_stay(office: Office, browse: Browse) -> None:
    manager = browse("manager", "en")
    save(manager)
    page = unescape(manager.submit(PAGE, {"version": "0", "step": "save"} | OWN, 409).text)
    assert "Sun Lei changed these settings at" in page
    assert "小翠" in page


def test_sentences_are_found_by_group_and_by_words(office: Office, browse: Browse) -> None:
    manager = browse("manager", "en")
    assert "I am the assistant of <span class=" in manager.read("/settings/texts")
    found = manager.read("/settings/texts?q=invitation code")
    assert "invitation code" in found
    assert "No sentence holds these words." in manager.read("/settings/texts?q=xyzzy")
    for group in settings_texts.GROUPS:
        assert "<tr id=" in manager.read(f"/settings/texts?group={group}")
    manager.read("/settings/texts/emergency_where", 404)
    manager.read("/settings/texts/nothing", 404)
    browse("supervisor").read("/settings/texts", 403)


def test_every_standard_sentence_passes_its_own_check_and_has_examples(office: Office) -> None:
    with office.db.read() as session:
        views = settings_texts.list_of(session, office.cast.estate)
    assert len(views) > 40
    for view in views:
        for language in ("zh", "en"):
            assert settings_texts.fault_of(view, language, view.standard[language], "en") == ""
            shown = settings_texts.preview(office.cast.estate, language, view.standard[language])
            assert "{" not in shown
        assert holes_of(t("zh", SENTENCES[view.kind])) is not None


def test_in_the_list_no_sentence_shows_braces_and_each_hole_is_named_in_its_language(browse: Browse) -> None:
    manager = browse("manager", "zh")
    for group in settings_texts.GROUPS:
        page = unescape(manager.read(f"/settings/texts?group={group}"))
        rows = page.split("<tbody>")[1].split("</tbody>")[0]
        assert "{" not in rows
    found = unescape(manager.read("/settings/texts?q=真人"))
    assert '，<span class="hole">管家姓名</span>随时可以接手' in found
    assert '<span class="hole">butler\'s name</span> can take over' in found


def test_every_hole_of_every_sentence_has_a_name_and_an_example(office: Office) -> None:
    with office.db.read() as session:
        views = settings_texts.list_of(session, office.cast.estate)
    for view in views:
        for one in settings_holes.list_of(office.cast.estate, "en", view.standard["en"]):
            assert one.label, one.written
            assert one.example.casefold() != one.written.strip("{}"), one.written


def test_the_box_keeps_its_holes_while_the_standard_above_it_names_them(browse: Browse) -> None:
    page = unescape(browse("manager", "zh").read(PAGE))
    standard = page.split('id="text_zh-hint"')[1].split("</p>")[0]
    assert '<span class="hole">小区</span>的智能助手' in standard
    assert "{" not in standard
    assert "{named}{hello}我是{estate}的智能助手" in page.split('id="text_zh" name')[1]


def test_each_placeholder_is_told_with_an_example_in_the_readers_language(browse: Browse) -> None:
    page = unescape(browse("manager", "zh").read(PAGE))
    for hole, what in (
        ("{named}", "称呼，例如“陈先生，”"),
        ("{hello}", "按时段的问候，例如“早上好。”"),
        ("{estate}", "小区，例如“翠园”"),
    ):
        assert f"<dt><code>{hole}</code></dt><dd>{what}</dd>" in page
    english = unescape(browse("manager", "en").read(PAGE))
    assert "<dt><code>{estate}</code></dt><dd>estate, for example “Jade Garden”</dd>" in english
    assert "See how it reads" in english
