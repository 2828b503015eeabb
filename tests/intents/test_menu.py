"""The shipped menu: what a resident can ask for, how it is worded and how it is reached."""

from __future__ import annotations

import re

import pytest

from intents.loader import load_menu
from intents.menu import NEVER_ASKED, WORKFLOWS, Item, Menu, Text, UnknownItem

HAN = re.compile("[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def menu() -> Menu:
    return load_menu()


def test_the_service_plan_is_whole(menu: Menu) -> None:
    planned = [item for item in menu.items.values() if item.scope != "estate"]
    assert len(planned) == 485
    scopes = [item.scope for item in planned]
    assert {scope: scopes.count(scope) for scope in set(scopes)} == {
        "core": 418,
        "extended": 51,
        "reference": 16,
    }
    assert len([item for item in planned if item.alias_of]) == 3
    assert len([item for item in planned if item.urgent]) == 24
    assert len([item for item in planned if item.on_site]) == 127
    assert {item.workflow for item in planned} == WORKFLOWS


def test_everyday_matters_of_an_estate_are_on_the_menu(menu: Menu) -> None:
    wanted = (
        "heating parcel ebike-charging ev-charging bulky-waste leak-upstairs neighbour-noise neighbour-smoke "
        "prepaid-electricity prepaid-gas police-registration general"
    )
    for name in wanted.split():
        item = menu.item(f"estate.{name}")
        assert item.scope == "estate"
        assert item.listed


def test_every_item_stands_in_its_own_category(menu: Menu) -> None:
    for item in menu.items.values():
        assert item.id.startswith(f"{item.category}."), item.id
        assert item.category in menu.categories


def test_the_eight_doors_have_their_names(menu: Menu) -> None:
    assert [door.name.zh for door in menu.doors] == [
        "报修", "保洁", "投诉建议", "缴费手续", "代办", "卡券", "问一问", "找管家",
    ]  # fmt: skip
    assert [door.name.en for door in menu.doors] == [
        "Repairs", "Cleaning", "Complaints & ideas", "Fees & papers", "Errands", "Cards", "Ask", "My butler",
    ]  # fmt: skip


def test_no_level_has_more_than_eight_lines(menu: Menu) -> None:
    assert len(menu.doors) <= 8
    for door in menu.doors:
        assert 1 <= len(door.groups) <= 8
        for group in door.groups:
            assert 1 <= len(group.items) <= 8


def test_any_listed_item_is_three_taps_away(menu: Menu) -> None:
    reached = {item for door in menu.doors for group in door.groups for item in group.items}
    listed = {item.id for item in menu.items.values() if item.listed}
    assert reached == listed
    assert len(listed) > 340


def test_items_about_the_work_of_staff_are_understood_but_not_listed(menu: Menu) -> None:
    for item_id in (
        "common.cleaning.contractor-standard",
        "common.cleaning.zero-interference",
        "common.facilities.house-plan",
        "common.facilities.patrol-inspection",
        "common.voice.complaint-severe",
        "common.voice.complaint-redo",
        "common.voice.complaint-rework",
    ):
        assert not menu.item(item_id).listed
    assert not any(item.listed for item in menu.items.values() if item.scope == "reference")


def test_at_most_three_questions_come_before_the_read_back(menu: Menu) -> None:
    for item in menu.items.values():
        assert len(item.ask) <= 3, item.id
        assert len(set(item.ask)) == len(item.ask), item.id
        assert not NEVER_ASKED & set(item.ask), item.id


def test_papers_and_identity_are_never_asked_for_in_the_chat(menu: Menu) -> None:
    papers = {"docs", "file", "evidence", "license", "id_check", "id_names", "consent", "owner_consent"}
    for item in menu.items.values():
        assert not papers & set(item.ask), item.id


def test_a_repair_asks_what_is_wrong_then_where_then_when(menu: Menu) -> None:
    assert menu.item("value.repair-plumbing.water-fittings").ask == ("fault", "where", "when")
    assert menu.item("estate.heating").ask == ("fault", "where", "when")
    assert menu.item("value.repair-appliance.fridge").ask == ("fault", "when", "entry")


def test_a_complaint_asks_only_what_it_is_about(menu: Menu) -> None:
    for item in menu.items.values():
        if item.workflow in ("complaint", "suggestion"):
            assert item.ask == ("topic",), item.id


def test_every_appointment_that_is_required_asks_for_a_time(menu: Menu) -> None:
    timed = {"when", "from_to", "freq", "deadline"}
    for item in menu.items.values():
        wants_time = timed & set(item.required_slots)
        if item.appointment == "required" and item.listed and wants_time:
            assert timed & set(item.ask), item.id


def test_cleaning_by_the_hour_asks_when_how_long_and_how_to_get_in(menu: Menu) -> None:
    asked = [slot.id for slot in menu.slots_to_ask("value.clean-hourly.hourly-helper")]
    assert asked == ["when", "duration", "entry"]


def test_names_fit_a_button(menu: Menu) -> None:
    for item in menu.items.values():
        assert len(HAN.findall(item.name.zh)) <= 12, item.id
        assert len(item.name.en) <= 40, item.id


def every_text(menu: Menu) -> list[Text]:
    texts = [name for item in menu.items.values() for name in (item.name, item.staff_name)]
    texts += [text for slot in menu.slots.values() for text in (slot.prompt, *(o.name for o in slot.options))]
    texts += [category.name for category in menu.categories.values()]
    texts += [text for door in menu.doors for text in (door.name, *(group.name for group in door.groups))]
    return [*texts, *menu.menus.values(), *menu.units.values()]


def test_every_text_is_chinese_in_chinese_and_english_in_english(menu: Menu) -> None:
    for text in every_text(menu):
        assert HAN.search(text.zh), text
        assert text.en.strip()
        assert not HAN.search(text.en), text


def test_questions_end_as_sentences(menu: Menu) -> None:
    for slot in menu.slots.values():
        assert slot.prompt.zh[-1] in "？。）", slot.id
        assert slot.prompt.en[-1] in "?.)", slot.id


def test_residents_never_read_words_for_staff_only(menu: Menu) -> None:
    shown = [item.name.zh for item in menu.items.values()] + [c.name.zh for c in menu.categories.values()]
    shown += [group.name.zh for door in menu.doors for group in door.groups]
    for word in ("囊助", "核销", "派单", "供方", "组团", "小姐"):
        assert not [name for name in shown if word in name], word


def test_the_everyday_items_have_short_names_in_both_languages(menu: Menu) -> None:
    with_both = [
        item.id
        for item in menu.items.values()
        if any(HAN.search(alias) for alias in item.aliases)
        and any(not HAN.search(alias) for alias in item.aliases)
    ]
    assert len(with_both) >= 150


@pytest.mark.parametrize(
    ("wording", "item_id"),
    [
        ("报修水龙头", "value.repair-plumbing.water-fittings"),
        ("tap repair", "value.repair-plumbing.water-fittings"),
        ("钟点工", "value.clean-hourly.hourly-helper"),
        ("cleaner", "value.clean-hourly.hourly-helper"),
        ("暖气不热", "estate.heating"),
        ("马桶堵了", "value.repair-plumbing.soil-pipe-unblock"),
        ("fapiao", "common.admin.invoice"),
    ],
)
def test_a_short_name_means_one_item(menu: Menu, wording: str, item_id: str) -> None:
    def names(item: Item) -> list[str]:
        return [name.casefold() for name in (item.name.zh, item.name.en, *item.aliases)]

    assert [item.id for item in menu.items.values() if wording in names(item)] == [item_id]


def test_the_published_prices_are_those_of_the_service_plan(menu: Menu) -> None:
    prices = {item.id: (item.price.fen, item.price.unit) for item in menu.items.values() if item.price}
    assert prices == {
        "common.presale.family-photo": (0, "print"),
        "value.clean-oneoff.whole-home-initial": (60000, "home"),
        "value.clean-hourly.hourly-helper": (800, "hour"),
        "value.special.ac-filter": (10000, "visit"),
        "value.special.car-wash": (800, "vehicle"),
        "value.repair-plumbing.sewer-line-full": (15000, "visit"),
        "value.inspection.safety-check": (5000, "visit"),
        "value.sports.club-card": (20000, "card"),
        "value.benefit.card-activate": (150000, "card"),
    }


def test_choices_carry_other_wordings(menu: Menu) -> None:
    for slot_id in (
        "entry",
        "parts",
        "appliance",
        "vehicle_type",
        "lang",
        "contact_pref",
        "mount",
        "driver",
        "where",
    ):
        options = menu.slots[slot_id].options
        assert len(options) >= 2, slot_id
        assert len({option.id for option in options}) == len(options), slot_id
    ac = menu.slots["appliance"].option("ac")
    assert ac is not None
    assert "aircon" in ac.also
    assert menu.slots["appliance"].option("spaceship") is None


def test_a_wording_means_one_choice_of_its_slot(menu: Menu) -> None:
    for slot in menu.slots.values():
        said = [
            wording.casefold()
            for option in slot.options
            for wording in {option.name.zh, option.name.en.casefold(), *map(str.casefold, option.also)}
        ]
        assert sorted(said) == sorted(set(said)), slot.id


def test_an_alias_id_gives_the_item_that_does_the_work(menu: Menu) -> None:
    assert menu.item("value.car.auto-rental").id == "value.car.rental"
    assert menu.workflow_of("value.professional.indoor-repair") == "repair"
    assert menu.item("value.professional.indoor-repair").id == "common.voice.repair-intake"


def test_an_unknown_id_is_an_error_where_it_must_exist_and_nothing_where_it_may_miss(menu: Menu) -> None:
    assert menu.find_item("value.moon.trip") is None
    assert menu.find_door("moon") is None
    assert menu.find_group("moon") is None
    for ask in (menu.item, menu.door, menu.group, menu.workflow_of):
        with pytest.raises(UnknownItem, match="'moon' names nothing on the service menu"):
            ask("moon")


def test_doors_and_groups_are_found_by_id(menu: Menu) -> None:
    for door in menu.doors:
        assert menu.door(door.id) is door
        for group in door.groups:
            assert menu.group(group.id) is group


def test_a_menu_cannot_be_changed_by_those_who_read_it(menu: Menu) -> None:
    with pytest.raises(TypeError):
        menu.items["x"] = menu.item("estate.general")  # type: ignore[index]
