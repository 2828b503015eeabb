"""Few requests are without an answer at a time, and a slow one keeps nobody back for long."""

import asyncio

from bot.abreast import Abreast


def test_so_many_go_at_once_and_the_others_in_their_order() -> None:
    begun: list[int] = []

    async def work() -> None:
        abreast, answers = Abreast(2, counts=60), [asyncio.Event() for _ in range(4)]

        async def request(number: int) -> None:
            async with abreast.one():
                begun.append(number)
                await answers[number].wait()

        tasks = [asyncio.create_task(request(number)) for number in range(4)]
        await _settle()
        assert begun == [0, 1]
        answers[1].set()
        await _settle()
        assert begun == [0, 1, 2]
        for answer in answers:
            answer.set()
        await asyncio.gather(*tasks)

    asyncio.run(work())
    assert begun == [0, 1, 2, 3]


def test_one_that_gets_no_answer_does_not_keep_its_place() -> None:
    async def work() -> None:
        abreast, never = Abreast(1, counts=0.01), asyncio.Event()

        async def hang() -> None:
            async with abreast.one():
                await never.wait()

        hanging = asyncio.create_task(hang())
        await _settle()
        async with asyncio.timeout(5), abreast.one():
            assert not hanging.done()
        never.set()
        await hanging
        async with asyncio.timeout(5), abreast.one():  # its place was given back once, not twice
            assert abreast._free.locked()

    asyncio.run(work())


async def _settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)
