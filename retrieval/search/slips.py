"""Slips of typing: what a question most likely meant where it holds pairs of characters that no text has.

People type by sound and pick the wrong character (安全声产), take one that looks alike (己 for 已), or leave
the sound in Latin letters (xiaofang tongdao). No list says which words are right: the archive's own pairs do.
A slip is a character whose pairs stand in no passage (nor in the glossary), while the
pairs of one that sounds or looks like it do, and in the same passages as the words around. A rare word that
is right has its pairs in the archive or no such double; that is why so much must agree.
"""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from itertools import pairwise
from math import log
from typing import Final, TypeAlias

import numpy as np

from config.patterns import lazy_pattern
from retrieval.documents.views import even_text
from retrieval.index.lexical import LexicalIndex
from retrieval.search.glossary import Glossary

TOGETHER: Final = 0.5
"""In this share of the passages that hold the words around, at least, what was meant must stand, too."""

FREQUENT: Final = 3
"""In so many passages, at least, stands a word that is believed with no words around it to agree with; at
least `TOGETHER` of the passages with the rarer of its characters must have it as this word."""

FEW: Final = 10.0
"""Passages from which on a pair of a reading in pinyin counts for little more if there are still more."""

STRETCHES: Final = 40
"""Most stretches of a question that are looked at: a pasted text is no slip of typing."""

LETTERS: Final = 40
"""Longest Latin word that is read as pinyin."""

LONGEST_SYLLABLE: Final = 6

GRAMMAR: Final = frozenset("是的了着过由在和与为被把对从向就还也都有要时会能不没这那个几")
"""Characters that join words: nobody types one of them for half of a word, and they go with anything."""

_STRETCH = lazy_pattern(r"[\u4e00-\u9fff]{2,}|[a-z]{3,}")


Pair: TypeAlias = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Slip:
    """A stretch from character ``start`` of the question, as typed and as most likely meant, both folded."""

    start: int
    typed: str
    meant: str


@dataclass(frozen=True, slots=True)
class Confusions:
    """What is mixed up when typing.

    Attributes:
        spelled: the characters of each syllable, without tones; a character may have several.
        lookalikes: groups of characters that look alike.
    """

    spelled: Mapping[str, str]
    lookalikes: tuple[str, ...]

    def of(self, character: str) -> set[str]:
        """What may have been meant by a character."""
        # 600 short strings are searched in less time than a table by character takes to build.
        groups = (group for group in (*self.spelled.values(), *self.lookalikes) if character in group)
        return {other for group in groups for other in group if other != character}


@functools.cache
def load_confusions() -> Confusions:
    """The project's table, read once a process and only when a question needs it."""
    source = resources.files("retrieval.search").joinpath("slips.toml").read_text("utf-8")
    tables = tomllib.loads(source)
    spelled = {}
    for line in tables["readings"].strip().splitlines():
        syllable, spelled[syllable] = line.split()
    return Confusions(spelled, tuple(tables["lookalikes"].split()))


