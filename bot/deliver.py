"""One parcel becomes Bot API calls, and their answers become its outcome.

Telegram knows no idempotency key, so what was sent is remembered here until the parcel is settled: a retry
goes on after the last part that went out. Only a killed process, or a lost answer, can repeat a part.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaDocument,
    InputMediaPhoto,
    KeyboardButton,
    LinkPreviewOptions,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
    ReplyParameters,
)
from telegram.error import BadRequest, Forbidden, RetryAfter, TelegramError

from bot.abreast import Abreast
from bot.errors import BackendDown, BackendRefused
from bot.faults import SENT, Outcome, outcome_of, refusal, says, seconds_of
from bot.ports import Backend, File, Parcel
from bot.render import Call, as_edit, render

SEND_SECONDS: Final = 30.0
REMEMBER_SECONDS: Final = 600.0
UPLOAD_BYTES: Final = 50 * 1024 * 1024
#: parcels with files at once: each holds its files in memory
WITH_FILES: Final = 3
FILE_ATTEMPTS: Final = 5
_DELETE_AT_ONCE: Final = 100

_NO_PREVIEW: Final = LinkPreviewOptions(is_disabled=True)
_UNMODIFIED: Final = "message is not modified"
_CANNOT_EDIT: Final = (
    "message to edit not found",
    "can't be edited",
    "no text in the message",
    "message_id_inv",
)
_BAD_MARKUP: Final = ("can't parse entities", "unsupported start tag")
_NO_QUOTE: Final = (
    "message to be replied not found",
    "message to reply not found",
    "replied message not found",
)
_BAD_PICTURE: Final = (
    "photo_invalid",
    "image_process_failed",
    "photo_ext_invalid",
    "photo_save_file_invalid",
)
_NO_VOICE: Final = "voice_messages_forbidden"

#: waits until a chat may get ``cost`` more messages (chat, urgent, cost); raises TooSoon
Gate = Callable[[int, bool, int], Awaitable[None]]


class TooSoon(Exception):
    """The chat may not be written to for so long that its parcel goes back to the backend."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"{seconds:.1f} s")
        self.seconds = seconds


@dataclass(slots=True)
class Delivery:
    """A parcel on its way.

    ``stage`` is the reason to give when it is cut short now: "network" before anything was asked of Telegram,
    "flood" while it waits for its turn, "unconfirmed" while a request is out. ``until`` ends its lease.
    """

    parcel: Parcel
    until: float = 0.0
    stage: Literal["network", "flood", "unconfirmed"] = "network"
    remote_ids: tuple[int, ...] = ()

    def cut_short(self, retry_after: float | None = None) -> Outcome:
        """Return the outcome of a delivery that is ended before its end."""
        return Outcome("retry", self.stage, None if self.stage == "unconfirmed" else retry_after)


