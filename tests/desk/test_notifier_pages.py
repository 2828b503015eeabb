"""The page on which leaders say where staff hear of alerts."""

import re
from collections.abc import Callable, Iterator

import pytest
from fastapi import FastAPI
from sqlalchemy import select

from backend.models import AuditEntry, Delivery, Estate, StaffAddress, User, UserEstate
from backend.notifier import service
from backend.notifier.senders import Outside
from backend.people.roles import Role
from backend.vault import Vault
from tests.desk.conftest import Desk, World
from tests.notifier.outside import Web, web
from tests.staff_browser import told

Open = Callable[..., Desk]
PAGE = "/settings/alerts"
KEY = "11111111-2222-3333-4444-555555555555"
WECOM = {
    "channel": "wecom", "whose": "role:butler", "label": "夜班值班室", "language": "zh",
    "address": f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={KEY}",
}  # fmt: skip


@pytest.fixture
def outside(app: FastAPI) -> Iterator[Web]:
    with web() as there:
        app.state.outside = Outside({"qyapi.weixin.qq.com": there.url})
        yield there


@pytest.fixture
def admin(world: World, desk: Open) -> Desk:
    """The supervisor Xu is an admin now, and signed in."""
    with world.db.write() as session:
        session.get_one(User, world.supervisor.id).role = Role.ADMIN
    return desk("xu")


def only(world: World) -> StaffAddress:
    with world.db.read() as session:
        return session.scalars(select(StaffAddress)).one()


def test_a_leader_adds_a_robot_which_is_kept_sealed_and_shown_masked(desk: Open, world: World) -> None:
    xu = desk("xu")
    answer = xu.press(PAGE, **WECOM)
    assert (answer.status_code, answer.headers["location"]) == (303, PAGE)
    assert KEY.encode() not in only(world).sealed
    html = xu.get(PAGE).text
    assert "夜班值班室 · 群：管家" in html
    assert "企业微信群机器人 · …5555" in html
    assert KEY not in html
    assert "还没有测试过。" in html


def test_the_test_button_sends_and_says_what_became_of_it(desk: Open, world: World, outside: Web) -> None:
    xu = desk("xu")
    xu.press(PAGE, **WECOM)
    test = f"{PAGE}/{only(world).id}/test"
    xu.press(test)
    assert "已发送，测试消息应该已经到了。" in xu.get(PAGE).text
    assert outside.asked[0].query == {"key": KEY}
    assert outside.asked[0].body["text"]["content"].startswith("【此间】这是一条测试消息")
    xu.press(test)
    assert "刚刚测试过。" in xu.get(PAGE).text
    world.clock.advance(seconds=11)
    outside.answer(200, {"errcode": 93000})
    xu.press(test)
    assert "测试没有送达：这个机器人已经不存在，请重新添加。" in xu.get(PAGE).text
    assert "起无法送达：这个机器人已经不存在" in xu.get(PAGE).text
    assert len(outside.asked) == 2


def test_a_telegram_test_is_carried_by_the_bot(desk: Open, world: World) -> None:
    xu = desk("xu")
    xu.press(PAGE, channel="telegram", whose=f"user:{world.butler.id}", address="4711", language="en")
    xu.press(f"{PAGE}/{only(world).id}/test")
    assert "测试消息已交给机器人发送" in xu.get(PAGE).text
    with world.db.read() as session:
        assert session.scalars(select(Delivery)).one().kind == "test"


