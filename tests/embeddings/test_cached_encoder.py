"""What the cache knows is not encoded again, and what is encoded is kept at once."""

from __future__ import annotations

import logging
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings import FloatArray, IntArray, Progress
from embeddings.cache import Kind, VectorCache, rounded, text_key
from embeddings.cached_encoder import CachedEncoder
from embeddings.onnx import OnnxEncoder

DIM = 8
TEXTS = [f"{number:016}" for number in range(2000)]
"""Of 16 characters, for which 32 are reckoned: a chunk of less than 32,768 holds 1023 of them."""


class LengthEncoder:
    """A deterministic encoder that notes what it was asked: a vector from the text's characters."""

    dim = DIM
    max_tokens = 512
    fingerprint = "length"

    def __init__(self) -> None:
        self.asked: list[str] = []

    def encode_queries(self, texts: Sequence[str]) -> FloatArray:
        return -self.encode_passages(texts)

    def encode_passages(self, texts: Sequence[str], progress: Progress | None = None) -> FloatArray:
        self.asked += texts
        rows = [[len(text) + 1.0, *(float(text.count(char)) for char in "安全值班abc")] for text in texts]
        vectors = np.array(rows, dtype=np.float32).reshape(len(texts), DIM)
        unit: FloatArray = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        if progress is not None:
            progress(len(texts))
        return unit

    def count_tokens(self, texts: Sequence[str]) -> IntArray:
        return np.array([len(text) for text in texts], dtype=np.int64)

    def close(self) -> None:
        pass


def test_encodes_only_what_is_missing(tmp_path: Path) -> None:
    encoder = LengthEncoder()
    with VectorCache(tmp_path / "v.sqlite") as cache:
        cached = CachedEncoder(encoder, cache)
        first = cached.encode_passages(["安全", "值班", "安全"])
        assert sorted(encoder.asked) == sorted(["安全", "值班"])
        encoder.asked.clear()
        steps: list[int] = []
        second = cached.encode_passages(["值班", "abc", "安全"], steps.append)
        assert encoder.asked == ["abc"]
        assert steps == [2, 1]
        np.testing.assert_array_equal(second[[2, 0, 2]], first)
        np.testing.assert_array_equal(cached.encode_passages(["值班", "abc", "安全"]), second)
        assert encoder.asked == ["abc"]
        assert cached.encode_queries(["安全"])[0] @ first[0] < 0  # kept apart
        assert cached.count_tokens(["安全"]).tolist() == [2]


def test_no_texts_give_no_rows(tmp_path: Path) -> None:
    with VectorCache(tmp_path / "v.sqlite") as cache:
        cached = CachedEncoder(LengthEncoder(), cache)
        assert cached.encode_passages([]).shape == (0, DIM)
        assert cached.encode_queries([]).shape == (0, DIM)


@given(st.lists(st.text(alphabet="安全值班abc ", max_size=6), max_size=30))
def test_rows_follow_the_order_of_texts(texts: list[str]) -> None:
    encoder = LengthEncoder()
    with TemporaryDirectory() as folder, VectorCache(Path(folder) / "v.sqlite") as cache:
        vectors = CachedEncoder(encoder, cache).encode_passages(texts)
    np.testing.assert_array_equal(vectors, rounded(encoder.encode_passages(texts)).reshape(-1, DIM))


