"""Questions: taken in, written down, answered in their turn."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from telegram import Message, Update
from telegram.ext import CallbackContext

from bot.answer import Answer, answer
from bot.telegram.delivery import RefusedError, UndeliveredError
from bot.telegram.formatted import Part
from bot.telegram.handlers.addressed import command_of, is_addressed, is_for_another_bot, spoken_text
from bot.telegram.handlers.links import linker
from bot.telegram.handlers.other import Other
from bot.telegram.handlers.talk import Talk, talk_of
from bot.telegram.keyboards import Rows, answer_buttons, keyboard
from bot.telegram.lanes import DeadlineError
from bot.telegram.memory import past_turns, stored_turn
from bot.telegram.places import cited_sources, quote_texts
from bot.telegram.records import Acceptance, Asked, Question, Spending, Status, StoredTurn
from bot.telegram.rendering import Linker, render_answer, render_cited
from bot.telegram.services import Services
from bot.telegram.worded import Delivered, Wordable
from config.errors import AnjiangError, UsageError
from config.messages import message as text_of
from retrieval.search.question import clean_question
from retrieval.search.searcher import Searcher

PATIENT_SECONDS = 0.4
"""A search that takes longer is announced; most take a tenth of it."""

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Reply:
    """What is said to a question; an answer when the archive was asked at all."""

    parts: tuple[Part, ...]
    status: Status
    outcome: str
    answer: Answer | None = None
    wordable: Wordable | None = None


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


async def answer_question(services: Services, question_id: int) -> None:
    """Answer an open question; the job of a lane. May be repeated at any point without a second answer."""
    question = services.state.question(question_id)
    if question is None or question.status is not Status.OPEN:
        return
    await services.wordings.ended(question_id)
    try:
        reply = await _find_reply(services, question)
        await _deliver(services, question, reply)
    except RefusedError as error:
        _LOG.warning("Telegram refused an answer: %s", error)
        _finish(services, question, Status.FAILED, "refused")
    except UndeliveredError as error:
        # Closed with its chat, or open until Telegram can be reached again.
        _LOG.info("an answer was not delivered: %s", error)
    except Exception:
        # A mistake in the program must not leave the question open for ever.
        _finish(services, question, Status.FAILED, "failed")
        await _deliver(services, question, _line(question, "failed"))
        raise


async def _find_reply(services: Services, question: Question) -> _Reply:
    """Ask the archive; a search that takes its time is announced meanwhile."""
    turns = services.state.turns(question.lane, before=question.id)
    link = linker(services)
    search = asyncio.ensure_future(
        services.search(lambda searcher: _prepare(searcher, question, turns, link))
    )
    try:
        done, _ = await asyncio.wait({search}, timeout=PATIENT_SECONDS)
        if not done:
            await _announce(services, question)
        return await search
    except DeadlineError:
        services.metrics.errors.labels("deadline").inc()
        return _line(question, "deadline")
    except AnjiangError:
        services.metrics.errors.labels("index").inc()
        return _line(question, "no_index")
    finally:
        search.cancel()


def _prepare(searcher: Searcher, question: Question, turns: Sequence[StoredTurn], link: Linker) -> _Reply:
    """Everything that needs the index; in a thread."""
    store = searcher.generation.store
    found = answer(searcher, question.text, past_turns(store, turns), language=question.language)
    texts = quote_texts(store, found.quotes or found.evidence.near)
    parts = render_answer(found, texts, cited_sources(store, found.quotes), question.language, link)
    if not found.quotes:
        return _Reply(parts, Status.ANSWERED, "unanswerable", found)
    links = tuple(link(quote.passage_id) for quote in found.quotes)
    past = tuple(turn.question for turn in turns)
    wordable = Wordable(found.evidence, past, links, render_cited(texts, links))
    return _Reply(parts, Status.ANSWERED, "answered", found, wordable)


async def _announce(services: Services, question: Question) -> None:
    address = question.address
    await services.delivery.typing(address)
    if question.placeholder_id is None:
        placeholder = await services.delivery.placeholder(
            address, text_of("telegram.searching", question.language), reply_to=_reply_to(services, question)
        )
        services.state.record_placeholder(question.id, placeholder)


async def _deliver(services: Services, question: Question, reply: _Reply) -> None:
    """Bring the reply into the chat: the first part where the placeholder is, the others below it."""
    state, address = services.state, question.address
    current = state.question(question.id) or question
    rows = _rows(services, question, reply)
    buttons = keyboard(state, rows, services.clock())
    first = 0
    parts: list[int] = []
    for at, part in enumerate(reply.parts):
        stored = current.placeholder_id if at == 0 else _nth(current.parts, at - 1)

        def record(message_id: int, at: int = at) -> None:
            if at == 0:
                state.record_placeholder(question.id, message_id)
            else:
                state.record_parts(question.id, [*parts, message_id, *current.parts[at:]])

        posted = await services.delivery.post(
            address,
            part.text,
            stored_id=stored,
            record=record,
            entities=part.entities,
            keyboard=buttons if at == len(reply.parts) - 1 else None,
            reply_to=_reply_to(services, question) if at == 0 else None,
            waiting=text_of("telegram.searching", question.language),
        )
        if at == 0:
            first = posted
            services.metrics.first_text.observe(max(0.0, services.clock() - question.created))
        else:
            parts.append(posted)
    for left_over in current.parts[len(parts) :]:
        await services.delivery.delete(address, left_over)
    state.record_parts(question.id, parts)
    if reply.answer is not None:
        state.add_turn(question, stored_turn(reply.answer.evidence))
    if _finish(services, question, reply.status, reply.outcome) and reply.wordable is not None:
        keyboard_there = buttons if len(reply.parts) == 1 else None
        delivered = Delivered(first, reply.parts[0], keyboard_there)
        services.wordings.begin(question, delivered, reply.wordable)


def _finish(services: Services, question: Question, status: Status, outcome: str) -> bool:
    done = services.state.finish_question(question.id, question.revision, status, services.clock())
    if done:
        services.metrics.answers.labels(outcome).inc()
    return done


def _rows(services: Services, question: Question, reply: _Reply) -> Rows:
    if reply.answer is None:
        return ()
    return answer_buttons(
        reply.answer,
        question.id,
        question.language,
        originals=services.settings.telegram.send_originals,
    )


def _line(question: Question, key: str) -> _Reply:
    return _Reply((Part(text_of(f"telegram.{key}", question.language)),), Status.FAILED, key)


def _reply_to(services: Services, question: Question) -> int | None:
    """In groups, and where several questions wait, it must be clear which one is answered."""
    if question.is_private and services.state.count_open(question.chat_id) <= 1:
        return None
    return question.message_id


def _question_in(said: Message, context: CallbackContext) -> str:  # type: ignore[type-arg]
    command = command_of(said, context.bot)
    text = command[1] if command is not None else spoken_text(said, context.bot)
    if not text and said.reply_to_message is not None and command is not None:
        return said.reply_to_message.text or ""
    return text


def _nth(values: Sequence[int], at: int) -> int | None:
    return values[at] if at < len(values) else None


async def _said(talk: Talk, line: str) -> None:
    await talk.say(line)
