from __future__ import annotations

import json
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from config.errors import ArchiveError
from config.messages import Language
from retrieval.documents.types import ReadWarning
from retrieval.index.doubts import Doubt
from retrieval.index.generation import open_generation
from retrieval.index.in_force import current_name
from retrieval.index.rebuild import rebuild_index
from retrieval.index.report import Phase, RebuildReport
from tests.retrieval.index.helpers import (
    FINGERPRINT,
    HashingEncoder,
    contents_at,
    expected_texts,
    rebuild,
    speech,
    write_archive,
)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    write_archive(tmp_path / "archive")
    return tmp_path / "archive"


@pytest.fixture
def index(tmp_path: Path) -> Path:
    return tmp_path / "index"


@pytest.fixture
def built(archive: Path, index: Path) -> Path:
    rebuild(archive, index)
    return index


def reasons(report: RebuildReport) -> dict[str, str]:
    """Why files were skipped, by path, as far as the advice."""
    return {
        skipped.path: skipped.why(Language.EN).partition("; ")[0].partition(", which")[0]
        for skipped in report.skipped
    }


def equals_one_from_nothing(archive: Path, index: Path) -> bool:
    """Whether an index that grew step by step answers the same as one built at once."""
    fresh = index.with_name("fresh")
    rebuild(archive, fresh)
    same = contents_at(index) == contents_at(fresh)
    shutil.rmtree(fresh)
    return same


def test_first_rebuild_encodes_every_text_once(archive: Path, index: Path) -> None:
    encoder = HashingEncoder()
    report = rebuild(archive, index, encoder)
    assert encoder.encoded == expected_texts(index, ["1.txt", "2.txt", "3.txt"])
    assert report.new == ("1.txt", "2.txt", "3.txt")
    assert (report.generation, report.documents, report.unchanged) == ("gen-000001", 3, 0)
    assert report.characters_encoded == sum(map(len, encoder.encoded))
    with open_generation(index, FINGERPRINT) as generation:
        assert generation.store.passage_count == report.passages == generation.lexical.passage_count
        assert generation.store.sentence_count == report.sentences == len(generation.sentence_passage)
        assert generation.manifest.archive == str(archive)
        assert generation.manifest.model == "hashing"


def test_rows_of_vectors_postings_and_store_belong_together(archive: Path, built: Path) -> None:
    encoder = HashingEncoder()
    with open_generation(built, FINGERPRINT) as generation:
        sentence = 0
        for row in range(generation.store.passage_count):
            passage = generation.store.passages([row])[0]
            text = f"{passage.header}\n{passage.text}"
            expected = encoder.encode_passages([text])[0]
            assert generation.passage_vectors.vectors([row])[0] == pytest.approx(expected, abs=1e-6)
            for part in passage.sentences:
                assert generation.sentence_passage[sentence] == row
                vector = generation.sentence_vectors.vectors([sentence])[0]
                assert vector == pytest.approx(encoder.encode_passages([part.text])[0], abs=1e-6)
                sentence += 1
        only_second = generation.lexical.scores({"森林": 1.0}).nonzero()[0].tolist()
        assert set(only_second) <= set(generation.store.documents[1].passages)
        assert only_second


def test_unchanged_archive_loads_no_encoder_and_writes_nothing(archive: Path, built: Path) -> None:
    def refuse() -> HashingEncoder:
        raise AssertionError("the encoder was loaded")

    before = contents_at(built)
    report = rebuild_index(archive, built, refuse, fingerprint=FINGERPRINT)
    assert (report.generation, report.unchanged, report.documents) == (None, 3, 3)
    assert report.passages is not None
    assert report.characters_encoded == 0
    assert current_name(built) == "gen-000001"
    assert contents_at(built) == before


def test_touched_file_is_unchanged(archive: Path, built: Path) -> None:
    os.utime(archive / "1.txt", (1, 1))
    assert rebuild(archive, built).generation is None


