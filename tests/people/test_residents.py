"""Finding residents and homes, choosing the butler, emptying a demo."""

import pytest

from backend.clock import HandClock
from backend.db import Database
from backend.errors import Forbidden, NotFound
from backend.models import Base, Home, Installation, Residency, Resident, User
from backend.people import butlers, residents, service, setup
from backend.people.address import Form
from backend.people.roles import Role
from backend.people.viewer import Viewer
from backend.vault import Vault
from tests.people.conftest import House


def viewer(db: Database, user: User) -> Viewer:
    with db.read() as session:
        return service.viewer_of(session, session.get_one(User, user.id))


@pytest.mark.parametrize(
    "text",
    [
        "138 0013 8000",
        "幺三八零零幺三八零零零",
        "8000",
        " ８０００ ",
        "3-2-1501",
        "3号楼2单元1501",
        "欧阳",
        "文静",
        "Ouyang",
        "3-2",
    ],
)
def test_a_resident_is_found_by_phone_home_or_name(
    db: Database, vault: Vault, clock: HandClock, house: House, text: str
) -> None:
    who = viewer(db, house.butler)
    with db.read() as session:
        found = residents.search_residents(session, who, vault, text, clock.now())
    assert [card.name for card in found] == ["欧阳文静"]
    card = found[0]
    assert card.phone_masked == "138****8000"
    assert card.address_as("zh") == "欧阳女士"
    assert card.address_as("en") == "Ms Ouyang"
    assert card.home("en") == "Bldg 3, Unit 2, Flat 1501"


@pytest.mark.parametrize(
    "text",
    ["", "  ", "%", "_", "\\", "Brown", "+44 7700 900123", "0123", "000", "38000", "\x00", "' OR 1=1 --"],
)
def test_nothing_of_another_estate_and_nothing_by_tricks_is_found(
    db: Database, vault: Vault, clock: HandClock, house: House, text: str
) -> None:
    who = viewer(db, house.butler)
    with db.read() as session:
        assert residents.search_residents(session, who, vault, text, clock.now()) == []


def test_a_foreign_resident_is_not_found_like_an_unknown_one(
    db: Database, vault: Vault, clock: HandClock, house: House
) -> None:
    who = viewer(db, house.butler)
    with db.read() as session:
        for resident_id in (house.tenant.id, 999_999):
            with pytest.raises(NotFound):
                residents.get_resident(session, who, vault, resident_id, clock.now())
            with pytest.raises(NotFound):
                residents.get_phone(session, who, vault, resident_id, clock.now())
        assert residents.get_phone(session, who, vault, house.resident.id, clock.now()) == "138 0013 8000"


def test_the_number_lies_nowhere_in_the_open(db: Database, house: House) -> None:
    with db.read() as session:
        row = session.get_one(Resident, house.resident.id)
    assert b"13800138000" not in (row.phone_sealed or b"")
    assert "138" not in (row.phone_hash or "")[:11]


def test_who_has_moved_out_is_no_longer_found(
    db: Database, vault: Vault, clock: HandClock, house: House
) -> None:
    with db.write() as session:
        session.query(Residency).filter_by(resident_id=house.resident.id).one().ends_at = clock.now()
    with db.read() as session:
        found = residents.find_resident_by_phone(
            session, viewer(db, house.butler), vault, "13800138000", clock.now()
        )
    assert found is None


def test_homes_are_listed_as_people_count_and_of_ones_own_estates_only(db: Database, house: House) -> None:
    with db.read() as session:
        mine = residents.list_homes(session, viewer(db, house.butler))
        theirs = residents.list_homes(session, viewer(db, house.butler), house.there.id)
    assert [home.code for home in mine] == ["3-2-1501", "10-1-201"]
    assert theirs == []


def test_the_homes_own_butler_is_chosen_then_the_deputy_then_anybody_on_duty(
    db: Database, house: House, clock: HandClock, vault: Vault
) -> None:
    def chosen(off: list[int]) -> str | None:
        with db.write() as session:
            for user in session.query(User):
                user.is_on_duty = user.id not in off
            session.flush()
            found = butlers.choose_butler(session, session.get_one(Home, house.home.id), now=clock.now())
            return found.username if found else None

    with db.write() as session:
        third = service.create_user(
            session, vault, username="third", password="seven red kites fly", role=Role.BUTLER,
            name_zh="三", name_en="Third", estate_ids=[house.here.id], now=clock.now(), is_cheap=True,
        )  # fmt: skip
    own, deputy = house.butler.id, house.deputy.id
    assert chosen([]) == "butler"
    assert chosen([own]) == "deputy"
    assert chosen([own, deputy]) == "third"
    assert chosen([own, deputy, third.id]) is None


def test_a_visitor_gets_a_butler_of_the_estate_and_a_complaint_never_its_own_subject(
    db: Database, house: House, clock: HandClock
) -> None:
    with db.read() as session:
        found = butlers.choose_butler(session, None, house.there.id, now=clock.now())
        assert found is not None
        assert found.id == house.stranger.id
        other = butlers.choose_other(session, house.here.id, house.butler.id, now=clock.now())
        assert other is not None
        assert other.id == house.manager.id
        assert butlers.choose_other(session, house.here.id, house.manager.id, now=clock.now()) is None


def test_a_tenant_chooses_how_to_be_addressed(
    db: Database, vault: Vault, clock: HandClock, house: House
) -> None:
    with db.write() as session:
        tom = setup.create_resident(
            session, vault, house.far_home, clock.now(), name="Tom Brown", form=Form.FIRST_NAME
        )
        mr = setup.create_resident(
            session, vault, house.far_home, clock.now(), name="Tom Brown", form=Form.MR
        )
        silent = setup.create_resident(session, vault, house.far_home, clock.now(), name="Alex Green")
    assert (tom.address_as("zh"), tom.address_as("en")) == ("Tom", "Tom")
    assert (mr.address_as("zh"), mr.address_as("en")) == ("Brown 先生", "Mr Brown")
    assert (silent.address_as("zh"), silent.address_as("en")) == ("", "Alex")


def test_only_a_demo_can_be_wiped(db: Database, house: House) -> None:
    with pytest.raises(Forbidden), db.write() as session:
        setup.wipe_all(session)
    with db.write() as session:
        session.add(Installation(is_demo=True))
    with db.write() as session:
        setup.wipe_all(session)
    with db.read() as session:
        for table in Base.metadata.sorted_tables:
            assert session.execute(table.select()).first() is None


def test_the_first_admin_works_in_every_estate(
    db: Database, vault: Vault, clock: HandClock, house: House
) -> None:
    with db.write() as session:
        admin = setup.create_first_admin(
            session, vault, username="root", password="a long and quiet night", name="Root", language="en",
            now=clock.now(),
        )  # fmt: skip
    assert viewer(db, admin).estate_ids == {house.here.id, house.there.id}
