"""The vector cache gives back what it was given, and survives what happens to files."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import sqlite3
import subprocess
import sys
import threading
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
TEXTS = [f"{number:016}" for number in range(2000)]
"""Of 16 characters, for which 32 are reckoned: a chunk of less than 32,768 holds 1023 of them."""
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
        if progress is not None:
            progress(len(texts))
        return unit

    def count_tokens(self, texts: Sequence[str]) -> IntArray:
        return np.array([len(text) for text in texts], dtype=np.int64)


def _found(cache: VectorCache, fingerprint: str, keys: Sequence[bytes]) -> dict[bytes, FloatArray]:
    vectors = np.full((len(keys), DIM), 7, dtype=np.float32)
    known = cache.fill(fingerprint, keys, vectors)
    assert (vectors[~known] == 7).all()  # absent rows are left alone
    return {key: vectors[row] for row, key in enumerate(keys) if known[row]}


def test_keeps_vectors_across_openings(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "vectors.sqlite"
    with VectorCache(path) as cache:
        cache.put_many("one", KEYS, SAMPLE)
        cache.put_many("two", KEYS[:1], SAMPLE[1:2])
    with VectorCache(path) as cache:
        found = _found(cache, "one", [KEYS[0], b"absent", *KEYS[:0:-1]])
        assert list(found) != []
        assert set(found) == set(KEYS)
        for key, vector in zip(KEYS, SAMPLE, strict=True):
            assert found[key].dtype == np.float32
            assert np.vdot(found[key], vector) >= 0.99999
            assert abs(np.linalg.norm(found[key]) - 1) < 1e-6
        assert np.vdot(_found(cache, "two", KEYS)[KEYS[0]], SAMPLE[1]) >= 0.99999
        assert (cache.count("one"), cache.count("two"), cache.count("three")) == (40, 1, 0)


def test_finds_more_keys_than_one_statement_takes(tmp_path: Path) -> None:
    keys = [text_key(Kind.PASSAGE, str(number)) for number in range(2345)]
    with VectorCache(tmp_path / "v.sqlite") as cache:
        cache.put_many("one", keys, np.repeat(SAMPLE[:1], len(keys), axis=0))
        assert len(_found(cache, "one", keys)) == 2345
        assert _found(cache, "one", []) == {}


@pytest.mark.parametrize("kept", [3000, 30_000])
def test_many_keys_are_found_whatever_lies_between_them(kept: int, tmp_path: Path) -> None:
    keys = [text_key(Kind.PASSAGE, str(number)) for number in range(kept)]
    wanted = [*keys[:12_000], *(text_key(Kind.QUERY, str(number)) for number in range(12_000))]
    vectors = np.repeat(SAMPLE, kept // len(SAMPLE), axis=0)
    with VectorCache(tmp_path / "v.sqlite") as cache:
        cache.put_many("one", keys, vectors)
        cache.put_many("two", keys[::2], -vectors[::2])
        found = _found(cache, "one", wanted)
    assert list(found) == keys[:12_000]
    assert np.vecdot(np.stack(list(found.values())), vectors[: len(found)]).min() >= 0.99999


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
        assert _found(cache, "one", KEYS) == {}


@pytest.mark.parametrize("damage", ["text", "truncated", "garbled"])
def test_a_damaged_file_is_moved_aside(damage: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "v.sqlite"
    with VectorCache(path) as cache:
        for number in range(200):
            cache.put_many("one", [text_key(Kind.QUERY, f"{number} {key!r}") for key in KEYS], SAMPLE)
    content = path.read_bytes()
    changed = {
        "text": b"this is no database " * 500,
        "truncated": content[: len(content) // 2],
        "garbled": content[:4096] + bytes([255]) * (len(content) - 4096),
    }[damage]
    path.write_bytes(changed)
    with caplog.at_level(logging.WARNING), VectorCache(path) as cache:
        for number in range(200):  # meets the damage sooner or later
            _found(cache, "one", [text_key(Kind.QUERY, f"{number} {key!r}") for key in KEYS])
        cache.put_many("one", KEYS[:1], SAMPLE[:1])
        assert set(_found(cache, "one", KEYS)) == {KEYS[0]}
    assert "damaged" in caplog.text
    assert path.with_name("v.sqlite.damaged").read_bytes().startswith(changed)


def test_a_changed_vector_counts_as_absent(tmp_path: Path) -> None:
    path = tmp_path / "v.sqlite"
    with VectorCache(path) as cache:
        cache.put_many("one", KEYS, SAMPLE)
    with sqlite3.connect(path) as connection:
        ((blob,),) = connection.execute("SELECT vector FROM vectors WHERE key = ?", (KEYS[3],))
        changed = bytes([blob[0] ^ 1]) + blob[1:]
        connection.execute("UPDATE vectors SET vector = ? WHERE key = ?", (changed, KEYS[3]))
        # Another text's vector, whole as it is, is none of this one.
        ((other,),) = connection.execute("SELECT vector FROM vectors WHERE key = ?", (KEYS[5],))
        connection.execute("UPDATE vectors SET vector = ? WHERE key = ?", (other, KEYS[4]))
    connection.close()
    with VectorCache(path) as cache:
        assert set(KEYS) - set(_found(cache, "one", KEYS)) == {KEYS[3], KEYS[4]}


def test_vectors_kept_without_checksums_are_used(tmp_path: Path) -> None:
    path = tmp_path / "v.sqlite"
    VectorCache(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute(
            "INSERT INTO vectors VALUES ('one', ?, ?)", (KEYS[0], SAMPLE[0].astype("<f2").tobytes())
        )
    connection.close()
    with VectorCache(path) as cache:
        assert np.vdot(_found(cache, "one", KEYS)[KEYS[0]], SAMPLE[0]) >= 0.99999


@pytest.mark.parametrize("damage", ["zeros", "truncated"])
def test_what_can_be_read_of_a_damaged_file_is_kept(damage: str, tmp_path: Path) -> None:
    path = tmp_path / "v.sqlite"
    keys = [text_key(Kind.QUERY, str(number)) for number in range(8000)]
    with VectorCache(path) as cache:
        cache.put_many("one", keys, np.repeat(SAMPLE[:1], len(keys), axis=0))
    content = path.read_bytes()
    middle = len(content) // 2 // 4096 * 4096
    zeros = content[:middle] + bytes(4096) + content[middle + 4096 :]
    path.write_bytes(zeros if damage == "zeros" else content[: len(content) * 9 // 10])
    with VectorCache(path) as cache:
        _found(cache, "one", keys)  # meets the damage
        found = _found(cache, "one", keys)
    assert len(found) > 0.5 * len(keys)
    assert all(np.vdot(vector, SAMPLE[0]) >= 0.99999 for vector in found.values())
    with VectorCache(path) as cache:
        assert cache.count("one") == len(found)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["v.sqlite", "v.sqlite.damaged"]


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
            cache.put_many(name, [text_key(Kind.QUERY, str(number))], SAMPLE[:1])


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


def test_a_file_that_another_begins_to_use_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "v.sqlite"
    other = sqlite3.connect(path, check_same_thread=False)
    # Whoever is about to write keeps others from writing ahead, and SQLite does not wait for that.
    other.executescript("CREATE TABLE t (a); BEGIN IMMEDIATE; INSERT INTO t VALUES (1);")
    release = threading.Timer(0.3, other.close)
    release.start()
    with VectorCache(path) as cache:
        cache.put_many("one", [text_key(Kind.QUERY, "安全")], SAMPLE[:1])
        assert cache.count("one") == 1
    release.join()


def test_a_killed_writer_leaves_what_it_had_kept(tmp_path: Path) -> None:
    path = tmp_path / "v.sqlite"
    program = """
import itertools, sys
from pathlib import Path
from tempfile import TemporaryDirectory
import numpy as np
from embeddings.cache import VectorCache
cache = VectorCache(Path(sys.argv[1]))
vectors = np.ones((100, 8), np.float32)
for number in itertools.count():
    cache.put_many("one", [bytes([n]) + str(number).encode() for n in range(100)], vectors)
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
        cache.put_many("one", KEYS[:1], SAMPLE[:1])
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
from embeddings.cache import CachedEncoder, VectorCache
from test_vector_cache import LengthEncoder, TEXTS
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
            cache.put_many(name, KEYS, SAMPLE)
    today = int(time.time() // 86_400)
    with sqlite3.connect(path) as connection:
        connection.executemany(
            "INSERT INTO models VALUES (?, ?)", [("old", today - 91), ("recent", today - 89)]
        )
    connection.close()
    with VectorCache(path) as cache:
        CachedEncoder(LengthEncoder(), cache)
        assert [cache.count(name) for name in ("old", "recent", "unnoted")] == [0, 40, 40]
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
