"""A malformed data file is told with file, item and field, all faults at once, and the start is refused."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from backend import data_check
from backend.data_check import HOUSE, check_all
from intents.reading import EngineData, read_data
from intents.rows import DataFaults

FILES = sorted(
    path.relative_to(HOUSE)
    for package in ("backend", "intents", "bot", "locales", "tools", "benchmarks")
    for path in (HOUSE / package).rglob("*.toml")
)
PHRASES = "intents/data/phrases/voice.toml"


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A copy of every data file of the house, to be spoilt."""
    for path in FILES:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(HOUSE / path, tmp_path / path)
    return tmp_path


def change(house: Path, file: str, old: str, new: str) -> None:
    path = house / file
    text = path.read_text(encoding="utf-8")
    assert old in text, f"the test looks for {old!r} in {file}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def add(house: Path, file: str, text: str) -> None:
    with (house / file).open("a", encoding="utf-8") as stream:
        stream.write("\n" + text + "\n")


def test_the_house_as_it_stands_has_no_fault() -> None:
    assert check_all() == ()


def test_a_copy_of_the_data_has_no_fault_either(house: Path) -> None:
    assert check_all(house) == ()


# What is added at the end of a file, and the faults that come of it.
ADDED: list[tuple[str, str, list[str]]] = [
    (
        PHRASES,
        '[[phrases]]\nitems = ["common.voice.nothing"]\nzh = ["墙上长了蓝色的蘑菇"]',
        [
            "phrases/voice.toml: common.voice.nothing: items: there is no item 'common.voice.nothing'",
        ],
    ),
    (
        PHRASES,
        '[[phrases]]\nitem = ["common.voice.praise"]\nzh = ["", "猫会飞,真的"]\nen = ["cats fly "]',
        [
            ": item: there is no such field",
            ": items: is missing",
            ": zh[1]: should be a text that is not empty",
            ": zh[2]: half-width , in '猫会飞,真的'; write ，",
            ": en[1]: 'cats fly ' has blanks around it",
        ],
    ),
    (
        "intents/data/phrases/public.toml",
        '[[phrases]]\nitems = ["common.voice.praise"]\n'
        'zh = ["楼顶的钟会唱歌", "楼顶的钟会唱歌！"]\nen = ["楼顶"]',
        [
            "phrases/public.toml: common.voice.praise: zh: '楼顶的钟会唱歌' stands twice",
            "phrases/public.toml: common.voice.praise: en: '楼顶' belongs under zh",
        ],
    ),
    (
        "intents/data/phrases/repairs.toml",
        '[[phrases]]\nitems = ["common.voice.callback"]\nzh = ["楼顶的钟，会唱歌"]\nen = ["the roof sings"]',
        [
            "phrases/repairs.toml: common.voice.callback: zh: '楼顶的钟，会唱歌' stands under"
            " common.voice.praise too: name both in one table's items"
        ],
    ),
    (
        "intents/data/acts/first.toml",
        '[shouting]\nzh = ["啊"]\n[menu_]\nen = ["x"]',
        ["acts/first.toml: shouting: there is no such act", "acts/first.toml: menu_: there is no such act"],
    ),
    (
        "intents/data/words.toml",
        '"Lift" = "lift"\n"雪地" = 5',
        [
            "words.toml: same: Lift: would never be found; write 'lift'",
            "words.toml: same: 雪地: should be a text that is not empty",
        ],
    ),
    (
        "intents/data/emergencies.toml",
        '[[emergency]]\nkind = "ghost"\nnumbers = ["119"]\nwords = { zh = ["鬼"] }\n'
        'safety = { zh = ["跑"], en = ["Run"] }',
        [
            "emergencies.toml: ghost: kind: 'ghost' is not one of "
            "electric, fire, flood, gas, illness, intruder, trapped",
            "emergencies.toml: ghost: words.en: is missing",
            "emergencies.toml: ghost: lookalikes.zh: is missing",
            "emergencies.toml: ghost: lookalikes.en: is missing",
        ],
    ),
    (
        "intents/data/faq.toml",
        '[[faq]]\nkey = "ghosts"\nquestion = { zh = "有鬼吗？" }\n'
        'also = { zh = ["鬼在哪"], en = ["any ghosts"] }\nanswer = { zh = "{ghost}。", en = "No." }',
        [
            "faq.toml: ghosts: question.en: is missing",
            "faq.toml: ghosts: answer.zh: it may only hold the holes hotline, estate, butler, desk_hours",
        ],
    ),
    (
        "backend/knowledge/without.toml",
        '[[answers]]\nkey = "nowhere"\nhole = "butler"\nzh = "有。"\nen = "Yes."',
        ["without.toml: nowhere: key: no question has this key"],
    ),
    (
        "backend/people/privacy.toml",
        '[[sections]]\nkey = "who"\ntitle.zh = "谁"\ntitle.en = "Who"\n'
        'text.zh = "{name}处理。"\ntext.en = "We do."',
        [
            "privacy.toml: who: text.zh: it may only hold the holes estate, hotline, not name",
            "privacy.toml: sections: key: 'who' stands twice",
        ],
    ),
    (
        "backend/deadlines/calendar.toml",
        '[[calendars]]\nid = "Moon"\nedition = 1\ndated = 2026-01-01\nzone = "Moon/Sea"\nweek = {}',
        ["calendar.toml: Moon: id: ", "calendar.toml: Moon: zone: ", "calendar.toml: Moon: week: "],
    ),
    (
        "backend/demo/people.toml",
        '[[groups]]\nestate = "SEA"\nzone = "E"\nbutler = "nobody"\ntier = "high"\n'
        '[[groups.homes]]\nhome = "somewhere"\nresidents = [{ form = "king" }]',
        [
            ": estate: 'SEA' is not one of LAKE, PLANE",
            ": butler: 'nobody' is not one of ",
            ": zone: estate 'SEA' has no zone 'E'",
            ": somewhere: home: 'somewhere' is no home; write it as 1-2-0901",
            ": somewhere: residents no. 1: name: is missing",
            ": somewhere: residents no. 1: form: 'king' is not one of ",
        ],
    ),
    (
        "backend/demo/stories_voice.toml",
        '[[stories]]\nkey = "fog"\nitem = "estate.fog"\nresident = "Nobody"\nslots = {}\n'
        'steps = [["25:00", "ghost", "says", "Boo."], ["09:00", "bot", "accept"], ["09:00"]]',
        [
            "stories_voice.toml: fog: resident: 'Nobody' is not one of ",
            "stories_voice.toml: fog: steps[1]: '25:00' is no time like 09:12, +1 10:00 or -1h30m",
            "stories_voice.toml: fog: steps[1]: there is nobody called 'ghost'",
            "stories_voice.toml: fog: steps[1]: ghost cannot do 'says'",
            "stories_voice.toml: fog: steps[2]: bot cannot do 'accept'",
            "stories_voice.toml: fog: steps[3]: should be a list of a time, who, what and what belongs to it",
        ],
    ),
]
# What is put in the place of something else, and the faults that come of it.
CHANGED: list[tuple[str, str, str, list[str]]] = [
    (
        "intents/data/emergency_signs.toml",
        "gas = [",
        'ghost = ["gas"]\ngas = [\n  "~30",\n  "phantom smell",',
        [
            "emergency_signs.toml: strong.ghost: there is no such kind of danger",
            "emergency_signs.toml: strong.gas[1]: is no rule: ",
            "emergency_signs.toml: strong.gas[2]: there is no tag 'phantom'",
        ],
    ),
    (
        "intents/data/slots.toml",
        'id = "when"',
        'id = "when"\nhint = "x"',
        ["slots.toml: when: hint: there is no such field"],
    ),
    (
        "backend/deadlines/policies.toml",
        'limit = "10m"',
        'limit = "soon"\nlimits = "10m"',
        ["policies.toml: SLA-01: limit: ", "policies.toml: SLA-01: limits: this field is not known"],
    ),
    (
        "backend/deadlines/rows.toml",
        'id = "SLA-02"',
        'id = "SLA-02"\nproof = "none"',
        ["rows.toml: SLA-02: proof: this field is not known"],
    ),
    (
        "backend/duties/duties.toml",
        'role = "desk"',
        'role = "king"',
        ["duties.toml: SLA-17: role: "],
    ),
    (
        "backend/tickets/limits.toml",
        "fire_approval_above_m2 = 200",
        'fire_approval_above_m2 = "many"',
        ["limits.toml: decoration: fire_approval_above_m2: "],
    ),
    (
        "backend/tickets/records.toml",
        'id = "REC-01"\nof = "ticket"',
        'id = "REC-01"\nof = "nobody"',
        ["records.toml: REC-01: of: "],
    ),
    (
        "backend/conversations/papers.toml",
        'id = "owner-id"\nname = { zh = "业主身份证复印件", en',
        'id = "owner-id"\nname = { zh = "", en',
        ["papers.toml: owner-id: name.zh: "],
    ),
]


