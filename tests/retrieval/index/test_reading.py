"""Reading in processes: the same as reading one after another, whatever becomes of the processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.errors import AnjiangError, DocumentError
from retrieval.index import reading, reading_pool
from retrieval.index.outcome import Found, Outcome, pack_outcome, unpack_outcome
from retrieval.index.pace import Pace
from retrieval.index.reading import read_sources
from retrieval.index.reading_pool import ReadingPool
from retrieval.index.sources import Source, list_sources
from retrieval.readers.isolation import shared_readers
from tests.retrieval.index.helpers import speech
from tests.retrieval.index.unruly import ROOT, noted, processes_of, unruly, wait_until
from tests.retrieval.readers.office import docx, p

__all__ = ["unruly"]

needs_proc = pytest.mark.skipif(
    not Path("/proc/self/environ").exists(), reason="looks for processes in /proc"
)


@pytest.fixture(autouse=True)
def no_parsers_left() -> Iterator[None]:
    shared_readers().close()
    yield
    shared_readers().close()


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Texts, Word files and pages; some that can't be read."""
    folder = tmp_path / "archive"
    folder.mkdir()
    for number in range(6):
        text = speech(f"第{number}类风险")
        (folder / f"a{number}.txt").write_text(text, "utf-8")
        (folder / f"b{number}.docx").write_bytes(docx("".join(map(p, text.splitlines()))))
        page = "".join(f"<p>{line}</p>" for line in text.splitlines())
        (folder / f"c{number}.html").write_text(f"<!DOCTYPE html><html><body>{page}</body></html>", "utf-8")
    (folder / "empty.txt").write_bytes(b"")
    (folder / "cut.docx").write_bytes((folder / "b1.docx").read_bytes()[:-60])
    (folder / "wrong.docx").write_text(speech("改名"), "utf-8")
    (folder / "gone.txt").symlink_to("nowhere")
    return folder


def sources_of(archive: Path) -> list[Source]:
    return list_sources(archive, sorted(path.name for path in archive.iterdir()))


def in_processes(archive: Path, monkeypatch: pytest.MonkeyPatch, count: int = 2) -> dict[str, Outcome]:
    monkeypatch.setattr(reading, "_WORTH_PROCESSES", 0.0)
    monkeypatch.setattr(reading, "_readers", lambda: count)
    sources = sources_of(archive)
    outcomes = read_sources(archive, sources, lambda source, pace: None)
    return {source.path: outcome for source, outcome in zip(sources, outcomes, strict=True)}


def told(outcome: object) -> object:
    if isinstance(outcome, AnjiangError):
        return outcome.key, {name: told(value) for name, value in outcome.values.items()}
    return outcome


