from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from config.errors import DocumentError
from retrieval.readers import formats, isolation
from retrieval.readers.formats import Format
from retrieval.readers.isolation import Readers
from retrieval.readers.types import Kind, Reading
from tests.retrieval.readers.office import docx, p

GOOD = docx(p("值班要在岗。"))
MODULE = """
import os, signal, socket, subprocess, sys, time
from pathlib import Path
from retrieval.readers.types import Reading

def read(data):
    word = data.decode()
    if word == "loop":
        while True:
            pass
    if word == "sleep":
        import sitecustomize
        os.write(sitecustomize.BEGUN, b"x")
        time.sleep(600)
    if word == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    if word == "memory":
        return Reading(str(len(bytearray(4 << 30))), "x")
    if word == "flood":
        return Reading("字" * 11_000_000, "x")
    if word == "noise":
        print("x" * 1000, flush=True)
        print("x" * 1000, file=sys.stderr, flush=True)
        os.write(1, b"12")
    if word == "bug":
        raise KeyError("oops")
    if word == "network":
        socket.create_connection(("127.0.0.1", 9))
    if word == "program":
        subprocess.run(["true"])
    if word.startswith("write "):
        Path(word[6:]).write_text("x")
    if word == "deep":
        return read_deep(0)
    return Reading(word, "x")

def read_deep(n):
    return read_deep(n + 1)
"""


@pytest.fixture
def readers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Readers:
    """Workers whose reader of images does as the file says."""
    (tmp_path / "unruly.py").write_text(MODULE)
    (tmp_path / "sitecustomize.py").write_text(
        "import os\n"
        f"BEGUN = os.open({str(tmp_path / 'begun')!r}, os.O_WRONLY | os.O_CREAT)\n"
        "from retrieval.readers import formats\n"
        "from retrieval.readers.formats import Format\n"
        "from retrieval.readers.types import Kind\n"
        "formats.FORMATS = {**formats.FORMATS, Kind.IMAGE: Format(Kind.IMAGE, 7, 'unruly', (), 2.0, 1536)}\n"
    )
    root = str(Path(isolation.__file__).resolve().parents[2])
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}{root}")
    unruly = Format(Kind.IMAGE, 7, "unruly", (), 2.0, 1536)
    monkeypatch.setattr(isolation, "FORMATS", {**formats.FORMATS, Kind.IMAGE: unruly})
    return Readers()


def failure(readers: Readers, word: str) -> str:
    with pytest.raises(DocumentError) as caught:
        readers.read(word.encode(), Kind.IMAGE)
    assert readers.read(GOOD, Kind.DOCX).text == "值班要在岗。"
    return caught.value.key


def test_a_reading_comes_back_whole_and_with_its_version(readers: Readers) -> None:
    with readers:
        assert readers.read("防汛\ud7ff𠮷".encode(), Kind.IMAGE) == Reading("防汛\ud7ff𠮷", "image/7")


@pytest.mark.parametrize(
    ("word", "key"),
    [
        ("die", "documents.reader_crashed"),
        ("memory", "documents.reader_memory"),
        ("flood", "documents.too_much_text"),
        ("bug", "documents.damaged"),
        ("network", "documents.damaged"),
        ("program", "documents.damaged"),
        ("deep", "documents.too_nested"),
    ],
)
def test_a_broken_file_costs_that_file_only(readers: Readers, word: str, key: str) -> None:
    with readers:
        assert failure(readers, word) == key


def test_a_loop_ends_in_time(readers: Readers) -> None:
    with readers:
        readers.read(b"start", Kind.IMAGE)
        began = time.monotonic()
        assert failure(readers, "loop") == "documents.reader_slow"
        assert time.monotonic() - began < 30


def test_what_a_parser_prints_does_not_reach_the_answer(readers: Readers) -> None:
    with readers:
        assert readers.read(b"noise", Kind.IMAGE).text == "noise"


def test_no_file_is_written(readers: Readers, tmp_path: Path) -> None:
    target = tmp_path / "written"
    with readers:
        assert failure(readers, f"write {target}") == "documents.damaged"
    assert not target.exists()


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks for processes in /proc")
@pytest.mark.usefixtures("readers")
def test_a_worker_ends_with_its_parent_in_the_middle_of_a_file(tmp_path: Path) -> None:
    code = (
        "from retrieval.readers.isolation import Readers; from retrieval.readers.types import Kind; "
        "Readers().read(b'sleep', Kind.IMAGE)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code])
    try:
        end = time.monotonic() + 60
        while not (children := Path(f"/proc/{parent.pid}/task/{parent.pid}/children").read_text().split()):
            assert time.monotonic() < end
        while not (tmp_path / "begun").stat().st_size:
            assert time.monotonic() < end
            time.sleep(0.02)
    finally:
        parent.kill()
        parent.wait()
    (worker,) = (Path("/proc", child) for child in children)
    while worker.exists() and ") Z " not in (worker / "stat").read_text():
        assert time.monotonic() < end, "the worker lives on"
        time.sleep(0.02)


def test_one_worker_serves_many_files_and_is_replaced_when_it_dies(readers: Readers) -> None:
    with readers:
        readers.read(GOOD, Kind.DOCX)
        (worker,) = readers._workers.values()
        first = worker._process.pid
        readers.read(GOOD, Kind.DOCX)
        assert next(iter(readers._workers.values()))._process.pid == first
        os.kill(first, signal.SIGKILL)
        assert readers.read(GOOD, Kind.DOCX).text == "值班要在岗。"
        last = next(iter(readers._workers.values()))._process
    assert last.poll() is not None
