"""The loader of the menu names every fault of every file, and only faults."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest

from intents.loader import DATA, DataFaults, load_menu
from tests.pace import slowness

SMALL_MENU = Path(__file__).parent / "small_menu"
TAP = "items/home.repair.toml: home.repair.tap"
LAMP = "items/home.repair.toml: home.repair.lamp"
GROUP = "doors.toml: repairs: everything"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of a small sound menu, to be spoilt."""
    return Path(shutil.copytree(SMALL_MENU, tmp_path / "data"))


def change(folder: Path, file: str, old: str, new: str) -> None:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text, f"the test looks for {old!r}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def faults_of(folder: Path) -> tuple[str, ...]:
    with pytest.raises(DataFaults) as caught:
        load_menu(folder)
    return caught.value.faults


def test_a_sound_folder_gives_a_menu(folder: Path) -> None:
    menu = load_menu(folder)
    assert menu.item("home.repair.tap").name.in_("en") == "Tap repair"
    assert menu.item("home.repair.lamp").aliases == ()
    assert [option.id for option in menu.slots["entry"].options] == ["home", "key"]


ITEM_FILE = "items/home.repair.toml"
EMPTY_GROUP = """[[doors.groups]]
id = "nothing"
name = { zh = "空", en = "None" }
items = []

"""
# What is wrong: the file, what stands there, what is put in its place, and how each fault begins.
MALFORMED: dict[str, tuple[str, str, str, list[str]]] = {
    "unknown workflow": (
        ITEM_FILE,
        '[[items]]\nid = "home.repair.tap"',
        '[[items]]\nworkflow = "fix"\nid = "home.repair.tap"',
        [f"{TAP}: workflow: 'fix' is not one of "],
    ),
    "unknown slot": (
        ITEM_FILE,
        "aliases",
        'optional_slots = ["colour"]\naliases',
        [f"{TAP}: optional_slots: there is no slot 'colour'"],
    ),
    "duplicate id": (
        ITEM_FILE,
        'id = "home.repair.lamp"',
        'id = "home.repair.tap"',
        [
            f"{TAP}: id: 'home.repair.tap' stands twice",
            f"{GROUP}: items: there is no item 'home.repair.lamp'",
        ],
    ),
    "missing zh": (ITEM_FILE, 'zh = "修灯", ', "", [f"{LAMP}: name.zh: is missing"]),
    "missing en": (ITEM_FILE, ', en = "Taps and water fittings"', "", [f"{TAP}: staff_name.en: is missing"]),
    "empty en": (
        ITEM_FILE,
        'en = "Tap repair"',
        'en = " "',
        [f"{TAP}: name.en: should be a text that is not empty"],
    ),
    "half-width comma": (
        ITEM_FILE,
        "修理更换各类水件",
        "修理,更换水件",
        [f"{TAP}: staff_name.zh: half-width , beside Chinese in '修理,更换水件'; write ，"],
    ),
    "half-width brackets": (
        ITEM_FILE,
        "修理灯具",
        "修理(灯具)",
        [f"{LAMP}: staff_name.zh: half-width ( beside Chinese in '修理(灯具)'; write （"],
    ),
    "half-width mark in an alias": (
        ITEM_FILE,
        "水龙头漏水",
        "水龙头漏水?",
        [f"{TAP}: aliases: half-width ? beside Chinese in '水龙头漏水?'; write ？"],
    ),
    "half-width mark in a prompt": (
        "slots.toml",
        "您希望什么时间？",
        "您希望什么时间?",
        ["slots.toml: when: prompt.zh: half-width ? beside Chinese in '您希望什么时间?'; write ？"],
    ),
    "half-width mark in an option": (
        "slots.toml",
        "家里有人",
        "家里:有人",
        ["slots.toml: entry: home: name.zh: half-width : beside Chinese in '家里:有人'; write ："],
    ),
    "listed but behind no door": (
        "doors.toml",
        ', "home.repair.lamp"',
        "",
        [f"{LAMP}: listed: no door leads to this item"],
    ),
    "behind a door but not listed": (
        ITEM_FILE,
        "aliases",
        "listed = false\naliases",
        [f"{GROUP}: items: 'home.repair.tap' says listed = false"],
    ),
    "door naming an unknown item": (
        "doors.toml",
        ', "home.repair.lamp"',
        ', "home.repair.lamp", "home.repair.roof"',
        [f"{GROUP}: items: there is no item 'home.repair.roof'"],
    ),
    "item twice in a group": (
        "doors.toml",
        ', "home.repair.lamp"',
        ', "home.repair.lamp", "home.repair.lamp"',
        [f"{GROUP}: items: 'home.repair.lamp' stands twice"],
    ),
    "empty group": (
        "doors.toml",
        "[[doors.groups]]",
        EMPTY_GROUP + "[[doors.groups]]",
        ["doors.toml: repairs: nothing: items: there is nothing in this group"],
    ),
    "alias to nothing": (
        ITEM_FILE,
        "aliases",
        'alias_of = "home.repair.sink"\nlisted = false\naliases',
        [
            f"{TAP}: alias_of: there is no item 'home.repair.sink'",
            f"{GROUP}: items: 'home.repair.tap' says listed = false",
        ],
    ),
    "four questions": (
        ITEM_FILE,
        "aliases",
        'ask = ["fault", "where", "when", "entry"]\naliases',
        [f"{TAP}: ask: asks 4 questions; at most three"],
    ),
    "asking for a photo": (
        ITEM_FILE,
        "aliases",
        'ask = ["photo"]\naliases',
        [f"{TAP}: ask: 'photo' is gathered after the ticket, never asked before"],
    ),
    "asking what the item does not need": (
        ITEM_FILE,
        "aliases",
        'required_slots = ["fault"]\nask = ["when"]\naliases',
        [f"{TAP}: ask: 'when' is not a required or optional slot of the item"],
    ),
    "unknown category": (
        ITEM_FILE,
        'category = "home.repair"',
        'category = "home.roof"',
        [f"{ITEM_FILE}: category: there is no category 'home.roof'"],
    ),
    "unknown menu": (
        "menus.toml",
        'menu = "common"',
        'menu = "rare"',
        [
            f"{TAP}: menu: there is no menu 'rare'",
            f"{LAMP}: menu: there is no menu 'rare'",
            "menus.toml: home.repair: menu: there is no menu 'rare'",
        ],
    ),
    "unknown unit": (ITEM_FILE, 'unit = "hour"', 'unit = "day"', [f"{TAP}: price: there is no unit 'day'"]),
    "price in yuan": (
        ITEM_FILE,
        "fen = 800",
        "fen = 8.5",
        [f"{TAP}: price: fen should be a whole number of fen (CNY 0.01), not negative"],
    ),
    "misspelt field": (ITEM_FILE, "aliases", "alias", [f"{TAP}: alias: there is no such field"]),
    "misspelt default": (
        ITEM_FILE,
        'charge = "quote"',
        'charge = "quote"\nlist = true',
        [f"{ITEM_FILE}: defaults: list: there is no such field"],
    ),
    "no id": (
        ITEM_FILE,
        'id = "home.repair.lamp"\n',
        "",
        [f"{ITEM_FILE}: items no. 2: id: is missing", f"{GROUP}: items: there is no item 'home.repair.lamp'"],
    ),
    "wrong kind of value": (
        ITEM_FILE,
        "aliases",
        'urgent = "yes"\naliases',
        [f"{TAP}: urgent: should be true or false"],
    ),
    "one wording for two items": (
        ITEM_FILE,
        '"leaking tap"',
        '"Lamp Repair"',
        [f"{TAP}: aliases: 'Lamp Repair' already means 'home.repair.lamp'"],
    ),
    "a name no button holds": (
        ITEM_FILE,
        "修灯",
        "修理家中所有房间里面的各种灯具",
        [f"{LAMP}: name.zh: '修理家中所有房间里面的各种灯具' is longer than 12 characters"],
    ),
    "a slot without its question": (
        "slots.toml",
        'prompt = { zh = "在哪里？", en = "Where is it?" }',
        "",
        ["slots.toml: where: prompt: is missing"],
    ),
    "a slot twice": (
        "slots.toml",
        'id = "where"',
        'id = "photo"',
        [
            "slots.toml: photo: id: 'photo' stands twice",
            f"{TAP}: required_slots: there is no slot 'where'",
            f"{TAP}: ask: there is no slot 'where'",
            f"{LAMP}: required_slots: there is no slot 'where'",
            f"{LAMP}: ask: there is no slot 'where'",
        ],
    ),
    "broken TOML": (
        ITEM_FILE,
        'en = "Lamp repair" }\nstaff_name',
        'en = "Lamp repair\nstaff_name',
        [f"{ITEM_FILE}: line 22: is not TOML: "],
    ),
    "broken menus": ("menus.toml", "[units]", "[units", ["menus.toml: line 2: is not TOML: "]),
    "broken slots": ("slots.toml", 'id = "when"', "id = when", ["slots.toml: line 3: is not TOML: "]),
    "broken doors": ("doors.toml", "[[doors]]", "[[doors]", ["doors.toml: line 2: is not TOML: "]),
}


