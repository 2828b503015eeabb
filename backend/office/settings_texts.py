"""What the assistant says, sentence by sentence: the standard, the estate's own, and what is wrong with one.

What is said in an emergency stays as it is: those sentences were weighed word by word.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from backend.audit import service as audit
from backend.conversations.sentences import SENTENCES
from backend.errors import BadInput, NotFound
from backend.estates import queries, texts
from backend.estates.wording import holes_of
from backend.models import Estate, EstateText
from backend.office.settings import Hand
from locales import LANGUAGES, N_, t

MOST: Final = 1000
#: an address may be left out of any sentence: nothing that was asked for is missing then
OPTIONAL: Final = frozenset({"named"})
#: group → its name and the beginnings of the kinds in it; the last one takes what is left
GROUPS: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "greeting": (N_("Greeting and farewell"), ("greeting", "who_am_i", "menu", "help", "lang", "welcome",
                                                "goodbye", "thanks", "yes_what", "glad", "sorry")),
    "understanding": (N_("Not understood, passed on"), ("which", "not_", "say_it", "out_of", "handed",
                                                        "voice", "failed", "busy")),
    "identity": (N_("Who is writing"), ("needs_link", "how_to", "linked", "code_", "phone_", "share_",
                                        "contact", "invit")),
    "changes": (N_("Changes and withdrawals"), ("cancel", "kept", "ask_new", "reschedule", "dropped",
                                                "none_to", "let_go")),
    "requests": (N_("Requests and visits"), ()),
}  # fmt: skip
_EXAMPLES: Final[Mapping[str, tuple[str, str]]] = {
    "named": ("陈先生，", "Mr Chen, "), "hello": ("早上好。", "good morning."),
    "phone": ("010-8888 6666", "010-8888 6666"),
    "butler": ("赵敏", "Zhao Min"), "home": ("3号楼2单元1501", "Bldg 3, Unit 2, Flat 1501"),
    "who": ("赵敏", "Zhao Min"), "number": ("1042", "1042"), "name": ("水管维修", "Pipe repair"),
    "due": ("今天14:10", "today 14:10"), "answer_due": ("明天18:00", "tomorrow 18:00"),
    "detail": ("厨房漏水", "a leak in the kitchen"),
    "window": ("周四10:00–12:00", "Thu 5 Dec, 10:00–12:00"), "day": ("周四", "Thursday"),
    "text": ("2单元电梯停运", "the lift of unit 2 is out of order"),
    "wish": ("祝您生活愉快。", "Have a good day."),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class TextView:
    """One sentence: the standard in both languages, and the estate's own ("" where it has none)."""

    kind: str
    group: str
    standard: Mapping[str, str]
    own: Mapping[str, str]
    version: int

    @property
    def is_own(self) -> bool:
        return any(self.own.values())


def group_of(kind: str) -> str:
    found = (name for name, (_, starts) in GROUPS.items() if starts and kind.startswith(starts))
    return next(found, "requests")


def list_of(session: Session, estate: Estate, group: str = "", words: str = "") -> list[TextView]:
    """Every sentence that may be worded anew; of one group, or holding ``words`` in either language."""
    own = {one.msgid: one for one in queries.list_texts(session, estate.id)}
    found = [_view(kind, own.get(SENTENCES[kind])) for kind in kinds()]
    wanted = words.casefold()
    return [
        one for one in found
        if (not group or one.group == group)
        and (not wanted or wanted in " ".join((*one.standard.values(), *one.own.values())).casefold())
    ]  # fmt: skip


def kinds() -> list[str]:
    """The kinds that may be worded anew, each sentence once."""
    first = {
        text: kind for kind, text in reversed(list(SENTENCES.items())) if not kind.startswith("emergency")
    }
    return [kind for kind, text in SENTENCES.items() if first.get(text) == kind]


def get(session: Session, estate: Estate, kind: str) -> TextView:
    """Return one sentence. Raises NotFound."""
    if kind not in kinds():
        raise NotFound
    return _view(kind, queries.find_text(session, estate.id, SENTENCES[kind]))


def _view(kind: str, row: EstateText | None) -> TextView:
    standard = {language: t(language, SENTENCES[kind]) for language in LANGUAGES}
    own = {"zh": row.text_zh if row else "", "en": row.text_en if row else ""}
    return TextView(kind, group_of(kind), standard, own, row.version if row else 0)


def fault_of(view: TextView, language: str, text: str, reader: str) -> str:
    """Say what is wrong with a wording in ``language``, in the reader's language; "" when it can be used."""
    wanted, found = holes_of(view.standard[language]) or frozenset(), holes_of(text)
    comma = "、" if reader == "zh" else ", "
    if len(text) > MOST:
        return t(reader, N_("Please keep this under {limit} characters."), limit=MOST)
    if found is None:
        return t(reader, N_("A brace is left over: placeholders are written like {example}."),
                 example="{number}")  # fmt: skip
    told = (
        (N_("This placeholder is missing: {names}."), sorted(wanted - found - OPTIONAL)),
        (N_("This placeholder does not belong here: {names}."), sorted(found - wanted)),
    )
    return ("" if reader == "zh" else " ").join(
        t(reader, said, names=comma.join(f"{{{name}}}" for name in names)) for said, names in told if names
    )


def preview(estate: Estate, language: str, text: str) -> str:
    """The wording with example values in its holes; "" where a brace is left over."""
    if (holes := holes_of(text)) is None:
        return ""
    side = 0 if language == "zh" else 1
    values = {name: pair[side] for name, pair in _EXAMPLES.items()}
    values |= {"estate": estate.name(language), "hotline": estate.hotline or "–"}
    worded = text.format_map({name: values.get(name, name) for name in holes})
    return worded[:1].upper() + worded[1:]


def save(session: Session, hand: Hand, estate: Estate, kind: str, own: Mapping[str, str]) -> None:
    """Word a sentence in the estate's own way; an empty text is the standard's. The estate must be held.

    Raises NotFound, BadInput for a text whose holes do not fit.
    """
    view = get(session, estate, kind)
    if any(text and fault_of(view, language, text, "en") for language, text in own.items()):
        raise BadInput
    row = queries.find_text(session, estate.id, SENTENCES[kind])
    if row is None:
        row = EstateText(estate_id=estate.id, msgid=SENTENCES[kind], version=0, changed_at=hand.real_now)
        session.add(row)
    row.text_zh, row.text_en = own["zh"], own["en"]
    row.version += 1
    row.changed_at, row.changed_by_id = hand.real_now, hand.actor.user_id
    session.flush()
    texts.changed(estate)
    action = "text.change" if any(own.values()) else "text.reset"
    before = {f"text_{name}": text for name, text in view.own.items()}
    after = {f"text_{name}": text for name, text in own.items()}
    if action == "text.reset":
        audit.record(session, hand.actor, hand.real_now, "text.reset", estate_id=estate.id, subject="text",
                     subject_id=kind, before=before, after=after)  # fmt: skip
        return
    audit.record(session, hand.actor, hand.real_now, "text.change", estate_id=estate.id, subject="text",
                 subject_id=kind, before=before, after=after)  # fmt: skip
