"""Several readers and a copy that is killed half-way, each in a process of its own."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from config.settings import MilvusSettings
from retrieval.milvus.names import collections_of
from retrieval.milvus.publishing import publish
from retrieval.milvus.server import Row, Server
from tests.retrieval.index.helpers import rebuild, speech, write_archive
from tests.retrieval.milvus.lite import lite_uri

ROOT = Path(__file__).resolve().parents[3]


class Worker:
    """A process of `worker.py`."""

    def __init__(self, role: str, uri: str, index: Path) -> None:
        command = [sys.executable, "-m", "tests.retrieval.milvus.worker", role, uri, str(index)]
        self._process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def ask(self, question: str) -> str:
        assert self._process.stdin is not None
        self._process.stdin.write(question + "\n")
        self._process.stdin.flush()
        return self.line()

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate()


def test_readers_see_whole_generations_whatever_happens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("retrieval.milvus.publishing.BATCH", 4)
    archive, index = tmp_path / "archive", tmp_path / "index"
    write_archive(archive)
    rebuild(archive, index)
    with lite_uri(tmp_path) as uri:
        server = Server(MilvusSettings(uri=uri, timeout_seconds=20))
        readers = [Worker("read", uri, index) for _ in range(2)]
        publish(index, server, settle=0)
        assert [reader.line() for reader in readers] == ["ready", "ready"]
        question = "森林防火第一项任务"
        before = [reader.ask(question) for reader in readers]
        assert before == ["gen-000001 2.txt"] * 2

        # The speech moves to another file; the copy of the new generation is killed half-way.
        (archive / "2.txt").rename(archive / "5.txt")
        (archive / "6.txt").write_text(speech("校园食堂"), "utf-8")
        rebuild(archive, index)
        assert kill_half_way(uri, index, server) > 0
        assert [reader.ask(question) for reader in readers] == before

        written: list[int] = []
        upsert = server.upsert

        def counting(collection: str, rows: Sequence[Row]) -> None:
            written.append(len(rows))
            upsert(collection, rows)

        monkeypatch.setattr(server, "upsert", counting)
        done = publish(index, server, settle=0)
        assert done.resumed > 0
        assert sum(written) == done.passages + done.sentences - done.resumed
        assert [reader.ask(question) for reader in readers] == ["gen-000002 5.txt"] * 2
        for reader in readers:
            reader.kill()


def kill_half_way(uri: str, index: Path, server: Server) -> int:
    """Begin a copy in another process and kill it as soon as it has written something; how much it had."""
    copying = Worker("publish", uri, index)
    assert copying.line() == "publishing"
    name = ""
    while not name:
        new = [folder.name for folder in (index / "milvus").glob("gen-000002-????????")]
        name = new[0] if new else ""
        time.sleep(0.01)
    collection = collections_of(name).passages
    while collection not in server.collections() or not server.count(collection):
        time.sleep(0.01)
    copying.kill()
    return server.count(collection)
