"""Questions that were left open: by a bot that was killed, or by Telegram being out of reach."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from functools import partial

from bot.telegram.delivery import UndeliveredError
from bot.telegram.records import Status
from bot.telegram.services import Services
from config.messages import message

Answer = Callable[[Services, int], Awaitable[None]]

_LOG = logging.getLogger(__name__)


def recover(services: Services, answer: Answer, too_old: float) -> int:
    """Put what is open back into its lanes, oldest first; how many questions that were.

    Args:
        services: of the bot.
        answer: answers a question by its number.
        too_old: seconds after which a person no longer waits, and gets an apology.
    """
    now = services.clock()
    left = services.state.open_questions()
    for question in left:
        job = apologise if now - question.created > too_old else answer
        services.lanes.submit(question.lane, partial(job, services, question.id))
    if left:
        _LOG.info("%d questions were left open", len(left))
    return len(left)


async def apologise(services: Services, question_id: int) -> None:
    """Say that a question was not answered in time, where its answer would have been."""
    question = services.state.question(question_id)
    if question is None or question.status is not Status.OPEN:
        return
    try:
        await services.delivery.post(
            question.address,
            message("bot.too_late", question.language),
            stored_id=question.placeholder_id,
            record=partial(services.state.record_placeholder, question.id),
            reply_to=question.message_id,
        )
    except UndeliveredError as error:
        _LOG.info("an apology was not delivered: %s", error)
    done = services.state.finish_question(question.id, question.revision, Status.APOLOGISED, services.clock())
    if done:
        services.metrics.answers.labels(Status.APOLOGISED.value).inc()
