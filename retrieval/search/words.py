"""What would be quoted for a question, chosen before it is known whether it answers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from retrieval.documents.types import Document
from retrieval.documents.views import search_text
from retrieval.index import Generation
from retrieval.search.evidence import PASSAGES, in_reading_order, select_runs, wants_list
from retrieval.search.found import Found
from retrieval.search.lists import with_topics
from retrieval.search.query import Query
from retrieval.search.quotable import Quotable, Run, measure_sentences
from retrieval.search.quoting import quote_of
from retrieval.search.router import without_names
from retrieval.search.routing import Routing
from retrieval.search.sides import Sides, best_of_sides, in_order_of_sides, select_of_sides
from retrieval.search.sources import with_continuations
from retrieval.types import Quote


@dataclass(frozen=True, slots=True)
class Words:
    """What would be quoted, and what it was chosen from.

    Attributes:
        runs: what would be quoted, best first; at least one.
        quotables: every sentence that was measured, in the order of the text.
        sources: the passages that ``runs`` and ``quotables`` count their sources in.
        documents: those of ``runs``, by id.
        sides: of a comparison, in the order asked, two or more; () where nothing is compared.
    """

    runs: list[Run]
    quotables: list[Quotable]
    sources: list[Found]
    documents: dict[str, Document]
    sides: Sides = ()

    @property
    def said(self) -> str:
        """What would be quoted, each under its header, folded."""
        texts = (
            (self.sources[run.source].hit.passage.header, *(each.sentence.text for each in run.quotables))
            for run in self.runs
        )
        return search_text("\n".join(text for each in texts for text in each))

    def in_reading_order(self) -> list[Run]:
        """The runs as a person reads them; of a comparison side by side."""
        return in_order_of_sides(self.runs, self.sides) if self.sides else in_reading_order(self.runs)

    def quotes(self, runs: Iterable[Run]) -> tuple[Quote, ...]:
        """Some of the runs, or parts of them, as quotes in the given order."""
        hits = ((run, self.sources[run.source].hit) for run in runs)
        return tuple(
            quote_of(self.documents[hit.document.id], hit.document, hit.passage, run.span)
            for run, hit in hits
        )


def choose_words(generation: Generation, query: Query, routing: Routing, found: Sequence[Found]) -> Words:
    """Choose the words of the best passages that answer best.

    Args:
        generation: the index that they were found in.
        query: what is asked.
        routing: what it names; a side that nothing was found for is none.
        found: best first; at least one.
    """
    sides = [side for side in routing.sides if any(each.hit.document.id in side for each in found)]
    compares = len(sides) > 1
    best = best_of_sides(found, sides) if compares else found[:PASSAGES]
    sources = with_continuations(generation, best, wants_list(query) and not compares)
    quotables = measure_sentences(without_names(query, routing), sources, generation.lexical.idf)
    if wants_list(query) and not compares:
        quotables = with_topics(quotables, generation.store.document(found[0].hit.document.id))
    runs = select_of_sides(quotables, query, sides) if compares else select_runs(quotables, query)
    documents = {id_: generation.store.document(id_) for id_ in {run.best.document for run in runs}}
    return Words(runs, quotables, sources, documents, sides if compares else ())
