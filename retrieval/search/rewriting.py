"""A question in other words, of whoever knows some: what they may change of what is looked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from retrieval.index.lexical import LexicalIndex
from retrieval.index.tokens import tokenize
from retrieval.search.context import CARRIED, Context, PastTurn, in_context
from retrieval.search.followup import Form
from retrieval.search.glossary import load_glossary

_OPEN = (Form.ALONE, Form.SHORT, Form.TERSE, Form.ASKING, Form.INSTEAD)
"""Turns that are looked for by their words. The others point into what was quoted, or ask nothing."""


@dataclass(frozen=True, slots=True)
class Rewriting:
    """Other words for a question. They are looked for besides its own, and weigh less.

    Attributes:
        question: a follow-up as one would ask it alone; "" for none.
        words: what speeches may say where the question has everyday words.
    """

    question: str = ""
    words: tuple[str, ...] = ()


def is_rewritable(question: str, past: Sequence[PastTurn] = ()) -> bool:
    """Whether other words could change what is found; ``past`` oldest first."""
    return in_context(question, past, load_glossary()).form in _OPEN


def rewritten(context: Context, rewriting: Rewriting) -> Context:
    """The context with the question as one would ask it alone in the place of all that it leans on.

    The question itself stays what it is: its own words and its own vector come first, and the rules that
    decline read nothing else.
    """
    if not rewriting.question or context.form not in _OPEN:
        return context
    return replace(
        context,
        carried=(rewriting.question,),
        weight=CARRIED,
        spoken=rewriting.question,
        documents=frozenset(),
    )


def known_words(rewriting: Rewriting | None, context: Context, lexical: LexicalIndex) -> tuple[str, ...]:
    """The words whose every part stands in the archive: the others would find nothing."""
    if rewriting is None or context.form not in _OPEN:
        return ()
    return tuple(word for word in rewriting.words if all(map(lexical.document_frequency, tokenize(word))))