class Progress:
    """Which calls of unsettled parcels Telegram has carried out: parcel → number of the call → ids."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._parcels: dict[Any, tuple[float, dict[int, tuple[int, ...]]]] = {}

    def of(self, parcel_id: Any) -> dict[int, tuple[int, ...]]:
        """Return what was done, to read and to add to; it is kept for ten minutes after the last look."""
        now = self._now()
        done = self._parcels.get(parcel_id, (now, {}))[1]
        old = [key for key, (at, _) in self._parcels.items() if now - at > REMEMBER_SECONDS]
        for key in old:
            del self._parcels[key]
        self._parcels[parcel_id] = (now, done)
        return done

    def forget(self, parcel_id: Any) -> None:
        self._parcels.pop(parcel_id, None)

    def knows(self, parcel_id: Any) -> bool:
        """True when a part of the parcel is out already."""
        return bool(self._parcels.get(parcel_id, (0.0, {}))[1])


class Deliverer:
    """Delivers parcels through ``bot``; ``gate`` paces every call, ``now`` is a growing count of seconds."""

    def __init__(
        self,
        bot: Bot,
        backend: Backend,
        gate: Gate,
        hold: Callable[[int, float], None],
        now: Callable[[], float],
    ) -> None:
        """``hold`` is told for how many seconds a chat must be left alone."""
        self._bot = bot
        self._backend = backend
        self._gate = gate
        self._hold = hold
        self.progress = Progress(now)
        self._with_files = asyncio.Semaphore(WITH_FILES)
        self._abreast = Abreast()

    def has_begun(self, parcel: Parcel) -> bool:
        """True when a person has a part of the parcel already, which a new process would repeat."""
        return self.progress.knows(parcel.id)

    async def deliver(self, delivery: Delivery, seconds: float = SEND_SECONDS) -> Outcome:
        """Carry the parcel out within ``seconds`` and say what became of it; never raises a refusal."""
        try:
            async with asyncio.timeout(seconds):
                await self._carry_out(delivery)
        except TimeoutError:
            outcome = delivery.cut_short()
        except TooSoon as error:
            outcome = Outcome("retry", "flood", error.seconds)
        except BackendDown as error:
            outcome = _file_failed(delivery.parcel, error)
        except BackendRefused as error:
            outcome = refusal(f"file: {error.detail}")
        except TelegramError as error:
            outcome = self._refused(delivery.parcel.chat, error)
        else:
            outcome = SENT
        if outcome.outcome != "retry" or not self.has_begun(delivery.parcel):
            self.progress.forget(delivery.parcel.id)
        return outcome

    def _refused(self, chat: int, error: TelegramError) -> Outcome:
        if isinstance(error, RetryAfter):
            self._hold(chat, seconds_of(error))
        return outcome_of(error)

    async def _carry_out(self, delivery: Delivery) -> None:
        parcel = delivery.parcel
        match parcel.op:
            case "strip":
                await self._strip(delivery)
            case "delete":
                await self._delete(delivery)
            case "edit" if parcel.targets:
                await self._edit(delivery)
            case _:
                await self._send(delivery, render(parcel.message))

    async def _send(self, delivery: Delivery, calls: Sequence[Call]) -> None:
        done = self.progress.of(delivery.parcel.id)
        for number, call in enumerate(calls):
            if number not in done:
                done[number] = await self._say(delivery, call)
            delivery.remote_ids += done[number]

    async def _edit(self, delivery: Delivery) -> None:
        parcel = delivery.parcel
        calls = render(parcel.message)
        edit = None if self.progress.of(parcel.id) else as_edit(calls, parcel.targets[-1])
        if edit is not None:
            try:
                delivery.remote_ids = await self._say(delivery, edit)
                return
            except BadRequest as error:
                if not says(error, *_CANNOT_EDIT):
                    raise
        if not self.progress.of(parcel.id):  # parts were sent by an earlier attempt: stripped already
            await self._strip(delivery)
        await self._send(delivery, calls)

    async def _strip(self, delivery: Delivery) -> None:
        chat = delivery.parcel.chat
        for target in delivery.parcel.targets:
            await self._pass(delivery)
            await _swallowed(self._bot.edit_message_reply_markup(chat_id=chat, message_id=target))

    async def _delete(self, delivery: Delivery) -> None:
        chat, targets = delivery.parcel.chat, delivery.parcel.targets
        single = list(targets) if len(targets) == 1 else []
        for start in range(0, 0 if single else len(targets), _DELETE_AT_ONCE):
            some = targets[start : start + _DELETE_AT_ONCE]
            await self._pass(delivery)
            if not await _swallowed(self._bot.delete_messages(chat, some)):
                single += some
        for target in single:
            await self._pass(delivery)
            await _swallowed(self._bot.delete_message(chat, target))

    async def _pass(self, delivery: Delivery, cost: int = 1) -> None:
        """Wait for the parcel's turn; from here on Telegram may have carried out what comes next."""
        delivery.stage = "flood"
        await self._gate(delivery.parcel.chat, delivery.parcel.urgent, cost)
        delivery.stage = "unconfirmed"

    async def _say(self, delivery: Delivery, call: Call) -> tuple[int, ...]:
        """Make one call, in another shape where Telegram refuses the first; return the messages' ids."""
        other: Call | None = call
        while other is not None:
            call = other
            try:
                return await self._make(delivery, call)
            except BadRequest as error:
                if call.target is not None and says(error, _UNMODIFIED):
                    return (call.target,)
                other = _other_shape(call, error)
                if other is None:
                    raise
        raise AssertionError("unreachable")

    async def _make(self, delivery: Delivery, call: Call) -> tuple[int, ...]:
        if not call.files:
            await self._pass(delivery)
            delivery.stage = "flood"
            async with self._abreast.one():
                delivery.stage = "unconfirmed"
                return await self._request(delivery.parcel.chat, call, ())
        delivery.stage = "network"
        if any(file.size > UPLOAD_BYTES for file in call.files):
            raise BadRequest("file is too big to send")
        async with self._with_files:
            contents = [await self._backend.file(file.id) for file in call.files]
            await self._pass(delivery, call.cost)
            return await self._request(delivery.parcel.chat, call, contents)

    async def _request(self, chat: int, call: Call, contents: Sequence[bytes]) -> tuple[int, ...]:
        text = call.text if call.markup is None else call.markup
        mode = None if call.markup is None else "HTML"
        if call.method == "editMessageText":
            await self._bot.edit_message_text(
                text, chat, call.target, parse_mode=mode, reply_markup=_inline(call),
                link_preview_options=_NO_PREVIEW,
            )  # fmt: skip
            return () if call.target is None else (call.target,)
        common: dict[str, Any] = {"reply_parameters": _quote(call)}
        if call.method == "sendMediaGroup":
            media = [_media(*pair) for pair in zip(call.files, contents, strict=True)]
            album = await self._bot.send_media_group(chat, media, caption=text or None, **common)
            return tuple(message.message_id for message in album)
        common |= {"parse_mode": mode, "reply_markup": _keyboard(call)}
        if call.method == "sendMessage":
            sent = await self._bot.send_message(chat, text, link_preview_options=_NO_PREVIEW, **common)
            return (sent.message_id,)
        common |= {"caption": text or None, "filename": call.files[0].name}
        return (await self._send_file(chat, call.method, contents[0], common),)

    async def _send_file(self, chat: int, method: str, content: bytes, common: dict[str, Any]) -> int:
        match method:
            case "sendPhoto":
                sent = await self._bot.send_photo(chat, content, **common)
            case "sendVoice":
                sent = await self._bot.send_voice(chat, content, **common)
            case "sendVideo":
                sent = await self._bot.send_video(chat, content, **common)
            case _:
                sent = await self._bot.send_document(chat, content, **common)
        return int(sent.message_id)


