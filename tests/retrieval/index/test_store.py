from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.errors import IndexDamagedError
from retrieval.documents.edits import Edit, apply_edits
from retrieval.documents.types import (
    Document,
    Genre,
    Known,
    Metadata,
    Provenance,
    Quotation,
    ReadWarning,
    Section,
    Span,
    Turn,
    Zone,
    ZoneKind,
)
from retrieval.index import codec
from retrieval.index.packed import packed_passage
from retrieval.index.store import KEPT_CHARACTERS, Store
from retrieval.index.store_writer import StoreWriter
from retrieval.types import Passage, Sentence

RAW = "标题\x00\ud800\n一、防火。\n广告\n要查，\n要改。"


def document(letter: str, raw: str = RAW) -> Document:
    """Every field filled, so that a field that gets lost shows."""
    child = Section("（一）", "（一）检查", 2, Span(9, 12), Span(9, 14))
    return Document(
        id=letter * 16,
        path=f"{letter}.txt",
        sha256=letter * 64,
        encoding="gb18030",
        raw=raw,
        clean=apply_edits(raw, [Edit(0, 3), Edit(5, 6, "—"), Edit(8, 8, "安")]),
        metadata=Metadata(
            title=Known("标题", Provenance.EXPLICIT, Span(0, 2)),
            date=Known("2025年下半年", Provenance.PERIOD),
            place=Known("青山", Provenance.INFERRED, Span(0, 0)),
            issued=Known("2025-01-02", Provenance.EXPLICIT, Span(1, 2)),
            genre=Genre.CIRCULAR,
        ),
        zones=(Zone(ZoneKind.TITLE, Span(0, 2)), Zone(ZoneKind.BODY, Span(4, len(raw)))),
        sections=(Section("一、", "一、防火", 1, Span(4, 9), Span(4, 20), (child, child)),),
        turns=(Turn(Span(4, 20), "王小明", "县长"), Turn(Span(20, 21), "李大山")),
        quotations=(Quotation(Span(5, 8), "赵四海"),),
        masks=(Span(5, 6),),
        warnings=(ReadWarning.TRUNCATED, ReadWarning.LOST_CHARACTERS),
    )


def passage(owner: Document, ordinal: int, speaker: str = "王小明") -> Passage:
    return Passage(
        id=f"{owner.id}-{ordinal}",
        document_id=owner.id,
        ordinal=ordinal,
        section_path=("一、防火", f"第{ordinal}"),
        speaker=speaker,
        quoted_speaker="赵四海",
        spans=(Span(4, 9), Span(12, 20)),
        text=f"一、防火。要查，要改{ordinal}。\ud800",
        header="标题｜王小明，县长｜一、防火",
        sentences=(Sentence("一、防火。", Span(4, 9)), Sentence(f"要查，要改{ordinal}。", Span(12, 20))),
    )


A, B, C = document("a"), document("b"), document("c", RAW * 2)
PASSAGES = {
    A.id: [passage(A, 0), passage(A, 1, "李大山"), passage(A, 2)],
    B.id: [],
    C.id: [passage(C, 0, ""), passage(C, 1, "\ud800")],
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    writer = StoreWriter(tmp_path / "有 空?格#.sqlite")
    for one in (A, B, C):
        writer.add(one, [*map(packed_passage, PASSAGES[one.id])])
    writer.finish()
    return tmp_path / "有 空?格#.sqlite"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with Store(path) as opened:
        yield opened


def test_documents_come_back_as_they_were(store: Store) -> None:
    assert [store.document(one.id) for one in (A, B, C)] == [A, B, C]
    with pytest.raises(KeyError):
        store.document("0" * 16)


@given(st.text(st.characters()), st.data())
def test_any_text_and_edits_survive_packing(raw: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.sets(st.integers(0, len(raw)), max_size=6)))
    edits = [Edit(a, b, data.draw(st.text(max_size=2))) for a, b in zip(cuts[::2], cuts[1::2], strict=False)]
    one = replace(A, raw=raw, clean=apply_edits(raw, edits), masks=(), warnings=())
    packed = codec.pack_document(one)
    assert codec.unpack_document(packed, document_id=one.id, path=one.path, sha256=one.sha256) == one


def test_passages_come_in_the_order_asked_for(store: Store) -> None:
    every = [one for owner in (A, B, C) for one in PASSAGES[owner.id]]
    assert store.passage_count == 5
    assert store.sentence_count == 10
    assert store.passages([4, 0, 3, 0]) == [every[4], every[0], every[3], every[0]]
    assert store.passages([]) == []
    for row in (-1, 5):
        with pytest.raises(IndexError):
            store.passages([row])


def test_passages_by_id_leave_out_unknown_ones(store: Store) -> None:
    wanted = PASSAGES[C.id][1]
    assert store.passages_by_id([wanted.id, "unknown"]) == {wanted.id: wanted}
    assert store.passage_row(wanted.id) == 4
    assert store.passage_row("unknown") is None


def test_more_passages_than_one_query_can_name(tmp_path: Path) -> None:
    writer = StoreWriter(tmp_path / "s")
    writer.add(A, [packed_passage(passage(A, ordinal)) for ordinal in range(1203)])
    writer.finish()
    with Store(tmp_path / "s") as store:
        assert [one.ordinal for one in store.passages(range(1203))] == list(range(1203))


