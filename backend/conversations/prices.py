"""What something costs: never a figure, but how this service is charged, and who names the price. Pure.

The same for every service: what is paid for is told before it begins, and begins only after a yes.
"""

import re
from dataclasses import replace
from typing import Final

from backend.conversations import forms
from backend.conversations.state import Form, Reply, Said, Turn
from backend.conversations.talk import Talk, item_button, name_values
from intents.meaning import Act, Intent
from intents.menu import Item

_ASKS: Final = re.compile(
    r"多少钱|几多钱|几块钱?|什么价|啥价|价格|价钱|价位|报价|怎么(?:收费|收钱|算钱|计费)|收费(?:吗|标准|多少|怎么)|收多少|要钱吗|贵不贵|费用"
    r"|\b(?:how much|what(?:['’]s| is| are)? the (?:price|cost|charge|rate|fee)s?"
    r"|what (?:does|do|will|would) .{0,24}\bcosts?"
    r"|(?:price|cost|rate|fee)s?\s*\?|what do (?:you|they) charge|price per|per hour\s*\?)",
    re.IGNORECASE,
)
#: what a question for the price alone is made of
_BARE: Final = re.compile(
    r"多少钱|几多钱|几块钱?|什么价|啥价|价格|价钱|价位|报价|收费|标准|多少|怎么|收钱|算钱|计费|要钱|贵不贵|费用|收|请问|问一?下|想|知道|那|这个?|大概"
    r"|大约|一共|总共|一?个?小时|每|一次|一?趟|师傅|上门|修|做|是|要|呢|吗|啊|呀|的|你们?|他们|先|多|贵|一|下|能|说|告诉|我|\W|_"
    r"|\b(?:how|much|what|is|are|does|do|will|would|it|this|that|the|a|an|per|hour|hourly|price|prices|cost|costs"
    r"|charge|charges|rate|rates|fee|fees|for|be|please|and|so|by|one|time|visit|you|they|me|tell"
    r"|can|first|to|all|in|total|s)\b",
    re.IGNORECASE,
)
#: to pay a fee costs nothing: who asks how much it is means the fee
FEE: Final = "common.admin.fee-pay"
HOW_TO_PAY: Final = "how-to-pay"
#: how a service is charged → the sentence that says so
_KINDS: Final = {"included": "price_included", "free": "price_free", "fee": "price_fee",
                 "respond_first": "price_later"}  # fmt: skip


def asked(words: str) -> bool:
    """Whether the words ask what something costs."""
    return _ASKS.search(words) is not None


def asked_of(form: Form, heard: Said, intent: Intent) -> bool:
    """Whether it is the wish under way of which the price is asked: it is named, or nothing is."""
    words = heard.meaning.text
    is_question = intent.act in (Act.ENQUIRY, Act.REQUEST, Act.INFORM) and asked(words)
    return is_question and (not _BARE.sub("", words) or intent.item == form.item)


def told(talk: Talk, item: Item) -> Reply:
    """How the service is charged, and who names the price; of a fee to be paid, how it is paid."""
    if item.id == FEE:
        return Reply("faq", {"key": HOW_TO_PAY})
    values = {**name_values(item), "butler": talk.facts.butler}
    return Reply(_KINDS.get(item.charge, "price_first"), values)


def in_passing(talk: Talk, form: Form) -> Turn:
    """The price of the wish under way, and then its open question once more."""
    return forms.then(Turn(talk.state, (told(talk, talk.item(form.item)),)), forms.resume(talk, form))


def before(talk: Talk, item: Item | None, words: str, turn: Turn) -> Turn:
    """A turn that begins a wish, or passes on a question, of which the price was asked too: told first.

    Who only asked may order it with one tap.
    """
    if item is None or not asked(words) or not turn.replies or item.workflow in ("enquiry", "emergency"):
        return turn
    *others, last = turn.replies
    if turn.state.form is None and item.id != FEE:
        last = replace(last, buttons=(item_button(item), *last.buttons))
    return replace(turn, replies=(told(talk, item), *others, last))
