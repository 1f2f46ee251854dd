"""Why there is no answer, and what stands there instead.

A question that is declined may still be about something that the archive treats: the words that come nearest
are then shown, marked as no answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from retrieval.documents.types import Document, Span
from retrieval.documents.views import search_text
from retrieval.search.evidence import announces
from retrieval.search.judging import best_quotables
from retrieval.search.lists import opens_section
from retrieval.search.naming_dates import find_times
from retrieval.search.query import Query
from retrieval.search.quotable import Quotable, Run
from retrieval.search.routing import Routing
from retrieval.search.words import Words
from retrieval.types import Evidence, Hit, Quote, Reason

BY_RULE = 0.1
"""Most confidence in a question that a rule declines."""

ON_TOPIC = 0.15
"""From this coverage of the question on, what was found is of its subject. Of the project's own unanswerable
questions that are declined, 88% of those for a missing detail, a masked value or another place reach it, and
27% of those for another subject; an archive a hundred times as large changes that little (91% and 39%)."""

NEAR = 2
"""Most quotes that are shown beside a refusal."""

NEAR_CHARACTERS = 160
"""Of each of them, where it is more than one sentence."""

CHARACTERS = 330
"""Of the words around a masked value."""


def unknown_subjects(query: Query, routing: Routing) -> tuple[str, ...]:
    """The names in a question that the archive does not have, where they leave nothing to answer.

    () for a comparison, by its words or because it names two years: what is there of one side is told.
    """
    years = {found.time.year for found in find_times(search_text(query.question))} - {0}
    return () if query.shape.compares or len(years) > 1 else routing.unknown


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that gives no answer, whatever the confidence, and the names that it is about, if any."""

    reason: Reason
    names: tuple[str, ...] = ()


def ruled_out(
    masked: bool,
    unknown: tuple[str, ...],
    vague: bool = False,
    *,
    elsewhere: tuple[str, ...] = (),
    bare: bool = False,
) -> Rule | None:
    """The rule that gives no answer; None where there is none.

    Args:
        masked: whether the value asked for is masked.
        unknown: names in the question that the archive does not have: what another place does is no answer.
        vague: whether the question has no subject: anything would answer it.
        elsewhere: places and years in the question that nothing of what was found is of.
        bare: whether what was found is a heading without a text under it.
    """
    if vague:
        return Rule(Reason.VAGUE)
    if masked:
        return Rule(Reason.MASKED)
    if unknown:
        return Rule(Reason.UNKNOWN, unknown)
    if elsewhere:
        return Rule(Reason.ELSEWHERE, elsewhere)
    return Rule(Reason.UNSURE) if bare else None


def is_bare_heading(runs: Sequence[Run], quotables: Sequence[Quotable]) -> bool:
    """Whether all that would be quoted is a heading with nothing under it, as where a copy breaks off."""
    if len(runs) != 1 or len(runs[0].quotables) != 1:
        return False
    only = runs[0].quotables[0]
    # … stands for what a copy leaves out.
    after = next((each for each in quotables if each.place == only.beside[1] and _has_words(each)), None)
    under = after is not None and after.part == only.part and not opens_section(after)
    return opens_section(only) and announces(only) and not under


def _has_words(quotable: Quotable) -> bool:
    return any(map(str.isalnum, quotable.sentence.text))


def words_near(
    reason: Reason, runs: Sequence[Run], quotables: Sequence[Quotable], documents: dict[str, Document]
) -> list[Run]:
    """What to show instead of an answer, best first; [] where the archive treats something else.

    Args:
        reason: why there is none.
        runs: what would have been quoted, best first.
        quotables: all that was measured.
        documents: those of the runs, by id.
    """
    if reason is Reason.MASKED:
        return [_around_mask(runs[0], documents[runs[0].best.document])]
    if reason is Reason.VAGUE or max((each.coverage for each in quotables), default=0.0) < ON_TOPIC:
        return []
    return [Run(run.source, best_quotables(run, NEAR_CHARACTERS)) for run in runs[:NEAR]]


def declined(question: str, words: Words, hits: tuple[Hit, ...], rule: Rule, confidence: float) -> Evidence:
    """No answer: why, and what comes nearest.

    Args:
        question: as asked.
        words: what would have been quoted.
        hits: what was found, best first.
        rule: why there is no answer.
        confidence: that the archive answers, in [0, 1].
    """
    return Evidence(
        question,
        (),
        hits,
        confidence,
        answerable=False,
        reason=rule.reason,
        near=words.quotes(words_near(rule.reason, words.runs, words.quotables, words.documents)),
        unknown=rule.names,
    )


def nothing_found(question: str, hits: tuple[Hit, ...] = ()) -> Evidence:
    """No answer, and nothing that comes near; the confidence is 0."""
    return Evidence(question, (), hits, 0.0, answerable=False, reason=Reason.NOTHING)


def nothing_more(question: str, *, quoted: bool) -> Evidence:
    """No answer to who asks for more: nothing follows what was quoted, if anything was."""
    reason = Reason.END if quoted else Reason.VAGUE
    return Evidence(question, (), (), 0.0, answerable=False, reason=reason)


def nothing_told(question: str) -> Evidence:
    """No answer: speeches are asked for by what none tells of itself (哪篇最长)."""
    return Evidence(question, (), (), BY_RULE, answerable=False, reason=Reason.UNTOLD)


def no_speech(question: str, times: tuple[str, ...], latest: tuple[Quote, ...] = ()) -> Evidence:
    """No answer: no speech is of the times asked for (2026年); near is the title of the latest."""
    return Evidence(
        question, (), (), BY_RULE, answerable=False, reason=Reason.ABSENT, near=latest, unknown=times
    )


def _around_mask(run: Run, document: Document) -> Run:
    """The best sentence and the masked value nearest to it, with what stands between them."""
    quotables = run.quotables
    best = quotables.index(run.best)
    masked = [at for at, each in enumerate(quotables) if _is_masked(each.sentence.span, document)]
    at = min(masked, key=lambda each: abs(each - best), default=best)
    between = quotables[min(at, best) : max(at, best) + 1]
    if sum(len(each.sentence.text) for each in between) > CHARACTERS:
        between = quotables[at : at + 1]
    return Run(run.source, between)


def _is_masked(span: Span, document: Document) -> bool:
    return any(mask.overlaps(span) for mask in document.masks)