def test_neighbours_stay_in_the_document(store: Store) -> None:
    first, second, third = PASSAGES[A.id]
    assert store.neighbours(0) == (None, second)
    assert store.neighbours(1) == (first, third)
    assert store.neighbours(2) == (second, None)
    assert store.neighbours(3) == (None, PASSAGES[C.id][1])
    with pytest.raises(IndexError):
        store.neighbours(5)


def test_rows_belong_to_documents(store: Store) -> None:
    assert [store.document_of(row).info.path for row in range(5)] == ["a.txt"] * 3 + ["c.txt"] * 2
    assert store.stored(B.id).passages == range(3, 3)
    assert store.stored(C.id).sentences == range(6, 10)
    found = store.find_path("c.txt")
    assert found is not None
    assert found.info.id == C.id
    assert store.find_path("d.txt") is None


def test_rows_by_speaker(store: Store) -> None:
    rows = {speaker: found.tolist() for speaker, found in store.speakers().items()}
    assert rows == {"王小明": [0, 2], "李大山": [1], "": [3], "?": [4]}


def test_title_and_path_are_told_first_and_only_what_is_known(store: Store) -> None:
    infos = store.document_infos()
    assert [told[:2] for told in store.told] == [(info.title, info.path) for info in infos]
    known = ("place", "role", "organ", "occasion", "series")
    assert [len(told) - 2 for told in store.told] == [sum(bool(getattr(i, k)) for k in known) for i in infos]
    assert "青山" in store.told[0]


def test_citation_view_leaves_out_what_is_not_known(store: Store) -> None:
    info = store.document_infos()[0]
    assert (info.title, info.date, info.place, info.speaker, info.organ) == (
        "标题",
        "2025年下半年",
        "青山",
        None,
        None,
    )
    assert info == codec.document_info(A)


def test_document_without_title_is_called_by_its_file() -> None:
    untitled = replace(A, path="2025/防汛讲话.txt", metadata=Metadata())
    assert codec.document_info(untitled).title == "防汛讲话"


def test_copied_document_is_the_same_under_its_new_path(store: Store, tmp_path: Path) -> None:
    writer = StoreWriter(tmp_path / "next")
    writer.copy(store, store.stored(C.id), "0.txt")
    writer.copy(store, store.stored(A.id), "a.txt")
    writer.finish()
    with Store(tmp_path / "next") as copy:
        assert copy.document(C.id) == replace(C, path="0.txt")
        assert copy.passages(range(5)) == [*PASSAGES[C.id], *PASSAGES[A.id]]
        assert copy.stored(A.id).sentences == range(4, 10)


def test_many_threads_read_at_once(store: Store) -> None:
    rows = [[0, 4], [3], [2, 1], [1]] * 50
    expected = [store.passages(some) for some in rows]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(store.passages, rows)) == expected


def test_file_that_is_no_database_is_damage(tmp_path: Path) -> None:
    (tmp_path / "s").write_text("no database, but long enough to be looked at" * 99)
    for name in ("s", "absent"):
        with pytest.raises(IndexDamagedError, match=name):
            Store(tmp_path / name)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE passages SET record = substr(record, 1, length(record) - 1) || x'00'",
        "UPDATE documents SET path = 'z' || path",
        "UPDATE documents SET passages = passages + 1",
        "UPDATE sources SET record = substr(record, 1, length(record) - 1) || x'00'",
        "DELETE FROM passages WHERE row = 1",
        "UPDATE passages SET (record, crc) = (SELECT record, crc FROM passages WHERE row = 3) WHERE row = 2",
        "UPDATE passages SET row = CASE row WHEN 0 THEN 9 ELSE 0 END WHERE row IN (0, 1)",
        "DELETE FROM sources",
        "DROP TABLE passages",
    ],
)
def test_changed_record_is_never_answered_from(path: Path, change: str) -> None:
    connection = sqlite3.connect(path)
    connection.execute(change)
    connection.commit()
    connection.close()
    with pytest.raises(IndexDamagedError):
        read_everything(path)


def read_everything(path: Path) -> None:
    with Store(path) as store:
        for row in range(store.passage_count):
            store.passages([row])
        for info in store.document_infos():
            store.document(info.id)


def test_store_is_never_written_to(store: Store, path: Path) -> None:
    before = path.read_bytes()
    store.document(A.id)
    assert path.read_bytes() == before
    assert [other.name for other in path.parent.iterdir()] == [path.name]


def test_what_was_read_stays_decoded_and_the_same(store: Store) -> None:
    identifier = store.documents[0].info.id
    first, again = store.document(identifier), store.document(identifier)
    assert first is again
    assert store.passages([1, 0, 1]) == [*store.passages([1]), *store.passages([0]), *store.passages([1])]
    assert store.passages([0])[0] is store.passages([0])[0]


def test_a_long_document_is_read_anew_each_time(tmp_path: Path) -> None:
    long = document("a", "火" * (KEPT_CHARACTERS + 1))
    writer = StoreWriter(tmp_path / "s")
    writer.add(long, [])
    writer.finish()
    with Store(tmp_path / "s") as store:
        assert store.document(long.id) == long
        assert store.document(long.id) is not store.document(long.id)
