"""An answer on the screen: the quotes first, then where each of them stands."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Sequence

from bot.answer import Answer, shown_rewriting
from retrieval.cli.citations import (
    place,
    quoted_words,
    show_listed,
    show_near,
    show_sources,
    show_topics,
)
from retrieval.cli.screen import BAD, FAINT, FAIR, GOOD, STRONG, Screen
from retrieval.cli.state import State
from retrieval.search.compose import extent_notes, nearest_topics
from retrieval.search.pointing import LINE_CHARACTERS
from retrieval.types import Certainty, Quote

MOST_LINES = 2
"""Lines of the head of a speech that a list of speeches has of each: more are its outline."""

_STYLES = {Certainty.HIGH: GOOD, Certainty.FAIR: FAIR, Certainty.LOW: BAD}


def show_answer(screen: Screen, state: State, answer: Answer, hint: str = "") -> None:
    """Show quotes and sources, or say plainly that there is no answer and what comes nearest.

    Args:
        screen: where to.
        state: of this run.
        answer: what to show.
        hint: how to read on; the command that shows the first quote in its file when empty.
    """
    if not answer.quotes:
        _show_nothing(screen, state, answer)
        return
    if _lists_speeches(answer.quotes):
        show_listed(screen, answer.quotes)
    else:
        _show_quotes(screen, state, answer.quotes)
    screen.blank()
    for note in extent_notes(answer.evidence, state.language):
        screen.line((note, STRONG))
    _show_certainty(screen, state, answer, hint)


def show_added(screen: Screen, state: State, answer: Answer) -> None:
    """Show the quotes that other words for the question added, and which words these were."""
    before = len(answer.quotes) - answer.added
    read_as = "、".join(f"“{text}”" for text in shown_rewriting(answer))
    screen.line((state.text("ask.read_as" if read_as else "ask.read_otherwise", words=read_as), STRONG))
    _show_quotes(screen, state, answer.quotes[before:], before + 1)


def _lists_speeches(quotes: Sequence[Quote]) -> bool:
    """Whether quotes only tell which speeches there are, or whose: of several the title, a line or both."""
    lines = Counter(quote.document.id for quote in quotes)
    heads = all(not quote.section_path and len(quote.text) <= LINE_CHARACTERS for quote in quotes)
    return heads and len(lines) > 1 and max(lines.values()) <= MOST_LINES


def _show_quotes(screen: Screen, state: State, quotes: Sequence[Quote], first: int = 1) -> None:
    labels = [f"[{number}]" for number in range(first, first + len(quotes))]
    for label, quote in zip(labels, quotes, strict=True):
        screen.quote(quoted_words(screen, quote.text), label.ljust(len(labels[-1])))
        screen.blank()
    screen.line((state.text("ask.sources"), STRONG))
    show_sources(screen, state, quotes, first)


def _show_certainty(screen: Screen, state: State, answer: Answer, hint: str) -> None:
    certainty = answer.certainty
    first = answer.quotes[0]
    command = f"{state.program} show {shlex.quote(place(first.document.path, first.span))}"
    screen.line(
        (state.text("ask.confidence") + " ", FAINT),
        (state.text(f"ask.{certainty.value}"), _STYLES[certainty]),
        (f" {answer.evidence.confidence:.2f}", FAINT),
        *([(f" · {hint or state.text('ask.look') + ' ' + command}", FAINT)] if screen.is_terminal else []),
    )


def _show_nothing(screen: Screen, state: State, answer: Answer) -> None:
    screen.line((answer.text, STRONG))
    near = answer.evidence.near
    if near:
        screen.blank()
        screen.line((state.text("ask.near"), FAINT))
        show_near(screen, state, near)
        return
    topics = nearest_topics(answer.evidence.hits)
    if topics:
        screen.blank()
        screen.line((state.text("ask.nearest"), FAINT))
        show_topics(screen, topics)
