"""Clients of python-telegram-bot that talk to a fake."""

from __future__ import annotations

from telegram import Bot
from telegram.request import HTTPXRequest

from tests.bot.telegram.fake import TOKEN, FakeTelegram


def client(fake: FakeTelegram, token: str = TOKEN) -> Bot:
    """The library's own client of the bot with a token."""

    def request() -> HTTPXRequest:
        return HTTPXRequest(httpx_kwargs={"transport": fake.transport()})

    return Bot(token, request=request(), get_updates_request=request())
