"""The terms of many texts at once: the same as `tokenize` of each, in a tenth of the time.

Postings of a large archive are made of a hundred million terms. Here all texts of a call are one array of
characters, and folding, cutting and counting are done to the whole of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import add

import numpy as np
import numpy.typing as npt

from config.patterns import lazy_pattern
from embeddings.types import IntArray
from retrieval.documents.views import folded_character, search_text, traditional_teller
from retrieval.index.tokens import CHINESE, PARTED

MOST_TEXTS = 1 << 14
"""Texts a call takes, so that what identifies a term and a text fits into 63 bits."""
_ROW_BITS = 14
_MOST_UNITS = 1 << 24

_NO_CHARACTER = 0x110000
"""Numbers from here on stand for units of more than one character."""

_CHINESE_KIND, _WORD_KIND = 2, 1
_IS_CHINESE = lazy_pattern(rf"[{CHINESE}]")
_WORDS = lazy_pattern(rf"[^\W_{CHINESE}]+")
_IS_WORD = lazy_pattern(r"[^\W_]")


@dataclass(frozen=True, slots=True)
class Occurrences:
    """Every term of some texts, as often as it stands there.

    Attributes:
        terms: each once.
        sizes: how often each stands in all texts together, ``int64 (n_terms,)``.
        texts: the numbers of the texts that they stand in, term by term, ascending, ``int32 (n,)``.
        lengths: number of terms of each text, ``int64 (n_texts,)``.
    """

    terms: list[str]
    sizes: IntArray
    texts: npt.NDArray[np.int32]
    lengths: IntArray


def tokenize_all(texts: Sequence[str]) -> Occurrences:
    """The terms of up to `MOST_TEXTS` texts.

    Raises:
        ValueError: there are more texts.
    """
    if len(texts) > MOST_TEXTS:
        raise ValueError(f"{len(texts)} texts, not {MOST_TEXTS} at most")
    is_traditional = traditional_teller(sum(map(len, texts)))
    lines = [_even(text, is_traditional(text)) for text in texts]
    owners = np.repeat(np.arange(len(lines), dtype=np.int64), [len(line) + 1 for line in lines])
    codes, sources = _folded(_codes("".join(f"{line}\n" for line in lines)))
    units, starts, ends, names = _units(codes)
    rows = owners[sources[starts]]
    beside = ends[:-1] == starts[1:]
    name_bits = len(names).bit_length()
    first, second = units[:-1][beside], units[1:][beside]
    # A term is its first unit and, unless it is a unit alone, one more than the number of its second.
    keys = np.concatenate([units << name_bits, (first << name_bits) + second + 1])
    keys = (keys << _ROW_BITS) + np.concatenate([rows, rows[:-1][beside]])
    keys.sort()
    found = keys >> _ROW_BITS
    at = np.flatnonzero(np.diff(found, prepend=-1))
    tails = ["", *names]
    pairs = found[at]
    return Occurrences(
        terms=list(
            map(
                add,
                map(names.__getitem__, (pairs >> name_bits).tolist()),
                map(tails.__getitem__, (pairs & ((1 << name_bits) - 1)).tolist()),
            )
        ),
        sizes=np.diff(at, append=keys.size),
        texts=(keys & (MOST_TEXTS - 1)).astype(np.int32),
        lengths=np.bincount(keys & (MOST_TEXTS - 1), minlength=len(texts)),
    )


def _even(text: str, is_traditional: bool) -> str:
    """A text whose lines are parted by one line break each and hold no traditional characters."""
    pieces = PARTED.split(text)
    # What is folded once stays as it is when it is folded again.
    return "\n".join(map(search_text, pieces) if is_traditional else pieces)


def _codes(text: str) -> npt.NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")


def _folded(codes: npt.NDArray[np.uint32]) -> tuple[npt.NDArray[np.uint32], IntArray]:
    """Every character folded, but for line breaks, and which one each of the results comes from."""
    distinct = np.flatnonzero(np.bincount(codes))
    folded = ["\n" if code == ord("\n") else folded_character(chr(code)) for code in distinct.tolist()]
    sizes, firsts = (np.zeros(distinct.max(initial=0) + 1, dtype=np.int64) for _ in range(2))
    sizes[distinct] = [len(each) for each in folded]
    firsts[distinct] = np.cumsum(sizes[distinct]) - sizes[distinct]
    taken = sizes[codes]
    sources = np.repeat(np.arange(codes.size), taken)
    nth = np.arange(sources.size) - np.repeat(np.cumsum(taken) - taken, taken)
    return _codes("".join(folded))[firsts[codes[sources]] + nth], sources


def _units(codes: npt.NDArray[np.uint32]) -> tuple[IntArray, IntArray, IntArray, list[str]]:
    """The number, start and end of each unit of a folded text, and the names that the numbers stand for."""
    distinct = np.flatnonzero(np.bincount(codes))
    kinds = np.zeros(distinct.max(initial=0) + 1, dtype=np.int8)
    kinds[distinct] = [_kind(chr(code)) for code in distinct.tolist()]
    kind = kinds[codes]
    is_word = kind == _WORD_KIND
    opens = is_word & ~np.concatenate([[False], is_word[:-1]])
    closes = is_word & ~np.concatenate([is_word[1:], [False]])
    starts = np.flatnonzero(opens | (kind == _CHINESE_KIND))
    ends = starts + 1
    ends[opens[starts]] = np.flatnonzero(closes) + 1
    words = _WORDS.findall(codes.tobytes().decode("utf-32-le", "surrogatepass"))
    numbers = {word: _NO_CHARACTER + at for at, word in enumerate(dict.fromkeys(words))}
    units = codes[starts].astype(np.int64)
    units[opens[starts]] = [numbers[word] for word in words]
    used = np.flatnonzero(np.bincount(units))
    if used.size >= _MOST_UNITS:
        raise ValueError(f"{used.size} units, not {_MOST_UNITS} at most")
    dense = np.zeros(used.max(initial=0) + 1, dtype=np.int64)
    dense[used] = np.arange(used.size)
    of_number = list(numbers)
    names = [chr(n) if n < _NO_CHARACTER else of_number[n - _NO_CHARACTER] for n in used.tolist()]
    return dense[units], starts, ends, names


def _kind(character: str) -> int:
    if _IS_CHINESE.match(character):
        return _CHINESE_KIND
    return _WORD_KIND if _IS_WORD.match(character) else 0
