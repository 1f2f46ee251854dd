"""What a question costs, part by part, beside the plain way: one vector a passage, one search.

usage: python -m benchmarks.question QUESTIONS.jsonl ... --archive DIR [--archive DIR] [--threads N]
       [--json FILE]

The folders given as archives are copied into one and indexed. Every question is asked alone, as a first turn,
in a process that is warm. Each row of the table holds the row before it:

    encoding    the question's vector
    searching   and all that is found, fused and folded
    asking      and what is quoted and how surely, without the cross-encoder
    judging     the same with it
    plain       sentence-transformers' `encode` of the question and FAISS over the passages' vectors

The ways take turns question by question, so that a busy machine slows all of them alike: compare rows of one
run, not of different ones. Wall is milliseconds as a user waits, CPU those of all threads of the process, and
either p50 is told as a share of the plain way's too.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import faiss
import numpy as np

from benchmarks.measure import Line, write_lines
from benchmarks.parts import indexed
from embeddings.prepare import find_prepared
from embeddings.sentence_transformer import load_sentence_transformer
from retrieval.evaluation.questions import load_dialogues
from retrieval.search.question import clean_question
from retrieval.search.searcher import Searcher

WARMING = 5
"""Questions asked before any is measured."""

Way = Callable[[str], object]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("questions", type=Path, nargs="+")
    parser.add_argument("--archive", type=Path, action="append", required=True)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--json", type=Path, help="write the lines for `bench`")
    arguments = parser.parse_args()
    questions = [
        clean_question(dialogue.turns[0].question)
        for path in arguments.questions
        for dialogue in load_dialogues(path)
    ]
    with tempfile.TemporaryDirectory() as folder, indexed(arguments.archive, folder, None) as judging:
        asking = Searcher(judging.generation, judging.encoder, judging.glossary)
        ways: dict[str, Way] = {
            "encoding": lambda text: asking.encoder.encode_queries([text]),
            "searching": asking.search,
            "asking": asking.ask,
            "judging": judging.ask,
            "plain": plain_way(asking, arguments.threads),
        }
        store = judging.generation.store
        print(f"{len(questions)} questions, {len(store.documents)} documents, {store.passage_count} passages")
        found = measured(ways, questions)
    _print(found)
    if arguments.json:
        write_lines(arguments.json, lines(found))


def measured(ways: dict[str, Way], questions: Sequence[str]) -> dict[str, tuple[list[float], list[float]]]:
    """Wall and CPU milliseconds of each question by each way, the ways taking turns."""
    found: dict[str, tuple[list[float], list[float]]] = {name: ([], []) for name in ways}
    for text in questions[:WARMING]:
        for way in ways.values():
            way(text)
    for text in questions:
        for name, way in ways.items():
            wall, cpu = time.perf_counter(), time.process_time()
            way(text)
            found[name][0].append((time.perf_counter() - wall) * 1000)
            found[name][1].append((time.process_time() - cpu) * 1000)
    return found


def lines(found: Mapping[str, tuple[list[float], list[float]]]) -> list[Line]:
    """Ours to the plain way."""
    plain = np.median(found["plain"][0])
    return [
        Line(
            f"question.{way}",
            f"{way}, median to that of the plain way",
            float(np.median(found[way][0]) / plain),
        )
        for way in ("encoding", "searching", "asking", "judging")
    ]


def plain_way(searcher: Searcher, threads: int) -> Way:
    """The same model's vectors searched as a tutorial does it.

    Raises:
        LookupError: the default model is not prepared.
    """
    import torch  # noqa: PLC0415  it must not be there before the others are set up

    prepared = find_prepared("default")
    if prepared is None:
        raise LookupError("the default model is not prepared")
    torch.set_num_threads(threads)
    model = load_sentence_transformer(prepared.folder, torch.float32)
    vectors = searcher.generation.passage_vectors
    flat = faiss.IndexFlatIP(searcher.encoder.dim)
    flat.add(np.ascontiguousarray(vectors.vectors(np.arange(vectors.count))))

    def ask(text: str) -> object:
        vector = model.encode([f"query: {text}"], normalize_embeddings=True, show_progress_bar=False)
        return flat.search(vector, 10)

    return ask


def _print(found: dict[str, tuple[list[float], list[float]]]) -> None:
    print("| way | wall p50 | p95 | of plain | CPU p50 | p95 | of plain |\n|---|--:|--:|--:|--:|--:|--:|")
    for name, both in found.items():
        cells = [
            cell for times, plain in zip(both, found["plain"], strict=True) for cell in _cells(times, plain)
        ]
        print(f"| {name} | " + " | ".join(cells) + " |")


def _cells(times: Sequence[float], plain: Sequence[float]) -> list[str]:
    middle, late = np.percentile(times, (50, 95))
    return [f"{middle:.1f}", f"{late:.1f}", f"{middle / np.median(plain):.2f}"]


if __name__ == "__main__":
    main()
