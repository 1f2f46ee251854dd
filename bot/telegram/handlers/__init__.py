"""What the bot does with an update. Entries: :func:`register`, :func:`publish`, and ``questions``."""

from __future__ import annotations

from typing import Any

from telegram import Bot, Update
from telegram.ext import (
    Application,
    BaseHandler,
    CallbackQueryHandler,
    MessageHandler,
    MessageReactionHandler,
    TypeHandler,
    filters,
)

from bot.telegram.handlers import browse, commands, look, questions, tracing
from bot.telegram.handlers.access import Role
from bot.telegram.handlers.admin import Admin
from bot.telegram.handlers.commands import Command, Commands
from bot.telegram.handlers.files import Files
from bot.telegram.handlers.gate import Gate
from bot.telegram.handlers.menus import publish_menus
from bot.telegram.handlers.other import Other
from bot.telegram.handlers.questions import Questions
from bot.telegram.keyboards import Action
from bot.telegram.services import Services

__all__ = ["publish", "questions", "register"]

_GATE = -1


def register(application: Application[Any, Any, Any, Any, Any, Any], services: Services) -> None:
    """Put all handlers in place; the gate before all of them."""
    admin, other = Admin(services), Other(services)
    files = Files(services, other)
    asked = Questions(services, other)
    listed = Commands(services, _commands(services, admin, files), other)
    application.add_handler(TypeHandler(Update, Gate(services)), _GATE)
    new, edited = filters.UpdateType.MESSAGE, filters.UpdateType.EDITED_MESSAGE
    command = filters.COMMAND & filters.TEXT
    asks = filters.Regex(r"^/[aA][sS][kK](?:@\w+)?(?:\s|$)")
    handlers: tuple[BaseHandler[Any, Any, Any], ...] = (
        MessageHandler((new | edited) & filters.TEXT & (asks | ~command), asked),
        MessageHandler(new & command, listed),
        MessageHandler(new & filters.Document.ALL, files),
        MessageHandler(new & ~filters.StatusUpdate.ALL, other),
        CallbackQueryHandler(look.Presses(services, _presses(admin, files))),
        MessageReactionHandler(look.Reactions(services)),
    )
    application.add_handlers(handlers)


async def publish(services: Services, bot: Bot) -> None:
    """Tell Telegram the menus of commands.

    Raises:
        TelegramError: Telegram can't be reached.
    """
    listed = _commands(services, Admin(services), Files(services, Other(services)))
    await publish_menus(services, bot, listed)


def _commands(services: Services, admin: Admin, files: Files) -> tuple[Command, ...]:
    """All commands in the order of the menu. ``/ask`` is a question and has a handler of its own."""
    worded = (Command("stop", commands.stop, at_once=True),) if services.wordings.is_on else ()
    return (
        Command("ask", commands.help_text),
        Command("search", commands.search),
        Command("trace", tracing.trace),
        Command("sources", browse.sources),
        Command("doc", browse.document),
        Command("stats", browse.figures),
        Command("new", commands.new),
        *worded,
        Command("lang", commands.language),
        Command("help", commands.help_text),
        Command("start", commands.start),
        Command("index", admin.index, Role.ADMIN),
        Command("reload", admin.reload, Role.ADMIN),
        Command("remove", files.remove, Role.ADMIN, in_groups=False),
        Command("feedback", admin.feedback, Role.ADMIN, in_groups=False),
        Command("health", admin.health, Role.ADMIN),
    )


def _presses(admin: Admin, files: Files) -> dict[Action, look.Press]:
    return {
        Action.PAGE: look.show_page,
        Action.HITS: look.show_hits,
        Action.ORIGINALS: look.send_originals,
        Action.UP: look.praise,
        Action.DOWN: look.blame,
        Action.REASON: look.give_reason,
        Action.BROWSE: browse.browse,
        Action.CARD: browse.card,
        Action.LANGUAGE: commands.press_language,
        Action.REBUILD: admin.press_index,
        Action.REMOVE: files.press_remove,
        Action.CANCEL: files.press_cancel,
    }
