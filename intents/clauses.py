"""Cuts a message where a second wish may begin."""

# ruff: noqa: E501 (a pattern is easier to read on one line than broken up)

from __future__ import annotations

import re

MOST_CLAUSES = 4
_STRONG = re.compile(
    r"[。！!；;\n]+|(?<=[a-z])[.?](?=\s+[a-z])|[？?](?=.)|[,，、\s]*(?:顺便|顺带|另外|还有(?!人|没有|吗|空位|空)|再就是|以及|然后还|外加|同时还|并且还)(?:再|也|还|把|帮|请|麻烦)?"
    r"|[,\s]*\b(?:also|and also|plus|in addition|besides|by the way|btw|while you'?re (?:at it|here)|as well as|on top of that|another thing|one more thing|secondly)\b[,\s]*"
)
_WEAK = re.compile(r"[,，]|\s+(?=[\u3400-\u9fff])|\band\b|&|然后|还要|还得|又|和|跟")


def clauses_of(text: str) -> tuple[tuple[str, bool], ...]:
    """The clauses in order, at most four, each with whether the cut before it was a strong one."""
    pieces: list[tuple[str, bool]] = []
    for strong in _STRONG.split(text):
        for index, piece in enumerate(_WEAK.split(strong)):
            if piece.strip():
                pieces.append((piece.strip(), index == 0))
    return tuple(pieces)
