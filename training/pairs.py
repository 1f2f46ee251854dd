"""What the cross-encoder learns from: questions beside what a searcher would show of a passage."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

import numpy as np

from retrieval.documents.sentences import split_sentences
from training.examples import Contrast, Example, folded

CHARACTERS: Final = 160
"""Of a text that is shown. `retrieval.search.judging` reads up to 200, which helps without learning anew."""

ENOUGH: Final = 60
"""From so many characters on no neighbour is shown beside a sentence."""

ASKED: Final = 2
"""Of an example's questions so many are shown with its passage in an epoch, and of those it leaves open."""

MINED: Final = 6
"""Of the passages that share most words with a question one of so many is shown as a wrong answer."""

TELLING: Final = 0.3
"""Share of a question that a sentence must hold for the question to be shown with it instead of the whole."""

DOUBTFUL: Final = frozenset({"mined", "rest"})
"""Kinds that only a rule calls wrong."""

HEADED: Final = 0.8
"""Share of texts under a title; the others stand alone, as in a speech without a head."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A question and a text that does or does not answer it."""

    question: str
    text: str
    answers: bool
    kind: str


class Words:
    """How much of a question stands in a text, by runs of two characters and how rare they are.

    Args:
        passages: where they are counted.
    """

    def __init__(self, passages: Sequence[str]) -> None:
        self._within = [runs_of_two(passage) for passage in passages]
        self._holding: dict[str, list[int]] = defaultdict(list)
        for row, runs in enumerate(self._within):
            for run in runs:
                self._holding[run].append(row)

    def coverage(self, question: str, text: str) -> float:
        """Share of the question that stands in the text, in [0, 1]."""
        asked = runs_of_two(question)
        whole = sum(map(self._rarity, asked))
        return sum(map(self._rarity, sorted(asked & runs_of_two(text)))) / whole if whole else 0.0

    def nearest(self, question: str, others_than: int) -> list[int]:
        """The passages that hold most of a question, best first, `MINED` at most."""
        held: dict[int, float] = defaultdict(float)
        for run in sorted(runs_of_two(question)):
            rarity = self._rarity(run)
            for row in self._holding.get(run, ()):
                held[row] += rarity
        held.pop(others_than, None)
        # A long passage holds more by chance.
        scored = {row: value / len(self._within[row]) ** 0.25 for row, value in held.items()}
        return sorted(scored, key=lambda row: (-scored[row], row))[:MINED]

    def _rarity(self, run: str) -> float:
        return float(np.log1p(len(self._within) / (1 + len(self._holding.get(run, ())))))


def runs_of_two(text: str) -> frozenset[str]:
    """Every two characters that stand side by side, without white space and punctuation."""
    plain = folded(text)
    return frozenset(plain[at : at + 2] for at in range(len(plain) - 1))


def told(question: str, passage: str, words: Words) -> str:
    """What is shown of a passage: its best sentence and the better neighbours, like `best_quotables`.

    The whole passage where no sentence holds enough of the question to know which one answers.
    """
    sentences = _sentences(passage)
    measures = [words.coverage(question, sentence) for sentence in sentences]
    if max(measures) < TELLING:
        return passage[:CHARACTERS]
    return _grown(sentences, measures, int(np.argmax(measures)))


def told_with(sentence: str, at: int, question: str, passage: str, words: Words) -> str:
    """The same of a passage in which one more sentence stands: this one and the better neighbours.

    Args:
        sentence: what is added.
        at: before which of the passage's sentences, from 0; past the last one to end with it.
        question: by whose words neighbours are better.
        passage: the text.
        words: how rare they are.
    """
    sentences = _sentences(passage)
    sentences.insert(at, sentence)
    measures = [words.coverage(question, sentence) for sentence in sentences]
    return _grown(sentences, measures, min(at, len(sentences) - 1))


def _sentences(passage: str) -> list[str]:
    return [passage[start:end] for start, end in split_sentences(passage)]


def _grown(sentences: Sequence[str], measures: Sequence[float], at: int) -> str:
    """A sentence and its better neighbours, while it has fewer than `ENOUGH` characters."""
    first = last = at
    length = len(sentences[at])
    while length < ENOUGH:
        beside = [at for at in (first - 1, last + 1) if 0 <= at < len(sentences)]
        nearest = max(beside, key=lambda at: measures[at], default=None)
        if nearest is None or length + len(sentences[nearest]) > CHARACTERS:
            break
        length += len(sentences[nearest])
        first, last = min(first, nearest), max(last, nearest)
    return "".join(sentences[first : last + 1])


