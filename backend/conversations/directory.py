"""The butler's number, for whoever asks for it: no ticket is opened for what stands on a card. Pure."""

# ruff: noqa: E501 (a pattern is easier to read on one line than broken up)

import re
from dataclasses import replace
from typing import Final

from backend.conversations.attachments import then_the_question
from backend.conversations.state import Reply, Turn
from backend.conversations.talk import HUMAN_BUTTON, Talk

KIND: Final = "butler_number"
#: the answer where the butler has no number of their own
DESK: Final = "hotline"
_LONGEST: Final = 60
_ASKED: Final = re.compile(
    r"(?:你好|您好|请问一?下?|麻烦|能不能|可以|给我|发我?|告诉我|想要|要|问一?下|查一?下|那个?|[，,。\s])*"
    r"(?:你们|我们?|我家|咱们?|咱家|小区)*的?(?:专属)?管家的?(?:联系)?(?:电话|手机|号码|联系方式|电话号码|手机号)(?:号码?)?"
    r"(?:是)?(?:多少|几号|什么|有吗|有没有|给我|发我|发一?下|一下|告诉我|呢|啊|呀|吗|吧|[，,。？?！!\s])*"
    r"|(?:hi|hello|hey|please|sorry|excuse me|[,.!\s])*"
    r"(?:(?:what(?:['’]s| is)|can i (?:have|get)|could i (?:have|get)|may i have|give me|send me|do you have|i need|tell me|where (?:can i|do i) find)"
    r" (?:the |my |our )?butler(?:['’]?s)? (?:tele)?(?:phone|number|contact|mobile|cell)(?: ?(?:number|details|info))?"
    r"|(?:how (?:can|do) i|what number do i) (?:call|phone|ring) (?:the |my |our )?butler)(?: please)?[\s?.!]*",
    re.IGNORECASE,
)  # fmt: skip


def asked(words: str) -> bool:
    """Whether the butler's number is asked for, and nothing else."""
    return len(words) <= _LONGEST and bool(_ASKED.fullmatch(words.strip()))


def answer(talk: Talk) -> Turn:
    """The number; what is under way goes on after it."""
    reply = Reply(KIND, {"butler": talk.facts.butler}, (HUMAN_BUTTON,))
    return then_the_question(talk, Turn(talk.remember(failures=0), (reply,)))


def with_number(replies: tuple[Reply, ...], phone: str) -> tuple[Reply, ...]:
    """The same replies with the butler's number; without one, the estate's own is told."""
    return tuple(_told(reply, phone) if reply.kind == KIND else reply for reply in replies)


def _told(reply: Reply, phone: str) -> Reply:
    if not phone:
        return replace(reply, kind="faq", values={"key": DESK})
    return replace(reply, values={**reply.values, "phone": phone})
