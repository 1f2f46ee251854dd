"""The menus of commands that clients show: per scope, and per language."""

from __future__ import annotations

import logging

from telegram import (
    Bot,
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllGroupChats,
    BotCommandScopeChat,
    BotCommandScopeDefault,
)
from telegram.error import BadRequest, Forbidden

from bot.telegram.handlers.access import Role
from bot.telegram.handlers.commands import Command
from bot.telegram.services import Services
from config.messages import Language, message

_LOG = logging.getLogger(__name__)


async def publish_menus(services: Services, bot: Bot, commands: tuple[Command, ...]) -> None:
    """Tell Telegram the commands. The default language's menu also serves clients of other languages.

    Raises:
        TelegramError: Telegram can't be reached.
    """
    reader = [one for one in commands if one.role is Role.READER]
    group = [one for one in reader if one.in_groups]
    for code, language in [("", services.language), *((one.value, one) for one in Language)]:
        await _publish(bot, BotCommandScopeDefault(), reader, language, code)
        await _publish(bot, BotCommandScopeAllGroupChats(), group, language, code)
        for admin in services.settings.telegram.admins:
            chosen = commands if admin > 0 else tuple(one for one in commands if one.in_groups)
            try:
                await _publish(bot, BotCommandScopeChat(admin), chosen, language, code)
            except (BadRequest, Forbidden):
                # They never wrote to the bot so far; the commands work without the menu.
                _LOG.info("no menu for %s yet", admin)


async def _publish(
    bot: Bot,
    scope: BotCommandScope,
    commands: list[Command] | tuple[Command, ...],
    language: Language,
    code: str,
) -> None:
    menu = [BotCommand(one.name, message(f"telegram.menu_{one.name}", language)) for one in commands]
    await bot.set_my_commands(menu, scope=scope, language_code=code or None)