@pytest.mark.parametrize("case", MALFORMED)
def test_a_malformed_file_gives_exactly_its_own_faults(folder: Path, case: str) -> None:
    file, old, new, expected = MALFORMED[case]
    change(folder, file, old, new)
    found = faults_of(folder)
    assert len(found) == len(expected), found
    for fault, beginning in zip(sorted(found), sorted(expected), strict=True):
        assert fault.startswith(beginning)


def test_all_faults_are_told_at_once_one_a_line(folder: Path) -> None:
    change(folder, ITEM_FILE, 'workflow = "repair"', 'workflow = "mend"')
    change(folder, ITEM_FILE, "修灯", "修灯!")
    change(folder, "doors.toml", '"home.repair.tap", ', "")
    change(folder, "slots.toml", ', en = "Please send a photo."', "")
    with pytest.raises(DataFaults) as caught:
        load_menu(folder)
    faults = caught.value.faults
    assert str(caught.value).splitlines() == list(faults)
    assert len(faults) == 5
    for beginning in (
        f"{TAP}: workflow: 'mend'",
        f"{LAMP}: workflow: 'mend'",
        f"{LAMP}: name.zh: half-width !",
        f"{TAP}: listed: no door",
        "slots.toml: photo: prompt.en: is missing",
    ):
        assert any(fault.startswith(beginning) for fault in faults), beginning


