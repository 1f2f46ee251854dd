"""Who is given a worded answer when: a language model's sentences over the quotes that prove them.

The answer in quotes was delivered before any of this begins, and the chat goes on meanwhile. Only proved
sentences are ever shown.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field

from bot.llm.chat import ChatError
from bot.llm.client import OpenAIChat
from bot.llm.rewriting import rewrite
from bot.llm.setting import is_set, trouble
from bot.llm.wording import Counts, Worded, word
from bot.telegram.delivery import Delivery, GoneError, UndeliveredError
from bot.telegram.metrics import Metrics
from bot.telegram.preview import Preview
from bot.telegram.records import LaneKey, Question
from bot.telegram.state import State
from bot.telegram.worded import Delivered, Wordable, WordedAnswer
from config.messages import message
from config.settings import LlmSettings
from retrieval.search.rewriting import Rewriting

AT_ONCE = 4
"""Requests to the model at a time. A flood of questions must not become one of requests."""

QUEUE_SECONDS = 60.0
"""How long an answer may wait for its turn with the model; nobody looks for it later."""

PRIVATE_APART, GROUP_APART = 1.0, 3.5
"""Least seconds between two previews of one answer: Telegram slows down who edits more often."""

_CLOSE_SECONDS = 2.0

_LOG = logging.getLogger(__name__)


Put = Callable[[], Awaitable[tuple[Delivered, Wordable]]]
"""Puts more quotes into an answer, and says how it stands in the chat then."""

Find = Callable[[Rewriting], Awaitable[Put | None]]
"""Looks for a question in other words, too; None where they find nothing more."""


@dataclass(slots=True)
class _Job:
    """One answer that is being worded."""

    question: Question
    wordable: Wordable
    shown: WordedAnswer
    find: Find | None
    is_sending: bool = False
    is_given_up: bool = False
    troubles: list[ChatError] = field(default_factory=list)
    task: asyncio.Task[None] = field(init=False)


class Wordings:
    """Words the answers of one bot, beside its lanes. Only for one event loop."""

    def __init__(
        self,
        settings: LlmSettings,
        state: State,
        delivery: Delivery,
        metrics: Metrics,
        clock: Callable[[], float],
    ) -> None:
        """Ask nothing yet. Without a model, or with half of one, nothing is ever asked."""
        self._settings = settings
        self._state = state
        self._delivery = delivery
        self._metrics = metrics
        self._clock = clock
        self._is_on = is_set(settings) and trouble(settings) is None
        self._free = asyncio.Semaphore(AT_ONCE)
        self._opening = asyncio.Lock()
        self._model: OpenAIChat | None = None
        self._jobs: dict[int, _Job] = {}
        self._no_drafts: set[int] = set()

    @property
    def is_on(self) -> bool:
        """Whether answers are worded."""
        return self._is_on

    def begin(
        self, question: Question, delivered: Delivered, wordable: Wordable, find: Find | None = None
    ) -> None:
        """Word an answer that was delivered just now.

        Args:
            question: as it was answered.
            delivered: its answer.
            wordable: the same for the model; perhaps without quotes, where ``find`` is given.
            find: looks for the question in the model's other words first.
        """
        if not self._is_on or not (wordable.evidence.answerable or find):
            return
        shown = self._shown(question, delivered, wordable)
        job = self._jobs[question.id] = _Job(question, wordable, shown, find)
        job.task = asyncio.create_task(self._run(job), name=f"wording {question.id}")

    def cancel(self, question_id: int) -> bool:
        """Give an answer up, once what is on its way has arrived; whether nothing was."""
        job = self._jobs.get(question_id)
        if job is None:
            return False
        job.is_given_up = True
        return not job.is_sending and job.task.cancel()

    def stop(self, lane: LaneKey, user_id: int) -> int:
        """Give up the answers to a person in a chat and topic; how many."""
        wanted = [
            number
            for number, job in self._jobs.items()
            if job.question.lane == lane and job.question.user_id == user_id
        ]
        return sum(map(self.cancel, wanted))

    async def ended(self, question_id: int) -> None:
        """Wait until nothing of a question's worded answer is under way any more."""
        if job := self._jobs.get(question_id):
            await asyncio.wait({job.task})

    async def close(self) -> None:
        """Give everything up, within three seconds. What can't be taken back then is at the next start."""
        self._is_on = False
        tasks = {job.task for job in self._jobs.values()}
        for number in list(self._jobs):
            self.cancel(number)
        if tasks:
            await asyncio.wait(tasks, timeout=_CLOSE_SECONDS)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._model is not None:
            with suppress(TimeoutError):
                async with asyncio.timeout(1.0):
                    await self._model.close()

    async def _run(self, job: _Job) -> None:
        outcome = "error"
        try:
            outcome = await self._word(job)
        except asyncio.CancelledError:
            outcome = "cancelled"
        except UndeliveredError as error:
            outcome = "undelivered"
            _LOG.info("a worded answer was not delivered: %s", error)
        except Exception:  # noqa: BLE001 - one answer's failure must not be the bot's
            self._metrics.errors.labels("wording").inc()
            _LOG.exception("wording an answer failed")
        finally:
            self._jobs.pop(job.question.id, None)
            self._metrics.worded.labels(outcome).inc()
            if job.question.is_private and not job.shown.drafts:
                self._no_drafts.add(job.question.chat_id)

    async def _word(self, job: _Job) -> str:
        """Everything from the budget to the last message; the outcome."""
        try:
            async with asyncio.timeout(QUEUE_SECONDS):
                await self._free.acquire()
        except TimeoutError:
            return "busy"
        try:
            if not self._may_ask(job.question):
                await self._tell_spent(job.question)
                return "budget"
            worded = await self._ask(job)
        except asyncio.CancelledError:
            await job.shown.take_back()
            raise
        finally:
            self._free.release()
        if worded is None:
            await job.shown.take_back()
            outcome = "unproved" if job.wordable.evidence.answerable else "not_found"
            return job.troubles[-1].trouble.value if job.troubles else outcome
        job.is_sending = True
        if not self._state.is_answered(job.question.id, job.question.revision):
            return "cancelled"
        return "shown" if await job.shown.deliver(worded.text) else "does_not_fit"

    def _may_ask(self, question: Question) -> bool:
        return self._state.spend_on_model(question.user_id, self._clock(), self._settings.daily_budget)

    async def _tell_spent(self, question: Question) -> None:
        if self._state.may_tell_model_spent(question.user_id, self._clock()):
            line = message("telegram.model_spent", question.language, most=self._settings.daily_budget)
            reply_to = None if question.is_private else question.message_id
            await self._delivery.send(question.address, line, reply_to=reply_to)

    async def _ask(self, job: _Job) -> Worded | None:
        model = await self._opened()
        if job.find is not None and self._settings.rewrite_seconds:
            await self._widen(model, job, job.find)

        async def put(proved: str) -> None:
            try:
                await job.shown.preview(proved)
            except GoneError:
                job.task.cancel()

        apart = PRIVATE_APART if job.question.is_private else GROUP_APART
        async with Preview(put, apart) as preview:
            return await word(
                model,
                job.wordable.evidence,
                job.wordable.past,
                job.troubles.append,
                show=preview.show,
                count=self._count,
            )

    async def _widen(self, model: OpenAIChat, job: _Job, find: Find) -> None:
        """Put quotes into the answer that the model's other words for its question find besides."""
        question, wordable = job.question, job.wordable
        seconds = self._settings.rewrite_seconds
        rewriting = await rewrite(model, wordable.evidence.question, wordable.past, seconds=seconds)
        put = None if rewriting is None else await find(rewriting)
        if put is None or not self._state.is_answered(question.id, question.revision):
            return
        job.is_sending = True
        # An answer of several messages may be left half changed.
        self._state.record_preview(question.id, is_shown=True)
        delivered, job.wordable = await put()
        self._state.record_preview(question.id, is_shown=False)
        job.shown = self._shown(question, delivered, job.wordable)
        job.is_sending = False
        if job.is_given_up:
            raise asyncio.CancelledError

    def _shown(self, question: Question, delivered: Delivered, wordable: Wordable) -> WordedAnswer:
        drafts = question.is_private and question.chat_id not in self._no_drafts
        return WordedAnswer(self._state, self._delivery, question, delivered, wordable, drafts=drafts)

    async def _opened(self) -> OpenAIChat:
        async with self._opening:
            if self._model is None:
                # A second of imports, which would hold up everybody.
                self._model = await asyncio.to_thread(OpenAIChat, self._settings)
            return self._model

    def _count(self, counts: Counts) -> None:
        for fate in ("proved", "repaired", "dropped"):
            self._metrics.sentences.labels(fate).inc(getattr(counts, fate))
