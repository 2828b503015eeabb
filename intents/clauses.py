"""Cuts a message where a second wish may begin, and says how clear each cut is."""

# ruff: noqa: E501 (a pattern is easier to read on one line than broken up)

from __future__ import annotations

import re

_JOINED = re.compile(
    r"(?:(?<![,，、。！!；;\s])[,，、。！!；;\s]+)?(?:顺便|顺带|另外|此外|除此之外|外带|还有(?!人|没有|吗|空位|空)|再就是|然后还|外加|同时还|并且还)(?:再|也|还)?"
    r"|(?:(?<![,.;\s])[,.;\s]+)?\b(?:also|in addition|besides|by the way|btw|while you'?re (?:at it|here)|on top of that|another thing|one more thing|secondly|separately|(?<!be )plus)\b[,\s]*|\s\+\s|(?<=[a-z])[.;] and\b"
)
_SENTENCE = re.compile(
    r"[。！!；;\n]+|(?<=[a-z\u3400-\u9fff]):(?=\s*[a-z\u3400-\u9fff])|(?<=[a-z])[.?](?=\s+[a-z])|[？?](?=.)"
)
_PHRASE = re.compile(
    r"[,，]|(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])|\band\b|&|\s加\s|然后|还要|还得|又|和|跟"
)

_DANGLING = re.compile(
    r"(?:[,，、。；;.\s]*(?:顺便|顺带|另外|此外|还有|再就是|然后|而且|并且|以及|同时|对了|\b(?:and|also|plus|but|besides|then|btw|by the way)\b))+[,，、\s]*$",
    re.IGNORECASE,
)

JOINED, SENTENCE, PHRASE = 0, 1, 2
"""How a clause is cut off: by a word that adds a wish, by a full stop, by a comma or "and"."""


def clauses_of(text: str) -> tuple[tuple[str, int], ...]:
    """The clauses in order, each with the kind of cut before it; the first counts as a sentence."""
    pieces: list[tuple[str, int]] = []
    for first, joined in enumerate(_JOINED.split(text)):
        for second, sentence in enumerate(_SENTENCE.split(joined)):
            for third, phrase in enumerate(_PHRASE.split(sentence)):
                if phrase.strip():
                    cut = PHRASE if third else SENTENCE if second or not first else JOINED
                    pieces.append((phrase.strip(), cut))
    return tuple(pieces)


def without_joint(words: str) -> str:
    """The words of one wish without those that only lead over to the next: "垃圾没人清，还有"."""
    return _DANGLING.sub("", words) or words