def _other_shape(call: Call, error: BadRequest) -> Call | None:
    """Return the plainer call that shows the same, None when there is none. Each shape is tried once."""
    if call.markup is not None and says(error, *_BAD_MARKUP):
        return replace(call, markup=None)
    if call.reply_to is not None and says(error, *_NO_QUOTE):
        return replace(call, reply_to=None)
    is_picture = call.method in ("sendPhoto", "sendMediaGroup") and call.files[0].kind == "photo"
    if (is_picture and says(error, *_BAD_PICTURE)) or (call.method == "sendVoice" and says(error, _NO_VOICE)):
        files = tuple(replace(file, kind="document") for file in call.files)
        is_album = call.method == "sendMediaGroup"
        return replace(call, method="sendMediaGroup" if is_album else "sendDocument", files=files)
    return None


async def _swallowed(request: Awaitable[Any]) -> bool:
    """False when Telegram refused: what is to vanish is gone already, or too old to be touched."""
    try:
        await request
    except (BadRequest, Forbidden):
        return False
    return True


def _file_failed(parcel: Parcel, error: BackendDown) -> Outcome:
    """A file the backend still does not know after some attempts will not come any more."""
    if error.status == 404 and parcel.attempt >= FILE_ATTEMPTS:
        return refusal("the file is no longer there")
    return Outcome("retry", "network")


def _quote(call: Call) -> ReplyParameters | None:
    if call.reply_to is None:
        return None
    return ReplyParameters(call.reply_to, allow_sending_without_reply=True)


def _inline(call: Call) -> InlineKeyboardMarkup | None:
    if not call.rows:
        return None
    return InlineKeyboardMarkup(
        [
            [InlineKeyboardButton(button.label, callback_data=button.value) for button in row]
            for row in call.rows
        ]
    )


def _keyboard(call: Call) -> InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove | None:
    if call.rows or call.keyboard is None:
        return _inline(call)
    if call.keyboard == "remove":
        return ReplyKeyboardRemove()
    button = KeyboardButton(call.keyboard[1], request_contact=True)
    return ReplyKeyboardMarkup([[button]], resize_keyboard=True, one_time_keyboard=True)


def _media(file: File, content: bytes) -> InputMediaPhoto | InputMediaDocument:
    kind = InputMediaPhoto if file.kind == "photo" else InputMediaDocument
    return kind(content, filename=file.name)
