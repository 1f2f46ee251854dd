"""Ask an opened index: question in, hits or evidence out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from config.errors import SettingsError
from config.settings import Settings
from embeddings import Encoder, Purpose, encoder_name, load_encoder
from embeddings.cross_encoder import load_cross_encoder
from embeddings.types import FloatArray, IntArray
from retrieval.index import Generation, open_generation
from retrieval.search.calibration_file import load_calibration, shipped_calibration
from retrieval.search.candidates import BoolArray, Candidates, gather
from retrieval.search.confidence import Calibration, Signals
from retrieval.search.context import Context, Leaning, in_context
from retrieval.search.duplicates import fold_duplicates
from retrieval.search.evidence import PASSAGES, Run, in_reading_order, measure_units, select_runs
from retrieval.search.filters import ANY, Filters, allowed_passages
from retrieval.search.found import Found
from retrieval.search.fusion import fuse, to_unit
from retrieval.search.glossary import Glossary, load_glossary
from retrieval.search.judging import Judge, judged
from retrieval.search.masked import asks_for_masked
from retrieval.search.query import Query, analyse
from retrieval.search.router import Router
from retrieval.search.routing import Routing
from retrieval.search.signals import measure_signals
from retrieval.search.slips import Mender
from retrieval.types import Document, Evidence, Hit, Passage, Quote

DEPTH = 4
"""Passages that are fetched for every hit wanted: near-duplicates among them fold into one."""

DEEPER = 4
"""How many times as many are fetched again where so many folded that hits are missing."""

CONTINUATION = 2.0
"""How far a passage that only continues another stands below it, as a fused measure."""

SAME_SUBJECT = 0.1
"""What a possible follow-up gains in confidence when it is found in the document talked about."""

SAME_DOCUMENT = 0.6
"""What a follow-up adds to the fused measure of passages of the documents just quoted."""


@dataclass(frozen=True, slots=True)
class PastTurn:
    """A question asked before in the same conversation, with what it found."""

    question: str
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Considered:
    """What the archive says, and the signals that it was decided by; None where a rule decided."""

    evidence: Evidence
    signals: Signals | None = None


class Searcher:
    """One opened generation with all that reads questions; safe to use from several threads.

    Args:
        generation: the index.
        encoder: that made it.
        glossary: everyday and official words.
        judge: the cross-encoder, if there is one.
        calibration: when to answer; None means the one that comes with the project.
    """

    def __init__(
        self,
        generation: Generation,
        encoder: Encoder,
        glossary: Glossary,
        judge: Judge | None = None,
        calibration: Calibration | None = None,
    ) -> None:
        self.generation = generation
        self.encoder = encoder
        self.glossary = glossary
        self.judge = judge
        self.calibration = calibration or shipped_calibration()
        self.router = Router(generation, glossary)
        self.mender = Mender(generation.lexical, glossary)

    def search(self, question: str, *, filters: Filters = ANY, limit: int = 10) -> tuple[Hit, ...]:
        """The best passages, best first, near-duplicates folded; () when nothing matches at all."""
        meant = self.mender.meant(question)
        query = analyse(question, self.glossary, meant=meant)
        found, _ = self._find(query, Context(), self.router.route(meant or question), filters, limit)
        return tuple(each.hit for each in found)

    def ask(
        self,
        question: str,
        *,
        past: Sequence[PastTurn] = (),
        filters: Filters = ANY,
        limit: int = 10,
    ) -> Evidence:
        """What the archive says, understood in the context of the turns before.

        Args:
            question: cleaned, not empty.
            past: earlier turns, oldest first.
            filters: which documents may answer.
            limit: most hits that are returned.
        """
        return self.consider(question, past=past, filters=filters, limit=limit).evidence

    def consider(
        self,
        question: str,
        *,
        past: Sequence[PastTurn] = (),
        filters: Filters = ANY,
        limit: int = 10,
    ) -> Considered:
        """The same as :meth:`ask`, with the signals that the confidence was made of."""
        earlier = [(turn.question, _documents_of(turn.evidence)) for turn in past]
        context = in_context(question, earlier, self.glossary)
        meant = self.mender.meant(question)
        query = analyse(question, self.glossary, context.questions, meant)
        routing = self.router.route(meant or question)
        # What is quoted does not depend on how many hits are shown.
        found, candidates = self._find(query, context, routing, filters, max(limit, PASSAGES))
        hits = tuple(each.hit for each in found[:limit])
        if not found:
            return Considered(Evidence(question, (), hits, 0.0, answerable=False))
        sources = [*found[:PASSAGES], *self._continuations(found[:PASSAGES])]
        units = measure_units(query, sources, self.generation.lexical.idf)
        runs = select_runs(units, query)
        answers = judged(self.judge, query, runs, sources) if self.judge else None
        signals = measure_signals(
            query,
            routing,
            self.glossary,
            units=units,
            runs=runs,
            sources=sources,
            cosine=candidates.cosine,
            answers=answers,
        )
        regression = self.calibration.of(signals)
        confidence = regression.confidence(signals)
        if context.leaning is Leaning.SLIGHT and hits and hits[0].document.id in context.documents:
            confidence = min(1.0, confidence + SAME_SUBJECT)
        documents = {
            unit.document: self.generation.store.document(unit.document)
            for run in runs
            for unit in run.units[:1]
        }
        if asks_for_masked(query, runs[0], documents[runs[0].best.document]):
            confidence = min(confidence, 0.1, regression.threshold)
            return Considered(Evidence(question, (), hits, confidence, answerable=False))
        if not regression.answers(confidence):
            return Considered(Evidence(question, (), hits, confidence, answerable=False), signals)
        quotes = tuple(_quote(run, sources[run.source].hit, documents) for run in in_reading_order(runs))
        certainty = regression.certainty(confidence)
        evidence = Evidence(question, quotes, hits, confidence, answerable=True, certainty=certainty)
        return Considered(evidence, signals)

    def close(self) -> None:
        """Let go of the index's files."""
        self.generation.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _find(
        self, query: Query, context: Context, routing: Routing, filters: Filters, limit: int
    ) -> tuple[list[Found], Candidates]:
        """The best passages, best first, and all that were measured."""
        store = self.generation.store
        vectors = self.encoder.encode_queries([probe.text for probe in query.probes])
        named = self.router.rows(routing.documents)
        candidates = gather(self.generation, query, vectors, allowed_passages(store, filters), named)
        fused = fuse(candidates) + self._preference(candidates, context)
        fused += self.router.preference(candidates, fused, routing)
        # Rows in index order break ties here, passage ids below: the cut-off must not cost a look-up each.
        best = np.argsort(-fused, kind="stable")
        depth = DEPTH * limit
        while True:
            found = fold_duplicates(self._fetch(candidates, fused, best[:depth]), limit, routing.sides)
            if len(found) >= limit or depth >= best.size:
                return found, candidates
            depth *= DEEPER

    def _fetch(self, candidates: Candidates, fused: FloatArray, best: IntArray) -> list[Found]:
        """Some of the candidates with their passages, best first, ties by passage id."""
        store = self.generation.store
        passages = store.passages(candidates.rows[best])
        found = [
            Found(
                Hit(
                    passage,
                    store.document_of(int(candidates.rows[at])).info,
                    to_unit(float(fused[at])),
                    _found_by(candidates.proposed[at]),
                ),
                float(fused[at]),
                candidates.sentences[at],
                int(candidates.first_sentence[at]),
            )
            for passage, at in zip(passages, best, strict=True)
        ]
        return sorted(found, key=lambda each: (-each.fused, each.hit.passage.id))

    def _preference(self, candidates: Candidates, context: Context) -> FloatArray:
        store = self.generation.store
        preferred = np.zeros(candidates.rows.size, np.float32)
        for stored in store.documents:
            # A document that a turn before quoted may be gone from the index by now.
            if stored.info.id not in context.documents:
                continue
            rows = stored.passages
            inside = (candidates.rows >= rows.start) & (candidates.rows < rows.stop)
            preferred[inside] = SAME_DOCUMENT * context.leaning.strength
        return preferred

    def _continuations(self, found: Sequence[Found]) -> list[Found]:
        """The passage after each of some passages: same part of the speech, same speaker.

        A list often runs on into the next passage, and its lead-in is what the question matches.
        """
        store = self.generation.store
        rows = {self._row(each): each for each in found}
        after = [
            row + 1 for row in rows if row + 1 not in rows and row + 1 in store.document_of(row).passages
        ]
        passages = zip(after, store.passages(after), strict=True)
        return [
            self._continuation(rows[row - 1], row, passage)
            for row, passage in passages
            if _goes_on(rows[row - 1].hit.passage, passage)
        ]

    def _continuation(self, before: Found, row: int, passage: Passage) -> Found:
        """A passage that was not found itself: it only ever goes on where another one stops."""
        return Found(
            Hit(passage, before.hit.document, 0.0),
            before.fused - CONTINUATION,
            np.zeros(len(passage.sentences), np.float32),
            int(np.searchsorted(self.generation.sentence_passage, row, side="left")),
        )

    def _row(self, found: Found) -> int:
        return int(self.generation.sentence_passage[found.first_sentence])


