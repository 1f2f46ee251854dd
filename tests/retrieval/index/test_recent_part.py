"""Changes of a large archive are written beside its main part, and answer as if all had been written."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from config.errors import IndexDamagedError
from retrieval.index import vectors, writing
from retrieval.index.generation import Generation, open_generation
from retrieval.index.manifest import PartCounts, read_manifest
from retrieval.index.part import GONE_FILE, RECENT, share
from retrieval.index.store_part import STORE_FILE
from tests.retrieval.index.helpers import FINGERPRINT, HashingEncoder, expected_texts, rebuild, speech

SUBJECTS = (
    *("防汛抗旱", "森林防火", "道路交通", "校园食堂", "危险化工"),
    *("建筑工地", "矿山井下", "燃气管网", "电梯维保", "冬季供暖"),
)
QUESTION = "森林防火第二项任务"


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Twenty speeches, 00.txt to 19.txt."""
    folder = tmp_path / "archive"
    folder.mkdir()
    for number, subject in enumerate(f"{each}{kind}" for kind in ("专项", "年度") for each in SUBJECTS):
        (folder / f"{number:02}.txt").write_text(speech(subject), "utf-8")
    return folder


@pytest.fixture
def index(archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What up to four documents cost, gone ones and recent ones, is written beside the main part."""
    monkeypatch.setattr(writing, "MANY_PASSAGES", 20)
    monkeypatch.setattr(writing, "RECENT_SHARE", 0.2)
    rebuild(archive, tmp_path / "index")
    return tmp_path / "index"


def opened(index: Path) -> Generation:
    return open_generation(index, FINGERPRINT, verify=True)


def said(generation: Generation) -> object:
    """What each document in force says, and the vectors of its passages and sentences."""
    store = generation.store
    return [
        (
            store.document(stored.info.id),
            store.passages(stored.passages),
            generation.passage_vectors.vectors(list(stored.passages)).tolist(),
            generation.sentence_vectors.vectors(list(stored.sentences)).tolist(),
            (generation.sentence_passage[list(stored.sentences)] - stored.passages.start).tolist(),
        )
        for stored in store.documents
    ]


def equals_one_from_nothing(archive: Path, index: Path) -> bool:
    fresh = index.with_name("fresh")
    rebuild(archive, fresh)
    with opened(index) as grown, opened(fresh) as whole:
        counts = [(m.documents, m.passages, m.sentences) for m in (grown.manifest, whole.manifest)]
        return said(grown) == said(whole) and counts[0] == counts[1]


def inodes(index: Path, name: str) -> set[int]:
    return {(folder / name).stat().st_ino for folder in index.glob("gen-*")}


def test_a_changed_file_is_written_beside_the_main_part(archive: Path, index: Path) -> None:
    (archive / "03.txt").write_text(speech("校园食堂改造"), "utf-8")
    encoder = HashingEncoder()
    report = rebuild(archive, index, encoder)
    assert report.changed == ("03.txt",)
    assert set(encoder.encoded) == set(expected_texts(index, ["03.txt"]))
    with opened(index) as generation:
        assert generation.manifest.main == PartCounts(20, 80, 260)
        assert generation.manifest.recent == PartCounts(1, 4, 13)
        assert (report.documents, report.passages, report.sentences) == (20, 80, 260)
        assert np.load(generation.path / GONE_FILE).tolist() == [3]
    assert len(inodes(index, STORE_FILE)) == 1
    assert equals_one_from_nothing(archive, index)


def test_every_kind_of_change_in_turn(archive: Path, index: Path) -> None:
    (archive / "00.txt").rename(archive / "99.txt")
    assert rebuild(archive, index).renamed == (("00.txt", "99.txt"),)
    assert equals_one_from_nothing(archive, index)
    (archive / "99.txt").unlink()
    assert rebuild(archive, index).removed == ("99.txt",)
    assert equals_one_from_nothing(archive, index)
    (archive / "05.txt").unlink()
    (archive / "50.txt").write_text(speech("水上客运"), "utf-8")
    assert rebuild(archive, index).new == ("50.txt",)
    assert equals_one_from_nothing(archive, index)
    assert len(inodes(index, STORE_FILE)) == 1  # the main part was never written again
    assert rebuild(archive, index).generation is None


def test_what_was_recent_is_taken_over_without_encoding(archive: Path, index: Path) -> None:
    (archive / "03.txt").write_text(speech("校园食堂改造"), "utf-8")
    rebuild(archive, index)
    (archive / "04.txt").rename(archive / "44.txt")
    encoder = HashingEncoder()
    rebuild(archive, index, encoder)
    assert encoder.encoded == []
    with opened(index) as generation:
        assert generation.manifest.recent == PartCounts(2, 8, 26)
    assert equals_one_from_nothing(archive, index)


def test_a_file_that_comes_back_as_it_was_stands_in_the_recent_part(archive: Path, index: Path) -> None:
    before = (archive / "07.txt").read_text("utf-8")
    (archive / "07.txt").unlink()
    rebuild(archive, index)
    (archive / "07.txt").write_text(before, "utf-8")
    assert rebuild(archive, index).new == ("07.txt",)
    assert equals_one_from_nothing(archive, index)


def test_another_file_of_a_speech_moves_it_to_the_recent_part(archive: Path, index: Path) -> None:
    (archive / "99.md").write_bytes((archive / "08.txt").read_bytes())
    rebuild(archive, index)
    with opened(index) as generation:
        assert generation.manifest.recent == PartCounts(1, 4, 13)
        [copy] = generation.store.copies
        assert (copy.info.path, copy.is_twin) == ("99.md", True)
    assert equals_one_from_nothing(archive, index)


def test_when_much_is_recent_everything_is_written(archive: Path, index: Path) -> None:
    for number in (1, 2, 3):  # three are gone and three are recent
        (archive / f"{number:02}.txt").write_text(speech(f"夏季防暑{number}"), "utf-8")
    rebuild(archive, index)
    with opened(index) as generation:
        assert generation.manifest.recent is None
        assert not (generation.path / RECENT).exists()
    assert equals_one_from_nothing(archive, index)


def test_after_recent_changes_everything_can_be_written_again(archive: Path, index: Path) -> None:
    (archive / "03.txt").write_text(speech("校园食堂改造"), "utf-8")
    rebuild(archive, index)
    for number in (10, 11, 12):
        (archive / f"{number}.txt").unlink()
    encoder = HashingEncoder()
    rebuild(archive, index, encoder)
    assert encoder.encoded == []
    with opened(index) as generation:
        assert generation.manifest.recent is None
    assert equals_one_from_nothing(archive, index)


def test_approximate_vectors_stay_the_same_beside_others_and_when_all_is_written_anew(
    archive: Path, index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vectors, "EXACT_ROWS", 0)
    rebuild(archive, index, full=True)

    def kept() -> list[bytes]:
        with opened(index) as generation:
            stored = [generation.store.find_path(f"{number:02}.txt") for number in range(10)]
            sentences = [row for each in stored if each for row in each.sentences]
            assert len(sentences) == 130
            return [each.tobytes() for each in generation.sentence_vectors.vectors(sentences)]

    first = kept()
    for number in (10, 20, 21, 22):  # two beside the main part, then two that have everything written anew
        (archive / f"{number}.txt").write_text(speech(f"地震避难{number}"), "utf-8")
        rebuild(archive, index)
        with opened(index) as generation:
            assert (generation.manifest.recent is None) == (number == 22)
        assert kept() == first


def test_what_is_gone_is_not_found(archive: Path, index: Path) -> None:
    with opened(index) as whole:
        [vector] = HashingEncoder().encode_queries([QUESTION])
        least = whole.lexical.rows("森林")
        assert whole.store.document_of(int(least[0])).info.path == "01.txt"
    (archive / "01.txt").unlink()
    rebuild(archive, index)
    with opened(index) as generation:
        gone = range(4, 8)  # the second of twenty documents, four passages each
        assert least[:4].tolist() == list(gone)
        assert not set(generation.lexical.rows("森林").tolist()) & set(gone)
        assert generation.lexical.scores({"森林": 1.0})[list(gone)].tolist() == [0.0] * 4
        rows, scores = generation.passage_vectors.search(vector, 1000)
        assert rows.size == 76
        assert not set(rows.tolist()) & set(gone)
        assert (np.diff(scores) <= 0).all()
        assert generation.sentence_vectors.search(vector, 1000)[0].size == 247
        assert generation.store.speakers()[""].tolist() == [*range(4), *range(8, 80)]


def test_postings_of_both_parts_weigh_alike(archive: Path, index: Path) -> None:
    (archive / "20.txt").write_text(speech("森林防火督查"), "utf-8")
    rebuild(archive, index)
    with opened(index) as generation:
        lexical = generation.lexical
        assert lexical.document_frequency("森林") == 12  # 01.txt, 11.txt and 20.txt
        assert lexical.rows("森林").tolist() == [4, 5, 6, 7, 44, 45, 46, 47, 80, 81, 82, 83]
        assert lexical.following("森")["林"] == 12
        assert lexical.passage_count == 84
        # Twelve of 84 passages: ln(1 + (84 - 12 + 0.5) / (12 + 0.5)).
        assert lexical.idf("森林") == pytest.approx(np.log(1 + 72.5 / 12.5))


@pytest.mark.parametrize("content", [b"", b"\x93NUMPY", None])
def test_a_damaged_list_of_what_is_gone_is_named(archive: Path, index: Path, content: bytes | None) -> None:
    (archive / "01.txt").unlink()
    rebuild(archive, index)
    with opened(index) as generation:
        folder = generation.path
    assert read_manifest(folder).recent == PartCounts(0, 0, 0)
    if content is None:
        (folder / GONE_FILE).unlink()
    else:
        (folder / GONE_FILE).write_bytes(content)
    with pytest.raises(IndexDamagedError, match=GONE_FILE):
        open_generation(index, FINGERPRINT)


def test_a_file_is_copied_where_it_cannot_be_linked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").write_text("内容", "utf-8")
    share(tmp_path / "a", tmp_path / "b")
    assert (tmp_path / "b").samefile(tmp_path / "a")

    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")  # what exFAT says

    monkeypatch.setattr("os.link", refuse)
    share(tmp_path / "a", tmp_path / "c")
    assert not (tmp_path / "c").samefile(tmp_path / "a")
    assert (tmp_path / "c").read_text("utf-8") == "内容"
    with pytest.raises(FileNotFoundError):
        share(tmp_path / "missing", tmp_path / "d")
