"""Everyday words against official words, and what shape of answer a question asks for.

People ask 过年放炮仗咋管; speeches say 春节期间烟花爆竹禁燃禁放. Words without a common character are
found by no lexical ranking, so a question is expanded by the words that official texts use for it.
"""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import resources

from config.patterns import lazy_pattern
from retrieval.documents.views import search_text

# An everyday word stands for its official words: they count as if they had been asked. Words of the same
# group on the other way round are looser (春节 also matches 过年 and 春节期间), so they weigh half.
OFFICIAL_WEIGHT = 1.0
RELATED_WEIGHT = 0.5

_CLAUSE_END = r"(?=[?!,.;:]|$)"
_WORD = lazy_pattern(r"[^\W_]")
_NO_WORD = lazy_pattern(r"[\W_]+")
_SIGN = lazy_pattern(r" ([=>]) ")


@dataclass(frozen=True, slots=True)
class Group:
    """Everyday words and the official words for them; all folded for search.

    ``both_ways``: they name the same thing, so official words lead back. Otherwise the everyday words name
    one case of what the official words cover (灭火器 of 消防设施), and only the case leads to the whole.
    """

    field: str
    everyday: tuple[str, ...]
    official: tuple[str, ...]
    both_ways: bool = True


@dataclass(frozen=True, slots=True)
class QuestionShape:
    """What kind of answer a question asks for; several may hold, or none."""

    wants_list: bool = False
    compares: bool = False
    wants_number: bool = False
    wants_who: bool = False
    wants_when: bool = False
    wants_where: bool = False
    wants_why: bool = False


_SHAPES = {
    "list": "wants_list",
    "compare": "compares",
    "number": "wants_number",
    "who": "wants_who",
    "when": "wants_when",
    "where": "wants_where",
    "why": "wants_why",
}


@dataclass(frozen=True, slots=True, eq=False)
class Glossary:
    """The loaded glossary. Build it with :func:`load_glossary`; it never changes afterwards.

    Attributes:
        groups: in file order.
        question_words: interrogatives and phrases of asking, ignored wherever they stand.
        closing_particles: ignored at the end of a clause only.
        general_words: that name nothing by themselves.
        lookalikes: words in which a word of a group stands by chance (确保安全 holds 保安); they expand to
            nothing.
        cues: cue -> names of the ``QuestionShape`` fields that it sets.
    """

    groups: tuple[Group, ...]
    question_words: tuple[str, ...]
    closing_particles: tuple[str, ...]
    general_words: tuple[str, ...]
    lookalikes: tuple[str, ...]
    cues: Mapping[str, tuple[str, ...]]
    _groups_of: Mapping[str, tuple[tuple[bool, Group], ...]]
    _words: _WordFinder
    _cue_words: _WordFinder
    _asking: _WordFinder
    _general: _WordFinder
    _closing: re.Pattern[str]
    _closing_heads: frozenset[str]

    def expand(self, text: str) -> dict[str, float]:
        """Words to search besides those of ``text``, each with its weight in (0, 1].

        The longest glossary word at each place counts, from left to right, without overlap. An everyday
        word gives its official words ``OFFICIAL_WEIGHT``; an official word gives the rest of its groups
        that hold both ways ``RELATED_WEIGHT``. Words that stand in ``text`` already are left out.
        """
        folded = search_text(text)
        weights: dict[str, float] = {}
        for _, word in self._words.find(folded):
            for is_everyday, group in self._groups_of.get(word, ()):
                if not is_everyday and not group.both_ways:
                    continue
                weight = OFFICIAL_WEIGHT if is_everyday else RELATED_WEIGHT
                related = group.official if is_everyday else (*group.official, *group.everyday)
                for other in related:
                    weights[other] = max(weight, weights.get(other, 0.0))
        return {word: weight for word, weight in weights.items() if word not in folded}

    def reworded(self, text: str, told: str) -> str:
        """``text`` in the words of ``told``: 一把手多久下井 as 主要负责同志多久下井 where it says that.

        A word of the glossary that ``told`` lacks gives way to the longest word of its groups that stands
        there, by the rules of :meth:`expand`. A text that keeps its words comes back as it is, others folded.
        """
        folded, said = search_text(text), search_text(told)
        pieces: list[str] = []
        end = 0
        for start, word in self._words.find(folded):
            others = {} if word in said else self.expand(word)
            told_otherwise = [other for other in others if other in said and other not in folded]
            if told_otherwise:
                pieces += (folded[end:start], max(told_otherwise, key=len))
                end = start + len(word)
        return "".join((*pieces, folded[end:])) if pieces else text

    def words(self, folded: str) -> Iterator[tuple[int, str]]:
        """The words of the glossary in a folded text with their offsets, the longest at each place."""
        return self._words.find(folded)

    def general(self, folded: str) -> Iterator[tuple[int, str]]:
        """The words of a folded text that name nothing by themselves, with their offsets."""
        return self._general.find(folded)

    @functools.lru_cache(64)  # noqa: B019  there is one glossary; four parts of a question ask the same
    def topic(self, text: str) -> tuple[str, ...]:
        """What ``text`` is about: its folded pieces between white space and words that only ask.

        Pieces, not one string: what a removed word stood between must not become neighbours. A word of the
        glossary is kept whole even where it holds a word of asking (谁家的孩子谁抱). () when nothing is left.
        """
        pieces = [piece for part in text.split() for piece in self._between_asking(search_text(part))]
        return tuple(piece for piece in pieces if _WORD.search(piece))

    def names_nothing(self, text: str) -> bool:
        """Whether ``text`` has no subject: words of asking and words that name nothing (负责人是谁)."""
        return all(
            sum(len(word) for _, word in self._general.find(piece)) == len(_NO_WORD.sub("", piece))
            for piece in self.topic(text)
        )

    def _between_asking(self, folded: str) -> Iterator[str]:
        known = {start: len(word) for start, word in self._words.find(folded)}
        start = at = 0
        while at < len(folded):
            asked = self._asked_at(folded, at)
            if asked > known.get(at, 0):
                yield folded[start:at]
                start = at = at + asked
            else:
                at += known.get(at, 1)
        yield folded[start:]

    def _asked_at(self, folded: str, start: int) -> int:
        """Length of the longest word of asking that starts there; 0 when none does."""
        closing = self._closing.match(folded, start) if folded[start] in self._closing_heads else None
        return max(len(self._asking.at(folded, start)), len(closing[0]) if closing else 0)

    def shape(self, text: str) -> QuestionShape:
        """The shapes whose cues stand in ``text``; the longest cue at each place counts."""
        found = {name for _, cue in self._cue_words.find(search_text(text)) for name in self.cues[cue]}
        return QuestionShape(**dict.fromkeys(found, True))


