"""Every line of the list of browser tests names the tests that show it; a name that is gone fails here."""

import ast
from pathlib import Path
from typing import Final

import pytest

TESTS: Final = Path(__file__).parent.parent
#: line of the list → ``file::test`` under tests/
SHOWN: Final[dict[str, tuple[str, ...]]] = {
    "live update keeps tick, focus and node": (
        "browser/test_queue.py::test_an_update_keeps_the_node_and_the_focus",
        "browser/test_queue_work.py::test_ticks_and_the_focus_outlive_live_updates_and_the_bar_counts_them",
    ),
    "a burst of events updates every row": (
        "browser/test_live_rows.py::test_a_burst_of_forty_events_updates_forty_rows_with_few_requests",
    ),
    "seven tabs and more, leader hand-over": (
        "browser/test_queue.py::test_eight_tabs_share_one_stream_and_another_takes_over",
    ),
    "reconnect after a restart fetches what was missed; the server stops within 3 s": (
        "browser/test_queue.py::test_the_server_stops_with_a_stream_open_and_the_page_looks_again_after_a_restart",
        "browser/test_live.py::test_a_server_that_restarts_under_an_open_ticket_is_told_and_caught_up",
    ),
    "several web processes": (
        "browser/test_outside.py::test_what_happens_at_one_web_process_reaches_the_pages_of_another",
    ),
    "countdown ok, soon, late with words and icon": (
        "browser/test_queue.py::"
        "test_a_promise_turns_soon_and_late_with_words_and_icon_and_says_so_once_in_the_list_and_on_its_ticket",
    ),
    "paused and done do not tick": (
        "browser/test_queue.py::test_what_is_paused_does_not_tick",
        "browser/test_queue.py::test_what_is_done_does_not_tick",
    ),
    "accept, reply, note, call-back, sign-off, follow-up in both languages": (
        "browser/test_both_languages.py::test_accept_reply_note_completion_sign_off_and_follow_up",
        "browser/test_both_languages.py::test_a_call_that_is_asked_for_is_taken_down_and_answered",
        "browser/test_ticket.py::test_accept_reply_and_note_and_the_resident_reads_the_reply_only",
        "browser/test_ticket.py::test_a_follow_up_begun_in_the_queue_opens_its_form_and_closes_the_ticket",
        "browser/test_onsite.py::test_a_finger_signs_and_the_link_confirms",
        "browser/test_six_conversations.py::test_hourly_cleaning_is_booked_in_chinese",
        "browser/test_six_conversations.py::test_a_leaking_tap_is_reported_in_english_and_mended",
    ),
    "a draft survives leaving the page": (
        "browser/test_ticket.py::test_a_draft_survives_leaving_the_page",
        "browser/test_live.py::test_a_session_that_ends_while_a_reply_is_written_keeps_the_reply",
    ),
    "two butlers: the second accept is told": (
        "browser/test_ticket.py::test_the_second_of_two_butlers_is_told_who_was_faster",
    ),
    "keyboard list, off while typing and composing": (
        "browser/test_keyboard.py::test_every_key_of_the_list_does_what_the_list_says",
        "browser/test_keyboard.py::test_no_letter_acts_in_the_composer_nor_while_something_is_composed",
        "browser/test_ticket.py::test_enter_accepts_a_pinyin_candidate_and_sends_nothing",
        "browser/test_queue_work.py::test_the_keys_tick_show_the_steps_and_stand_in_the_list",
    ),
    "filters in the URL, the back button restores": (
        "browser/test_queue.py::test_filters_live_in_the_address_and_back_restores_them",
        "browser/test_search.py::test_filters_stand_in_the_address_and_the_back_button_restores_them",
    ),
    "bulk bar": (
        "browser/test_queue_work.py::test_what_a_colleague_changed_meanwhile_is_named_and_stays_ticked",
    ),
    "a 422 form shows the message at the field": (
        "browser/test_ticket.py::test_a_form_that_is_wrong_shows_the_sentence_at_the_field_and_keeps_what_was_typed",
    ),
    "login, lock-out, TOTP": (
        "browser/test_door.py::test_a_wrong_password_is_said_and_the_name_stays",
        "browser/test_door.py::test_ten_wrong_tries_lock_the_door",
        "browser/test_door.py::test_a_second_factor_is_set_up_and_asked_for_at_the_door",
    ),
    "CSRF refused from another origin": (
        "desk/test_entrance.py::test_without_fetch_metadata_the_origin_must_be_ours",
        "browser/test_outside.py::test_a_form_of_another_origin_is_refused",
    ),
    "chat: quick reply": (
        "browser/test_chat.py::test_a_picked_quick_reply_becomes_the_residents_message_and_its_group_goes",
    ),
    "chat: photo": ("browser/test_chat.py::test_a_photo_goes_with_its_words_and_opens_large",),
    "chat: language toggle": (
        "browser/test_chat.py::test_the_language_switch_turns_page_and_bot_and_stays",
    ),
    "chat: a reload resumes": ("browser/test_chat.py::test_a_reload_shows_the_same_conversation",),
    "chat: an offline message is retried once without a double": (
        "browser/test_chat.py::test_a_message_written_offline_is_sent_once_when_the_line_is_back",
        "browser/test_chat.py::test_a_message_whose_answer_was_lost_is_not_doubled",
    ),
    "chat: third-party iframe": (
        "browser/test_outside.py::test_the_chat_works_in_a_frame_of_another_site_where_the_estate_allows_it",
        "web/test_pages.py::test_only_the_chat_may_be_framed",
    ),
    "no foreign request, strict CSP": (
        "browser/test_door.py::test_the_watch_over_every_page_notices_what_comes_from_elsewhere",
    ),
    "upload refused with its reason": (
        "browser/test_chat.py::test_a_refused_file_says_why_at_its_own_tile",
        "browser/test_dashboard_channels.py::"
        "test_a_butler_sends_photos_that_were_looked_at_when_they_were_chosen",
        "browser/test_households.py::test_a_file_that_is_no_workbook_is_refused_with_its_reason",
    ),
    "a failed send stays with retry": (
        "browser/test_live.py::test_a_failed_send_stays_in_the_box_and_one_press_sends_it_again",
    ),
    "axe matrix": (
        "browser/test_every_page.py::test_every_page_is_accessible_and_fits_its_screen",
        "browser/test_every_page.py::test_what_anybody_sees_is_accessible_and_fits_its_screen",
        "browser/test_every_page.py::test_the_chat_is_accessible_and_fits_its_screen",
        "browser/test_every_page.py::test_a_form_over_a_ticket_is_accessible_and_fits_its_screen",
        "browser/test_onsite.py::test_every_page_is_accessible_and_fits_its_screen",
        "browser/test_households.py::test_a_trial_import_is_accessible_and_fits_its_screen",
        "browser/test_queue_work.py::test_the_bar_and_its_sheets_are_clean_for_axe_and_fit",
    ),
    "layout matrix": (
        "browser/test_every_page.py::test_every_page_is_accessible_and_fits_its_screen",
        "browser/test_every_page.py::test_what_anybody_sees_is_accessible_and_fits_its_screen",
        "browser/test_every_page.py::test_the_chat_is_accessible_and_fits_its_screen",
        "browser/test_onsite.py::test_every_page_is_accessible_and_fits_its_screen",
        "browser/test_households.py::test_a_trial_import_is_accessible_and_fits_its_screen",
        "browser/test_dashboard_channels.py::test_one_of_everything_is_readable_on_every_screen",
    ),
    "weight": ("browser/test_looks.py::test_a_first_visit_stays_within_its_weight",),
}  # fmt: skip


@pytest.mark.parametrize("line", SHOWN)
def test_every_line_of_the_list_is_shown_by_tests_that_exist(line: str) -> None:
    missing = [one for one in SHOWN[line] if not _exists(*one.split("::"))]
    assert missing == []


def _exists(file: str, name: str) -> bool:
    tree = ast.parse((TESTS / file).read_text(encoding="utf-8"))
    return any(isinstance(node, ast.FunctionDef) and node.name == name for node in ast.walk(tree))