class Mender:
    """Finds slips by the words of one index. Safe to share between threads: what it keeps only grows.

    Args:
        lexical: the pairs that texts have.
        glossary: words that are right although no text has them, and words that only ask.
    """

    def __init__(self, lexical: LexicalIndex, glossary: Glossary) -> None:
        self._lexical = lexical
        self._glossary = glossary
        self._after: dict[str, dict[str, int]] = {}
        self._doubles: dict[str, set[str]] = {}

    def meant(self, question: str) -> str:
        """The question without its slips; "" when it has none, as nearly all questions."""
        meant, end = "", 0
        for slip in self.slips(question):
            meant += question[end : slip.start] + slip.meant
            end = slip.start + len(slip.typed)
        return meant + question[end:] if end else ""

    def slips(self, question: str) -> tuple[Slip, ...]:
        """The slips of a question, in order, not overlapping."""
        stretches = list(self._stretches(even_text(question)))
        if len(stretches) > STRETCHES:
            return ()
        return tuple(
            slip
            for start, stretch in stretches
            for slip in (self._spelled if stretch.isascii() else self._mistyped)(start, stretch)
        )

    def _stretches(self, text: str) -> Iterator[tuple[int, str]]:
        """Chinese and Latin stretches between the words that only ask, with their offsets."""
        end = 0
        for piece in self._glossary.topic(text):
            for found in _STRETCH.finditer(piece):
                # Folding drops what is invisible and takes ligatures apart: such a stretch is not found.
                start = text.find(found[0], end)
                if start >= 0:
                    end = start + len(found[0])
                    yield start, found[0]

    def _mistyped(self, start: int, stretch: str) -> Iterator[Slip]:
        """Slips of one character, from left to right; what is mended counts for what comes after."""
        typed = list(stretch)
        right = {
            at for first, word in self._glossary.words(stretch) for at in range(first, first + len(word) - 1)
        }
        wrong = [at not in right and not self._knows(*pair) for at, pair in enumerate(pairwise(typed))]
        for at in range(len(typed)):
            if typed[at] in GRAMMAR or True not in wrong[max(0, at - 1) : at + 1]:
                continue
            meant = self._meant(typed, at, half=False in wrong[max(0, at - 1) : at + 1])
            if meant:
                yield Slip(start + at, typed[at], meant)
                typed[at] = meant
                for pair in range(max(0, at - 1), min(at + 1, len(wrong))):
                    wrong[pair] = not self._knows(typed[pair], typed[pair + 1])

    def _meant(self, typed: Sequence[str], at: int, *, half: bool) -> str:
        """The character that agrees best with what stands around; "" when none does.

        ``half``: it goes with one of its neighbours as it is, so that both must ask for another one.
        """
        best = (0.0, 0, "")
        for other in self._fitting(typed, at, half=half):
            share, passages = self._agreement(typed, at, other, half=half)
            if share >= TOGETHER:
                best = max(best, (share, passages, other))
        return best[2]

    def _fitting(self, typed: Sequence[str], at: int, *, half: bool) -> Iterator[str]:
        """What may have been meant and goes with a neighbour; where ``half``, with both there are."""
        others = self._doubles.get(typed[at])
        if others is None:
            others = self._doubles[typed[at]] = load_confusions().of(typed[at]) - GRAMMAR
        # Before anything else, because nearly all of a hundred others go with no neighbour at all.
        before = others & self._following(typed[at - 1]).keys() if at else frozenset[str]()
        if at + 1 == len(typed):
            yield from before
        elif at and half:
            follows, known = typed[at + 1], self._after
            # What is known is asked for here: there are a hundred of them.
            yield from (other for other in before if follows in (known.get(other) or self._following(other)))
        else:
            yield from (
                other for other in others if other in before or typed[at + 1] in self._following(other)
            )

    def _goes_with(self, typed: Sequence[str], at: int, other: str) -> tuple[bool, bool]:
        """Whether the pairs of a character with the one before and the one after stand in any passage."""
        left = at > 0 and other in self._following(typed[at - 1])
        return left, at + 1 < len(typed) and typed[at + 1] in self._following(other)

    def _agreement(self, typed: Sequence[str], at: int, other: str, *, half: bool) -> tuple[float, int]:
        """In which share of the passages that hold the words around the other fits in, and in how many.

        ``other`` is one of those that are :meth:`_fitting`.
        """
        left, right = self._goes_with(typed, at, other)
        if left and right:
            share, passages = self._together((typed[at - 1], other), (other, typed[at + 1]))
        elif left:
            share, passages = self._beside((typed[at - 1], other), typed[max(0, at - 2) : at])
        else:
            share, passages = self._beside((other, typed[at + 1]), typed[at + 1 : at + 3])
        inside = 0 < at < len(typed) - 1
        # One neighbour that speaks against it takes more evidence on the other side.
        enough = FREQUENT if inside and (half or not (left and right)) else 1
        return (share, passages) if passages >= enough else (0.0, 0)

    def _together(self, one: Pair, another: Pair) -> tuple[float, int]:
        """How often the two stand in one passage, as a share of what the rarer one does."""
        rows, others = (self._lexical.rows("".join(pair)) for pair in (one, another))
        both = np.intersect1d(rows, others, assume_unique=True).size
        return both / max(1, min(rows.size, others.size)), both

    def _beside(self, pair: Pair, context: Sequence[str]) -> tuple[float, int]:
        """The same for a pair with words on one side only. A frequent word needs none at all."""
        rows = self._lexical.rows("".join(pair))
        around = self._lexical.rows("".join(context)) if len(context) == 2 else rows[:0]
        both = np.intersect1d(rows, around, assume_unique=True).size
        if both and both >= TOGETHER * around.size:
            return both / around.size, both
        rarer = min(self._following(each).get("", 0) for each in pair)
        return (rows.size / rarer, rows.size) if rows.size >= FREQUENT else (0.0, 0)

    def _spelled(self, start: int, word: str) -> Iterator[Slip]:
        """A Latin word that no text has, read as pinyin."""
        if len(word) <= LETTERS and not self._lexical.document_frequency(word):
            meant = self._read(word)
            if meant:
                yield Slip(start, word, meant)

    def _read(self, word: str) -> str:
        """The likeliest characters that are spelled so and whose pairs all stand in texts; "" when none are.

        The best path over offset and last character: each pair adds the logarithm of p / (p + ``FEW``), p
        the passages that hold it. That is below 0, so of several readings one with fewer syllables wins.
        """
        spelled = load_confusions().spelled
        reached: list[dict[str, tuple[float, str]]] = [{} for _ in range(len(word) + 1)]
        reached[0] = {"": (0.0, "")}
        for at, rows in enumerate(reached[:-1]):
            for end in range(at + 1, min(at + LONGEST_SYLLABLE, len(word)) + 1) if rows else ():
                for other in spelled.get(word[at:end], ""):
                    self._lengthen(rows, other, reached[end])
        return max((each for each in reached[-1].values() if len(each[1]) > 1), default=(0.0, ""))[1]

    def _lengthen(
        self, rows: Mapping[str, tuple[float, str]], other: str, into: dict[str, tuple[float, str]]
    ) -> None:
        for last, (worth, row) in rows.items():
            passages = self._following(last).get(other, 0) if last else 0
            if last and not passages:
                continue
            longer = (worth + (log(passages / (passages + FEW)) if last else 0.0), row + other)
            into[other] = max(longer, into.get(other, longer))

    def _knows(self, left: str, right: str) -> bool:
        return self._lexical.document_frequency(left + right) > 0

    def _following(self, character: str) -> Mapping[str, int]:
        found = self._after.get(character)
        if found is None:
            found = self._after[character] = self._lexical.following(character)
        return found
