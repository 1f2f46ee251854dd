"""Approximate search of vectors against exact search: recall, time, bytes, seconds to write.

usage: python -m benchmarks.vectors VECTORS.npy QUERIES.npy [--rows N ...]

VECTORS.npy holds real unit vectors of texts, QUERIES.npy those of questions, ``float32 (n, dim)``. Where more
rows are asked for than there are, the rest is made of real ones: each is moved a little towards another, and
by a part of what lies between two others. Such rows are nearer to one another than real texts are, so recall
is rather lower than with real ones.

Recall@10 is the share of rows found that are as near as the tenth of exact float32 search (equal texts are
equally near). Exact search is one product of all rows with the query, row by row. Both ways take turns query
by query; milliseconds are medians of CPU time, which other processes disturb least.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np

from embeddings import FloatArray
from retrieval.index.approximate_vectors import read_approximate, write_approximate
from retrieval.index.vectors import Vectors

ROWS = (50_000, 200_000, 1_000_000)
QUERIES = 100
K = 10
DEPTH = 400
"""Sentences that a question fetches; the time is that of fetching so many."""
TIE = 1e-6

Result = TypeVar("Result")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("vectors", type=Path)
    parser.add_argument("queries", type=Path)
    parser.add_argument("--rows", type=int, nargs="+", default=ROWS)
    arguments = parser.parse_args()
    real = np.load(arguments.vectors, mmap_mode="r")
    queries = np.load(arguments.queries)[:QUERIES]
    print("| rows | recall@10 | exact ms | approximate ms | times as fast | bytes a row | written in s |")
    print("|--:|--:|--:|--:|--:|--:|--:|")
    for rows in arguments.rows:
        _measure(enlarged(real, rows), queries)


def enlarged(real: FloatArray, rows: int) -> FloatArray:
    """So many unit vectors: real ones as far as they go, then ones made of them."""
    random = np.random.default_rng(3)
    result = np.empty((rows, real.shape[1]), np.float32)
    known = min(len(real), rows)
    result[:known] = real[:known]
    for start in range(known, rows, 20_000):
        size = min(20_000, rows - start)
        one, other, first, second = (result[random.integers(0, known, size)] for _ in range(4))
        towards, along = random.random((size, 1), np.float32) / 2, random.random((size, 1), np.float32) / 2
        moved = one + towards * (other - one) + along * (first - second)
        result[start : start + size] = moved / np.linalg.norm(moved, axis=1, keepdims=True)
    return result


def _measure(vectors: FloatArray, queries: FloatArray) -> None:
    count, dim = vectors.shape
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "vectors"
        started = time.process_time()
        with path.open("wb") as file:
            write_approximate(file, vectors, np.arange(count))
        seconds = time.process_time() - started
        size = path.stat().st_size / count
        searched = Vectors(read_approximate(path, count=count, dim=dim, label=path.name), count, dim)
        recalls, exact_times, times = [], [], []
        for query in queries:
            scores, exact_time = _timed(lambda query=query: np.vecdot(vectors, query))
            _, taken = _timed(lambda query=query: searched.search(query, DEPTH))
            least = np.partition(scores, -K)[-K] - TIE
            recalls.append(np.count_nonzero(scores[searched.search(query, K)[0]] >= least) / K)
            exact_times.append(exact_time)
            times.append(taken)
    exact, approximate = statistics.median(exact_times), statistics.median(times)
    print(
        f"| {count:,} | {statistics.mean(recalls):.3f} | {exact * 1000:.1f} | {approximate * 1000:.1f} | "
        f"{exact / approximate:.0f} | {size:.0f} | {seconds:.1f} |",
        flush=True,
    )


def _timed(way: Callable[[], Result]) -> tuple[Result, float]:
    started = time.thread_time()
    result = way()
    return result, time.thread_time() - started


if __name__ == "__main__":
    main()
