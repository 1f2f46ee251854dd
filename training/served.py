"""What the searcher has the cross-encoder read, asked the training questions in one large archive.

usage: python -m training.served OUT.jsonl [--seed N]

All passages and near misses become one archive, and every example's questions are asked of it. A question
that an example leaves open meets there what lies nearest in the whole archive, as it does in use, and not
only the passage that it was written for (`training/pairs.py`). OUT has a JSON object a line: a pair, and
whether the example is one of those held out.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np

from config.settings import load_settings
from embeddings import FloatArray, Purpose, load_encoder
from embeddings.cache import CachedEncoder, VectorCache
from retrieval.cli.building import VECTORS_FILE
from retrieval.documents.sentences import split_sentences
from retrieval.index.rebuild import rebuild_index
from retrieval.search.question import clean_question
from retrieval.search.searcher import Searcher, open_searcher
from training.examples import Example, folded, read_examples
from training.held_out import split
from training.pairs import ASKED, Pair

TOGETHER: Final = 15
"""Passages without a title of their own that stand in one speech."""


@dataclass(frozen=True, slots=True)
class Served:
    """A pair as served, and whether no run may learn from it."""

    pair: Pair
    held_out: bool


class Recorder:
    """Stands where the cross-encoder does, and keeps what it is given to read."""

    fingerprint = "recorder"

    def __init__(self) -> None:
        self.question, self.text = "", ""

    def logits(self, question: str, texts: Sequence[str]) -> FloatArray:
        """Zeros: what is read decides nothing here."""
        self.question, self.text = question, texts[0]
        return np.zeros(len(texts), np.float32)


def write_archive(examples: Sequence[Example], folder: Path) -> None:
    """Speeches of all passages and near misses: one for each title, the others together by topic."""
    untitled: dict[str, list[str]] = defaultdict(list)
    for number, example in enumerate(examples):
        if example.title:
            (folder / f"{number:05d}.txt").write_text(f"{example.title}\n\n{example.passage}\n", "utf-8")
        else:
            untitled[example.topic].append(example.passage)
        untitled[example.topic] += example.near_misses
    for place, (topic, passages) in enumerate(sorted(untitled.items())):
        for start in range(0, len(passages), TOGETHER):
            text = "\n\n".join([f"在{topic}工作会议上的讲话", *passages[start : start + TOGETHER]])
            (folder / f"{place:05d}-{start:05d}.txt").write_text(f"{text}\n", "utf-8")


def served_pairs(
    searcher: Searcher, recorder: Recorder, examples: Sequence[Example], chance: random.Random
) -> Iterator[Pair]:
    """Each example's questions, those left open first, beside what would be read for them.

    Where no sentence of the example's own passage is read, only a rule calls it wrong ("mined"): it may well
    answer. Nothing comes of questions for which nothing is read.
    """
    for example in examples:
        own = [folded(example.passage[start:end]) for start, end in split_sentences(example.passage)]
        queries = chance.sample(example.queries, min(ASKED, len(example.queries)))
        asked = [(each, False) for each in example.unanswered] + [(each, True) for each in queries]
        for question, answers in asked:
            recorder.text = ""
            searcher.consider(clean_question(question))
            if not recorder.text:
                continue
            read = folded(recorder.text)
            is_own = any(sentence in read for sentence in own)
            kind = ("own" if answers else "unanswered") if is_own else "mined"
            yield Pair(recorder.question, recorder.text, answers and is_own, kind)


def read_served(path: Path, *, held_out: bool) -> list[Pair]:
    """Those to learn from, or those held out."""
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return [Pair(**row["pair"]) for row in rows if row["held_out"] == held_out]


def main(words: Sequence[str] | None = None) -> None:
    """The command line; see the module's text."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args(words)
    examples = read_examples()
    with tempfile.TemporaryDirectory() as home:
        archive, index = Path(home, "archive"), Path(home, "index")
        archive.mkdir()
        write_archive(examples, archive)
        _build(archive, index)
        with (
            open_searcher(load_settings(overrides={"index": index})) as searcher,
            arguments.out.open("w", encoding="utf-8") as out,
        ):
            for served in _served(searcher, examples, arguments.seed):
                out.write(json.dumps(asdict(served), ensure_ascii=False) + "\n")


def _build(archive: Path, index: Path) -> None:
    encoder = load_encoder(purpose=Purpose.BULK)
    with VectorCache(load_settings().embedding.cache / VECTORS_FILE) as cache:
        rebuild_index(archive, index, lambda: CachedEncoder(encoder, cache), fingerprint=encoder.fingerprint)


def _served(searcher: Searcher, examples: Sequence[Example], seed: int) -> Iterator[Served]:
    recorder = Recorder()
    searcher.judge = recorder
    searcher.calibration = replace(searcher.calibration, undecided=None)
    learned, held_out = split(examples)
    for is_held_out, those in ((False, learned), (True, held_out)):
        pairs = served_pairs(searcher, recorder, those, random.Random(seed))
        for number, pair in enumerate(pairs):
            if number % 1000 == 0:
                print(number, file=sys.stderr, flush=True)
            yield Served(pair, is_held_out)


if __name__ == "__main__":
    main()
