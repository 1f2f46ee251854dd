from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from retrieval.index.rebuild import rebuild_index
from retrieval.index.report import Phase, RebuildReport
from retrieval.index.wordless import WORDLESS_FILE, read_wordless, write_wordless
from tests.retrieval.index.helpers import FINGERPRINT, HashingEncoder, write_archive


class Steps:
    """Notes how many sources each step takes."""

    def __init__(self) -> None:
        self.totals: dict[Phase, int] = {}

    def start(self, phase: Phase, total: int) -> None:
        self.totals[phase] = total

    def advance(self, count: int) -> None:
        pass

    def expect(self, share: float, seconds: float) -> None:
        pass


def rebuild(archive: Path, *, full: bool = False, dry_run: bool = False) -> tuple[RebuildReport, int]:
    """A rebuild, and how many files it read."""
    steps = Steps()
    report = rebuild_index(
        archive,
        archive.with_name("index"),
        HashingEncoder,
        fingerprint=FINGERPRINT,
        full=full,
        dry_run=dry_run,
        progress=steps,
    )
    return report, steps.totals.get(Phase.READ, 0)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    folder = tmp_path / "archive"
    write_archive(folder, ["防汛抗旱"])
    stream = io.BytesIO()
    Image.fromarray(np.tile(np.arange(200, dtype=np.uint8), (200, 1))).save(stream, "PNG")
    (folder / "会场.png").write_bytes(stream.getvalue())
    return folder


def test_a_picture_without_words_is_looked_at_once(archive: Path) -> None:
    first, read = rebuild(archive)
    assert read == 2
    assert [(one.path, one.reason.key) for one in first.skipped] == [("会场.png", "documents.no_text_seen")]
    again, read = rebuild(archive)
    assert read == 0
    assert [(one.path, one.reason.key, one.reason.values) for one in again.skipped] == [
        ("会场.png", "documents.no_text_seen", {"file": "会场.png"})
    ]
    _, read = rebuild(archive, full=True)
    assert read == 2
    (archive / "会场.png").unlink()
    rebuild(archive)
    assert read_wordless(archive.with_name("index")) == frozenset()


def test_a_rehearsal_remembers_nothing(archive: Path) -> None:
    rebuild(archive, dry_run=True)
    assert not archive.with_name("index").exists()


@pytest.mark.parametrize(
    "damage", ["", "{", "[]", '{"readers": 3}', '{"readers": [], "sha256": ["aa"]}', "\udcff"]
)
def test_a_damaged_list_or_one_of_other_readers_is_not_used(tmp_path: Path, damage: str) -> None:
    write_wordless(tmp_path, {"aa"})
    assert read_wordless(tmp_path) == {"aa"}
    (tmp_path / WORDLESS_FILE).write_text(damage, "utf-8", "surrogateescape")
    assert read_wordless(tmp_path) == frozenset()
