"""Training examples: read and checked."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

DATA = Path(__file__).with_name("data")
GENERAL = DATA / "general"
"""Examples of general Chinese: mixed in so that it is not forgotten."""

LONGEST_PASSAGE = 420
SHORTEST_PASSAGE = 12
LONGEST_QUERY = 80


@dataclass(frozen=True, slots=True)
class Contrast:
    """A question that a passage leaves open, and what would have to stand there.

    Attributes:
        question: one of those that the passage does not answer.
        answer: a sentence that could stand in the passage and answers it.
        beside: one that could stand there, speaks of the same and leaves it open.
    """

    question: str
    answer: str
    beside: str


@dataclass(frozen=True, slots=True)
class Example:
    """A passage and what may be asked about it.

    Attributes:
        topic: what it is about, in a word.
        title: of its speech; empty where it has none.
        passage: the text.
        queries: questions that it answers, the everyday ones last.
        near_misses: passages about the same that do not answer them.
        unanswered: questions that it does not answer.
        everyday: of the queries those that were written to share no word with it.
        contrasts: for some of the questions that it does not answer, what would answer them.
    """

    topic: str
    title: str
    passage: str
    queries: tuple[str, ...]
    near_misses: tuple[str, ...] = ()
    unanswered: tuple[str, ...] = ()
    everyday: tuple[str, ...] = ()
    contrasts: tuple[Contrast, ...] = ()


def read_examples(files: Iterable[Path] | None = None) -> list[Example]:
    """All examples of the data folder in the order of file names, duplicates dropped.

    Raises:
        TypeError, ValueError: a line is no example; the message names file and line.
    """
    seen: set[str] = set()
    kept = []
    for path in sorted(DATA.glob("*.jsonl")) if files is None else files:
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            example = _example(json.loads(line), f"{path.name}:{number}")
            key = folded(example.passage)
            if key not in seen:
                seen.add(key)
                kept.append(example)
    return kept


def read_general() -> list[Example]:
    """The examples of general Chinese, likewise."""
    return read_examples(sorted(GENERAL.glob("*.jsonl")))


def folded(text: str) -> str:
    """NFKC without white space and punctuation: how duplicates and leaks are compared."""
    return "".join(c for c in unicodedata.normalize("NFKC", text) if c.isalnum())


def _example(row: object, place: str) -> Example:
    if not isinstance(row, dict):
        raise TypeError(f"{place}: not an object")
    everyday = tuple(_unique(row.get("everyday") or ()))
    example = Example(
        topic=str(row.get("topic", "")).strip(),
        title=str(row.get("title") or "").strip(),
        passage=str(row.get("passage", "")).strip(),
        queries=tuple(_unique((*row.get("queries", ()), *everyday))),
        near_misses=tuple(_unique(row.get("near_misses") or ())),
        unanswered=tuple(_unique(row.get("unanswered") or ())),
        everyday=everyday,
        contrasts=tuple(_contrast(each, place) for each in row.get("contrasts") or ()),
    )
    if not SHORTEST_PASSAGE <= len(example.passage) <= LONGEST_PASSAGE:
        raise ValueError(f"{place}: a passage of {len(example.passage)} characters")
    if not example.queries or any(len(query) > LONGEST_QUERY for query in example.queries):
        raise ValueError(f"{place}: no query, or a very long one")
    if any(contrast.question not in example.unanswered for contrast in example.contrasts):
        raise ValueError(f"{place}: a contrast to a question that is not left open")
    return example


def _contrast(row: object, place: str) -> Contrast:
    if not isinstance(row, dict) or set(row) != {"question", "answer", "beside"}:
        raise TypeError(f"{place}: a contrast has a question, an answer and what stands beside")
    texts = {name: str(text).strip() for name, text in row.items()}
    if not all(texts.values()) or texts["answer"] == texts["beside"]:
        raise ValueError(f"{place}: a contrast that is empty or has one sentence twice")
    return Contrast(**texts)


def _unique(texts: Iterable[object]) -> Iterator[str]:
    return iter(dict.fromkeys(str(text).strip() for text in texts if str(text).strip()))
