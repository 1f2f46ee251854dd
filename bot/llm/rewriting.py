"""A question in other words: a follow-up as one would ask it alone, official words for everyday ones.

It never comes before the quotes that the question finds by itself (`bot.answer.answer_again`), and whatever a
model says, or a person who speaks to it through the questions, it can only change which quotes are found
besides: what comes back is short, in plain characters, and a follow-up asks in no words but those that were
asked. What fails is no rewriting.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import Sequence

from bot.llm.arriving import without_thoughts
from bot.llm.chat import ChatError, ChatModel, Trouble
from bot.llm.folded import fold
from bot.llm.prompting import rewriting_messages
from retrieval.documents.views import search_text
from retrieval.search.glossary import load_glossary
from retrieval.search.question import clean_question
from retrieval.search.rewriting import Rewriting

LONGEST_QUESTION = 60
"""Characters; questions that stand alone are shorter."""

MOST_WORDS = 6

_WORD = re.compile(r"[\u4e00-\u9fff]{2,8}")
"""A word in official language: no number, no address, nothing to click."""

_PLAIN = re.compile(r"[\u4e00-\u9fffA-Za-z0-9，、；：。？！“”《》（）,.?!%·-]+")
_ADDRESS = re.compile(r"[0-9]{5}|[A-Za-z0-9]\.[A-Za-z]")
"""What may be a telephone number or a link, though somebody may have asked with it before."""

_OBJECT = re.compile(r"\{.*\}", re.DOTALL)

_logger = logging.getLogger(__name__)


async def rewrite(
    model: ChatModel, question: str, past: Sequence[str] = (), *, seconds: float
) -> Rewriting | None:
    """Have a model put a question in other words; None where it has none, or none in time.

    A failure of the model is logged as one word and never raised.

    Args:
        model: asked once.
        question: cleaned; worth it where `retrieval.search.rewriting.is_rewritable`.
        past: the questions before, oldest first.
        seconds: the most that all of it takes.
    """
    try:
        async with asyncio.timeout(seconds):
            pieces = [piece async for piece in model.stream(rewriting_messages(question, past))]
    except TimeoutError:
        _logger.info("no rewriting: %s", Trouble.TIMEOUT.value)
        return None
    except ChatError as error:
        _logger.info("no rewriting: %s", error.trouble.value)
        return None
    return accepted(without_thoughts("".join(pieces)), question, past)


def accepted(reply: str, question: str, past: Sequence[str] = ()) -> Rewriting | None:
    """What a reply may change of the search; None for nothing.

    The question is taken where there are questions before and every word of its topic is one of theirs or of
    the question's, or names nothing by itself. A word is two to eight Chinese characters; those that the
    question has already say nothing new.

    Args:
        reply: anything at all; a JSON object {"question", "words"} with whatever around it.
        question: cleaned.
        past: the questions before, oldest first.
    """
    found = _OBJECT.search(reply)
    try:
        data = json.loads(found[0]) if found else None
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict):
        return None
    alone = _alone(data.get("question"), (question, *past)) if past else ""
    words = _words(data.get("words"), question)
    return Rewriting(alone, words) if alone or words else None


def _alone(said: object, asked: Sequence[str]) -> str:
    if not isinstance(said, str) or len(said) > LONGEST_QUESTION:
        return ""
    if not _PLAIN.fullmatch(said) or _ADDRESS.search(said):
        return ""
    glossary = load_glossary()
    allowed = {word for text in (*asked, *glossary.general_words) for word in fold(text).words}
    topic = [word for piece in glossary.topic(said) for word in fold(piece).words]
    is_same = search_text(said) == search_text(asked[0])
    return clean_question(said) if topic and not is_same and allowed.issuperset(topic) else ""


def _words(said: object, question: str) -> tuple[str, ...]:
    if not isinstance(said, list):
        return ()
    folded = search_text(question)
    plain = [word for word in said[:MOST_WORDS] if isinstance(word, str) and _WORD.fullmatch(word)]
    return tuple(dict.fromkeys(word for word in map(search_text, plain) if word not in folded))