def test_a_place_that_can_not_be_written_is_done_without(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("")
    encoder = LengthEncoder()
    with caplog.at_level(logging.WARNING), VectorCache(tmp_path / "file" / "v.sqlite") as cache:
        cached = CachedEncoder(encoder, cache)
        np.testing.assert_array_equal(
            cached.encode_passages(["安全"]), rounded(encoder.encode_passages(["安全"]))
        )
    assert "done without" in caplog.text


def test_an_interrupted_job_keeps_its_finished_chunks(tmp_path: Path) -> None:
    class Interrupted(LengthEncoder):
        def encode_passages(self, texts: Sequence[str], progress: Progress | None = None) -> FloatArray:
            if self.asked:
                raise KeyboardInterrupt
            return super().encode_passages(texts, progress)

    with VectorCache(tmp_path / "v.sqlite") as cache:
        with pytest.raises(KeyboardInterrupt):
            CachedEncoder(Interrupted(), cache).encode_passages(TEXTS)
        assert cache.count("length") == 1023
        encoder = LengthEncoder()
        CachedEncoder(encoder, cache).encode_passages(TEXTS)
        assert len(encoder.asked) == 977


def test_a_killed_job_goes_on_where_it_was(tmp_path: Path) -> None:
    path = tmp_path / "v.sqlite"
    program = """
import sys, time
from pathlib import Path
from embeddings.cache import VectorCache
from embeddings.cached_encoder import CachedEncoder
from test_cached_encoder import LengthEncoder, TEXTS
class Slow(LengthEncoder):
    def encode_passages(self, texts, progress=None):
        if self.asked:
            print("next", flush=True)
            time.sleep(60)
        return super().encode_passages(texts, progress)
CachedEncoder(Slow(), VectorCache(Path(sys.argv[1]))).encode_passages(TEXTS)
"""
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join([*sys.path, str(Path(__file__).parent)])}
    command = [sys.executable, "-c", program, str(path)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environ)
    assert process.stdout is not None
    assert process.stdout.readline() == "next\n"
    process.kill()
    process.communicate()
    encoder = LengthEncoder()
    with VectorCache(path) as cache:
        vectors = CachedEncoder(encoder, cache).encode_passages(TEXTS)
    assert len(encoder.asked) == len(TEXTS) - 1023
    np.testing.assert_array_equal(vectors, rounded(LengthEncoder().encode_passages(TEXTS)))


def test_long_and_short_texts_are_finished_at_an_even_pace(tmp_path: Path) -> None:
    # A thousand passages of 300 characters, ten thousand sentences of 30: 316 and 46 count each.
    texts = [f"{number:0300}" for number in range(1000)] + [f"{number:030}" for number in range(10_000)]
    steps: list[int] = []
    with VectorCache(tmp_path / "v.sqlite") as cache:
        CachedEncoder(LengthEncoder(), cache).encode_passages(texts, steps.append)
    done = np.cumsum(steps) / len(texts)
    assert done[-1] == 1
    assert len(steps) == 1 + 24  # (316,000 + 460,000) / 32,768, and what was known before
    assert np.abs(done - np.arange(len(done)) / (len(done) - 1)).max() < 0.1


def test_vectors_of_models_long_unused_are_dropped(tmp_path: Path) -> None:
    path = tmp_path / "v.sqlite"
    with VectorCache(path) as cache:
        for name in ("old", "recent", "unnoted"):
            cache.put_many(name, [text_key(Kind.PASSAGE, "安全")], np.ones((1, DIM), np.float32))
    today = int(time.time() // 86_400)
    with sqlite3.connect(path) as connection:
        connection.executemany(
            "INSERT INTO models VALUES (?, ?)", [("old", today - 91), ("recent", today - 89)]
        )
    connection.close()
    with VectorCache(path) as cache:
        CachedEncoder(LengthEncoder(), cache)
        assert [cache.count(name) for name in ("old", "recent", "unnoted")] == [0, 1, 1]
        cache.note_use("recent")
    with sqlite3.connect(path) as connection:
        days = dict(connection.execute("SELECT fingerprint, day FROM models"))
    connection.close()
    assert days == {"recent": today, "unnoted": today, "length": today}


def test_real_vectors_lose_nothing(serving: OnnxEncoder, tmp_path: Path) -> None:
    texts = ["下井前先测瓦斯", "Check twice.", ""]
    with VectorCache(tmp_path / "v.sqlite") as cache:
        cached = CachedEncoder(serving, cache)
        plain = serving.encode_passages(texts)
        started = time.process_time()
        first = cached.encode_passages(texts)
        middle = time.process_time()
        second = cached.encode_passages(texts)
        assert time.process_time() - middle < middle - started
    np.testing.assert_array_equal(first, second)
    assert np.sum(first * plain, axis=1).min() >= 0.99999
