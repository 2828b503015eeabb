"""The table of methods: each module enters its own."""

from collections.abc import Callable
from typing import Any

from tests.fake_telegram.params import Params
from tests.fake_telegram.state import Bot, World

Method = Callable[[World, Bot, Params], Any]
#: by name in small letters, as the real server reads it
METHODS: dict[str, Method] = {}
#: what counts for pacing
PACED: set[str] = set()


def method(name: str, *, is_paced: bool = False) -> Callable[[Method], Method]:
    """Enter a function under the name the Bot API gives it."""

    def enter(function: Method) -> Method:
        METHODS[name.lower()] = function
        if is_paced:
            PACED.add(name.lower())
        return function

    return enter