def test_every_fault_of_every_file_is_listed_at_once(house: Path) -> None:
    for file, text, _ in ADDED:
        add(house, file, text)
    for file, old, new, _ in CHANGED:
        change(house, file, old, new)
    (house / "intents/data/faqs.toml").write_text("", "utf-8")
    (house / "backend/people/privacy2.toml").write_text("", "utf-8")
    expected = [fault for *_, faults in ADDED for fault in faults]
    expected += [fault for *_, faults in CHANGED for fault in faults]
    expected += [
        f"{name}: nobody reads this file; is its name right?"
        for name in ("faqs.toml", "people/privacy2.toml")
    ]
    found = check_all(house)
    unexpected = [line for line in found if not any(part in line for part in expected)]
    assert unexpected == []
    assert [part for part in expected if not any(part in line for line in found)] == []
    assert len(set(found)) == len(found)


def test_every_data_file_of_the_house_is_checked(house: Path) -> None:
    """A TOML file that no check reads would stay unnoticed when it is broken; so each is broken here."""
    for path in FILES:
        add(house, str(path), "= broken")
    found = check_all(house)
    assert [str(path) for path in FILES if not any(f"{_told_as(path)}: " in line for line in found)] == []
    assert all("TOML" in line or "cannot be read" in line for line in found), found


