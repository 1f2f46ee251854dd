"""The form of a text in which formulations are compared: the search view without punctuation.

三管三必须, “三管三必须”, 三管、三必须 and 三管 三必須 are the same there. Every character knows the
character of the source that it was made from, so nothing that is found there can shift.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from embeddings.types import IntArray
from retrieval.documents.views import search_view

_LINE_END = r"[\n\r\u2028\u2029]"
_SENTENCE_END = r"[。！？!?…｡]"
_CLAUSE_END = r"[，、；：,;:]"
_MARKS = re.compile(f"(?:{_SENTENCE_END}|{_CLAUSE_END})+")

SENTENCES = re.compile(f"{_LINE_END}|{_SENTENCE_END}")
"""What parts sentences."""


@dataclass(frozen=True, slots=True, eq=False)
class Folded:
    """A folded text.

    Attributes:
        text: letters, digits and Chinese characters only.
        origins: ``int64 (len(text),)``, where in the source each character comes from; ascending.
        apart: ``bool (len(text) + 1,)``, whether a mark, or nothing at all, stands before the character (at
            the last place: behind the last one). White space parts nothing.
        segments: half-open ranges of ``text`` that a formulation does not cross, in order.
    """

    text: str
    origins: IntArray
    apart: tuple[bool, ...]
    segments: tuple[tuple[int, int], ...]

    def to_source(self, start: int, end: int) -> tuple[int, int]:
        """The source range that ``text[start:end]``, which must not be empty, was made from.

        Raises:
            ValueError: the range is empty or does not lie in the text.
        """
        if not 0 <= start < end <= len(self.text):
            raise ValueError(f"[{start}, {end}) does not lie in a text of {len(self.text)}")
        return int(self.origins[start]), int(self.origins[end - 1]) + 1


def fold(text: str, barriers: re.Pattern[str] | None = None) -> Folded:
    """Fold a text.

    Args:
        text: any string.
        barriers: what no formulation crosses; None for nothing.
    """
    view = search_view(text)
    lengths = np.ones(view.source_length, np.int64)
    for edit in view.edits:  # each is about one character
        lengths[edit.start] = len(edit.text)
    origins = np.repeat(np.arange(view.source_length), lengths)
    kept = [at for at, character in enumerate(view.text) if character.isalnum()]
    inside = [after - before > 1 for before, after in pairwise(kept)]
    apart = (True, *inside, True) if kept else (True,)
    own = origins[np.asarray(kept, np.int64)]
    return Folded("".join(view.text[at] for at in kept), own, apart, _segments(text, own, barriers))


def barriers_for(formulation: str) -> re.Pattern[str]:
    """What a formulation does not reach across, as it was typed.

    The end of a paragraph always; the end of a sentence unless it was typed with a mark inside; where it
    is short and without marks also that of a clause or item: 分管安全、生产的副矿长 does not say 安全生产.
    """
    folded = fold(formulation)
    if any(folded.apart[1:-1]):
        return re.compile(_LINE_END)
    if len(folded.text) < 5:
        return re.compile(f"{_LINE_END}|{_SENTENCE_END}|{_CLAUSE_END}")
    return SENTENCES


def parts_of(formulation: str) -> list[str]:
    """The folded parts of a formulation between its marks: 党政同责 and 一岗双责 of 党政同责、一岗双责."""
    return [part for part in (fold(text).text for text in _MARKS.split(formulation)) if part]


def _segments(text: str, origins: IntArray, barriers: re.Pattern[str] | None) -> tuple[tuple[int, int], ...]:
    stops = [found.start() for found in barriers.finditer(text)] if barriers else []
    cuts = np.searchsorted(origins, np.asarray(stops, np.int64)).tolist()
    return tuple(pairwise(sorted({0, len(origins), *cuts})))
