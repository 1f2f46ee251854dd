"""Whether a message is meant for the bot, and what of it is the question."""

from __future__ import annotations

from telegram import Bot, Message, MessageEntity
from telegram.constants import MessageEntityType

_MENTIONS: list[str | None] = [MessageEntityType.MENTION, MessageEntityType.TEXT_MENTION]


def is_addressed(message: Message, bot: Bot) -> bool:
    """Whether a group's message is a command for the bot, mentions it, or replies to it."""
    return (
        command_of(message, bot) is not None or bool(_mentions_of(message, bot)) or _is_reply_to(message, bot)
    )


def command_of(message: Message, bot: Bot) -> tuple[str, str] | None:
    """The command that a message begins with, in lower case, and what follows it.

    None when there is none, or it names another bot.
    """
    text, entities = message.text or "", message.entities
    if not entities or entities[0].type != MessageEntityType.BOT_COMMAND or entities[0].offset != 0:
        return None
    command = message.parse_entity(entities[0])
    name, _, target = command[1:].partition("@")
    if target and target.lower() != bot.username.lower():
        return None
    return name.lower(), text[len(command) :].strip()


def is_for_another_bot(message: Message, bot: Bot) -> bool:
    """Whether it begins with a command that names another bot."""
    entities = message.entities
    starts = entities and entities[0].type == MessageEntityType.BOT_COMMAND and entities[0].offset == 0
    return bool(starts) and command_of(message, bot) is None


def spoken_text(message: Message, bot: Bot) -> str:
    """The text without mentions of the bot."""
    text = message.text or ""
    for entity in sorted(_mentions_of(message, bot), key=lambda one: one.offset, reverse=True):
        units = text.encode("utf-16-le", "surrogatepass")
        kept = units[: 2 * entity.offset] + units[2 * (entity.offset + entity.length) :]
        text = kept.decode("utf-16-le", "surrogatepass")
    return text.strip()


def _mentions_of(message: Message, bot: Bot) -> list[MessageEntity]:
    """By entity, not by looking for the name: "@bot" may stand inside an address."""
    found = message.parse_entities(_MENTIONS) if message.text else message.parse_caption_entities(_MENTIONS)
    return [
        entity
        for entity, text in found.items()
        if (entity.user is not None and entity.user.id == bot.id)
        or text.lower() == f"@{bot.username}".lower()
    ]


def _is_reply_to(message: Message, bot: Bot) -> bool:
    replied = message.reply_to_message
    # In a topic every message "replies" to the one that opened it.
    if replied is None or replied.forum_topic_created is not None:
        return False
    return replied.from_user is not None and replied.from_user.id == bot.id
