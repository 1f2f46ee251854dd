"""A store of two files: what is recent follows the main file's rows, what is gone is owned by nobody."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from config.errors import IndexDamagedError
from retrieval.documents.types import Document
from retrieval.index import codec
from retrieval.index.packed import packed_passage
from retrieval.index.store import Store
from retrieval.index.store_writer import StoreWriter
from tests.retrieval.index.test_store import document, passage

A, B, C = document("a"), document("b"), document("c")
NEWER_B = replace(document("d"), path="b.txt")  # other content under the path of B
FIRST = replace(document("e"), path="0.txt")


def write(path: Path, documents: Sequence[tuple[Document, int]]) -> Path:
    path.parent.mkdir(exist_ok=True)
    writer = StoreWriter(path)
    for one, passages in documents:
        said = f"{one.id[0]}说"
        writer.add(one, [packed_passage(passage(one, ordinal, said)) for ordinal in range(passages)])
    writer.finish()
    return path


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Rows 0 and 1 are A's, 2 to 4 those of B, which is gone, 5 is C's, 6 is FIRST's, 7 and 8 NEWER_B's."""
    main = write(tmp_path / "s", [(A, 2), (B, 3), (C, 1)])
    recent = write(tmp_path / "recent" / "s", [(FIRST, 1), (NEWER_B, 2)])
    with Store(main, recent=recent, gone=[1]) as opened:
        yield opened


def test_documents_of_both_files_are_ordered_by_path(store: Store) -> None:
    assert [each.info.id[0] for each in store.documents] == ["e", "a", "d", "c"]
    assert [each.position for each in store.documents] == [0, 1, 2, 3]
    assert [each.passages for each in store.documents] == [range(6, 7), range(2), range(7, 9), range(5, 6)]
    # Each passage has two sentences.
    assert [each.sentences for each in store.documents] == [
        range(12, 14),
        range(4),
        range(14, 18),
        range(10, 12),
    ]
    found = store.find_path("b.txt")
    assert found is not None
    assert found.info.id == NEWER_B.id
    assert [store.document(each.info.id) for each in store.documents] == [FIRST, A, NEWER_B, C]
    with pytest.raises(KeyError):
        store.document(B.id)


def test_rows_run_on_from_file_to_file(store: Store) -> None:
    assert (store.passage_count, store.sentence_count) == (9, 18)
    assert [one.id for one in store.passages([8, 0, 6, 5])] == [
        f"{NEWER_B.id}-1",
        f"{A.id}-0",
        f"{FIRST.id}-0",
        f"{C.id}-0",
    ]
    assert store.document_of(5).info.id == C.id
    assert store.document_of(7).info.id == NEWER_B.id
    assert store.passage_row(f"{NEWER_B.id}-0") == 7
    assert store.neighbours(7) == (None, passage(NEWER_B, 1, "d说"))


def test_rows_of_what_is_gone_belong_to_nobody(store: Store) -> None:
    for row in (2, 3, 4):
        with pytest.raises(IndexError):
            store.document_of(row)
    assert store.passage_row(f"{B.id}-1") is None
    assert store.passages_by_id([f"{B.id}-1", f"{C.id}-0"]) == {f"{C.id}-0": passage(C, 0, "c说")}
    assert store.owners.owned_passages().tolist() == [True, True, False, False, False, True, True, True, True]
    assert store.owners.owned_sentences().tolist() == [True] * 4 + [False] * 6 + [True] * 8
    assert {name: rows.tolist() for name, rows in store.speakers().items()} == {
        "a说": [0, 1],
        "c说": [5],
        "d说": [7, 8],
        "e说": [6],
    }


def test_a_document_of_either_file_goes_into_the_next_store(store: Store, tmp_path: Path) -> None:
    writer = StoreWriter(tmp_path / "next")
    writer.copy(store, store.stored(A.id), "a.txt")
    writer.copy(store, store.stored(NEWER_B.id), "b.txt")
    writer.finish()
    with Store(tmp_path / "next") as copied:
        assert [copied.document(one.id) for one in (A, NEWER_B)] == [A, NEWER_B]
        assert [one.id for one in copied.passages(range(4))] == [
            f"{A.id}-0",
            f"{A.id}-1",
            f"{NEWER_B.id}-0",
            f"{NEWER_B.id}-1",
        ]


def test_a_document_that_is_in_force_twice_is_damage(tmp_path: Path) -> None:
    main = write(tmp_path / "s", [(A, 2), (B, 3)])
    same_content = write(tmp_path / "one" / "s", [(replace(A, path="z.txt"), 1)])
    same_path = write(tmp_path / "two" / "s", [(NEWER_B, 1)])
    for recent in (same_content, same_path):
        with pytest.raises(IndexDamagedError, match="twice"):
            Store(main, recent=recent)


def test_copies_of_both_files_follow_their_documents(tmp_path: Path) -> None:
    def with_copy(path: Path, one: Document, copy: str) -> Path:
        path.parent.mkdir(exist_ok=True)
        writer = StoreWriter(path)
        other = replace(document(copy), path=f"{copy}.pdf")
        writer.add(one, [packed_passage(passage(one, 0))])
        writer.add_copy((other.path, other.sha256), codec.pack_info(other), b"", codec.pack_document(other))
        writer.finish()
        return path

    main = with_copy(tmp_path / "s", B, "f")
    recent = with_copy(tmp_path / "recent" / "s", A, "c")
    with Store(main, recent=recent) as store:
        copies = list(store.copies)
        assert [(one.position, one.document, one.info.path) for one in copies] == [
            (0, 0, "c.pdf"),
            (1, 1, "f.pdf"),
        ]
        assert [store.copy_document(one).id for one in copies] == ["c" * 16, "f" * 16]
        assert [[file.path for file in each.info.files] for each in store.documents] == [["c.pdf"], ["f.pdf"]]
        assert store.copies.find_path("f.pdf") == copies[1]
    with Store(main, recent=recent, gone=[0]) as store:
        assert [one.info.path for one in store.copies] == ["c.pdf"]
        assert store.copies.find_path("f.pdf") is None
