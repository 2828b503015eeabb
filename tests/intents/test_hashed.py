"""Hashes found by their beginning, and weights laid out in large pages: nothing is changed by it."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from intents.hashed import Hashed
from intents.large_pages import ENOUGH, in_large_pages

WORDS = [f"word {number}" for number in range(5000)]


def _long(words: list[str]) -> list[int]:
    return [hash(word) for word in words]


def _short(words: list[str]) -> list[int]:
    return [zlib.crc32(word.encode()) for word in words]


@pytest.mark.parametrize("keys_of", [_long, _short])
def test_what_is_known_is_found_where_it_lies_and_nothing_else(
    keys_of: Callable[[list[str]], list[int]],
) -> None:
    kept = np.sort(np.array(keys_of(WORDS[::2]), dtype=np.int64))
    wanted = np.array(keys_of(WORDS), dtype=np.int64)
    places, known = Hashed(kept).find(wanted)
    assert kept[places].tolist() == wanted[known].tolist()
    assert known.tolist() == np.flatnonzero(np.isin(wanted, kept)).tolist()


@pytest.mark.parametrize("many", [0, 1, 2, 3])
def test_few_hashes_or_none_are_found_as_well(many: int) -> None:
    kept = np.sort(np.array(_long(WORDS[:many]), dtype=np.int64))
    places, known = Hashed(kept).find(np.array(_long(WORDS[:5]), dtype=np.int64))
    assert len(places) == many
    assert known.tolist() == list(range(many))


def test_hashes_that_lie_side_by_side_are_told_apart() -> None:
    kept = np.arange(100, dtype=np.int64)
    places, known = Hashed(kept).find(np.array([7, 200, 99, -1, 0], dtype=np.int64))
    assert (places.tolist(), known.tolist()) == ([7, 99, 0], [0, 2, 4])


@pytest.mark.parametrize("columns", [3, ENOUGH // 100])
def test_weights_in_large_pages_are_the_same_numbers(columns: int) -> None:
    arrays: dict[str, NDArray[Any]] = {
        "halves": (np.arange(100 * columns) % 7).astype(np.float16).reshape(100, columns),
        "turned": np.ones((columns, 50), dtype=np.float32).T,
    }
    laid = in_large_pages(arrays)
    assert all(np.array_equal(laid[name], array) for name, array in arrays.items())
    assert all(one.dtype == np.float32 and one.flags.c_contiguous for one in laid.values())
