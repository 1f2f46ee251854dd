"""An archive of more than a hundred files that mean harm, with three speeches among them."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.retrieval.hostile.case import MEMBERS, READ, Hostile
from tests.retrieval.hostile.others import others
from tests.retrieval.hostile.packed import packed
from tests.retrieval.hostile.portable import portable
from tests.retrieval.hostile.texts import texts
from tests.retrieval.hostile.web import web_pages
from tests.retrieval.hostile.word import word_files
from tests.retrieval.index.helpers import write_archive

ROOT = Path(__file__).resolve().parents[3]
MAKERS = (texts, word_files, web_pages, portable, packed, others)
TRACES = (Path("/tmp/anjiang-was-here"), Path("/tmp/anjiang-was-here.txt"), Path("/etc/anjiang.txt"))


@dataclass(frozen=True)
class Outcome:
    """What came of rebuilding the cases: keys and lines by path, paths taken in, MiB at most."""

    cases: list[Hostile]
    told: dict[str, tuple[str, str]]
    taken: set[str]
    mebibytes: dict[str, int]


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    folder = tmp_path_factory.mktemp("hostile")
    archive = folder / "archive"
    write_archive(archive)
    cases = [case for make in MAKERS for case in make()]
    for case in cases:
        (archive / case.name).write_bytes(case.data)
    command = [
        sys.executable,
        "-m",
        "tests.retrieval.hostile.rebuilding",
        str(archive),
        str(folder / "index"),
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    found: dict[str, Any] = json.loads(done.stdout)
    report = found["report"]
    told = {one["path"]: (one["reason"], one["text"]) for one in report["skipped"]}
    return Outcome(cases, told, set(report["new"]), found["mebibytes"])


def test_there_are_enough_of_them_and_each_is_one_of_a_kind(outcome: Outcome) -> None:
    names = [case.name for case in outcome.cases]
    assert len(names) == len(set(names)) >= 60


def test_each_is_read_or_told_with_the_reason_that_is_right_for_it(outcome: Outcome) -> None:
    wrong = {case.name: what for case in outcome.cases if (what := _what(case, outcome)) not in case.outcomes}
    assert wrong == {}


def test_what_is_told_is_one_short_line_that_no_file_can_forge(outcome: Outcome) -> None:
    lines = [line for _, line in outcome.told.values()]
    assert [line for line in lines if not line.isprintable() or len(line) > 400] == []


def test_the_speeches_among_them_are_indexed(outcome: Outcome) -> None:
    assert {"1.txt", "2.txt", "3.txt"} <= outcome.taken


def test_nothing_was_written_outside(outcome: Outcome) -> None:
    assert outcome.taken
    assert [path for path in TRACES if path.exists()] == []


def test_memory_stays_within_bounds(outcome: Outcome) -> None:
    # Children may take what `formats` grants them; the rebuild itself holds no more than the largest files.
    assert outcome.mebibytes["children"] < 1600
    assert outcome.mebibytes["own"] < 800


def _what(case: Hostile, outcome: Outcome) -> str:
    """What came of a file, in the words of its outcomes."""
    if case.name in outcome.told:
        key = outcome.told[case.name][0].partition(".")[2]
        return READ if key == "skip_same_speech" else key
    if case.name in outcome.taken:
        return READ
    inside = any(path.startswith(f"{case.name}/") for path in (*outcome.told, *outcome.taken))
    return MEMBERS if inside else "nothing at all"
