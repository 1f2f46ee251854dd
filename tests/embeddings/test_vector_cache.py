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
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from embeddings import FloatArray
from embeddings.cache import Kind, VectorCache, text_key

DIM = 8
SAMPLE = np.random.default_rng(3).standard_normal((40, DIM)).astype(np.float32)
SAMPLE /= np.linalg.norm(SAMPLE, axis=1, keepdims=True)
KEYS = [text_key(Kind.PASSAGE, str(row)) for row in range(len(SAMPLE))]


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
