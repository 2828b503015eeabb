"""What a person sees of the bot before writing, in both languages, told once."""

from bot.commands import COMMANDS, DESCRIPTION, SHORT_DESCRIPTION, commands_in, introduce
from bot.updates import COMMANDS as UNDERSTOOD
from locales import LANGUAGES, t
from tests.bot.carrying import carrying, config_of, line
from tests.bot.little_backend import LittleBackend
from tests.fake_telegram import FakeTelegram


def test_commands_and_descriptions_are_shown_in_the_persons_language() -> None:
    async def test(fake: FakeTelegram, backend: LittleBackend) -> None:
        tom, li = fake.person("Tom", language="en-GB"), fake.person("李", language="zh-hans")
        async with line(config_of(fake, backend)) as one:
            assert await introduce(one.bot)
        assert ("menu", "Show the services") in tom.commands
        assert ("menu", "查看服务菜单") in li.commands
        assert tom.description == DESCRIPTION
        assert li.description == t("zh", DESCRIPTION)
        assert [name for name, _ in tom.commands] == [name for name, _ in COMMANDS]

    carrying(test)


def test_what_telegram_knows_already_is_not_told_again() -> None:
    async def test(fake: FakeTelegram, backend: LittleBackend) -> None:
        async with line(config_of(fake, backend)) as one:
            await introduce(one.bot)
            before = len(fake.calls)
            await introduce(one.bot)
            assert not [call for call in fake.calls[before:] if call.method.startswith("set")]

    carrying(test)


def test_a_telegram_that_refuses_does_not_stop_the_service() -> None:
    async def test(fake: FakeTelegram, backend: LittleBackend) -> None:
        fake.faults.add("429", method="setMyCommands")
        async with line(config_of(fake, backend)) as one:
            assert not await introduce(one.bot)
            assert await introduce(one.bot)

    carrying(test)


def test_every_command_that_is_shown_is_understood_and_every_text_fits() -> None:
    assert {name for name, _ in COMMANDS} == set(UNDERSTOOD)
    for language in LANGUAGES:
        assert all(1 <= len(command.description) <= 256 for command in commands_in(language))
        assert len(t(language, DESCRIPTION)) <= 512
        assert len(t(language, SHORT_DESCRIPTION)) <= 120