def test_an_address_can_be_switched_off_and_on(desk: Open, world: World) -> None:
    xu = desk("xu")
    xu.press(PAGE, **WECOM)
    xu.press(f"{PAGE}/{only(world).id}/off")
    assert not only(world).is_active
    assert "已停用。" in xu.get(PAGE).text
    xu.press(f"{PAGE}/{only(world).id}/on")
    assert only(world).is_active
    assert xu.press(f"{PAGE}/{only(world).id}/sideways").status_code == 404


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"address": "https://evil.example/cgi-bin/webhook/send?key=aaaaaaaaaaaa"}, "Webhook 地址"),
        ({"address": "http://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=aaaaaaaaaaaa"}, "Webhook 地址"),
        ({"address": "https://qyapi.weixin.qq.com:444/cgi-bin/webhook/send?key=aaaaaaaaa"}, "Webhook 地址"),
        ({"address": "https://x@qyapi.weixin.qq.com/cgi-bin/webhook/send?key=aaaaaaaaa"}, "Webhook 地址"),
        ({"address": "https://[::1"}, "https 地址"),
        ({"channel": "dingtalk", "address": "https://oapi.dingtalk.com/robot/send?access_token=aaaaaaaaa"},
         "开启加签"),
        ({"channel": "email", "address": "no address"}, "这不是有效的邮箱地址。"),
        ({"channel": "email", "address": "a@b.example\nBcc: c@d.example"}, "这不是有效的邮箱地址。"),
        ({"channel": "sms", "address": "12"}, "这不是有效的电话号码。"),
        ({"channel": "telegram", "address": "@somebody"}, "请填写聊天编号"),
        ({"channel": "pigeon"}, "请填写"),
        ({"whose": "role:pirate"}, "请填写"),
    ],
)  # fmt: skip
def test_what_is_no_address_is_told_at_its_field_and_nothing_typed_is_lost(
    desk: Open, world: World, changed: dict[str, str], sentence: str
) -> None:
    answer = desk("xu").press(PAGE, **(WECOM | changed))
    assert answer.status_code == 422
    assert re.search(rf'class="error"[^>]*>.*{sentence}', answer.text)
    assert "夜班值班室" in answer.text


def test_a_robot_belongs_to_no_single_person(desk: Open, world: World) -> None:
    answer = desk("xu").press(PAGE, **(WECOM | {"whose": f"user:{world.butler.id}"}))
    assert "机器人发到群里" in answer.text


def test_butlers_have_no_such_page_and_foreign_rows_do_not_exist(desk: Open, world: World) -> None:
    lin = desk("lin")
    assert lin.get(PAGE).status_code == 403
    assert lin.press(PAGE, **WECOM).status_code == 403
    assert "/settings/alerts" not in lin.get("/queue").text
    xu = desk("xu")
    xu.press(PAGE, **WECOM)
    number = only(world).id
    with world.db.write() as session:
        session.get_one(User, world.stranger.id).role = Role.SUPERVISOR
    wang = desk("wang")
    assert "5555" not in told(wang.get(PAGE).text)
    for verb in ("test", "off", "remove"):
        assert wang.press(f"{PAGE}/{number}/{verb}").status_code == 404
    assert wang.press(PAGE, **(WECOM | {"estate": str(world.estate.id)})).status_code == 404
    answer = wang.press(PAGE, **(WECOM | {"channel": "telegram", "address": "4711",
                                          "whose": f"user:{world.butler.id}"}))  # fmt: skip
    assert answer.status_code == 404


MAIL = {"host": "mail.estate.example", "port": "465", "security": "ssl", "user": "robot",
        "password": "open sesame", "sender": "butler@estate.example"}  # fmt: skip


def test_an_admin_sets_the_mail_server_whose_password_is_never_shown(
    admin: Desk, world: World, vault: Vault
) -> None:
    assert admin.press("/settings/servers/mail", **MAIL).status_code == 303
    html = admin.get(PAGE).text
    assert "当前：mail.estate.example" in html
    assert "open sesame" not in html
    with world.db.read() as session:
        estate = session.get_one(Estate, world.estate.id)
    assert "sesame" not in str(estate.settings)
    assert service.through_of(vault, estate, "mail")["password"] == "open sesame"


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("mail", MAIL | {"security": "none"}),
        ("mail", MAIL | {"port": "0"}),
        ("mail", MAIL | {"host": "a b"}),
        ("mail", MAIL | {"sender": "x"}),
        ("sms", {"url": "http://sms.example/send", "secret": "a secret of sixteen"}),
        ("sms", {"url": "https://169.254.169.254/", "secret": "a secret of sixteen"}),
        ("sms", {"url": "http://[::ffff:169.254.169.254]/", "secret": "a secret of sixteen"}),
        ("sms", {"url": "file:///etc/passwd", "secret": "a secret of sixteen"}),
        ("sms", {"url": "https://sms.example/", "secret": "short"}),
    ],
)
def test_a_server_that_cannot_be_meant_is_refused(admin: Desk, name: str, typed: dict[str, str]) -> None:
    answer = admin.press(f"/settings/servers/{name}", **typed)
    assert answer.status_code == 422
    assert 'class="error"' in answer.text


