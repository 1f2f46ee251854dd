"""What goes with the words of a question: pairs of characters that answers have where questions have others.

Everyday questions and official speeches share few words (炮仗, 烟花爆竹), and no glossary has them all. Which
pairs of characters go together was counted in the questions and passages that the encoder learned from
(`training/associations.py`): statistical translation (Berger and Lafferty, SIGIR 1999), with pointwise
mutual information (Church and Hanks, 1990) for probabilities.
"""

from __future__ import annotations

import functools
from bisect import bisect_left
from collections.abc import Sequence
from importlib import resources
from itertools import pairwise

from config.patterns import lazy_pattern
from retrieval.documents.views import search_text
from retrieval.index.tokens import CHINESE

ITSELF = 1.5
"""What a pair counts that a text has itself; what goes with it counts 1 to 4.5, by how strongly it does."""

STRONGEST = 2
"""So many of what goes with a pair count: a long text has some of everything."""

STEP = 0.5
"""What one of a digit stands for in the file."""

_RUNS = lazy_pattern(rf"[{CHINESE}]+")


class Associations:
    """What goes with each pair of characters.

    Args:
        source: a line for each pair, sorted: the pair, a blank, then what goes with it, strongest first, each
            followed by a digit: how strongly, in `STEP`.
    """

    def __init__(self, source: str) -> None:
        self._lines = source.splitlines()

    def of(self, pair: str) -> list[tuple[str, float]]:
        """What goes with a pair and how strongly, strongest first; [] where nothing is known."""
        # Read only now: a question needs a dozen of five thousand lines.
        at = bisect_left(self._lines, f"{pair} ")
        line = self._lines[at] if at < len(self._lines) else ""
        key, _, others = line.partition(" ")
        if key != pair:
            return []
        return [(others[each : each + 2], STEP * int(others[each + 2])) for each in range(0, len(others), 3)]


class Spoken:
    """A question, to be looked for in many texts by its pairs of characters and by what goes with them.

    Args:
        question: as it is best understood.
        associations: what goes with what.
    """

    def __init__(self, question: str, associations: Associations) -> None:
        self._wanted = [(pair, associations.of(pair)) for pair in dict.fromkeys(pairs_of(question))]

    def within(self, texts: Sequence[str]) -> float:
        """How much of the question some texts speak of, together; 0 and above, rarely beyond 4.

        Each pair counts the same: as `ITSELF` where it stands there, else as the `STRONGEST` of what goes
        with it and does.
        """
        if not self._wanted:
            return 0.0
        said = "\n".join(map(search_text, texts))
        return sum(_counted(pair, others, said) for pair, others in self._wanted) / len(self._wanted)


def pairs_of(text: str) -> list[str]:
    """The pairs of Chinese characters that stand side by side, folded for search, in order."""
    runs = (run[0] for run in _RUNS.finditer(search_text(text)))
    return [left + right for run in runs for left, right in pairwise(run)]


@functools.cache
def load_associations() -> Associations:
    """The associations that come with the project, read once a process (well below 1 ms)."""
    return Associations(resources.files("retrieval.search").joinpath("associations.txt").read_text("utf-8"))


def _counted(pair: str, others: Sequence[tuple[str, float]], said: str) -> float:
    if pair in said:
        return ITSELF
    total, left = 0.0, STRONGEST
    for other, strength in others:
        if other in said:
            total += strength
            left -= 1
            if not left:
                break
    return total
