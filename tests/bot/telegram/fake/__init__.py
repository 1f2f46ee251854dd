"""A stateful fake of the Bot API (10.0) that refuses what Telegram refuses.

``FakeTelegram().transport()`` goes into ``HTTPXRequest(httpx_kwargs={"transport": ...})`` for both request
objects of an Application; ``served(fake)`` puts the same on a loopback port for a process of its own.
``join``, ``open_group`` and ``migrate`` make people and chats; ``fake.faults`` makes trouble.
"""

from tests.bot.telegram.fake.client import PATIENCE, ChatWindow, Person, Shown, join, migrate, open_group
from tests.bot.telegram.fake.faults import Fault, Way
from tests.bot.telegram.fake.server import Server, served
from tests.bot.telegram.fake.telegram import TOKEN, Call, FakeTelegram
from tests.bot.telegram.fake.world import BOT_ID, BOT_NAME

__all__ = [
    "BOT_ID",
    "BOT_NAME",
    "PATIENCE",
    "TOKEN",
    "Call",
    "ChatWindow",
    "FakeTelegram",
    "Fault",
    "Person",
    "Server",
    "Shown",
    "Way",
    "join",
    "migrate",
    "open_group",
    "served",
]
