"""The signals of one question: what was found for it, and what that lacks."""

from __future__ import annotations

from collections.abc import Sequence

from retrieval.documents.views import search_text
from retrieval.search.confidence import Signals
from retrieval.search.domain import SAID, USUAL
from retrieval.search.echoes import load_echoes, unechoed
from retrieval.search.found import Found
from retrieval.search.glossary import Glossary
from retrieval.search.missing import lacks_value, unsaid, words_in
from retrieval.search.named import Name
from retrieval.search.naming import Field
from retrieval.search.query import Query
from retrieval.search.quotable import Quotable, Run
from retrieval.search.routing import Routing


def measure_signals(
    query: Query,
    routing: Routing,
    glossary: Glossary,
    *,
    quotables: Sequence[Quotable],
    runs: Sequence[Run],
    sources: Sequence[Found],
    cosine: float,
    in_domain: float = 0.0,
    alone: bool = True,
    compares: bool = False,
) -> Signals:
    """Measure what the confidence is made of, but for what the cross-encoder says.

    Args:
        query: what is asked.
        routing: what it names.
        glossary: the words that only ask, and other words for the rest.
        quotables: measured sentences of the best passages.
        runs: what would be quoted, best first; at least one.
        sources: what ``runs`` count their sources in.
        cosine: of the sentence nearest to the question, in [-1, 1].
        in_domain: log-odds that the question is of the domain, in [-4, 2]; see `retrieval.search.domain`.
        alone: whether the question is asked on its own. One that goes on from another is short and names no
            speech because the rest was said before.
        compares: whether it compares. Each side says a part of its words, and no reading of all of them (see
            `retrieval.search.judging`) could outweigh what is missing.
    """
    quoted = "\n".join(each.sentence.text for run in runs for each in run.quotables)
    first = sources[runs[0].source].hit
    question = query.meant or query.question
    topic = glossary.topic(question) if alone else ()
    coverage = max((each.coverage for each in quotables), default=0.0)
    return Signals(
        coverage=coverage,
        cosine=cosine,
        # Mending a slip may take a word of asking (叫什么) for a part of another.
        value_missing=float(any(lacks_value(each, quoted) for each in {query.question, question})),
        unsaid=unsaid(question, topic, glossary.expand, f"{first.passage.header}\n{first.passage.text}"),
        unechoed=_unechoed(question, routing, glossary, sources) if alone and not compares else 0.0,
        elsewhere=_elsewhere(routing, runs[0].best.document, search_text(quoted)) if alone else 0.0,
        in_domain=max(in_domain, USUAL) if coverage >= SAID else in_domain,
    )


def _unechoed(question: str, routing: Routing, glossary: Glossary, sources: Sequence[Found]) -> float:
    """What surprises of all that was found. The names that chose the documents need not stand in these."""
    rest = search_text(question) if routing.named else question  # whose topic is remembered
    for name in routing.named:
        rest = rest.replace(name.text, "\n")
    topic = words_in(glossary.topic(rest))
    surprising = load_echoes().surprising(topic)
    if not surprising:
        return 0.0
    told = "\n".join(f"{each.hit.passage.header}\n{each.hit.passage.text}" for each in sources)
    return unechoed(surprising, topic, glossary, search_text(told))


def _elsewhere(routing: Routing, document: str, said: str) -> float:
    if document in routing.documents or _speaks_of_names(routing, said):
        return 0.0
    return max(routing.documents.values(), default=0.0)


def _speaks_of_names(routing: Routing, said: str) -> bool:
    """Whether what was found speaks of all that is named, places and persons (桐岗县有哪些毛病)."""
    return bool(routing.named) and all(_speaks_of(name, said) for name in routing.named)


def _speaks_of(name: Name, said: str) -> bool:
    if name.field is Field.PLACE:
        return name.text[:2] in said
    # Of one who is called by an office alone any speech may speak.
    return name.field is Field.PERSON and bool(name.speaker) and search_text(name.speaker) in said
