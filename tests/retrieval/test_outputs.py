"""Files that a person names: what stands there is replaced as a whole, and nothing else is touched."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from config.errors import UsageError
from retrieval.outputs import refuse_same, write_text


def test_a_link_stays_and_its_file_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "real.json").write_text("old", "utf-8")
    link = tmp_path / "link.json"
    link.symlink_to("real.json")
    write_text(link, "new")
    assert link.is_symlink()
    assert (tmp_path / "real.json").read_text("utf-8") == "new"


def test_a_pipe_is_written_to_and_stays_a_pipe(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_text("utf-8")))
    reader.start()
    write_text(pipe, "值班")
    reader.join(60)
    assert read == ["值班"]
    assert pipe.is_fifo()


def test_what_lies_beside_it_is_nobodys_draft(tmp_path: Path) -> None:
    """A name that is easily guessed, as ``run.jsonl.tmp`` is, may belong to somebody, or lead elsewhere."""
    (tmp_path / "victim").write_text("kept", "utf-8")
    (tmp_path / "run.jsonl.tmp").symlink_to("victim")
    write_text(tmp_path / "run.jsonl", "run")
    assert (tmp_path / "victim").read_text("utf-8") == "kept"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["run.jsonl", "run.jsonl.tmp", "victim"]


def test_no_file_is_read_and_written_or_written_twice(tmp_path: Path) -> None:
    questions, run = tmp_path / "q.jsonl", tmp_path / "run.jsonl"
    questions.write_text("", "utf-8")
    (tmp_path / "link").symlink_to("q.jsonl")
    refuse_same(questions, [run, tmp_path / "report.html"])
    refuse_same(questions, [Path(os.devnull), Path(os.devnull)])
    for same in ([questions], [tmp_path / "link"], [run, tmp_path / "." / "run.jsonl"]):
        with pytest.raises(UsageError, match="can't be read and written, nor hold two results"):
            refuse_same(questions, same)
