"""Survey all speeches for one matter (哪几篇讲话提到四不两直): which treat it, and a quote from each."""

from __future__ import annotations

import functools

from config.patterns import lazy_pattern
from retrieval.documents.views import search_text
from retrieval.index import Generation
from retrieval.search.across import Across, across_asked
from retrieval.search.across_words import ACT
from retrieval.search.archive_questions import which_asked
from retrieval.search.declining import BY_RULE, Rule, declined, no_speech, nothing_found, ruled_out
from retrieval.search.evidence import PASSAGES
from retrieval.search.filters import only_in
from retrieval.search.followup import Form
from retrieval.search.glossary import Glossary
from retrieval.search.judging import Judge
from retrieval.search.query import analyse
from retrieval.search.ranking import Asked, Ranker
from retrieval.search.router import Router
from retrieval.search.routing import Routing
from retrieval.search.slips import Mender
from retrieval.search.telling import evidence_treated
from retrieval.search.treating import MatterReader, find_treated, rows_to_measure
from retrieval.search.words import choose_words
from retrieval.types import Evidence, Reason

_ACT = lazy_pattern(ACT)
_ASK_ACROSS = (Form.ALONE, Form.SHORT, Form.TERSE, Form.OTHER, Form.INSTEAD)
"""Turns that may look for a matter in every speech: 还有哪些讲话提到 looks in those not quoted yet."""


class Surveyor:
    """Looks for a matter in every speech of an index; safe to use from several threads.

    Args:
        generation: the index.
        glossary: everyday and official words.
        judge: the cross-encoder, if there is one.
        mender: reads slips in the matter.
        router: knows which speeches are named, and when each was given.
        ranker: of the same index.
    """

    def __init__(
        self,
        generation: Generation,
        glossary: Glossary,
        judge: Judge | None,
        *,
        mender: Mender,
        router: Router,
        ranker: Ranker,
    ) -> None:
        self._generation = generation
        self._glossary = glossary
        self._judge = judge
        self._mender = mender
        self._router = router
        self._ranker = ranker

    def asked_for(self, asked: Asked) -> Across | None:
        """The matter that a question looks for in every speech; None for any other."""
        context = asked.context
        if context.form not in _ASK_ACROSS or context.pointed:
            return None
        text = asked.question if context.form is Form.ALONE else context.spoken or context.question
        # What is meant is tried last: 提到 is mended to 堤到 where no speech says it.
        texts = dict.fromkeys((text, asked.query.meant))
        across = next(filter(None, (across_asked(text, self._glossary) for text in texts)), None)
        if across is None or across.said:
            return across
        of_archive = which_asked(text, asked.routing, self._glossary) is not None
        return None if of_archive or self._router.only_names(across.topic) else across

    def survey(self, asked: Asked, across: Across, limit: int) -> Evidence:
        """What the speeches say that treat a matter; where none does, what comes nearest.

        Args:
            asked: the question.
            across: the matter, see `asked_for`.
            limit: most hits that are returned.
        """
        outside = search_text(asked.question).replace(across.topic, " ")
        if absent := self._router.without_speech(outside):
            return no_speech(asked.question, absent)
        among = self._router.among(across.within, across.levels, outside)
        matter = self._matter(asked, across, among)
        act = _ACT.search(outside)
        reader = MatterReader(
            self._generation, self._glossary, self._judge, matter.query, act["act"] if act else ""
        )
        times = self._router.times
        named = rows_to_measure(reader, matter.allowed, across.order, times)
        measured = self._ranker.measure(matter, named)
        found = self._ranker.folded(measured, max(limit, PASSAGES))
        if not found:
            return nothing_found(asked.question)
        hits = tuple(each.hit for each in found[:limit])
        treated = find_treated(
            reader,
            measured.candidates.rows,
            measured.fused,
            functools.partial(self._ranker.fetch, measured),
            order=across.order,
            times=times,
            allowed=matter.allowed,
        )
        if treated.quoted and not among.unknown:
            before = len(asked.context.excluded)
            return evidence_treated(asked.question, treated, self._generation, hits, limit, before=before)
        rule = ruled_out(False, among.unknown) or Rule(Reason.UNSURE)
        words = choose_words(self._generation, matter.query, Routing(), found)
        return declined(asked.question, words, hits, rule, BY_RULE)

    def _matter(self, asked: Asked, across: Across, among: Routing) -> Asked:
        """The matter as it is looked for, with the words for the speeches meant where these name none."""
        is_told = bool(among.documents or among.unknown)
        topic = across.topic if is_told else f"{across.within} {across.topic}".strip()
        query = analyse(topic, self._glossary, meant=self._mender.meant(topic))
        allowed = asked.allowed
        if among.documents:
            allowed = only_in(self._generation.store, among.documents, allowed)
        ranked, vectors = self._ranker.begin(query, allowed)
        return Asked(asked.question, asked.context, query, Routing(), allowed, ranked, vectors)