def test_changed_file_costs_only_its_new_texts(archive: Path, built: Path) -> None:
    old = set(expected_texts(built, ["2.txt"]))
    text = (archive / "2.txt").read_text("utf-8")
    (archive / "2.txt").write_text(text.replace("第二项任务的第乙步", "第二项任务的另一步"), "utf-8")
    encoder = HashingEncoder()
    report = rebuild(archive, built, encoder)
    assert report.changed == ("2.txt",)
    assert (report.new, report.renamed, report.removed, report.unchanged) == ((), (), (), 2)
    assert encoder.encoded == [one for one in expected_texts(built, ["2.txt"]) if one not in old]
    assert 1 <= len(encoder.encoded) <= 3
    assert all("另一步" in one for one in encoder.encoded)
    assert equals_one_from_nothing(archive, built)


def test_new_file_costs_only_its_own_texts(archive: Path, built: Path) -> None:
    (archive / "0.md").write_text(speech("危险化学品"), "utf-8")
    encoder = HashingEncoder()
    report = rebuild(archive, built, encoder)
    assert (report.new, report.unchanged) == (("0.md",), 3)
    assert encoder.encoded == expected_texts(built, ["0.md"])
    assert equals_one_from_nothing(archive, built)


def test_renamed_file_costs_nothing(archive: Path, built: Path) -> None:
    (archive / "2025").mkdir()
    (archive / "2.txt").rename(archive / "2025" / "新名.txt")
    encoder = HashingEncoder()
    report = rebuild(archive, built, encoder)
    assert report.renamed == (("2.txt", "2025/新名.txt"),)
    assert (report.new, report.changed, report.removed, report.unchanged) == ((), (), (), 2)
    assert encoder.encoded == []
    assert equals_one_from_nothing(archive, built)


def test_swapped_files_cost_nothing(archive: Path, built: Path) -> None:
    (archive / "1.txt").rename(archive / "x")
    (archive / "2.txt").rename(archive / "1.txt")
    (archive / "x").rename(archive / "2.txt")
    encoder = HashingEncoder()
    assert rebuild(archive, built, encoder).renamed == (("1.txt", "2.txt"), ("2.txt", "1.txt"))
    assert encoder.encoded == []
    assert equals_one_from_nothing(archive, built)


def test_file_renamed_while_its_name_gets_a_new_version(archive: Path, built: Path) -> None:
    text = (archive / "1.txt").read_text("utf-8")
    (archive / "9.txt").write_text(text, "utf-8")
    (archive / "1.txt").write_text(text.replace("甲步", "首步"), "utf-8")
    report = rebuild(archive, built)
    assert (report.changed, report.renamed, report.removed) == (("1.txt",), (("1.txt", "9.txt"),), ())
    assert equals_one_from_nothing(archive, built)


def test_deleted_file_is_gone_and_costs_nothing(archive: Path, built: Path) -> None:
    (archive / "2.txt").unlink()
    encoder = HashingEncoder()
    report = rebuild(archive, built, encoder)
    assert (report.removed, report.documents) == (("2.txt",), 2)
    assert encoder.encoded == []
    with open_generation(built, FINGERPRINT) as generation:
        assert generation.store.find_path("2.txt") is None
        assert not generation.lexical.scores({"森林": 1.0}).any()
    assert equals_one_from_nothing(archive, built)


def test_everything_at_once(archive: Path, built: Path) -> None:
    (archive / "1.txt").unlink()
    (archive / "2.txt").rename(archive / "0.txt")
    (archive / "3.txt").write_text(speech("道路交通", parts=5), "utf-8")
    (archive / "4.txt").write_text(speech("建筑施工"), "utf-8")
    report = rebuild(archive, built)
    assert (report.new, report.changed) == (("4.txt",), ("3.txt",))
    assert (report.renamed, report.removed) == ((("2.txt", "0.txt"),), ("1.txt",))
    assert equals_one_from_nothing(archive, built)


