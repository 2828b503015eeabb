"""What the demo's office did besides: providers, a referral, seats of an event, changes, the rota.

Everything goes through the services that the pages use, each at its own instant: what the audit log shows
of it has come about by itself.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from sqlalchemy.orm import Session

from backend.audit.service import Actor
from backend.demo.history import ZONE, Beside
from backend.demo.stories import instant
from backend.demo.world import World
from backend.duties import rota
from backend.models import Estate, User
from backend.office import absences, settings_brand, settings_promises, team
from backend.office.settings import Hand
from backend.people.absence import Absence
from backend.people.roles import Role
from backend.tickets import cases, seats, service
from backend.vault import Vault
from intents.menu import Menu
from locales.dates import local

#: the event of the stories ``crafts-…``, and its seats: fewer than people who would like to come
EVENT: Final = "common.community.elders-kids"
SEATS: Final = 6
LAKE: Final = "LAKE"
PLANE: Final = "PLANE"
#: where the changes came from, in the range that documents use (RFC 5737)
ADDRESS: Final = "192.0.2.10"
#: the rota of Cloud Lake. Visitors come at any hour and must find whom they look for: whom they can sign in
#: as is on duty round the clock, and hands over in the morning.
MORNING: Final = time(8)
EVENING: Final = time(20)
ALWAYS: Final = ("butler", "butler2", "supervisor", "manager", "engineer", "guard")
BY_DAY: Final = ("engineer2",)


@dataclass(frozen=True, slots=True)
class Desk:
    """What telling needs: the rows of the demo, and ``now`` in the zone of its estates."""

    session: Session
    menu: Menu
    vault: Vault
    world: World
    now: datetime

    def at(self, text: str, day: int) -> datetime:
        return instant(text, day, self.now)

    def actor(self, username: str) -> Actor:
        return Actor(self.world.users[username].id, ADDRESS)

    def estate(self, code: str) -> Estate:
        return self.world.estates[code]


def desk_of(session: Session, menu: Menu, vault: Vault, world: World, now: datetime) -> Desk:
    return Desk(session, menu, vault, world, local(now, ZONE))


def besides(desk: Desk) -> list[Beside]:
    """What happened between the stories, in the order in which tickets got their numbers."""
    return [*_provider(desk), *_candidate(desk), *_referral(desk), *_seats(desk)]


def _provider(desk: Desk) -> list[Beside]:
    """A cleaning firm that was looked at, contracted and is sent today."""
    numbers: list[int] = []

    def enter(at: datetime) -> None:
        body = {"provider": "洁衣坊", "services": ["衣物洗护", "窗帘拆洗"], "estate": LAKE,
                "words": "实地看过门店和洗护车间，设备齐全，取送都有登记。"}  # fmt: skip
        numbers.append(
            cases.open_provider(desk.session, desk.menu, desk.world.viewers["manager"], body, at).number
        )

    def move(to: str, record: dict[str, Any], by: str) -> Callable[[datetime], None]:
        def done(at: datetime) -> None:
            body = {"to": to, "record": record, "note": None}
            service.act(desk.session, desk.menu, desk.world.viewers[by], numbers[0], "move", body, at)

        return done

    return [
        Beside(desk.at("10:20", 20), "provider", enter),
        Beside(desk.at("15:00", 18), "provider", move("evaluated", {"qualification": "营业执照"}, "manager")),
        Beside(desk.at("11:10", 16), "provider", move("contracted", {"contract": "2026-017"}, "manager")),
        Beside(desk.at("09:40", 15), "provider",
               move("active", {"qualified": True, "services": ["衣物洗护", "窗帘拆洗"]}, "manager")),
    ]  # fmt: skip


def _candidate(desk: Desk) -> list[Beside]:
    def enter(at: datetime) -> None:
        body = {"provider": "安居家电维修", "services": ["空调清洗", "油烟机维修"], "estate": LAKE,
                "words": "业主推荐，电话沟通过，等资质材料。"}  # fmt: skip
        cases.open_provider(desk.session, desk.menu, desk.world.viewers["supervisor"], body, at)

    return [Beside(desk.at("16:30", 2), "candidate", enter)]


def _referral(desk: Desk) -> list[Beside]:
    def register(at: datetime) -> None:
        body = {
            "resident_id": desk.world.residents["诸葛明"].id,
            "words": "推荐同事购买云栖湖二期，已留看房时间。",
        }
        cases.open_referral(desk.session, desk.menu, desk.vault, desk.world.viewers["butler2"], body, at)

    return [Beside(desk.at("14:15", 4), "referral", register)]


def _seats(desk: Desk) -> list[Beside]:
    def count(_at: datetime) -> None:
        seats.publish(desk.session, desk.world.viewers["supervisor"], desk.menu, EVENT, SEATS, LAKE)

    return [Beside(desk.at("09:00", 6), "seats", count)]


def change(desk: Desk) -> None:
    """Some changes of accounts and settings, as the audit log has them."""
    _change_people(desk)
    _change_settings(desk)


def _change_people(desk: Desk) -> None:
    """An engineer gets a deputy; a butler next door was away for two days and is back."""
    world, at = desk.world, desk.at("17:20", 9)
    hand = team.Hand(world.viewers["manager"], desk.actor("manager"), desk.vault, at)
    engineer: User = world.users["engineer2"]
    wanted = team.Account(
        name_zh=engineer.name_zh, name_en=engineer.name_en, role=Role(engineer.role),
        estate_ids=world.viewers["engineer2"].estate_ids, deputy_id=world.users["engineer"].id,
    )  # fmt: skip
    team.edit_account(desk.session, hand, engineer.id, wanted)
    away = Absence(desk.at("08:00", 6).astimezone(UTC), desk.at("08:00", 4).astimezone(UTC))
    absences.note(
        desk.session, world.viewers["supervisor"], desk.actor("supervisor"), world.users["butler4"].id,
        away, None, desk.at("18:05", 7),
    )  # fmt: skip


def _change_settings(desk: Desk) -> None:
    """Plane Court got a fuller address, and its clocks show "due soon" a little earlier."""
    estate = desk.estate(PLANE)
    at = desk.at("10:30", 3)
    hand = Hand(desk.actor("manager"), at, at)
    fields = {name: getattr(estate, name) for name, _, _ in settings_brand.DATA}
    fields |= {
        "address_zh": "青澜市梧桐路 16 号（东门）",
        "address_en": "16 Wutong Road (East Gate), Qinglan",
    }
    settings_brand.save(desk.session, hand, estate, fields)
    later = desk.at("16:45", 2)
    figures = {"share": 30, "least": 8, "most": 24}
    settings_promises.save_warning(desk.session, replace(hand, now=later, real_now=later), estate, figures)


def plan(desk: Desk) -> None:
    """Write this week's rota and copy it into the next one, as the supervisor did on the Friday before."""
    viewer, today = desk.world.viewers["supervisor"], desk.now.date()
    monday = today - timedelta(days=today.weekday())
    written = datetime.combine(monday - timedelta(days=3), time(17), desk.now.tzinfo)
    for more in range(-1, 7):  # Sunday's shifts last into Monday morning
        _plan_day(desk, monday + timedelta(days=more), written)
    rota.copy_last_week(desk.session, viewer, monday + rota.WEEK, written, LAKE)


def _plan_day(desk: Desk, day: date, written: datetime) -> None:
    viewer = desk.world.viewers["supervisor"]
    spans: Sequence[tuple[tuple[str, ...], time]] = ((ALWAYS, MORNING), (BY_DAY, EVENING))
    for names, closes in spans:
        start, end = rota.times_of(day, MORNING, closes, ZONE)
        for name in names:
            rota.add_shift(desk.session, viewer, name, start, end, written, LAKE)
