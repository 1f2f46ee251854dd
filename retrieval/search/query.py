"""A question made ready for retrieval: weighted terms, texts to encode, and the shape of its answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from retrieval.documents.views import encoded_text
from retrieval.index.tokens import tokenize
from retrieval.search.glossary import Glossary, QuestionShape

SINGLE_WEIGHT = 0.5
"""Weight of a single Chinese character against a pair: a character stands in many words."""

EXPANSION_WEIGHT = 0.3
"""Weight of a word that the glossary adds, against one that was asked. Official words are long and count for
every pair of characters; at 0.6 they outweighed what was asked."""

SUGGESTED_WEIGHT = 0.6
"""Weight of another adviser's word (`retrieval.search.rewriting`)."""

CONTEXT_WEIGHT = 0.4
"""Weight of the words of the question before, for a follow-up."""


@dataclass(frozen=True, slots=True)
class Probe:
    """A text to encode as a query, and how much its nearness counts."""

    text: str
    weight: float


@dataclass(frozen=True, slots=True)
class Query:
    """What retrieval looks for.

    Attributes:
        question: as asked.
        own_terms: weight by term, from the question itself (see `retrieval.index.tokens`).
        terms: ``own_terms`` and those that glossary and context add.
        probes: at least one; the first is the question as typed, the last as it is best understood.
        shape: what kind of answer is asked for.
        meant: the question without slips of typing; "" where it has none.
    """

    question: str
    own_terms: Mapping[str, float]
    terms: Mapping[str, float]
    probes: tuple[Probe, ...]
    shape: QuestionShape
    meant: str = ""


def analyse(
    question: str,
    glossary: Glossary,
    context: Sequence[str] = (),
    meant: str = "",
    *,
    context_weight: float = CONTEXT_WEIGHT,
    spoken: str = "",
    suggested: Sequence[str] = (),
) -> Query:
    """Read a question.

    Args:
        question: cleaned, not empty.
        glossary: everyday and official words, and the words that only ask.
        context: earlier questions that this one leans on, nearest first; () when it stands alone.
        meant: the question without slips of typing; "" when it has none.
        context_weight: of the words of ``context``, against one that was asked.
        spoken: the question as one would ask it alone; context and question when empty.
        suggested: other words for it, see `retrieval.search.rewriting`. They are no probe: of a text that is
            near to them alone one could not say how surely it answers.
    """
    text = meant or question
    own = _weigh(glossary.topic(text), 1.0) or _weigh_first(glossary, context) or _weigh((text,), 1.0)
    terms = dict(own)
    if meant:
        _add(terms, _weigh(glossary.topic(question), 1.0))
    for word, weight in glossary.expand(text).items():
        _add(terms, _weigh((word,), weight * EXPANSION_WEIGHT))
    _add(terms, _weigh(suggested, SUGGESTED_WEIGHT))
    for earlier in context:
        _add(terms, _weigh(glossary.topic(earlier), context_weight))
    probes = [Probe(encoded_text(question), 1.0)]
    if meant:
        probes.append(Probe(encoded_text(meant), 1.0))
    if context or (spoken and spoken != question):
        probes.append(Probe(encoded_text(spoken or " ".join([*reversed(context), text])), 1.0))
    return Query(question, own, terms, tuple(probes), glossary.shape(text), meant)


def _weigh_first(glossary: Glossary, context: Sequence[str]) -> dict[str, float]:
    """For a question that only asks (为什么), the words of the one before."""
    return _weigh(glossary.topic(context[0]), 1.0) if context else {}


def _weigh(texts: Iterable[str], weight: float) -> dict[str, float]:
    """Each term once: how often a question repeats a word says nothing about what it wants."""
    return {
        term: weight * (SINGLE_WEIGHT if len(term) == 1 and not term.isascii() else 1.0)
        for text in texts
        for term in tokenize(text)
    }


def _add(terms: dict[str, float], more: Mapping[str, float]) -> None:
    for term, weight in more.items():
        terms[term] = max(weight, terms.get(term, 0.0))