def test_second_of_two_equal_files_is_skipped(archive: Path, built: Path) -> None:
    shutil.copy(archive / "2.txt", archive / "0.txt")
    encoder = HashingEncoder()
    report = rebuild(archive, built, encoder)
    # 2.txt is the one that the index knows, so it stays; the index only learns of the other file.
    assert (report.generation, report.unchanged, encoder.encoded) == ("gen-000002", 3, [])
    assert reasons(report) == {"0.txt": "same content as 2.txt"}
    assert rebuild(archive, built).generation is None


def test_of_equal_new_files_the_first_is_taken(archive: Path, index: Path) -> None:
    shutil.copy(archive / "2.txt", archive / "4.txt")
    report = rebuild(archive, index)
    assert report.new == ("1.txt", "2.txt", "3.txt")
    assert reasons(report) == {"4.txt": "same content as 2.txt"}
    (archive / "2.txt").unlink()
    assert rebuild(archive, index).renamed == (("2.txt", "4.txt"),)


def test_file_that_became_unreadable_leaves_the_index(archive: Path, built: Path) -> None:
    (archive / "2.txt").write_bytes(b"")
    report = rebuild(archive, built)
    assert report.removed == ("2.txt",)
    assert [skipped.path for skipped in report.skipped] == ["2.txt"]
    assert rebuild(archive, built).generation is None


def test_full_encodes_everything_again(archive: Path, built: Path) -> None:
    encoder = HashingEncoder()
    report = rebuild(archive, built, encoder, full=True)
    assert encoder.encoded == expected_texts(built, ["1.txt", "2.txt", "3.txt"])
    assert (report.full, report.unchanged, report.generation) == (True, 3, "gen-000002")


def test_other_encoder_encodes_everything_again(archive: Path, built: Path) -> None:
    report = rebuild(archive, built, HashingEncoder("hashing-2"))
    assert report.unusable is not None
    assert report.unusable.key == "index.other_encoder"
    assert (report.full, report.unchanged) == (True, 3)
    open_generation(built, "hashing-2").close()


def test_loader_that_gives_another_encoder_is_a_mistake(archive: Path, index: Path) -> None:
    with pytest.raises(ValueError, match="hashing-2"):
        rebuild_index(archive, index, lambda: HashingEncoder("hashing-2"), fingerprint=FINGERPRINT)
    assert current_name(index) is None


def test_dry_run_says_what_would_happen_and_writes_nothing(archive: Path, index: Path) -> None:
    encoder = HashingEncoder()
    report = rebuild(archive, index, encoder, dry_run=True)
    assert (report.new, report.passages, report.generation) == (("1.txt", "2.txt", "3.txt"), None, None)
    assert not index.exists()
    rebuild(archive, index)
    listing = sorted(index.rglob("*"))
    (archive / "1.txt").unlink()
    (archive / "2.txt").write_text(speech("矿山"), "utf-8")
    report = rebuild(archive, index, encoder, dry_run=True)
    assert (report.changed, report.removed) == (("2.txt",), ("1.txt",))
    assert sorted(index.rglob("*")) == listing
    assert encoder.encoded == []


def test_progress_adds_up_to_each_total(archive: Path, index: Path) -> None:
    class Recorder:
        def __init__(self) -> None:
            self.totals: dict[Phase, int] = {}
            self.done: dict[Phase, int] = {}
            self.phase = Phase.READ

        def start(self, phase: Phase, total: int) -> None:
            self.phase = phase
            self.totals[phase] = total
            self.done[phase] = 0

        def advance(self, count: int) -> None:
            self.done[self.phase] += count

        def expect(self, share: float, seconds: float) -> None:
            assert 0 <= share <= 1
            assert seconds >= 0

    (archive / "4.txt").symlink_to("nowhere")
    recorder = Recorder()
    rebuild_index(archive, index, HashingEncoder, fingerprint=FINGERPRINT, progress=recorder)
    copied = {Phase.COPY}  # to a Milvus server, which is no part of a rebuild
    assert list(recorder.totals) == [phase for phase in Phase if phase not in copied]
    assert recorder.done == recorder.totals
    assert recorder.totals[Phase.CHECK] == 4
    assert recorder.totals[Phase.READ] == 3
    assert recorder.totals[Phase.WRITE] == 3


