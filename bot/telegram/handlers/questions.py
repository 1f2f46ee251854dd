"""Questions: taken in, written down, put into their lane."""

from __future__ import annotations

from telegram import Message, Update
from telegram.ext import CallbackContext

from bot.telegram.handlers.addressed import command_of, is_addressed, is_for_another_bot, spoken_text
from bot.telegram.handlers.answering import answer_question
from bot.telegram.handlers.other import Other
from bot.telegram.handlers.talk import Talk, talk_of
from bot.telegram.records import Acceptance, Asked, Question, Spending, Status
from bot.telegram.services import Services
from config.errors import UsageError
from retrieval.search.question import clean_question


class Questions:
    """Takes questions in. Each is in the database before anything else is done about it."""

    def __init__(self, services: Services, other: Other) -> None:
        self._services = services
        self._other = other

    async def __call__(self, update: Update, context: CallbackContext) -> None:  # type: ignore[type-arg]
        """A text in a private chat, or one that is meant for the bot in a group; new or edited."""
        said = update.message or update.edited_message
        talk = talk_of(self._services, update)
        if said is None or talk is None:
            return
        if is_for_another_bot(said, context.bot):
            await self._other(update, context)
            return
        if not talk.is_private and not is_addressed(said, context.bot):
            return
        self._take(talk, said, _question_in(said, context), is_edit=update.edited_message is not None)

    def _take(self, talk: Talk, said: Message, text: str, *, is_edit: bool) -> None:
        """Write a question down and let it be answered in its turn, or say why not."""
        try:
            question = clean_question(text)
        except UsageError as error:
            # An edit that leaves nothing asks nothing.
            if not is_edit:
                line = talk.text("empty") if not text.strip() else error.text(talk.language)
                talk.submit_look(lambda: _said(talk, line))
            return
        accepted = self._accept(talk, said, question, is_edit=is_edit)
        if accepted is not None:
            services, identifier = self._services, accepted.id
            services.wordings.cancel(identifier)  # an edited one's
            services.lanes.submit(accepted.lane, lambda: answer_question(services, identifier))

    def _accept(self, talk: Talk, said: Message, text: str, *, is_edit: bool) -> Question | None:
        services = self._services
        state, limits, now = services.state, services.settings.telegram, services.clock()
        chat_id = talk.address.chat_id
        known = state.question_of(chat_id, said.message_id)
        if known is not None and (not is_edit or known.text == text):
            services.metrics.duplicates.inc()
            return None
        if (known is None or known.status is not Status.OPEN) and (
            state.count_open(chat_id) >= limits.max_open
        ):
            self._refuse(talk, "full")
            return None
        if not may_spend(talk):
            return None
        asked = Asked(
            chat_id,
            said.message_id,
            talk.user_id or chat_id,
            text,
            talk.language,
            now,
            talk.address.topic_id,
            is_private=talk.is_private,
            is_edit=is_edit,
        )
        acceptance, question = state.accept_question(asked, limits.max_open)
        if acceptance in (Acceptance.DUPLICATE, Acceptance.FULL):
            return None
        services.metrics.questions.inc()
        return question

    def _refuse(self, talk: Talk, key: str) -> None:
        self._services.metrics.refusals.labels(key).inc()
        talk.submit_look(lambda: _said(talk, talk.text(key)))


def may_spend(talk: Talk) -> bool:
    """Take a question off the person's budget; says so where there is none left."""
    services = talk.services
    limits = services.settings.telegram
    spent = services.state.spend(
        talk.user_id or talk.address.chat_id,
        services.clock(),
        per_minute=limits.rate_per_minute,
        per_day=limits.daily_budget,
    )
    if spent is Spending.ALLOWED:
        return True
    services.metrics.refusals.labels(spent.value).inc()
    most = limits.rate_per_minute if spent is Spending.TOO_FAST else limits.daily_budget
    talk.submit_look(lambda: _said(talk, talk.text(spent.value, most=most)))
    return False


def _question_in(said: Message, context: CallbackContext) -> str:  # type: ignore[type-arg]
    command = command_of(said, context.bot)
    text = command[1] if command is not None else spoken_text(said, context.bot)
    if not text and said.reply_to_message is not None and command is not None:
        return said.reply_to_message.text or ""
    return text


async def _said(talk: Talk, line: str) -> None:
    await talk.say(line)
