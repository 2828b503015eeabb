"""The phrases residents are understood by: both languages, real items, nothing written twice."""

from __future__ import annotations

import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from intents.loader import load_menu

PHRASES = Path(__file__).parents[2] / "intents" / "data" / "phrases"
FILES = sorted(PHRASES.glob("*.toml"))
HALF_WIDTH = re.compile(r"[一-鿿][,?!:;()][一-鿿]|[一-鿿][,?!;]$")

# What people ask for week after week: these need many voices.
_EVERYDAY = """
value.repair-plumbing.water-fittings value.repair-plumbing.soil-pipe-unblock
value.repair-plumbing.drain-unblock value.repair-plumbing.basin-sink-leak
value.repair-plumbing.toilet-tank-leak
value.repair-electrical.tube-bulb
value.repair-electrical.socket-switch value.repair-electrical.leakage-switch
value.repair-electrical.wiring-fault
value.repair-civil.wood-lock-repair value.repair-civil.knob-lock-open value.repair-civil.alu-window
value.repair-appliance.ac value.repair-appliance.fridge value.repair-appliance.washing-machine
value.repair-appliance.water-heater value.repair-appliance.range-hood value.repair-appliance.gas-stove
value.repair-appliance.tv common.fire.broadband common.voice.repair-intake value.clean-hourly.hourly-helper
value.clean-oneoff.household-clean value.clean-oneoff.whole-home-initial value.clean-special.glass
value.clean-special.fabric-sofa value.clean-special.carpet-wash value.special.ac-filter
value.clean-special.range-hood value.laundry.laundry value.laundry.ironing value.special.pest-kill
value.moving.moving value.assistant.water value.assistant.milk value.travel.taxi value.travel.airport-transfer
value.dining.restaurant-book value.business.flowers value.home.child-mind value.family.elder-care
value.home.pet-keep common.desk.item-custody common.security.visitor-registration common.desk.wake-up
common.voice.visit-request common.voice.callback complimentary.loan.toolbox complimentary.loan.trolley
common.desk.umbrella common.presale.family-photo common.admin.parking-rent common.admin.decor-apply
common.admin.move-in common.admin.move-out common.admin.release-pass common.admin.fee-query
common.admin.fee-pay common.admin.invoice value.benefit.card-activate value.benefit.balance
value.benefit.redeem common.voice.complaint common.voice.complaint-person common.voice.suggestion
common.voice.praise common.voice.enquiry common.voice.status-query common.cleaning.corridor
common.equipment.lift-fault common.facilities.public-fault common.equipment.public-power-water
common.security.vehicle-order value.family.nanny common.fire.gas-leak value.home.sudden-illness
common.security.incident estate.heating estate.parcel estate.ebike-charging estate.ev-charging
estate.bulky-waste estate.leak-upstairs estate.neighbour-noise estate.neighbour-smoke
estate.prepaid-electricity estate.prepaid-gas estate.police-registration estate.general
"""


def _read(path: Path) -> dict[str, object]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _tables(path: Path) -> list[dict[str, list[str]]]:
    return list(_read(path).get("phrases", []))  # type: ignore[call-overload]


def _out_of_scope() -> dict[str, list[str]]:
    return _read(PHRASES / "out_of_scope.toml")["out_of_scope"]  # type: ignore[return-value]


def _every_phrase() -> Iterator[tuple[str, str, str]]:
    """File name, language and phrase, out-of-scope ones too."""
    for path in FILES:
        for table in _tables(path):
            for language in ("zh", "en"):
                for phrase in table[language]:
                    yield path.name, language, phrase
    for language, phrases in _out_of_scope().items():
        for phrase in phrases:
            yield "out_of_scope.toml", language, phrase


def _bare(phrase: str) -> str:
    return re.sub(r"\W", "", phrase.lower())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_table_names_its_items_and_speaks_both_languages(path: Path) -> None:
    for table in _tables(path):
        assert set(table) == {"items", "zh", "en"}, table.get("items")
        assert table["items"], path.name
        assert len(set(table["items"])) == len(table["items"]), table["items"]
        assert table["zh"], table["items"]
        assert table["en"], table["items"]


def test_every_item_named_by_a_phrase_exists_in_the_menu() -> None:
    menu = load_menu()
    named = {item for path in FILES for table in _tables(path) for item in table["items"]}
    assert {item for item in named if item not in menu.items} == set()


def test_no_phrase_is_filed_under_an_alias() -> None:
    menu = load_menu()
    named = {item for path in FILES for table in _tables(path) for item in table["items"]}
    assert {item for item in named if menu.items[item].alias_of} == set()


def test_everyday_items_have_fourteen_phrases_in_each_language() -> None:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for path in FILES:
        for table in _tables(path):
            for item in table["items"]:
                counts[item].update({language: len(table[language]) for language in ("zh", "en")})
    thin = {
        item: dict(counts[item])
        for item in _EVERYDAY.split()
        if min(counts[item]["zh"], counts[item]["en"]) < 14
    }
    assert thin == {}


def test_out_of_scope_has_sixty_sentences_in_each_language() -> None:
    sentences = _out_of_scope()
    assert set(sentences) == {"zh", "en"}
    assert min(len(sentences["zh"]), len(sentences["en"])) >= 60


def test_no_phrase_stands_twice_anywhere() -> None:
    counts = Counter(_bare(phrase) for _, _, phrase in _every_phrase())
    assert [phrase for phrase, count in counts.items() if count > 1] == []


def test_every_phrase_is_written_in_its_own_language() -> None:
    for name, language, phrase in _every_phrase():
        chinese = re.search("[一-鿿]", phrase) is not None
        assert chinese == (language == "zh"), f"{name}: {phrase}"
        assert phrase == phrase.strip(), f"{name}: {phrase}"


def test_chinese_phrases_use_full_width_punctuation() -> None:
    assert [phrase for _, language, phrase in _every_phrase() if HALF_WIDTH.search(phrase)] == []