def open_searcher(settings: Settings) -> Searcher:
    """Open the index in force with the encoder that the settings name.

    Raises:
        IndexMissingError, IndexDamagedError, IndexMismatchError: the index can't be used; what to run.
        ModelUnavailableError: the encoder can't be had.
        SettingsError: the calibration that the settings name can't be used.
    """
    embedding = settings.embedding
    encoder = load_encoder(
        embedding.model,
        adapter=embedding.adapter,
        purpose=Purpose.QUERY,
        cache_dir=embedding.cache,
        threads=embedding.threads or 2,
    )
    name = encoder_name(embedding.model, embedding.adapter)
    generation = open_generation(Path(settings.index), encoder.fingerprint, model=name)
    judge = None
    if settings.retrieval.cross_encoder:
        judge = load_cross_encoder(cache_dir=embedding.cache, threads=embedding.threads or 2)
    fitted_with = judge.fingerprint if judge is not None else ""
    try:
        calibration = load_calibration(settings.retrieval.calibration, encoder.fingerprint, fitted_with)
    except SettingsError:
        generation.close()
        raise
    return Searcher(generation, encoder, load_glossary(), judge, calibration)


def _documents_of(evidence: Evidence) -> frozenset[str]:
    if evidence.quotes:
        return frozenset(quote.document.id for quote in evidence.quotes)
    return frozenset(hit.document.id for hit in evidence.hits[:1])


def _goes_on(passage: Passage, after: Passage) -> bool:
    return passage.section_path[:1] == after.section_path[:1] and passage.speaker == after.speaker


def _found_by(proposed: BoolArray) -> tuple[str, ...]:
    names = ("bm25", "passage", "sentence")
    return tuple(name for name, found in zip(names, proposed, strict=True) if found)


def _quote(run: Run, hit: Hit, documents: dict[str, Document]) -> Quote:
    document = documents[hit.document.id]
    span = run.span
    quoted = dict.fromkeys(
        quotation.speaker
        for quotation in document.quotations
        if quotation.span.start < span.end
        and quotation.span.end > span.start
        and quotation.speaker != hit.passage.speaker
    )
    return Quote(
        text=document.raw[span.start : span.end],
        span=span,
        document=hit.document,
        section_path=hit.passage.section_path,
        speaker=hit.passage.speaker,
        quoted_speaker="、".join(quoted),
        passage_id=hit.passage.id,
    )