def _told_as(path: Path) -> str:
    text = path.as_posix()
    return text.removeprefix("intents/data/") if text.startswith("intents") else path.name


def test_a_missing_file_is_a_fault(house: Path) -> None:
    for path in FILES:
        if path.parent.name not in ("items", "phrases", "acts", "dangers"):
            (house / path).unlink()
    found = check_all(house)
    for path in FILES:
        if path.parent.name not in ("items", "phrases", "acts", "dangers"):
            assert any(line.startswith(path.name) and "cannot be read" in line for line in found), path


def test_a_fault_of_the_menu_does_not_hide_those_of_the_phrases(house: Path) -> None:
    change(house, "intents/data/menus.toml", "[[menus]]", '[[menus]]\ncolour = "red"')
    add(house, PHRASES, '[[phrases]]\nitems = ["a.b"]\nzh = ["墙上长了蓝色的蘑菇"]\nen = ["blue mushrooms"]')
    lines = check_all(house)
    assert any("colour: there is no such field" in line for line in lines)
    assert any("there is no item 'a.b'" in line for line in lines)


@pytest.mark.parametrize("has_read", [True, False])
def test_phrases_that_training_has_read_are_not_read_again(
    monkeypatch: pytest.MonkeyPatch, has_read: bool
) -> None:
    """Twenty thousand lines take half a second, at every start."""
    asked = []

    def read(folder: Path, *, phrases: bool) -> EngineData:
        asked.append(phrases)
        return read_data(folder, phrases=False)

    monkeypatch.setattr(data_check, "has_read", lambda _folder: has_read)
    monkeypatch.setattr(data_check, "read_data", read)
    assert check_all() == ()
    assert asked == [not has_read]


def test_the_start_is_refused_with_the_whole_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data_check, "check_all", lambda: ("a.toml: b: c: wrong", "d.toml: e: f: wrong"))
    with pytest.raises(DataFaults) as caught:
        data_check.refuse_faulty_data()
    assert caught.value.faults == ("a.toml: b: c: wrong", "d.toml: e: f: wrong")


@pytest.mark.parametrize("command", ["serve", "understand"])
def test_a_faulty_house_does_not_start_and_says_why(command: str, tmp_path: Path) -> None:
    """The real command in a copy of the house: status 2, every fault a line, and nothing else."""
    for package in ("backend", "intents", "locales"):
        shutil.copytree(HOUSE / package, tmp_path / package)  # with what is compiled: that takes long
    shutil.copy(HOUSE / "run_bot.py", tmp_path)
    add(
        tmp_path,
        PHRASES,
        '[[phrases]]\nitems = ["a.b"]\nzh = ["墙上长了蓝色的蘑菇"]\nen = ["blue mushrooms"]',
    )
    change(tmp_path, "intents/data/acts/first.toml", "[menu]", "[manu]")
    clean = {name: value for name, value in os.environ.items() if not name.startswith("GUANJIA_")}
    done = subprocess.run(
        [sys.executable, "run_bot.py", command],
        cwd=tmp_path, env=clean, input="", capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.splitlines() == [
        "phrases/voice.toml: a.b: items: there is no item 'a.b'",
        "acts/first.toml: manu: there is no such act",
    ]
    assert not (tmp_path / "var").exists() or not list((tmp_path / "var").rglob("*.db*"))