def test_missing_archive_leaves_nothing_behind(tmp_path: Path, index: Path) -> None:
    (tmp_path / "file").write_text("x")
    for path in (tmp_path / "absent", tmp_path / "file"):
        with pytest.raises(ArchiveError, match=path.name):
            rebuild(path, index)
    assert not index.exists()


def test_archive_that_became_empty_does_not_empty_the_index(archive: Path, built: Path) -> None:
    before = contents_at(built)
    for file in archive.iterdir():
        file.unlink()
    for full in (False, True):
        with pytest.raises(ArchiveError, match="holds no file"):
            rebuild(archive, built, full=full)
    (archive / "empty.txt").write_bytes(b"")
    (archive / "picture.jpg").write_bytes(b"\xff\xd8")
    with pytest.raises(ArchiveError, match="none of the 2 files"):
        rebuild(archive, built)
    assert contents_at(built) == before


def test_bad_files_are_skipped_with_their_reason(archive: Path, index: Path) -> None:
    (archive / "binary.txt").write_bytes(bytes(range(256)) * 40)
    (archive / "empty.txt").write_bytes(b"")
    (archive / "link.txt").symlink_to("nowhere")
    (archive / "slides.pptx").write_bytes(b"PK")
    (archive / "README").write_text("x")
    os.mkfifo(archive / "pipe.txt")
    with (archive / "huge.txt").open("wb") as file:
        file.truncate(200 << 20)
    report = rebuild(archive, index)
    found = reasons(report)
    assert set(found) == {
        "binary.txt", "empty.txt", "link.txt", "slides.pptx", "README", "pipe.txt", "huge.txt"
    }  # fmt: skip
    assert found["link.txt"] == "can't be read (No such file or directory)"
    assert found["slides.pptx"] == "files ending in .pptx are not supported"
    assert found["README"] == "the file name has no ending"
    assert found["pipe.txt"] == "not a regular file"
    assert report.documents == 3
    assert all(reason and "\n" not in reason for reason in found.values())
    assert rebuild(archive, index).generation is None


def test_report_as_json_holds_every_figure(archive: Path, index: Path) -> None:
    (archive / "x.pptx").write_bytes(b"PK")
    report = replace(
        rebuild(archive, index),
        seconds=1.23456,
        renamed=(("a", "b"),),
        warnings=(Doubt("1.pdf", ReadWarning.PARTLY_READ, ("第2页",)),),
    )
    data = json.loads(json.dumps(report.as_json(Language.ZH)))
    assert data["documents"] == 3
    assert data["new"] == ["1.txt", "2.txt", "3.txt"]
    assert data["renamed"] == [{"from": "a", "to": "b"}]
    doubt = "文件的一部分读不出来，其余已读取。请打开原文件核对。"
    assert data["warnings"] == [
        {"path": "1.pdf", "warning": "partly_read", "text": doubt, "places": ["第2页"]}
    ]
    assert data["skipped"] == [
        {
            "path": "x.pptx",
            "reason": "index.skip_ending",
            "text": "不支持 .pptx 格式；是讲话的请另存为 docx、pdf 或 txt",
        }
    ]
    assert data["seconds"] == 1.235
    assert set(data) == set(RebuildReport.__dataclass_fields__)


def test_summary_is_one_line_in_both_languages(archive: Path, index: Path) -> None:
    dry = rebuild(archive, index, dry_run=True)
    done = rebuild(archive, index)
    assert done.summary(Language.EN).startswith("3 documents, ")
    assert done.summary(Language.ZH).startswith("3 篇讲话，")
    assert dry.summary(Language.EN).startswith("(dry run, nothing written) 3 documents; would be 3 new")
    assert "\n" not in dry.summary(Language.ZH)