def test_an_sms_gateway_may_stand_in_the_own_network(admin: Desk) -> None:
    typed = {"url": "http://10.0.0.5/send", "secret": "a secret of sixteen"}
    assert admin.press("/settings/servers/sms", **typed).status_code == 303


def test_a_key_in_the_address_of_a_gateway_is_neither_shown_nor_written_into_the_audit_log(
    admin: Desk, world: World
) -> None:
    typed = {"url": "https://sms.example/k3y/send?token=k3y", "secret": "a secret of sixteen"}
    assert admin.press("/settings/servers/sms", **typed).status_code == 303
    html = admin.get(PAGE).text
    assert ("sms.example" in html, "k3y" in html) == (True, False)
    with world.db.read() as session:
        logged = session.scalars(select(AuditEntry).where(AuditEntry.action == "settings.servers")).one()
    assert logged.after == {"server": "sms.example"}


def test_the_alarm_secret_is_shown_once_and_to_an_admin_only(desk: Open, admin: Desk) -> None:
    answer = admin.press("/settings/alarm-secret")
    found = re.search(r"<code>([0-9a-f]{64})</code>", answer.text)
    assert found
    assert "HERE" in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert found[1] not in admin.get(PAGE).text


def test_a_supervisor_sets_no_servers_and_makes_no_secret(desk: Open) -> None:
    xu = desk("xu")
    assert "/settings/servers" not in xu.get(PAGE).text
    assert xu.press("/settings/servers/mail", **MAIL).status_code == 403
    assert xu.press("/settings/alarm-secret").status_code == 403


def test_an_admin_of_two_estates_says_which_is_meant(admin: Desk, world: World, vault: Vault) -> None:
    with world.db.write() as session:
        there = session.scalars(select(Estate).where(Estate.code == "THERE")).one()
        session.add(UserEstate(user_id=world.supervisor.id, estate_id=there.id))
    assert admin.press("/settings/servers/mail", **MAIL, estate=str(there.id)).status_code == 303
    html = admin.get(PAGE).text
    assert "邮件服务器 · 彼处" in html
    with world.db.read() as session:
        here, there = (session.get_one(Estate, one) for one in (world.estate.id, there.id))
    assert service.through_of(vault, here, "mail") == {}
    assert service.through_of(vault, there, "mail")["host"] == "mail.estate.example"
    assert "THERE" in admin.press("/settings/alarm-secret", estate=str(there.id)).text
    assert admin.press("/settings/alarm-secret", estate="9999").status_code == 404


def test_the_test_button_repeats_what_the_other_side_said_but_never_the_address(
    desk: Open, world: World, outside: Web
) -> None:
    xu = desk("xu")
    xu.press(PAGE, **WECOM)
    outside.answer(200, {"errcode": 40008, "errmsg": f"invalid message type,\n key {KEY}"})
    xu.press(f"{PAGE}/{only(world).id}/test")
    html = xu.get(PAGE).text
    told = re.search(r"测试没有送达：[^<]*”", html)
    assert told
    assert told[0].endswith("对方的答复：“invalid message type, key … (40008)”")
    assert KEY not in html


