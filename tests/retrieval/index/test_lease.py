"""Generations and who reads them, in this process and in others."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from retrieval.index.generation import open_generation
from retrieval.index.in_force import current_name, sweep
from retrieval.index.lease import Lease, remove_unless_held
from tests.retrieval.index.helpers import rebuild, speech, write_archive

READER = """
import sys
from pathlib import Path
from retrieval.index.generation import open_generation
with open_generation(Path(sys.argv[1]), None) as generation:
    print(generation.path.name, flush=True)
    sys.stdin.readline()
    assert generation.store.document(generation.store.document_infos()[0].id).clean.text
"""


@contextmanager
def reader(index: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that keeps the generation in force open until its input ends."""
    process = subprocess.Popen(
        [sys.executable, "-c", READER, str(index)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[3],
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == current_name(index)
        yield process


@pytest.fixture
def index(tmp_path: Path) -> Path:
    """With one generation."""
    write_archive(tmp_path / "archive", ["防汛抗旱"])
    rebuild(tmp_path / "archive", tmp_path / "index")
    return tmp_path / "index"


def go_on(index: Path, *numbers: int) -> None:
    """Rebuild until the generation with the last of these numbers is in force."""
    for number in numbers:
        (index.parent / "archive" / "2.txt").write_text(speech(f"第{number}类风险", parts=1), "utf-8")
        rebuild(index.parent / "archive", index)
    assert current_name(index) == f"gen-{numbers[-1]:06d}"


def numbers(index: Path) -> list[int]:
    return sorted(int(path.name[4:]) for path in index.glob("gen-*"))


def test_generation_goes_with_its_last_reader_in_another_process(index: Path) -> None:
    with reader(index) as first, reader(index) as last:
        go_on(index, 2, 3, 4)
        assert numbers(index) == [1, 3, 4]
        first.communicate()
        assert numbers(index) == [1, 3, 4]
        last.communicate()
        assert last.returncode == 0
        assert numbers(index) == [3, 4]


def test_killed_reader_holds_nothing(index: Path) -> None:
    with reader(index) as process:
        go_on(index, 2, 3)
        process.kill()
        process.wait()
        assert numbers(index) == [1, 2, 3]
        sweep(index)
        assert numbers(index) == [2, 3]


def test_each_reader_of_a_process_holds_for_itself(index: Path) -> None:
    with open_generation(index, None):
        with open_generation(index, None):
            go_on(index, 2, 3)
        assert numbers(index) == [1, 2, 3]
    assert numbers(index) == [2, 3]


def test_forked_process_does_not_go_on_holding(index: Path) -> None:
    with open_generation(index, None):
        read_end, write_end = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(write_end)
            os.read(read_end, 1)  # until its parent is done
            os._exit(0)
        go_on(index, 2, 3)
    assert numbers(index) == [2, 3]
    os.close(write_end)
    os.close(read_end)
    os.waitpid(child, 0)


def test_generation_that_fails_to_open_is_not_held(index: Path) -> None:
    (index / "gen-000001" / "manifest.json").write_text("{}")
    with pytest.raises(Exception, match="manifest"):
        open_generation(index, None)
    remove_unless_held(index / "gen-000001")
    assert numbers(index) == []


def test_the_one_before_the_current_stays_without_readers(index: Path) -> None:
    with open_generation(index, None):
        go_on(index, 2)
    assert numbers(index) == [1, 2]


def test_folder_that_is_being_removed_gives_no_lease(tmp_path: Path) -> None:
    folder = tmp_path / "gen-000001"
    folder.mkdir()
    descriptor = os.open(folder, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    with pytest.raises(FileNotFoundError):
        Lease(folder)
    os.close(descriptor)
    Lease(folder).close()
    folder.rmdir()
    with pytest.raises(FileNotFoundError):
        Lease(folder)


@pytest.mark.parametrize("trouble", [errno.ENOLCK, errno.ENOTSUP, errno.EBADF])
def test_file_system_without_locks_keeps_the_one_before_the_current(
    index: Path, trouble: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = fcntl.flock

    def refuse(descriptor: int, operation: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(trouble, os.strerror(trouble))
        lock(descriptor, operation)

    # No such file system can be had in a test. The lock of rebuilds, on a file, needs one that can do that.
    monkeypatch.setattr(fcntl, "flock", refuse)
    with open_generation(index, None):
        go_on(index, 2)
        assert numbers(index) == [1, 2]
        go_on(index, 3)
        assert numbers(index) == [2, 3]
