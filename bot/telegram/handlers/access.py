"""Who may do what: numeric ids of the settings, nothing else.

In a private chat the person must be listed; in a group the group must be, because everybody in it reads
what the bot says there.
"""

from __future__ import annotations

import enum

from bot.telegram.services import Services


class Role(enum.IntEnum):
    """What somebody may do; a higher role may do what the lower ones may."""

    NOBODY = 0
    READER = 1
    ADMIN = 2


def role_of(services: Services, user_id: int | None, chat_id: int, *, is_private: bool) -> Role:
    """The role of a person in a chat. A group that became a supergroup is known by its old ids too."""
    telegram = services.settings.telegram
    chats = {chat_id, *services.state.former_chats(chat_id)}
    if is_private:
        chats.add(user_id or chat_id)
    if chats.isdisjoint({*telegram.admins, *telegram.readers}):
        return Role.NOBODY
    if user_id in telegram.admins or not chats.isdisjoint(telegram.admins):
        return Role.ADMIN
    return Role.READER
