"""Rebuilds that are killed, interrupted, refused or out of space: the index before keeps answering."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from config.errors import IndexWriteError
from retrieval.index.in_force import current_name
from tests.retrieval.index.helpers import Nursery, contents_at, rebuild, spawn, speech, write_archive

KILLS = 8, 60
"""Fewest and most rebuilds that are killed at a random moment; `benchmarks.crashes` has hundreds."""

STRIDE = 4
"""One of so many operations is tried."""

MOST_OPERATIONS = 500
"""More operations on files than one rebuild of a few documents needs."""

SECONDS = 60
"""Patience with a child process on a busy machine."""


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    write_archive(tmp_path / "archive")
    return tmp_path / "archive"


@pytest.fixture
def index(archive: Path, tmp_path: Path) -> Path:
    rebuild(archive, tmp_path / "index")
    return tmp_path / "index"


def finish(child: subprocess.Popen[str]) -> str:
    output, errors = child.communicate(timeout=SECONDS)
    assert "Traceback" not in errors, errors
    return output


def wait_for(child: subprocess.Popen[str], line: str) -> None:
    assert child.stdout is not None
    while (found := child.stdout.readline()) != line + "\n":
        assert found, f"the child ended before it said {line!r}"


def names(index: Path) -> list[str]:
    return sorted(path.name for path in index.iterdir())


def test_killed_rebuild_leaves_the_old_index_or_the_new_one(archive: Path, index: Path) -> None:
    generator = random.Random(20)
    old = contents_at(index)
    longest = 0.1
    ends: set[bool] = set()
    with Nursery(archive, index) as nursery:
        for run in range(KILLS[1]):
            if run >= KILLS[0] and ends == {True, False}:
                break
            (archive / "2.txt").write_text(speech(f"第{run}类风险"), "utf-8")
            child = nursery.start()
            time.sleep(generator.uniform(0, longest))
            os.kill(child, signal.SIGKILL)
            finished = nursery.wait()
            # Half of the kills should come after the end, however fast this machine is.
            longest *= 0.8 if finished else 1.25
            now = contents_at(index)
            rebuild(archive, index)
            new = contents_at(index)
            assert now in (old, new)
            assert new != old
            ends.add(now == new)
            assert not [name for name in names(index) if name.endswith(".tmp")]
            assert len([name for name in names(index) if name.startswith("gen-")]) <= 2
            old = new
    rebuild(archive, index.with_name("fresh"))
    assert old == contents_at(index.with_name("fresh"))
    assert ends == {True, False}, "every kill came too early or too late to mean anything"


def test_kill_before_a_file_operation_leaves_the_old_index_or_the_new_one(tmp_path: Path) -> None:
    archive, index = tmp_path / "archive", tmp_path / "index"
    write_archive(archive, ["防汛抗旱"])
    rebuild(archive, index)
    old = contents_at(index)
    ends = []
    with Nursery(archive, index) as nursery:
        for operation in range(1, MOST_OPERATIONS, STRIDE):
            (archive / "2.txt").write_text(speech(f"第{operation}类风险", parts=1), "utf-8")
            nursery.start(kill_at=operation)
            if nursery.wait():
                break
            now = contents_at(index)
            rebuild(archive, index)
            new = contents_at(index)
            assert now in (old, new), f"killed before operation {operation}"
            assert not [name for name in names(index) if name.endswith(".tmp")]
            ends.append(now == new)
            old = new
    assert operation < MOST_OPERATIONS - STRIDE
    assert len(ends) * STRIDE > 40
    # One moment decides: before it the old index is in force, after it the new one.
    assert ends == sorted(ends)
    assert ends[0] is False
    assert ends[-1] is True


def test_first_rebuild_killed_while_encoding_leaves_no_index(archive: Path, tmp_path: Path) -> None:
    child = spawn(archive, tmp_path / "new", "slow")
    wait_for(child, "encoding")
    child.kill()
    finish(child)
    assert current_name(tmp_path / "new") is None
    rebuild(archive, tmp_path / "new")
    contents_at(tmp_path / "new")


def test_interrupted_rebuild_leaves_nothing_behind(archive: Path, index: Path) -> None:
    before, listing = contents_at(index), names(index)
    (archive / "4.txt").write_text(speech("建筑施工"), "utf-8")
    child = spawn(archive, index, "slow")
    wait_for(child, "encoding")
    child.send_signal(signal.SIGINT)
    assert finish(child) == "interrupted\n"
    assert child.returncode == 130
    assert names(index) == listing
    assert contents_at(index) == before
    assert rebuild(archive, index).new == ("4.txt",)


def test_interrupt_while_writing_leaves_nothing_behind(
    archive: Path, index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    before, listing = contents_at(index), names(index)
    (archive / "4.txt").write_text(speech("建筑施工"), "utf-8")
    monkeypatch.setattr("retrieval.index.writing.write_postings", interrupt)
    with pytest.raises(KeyboardInterrupt):
        rebuild(archive, index)
    assert names(index) == listing
    assert contents_at(index) == before


def test_second_rebuild_at_once_says_so(archive: Path, index: Path) -> None:
    (archive / "4.txt").write_text(speech("建筑施工"), "utf-8")
    first = spawn(archive, index, "slow")
    try:
        wait_for(first, "encoding")
        second = spawn(archive, index)
        output = finish(second)
    finally:
        first.kill()
        finish(first)
    assert second.returncode == 1
    assert "IndexBusyError index.busy another rebuild of" in output
    assert str(index) in output
    # The lock died with its holder.
    assert rebuild(archive, index).new == ("4.txt",)


@pytest.mark.parametrize("size", [0, 16_384])
def test_full_disk_is_one_line_and_the_index_stays(archive: Path, index: Path, size: int) -> None:
    before, listing = contents_at(index), names(index)
    for number in range(4, 9):
        (archive / f"{number}.txt").write_text(speech(f"第{number}类风险", parts=6), "utf-8")
    child = spawn(archive, index, f"file-size={size}")
    output = finish(child)
    assert child.returncode == 1
    error = output.splitlines()[-1]
    assert error.startswith("IndexWriteError index.write_failed the index in")
    assert str(index) in error
    assert names(index) == listing
    assert contents_at(index) == before


def test_index_that_is_a_file_is_a_write_error(archive: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for path in (tmp_path / "file", tmp_path / "file" / "index"):
        with pytest.raises(IndexWriteError, match="could not be written"):
            rebuild(archive, path)


@pytest.mark.skipif(os.geteuid() == 0, reason="permissions do not bind root; the next test drops them")
def test_read_only_index_keeps_answering(archive: Path, index: Path) -> None:
    check_read_only(archive, index)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_read_only_index_keeps_answering_for_another_user(tmp_path: Path) -> None:
    # pytest's own temporary folders are closed to others.
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        home.chmod(0o755)
        write_archive(home / "archive")
        rebuild(home / "archive", home / "index")
        child = subprocess.run(
            [sys.executable, "-c", CHECK, str(home / "archive"), str(home / "index")],
            cwd=Path(__file__).parents[3],
            env={"PYTHONPATH": ".", "OMP_NUM_THREADS": "1"},
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        assert child.returncode == 0, child.stderr


CHECK = """
import os, sys
from pathlib import Path
from config.errors import IndexWriteError
from tests.retrieval.index.test_crashes import check_read_only
from tests.retrieval.index.helpers import contents_at, rebuild
archive, index = map(Path, sys.argv[1:])
# Python's own folder may be closed to others: import everything first.
rebuild(archive, index, dry_run=True)
contents_at(index)
str(IndexWriteError("index.write_failed", index="", reason=""))
os.setuid(65534)
check_read_only(archive, index)
"""


def check_read_only(archive: Path, index: Path) -> None:
    """Rebuild an index that can't be written to."""
    before = contents_at(index)
    if os.access(index, os.W_OK):
        index.chmod(0o500)
    try:
        with pytest.raises(IndexWriteError, match="Permission denied"):
            rebuild(archive, index, full=True)
        assert contents_at(index) == before
    finally:
        if index.stat().st_uid == os.geteuid():
            index.chmod(0o700)