def question_shape(text: str) -> QuestionShape:
    """What kind of answer ``text`` asks for, by the cues of the project's glossary."""
    return load_glossary().shape(text)


@functools.cache
def load_glossary() -> Glossary:
    """The project's glossary, read once a process (about 12 ms)."""
    source = resources.files("retrieval.search").joinpath("glossary.toml").read_text("utf-8")
    return parse_glossary(source)


def parse_glossary(source: str) -> Glossary:
    """Read a glossary in the format of ``glossary.toml``, which its first lines describe.

    Raises:
        ValueError: a line holds neither " = " nor " > ", or a cue list has an unknown name.
    """
    tables = tomllib.loads(source)
    groups = tuple(_group(field, line) for field, lines in tables["groups"].items() for line in _lines(lines))
    cues: dict[str, tuple[str, ...]] = {}
    for name, words in tables["cues"].items():
        if name not in _SHAPES:
            raise ValueError(f"no question shape is named {name!r}")
        for word in words.split():
            cues[word] = (*cues.get(word, ()), _SHAPES[name])
    groups_of = _groups_by_word(groups)
    asking = tuple(tables["question_words"]["anywhere"].split())
    closing = tuple(tables["question_words"]["closing"].split())
    general = tuple(tables["question_words"].get("general", "").split())
    lookalikes = tuple(tables.get("lookalikes", {}).get("words", "").split())
    return Glossary(
        groups=groups,
        question_words=asking,
        closing_particles=closing,
        general_words=general,
        lookalikes=lookalikes,
        cues=cues,
        _groups_of=groups_of,
        _words=_WordFinder.of((*groups_of, *lookalikes)),
        _cue_words=_WordFinder.of(cues),
        _asking=_WordFinder.of(asking),
        _general=_WordFinder.of(general),
        _closing=re.compile(f"(?:{'|'.join(map(re.escape, closing))})+{_CLAUSE_END}"),
        _closing_heads=frozenset(word[0] for word in closing),
    )


def _lines(block: str) -> Iterator[str]:
    for line in block.splitlines():
        content = line.partition("#")[0].strip()
        if content:
            yield content


def _group(field: str, line: str) -> Group:
    parts = _SIGN.split(line)
    if len(parts) != 3:
        raise ValueError(f"not a glossary line: {line!r}")
    everyday, sign, official = parts
    return Group(field, tuple(everyday.split()), tuple(official.split()), both_ways=sign == "=")


def _groups_by_word(groups: Iterable[Group]) -> dict[str, tuple[tuple[bool, Group], ...]]:
    """Word -> (is it an everyday word there, group), in file order."""
    found: dict[str, tuple[tuple[bool, Group], ...]] = {}
    for group in groups:
        for word in group.everyday:
            found[word] = (*found.get(word, ()), (True, group))
        for word in group.official:
            found[word] = (*found.get(word, ()), (False, group))
    return found


_HEAD = 2  # characters by which words are looked up


@dataclass(frozen=True, slots=True)
class _WordFinder:
    """Finds words of a fixed list in a text, longest first, left to right, without overlap.

    A dictionary by the first two characters, by one where a word has no more: one regular expression of two
    thousand alternatives takes longer to compile than the whole glossary to read, and of one character there
    are words by the dozen.
    """

    _by_head: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, words: Iterable[str]) -> _WordFinder:
        heads: dict[str, list[str]] = {}
        for word in words:
            heads.setdefault(word[:_HEAD], []).append(word)
        # A word of one character comes last of those that it begins.
        by_head = {
            head: (*sorted(those, key=len, reverse=True), *(heads.get(head[0], ()) if head[1:] else ()))
            for head, those in heads.items()
        }
        return cls(by_head)

    def at(self, text: str, start: int) -> str:
        """The longest word that starts there; "" when none does."""
        heads = self._by_head
        for word in heads.get(text[start : start + _HEAD]) or heads.get(text[start], ()):
            if text.startswith(word, start):
                return word
        return ""

    def find(self, text: str) -> Iterator[tuple[int, str]]:
        """(start, word) pairs in the order of the text."""
        heads, at, end = self._by_head, 0, len(text)
        while at < end:
            # As `at` does it; a question asks for some hundred characters.
            for word in heads.get(text[at : at + _HEAD]) or heads.get(text[at], ()):
                if text.startswith(word, at):
                    yield at, word
                    at += len(word)
                    break
            else:
                at += 1
