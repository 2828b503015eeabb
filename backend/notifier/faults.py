"""Why something did not arrive at a staff address, in words. Pure: rows keep the codes."""

from collections.abc import Mapping
from typing import Final

from locales import N_, t

FAULTS: Final[Mapping[str, str]] = {
    "unreachable": N_("The other side could not be reached."),
    "timeout": N_("The other side did not answer in time."),
    "tls": N_("The encrypted connection could not be set up."),
    "redirect": N_("The address points somewhere else; we do not follow."),
    "answer": N_("The other side gave an answer we do not understand."),
    "server": N_("The other side has a fault of its own."),
    "refused": N_("The other side refused the message."),
    "too_fast": N_("Too many messages in a short time; it is tried again."),
    "unknown_robot": N_("This robot does not exist any more. Please add it anew."),
    "signature": N_("The robot refuses the signature, or wants a keyword. Please check its safety settings."),
    "login": N_("The mail server refuses the user name or the password."),
    "recipient": N_("The mail server does not know this address."),
    "sender": N_("The mail server refuses our sender's address."),
    "no_mail_server": N_("No mail server is set for this estate."),
    "no_gateway": N_("No SMS gateway is set for this estate."),
    "sealed": N_("The address was sealed with another secret key. Please add it anew."),
    "stale": N_("It could not be told in time."),
    "off": N_("The address was switched off."),
    "removed": N_("The address was removed."),
    "telegram": N_("Telegram does not deliver to this chat. Has the person started the bot?"),
    "failed": N_("A fault of ours; the log names it."),
}


def fault_of(language: str, code: str) -> str:
    """Return a fault in words; "" for none, and the plain fault of ours for a code that has no words."""
    return t(language, FAULTS.get(code, FAULTS["failed"])) if code else ""
