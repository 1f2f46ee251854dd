"""Whether confidence means the same in archives of 5, 12 and 1,000 speeches: python -m benchmarks.confidence

The same questions of the project's own files are asked of five of ``examples/speeches`` alone, and of all
nine among speeches made by rule (``benchmarks/distractors.py``). Prints a Markdown table: what is answered at
the same threshold, when answerable and when not, mean confidence and signals, with the cross-encoder and
without. ``--work`` keeps the indices; the largest takes minutes.
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks.distractors import write_speeches
from config.messages import Language
from config.settings import load_settings
from retrieval.cli.building import build_index
from retrieval.cli.state import State
from retrieval.evaluation.questions import Question, load_dialogues
from retrieval.search.opening import open_searcher
from retrieval.search.searcher import Considered, Searcher

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = sorted((ROOT / "examples/speeches").iterdir())
FILES = [ROOT / "tests/data" / f"{name}.jsonl" for name in ("questions", "calibration")]
SMALLEST = 5
SIGNALS = ("coverage", "cosine", "unechoed", "answers")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[5, 12, 1000])
    parser.add_argument("--work", type=Path)
    arguments = parser.parse_args()
    questions = list(_questions())
    print("| speeches | | answered when answerable | when not | mean confidence | when not | signals |")
    print("|--:|---|--:|--:|--:|--:|---|")
    with _folder(arguments.work) as work:
        for size in arguments.sizes:
            for line in _lines(size, questions, work):
                print(line, flush=True)


def _questions() -> Iterator[Question]:
    """Those that the smallest archive answers, and those that none does."""
    held = {path.name for path in EXAMPLES[:SMALLEST]}
    for file in FILES:
        for dialogue in load_dialogues(file):
            question = dialogue.turns[0]
            if all(gold.doc in held for gold in question.gold):
                yield question


@contextmanager
def _folder(given: Path | None) -> Iterator[Path]:
    if given is not None:
        given.mkdir(parents=True, exist_ok=True)
        yield given
        return
    with TemporaryDirectory() as folder:
        yield Path(folder)


def _lines(size: int, questions: Sequence[Question], work: Path) -> Iterator[str]:
    with open_searcher(load_settings(overrides={"index": _index(size, work)})) as searcher:
        found = [searcher.consider(question.question) for question in questions]
        for read in (True, False):
            yield _line(size, questions, [_seen(searcher, one, read=read) for one in found], found, read)


def _index(size: int, work: Path) -> Path:
    archive = work / f"archive-{size}"
    shutil.rmtree(archive, ignore_errors=True)
    examples = EXAMPLES[:SMALLEST] if size <= SMALLEST else EXAMPLES
    write_speeches(archive, max(0, size - len(examples)))
    for path in examples:
        shutil.copy(path, archive)
    index = work / f"index-{size}"
    build_index(load_settings(), archive, index, state=State(Language.EN, "anjiang"))
    return index


def _seen(searcher: Searcher, one: Considered, *, read: bool) -> tuple[float, bool]:
    """Confidence in a question and whether it is answered."""
    if one.by_rule or one.signals is None:
        return one.evidence.confidence, False
    signals = one.signals if read else replace(one.signals, answers=None)
    regression = searcher.calibration.of(signals)
    confidence = regression.confidence(signals)
    return confidence, regression.answers(confidence)


def _line(
    size: int,
    questions: Sequence[Question],
    seen: Sequence[tuple[float, bool]],
    found: Sequence[Considered],
    read: bool,
) -> str:
    answerable = np.asarray([question.answerable for question in questions])
    confidence, answered = (np.asarray(column, np.float64) for column in zip(*seen, strict=True))
    figures = [
        f"{column[kind].mean():.3f}"
        for column in (answered, confidence)
        for kind in (answerable, ~answerable)
    ]
    with_signals = np.asarray([one.signals is not None for one in found])
    means = []
    for name in SIGNALS[: 3 if read else 2]:
        values = np.asarray([one.signals.values.get(name, 0.0) if one.signals else 0.0 for one in found])
        shares = [f"{values[kind & with_signals].mean():.2f}" for kind in (answerable, ~answerable)]
        means.append(f"{name} {' / '.join(shares)}")
    label = "cross-encoder" if read else "without"
    return f"| {size} | {label} | {' | '.join(figures)} | {', '.join(means)} |"


if __name__ == "__main__":
    main()