def test_processes_give_what_reading_one_after_another_gives(
    archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sources = sources_of(archive)
    finished: list[Source] = []

    def note(source: Source | None, pace: Pace) -> None:
        assert pace.seconds_left >= 0
        finished.extend([source] if source else [])

    alone = read_sources(archive, sources, note)
    assert finished == sources
    several = in_processes(archive, monkeypatch, 3)
    assert [told(outcome) for outcome in alone] == [told(outcome) for outcome in several.values()]
    failed = {path: outcome.key for path, outcome in several.items() if isinstance(outcome, DocumentError)}
    assert failed == {
        "cut.docx": "documents.damaged",
        "empty.txt": "documents.empty",
        "gone.txt": "documents.unreadable",
    }


def test_little_is_read_without_processes(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a process was started")

    monkeypatch.setattr(reading, "_readers", lambda: 16)
    monkeypatch.setattr(reading_pool, "_Reader", refuse)
    read_sources(archive, sources_of(archive), lambda source, pace: None)


@needs_proc
def test_a_process_that_dies_on_a_file_costs_that_file(
    archive: Path, unruly: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for word in ("die-1", "die-2", "bug"):
        (archive / f"{word}.txt").write_text(speech(word), "utf-8")
    found = in_processes(archive, monkeypatch)
    failed = {path: outcome.key for path, outcome in found.items() if isinstance(outcome, DocumentError)}
    assert {path: key for path, key in failed.items() if path[0] in "db"} == {
        "die-1.txt": "documents.reader_crashed",
        "die-2.txt": "documents.reader_crashed",
        "bug.txt": "documents.reader_failed",
    }
    assert sum(isinstance(outcome, Found) for outcome in found.values()) == 3 * 6 + 1
    assert processes_of(unruly) == []


def test_a_file_after_others_gets_a_second_try(archive: Path, unruly: Path) -> None:
    (archive / "once.txt").write_text(speech("一次"), "utf-8")
    with ReadingPool(archive, 1) as pool:
        order = [Source("a0.txt"), Source("once.txt"), Source("a1.txt")]
        begun: list[Source] = []
        found = list(pool.read(order, begun=begun.append, tick=lambda: None))
    assert begun == [order[0], order[1], order[1], order[2]]
    assert [source for source, outcome in found if isinstance(outcome, Found)] == order


@needs_proc
def test_a_file_that_takes_for_ever_is_given_up(archive: Path, unruly: Path) -> None:
    (archive / "sleep.txt").write_text(speech("慢"), "utf-8")
    order = [Source(name) for name in ("a0.txt", "sleep.txt", "b0.docx", "a1.txt")]

    def clock() -> float:
        # Once the file is being read the hour is over; the machine's own time may be as slow as it likes.
        return 3600.0 if noted(unruly, "sleep") else 0.0

    with ReadingPool(archive, 1, clock=clock) as pool:
        found = dict(pool.read(order, begun=lambda source: None, tick=lambda: None))
    slow = found.pop(order[1])
    assert isinstance(slow, DocumentError)
    limit = f"{reading_pool._LIMIT:.0f}"
    assert (slow.key, slow.values["seconds"]) == ("documents.reader_slow", limit)
    assert [source for source, outcome in found.items() if isinstance(outcome, Found)] == [
        order[0],
        order[2],
        order[3],
    ]
    # What a killed process started goes when the kernel gets to it.
    wait_until(lambda: not processes_of(unruly))


def test_where_no_process_starts_everything_is_read_all_the_same(
    archive: Path, unruly: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (unruly / "no-start").touch()
    found = in_processes(archive, monkeypatch)
    assert sum(isinstance(outcome, Found) for outcome in found.values()) == 3 * 6 + 1


@needs_proc
def test_leaving_in_the_middle_leaves_no_process(archive: Path, unruly: Path) -> None:
    (archive / "slow.html").write_text("<!DOCTYPE html><html><body><p>slow</p></body></html>", "utf-8")
    (archive / "sleep.txt").write_text(speech("慢"), "utf-8")
    slow, sleeping, *_ = (Source(name) for name in ("slow.html", "sleep.txt"))

    class Left(Exception):
        pass

    def leave_when_both_are_busy() -> None:
        if noted(unruly, "parsing") and noted(unruly, "sleep"):
            raise Left

    with pytest.raises(Left), ReadingPool(archive, 2) as pool:
        for _ in pool.read([slow, sleeping], begun=lambda source: None, tick=leave_when_both_are_busy):
            pass
    assert processes_of(unruly) == []


@needs_proc
def test_a_killed_process_takes_its_parser_with_it(archive: Path, unruly: Path) -> None:
    (archive / "slow.html").write_text("<!DOCTYPE html><html><body><p>slow</p></body></html>", "utf-8")
    killed: list[int] = []

    def kill_when_parsing() -> None:
        parsers = noted(unruly, "parsing")
        for other in set(processes_of(unruly)) - set(parsers) if parsers and not killed else ():
            killed.append(other)
            os.kill(other, signal.SIGKILL)

    with ReadingPool(archive, 1) as pool:
        (found,) = pool.read([Source("slow.html")], begun=lambda source: None, tick=kill_when_parsing)
        assert told(found[1]) == ("documents.reader_crashed", {"file": "slow.html"})
        assert len(killed) == 1
        wait_until(lambda: not processes_of(unruly))


@needs_proc
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_interrupting_the_command_leaves_nothing_behind(
    apart: Path, archive: Path, unruly: Path, how: signal.Signals
) -> None:
    (archive / "slow.html").write_text("<!DOCTYPE html><html><body><p>slow</p></body></html>", "utf-8")
    (unruly / "always").touch()
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        command = subprocess.Popen(
            [sys.executable, "-m", "bot", "index", str(archive), "--index", str(apart / "index")],
            cwd=ROOT,
            env={**os.environ, "TMPDIR": str(apart), "LANG": "C.UTF-8"},
            stderr=subprocess.PIPE,
            text=True,
        )
    finally:
        signal.signal(signal.SIGINT, before)
    try:
        wait_until(lambda: noted(unruly, "parsing"), 120)
        assert len(processes_of(unruly)) >= 3
        command.send_signal(how)
        _, errors = command.communicate(timeout=60)
    finally:
        command.kill()
        command.wait()
    wait_until(lambda: not processes_of(unruly))
    ended = (130, "错误：已中断\n") if how is signal.SIGINT else (-signal.SIGKILL, "")
    assert (command.returncode, errors) == ended
    assert [path.name for path in (apart / "index").iterdir() if path.name != "rebuild.lock"] == []
    assert {path.name for path in apart.iterdir()} <= {"index", "archive", "unruly"}


def test_errors_travel_with_their_values(archive: Path) -> None:
    inner = DocumentError("documents.damaged", file="甲", detail="\ud800")
    error = DocumentError("index.skip_duplicate", path="甲/乙.docx", count=3, why=inner)
    back = unpack_outcome(pack_outcome(error))
    assert isinstance(back, DocumentError)
    assert (back.key, back.values["path"], back.values["count"]) == ("index.skip_duplicate", "甲/乙.docx", 3)
    assert told(back.values["why"]) == told(inner)