def test_nine_lines_on_a_level_are_one_too_many(folder: Path) -> None:
    extra = "".join(
        f'\n[[items]]\nid = "home.repair.n{n}"\nname = {{ zh = "事{n}", en = "Job {n}" }}\n'
        f'staff_name = {{ zh = "事{n}", en = "Job {n}" }}\n'
        for n in range(7)
    )
    path = folder / ITEM_FILE
    path.write_text(path.read_text(encoding="utf-8") + extra, encoding="utf-8")
    more = "".join(f', "home.repair.n{n}"' for n in range(7))
    change(folder, "doors.toml", ', "home.repair.lamp"', f', "home.repair.lamp"{more}')
    assert faults_of(folder) == (f"{GROUP}: items: there are 9 items; at most eight a level",)


def test_nine_groups_or_nine_doors_are_one_too_many(folder: Path) -> None:
    def group(n: int) -> str:
        return (
            f'\n[[doors.groups]]\nid = "g{n}"\nname = {{ zh = "组", en = "Group" }}\n'
            'items = ["home.repair.tap", "home.repair.lamp"]\n'
        )

    def door(n: int) -> str:
        head = f'\n[[doors]]\nid = "d{n}"\nname = {{ zh = "门", en = "Door" }}\nicon = "wrench"\n'
        return head + group(100 + n)

    path = folder / "doors.toml"
    text = path.read_text(encoding="utf-8")
    text += "".join(group(n) for n in range(8)) + "".join(door(n) for n in range(8))
    path.write_text(text, encoding="utf-8")
    assert faults_of(folder) == (
        "doors.toml: doors: there are 9 doors; at most eight a level",
        "doors.toml: repairs: groups: there are 9 groups; at most eight a level",
    )


def test_an_alias_leads_to_its_target_and_may_not_lead_to_another_alias(folder: Path) -> None:
    change(folder, ITEM_FILE, "aliases", 'alias_of = "home.repair.lamp"\nlisted = false\naliases')
    change(folder, "doors.toml", '"home.repair.tap", ', "")
    menu = load_menu(folder)
    assert menu.item("home.repair.tap") is menu.item("home.repair.lamp")
    path = folder / ITEM_FILE
    text = path.read_text(encoding="utf-8") + 'alias_of = "home.repair.tap"\nlisted = false\n'
    path.write_text(text, encoding="utf-8")
    assert f"{TAP}: alias_of: 'home.repair.lamp' is itself an alias" in faults_of(folder)


def test_a_missing_file_is_named(folder: Path) -> None:
    (folder / "doors.toml").unlink()
    assert faults_of(folder) == ("doors.toml: cannot be read (No such file or directory)",)


def test_a_folder_without_items_says_so(folder: Path) -> None:
    shutil.rmtree(folder / "items")
    assert "items: there is no file of items in this folder" in faults_of(folder)


def test_a_file_that_is_not_utf_8_is_named_with_its_line(folder: Path) -> None:
    (folder / "slots.toml").write_bytes(b'a = "x"\nb = "\xd6\xd0"\n')
    assert faults_of(folder) == ("slots.toml: line 2: is not UTF-8 text",)


def test_every_broken_file_is_named_not_only_the_first(folder: Path) -> None:
    for name in ("slots.toml", "menus.toml", "doors.toml", ITEM_FILE):
        (folder / name).write_text("this is = = not TOML\n", encoding="utf-8")
    found = faults_of(folder)
    assert [fault.split(": ")[:2] for fault in found] == [
        ["slots.toml", "line 1"],
        ["menus.toml", "line 1"],
        ["doors.toml", "line 1"],
        [ITEM_FILE, "line 1"],
    ]


def test_the_version_follows_the_data_and_nothing_else(folder: Path) -> None:
    before = load_menu(folder).version
    (folder / "phrases.txt").write_text("of no concern", encoding="utf-8")
    assert load_menu(folder).version == before
    change(folder, ITEM_FILE, "修灯", "修电灯")
    after = load_menu(folder).version
    assert after != before
    assert len(after) == 12
    assert int(after, 16) >= 0


def test_the_shipped_menu_loads_in_well_under_a_second() -> None:
    load_menu(DATA)
    started = time.thread_time()
    load_menu(DATA)
    assert time.thread_time() - started < 0.3 * slowness()
