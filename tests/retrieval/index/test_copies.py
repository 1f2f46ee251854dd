"""Files of the same speech through rebuilds: what is indexed, what is told, what is encoded again."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.messages import Language
from retrieval.documents.types import Document
from retrieval.index.generation import open_generation
from retrieval.index.report import RebuildReport
from retrieval.index.sources import Source
from retrieval.readers.formats import FORMATS
from retrieval.readers.types import Kind
from retrieval.types import DocumentInfo, FileInfo
from tests.retrieval.copies.forms import BYLINE, PARAGRAPHS, TITLE, misread, text_form, web_form, word_form
from tests.retrieval.index.helpers import (
    FINGERPRINT,
    HashingEncoder,
    contents_at,
    info_of,
    rebuild,
    speech,
    write_archive,
)

WEB = FORMATS[Kind.HTML].reader


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Three speeches, and one more that is there as a web page."""
    write_archive(tmp_path / "archive")
    (tmp_path / "archive/四道关.html").write_bytes(web_form())
    return tmp_path / "archive"


@pytest.fixture
def index(archive: Path) -> Path:
    rebuild(archive, archive.with_name("index"))
    return archive.with_name("index")


def told(report: RebuildReport) -> dict[str, str]:
    return {skipped.path: skipped.reason.text(Language.EN) for skipped in report.skipped}


def files(info: DocumentInfo) -> list[str]:
    return [file.path for file in info.files]


def equals_one_from_nothing(archive: Path, index: Path) -> bool:
    fresh = index.with_name("fresh")
    rebuild(archive, fresh)
    same = contents_at(index) == contents_at(fresh) and infos(index) == infos(fresh)
    shutil.rmtree(fresh)
    return same


def infos(index: Path) -> tuple[DocumentInfo, ...]:
    with open_generation(index, FINGERPRINT) as generation:
        return generation.store.document_infos()


def test_another_file_of_a_known_speech_is_listed_and_encodes_nothing(archive: Path, index: Path) -> None:
    before = info_of(index, "四道关.html")
    (archive / "扫描.txt").write_bytes(misread(text_form(byline=()), 0.02))
    (archive / "扫描.txt").rename(archive / "扫描.html")
    (archive / "扫描.html").write_bytes(web_form(byline=(BYLINE[0],)))
    encoder = HashingEncoder()
    report = rebuild(archive, index, encoder)
    assert (report.new, report.changed, report.renamed, report.removed) == ((), (), (), ())
    assert (report.documents, report.unchanged, encoder.encoded) == (4, 4, [])
    assert told(report) == {"扫描.html": "the same speech as 四道关.html, which is cited"}
    info = info_of(index, "四道关.html")
    assert (info.id, info.title, info.speaker, info.date) == (before.id, TITLE, BYLINE[0], "2023-11-21")
    assert info.files == (FileInfo("扫描.html", info.files[0].sha256, WEB),)
    assert len(info.files[0].sha256) == 64
    assert equals_one_from_nothing(archive, index)


