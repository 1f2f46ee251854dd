"""Two modes of answering beside each other: the rows of a table in which their measures stand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from retrieval.evaluation.comparison import Change
from retrieval.evaluation.measures import OF_WORDING
from retrieval.evaluation.summary import Summary

COLUMNS = (
    "column_measure",
    "column_questions",
    "mode_quotes",
    "mode_llm",
    "column_difference",
    "column_interval",
    "column_p",
)
"""Keys of the catalogue's area "eval"."""

_NONE = "–"


def mode_rows(
    worded: Summary, changes: Sequence[Change], shown: Callable[[str, float], str]
) -> Iterator[tuple[str, ...]]:
    """What differs measure by measure, then what only the second mode has; the first cell is the measure.

    Args:
        worded: of the second mode.
        changes: from the first mode to the second.
        shown: writes a measure's value.
    """
    for one in changes:
        found = one.difference
        values = (one.first, one.second, found.value)
        interval = f"{shown(one.measure, found.low)} – {shown(one.measure, found.high)}"
        written = (shown(one.measure, value) for value in values)
        yield one.measure, str(one.questions), *written, interval, f"{found.p:.3f}"
    for name in OF_WORDING:
        figure = worded.whole.measures.get(name)
        if figure is not None:
            mean = figure.estimate
            interval = f"{shown(name, mean.low)} – {shown(name, mean.high)}"
            yield name, str(figure.questions), _NONE, shown(name, mean.value), _NONE, interval, _NONE
