"""The index on a Milvus server against the same index in files: same passages, same quotes, what it costs.

usage: python -m benchmarks.milvus --archive DIR QUESTIONS.jsonl [--uri URI] [--token TOKEN]

Builds an index of DIR, copies it to the server (a Milvus Lite in a process of its own unless told otherwise;
what that takes says nothing of a real server) and asks every question of both, by turns. Prints in how many
of the ten places of each question the same passage stands, in how many questions evidence is the same to the
last character, the ratio of median times, and how many calls a question makes.
"""

from __future__ import annotations

import argparse
import json
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from config.messages import Language
from config.settings import Backend, MilvusSettings, load_settings
from retrieval.cli.building import build_index
from retrieval.cli.state import State
from retrieval.milvus.publishing import publish
from retrieval.milvus.server import Server, connect
from retrieval.search.opening import open_searcher
from retrieval.search.searcher import Searcher

PLACES = 10


@contextmanager
def lite(folder: Path) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-u", "-m", "milvus_lite", "server", "--data-dir", str(folder / "lite")]
    with subprocess.Popen(
        [*command, "--host", "127.0.0.1", "--port", str(port)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("questions", type=Path, nargs="+")
    parser.add_argument("--archive", type=Path, required=True)
    parser.add_argument("--uri")
    parser.add_argument("--token")
    asked = parser.parse_args()
    lines = [line for file in asked.questions for line in file.read_text("utf-8").splitlines()]
    questions = [json.loads(line)["question"] for line in lines]
    with tempfile.TemporaryDirectory() as folder:
        if asked.uri:
            compare(Path(folder), asked.archive, questions, MilvusSettings(uri=asked.uri, token=asked.token))
            return
        with lite(Path(folder)) as uri:
            compare(Path(folder), asked.archive, questions, MilvusSettings(uri=uri, timeout_seconds=120))


def compare(folder: Path, archive: Path, questions: list[str], milvus: MilvusSettings) -> None:
    index = folder / "index"
    files = load_settings().model_copy(update={"index": index})
    build_index(files, archive, index, state=State(Language.EN, "milvus"))
    done = publish(index, connect(milvus))
    print(f"{done.passages} passages and {done.sentences} sentences copied in {done.seconds:.1f} s")
    retrieval = files.retrieval.model_copy(update={"backend": Backend.MILVUS})
    server = files.model_copy(update={"milvus": milvus, "retrieval": retrieval})
    with open_searcher(files) as local, open_searcher(server) as remote:
        local.warm()
        remote.warm()
        report(questions, local, remote, connect(milvus))


def report(questions: list[str], local: Searcher, remote: Searcher, server: Server) -> None:
    same = places = evidence = 0
    seconds: dict[Searcher, list[float]] = {local: [], remote: []}
    calls_before = server.calls
    for number, question in enumerate(questions):
        found: dict[Searcher, Any] = {}
        for searcher in (local, remote) if number % 2 else (remote, local):
            began = time.perf_counter()
            found[searcher] = searcher.ask(question, limit=PLACES)
            seconds[searcher].append(time.perf_counter() - began)
        here, there = found[local], found[remote]
        places += len(here.hits)
        same += sum(
            one.passage.id == other.passage.id for one, other in zip(here.hits, there.hits, strict=False)
        )
        evidence += (here.quotes, here.answerable, here.near) == (there.quotes, there.answerable, there.near)
    times = {searcher: statistics.median(each) for searcher, each in seconds.items()}
    print(f"the same passage in {same} of {places} places ({same / places:.2%})")
    print(f"the same evidence for {evidence} of {len(questions)} questions")
    print(f"median time of a question, server to files: {times[remote] / times[local]:.1f}")
    print(f"calls a question: {(server.calls - calls_before) / len(questions):.1f}")


if __name__ == "__main__":
    main()
