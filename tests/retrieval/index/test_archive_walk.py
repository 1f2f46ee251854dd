from __future__ import annotations

import os
from pathlib import Path

import pytest

from config.errors import ArchiveError
from config.messages import Language
from retrieval.index.archive import find_speeches

ENDINGS = frozenset({".txt", ".md"})


def write(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("x")


def walk(archive: Path, index: Path | None = None) -> tuple[list[str], dict[str, str]]:
    files, skipped = find_speeches(archive, index or archive.with_name("index"), ENDINGS)
    return files, {one.path: one.why(Language.EN).partition("; ")[0] for one in skipped}


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    (tmp_path / "archive").mkdir()
    return tmp_path / "archive"


def test_paths_are_relative_and_sorted(archive: Path) -> None:
    for name in ("b.txt", "a/z.MD", "a.txt", "讲话/2025/一.txt"):
        write(archive / name)
    assert walk(archive) == (["a.txt", "a/z.MD", "b.txt", "讲话/2025/一.txt"], {})


def test_hidden_files_and_the_index_itself_are_passed_over(archive: Path) -> None:
    for name in ("a.txt", ".b.txt", ".git/c.txt", "my index/d.txt"):
        write(archive / name)
    assert walk(archive, archive / "my index") == (["a.txt"], {})


def test_folder_named_like_a_speech_is_a_folder(archive: Path) -> None:
    write(archive / "x.txt" / "a.txt")
    assert walk(archive) == (["x.txt/a.txt"], {})


def test_link_to_a_folder_above_ends(archive: Path) -> None:
    write(archive / "sub" / "a.txt")
    (archive / "sub" / "up").symlink_to(archive)
    (archive / "here").symlink_to(".")
    assert walk(archive) == (
        ["sub/a.txt"],
        {
            "here": "a link to a folder that was already read",
            "sub/up": "a link to a folder that was already read",
        },
    )


def test_links_in_a_circle_outside_end(archive: Path, tmp_path: Path) -> None:
    write(tmp_path / "outside" / "a.txt")
    (tmp_path / "outside" / "again").symlink_to(tmp_path / "outside")
    (archive / "in").symlink_to(tmp_path / "outside")
    files, skipped = walk(archive)
    assert files == ["in/a.txt"]
    assert list(skipped) == ["in/again"]


def test_file_keeps_its_own_path_when_a_link_leads_there_first(archive: Path) -> None:
    write(archive / "z" / "a.txt")
    (archive / "a").symlink_to(archive / "z")
    files, skipped = walk(archive)
    assert files == ["z/a.txt"]
    assert list(skipped) == ["a"]


def test_link_to_itself_is_left_to_the_reader(archive: Path) -> None:
    (archive / "a.txt").symlink_to(archive / "a.txt")
    write(archive / "b.txt")
    assert walk(archive)[0] == ["a.txt", "b.txt"]


def test_other_files_are_named_with_the_reason(archive: Path) -> None:
    for name in ("a.txt", "b.PPTX", "c", "d.tar.gz"):
        write(archive / name)
    os.mkfifo(archive / "e.txt")
    assert walk(archive) == (
        ["a.txt"],
        {
            "b.PPTX": "files ending in .pptx are not supported",
            "c": "the file name has no ending",
            "d.tar.gz": "files ending in .gz are not supported",
            "e.txt": "not a regular file",
        },
    )


def test_names_that_no_citation_can_show_are_skipped(archive: Path) -> None:
    try:
        (archive / os.fsdecode(b"\xff.txt")).write_text("x")
    except OSError:
        pytest.skip("this file system takes only valid names")
    (archive / "line\nbreak.txt").write_text("x")
    write(archive / "全角　空格.txt")
    files, skipped = walk(archive)
    assert files == ["全角　空格.txt"]
    assert skipped == dict.fromkeys(("\\udcff.txt", "line\nbreak.txt"), "the file name is not valid text")


def test_missing_archive_is_an_error(tmp_path: Path) -> None:
    write(tmp_path / "file.txt")
    for name in ("absent", "file.txt"):
        with pytest.raises(ArchiveError, match=name):
            walk(tmp_path / name)