def test_unchanged_copies_are_not_read_again(
    archive: Path, index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (archive / "四道关.docx").write_bytes(word_form())
    (archive / "四道关.txt").write_bytes(text_form())
    rebuild(archive, index)

    def refuse(_: Path, sources: Sequence[Source], *__: object) -> list[Document]:
        assert not sources
        return []

    monkeypatch.setattr("retrieval.index.comparing.read_sources", refuse)
    report = rebuild(archive, index)
    assert report.generation is None
    assert sorted(told(report)) == ["四道关.html", "四道关.txt"]


def test_a_better_file_takes_over_and_only_what_reads_otherwise_is_encoded(
    archive: Path, index: Path
) -> None:
    old = info_of(index, "四道关.html")
    (archive / "四道关.docx").write_bytes(word_form())
    encoder = HashingEncoder()
    report = rebuild(archive, index, encoder)
    assert (report.renamed, report.new, report.removed) == ((("四道关.html", "四道关.docx"),), (), ())
    assert (report.documents, encoder.encoded) == (4, [])
    info = info_of(index, "四道关.docx")
    assert [file.sha256 for file in info.files] == [old.sha256]
    assert equals_one_from_nothing(archive, index)


def test_the_next_file_takes_over_when_the_best_one_is_gone(archive: Path, index: Path) -> None:
    (archive / "四道关.docx").write_bytes(word_form())
    (archive / "四道关.txt").write_bytes(text_form())
    rebuild(archive, index)
    assert files(info_of(index, "四道关.docx")) == ["四道关.txt", "四道关.html"]
    (archive / "四道关.docx").unlink()
    encoder = HashingEncoder()
    report = rebuild(archive, index, encoder)
    assert (report.renamed, report.documents) == ((("四道关.docx", "四道关.txt"),), 4)
    assert (report.new, report.removed, encoder.encoded) == ((), (), [])
    assert files(info_of(index, "四道关.txt")) == ["四道关.html"]
    assert equals_one_from_nothing(archive, index)


def test_a_copy_that_is_gone_is_told_and_the_document_stays(archive: Path, index: Path) -> None:
    (archive / "四道关.docx").write_bytes(word_form())
    rebuild(archive, index)
    (archive / "四道关.html").unlink()
    encoder = HashingEncoder()
    report = rebuild(archive, index, encoder)
    assert (report.removed, report.unchanged, encoder.encoded) == (("四道关.html",), 4, [])
    assert files(info_of(index, "四道关.docx")) == []
    assert equals_one_from_nothing(archive, index)
    assert rebuild(archive, index).generation is None


def test_a_copy_that_becomes_another_speech_is_a_document(archive: Path, index: Path) -> None:
    (archive / "四道关.docx").write_bytes(word_form())
    rebuild(archive, index)
    (archive / "四道关.html").write_bytes(web_form(byline=("韩立群", BYLINE[1])))
    report = rebuild(archive, index)
    assert (report.documents, report.new, told(report)) == (5, ("四道关.html",), {})
    assert files(info_of(index, "四道关.docx")) == []
    assert equals_one_from_nothing(archive, index)


def test_the_best_file_changed_into_another_speech_leaves_the_first_to_its_copy(
    archive: Path, index: Path
) -> None:
    (archive / "四道关.docx").write_bytes(word_form())
    rebuild(archive, index)
    (archive / "四道关.docx").write_bytes(word_form(byline=("韩立群", BYLINE[1])))
    report = rebuild(archive, index)
    assert report.documents == 5
    assert info_of(index, "四道关.html").speaker == BYLINE[0]
    assert info_of(index, "四道关.docx").speaker == "韩立群"
    assert equals_one_from_nothing(archive, index)


def test_what_the_best_file_is_silent_about_another_one_says(archive: Path, index: Path) -> None:
    (archive / "四道关.html").unlink()
    (archive / "正文.docx").write_bytes(word_form(byline=()))
    (archive / "扫描件.html").write_bytes(web_form())
    # The page says more of itself, so it is cited, unless it lacks its end.
    rebuild(archive, index)
    assert files(info_of(index, "扫描件.html")) == ["正文.docx"]
    cut = (*PARAGRAPHS[:-1], PARAGRAPHS[-1][:60] + "，")
    (archive / "扫描件.html").write_bytes(web_form(cut))
    rebuild(archive, index)
    info = info_of(index, "正文.docx")
    assert (info.speaker, info.date) == (BYLINE[0], "2023-11-21")
    assert [(file.path, file.gives) for file in info.files] == [("扫描件.html", ("speaker", "date"))]
    assert equals_one_from_nothing(archive, index)


def test_files_with_the_same_bytes_are_files_of_the_document_too(archive: Path, index: Path) -> None:
    (archive / "四道关.docx").write_bytes(word_form())
    (archive / "乙.html").write_bytes(web_form())
    (archive / "丙.docx").write_bytes(word_form())
    report = rebuild(archive, index)
    assert files(info_of(index, "丙.docx")) == ["四道关.docx", "四道关.html", "乙.html"]
    assert told(report) == {
        "四道关.docx": "same content as 丙.docx, which is taken; nothing to do",
        "四道关.html": "the same speech as 丙.docx, which is cited",
        "乙.html": "same content as 四道关.html, which is taken; nothing to do",
    }
    assert rebuild(archive, index).generation is None
    (archive / "四道关.html").unlink()
    rebuild(archive, index)
    assert files(info_of(index, "丙.docx")) == ["四道关.docx", "乙.html"]


def test_a_full_rebuild_finds_the_same_files(archive: Path, index: Path) -> None:
    (archive / "四道关.docx").write_bytes(word_form())
    rebuild(archive, index)
    before = infos(index)
    rebuild(archive, index, full=True)
    assert infos(index) == before


def test_a_dry_run_tells_of_copies_and_writes_nothing(archive: Path, index: Path) -> None:
    (archive / "四道关.docx").write_bytes(word_form())
    report = rebuild(archive, index, dry_run=True)
    assert (report.documents, sorted(told(report))) == (4, ["四道关.html"])
    assert files(info_of(index, "四道关.html")) == []


def test_a_copy_holds_what_was_read_from_it(archive: Path, index: Path) -> None:
    (archive / "四道关.docx").write_bytes(word_form())
    rebuild(archive, index)
    with open_generation(index, FINGERPRINT) as generation:
        copy = generation.store.copies.find_path("四道关.html")
        assert copy is not None
        held = generation.store.copy_document(copy)
    assert (held.path, held.reader, held.sha256) == ("四道关.html", WEB, copy.info.sha256)
    assert PARAGRAPHS[-1] in held.raw


STEPS = ("四道关.docx", "四道关.txt", "四道关.html", "旧/四道关.html", "别的.txt")
CONTENTS = (word_form(), text_form(), web_form(), web_form(byline=()), speech("渔船").encode())


@given(st.lists(st.lists(st.booleans(), min_size=5, max_size=5), min_size=1, max_size=4))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_comes_and_goes_the_index_is_that_of_the_files(
    tmp_path_factory: pytest.TempPathFactory, steps: list[list[bool]]
) -> None:
    place = tmp_path_factory.mktemp("steps")
    write_archive(place / "archive", ["防汛抗旱"])
    (place / "archive/旧").mkdir()
    for present in steps:
        for path, content, is_there in zip(STEPS, CONTENTS, present, strict=True):
            file = place / "archive" / path
            if is_there:
                file.write_bytes(content)
            else:
                file.unlink(missing_ok=True)
        rebuild(place / "archive", place / "index")
    assert equals_one_from_nothing(place / "archive", place / "index")


def test_grouping_does_not_depend_on_names_that_sort_otherwise(tmp_path: Path) -> None:
    contents = (word_form(), text_form(), web_form())
    found = set()
    for order in itertools.permutations(contents):
        archive = tmp_path / f"a{len(list(tmp_path.iterdir()))}"
        archive.mkdir()
        for name, content in zip(("1", "2", "3"), order, strict=True):
            (archive / f"{name}.txt").write_bytes(content)
        rebuild(archive, archive / ".index")
        (info,) = infos(archive / ".index")
        found.add((info.sha256, tuple(file.sha256 for file in info.files)))
    assert len(found) == 1
