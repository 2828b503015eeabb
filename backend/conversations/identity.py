"""Who is writing here: asked for what it is, the assistant says so honestly. Pure."""

import re
from typing import Final

from backend.conversations.attachments import then_the_question
from backend.conversations.state import Reply, Turn
from backend.conversations.talk import HUMAN_BUTTON, Talk

#: what stands around the question and changes nothing about it
_AROUND: Final = (
    r"(?:[\W_]|你好|您好|请问一?下?|請問|想问一?下|问一下|那个?|哎|诶|喂|嗨|等等|话说|呃|额"
    r"|\b(?:hi|hello|hey|sorry|excuse me|just wondering|wait|so|and|but|um|btw|by the way|may i ask|can i ask"
    r"|tell me|please|honestly|really|seriously)\b)*"
)
_KIND_ZH: Final = (
    r"(?:一?个)?(?:智能|聊天|自动)?(?:机器人?|機器人|機械人|人工智能|智能客服|ai|bot|robot|程序|电脑|真人|活人|人工"
    r"|真的人|人类|人|人工客服|客服|管家|自动回复|系统)"
)
_KIND_EN: Final = (
    r"(?:(?:an?|some(?: sort| kind)? of(?: an?)?|the|just an?|actually an?|really an?) )?(?:ai )?"
    r"(?:(?:chat|ro)?bots?|ai|machine|computer|program|auto(?:mat(?:ed|ic))?(?: (?:reply|response))?|real"
    r"|(?:(?:real|actual|live|human|living) )*(?:person|human(?: being)?|butler|agent|people|assistant))"
)
_TALKING: Final = r"(?:talking|speaking|chatting|writing|texting)"
_QUESTIONS: Final = (
    rf"(?:你|您|你们|对面|那边|这边|这|现在)?(?:到底|究竟|现在|其实)?(?:是不是|是|係咪|係|系咪)(?:在?跟我?)?{_KIND_ZH}"
    rf"(?:(?:还是|定係|定系|或者?|or){_KIND_ZH})?(?:在?(?:回复?|说话|聊天?))?(?:吗|嘛|么|吧|呢|啊|呀|咩|㗎|嚟)*",
    rf"(?:跟|和|同)我(?:说话|聊天?|讲话|對話|对话)的(?:到底)?(?:是不是|是|係){_KIND_ZH}(?:还是{_KIND_ZH})?(?:吗|嘛|么|吧|呢)?",
    r"(?:你|您|你们|这)?(?:到底|究竟)?(?:是|係)(?:谁|誰|哪位|哪个|什么人|什么东西|啥|边个|邊個)(?:啊|呀|呢|来着|嘛)?",
    r"(?:你|您)(?:到底|究竟)?(?:叫什么|叫啥|怎么称呼|贵姓|叫咩)(?:名字?)?(?:啊|呀|呢)?",
    r"(?:谁|边个|我)(?:现在)?(?:在)?(?:跟|和|同)(?:我|谁|边个)(?:说话|聊天?|讲话)(?:啊|呀|呢)?",
    r"who(?: exactly| the hell)?(?:'?s| is| are|'?re) "
    r"(?:you(?: guys)?|this|there|writing(?: this)?|answering(?: me)?)(?: exactly)?",
    r"(?:and )?(?:what|who) (?:exactly )?are you(?: exactly)?",
    r"what'?s your name|what is your name|do you have a name",
    rf"(?:who|what) am i {_TALKING} (?:to|with)|(?:to )?whom? am i {_TALKING}(?: to| with)?",
    rf"(?:are (?:you|u)|r u|is (?:this|that|it)|you'?re|u|you)(?: (?:just|really|actually|even|all))?"
    rf" {_KIND_EN}(?: or(?: not)?(?: {_KIND_EN})?)?(?: (?:here|replying|answering|talking|writing|or what))*",
    rf"am i (?:really |actually )?{_TALKING} (?:to|with) {_KIND_EN}"
    rf"(?: or(?: not)?(?: {_KIND_EN})?)?",
    rf"(?:(?:{_KIND_EN})|human) or (?:{_KIND_EN})",
)  # fmt: skip
_ASKED: Final = re.compile(
    rf"{_AROUND}(?:(?:{'|'.join(_QUESTIONS)}){_AROUND}){{1,3}}(?:{_KIND_EN}{_AROUND})?(?:thanks|谢谢)?{_AROUND}",
    re.IGNORECASE,
)
LONGEST: Final = 80  # a longer message says something else besides, which must not be lost


def asked(text: str) -> bool:
    """Whether a message asks what or whom one is talking to, and nothing else.

    "You are a robot, get me a person" or "who are you to charge me?" say more, and are not read here.
    """
    said = text.strip().replace("’", "'")
    return len(said) <= LONGEST and bool(_ASKED.fullmatch(said))


def answer(talk: Talk) -> Turn:
    """Say that it is the automatic assistant and who can take over; what is under way goes on after it.

    While a person is in the chat it keeps silent: the question may well be meant for that person.
    """
    if talk.facts.is_quiet:
        return Turn(talk.state)
    reply = Reply("who_am_i", {"butler": talk.facts.butler}, (HUMAN_BUTTON,))
    return then_the_question(talk, Turn(talk.state, (reply,)))
