"""The vector cache gives back what it was given, and survives what happens to files."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
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
from embeddings.cache import CachedEncoder, Kind, VectorCache, rounded, text_key
from embeddings.onnx import OnnxEncoder

DIM = 8
SAMPLE = np.random.default_rng(3).standard_normal((40, DIM)).astype(np.float32)
SAMPLE /= np.linalg.norm(SAMPLE, axis=1, keepdims=True)
KEYS = [text_key(Kind.PASSAGE, str(row)) for row in range(len(SAMPLE))]


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
        return unit

    def count_tokens(self, texts: Sequence[str]) -> IntArray:
        return np.array([len(text) for text in texts], dtype=np.int64)


def test_keeps_vectors_across_openings(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "vectors.sqlite"
    with VectorCache(path) as cache:
        cache.put_many("one", dict(zip(KEYS, SAMPLE, strict=True)))
        cache.put_many("two", {KEYS[0]: SAMPLE[1]})
    with VectorCache(path) as cache:
        found = cache.get_many("one", [*KEYS, b"absent"], DIM)
        assert list(found) != []
        assert set(found) == set(KEYS)
        for key, vector in zip(KEYS, SAMPLE, strict=True):
            assert found[key].dtype == np.float32
            assert np.vdot(found[key], vector) >= 0.99999
            assert abs(np.linalg.norm(found[key]) - 1) < 1e-6
        assert np.vdot(cache.get_many("two", KEYS, DIM)[KEYS[0]], SAMPLE[1]) >= 0.99999
        assert (cache.count("one"), cache.count("two"), cache.count("three")) == (40, 1, 0)


def test_finds_more_keys_than_one_statement_takes(tmp_path: Path) -> None:
    keys = [text_key(Kind.PASSAGE, str(number)) for number in range(2345)]
    with VectorCache(tmp_path / "v.sqlite") as cache:
        cache.put_many("one", dict.fromkeys(keys, SAMPLE[0]))
        assert len(cache.get_many("one", keys, DIM)) == 2345
        assert cache.get_many("one", [], DIM) == {}


def test_keys_tell_queries_from_passages_and_take_any_text() -> None:
    texts = ["安全", "安全 ", "\ud800", ""]
    keys = {text_key(kind, text) for kind in Kind for text in texts}
    assert len(keys) == 8


@pytest.mark.parametrize("blob", [b"", b"short", bytes(2 * DIM), b"\x00\x7c" * DIM])
def test_a_spoilt_row_counts_as_absent(blob: bytes, tmp_path: Path) -> None:
    path = tmp_path / "v.sqlite"
    VectorCache(path).close()
    with sqlite3.connect(path) as connection:  # too short, all zero, infinite
        connection.execute("INSERT INTO vectors VALUES ('one', ?, ?)", (KEYS[0], blob))
    connection.close()
    with VectorCache(path) as cache:
        assert cache.get_many("one", KEYS, DIM) == {}


@pytest.mark.parametrize("damage", ["text", "truncated", "garbled"])
def test_a_damaged_file_is_moved_aside(damage: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "v.sqlite"
    with VectorCache(path) as cache:
        for number in range(200):
            cache.put_many("one", {text_key(Kind.QUERY, f"{number} {key!r}"): SAMPLE[0] for key in KEYS})
    content = path.read_bytes()
    changed = {
        "text": b"this is no database " * 500,
        "truncated": content[: len(content) // 2],
        "garbled": content[:4096] + bytes([255]) * (len(content) - 4096),
    }[damage]
    path.write_bytes(changed)
    with caplog.at_level(logging.WARNING), VectorCache(path) as cache:
        for number in range(200):  # meets the damage sooner or later
            cache.get_many("one", [text_key(Kind.QUERY, f"{number} {key!r}") for key in KEYS], DIM)
        cache.put_many("one", {KEYS[0]: SAMPLE[0]})
        assert set(cache.get_many("one", KEYS, DIM)) == {KEYS[0]}
    assert "damaged" in caplog.text
    assert path.with_name("v.sqlite.damaged").read_bytes() == changed


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


def _write(path: Path, name: str) -> None:
    with VectorCache(path) as cache:
        for number in range(50):
            cache.put_many(name, {text_key(Kind.QUERY, str(number)): SAMPLE[0]})


def test_two_processes_write_one_file(tmp_path: Path) -> None:
    path = tmp_path / "v.sqlite"
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_write, args=(path, name)) for name in ("one", "two")]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    with VectorCache(path) as cache:
        assert (cache.count("one"), cache.count("two")) == (50, 50)


def test_a_killed_writer_leaves_what_it_had_kept(tmp_path: Path) -> None:
    path = tmp_path / "v.sqlite"
    program = """
import itertools, sys
from pathlib import Path
from tempfile import TemporaryDirectory
import numpy as np
from embeddings.cache import VectorCache
cache = VectorCache(Path(sys.argv[1]))
vector = np.ones(8, np.float32)
for number in itertools.count():
    cache.put_many("one", {bytes([n]) + str(number).encode(): vector for n in range(100)})
    print(number, flush=True)
"""
    process = subprocess.Popen([sys.executable, "-c", program, str(path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    for line in process.stdout:
        if int(line) == 20:
            break
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    with VectorCache(path) as cache:
        kept = cache.count("one")
        assert kept >= 2100
        assert kept % 100 == 0  # each put in full or not at all
        cache.put_many("one", {KEYS[0]: SAMPLE[0]})
        assert cache.count("one") == kept + 1
    assert not path.with_name("v.sqlite.damaged").exists()


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


def test_an_interrupted_job_keeps_its_finished_chunks(tmp_path: Path) -> None:
    class Interrupted(LengthEncoder):
        def encode_passages(self, texts: Sequence[str], progress: Progress | None = None) -> FloatArray:
            if self.asked:
                raise KeyboardInterrupt
            return super().encode_passages(texts, progress)

    texts = [f"{number:04}" for number in range(1000)]
    with VectorCache(tmp_path / "v.sqlite") as cache:
        with pytest.raises(KeyboardInterrupt):
            CachedEncoder(Interrupted(), cache).encode_passages(texts)
        assert cache.count("length") == 512
        encoder = LengthEncoder()
        CachedEncoder(encoder, cache).encode_passages(texts)
        assert len(encoder.asked) == 488


def test_real_vectors_lose_nothing(serving: OnnxEncoder, tmp_path: Path) -> None:
    texts = ["下井前先测瓦斯", "Check twice.", ""]
    with VectorCache(tmp_path / "v.sqlite") as cache:
        cached = CachedEncoder(serving, cache)
        plain = serving.encode_passages(texts)
        started = time.perf_counter()
        first = cached.encode_passages(texts)
        middle = time.perf_counter()
        second = cached.encode_passages(texts)
        assert time.perf_counter() - middle < middle - started
    np.testing.assert_array_equal(first, second)
    assert np.sum(first * plain, axis=1).min() >= 0.99999
