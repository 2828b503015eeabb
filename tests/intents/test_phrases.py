"""What the judge of phrases refuses (thin, copied, template-made, misfiled ones) and what it lets through."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from intents.loader import DATA, DataFaults, load_menu
from intents.menu import Menu
from intents.phrase_checks import LEAST, check_phrases, fingerprint
from intents.reading import EngineData, read_data
from intents.rows import Faults
from intents.trained import train_folder
from intents.wordings import Line, Wordings

TAP, LAMP = "value.repair-plumbing.water-fittings", "value.repair-electrical.tube-bulb"


@pytest.fixture(scope="module")
def menu() -> Menu:
    return load_menu()


def line(text: str, item: str = TAP, side: str = "", file: str = "phrases/anna.toml") -> Line:
    return Line(file, (item,) if item else (), side or ("en" if text.isascii() else "zh"), text)


def faults_of(menu: Menu, lines: Sequence[Line], **more: object) -> list[str]:
    """The faults of these lines, but for those that say that all the rest is missing."""
    faults = Faults()
    wordings = Wordings((), (), {}, (), (), tuple(lines))
    check_phrases(wordings, menu, faults, sample=frozenset(more.get("sample", ())))  # type: ignore[call-overload]
    return [fault for fault in faults.found if "it needs" not in fault]


def test_an_item_with_few_phrases_is_thin_and_an_everyday_one_sooner(menu: Menu) -> None:
    lines = [line(f"说法{number}") for number in range(LEAST)]
    counted, everyday = Faults(), Faults()
    check_phrases(Wordings((), (), {}, (), (), tuple(lines)), menu, counted)
    check_phrases(Wordings((), (), {}, (), (), tuple(lines), frozenset({TAP})), menu, everyday)
    assert f"phrases: {TAP}: en: 0 phrases; it needs 12" in counted.found
    assert f"phrases: {TAP}: zh: 12 phrases; it needs 12" not in counted.found
    assert f"phrases: {TAP}: zh: 12 phrases; it needs 30" in everyday.found
    assert "phrases: out_of_scope: zh: 0 lines; it needs 400" in counted.found


def test_an_alias_and_what_is_off_by_default_need_no_phrases(menu: Menu) -> None:
    faults = Faults()
    check_phrases(Wordings((), (), {}, (), ()), menu, faults)
    off = [item.id for item in menu.items.values() if item.alias_of or item.scope == "reference"]
    assert off
    assert [item for item in off if any(f": {item}:" in fault for fault in faults.found)] == []


def test_a_sentence_in_other_letters_is_the_same_sentence(menu: Menu) -> None:
    found = faults_of(menu, [line("龙头漏水了"), line("龍頭漏水了！", file="phrases/bert.toml")])
    assert found == [
        f"phrases/bert.toml: {TAP}: zh: '龍頭漏水了！' stands already as '龙头漏水了' "
        f"(phrases/anna.toml: {TAP}): once is enough"
    ]


def test_a_sentence_under_two_items_must_name_both(menu: Menu) -> None:
    found = faults_of(menu, [line("The ceiling is dripping"), line("the ceiling is dripping!", LAMP)])
    assert len(found) == 1
    assert TAP in found[0]
    assert found[0].startswith(f"phrases/anna.toml: {LAMP}: en: ")
    assert found[0].endswith("where both items fit, name both in one table")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("麻烦派个人来看看窗户", "麻烦派个人来看看柜子"),
        ("明天上午来帮我擦客厅的吊灯", "周六下午来帮我擦卧室的吊灯"),
        ("could someone look at our window", "could someone look at our door handle"),
        ("please fix the kitchen radiator on Monday", "please fix the bathroom radiator on Friday"),
        ("他家的狗半夜一直在叫", "半夜他家的狗一直在叫"),
        ("the boiler in the cellar rattles at night", "at night the boiler in the cellar rattles badly"),
    ],
)
def test_two_sentences_with_a_word_changed_or_moved_are_refused(menu: Menu, one: str, other: str) -> None:
    found = faults_of(menu, [line(one), line(other, LAMP)])
    assert len(found) == 1
    assert repr(one) in found[0]
    assert repr(other) in found[0]


@pytest.mark.parametrize(
    ("said", "things"),
    [
        (
            "预约{}",
            "修空调 擦窗 洗沙发 通渠 换灯泡 搬钢琴 除甲醛 装窗帘 洗地毯 开门锁 打蟑螂 接孩子 量血压 订机票",
        ),
        (
            "帮忙{}吧",
            "修空调 擦窗 洗沙发 通渠 换灯泡 搬钢琴 除甲醛 装窗帘 洗地毯 开门锁 打蟑螂 接孩子 量血压 订机票",
        ),
        (
            "please book {}",
            "windows sofas carpets plumbers lamps movers pianos locks maids nurses taxis tables",
        ),
    ],
)
def test_a_short_template_shows_by_how_often_it_is_used(menu: Menu, said: str, things: str) -> None:
    made = [line(said.format(thing)) for thing in things.split()]
    assert len(faults_of(menu, made)) >= 1
    assert faults_of(menu, made[:2]) == []


def test_a_template_shows_through_the_names_of_the_services(menu: Menu) -> None:
    """Names are longer than a stretch; they are masked, so that only the frame is left."""
    chosen = [item for item in menu.items.values() if not item.alias_of and len(item.name.zh) > 5][:6]
    made = [line(f"您好，我想了解一下{item.name.zh}，多谢", item.id) for item in chosen]
    found = faults_of(menu, made)
    assert len(found) == len(made) - 1
    assert all("with a word or two changed" in fault for fault in found)


def test_people_who_say_different_things_alike_are_let_through(menu: Menu) -> None:
    said = ["龙头漏水", "漏水的龙头，急", "水龙头一直滴", "tap drips", "the tap keeps dripping all night"]
    said += ["no hot water", "hot water gone again", "没热水", "洗澡水忽冷忽热", "can someone come today"]
    assert faults_of(menu, [line(one) for one in said]) == []


def test_an_item_whose_phrases_keep_saying_its_name_is_refused(menu: Menu) -> None:
    name = menu.item(TAP).name.zh
    said = [name, f"我要{name}", f"急急急{name}啊快来", "滴答滴答吵死", "手柄拧断", "水压太小"]
    found = faults_of(menu, [line(one) for one in said])
    assert f"phrases: {TAP}: 3 of its 6 phrases say its own name; one in four is the most" in found
    assert not any("own name" in one for one in faults_of(menu, [line(one) for one in said[2:]]))


def test_a_sentence_of_the_sample_is_refused_however_it_is_written(menu: Menu) -> None:
    found = faults_of(menu, [line("水龍頭，滴水。", "")], sample=[fingerprint("水龙头滴水")])
    assert found == [
        "phrases/anna.toml: out_of_scope: zh: '水龍頭，滴水。' is a sentence of the sample that the "
        "understanding is measured on"
    ]


def test_every_fault_is_told_at_once(menu: Menu) -> None:
    said = [
        line("水管冻住了没有水"),
        line("水管凍住了没有水"),
        line("我家的门怎么都关不严"),
        line("我家的窗怎么都关不严", LAMP),
    ]
    assert len(faults_of(menu, said, sample=[fingerprint("水管冻住了没有水")])) == 4


@pytest.fixture(scope="module")
def data() -> EngineData:
    return read_data()


def test_training_refuses_poor_phrases_before_it_begins(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    shutil.copytree(DATA, folder)
    path = folder / "phrases" / "zoe.toml"
    path.write_text(
        f'[[phrases]]\nitems = ["{TAP}"]\nzh = ["龍頭沒關緊", "龙头没关紧"]\nen = ["it drips on"]\n',
        encoding="utf-8",
    )
    with pytest.raises(DataFaults, match=r"phrases/zoe\.toml: .*stands already as"):
        train_folder(folder, tmp_path / "artefact")
    assert not (tmp_path / "artefact").exists()