def waiting(world: World, address: int) -> None:
    """Two messages wait for the address, one is under way, one was sent."""
    now = world.clock.real_now()
    with world.db.write() as session:
        for state in ("queued", "queued", "leased", "sent"):
            count = session.query(Delivery).count()
            session.add(
                Delivery(estate_id=world.estate.id, address_id=address, kind="warn", title="", text="",
                         dedupe_key=f"d{count}", state=state, not_before=now, created_at=now)
            )  # fmt: skip
            session.flush()


def test_an_address_is_removed_after_a_second_press_which_says_what_is_lost(desk: Open, world: World) -> None:
    xu = desk("xu")
    xu.press(PAGE, **WECOM)
    number = only(world).id
    waiting(world, number)
    html = xu.get(PAGE).text
    assert f'action="{PAGE}/{number}/remove"' in html
    assert "还有 3 条消息等着发到这里，移除后不再发送。" in html
    assert xu.press(f"{PAGE}/{number}/remove").status_code == 303
    html = xu.get(PAGE).text
    assert "该地址已移除。原本要发到那里的 3 条消息不再发送；提醒仍在工作台上。" in html
    assert f"{PAGE}/{number}/test" not in html
    with world.db.read() as session:
        states = sorted((one.state, one.fault) for one in session.scalars(select(Delivery)))
    assert states == [("dead", "removed")] * 3 + [("sent", "")]


def test_a_removed_address_forgets_its_secret_and_keeps_who_removed_it(
    desk: Open, world: World, vault: Vault
) -> None:
    xu = desk("xu")
    xu.press(PAGE, **WECOM)
    waiting(world, only(world).id)
    xu.press(f"{PAGE}/{only(world).id}/remove")
    kept = vault.unseal(only(world).sealed)
    assert KEY not in kept
    html = xu.get(PAGE).text
    assert "已移除的地址 (1)" in html
    assert "企业微信群机器人 · …5555" in html
    assert re.search(r"于[^<]*移除。3 条消息不再发送。", html)


def test_what_was_removed_is_gone_for_every_other_press(desk: Open, world: World) -> None:
    xu = desk("xu")
    xu.press(PAGE, **WECOM)
    number = only(world).id
    xu.press(f"{PAGE}/{number}/remove")
    for verb in ("test", "on", "off", "remove"):
        assert xu.press(f"{PAGE}/{number}/{verb}").status_code == 404
    assert not only(world).is_active
    assert xu.press(PAGE, **WECOM).status_code == 303


def test_what_is_done_to_addresses_and_servers_stands_in_the_audit_log_without_a_secret(
    admin: Desk, world: World
) -> None:
    admin.press(PAGE, **WECOM)
    number = only(world).id
    waiting(world, number)
    for verb in ("off", "on", "remove"):
        admin.press(f"{PAGE}/{number}/{verb}")
    admin.press("/settings/servers/mail", **MAIL)
    admin.press("/settings/alarm-secret")
    with world.db.read() as session:
        entries = list(session.scalars(select(AuditEntry).order_by(AuditEntry.id)))
    own = [one for one in entries if one.action.startswith(("address.", "settings."))]
    assert [one.action for one in own] == [
        "address.add", "address.switch", "address.switch", "address.remove", "settings.servers",
        "settings.alarm_secret",
    ]  # fmt: skip
    assert {one.user_id for one in own} == {world.supervisor.id}
    assert {one.estate_id for one in own} == {world.estate.id}
    kept = str([(one.before, one.after) for one in own])
    assert KEY not in kept
    assert "sesame" not in kept
    assert "…5555" in kept


def test_only_whoever_may_open_the_settings_is_led_back_to_them(desk: Open, world: World) -> None:
    def way_back() -> bool:
        xu = desk("xu")
        leads = 'href="/settings"' in xu.get(PAGE).text.split("<main")[1].split("</main>")[0]
        assert (xu.get("/settings").status_code == 200) is leads
        return leads

    assert not way_back()
    with world.db.write() as session:
        session.get_one(User, world.supervisor.id).role = Role.MANAGER
    assert way_back()
