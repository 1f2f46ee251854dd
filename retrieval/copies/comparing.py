"""A document's text in the form in which copies are compared, and a sketch by which likely copies are found.

The sketch is the bottom-k sketch of Broder (On the resemblance and containment of documents, 1997): the
smallest hashes of a text's shingles. Two texts that share most shingles share most of these.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from config.patterns import lazy_pattern
from retrieval.documents.views import search_text

SHINGLE = 6
"""Characters. At 10% of characters misread, the worst that is taken for a copy, half the shingles survive."""

SKETCH = 128
"""Hashes kept of a text: 512 bytes. The share of common ones is known to within 0.09 in 19 of 20 cases."""

LIKELY = 0.25
"""Least share of common hashes from which texts are compared in full. At worst 0.53 are, see SHINGLE."""

_MARKER = lazy_pattern(
    r"\s*(?:[（(〔]?[一二三四五六七八九十]{1,3}(?:[）)〕][、.．]?|[、.．])"
    r"|[（(]?[0-9０-９]{1,2}(?:[）)][、.．]?|[、.．](?![0-9０-９]))|[①-⑳]|[•●○◆■□▪*-])+\s*"
)
"""Numbers of headings and items at the start of a line: a word processor writes them by itself, so that
another format may lack them or count otherwise."""

_SENTENCE_END = (".", "!", "?", ";", '"')
"""Ends of prose, folded."""

Sketch = npt.NDArray[np.uint32]
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)  # golden ratio, as in splitmix64


@dataclass(frozen=True, slots=True)
class Comparable:
    """Folded text without white space, and where its lines begin.

    Attributes:
        text: half-width, simplified, small letters; punctuation and digits stay, numbers of headings go.
        starts: offsets in ``text`` of the lines, ascending; the first is 0 where there is any text.
    """

    text: str
    starts: tuple[int, ...]

    def is_line_start(self, at: int) -> bool:
        """Whether a line begins (or the text ends) there."""
        place = bisect_left(self.starts, at)
        return at == len(self.text) or (place < len(self.starts) and self.starts[place] == at)

    def prose(self, start: int, end: int) -> int:
        """Characters of a stretch but for its whole lines that are no sentences."""
        inside = self.starts[bisect_left(self.starts, start + 1) : bisect_left(self.starts, end)]
        count = 0
        for first, last in pairwise((start, *inside, end)):
            is_whole = self.is_line_start(first) and self.is_line_start(last)
            if not is_whole or self.text[first:last].endswith(_SENTENCE_END):
                count += last - first
        return count


def comparable(clean: str) -> Comparable:
    """Fold the clean text of a document, one paragraph a line."""
    parts: list[str] = []
    starts: list[int] = []
    length = 0
    # Folded at once: traditional characters are told by their share.
    for line in clean.split("\n"):
        found = _MARKER.match(line)
        folded = search_text(line[found.end() :] if found else line)
        if folded:
            parts.append(folded)
            starts.append(length)
            length += len(folded)
    return Comparable("".join(parts), tuple(starts))


def sketch(text: str) -> Sketch:
    """The smallest hashes of a folded text's shingles, ascending, each once."""
    hashes = np.sort((shingle_hashes(text, SHINGLE) >> np.uint64(32)).astype(np.uint32))
    is_first = np.diff(hashes, prepend=~hashes[:1]) != 0
    smallest: Sketch = hashes[is_first][:SKETCH]
    return smallest


def shingle_hashes(text: str, size: int) -> npt.NDArray[np.uint64]:
    """A 64-bit hash of each stretch of ``size`` characters, in order; none for a shorter text."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.uint64)
    count = len(codes) - size + 1
    if count <= 0:
        return np.empty(0, dtype=np.uint64)
    with np.errstate(over="ignore"):
        values = np.zeros(count, dtype=np.uint64)
        for offset in range(size):
            values = (values + codes[offset : offset + count]) * _MULTIPLIER
            values ^= values >> np.uint64(29)
        values *= np.uint64(0xBF58476D1CE4E5B9)
        return values ^ (values >> np.uint64(32))
