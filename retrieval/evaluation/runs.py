"""Runs: every question of a file asked of a searcher, dialogues turn by turn, written as JSON lines."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from config.errors import UsageError
from config.messages import Language
from retrieval.evaluation.measures import Judged, gold_spans
from retrieval.evaluation.questions import Dialogue, Question
from retrieval.evaluation.worded import Wording
from retrieval.outputs import replacing
from retrieval.search.compose import extractive_answer
from retrieval.search.context import PastTurn
from retrieval.search.output import Json, evidence_json
from retrieval.search.question import clean_question
from retrieval.search.searcher import Considered, Searcher
from retrieval.types import Evidence

EXTRACTIVE, WORDED = "extractive", "llm"

Ask = Callable[[Searcher, str, Sequence[PastTurn], int], tuple[Evidence, Wording | None]]
"""A mode of answering: a question after the turns before, oldest first, with at most so many hits."""


def in_quotes(
    searcher: Searcher, question: str, past: Sequence[PastTurn], limit: int
) -> tuple[Evidence, None]:
    """The first mode: quotes and nothing else."""
    return searcher.ask(question, past=past, limit=limit), None


@dataclass(frozen=True, slots=True)
class Answered:
    """A question and what came back; ``wording`` in the second mode alone."""

    question: Question
    evidence: Evidence
    wording: Wording | None = None


def run(
    searcher: Searcher, dialogues: Sequence[Dialogue], *, limit: int = 10, ask: Ask = in_quotes
) -> Iterator[Answered]:
    """Ask everything in order; a turn is understood in the context of the turns before it.

    Args:
        searcher: of the archive that is asked about.
        dialogues: the questions.
        limit: most hits of an answer.
        ask: the mode of answering.

    Raises:
        UsageError: a question can't be asked (empty, too long); the message names its id.
    """
    for dialogue in dialogues:
        past: list[PastTurn] = []
        for question in dialogue.turns:
            evidence, wording = ask(searcher, _asked(question), tuple(past), limit)
            past.append(PastTurn(evidence.question, evidence))
            yield Answered(question, evidence, wording)


def consider(
    searcher: Searcher, dialogues: Sequence[Dialogue], *, limit: int = 10
) -> Iterator[tuple[Question, Considered]]:
    """The same as :func:`run` in quotes, with the signals that each answer was decided by."""
    for dialogue in dialogues:
        past: list[PastTurn] = []
        for question in dialogue.turns:
            considered = searcher.consider(_asked(question), past=tuple(past), limit=limit)
            past.append(PastTurn(considered.evidence.question, considered.evidence))
            yield question, considered


def answered_json(answered: Answered) -> Json:
    """One line of a run: the object of ``ask --json`` with the question's id."""
    evidence, wording = answered.evidence, answered.wording
    text = wording.text if wording else ""
    answer = text or extractive_answer(evidence, Language.ZH)
    return {
        "id": answered.question.id,
        **evidence_json(evidence, mode=WORDED if text else EXTRACTIVE, answer=answer),
        **({"wording": asdict(wording)} if wording else {}),
    }


def write_run(path: Path, run: Iterable[Answered]) -> None:
    """Write a run, one object a line; a run that could not be finished leaves the old file as it was.

    Raises:
        UsageError: the file can't be written.
    """
    with replacing(path) as file:
        for answered in run:
            file.write(json.dumps(answered_json(answered), ensure_ascii=False) + "\n")


def judge(run: Sequence[Answered], sources: Mapping[str, str]) -> list[Judged]:
    """A run with its gold found in the files, ready to be measured.

    Args:
        run: what came back.
        sources: decoded text of each file, by path.

    Raises:
        UsageError: a gold quote stands in no file of that name.
    """
    try:
        return [_judged(answered, sources) for answered in run]
    except LookupError as error:
        raise UsageError("eval.gold_missing", what=error) from error


def _judged(answered: Answered, sources: Mapping[str, str]) -> Judged:
    gold = gold_spans(answered.question, sources)
    not_verbatim = sum(
        sources.get(quote.document.path, "")[quote.span.start : quote.span.end] != quote.text
        for quote in answered.evidence.quotes
    )
    return Judged(answered.question, answered.evidence, gold, not_verbatim, answered.wording)


def _asked(question: Question) -> str:
    try:
        return clean_question(question.question)
    except UsageError as error:
        raise UsageError("eval.bad_question", id=question.id, reason=error) from error
