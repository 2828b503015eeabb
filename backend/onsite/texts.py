"""What a resident is told of the work on site, and how a confirmation is called."""

from typing import Final

from backend.tickets.wording import Push, named, sentence
from locales import N_, t

#: how a confirmation was given
METHODS: Final = {
    "link": N_("by the link"),
    "code": N_("by the code from the chat"),
    "signature": N_("by signature on the screen"),
    "typed": N_("by name, in the presence of staff"),
}


def coming(language: str, address: str, number: int, who: str) -> Push:
    """Somebody has set out to the resident (the third of the four pushes of a ticket)."""
    text = sentence(
        language,
        "{named}{who} is on the way to you (#{number}).",
        named=named(language, address),
        who=who,
        number=number,
    )
    return Push(text, [])


def to_confirm(
    language: str, number: int, name: str, link: str, code: str, price: str = ""
) -> Push:  # fmt: skip
    """The work is done: a link to confirm it, and a code for whoever would rather read one out.

    It takes the place of the message that asked for an opinion and asks for one thing alone; the opinion is
    asked for once it is signed (``endings.tell_signed``).
    """
    text = t(
        language,
        "“{name}” (#{number}) is done. Please look at the work and confirm it here: {link} "
        "Or read this code to our colleague: {code}. Both are valid for 72 hours.",
        name=name,
        number=number,
        link=link,
        code=code,
    )
    if not price:
        return Push(text, [])
    priced = t(language, "The price is {price}.", price=price)
    return Push(f"{priced}{'' if language == 'zh' else ' '}{text}", [])
