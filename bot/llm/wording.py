"""From evidence to a worded answer: a draft, its proof, one repair, and nothing that is not proved."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.llm.arriving import LEAST_SHARE, Arriving, without_thoughts
from bot.llm.chat import ChatError, ChatModel, Message
from bot.llm.prompting import ask_messages, repair_messages
from bot.llm.proving import Fault, Judged, Proof, prove
from retrieval.search.compose import join_lines
from retrieval.types import Evidence

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Worded:
    """An answer in a model's arrangement, each sentence with its ``[n]``.

    Attributes:
        text: one paragraph; ``[n]`` stands for ``evidence.quotes[n - 1]``.
        dropped: how many sentences of the draft are not in it.
    """

    text: str
    dropped: int


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of a draft's sentences: proved as they were, or repaired, or dropped."""

    proved: int
    repaired: int
    dropped: int


async def word(
    model: ChatModel,
    evidence: Evidence,
    past: Sequence[str] = (),
    tell: Callable[[ChatError], object] | None = None,
    *,
    show: Callable[[str], object] | None = None,
    count: Callable[[Counts], object] | None = None,
) -> Worded | None:
    """Have a model word the answer; None where there is nothing to word, or nothing that is proved.

    A failure of the model is logged as one word and never raised. What was dropped is logged as counts.

    Args:
        model: asked at most twice, and not at all where the evidence does not answer.
        evidence: of the question.
        past: the questions before, oldest first.
        tell: is given each failure of the model, for a person who waits.
        show: is given the proved sentences of the draft while it comes, each time there are more.
        count: is given what became of the sentences of a draft that was whole.
    """
    if not evidence.answerable or not evidence.quotes:
        return None
    quotes = [join_lines(quote.text) for quote in evidence.quotes]
    messages = ask_messages(evidence.question, past, quotes)
    arriving = Arriving(quotes)
    draft = await _answer(model, messages, tell, _shower(arriving, show))
    if not draft:
        return None
    proof = prove(draft, quotes)
    texts = proof.proved
    if proof.failed:
        if show and _is_enough(texts, proof) and "".join(texts) != arriving.shown:
            show("".join(texts))  # the draft's last sentence, too, while others are repaired
        lines = await _answer(model, repair_messages(messages, draft, proof.failed), tell)
        texts = _repaired(proof, lines, quotes)
    dropped = len(proof.judged) - len(texts)
    if count:
        count(Counts(len(proof.proved), len(texts) - len(proof.proved), dropped))
    if not _is_enough(texts, proof):
        _logger.info("no worded answer: %d of %d sentences proved", len(texts), len(proof.judged))
        return None
    return Worded("".join(texts), dropped)


def _is_enough(texts: Sequence[str], proof: Proof) -> bool:
    return bool(texts) and len(texts) >= LEAST_SHARE * len(proof.judged)


def _repaired(proof: Proof, lines: str, quotes: Sequence[str]) -> tuple[str, ...]:
    """The proved sentences in the draft's order, those that failed as ``lines`` have them anew."""
    anew = iter([line.strip() for line in lines.splitlines() if line.strip()])
    texts: list[str] = []
    still: Counter[Fault] = Counter()
    for one in proof.judged:
        # One line may hold only the one sentence that it stands for.
        again = one if one.fault is None else _only(prove(next(anew, ""), quotes))
        if again is not None and again.fault is None and again.text not in texts:
            texts.append(again.text)
        elif one.fault is not None:
            still[one.fault] += 1
    if repaired := len(texts) - len(proof.proved):
        _logger.info("sentences repaired: %d", repaired)
    if still:
        counts = ", ".join(f"{fault.value} {count}" for fault, count in sorted(still.items()))
        _logger.info("sentences dropped: %s", counts)
    return tuple(texts)


def _only(proof: Proof) -> Judged | None:
    return proof.judged[0] if len(proof.judged) == 1 else None


def _shower(arriving: Arriving, show: Callable[[str], object] | None) -> Callable[[str], None] | None:
    """Takes the pieces of a draft and shows what is proved of them."""
    if show is None:
        return None

    def take(piece: str) -> None:
        if proved := arriving.add(piece):
            show(proved)

    return take


async def _answer(
    model: ChatModel,
    messages: Sequence[Message],
    tell: Callable[[ChatError], object] | None,
    take: Callable[[str], None] | None = None,
) -> str:
    """What the model says, whole; "" where it fails. ``take`` is given each piece before."""
    text = ""
    try:
        async for piece in model.stream(messages):
            text += piece
            if take:
                take(piece)
    except ChatError as error:
        _logger.info("the language model gave no text: %s", error.trouble.value)
        if tell:
            tell(error)
        return ""
    return without_thoughts(text)
