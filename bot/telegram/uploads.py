"""Files and photos to Telegram and back."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace

from telegram import InlineKeyboardMarkup, InputFile, Message, ReplyParameters
from telegram.error import BadRequest

from bot.telegram.attempts import Attempts
from bot.telegram.records import Address
from bot.telegram.requests import RefusedError, says

REPLY_PATIENCE = 60.0
"""Seconds for which what only matters while the person looks on keeps trying to get through."""

_UPLOAD_SECONDS = 120.0

_LOG = logging.getLogger(__name__)


class Uploads(Attempts):
    """Sends and fetches files for one bot."""

    async def document(
        self,
        address: Address,
        data: bytes,
        filename: str,
        *,
        caption: str = "",
        keyboard: InlineKeyboardMarkup | None = None,
        reply_to: int | None = None,
    ) -> int:
        """Send a file; the id of its message.

        Raises:
            UndeliveredError: it did not get through, or nobody can tell.
        """
        file = InputFile(data, filename)
        return await self._upload(
            self._bot.send_document, address, file, caption=caption, keyboard=keyboard, reply_to=reply_to
        )

    async def picture(
        self, address: Address, data: bytes, filename: str, *, caption: str = "", reply_to: int | None = None
    ) -> int:
        """Send a picture as a photo, or as a file where Telegram does not take it so; the id of its message.

        Raises:
            UndeliveredError: it did not get through, or nobody can tell.
        """
        file = InputFile(data, filename)
        try:
            return await self._upload(
                self._bot.send_photo, address, file, caption=caption, keyboard=None, reply_to=reply_to
            )
        except RefusedError as error:
            _LOG.info("sent as a file, for it is refused as a photo: %s", error)
        return await self.document(address, data, filename, caption=caption, reply_to=reply_to)

    async def download(self, file_id: str) -> bytes:
        """Fetch a file that a person sent (up to 20 MB).

        Raises:
            UndeliveredError: it can't be had.
        """

        async def request(_chat: int) -> bytes:
            file = await self._bot.get_file(file_id)
            return bytes(await file.download_as_bytearray(read_timeout=_UPLOAD_SECONDS))

        try:
            return await self._requests.insist(0, request, may_repeat=True, patience=REPLY_PATIENCE)
        except BadRequest as error:
            raise RefusedError(str(error)) from error

    async def _upload(
        self,
        send: Callable[..., Awaitable[Message]],
        address: Address,
        file: InputFile,
        *,
        caption: str,
        keyboard: InlineKeyboardMarkup | None,
        reply_to: int | None,
    ) -> int:
        async def request(chat: int, place: Address) -> int:
            sent = await send(
                chat,
                file,
                caption=caption or None,
                reply_markup=keyboard,
                reply_parameters=reply_to_message(reply_to),
                message_thread_id=place.topic_id,
                write_timeout=_UPLOAD_SECONDS,
                read_timeout=_UPLOAD_SECONDS,
            )
            return sent.message_id

        return await self._send_where_possible(address, request, REPLY_PATIENCE)

    async def _send_where_possible(
        self, address: Address, request: Callable[[int, Address], Awaitable[int]], patience: float
    ) -> int:
        """Send into the topic; where that is gone, into the group."""
        place = address
        while True:
            here = place

            async def send(chat: int, place: Address = here) -> int:
                return await request(chat, place)

            try:
                return await self._requests.insist(address.chat_id, send, may_repeat=False, patience=patience)
            except BadRequest as error:
                if place.topic_id is None or not says(error, "thread not found", "topic"):
                    raise self._requests.refusal(address.chat_id, error) from error
                place = replace(place, topic_id=None)


def reply_to_message(message_id: int | None) -> ReplyParameters | None:
    """The message that one refers to, as Telegram takes it; also when it was deleted."""
    return None if message_id is None else ReplyParameters(message_id, allow_sending_without_reply=True)
