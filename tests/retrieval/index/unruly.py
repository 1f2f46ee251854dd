"""Reading processes that misbehave on files of certain names, and a look at which processes are left.

They are real processes of the program; a ``sitecustomize`` on their path changes what reading does.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
_CUSTOMIZED = """
import os, signal, sys, time
from dataclasses import replace
from pathlib import Path

AT = Path(__file__).parent

def note(word):
    (AT / f"{word}-{os.getpid()}").write_text("x")

def misbehave(read):
    def changed(archive, source):
        word = Path(source.path).stem.partition("-")[0]
        if word in ("die", "once", "sleep"):
            first = not list(AT.glob(f"{word}-*"))
            note(word)
            if word == "sleep":
                time.sleep(600)
            if word == "die" or first:
                os.kill(os.getpid(), signal.SIGKILL)
        if word == "bug":
            raise ZeroDivisionError
        return read(archive, source)
    return changed

if "retrieval.index.reading_worker" in sys.orig_argv:
    if (AT / "no-start").exists():
        sys.exit(1)
    from retrieval.index import sources
    sources.read_source = misbehave(sources.read_source)
elif "retrieval.readers.worker" in sys.orig_argv:
    from retrieval.readers import formats
    from retrieval.readers.types import Kind
    from retrieval.readers import html
    file = os.open(AT / f"parsing-{os.getpid()}", os.O_WRONLY | os.O_CREAT)  # later it is forbidden
    def slow(data, read=html.read):
        if b"slow" in data:
            os.write(file, b"x")
            time.sleep(600)
        return read(data)
    html.read = slow
elif (AT / "always").exists():
    from retrieval.index import reading
    reading._WORTH_PROCESSES, reading._readers = 0.0, lambda: 2
"""


@pytest.fixture
def unruly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that makes the processes started from now on misbehave, and where they leave notes."""
    folder = tmp_path / "unruly"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(_CUSTOMIZED)
    monkeypatch.setenv("PYTHONPATH", f"{folder}{os.pathsep}{ROOT}")
    return folder


def noted(folder: Path, word: str) -> list[int]:
    """The processes that have come to what a word says: parsing, sleep."""
    notes = (note for note in folder.glob(f"{word}-*") if note.stat().st_size)
    return [int(note.name.rpartition("-")[2]) for note in notes]


def processes_of(folder: Path) -> list[int]:
    """Living processes (not this one) that have a folder in their environment."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            is_alive = ") Z " not in (place / "stat").read_text()
            environ = (place / "environ").read_bytes()
        except OSError:
            continue
        if is_alive and bytes(folder) in environ and int(place.name) != os.getpid():
            found.append(int(place.name))
    return found


def wait_until(happened: Callable[[], object], seconds: float = 60.0) -> None:
    """Wait for something that another process does."""
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)
