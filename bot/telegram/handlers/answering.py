"""Answering a question: searched, brought into the chat, and handed on to be worded."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from bot.answer import Answer, answer, answer_again
from bot.telegram.delivery import RefusedError, UndeliveredError
from bot.telegram.formatted import Part
from bot.telegram.handlers.links import linker
from bot.telegram.keyboards import Rows, answer_buttons, keyboard
from bot.telegram.lanes import DeadlineError
from bot.telegram.memory import past_turns, stored_turn
from bot.telegram.places import cited_sources, quote_texts
from bot.telegram.records import Question, Status, StoredTurn
from bot.telegram.rendering import Linker, render_answer, render_cited
from bot.telegram.services import Services
from bot.telegram.worded import Delivered, Wordable
from bot.telegram.wordings import Find, Put
from config.errors import AnjiangError
from config.messages import message as text_of
from retrieval.index.store import Store
from retrieval.search.rewriting import Rewriting, is_rewritable
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
    is_rewritable: bool = False


@dataclass(frozen=True, slots=True)
class _Setting:
    """What a question is answered in."""

    question: Question
    turns: tuple[StoredTurn, ...]
    link: Linker
    is_worded: bool


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
    setting = _setting(services, question)
    search = asyncio.ensure_future(services.search(lambda searcher: _prepare(searcher, setting)))
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


def _setting(services: Services, question: Question) -> _Setting:
    turns = services.state.turns(question.lane, before=question.id)
    return _Setting(question, turns, linker(services), services.wordings.is_on)


def _prepare(searcher: Searcher, setting: _Setting) -> _Reply:
    """Everything that needs the index; in a thread."""
    store, question = searcher.generation.store, setting.question
    past = past_turns(store, setting.turns)
    found = answer(searcher, question.text, past, language=question.language)
    may_rewrite = setting.is_worded and is_rewritable(question.text, past)
    return _reply(store, setting, found, is_rewritable=may_rewrite)


def _prepare_again(
    searcher: Searcher, setting: _Setting, first: Answer, rewriting: Rewriting
) -> _Reply | None:
    """The same with what other words for the question find besides; None where that is nothing."""
    store, question = searcher.generation.store, setting.question
    past = past_turns(store, setting.turns)
    found = answer_again(searcher, first, rewriting, past, language=question.language)
    return None if found is None else _reply(store, setting, found)


def _reply(store: Store, setting: _Setting, found: Answer, *, is_rewritable: bool = False) -> _Reply:
    texts = quote_texts(store, found.quotes or found.evidence.near)
    sources = cited_sources(store, found.quotes)
    parts = render_answer(found, texts, sources, setting.question.language, setting.link)
    links = tuple(setting.link(quote.passage_id) for quote in found.quotes)
    cited = render_cited(texts[: len(links)] if links else (), links)
    past = tuple(turn.question for turn in setting.turns)
    outcome = "answered" if found.quotes else "unanswerable"
    wordable = Wordable(found.evidence, past, links, cited)
    return _Reply(parts, Status.ANSWERED, outcome, found, wordable, is_rewritable)


async def _announce(services: Services, question: Question) -> None:
    address = question.address
    await services.delivery.typing(address)
    if question.placeholder_id is None:
        placeholder = await services.delivery.placeholder(
            address, text_of("telegram.searching", question.language), reply_to=_reply_to(services, question)
        )
        services.state.record_placeholder(question.id, placeholder)


async def _deliver(services: Services, question: Question, reply: _Reply) -> None:
    """Bring the reply into the chat, close the question, and have the answer worded."""
    delivered = await _put(services, question, reply)
    found, wordable = reply.answer, reply.wordable
    if _finish(services, question, reply.status, reply.outcome) and found and wordable:
        find = _finder(services, question, found) if reply.is_rewritable else None
        services.wordings.begin(question, delivered, wordable, find)


def _finder(services: Services, question: Question, first: Answer) -> Find:
    """Looks for a question in other words, too, and puts what they find into its answer."""
    setting = _setting(services, question)

    async def find(rewriting: Rewriting) -> Put | None:
        try:
            reply = await services.search(
                lambda searcher: _prepare_again(searcher, setting, first, rewriting)
            )
        except (DeadlineError, AnjiangError):
            return None
        current = services.state.question(question.id) or question
        # A further message would stand below what was asked meanwhile.
        if reply is None or reply.wordable is None or len(reply.parts) > 1 + len(current.parts):
            return None
        again, wordable = reply, reply.wordable

        async def put() -> tuple[Delivered, Wordable]:
            return await _put(services, question, again), wordable

        return put

    return find


async def _put(services: Services, question: Question, reply: _Reply) -> Delivered:
    """The messages of a reply: the first part where the placeholder is, the others below it."""
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
            if current.status is Status.OPEN:
                services.metrics.first_text.observe(max(0.0, services.clock() - question.created))
        else:
            parts.append(posted)
    for left_over in current.parts[len(parts) :]:
        await services.delivery.delete(address, left_over)
    state.record_parts(question.id, parts)
    if reply.answer is not None:
        state.add_turn(question, stored_turn(reply.answer.evidence))
    return Delivered(first, reply.parts[0], buttons if len(reply.parts) == 1 else None)


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


def _nth(values: Sequence[int], at: int) -> int | None:
    return values[at] if at < len(values) else None
