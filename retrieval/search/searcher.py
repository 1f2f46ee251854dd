"""Ask an opened index: question in, hits or evidence out."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from threading import Semaphore
from typing import Final

from config.closing import Closing
from embeddings import Encoder
from embeddings.types import FloatArray
from retrieval.index import Generation
from retrieval.search.bare import bare_question
from retrieval.search.calibration_file import shipped_calibration
from retrieval.search.candidates import Candidates
from retrieval.search.confidence import Calibration, Signals
from retrieval.search.context import Context, PastTurn, in_context
from retrieval.search.declining import (
    BY_RULE,
    Rule,
    declined,
    is_bare_heading,
    nothing_found,
    nothing_more,
    ruled_out,
    unknown_subjects,
)
from retrieval.search.domain import in_domain
from retrieval.search.evidence import PASSAGES
from retrieval.search.filters import ANY, Filters
from retrieval.search.followup import Form, Turn
from retrieval.search.found import Found
from retrieval.search.glossary import Glossary
from retrieval.search.judging import NOT_READ, Judge, judged
from retrieval.search.keywords import AMONG, are_keywords, saying_all_first
from retrieval.search.leaning import allowed_in, confidence_in
from retrieval.search.linear_classifier import shipped_classifier
from retrieval.search.masked import asks_for_masked
from retrieval.search.missing import words_in
from retrieval.search.openness import leaves_open
from retrieval.search.overview import of_no_speech
from retrieval.search.query import Query, analyse
from retrieval.search.ranking import Asked, Ranker
from retrieval.search.rewriting import Rewriting, known_words, rewritten
from retrieval.search.router import Router, asking_of_sides
from retrieval.search.signals import measure_signals
from retrieval.search.slips import Mender
from retrieval.search.slots import place_names, speaker_names
from retrieval.search.survey import Surveyor
from retrieval.search.telling import evidence_told, read_off
from retrieval.search.words import Words, choose_words
from retrieval.types import Evidence, Hit, Reason

AT_ONCE: Final = 64
"""Questions that are worked on at once where nothing else is said."""


@dataclass(frozen=True, slots=True)
class Considered:
    """What the archive says, and the signals of the question; None where nothing was found to measure."""

    evidence: Evidence
    signals: Signals | None = None

    @property
    def by_rule(self) -> bool:
        """Whether a rule declined, whatever the confidence."""
        return self.evidence.reason not in (None, Reason.UNSURE)


class Searcher(Closing):
    """One opened generation with all that reads questions; safe to use from several threads.

    Args:
        generation: the index.
        encoder: that made it.
        glossary: everyday and official words.
        judge: the cross-encoder, if there is one.
        calibration: when to answer; None means the one that comes with the project.
        at_once: questions that are worked on at once; further ones wait for their turn. Many more than there
            are cores win nothing where no server is asked: they only take the interpreter from one another.
        today: tells the day that 去年 counts from.
    """

    def __init__(
        self,
        generation: Generation,
        encoder: Encoder,
        glossary: Glossary,
        judge: Judge | None = None,
        calibration: Calibration | None = None,
        *,
        at_once: int = AT_ONCE,
        today: Callable[[], date] = date.today,
    ) -> None:
        self.generation = generation
        self._turn = Semaphore(at_once)
        self.encoder = encoder
        self.glossary = glossary
        self.judge = judge
        self.calibration = calibration or shipped_calibration()
        self.domain = shipped_classifier("domain", encoder.fingerprint)
        self.openness = shipped_classifier("openness", encoder.fingerprint)
        self.router = Router(generation, glossary, today)
        self.ranker = Ranker(generation, encoder, self.router)
        self.mender = Mender(generation.lexical, glossary)
        self.surveyor = Surveyor(
            generation, glossary, judge, mender=self.mender, router=self.router, ranker=self.ranker
        )
        self.places = place_names(generation.store.document_infos())

    def search(self, question: str, *, filters: Filters = ANY, limit: int = 10) -> tuple[Hit, ...]:
        """The best passages, best first, near-duplicates folded; () when nothing matches at all."""
        bare = bare_question(question)
        with self._turn:
            found, _, _ = self._find(self._read(bare, Context(Turn(Form.ALONE), bare), filters), limit)
        return tuple(each.hit for each in found)

    def ask(
        self,
        question: str,
        *,
        past: Sequence[PastTurn] = (),
        filters: Filters = ANY,
        limit: int = 10,
        rewriting: Rewriting | None = None,
    ) -> Evidence:
        """What the archive says, understood in the context of the turns before.

        Args:
            question: cleaned, not empty.
            past: earlier turns, oldest first.
            filters: which documents may answer.
            limit: most hits that are returned.
            rewriting: other words to look for besides.
        """
        return self.consider(question, past=past, filters=filters, limit=limit, rewriting=rewriting).evidence

    def consider(
        self,
        question: str,
        *,
        past: Sequence[PastTurn] = (),
        filters: Filters = ANY,
        limit: int = 10,
        rewriting: Rewriting | None = None,
    ) -> Considered:
        """The same as :meth:`ask`, with the signals that the confidence was made of."""
        bare = [replace(turn, question=bare_question(turn.question)) for turn in past]
        with self._turn:
            considered = self._consider(bare_question(question), bare, filters, limit, rewriting)
        return replace(considered, evidence=replace(considered.evidence, question=question))

    def _consider(
        self,
        question: str,
        past: Sequence[PastTurn],
        filters: Filters,
        limit: int,
        rewriting: Rewriting | None,
    ) -> Considered:
        """What is said of the bare question."""
        context = in_context(question, past, self.glossary, self.places, self.speakers if past else ())
        if context.form is Form.COURTESY:
            return Considered(nothing_found(question))
        if rewriting is not None:
            context = rewritten(context, rewriting)
        suggested = known_words(rewriting, context, self.generation.lexical)
        asked = self._read(question, context, filters, suggested)
        across = self.surveyor.asked_for(asked)
        if across is not None:
            return Considered(self.surveyor.survey(asked, across, limit))
        told = read_off(asked, self.router, self.glossary, self.generation.store)
        if told is None and context.form is Form.MORE:
            return Considered(nothing_more(question, quoted=bool(context.quotes)))
        # What is quoted does not depend on how many hits are shown.
        found, candidates, vector = self._find(asked, max(limit, PASSAGES, AMONG))
        topic = words_in(self.glossary.topic(asked.query.meant or context.question))
        if context.form is Form.ALONE and are_keywords(context.question, topic):
            found = saying_all_first(found, topic, self.glossary.expand)
        hits = tuple(each.hit for each in found[:limit])
        if told is not None:
            return Considered(evidence_told(question, told, self.generation.store, hits, limit))
        if not found:
            return Considered(nothing_found(question))
        words = choose_words(self.generation, asked.query, asked.routing, found)
        rule = self._rule(asked, words)
        signals = self._signals(asked, words, candidates.cosine, vector, ruled=rule is not None)
        return Considered(self._evidence(asked, words, signals, hits, rule), signals)

    def warm(self) -> None:
        """Do what a first question would wait for: the names of the archive, what is read lazily."""
        infos = self.generation.store.document_infos()
        if infos:
            self.ask(infos[0].title)

    def close(self) -> None:
        """Let go of the index's files, and wait for what the encoder has begun."""
        self.generation.close()
        self.encoder.close()

    @functools.cached_property
    def speakers(self) -> frozenset[str]:
        """Who speaks in the archive; first asked by a follow-up."""
        return speaker_names(self.generation.store.speakers())

    def _read(
        self, question: str, context: Context, filters: Filters, suggested: Sequence[str] = ()
    ) -> Asked:
        """What to look for, and the documents that are named; with what waits for no vector."""
        meant = self.mender.meant(context.question)
        query = analyse(
            context.question,
            self.glossary,
            context.carried,
            meant,
            context_weight=context.weight,
            spoken=context.spoken,
            suggested=suggested,
        )
        allowed = allowed_in(context, self.generation.store, filters)
        ranked, vectors = self.ranker.begin(query, allowed)
        routing = self.router.route(context.spoken or meant or context.question)
        return Asked(question, context, asking_of_sides(query, routing), routing, allowed, ranked, vectors)

    def _find(self, asked: Asked, limit: int) -> tuple[list[Found], Candidates, FloatArray]:
        """The best passages, best first, all that were measured, and the question's vector."""
        measured = self.ranker.measure(asked, self.router.rows(asked.routing.documents))
        return self.ranker.folded(measured, limit, asked.routing.sides), measured.candidates, measured.vector

    def _rule(self, asked: Asked, words: Words) -> Rule | None:
        """The rule that declines, whatever the confidence."""
        best = words.runs[0]
        masked = asks_for_masked(asked.query, best, words.documents[best.best.document])
        # A follow-up has its subject from before, and a name of a speech is one.
        alone = asked.context.form is Form.ALONE and not asked.routing.named
        several = asked.allowed is None and len(self.generation.store.documents) > 1
        vague = alone and (
            self.glossary.names_nothing(asked.question)
            or (several and of_no_speech(asked.question, asked.routing, self.glossary))
        )
        return ruled_out(
            masked,
            unknown_subjects(asked.query, asked.routing),
            vague,
            elsewhere=self.router.elsewhere(
                asked.question, asked.routing, words.documents.keys(), words.said
            ),
            bare=is_bare_heading(words.runs, words.quotables),
        )

    def _signals(
        self, asked: Asked, words: Words, cosine: float, vector: FloatArray, *, ruled: bool
    ) -> Signals:
        """What the confidence is made of; ``cosine`` of the nearest sentence, ``vector`` of the question."""
        query, alone = asked.query, asked.context.form is Form.ALONE
        signals = measure_signals(
            query,
            asked.routing,
            self.glossary,
            quotables=words.quotables,
            runs=words.runs,
            sources=words.sources,
            cosine=cosine,
            in_domain=in_domain(self.domain, vector, alone=alone),
            alone=alone,
            compares=bool(words.sides),
        )
        if not ruled and alone and not words.sides and self._leaves_open(query, words):
            signals = replace(signals, value_missing=1.0)
        # Of what is compared no side alone is an answer, so the cross-encoder would find each wanting.
        unread = ruled or bool(words.sides) or asked.context.form in NOT_READ
        if self.judge is None or unread or not self.calibration.takes_reading(signals):
            return signals
        return replace(signals, answers=judged(self.judge, query, self.glossary, words.runs, words.sources))

    def _leaves_open(self, query: Query, words: Words) -> bool:
        """Whether the best words ask themselves what is asked, and leave it open."""
        found = "".join(each.sentence.text for each in words.runs[0].quotables)
        question = query.meant or query.question
        return self.openness is not None and leaves_open(
            self.openness, question, found, self.encoder.encode_passages
        )

    def _evidence(
        self, asked: Asked, words: Words, signals: Signals, hits: tuple[Hit, ...], rule: Rule | None
    ) -> Evidence:
        """The answer; where there is none, why, and what comes nearest."""
        regression = self.calibration.of(signals)
        confidence = confidence_in(
            asked.context,
            self.calibration.confidence(signals, leans=asked.context.form is not Form.ALONE),
            words.runs,
            words.sources,
            glossary=self.glossary,
            idf=self.generation.lexical.idf,
        )
        if rule is None and regression.answers(confidence):
            quotes = words.quotes(words.in_reading_order())
            certainty = regression.certainty(confidence)
            return Evidence(asked.question, quotes, hits, confidence, answerable=True, certainty=certainty)
        if rule is not None:
            confidence = min(confidence, BY_RULE, regression.threshold)
        return declined(asked.question, words, hits, rule or Rule(Reason.UNSURE), confidence)