def rest(question: str, passage: str, words: Words) -> str | None:
    """A passage without its one sentence that holds much of the question; None where there is no such one."""
    sentences = _sentences(passage)
    measures = [words.coverage(question, sentence) for sentence in sentences]
    best = int(np.argmax(measures))
    others = [measure for at, measure in enumerate(measures) if at != best]
    if len(others) < 2 or measures[best] < TELLING or max(others) > measures[best] / 2:
        return None
    return "".join(sentence for at, sentence in enumerate(sentences) if at != best)


class Drawing:
    """Draws pairs from examples.

    Args:
        examples: all that are learned from.
        chance: the source of randomness.
    """

    def __init__(self, examples: Sequence[Example], chance: random.Random) -> None:
        self._examples = examples
        self._chance = chance
        self._words = Words([example.passage for example in examples])
        self._titles = [example.title for example in examples if example.title]

    def epoch(self, most: int | None = None) -> list[Pair]:
        """Pairs in random order.

        Args:
            most: how many at most, all pairs of an example before the next one's, examples with contrasts
                first; all pairs of all examples unless given.
        """
        rows = list(range(len(self._examples)))
        self._chance.shuffle(rows)
        rows.sort(key=lambda row: not self._examples[row].contrasts)
        pairs = list(islice((pair for row in rows for pair in self._of(row)), most))
        self._chance.shuffle(pairs)
        return pairs

    def _of(self, row: int) -> Iterator[Pair]:
        example, chance = self._examples[row], self._chance
        asked = chance.sample(example.queries, min(ASKED, len(example.queries)))
        for question in asked:
            whole = chance.random() < 0.5
            text = example.passage[:CHARACTERS] if whole else told(question, example.passage, self._words)
            yield Pair(question, self._headed(example, text), True, "own")
        for question in chance.sample(example.unanswered, min(ASKED, len(example.unanswered))):
            yield self._wrong(question, example, example.passage, "unanswered")
        for contrast in example.contrasts:
            yield from self._contrasted(contrast, example)
        for miss in example.near_misses:
            yield self._wrong(chance.choice(example.queries), example, miss, "near miss")
        question = chance.choice((asked[-1], *example.unanswered))
        mined = self._words.nearest(question, row)
        if mined:
            other = self._examples[chance.choice(mined)]
            yield self._wrong(question, other, other.passage, "mined")
        left = rest(asked[0], example.passage, self._words)
        if left is not None:
            yield Pair(asked[0], self._headed(example, left[:CHARACTERS]), False, "rest")

    def _contrasted(self, contrast: Contrast, example: Example) -> Iterator[Pair]:
        """The question beside the passage with either sentence in it, so that its form tells nothing."""
        for sentence, answers, kind in (
            (contrast.answer, True, "contrast"),
            (contrast.beside, False, "beside"),
        ):
            at = self._chance.randint(0, len(_sentences(example.passage)))
            text = told_with(sentence, at, contrast.question, example.passage, self._words)
            yield Pair(contrast.question, self._headed(example, text), answers, kind)

    def _wrong(self, question: str, example: Example, passage: str, kind: str) -> Pair:
        return Pair(question, self._headed(example, told(question, passage, self._words)), False, kind)

    def _headed(self, example: Example, text: str) -> str:
        """Under a title as the index heads passages, its own or a borrowed one, perhaps with a section."""
        if not self._titles or self._chance.random() >= HEADED:
            return text
        title = example.title or self._chance.choice(self._titles)
        section = f"｜{example.topic}" if example.topic and self._chance.random() < 0.5 else ""
        return f"{title}{section}\n{text}"


def held_out_pairs(examples: Sequence[Example]) -> list[Pair]:
    """All questions of the examples held out against their passages and near misses."""
    pairs: list[Pair] = []
    for example in examples:
        pairs += [Pair(question, example.passage, True, "own") for question in example.queries]
        pairs += [Pair(question, example.passage, False, "unanswered") for question in example.unanswered]
        pairs += [
            Pair(question, miss, False, "near miss")
            for question in example.queries[:2]
            for miss in example.near_misses
        ]
    return pairs


def held_out_contrasts(examples: Sequence[Example]) -> tuple[list[Pair], list[Pair]]:
    """The contrasts of the examples held out: what answers, and beside each what does not.

    The sentence ends the passage, the last `CHARACTERS` of which are shown.
    """
    contrasts = [(example.passage, contrast) for example in examples for contrast in example.contrasts]
    answered = [
        Pair(each.question, (passage + each.answer)[-CHARACTERS:], True, "contrast")
        for passage, each in contrasts
    ]
    beside = [
        Pair(each.question, (passage + each.beside)[-CHARACTERS:], False, "beside")
        for passage, each in contrasts
    ]
    return answered, beside
