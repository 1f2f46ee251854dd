"""Runs: every question of a file asked of a searcher, dialogues turn by turn, written as JSON lines."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from config.errors import UsageError
from config.messages import Language
from retrieval.evaluation.measures import Judged, gold_spans
from retrieval.evaluation.questions import Dialogue, Question
from retrieval.outputs import replacing
from retrieval.search.compose import extractive_answer
from retrieval.search.output import Json, evidence_json
from retrieval.search.question import clean_question
from retrieval.search.searcher import Considered, PastTurn, Searcher
from retrieval.types import Evidence

MODE = "extractive"


@dataclass(frozen=True, slots=True)
class Answered:
    """A question and what came back."""

    question: Question
    evidence: Evidence


def run(searcher: Searcher, dialogues: Sequence[Dialogue], *, limit: int = 10) -> Iterator[Answered]:
    """Ask everything in order; a turn is understood in the context of the turns before it.

    Raises:
        UsageError: a question can't be asked (empty, too long); the message names its id.
    """
    for question, considered in consider(searcher, dialogues, limit=limit):
        yield Answered(question, considered.evidence)


def consider(
    searcher: Searcher, dialogues: Sequence[Dialogue], *, limit: int = 10
) -> Iterator[tuple[Question, Considered]]:
    """The same as :func:`run`, with the signals that each answer was decided by."""
    for dialogue in dialogues:
        past: list[PastTurn] = []
        for question in dialogue.turns:
            considered = searcher.consider(_asked(question), past=tuple(past), limit=limit)
            past.append(PastTurn(considered.evidence.question, considered.evidence))
            yield question, considered


def answered_json(answered: Answered) -> Json:
    """One line of a run: the object of ``ask --json`` with the question's id."""
    evidence = answered.evidence
    answer = extractive_answer(evidence, Language.ZH)
    return {"id": answered.question.id, **evidence_json(evidence, mode=MODE, answer=answer)}


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
    return Judged(answered.question, answered.evidence, gold, not_verbatim)


def _asked(question: Question) -> str:
    try:
        return clean_question(question.question)
    except UsageError as error:
        raise UsageError("eval.bad_question", id=question.id, reason=error) from error
