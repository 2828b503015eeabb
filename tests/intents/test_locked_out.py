"""Who stands before the own door wants a locksmith; who has somebody inside needs help."""

from datetime import datetime

import pytest

from intents.understand import Engine


@pytest.mark.parametrize("text", ["我被锁在门外了", "钥匙忘带了，锁门外了", "I'm locked out of my flat"])
def test_being_locked_out_is_no_alarm(engine: Engine, now: datetime, text: str) -> None:
    assert not engine.understand(text, now).emergency


@pytest.mark.parametrize("text", ["孩子一个人锁在家里，我被锁在门外了", "被锁在门外，灶上还烧着锅，冒烟了"])
def test_with_a_child_or_a_fire_inside_it_is(engine: Engine, now: datetime, text: str) -> None:
    assert engine.understand(text, now).emergency
