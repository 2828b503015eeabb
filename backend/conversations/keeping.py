"""What is noted behind the wish in hand is as safe as that one: shown, handed over, never old."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from backend.conversations.state import EndDraft, Form, KeepDraft, Open, Reply, State, Turn, own_words
from backend.conversations.talk import Talk, name_values

#: how long a wish waits for its owner; then a person takes it (`drafts` do it by the clock)
AT_MOST: Final = timedelta(minutes=30)
Wish = dict[str, Any]


def words_of(state: State) -> tuple[str, ...]:
    """The person's own words of what waits and of the choice that was set aside, each once."""
    told = (
        *(str(wish["words"]).strip() for wish in state.waiting),
        str(state.aside.get("words", "")).strip(),
    )
    return tuple(dict.fromkeys(words for words in told if words))


def all_words(first: str, noted: tuple[str, ...]) -> str:
    """What is under way, and line by line what waits; words that stand there already are not said twice."""
    for words in noted:
        first = first if words in first else f"{first}\n{words}".strip()
    return first


def as_written(words: str, said: Sequence[str]) -> str:
    """The lines of these words in the order in which they were written; ``said``: the messages, oldest first.

    A line that stands in none of them stays behind the one before it.
    """
    lines, places = words.split("\n"), list[tuple[int, int]]()
    for line in lines:
        places.append(_place(line.strip(), said) or (places[-1] if places else (-1, 0)))
    order = sorted(range(len(lines)), key=places.__getitem__)
    return "\n".join(lines[n] for n in order)


def _place(line: str, said: Sequence[str]) -> tuple[int, int] | None:
    """Which message a line stands in, and where; one that consists of it comes before one that names it."""
    whole = next((n for n, text in enumerate(said) if line and line == text.strip()), None)
    if whole is not None:
        return whole, 0
    return next(((n, text.index(line)) for n, text in enumerate(said) if line and line in text), None)


def files_of(state: State) -> tuple[str, ...]:
    """The files of the wish in hand and of those that wait."""
    waiting = tuple(file for wish in state.waiting for file in wish.get("file_ids", ()))
    return (*(state.form.file_ids if state.form else state.file_ids), *waiting)


def form_of(wish: Wish) -> Form:
    """A noted wish as the form that it will begin as."""
    words, slots = str(wish["words"]), dict(wish["slots"])
    said = {**wish.get("said", {}), **own_words(slots)}
    files = tuple(wish.get("file_ids", ()))
    return Form(wish["item"], slots, words, bool(words), wish["asked_at"], file_ids=files, said=said)


def forms_of(state: State, item: str) -> tuple[Form, ...]:
    """What was left open and waits behind the wish in hand (``item``): no part of that one."""
    form = state.form
    if form is None or form.item != item or not form.words:
        return ()
    wishes = (wish for wish in state.waiting if wish.get("left") and str(wish["words"]).strip())
    return tuple(form_of(wish) for wish in wishes if str(wish["words"]) not in form.words)


def kept(before: State, turn: Turn) -> Turn:
    """The draft of a turn tells of what waits too; with nothing in hand, it is a draft of what waits."""
    state, noted = turn.state, words_of(turn.state)
    orders = tuple(replace(o, noted=noted) if isinstance(o, KeepDraft) else o for o in turn.orders)
    turn, is_kept = replace(turn, orders=orders), any(isinstance(o, KeepDraft) for o in orders)
    if state.form is None and not state.waiting:
        return _ended(before, turn)
    is_news = state.waiting != before.waiting or (state.form is None and turn.replies)
    if is_kept or not is_news:
        return turn
    form = state.form or form_of(state.waiting[0])
    return turn.also(KeepDraft(_with_offered(state, form), noted))


def _with_offered(state: State, form: Form) -> Form:
    """Words for which services were just offered are told with what waits behind them."""
    if state.form is not None or not state.offered:
        return form
    return replace(form, words=all_words(state.offered_words, (form.words,)))


def _ended(before: State, turn: Turn) -> Turn:
    """Nothing waits any more that had a draft of its own."""
    if before.form is not None or not before.waiting or any(isinstance(o, EndDraft) for o in turn.orders):
        return turn
    is_handed_over = any(isinstance(o, Open) and o.reason == "handover" for o in turn.orders)
    return turn.also(EndDraft("handed_over" if is_handed_over else "dropped"))


def is_old(talk: Talk) -> bool:
    """Whether what waits has waited too long to be raised with the person, who has long gone on."""
    if not talk.state.waiting:
        return False
    since = talk.state.said_at or str(talk.state.waiting[-1]["asked_at"])
    return talk.now - datetime.fromisoformat(since) >= AT_MOST


def told_to_staff(talk: Talk) -> Turn:
    """What waited too long goes to a person in the words it was wished in; what was only tapped lapses."""
    wishes = [wish for wish in talk.state.waiting if str(wish["words"]).strip()]
    state = talk.remember(waiting=(), aside={})
    if not wishes:
        return Turn(state)
    first = form_of(wishes[0])
    words = all_words(first.words, words_of(talk.state))
    files = tuple(file for wish in wishes for file in wish.get("file_ids", ()))
    order = Open(first.item, first.slots, words, first.asked_at, "handover", files, said=first.said)
    values = {**name_values(talk.item(first.item)), "address": talk.facts.address_as}
    replies = () if talk.facts.is_quiet else (Reply("draft_handed_over", values, order=0),)
    return Turn(state, replies, (order,))
