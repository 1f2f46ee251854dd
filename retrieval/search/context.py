"""A question in its conversation: what is searched for, where it may stand, and what it must not repeat.

The turns before are read from the first to the last, each by its form (`followup.py`), so that a chain of
follow-ups (春节值班怎么安排, 那国庆呢, 谁负责) always leads back to one question that stands alone, with
whatever was put into it since. Nothing is remembered besides the turns themselves.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from retrieval.search.followup import Form, Turn, read_turn
from retrieval.search.glossary import Glossary
from retrieval.search.nth_speech import in_order, pointed_speech
from retrieval.search.slots import Slot, put_in
from retrieval.types import Evidence, Quote

CARRIED = 0.5
"""Weight of the words of the question that a follow-up asks more about."""

CARRIED_INSTEAD = 0.3
"""The same where something else was put in their place."""

_PREFERENCE: dict[Form, float] = {
    Form.ALONE: 0.3,
    Form.SHORT: 0.75,
    Form.TERSE: 1.5,
    Form.ASKING: 1.0,
    Form.ITEM: 1.0,
    Form.INSTEAD: 3.5,
}


@dataclass(frozen=True, slots=True)
class PastTurn:
    """A question asked before in the same conversation, with what it found."""

    question: str
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Context:
    """A question as its conversation makes it understood.

    Attributes:
        turn: what it asks for, by its form.
        question: what is searched for; the question itself unless something else was put into an earlier one.
        topic: the question that a next follow-up leans on.
        carried: earlier words that count less; () where words of another subject must not answer.
        weight: of their words, against one of the question.
        spoken: the question as one would ask it alone; "" for carried words and question.
        documents: ids of documents that are preferred.
        pointed: the id of the only one that may answer (第二篇讲了什么); "" for any.
        preference: how much, 0 and above.
        quotes: what the last answer quoted, () when nothing was; what follow-ups point to.
        said: all that was quoted since the subject changed last.
        shown: all that was quoted in the conversation.
        listed: ids of the documents of the last answer that drew on several, in its order.
        place: what the speech must belong to or speak of; "" for any.
        introduced: what was put in; what is quoted must speak of it. "" for nothing.
        at_most: the confidence of the question that this one only asks more about.
    """

    turn: Turn
    question: str
    topic: str = ""
    carried: tuple[str, ...] = ()
    weight: float = 1.0
    spoken: str = ""
    documents: frozenset[str] = frozenset()
    pointed: str = ""
    preference: float = 0.0
    quotes: tuple[Quote, ...] = ()
    said: tuple[Quote, ...] = ()
    shown: tuple[Quote, ...] = ()
    listed: tuple[str, ...] = ()
    place: str = ""
    introduced: str = ""
    at_most: float = 1.0

    @property
    def form(self) -> Form:
        """What the turn asks for."""
        return self.turn.form

    @property
    def excluded(self) -> frozenset[str]:
        """Documents that must not answer: another one is asked for."""
        return documents_of(self.said) if self.form is Form.OTHER else frozenset()


@dataclass(frozen=True, slots=True)
class _Standing:
    """What the turns so far leave to lean on; see :class:`Context`.

    Attributes:
        listed: ids of the documents of the last answer that drew on several, in its order.
    """

    turn: Turn | None = None
    topic: str = ""
    documents: frozenset[str] = frozenset()
    quotes: tuple[Quote, ...] = ()
    said: tuple[Quote, ...] = ()
    shown: tuple[Quote, ...] = ()
    listed: tuple[str, ...] = ()
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class _Names:
    """The words that tell what kind of thing is put in."""

    glossary: Glossary
    places: Collection[str]
    speakers: Collection[str]


def in_context(
    question: str,
    past: Sequence[PastTurn],
    glossary: Glossary,
    places: Collection[str] = (),
    speakers: Collection[str] = (),
) -> Context:
    """Understand a question by the turns before it.

    Args:
        question: the one that is asked now.
        past: the turns before it, oldest first.
        glossary: knows the words that only ask.
        places: that the archive's speeches belong to, see :func:`retrieval.search.slots.place_names`.
        speakers: who speaks in it, see :func:`retrieval.search.slots.speaker_names`.
    """
    names = _Names(glossary, places, speakers)
    standing = _Standing()
    for turn in past:
        context = _understood(turn.question, standing, names)
        standing = _after(standing, context, turn.evidence)
    return _understood(question, standing, names)


def documents_of(quotes: Sequence[Quote]) -> frozenset[str]:
    """Ids of the documents that quotes come from."""
    return frozenset(quote.document.id for quote in quotes)


def _understood(question: str, standing: _Standing, names: _Names) -> Context:
    if speech := pointed_speech(question, standing.listed):
        asks = speech.question
        topic = standing.topic if names.glossary.names_nothing(asks) else asks
        return Context(
            Turn(Form.ALONE),
            asks,
            topic,
            pointed=speech.document,
            quotes=standing.quotes,
            said=standing.said,
            shown=standing.shown,
            listed=standing.listed,
        )
    turn = read_turn(question, names.glossary, standing.turn)
    context = Context(
        turn,
        question,
        topic=standing.topic,
        documents=standing.documents,
        preference=_PREFERENCE.get(turn.form, 0.0),
        quotes=standing.quotes,
        said=standing.said,
        shown=standing.shown,
        listed=standing.listed,
    )
    if turn.form is Form.COURTESY:
        return context
    if turn.form in (Form.ALONE, Form.SHORT, Form.TERSE):
        return replace(context, topic=question)
    if turn.form is Form.INSTEAD:
        return _with_another(context, names)
    if turn.form is Form.OTHER:
        asked = turn.subject or standing.topic
        carried = (standing.topic,) if turn.subject else ()
        return replace(
            context,
            question=asked,
            carried=carried,
            weight=CARRIED_INSTEAD,
            topic=asked,
            documents=frozenset(),
        )
    return replace(context, carried=(standing.topic,), weight=CARRIED, at_most=standing.confidence)


def _with_another(context: Context, names: _Names) -> Context:
    replaced = put_in(context.turn.subject, context.topic, names.glossary, names.places, names.speakers)
    elsewhere = replaced.slot in (Slot.PLACE, Slot.SPEAKER, Slot.OCCASION)
    return replace(
        context,
        question=replaced.question,
        topic=replaced.topic,
        carried=(replaced.carried,) if replaced.carried else (),
        weight=CARRIED_INSTEAD,
        spoken="" if replaced.topic.endswith(context.turn.subject) else replaced.topic,
        documents=frozenset() if elsewhere else context.documents,
        place=replaced.place,
        introduced=context.turn.subject,
    )


def _after(standing: _Standing, context: Context, evidence: Evidence) -> _Standing:
    if context.form is Form.COURTESY:
        return standing
    if context.form is Form.ABOUT:
        return replace(standing, turn=context.turn)
    quotes = evidence.quotes if evidence.answerable else ()
    is_new = context.form is Form.ALONE
    changes = (is_new and not context.pointed) or context.form in (Form.SHORT, Form.TERSE, Form.INSTEAD)
    before: tuple[Quote, ...] = () if changes else standing.said
    asks_more = context.form in (Form.ASKING, Form.ITEM, Form.MORE)
    return _Standing(
        turn=context.turn,
        topic=context.topic,
        documents=documents_of(quotes) or (frozenset() if is_new else standing.documents),
        quotes=quotes or (() if is_new else standing.quotes),
        said=(*before, *quotes),
        shown=(*standing.shown, *quotes),
        listed=listed if len(listed := in_order(quotes)) > 1 else standing.listed,
        confidence=standing.confidence if asks_more else 1.0 if quotes else evidence.confidence,
    )
