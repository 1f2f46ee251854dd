from __future__ import annotations

import json
import shutil
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

import retrieval.index.manifest as manifest_module
from config.errors import IndexDamagedError, IndexMismatchError, IndexMissingError
from config.messages import Language
from retrieval.index.generation import open_generation, open_sound
from retrieval.index.in_force import CURRENT_FILE, current_name, put_in_force, sweep
from retrieval.index.manifest import (
    FORMAT_VERSION,
    MANIFEST_FILE,
    read_manifest,
    record_files,
    write_manifest,
)
from retrieval.index.part import SENTENCE_PASSAGE_FILE
from retrieval.index.postings import LEXICAL_FILES
from retrieval.index.store_part import STORE_FILE
from retrieval.index.vectors import PASSAGE_VECTORS_FILE, SENTENCE_VECTORS_FILE
from tests.retrieval.index.helpers import (
    FINGERPRINT,
    HashingEncoder,
    contents,
    contents_at,
    rebuild,
    speech,
    write_archive,
)

FILES = [
    CURRENT_FILE,
    *(
        f"gen-000002/{name}"
        for name in (
            MANIFEST_FILE,
            STORE_FILE,
            PASSAGE_VECTORS_FILE,
            SENTENCE_VECTORS_FILE,
            SENTENCE_PASSAGE_FILE,
            *LEXICAL_FILES,
        )
    ),
]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive and an index with two generations; copied by each test."""
    home = tmp_path_factory.mktemp("made")
    write_archive(home / "archive", ["防汛抗旱"])
    rebuild(home / "archive", home / "index")
    write_archive(home / "archive", ["防汛抗旱", "森林防火"])
    rebuild(home / "archive", home / "index")
    return home


@pytest.fixture
def home(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    return tmp_path


@pytest.fixture
def index(home: Path) -> Path:
    return home / "index"


def test_every_file_of_a_generation_is_tried_below(index: Path) -> None:
    found = {path.relative_to(index).as_posix() for path in index.rglob("gen-000002/*")}
    assert found == set(FILES) - {CURRENT_FILE}


def test_sentences_of_passages_are_where_the_store_has_them(index: Path) -> None:
    with open_generation(index, FINGERPRINT) as generation:
        store = generation.store
        counts = [len(each.sentences) for each in store.passages(range(store.passage_count))]
        begin, end = generation.sentences_of(np.asarray([2, 0]))
        assert begin.tolist() == [sum(counts[:2]), 0]
        assert end.tolist() == [sum(counts[:3]), counts[0]]


@pytest.mark.parametrize("verify", [False, True])
@pytest.mark.parametrize("file", FILES)
def test_missing_file_is_named(index: Path, file: str, verify: bool) -> None:
    (index / file).unlink()
    with pytest.raises(IndexDamagedError) as caught:
        open_generation(index, FINGERPRINT, verify)
    text = str(caught.value)
    assert file in text
    assert "missing" in text
    assert "run: anjiang index" in text
    assert "\n" not in text + caught.value.text(Language.ZH)


@pytest.mark.parametrize("file", FILES)
def test_cut_file_is_named(index: Path, file: str) -> None:
    data = (index / file).read_bytes()
    (index / file).write_bytes(data[:-3])
    with pytest.raises(IndexDamagedError) as caught:
        open_generation(index, FINGERPRINT)
    text = str(caught.value)
    assert file in text
    assert "run: anjiang index" in text
    if file not in (CURRENT_FILE, f"gen-000002/{MANIFEST_FILE}"):
        assert f"has {len(data) - 3} bytes instead of {len(data)}" in text


@pytest.mark.parametrize("place", [0.0, 0.5, 0.99])
@pytest.mark.parametrize("file", FILES)
def test_flipped_byte_is_found(index: Path, file: str, place: float) -> None:
    data = bytearray((index / file).read_bytes())
    data[int(place * (len(data) - 2))] ^= 0x04
    (index / file).write_bytes(data)
    with pytest.raises(IndexDamagedError) as caught:
        open_generation(index, FINGERPRINT)
    # A changed CURRENT may name a generation that does not exist: then its manifest is what is missing.
    assert file in str(caught.value) or (file == CURRENT_FILE and MANIFEST_FILE in str(caught.value))


@pytest.mark.parametrize("file", [name for name in FILES if name not in (CURRENT_FILE, FILES[1])])
def test_flipped_byte_of_a_large_file_is_found_when_asked(
    index: Path, file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(manifest_module, "HASHED_AT_OPEN", 0)
    data = bytearray((index / file).read_bytes())
    data[-5] ^= 0x01
    (index / file).write_bytes(data)
    with pytest.raises(IndexDamagedError, match=file):
        open_generation(index, FINGERPRINT, verify=True)


def test_flipped_byte_of_large_files_never_changes_a_passage(
    index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = contents_at(index)
    monkeypatch.setattr(manifest_module, "HASHED_AT_OPEN", 0)
    path = index / "gen-000002" / STORE_FILE
    data = path.read_bytes()
    generator = np.random.default_rng(3)
    noticed = 0
    for place in generator.integers(0, len(data), 60):
        changed = bytearray(data)
        changed[place] ^= 1 << int(generator.integers(8))
        path.write_bytes(changed)
        try:
            with open_generation(index, FINGERPRINT) as generation:
                store = generation.store
                found = [store.document(info.id) for info in store.document_infos()]
                passages = store.passages(range(store.passage_count))
                store.signatures()
        except IndexDamagedError:
            noticed += 1
            continue
        assert isinstance(good, tuple)
        assert (found, passages) == (good[0], good[1])
    assert noticed > 5  # most of so small a file is empty


@pytest.mark.parametrize("file", FILES)
def test_generation_before_stands_in_for_a_damaged_one(home: Path, index: Path, file: str) -> None:
    shutil.copytree(index / "gen-000001", home / "kept" / "gen-000001")
    (home / "kept" / CURRENT_FILE).write_text("gen-000001\n")
    expected = contents_at(home / "kept")
    (index / file).write_bytes((index / file).read_bytes()[:-3])
    with open_sound(index, FINGERPRINT, {}) as generation:
        if file == CURRENT_FILE:  # nothing is wrong with the newest generation
            assert (generation.path.name, generation.manifest.documents) == ("gen-000002", 2)
        else:
            assert contents(generation) == expected
        damage = generation.damage
    assert damage is not None
    for language in Language:
        text = damage.text(language)
        assert file in text
        assert "anjiang index" in text
        assert generation.path.name in text
        assert "\n" not in text


def test_whole_generation_has_no_damage(index: Path) -> None:
    with open_sound(index, FINGERPRINT, {}) as generation:
        assert (generation.path.name, generation.damage) == ("gen-000002", None)


def test_nothing_stands_in_where_nothing_is_whole(index: Path) -> None:
    for number in (1, 2):
        (index / f"gen-00000{number}" / STORE_FILE).unlink()
    with pytest.raises(
        IndexDamagedError, match=r"gen-000002/passages\.sqlite .*no other generation is whole"
    ):
        open_sound(index, FINGERPRINT, {})
    shutil.rmtree(index / "gen-000001")
    with pytest.raises(
        IndexDamagedError, match=r"gen-000002/passages\.sqlite is missing; run: anjiang index$"
    ):
        open_sound(index, FINGERPRINT, {})


def test_what_proved_damaged_later_is_passed_over(index: Path) -> None:
    first, second = (
        IndexDamagedError("index.file_content", file=f"gen-00000{number}/x", detail="y") for number in (1, 2)
    )
    with open_sound(index, FINGERPRINT, {"gen-000002": second}) as generation:
        assert generation.path.name == "gen-000001"
        assert "gen-000002/x is damaged" in str(generation.damage)
    with pytest.raises(IndexDamagedError, match="gen-000002/x is damaged"):
        open_sound(index, FINGERPRINT, {"gen-000001": first, "gen-000002": second})


def test_generation_of_another_encoder_does_not_stand_in(home: Path, index: Path) -> None:
    rebuild(home / "archive", index, HashingEncoder("hashing-2"))
    (index / "gen-000003" / STORE_FILE).unlink()
    with pytest.raises(IndexDamagedError, match="no other generation"):
        open_sound(index, "hashing-2", {})
    with open_sound(index, None, {}) as generation:  # whoever encodes nothing may read it
        assert generation.path.name == "gen-000002"
    (index / CURRENT_FILE).write_text("gen-000002\n")
    with pytest.raises(IndexMismatchError):  # that is no damage
        open_sound(index, "hashing-2", {})


def test_changed_digit_of_current_does_not_name_another_generation(index: Path) -> None:
    text = (index / CURRENT_FILE).read_text()
    (index / CURRENT_FILE).write_text(text.replace("gen-000002", "gen-000001"))
    with pytest.raises(IndexDamagedError, match=CURRENT_FILE):
        open_generation(index, FINGERPRINT)
    with open_sound(index, FINGERPRINT, {}) as generation:
        assert generation.path.name == "gen-000002"
    (index / CURRENT_FILE).write_text("gen-000001\n")  # as it was written once
    assert current_name(index) == "gen-000001"


def test_repaired_index_keeps_the_generation_that_stood_in(home: Path, index: Path) -> None:
    (index / "gen-000002" / STORE_FILE).unlink()
    rebuild(home / "archive", index)
    assert [path.name for path in sorted(index.glob("gen-*"))] == ["gen-000001", "gen-000003"]


def test_sweep_spares_all_where_current_names_nothing(index: Path) -> None:
    (index / CURRENT_FILE).write_text("gen-000000\n")
    sweep(index)
    assert [path.name for path in sorted(index.glob("gen-*"))] == ["gen-000001", "gen-000002"]


@pytest.mark.parametrize("file", FILES)
def test_rebuild_replaces_a_damaged_index(home: Path, index: Path, file: str) -> None:
    good = contents_at(index)
    (index / file).write_bytes((index / file).read_bytes()[:-1] + b"?")
    report = rebuild(home / "archive", index)
    assert report.unusable is not None
    assert contents_at(index) == good
    assert current_name(index) == report.generation == "gen-000003"


@pytest.mark.parametrize("file", FILES)
def test_rebuild_replaces_what_only_hashing_tells_to_be_damaged(
    home: Path, index: Path, file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As of files too large to be hashed whenever they are opened.
    monkeypatch.setattr(manifest_module, "HASHED_AT_OPEN", 0)
    good = contents_at(index)
    (index / file).write_bytes((index / file).read_bytes()[:-1] + b"?")
    report = rebuild(home / "archive", index)
    assert isinstance(report.unusable, IndexDamagedError)
    assert report.full
    assert contents_at(index) == good


def test_rebuild_replaces_an_index_whose_records_prove_damaged_while_it_compares(
    home: Path, index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(manifest_module, "HASHED_AT_OPEN", 0)
    (home / "archive" / "empty.txt").write_text("")
    good = contents_at(index)
    with closing(sqlite3.connect(index / "gen-000002" / STORE_FILE)) as store, store:
        store.execute("UPDATE signatures SET crc = 1 - crc")
    report = rebuild(home / "archive", index)
    assert isinstance(report.unusable, IndexDamagedError)
    assert [skipped.path for skipped in report.skipped] == ["empty.txt"]
    assert contents_at(index) == good


def test_no_index_names_folder_and_command(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "empty").mkdir()
    for name in ("absent", "empty", "file"):
        with pytest.raises(IndexMissingError, match=f"{name}; run: anjiang index"):
            open_generation(tmp_path / name, FINGERPRINT)
        assert current_name(tmp_path / name) is None


@pytest.mark.parametrize("version", [FORMAT_VERSION - 1, FORMAT_VERSION + 1])
def test_other_format_is_named_and_rebuilt(
    home: Path, index: Path, version: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = index / "gen-000002"
    content = json.loads((folder / MANIFEST_FILE).read_text())
    del content["checksum"]
    content["format"] = version
    content["a field of another time"] = 1
    content["checksum"] = manifest_module._checksum(content)
    (folder / MANIFEST_FILE).write_text(json.dumps(content))
    with pytest.raises(IndexMismatchError) as caught:
        open_generation(index, FINGERPRINT)
    assert f"has format {version}, this program uses format {FORMAT_VERSION}" in str(caught.value)
    assert "anjiang index --full" in str(caught.value)
    report = rebuild(home / "archive", index)
    assert report.unusable is not None
    assert report.unusable.key == "index.other_format"
    open_generation(index, FINGERPRINT, verify=True).close()


def test_other_encoder_is_refused_and_both_are_named(index: Path) -> None:
    with pytest.raises(IndexMismatchError) as caught:
        open_generation(index, "another-7", model="e5-large")
    text = str(caught.value)
    assert "hashing (hashing-1)" in text
    assert "e5-large (another-7)" in text
    assert "anjiang index --full" in text
    open_generation(index, None).close()


def test_reader_keeps_its_generation_while_others_come_and_go(home: Path, index: Path) -> None:
    with open_generation(index, FINGERPRINT) as reader:
        expected = reader.store.passages(range(reader.store.passage_count))
        query = reader.passage_vectors.vectors([0])[0]
        found = reader.passage_vectors.search(query, 5)[0].tolist()
        scores = reader.lexical.scores({"防汛": 1.0}).tolist()
        for number in (3, 4, 5):
            (home / "archive" / "2.txt").write_text(speech(f"第{number}类风险"), "utf-8")
            rebuild(home / "archive", index)
        assert current_name(index) == "gen-000005" != reader.path.name
        assert reader.path.exists()
        assert reader.store.passages(range(reader.store.passage_count)) == expected
        assert reader.passage_vectors.search(query, 5)[0].tolist() == found
        assert reader.lexical.scores({"防汛": 1.0}).tolist() == scores
    assert not reader.path.exists()


def test_opening_while_generations_change_never_fails(home: Path, index: Path) -> None:
    def keep_opening(_: int) -> int:
        opened = 0
        while not done:
            open_generation(index, FINGERPRINT).close()
            opened += 1
        return opened

    done: list[bool] = []
    with ThreadPoolExecutor(2) as pool:
        readers = pool.map(keep_opening, range(2))
        try:
            for number in range(8):
                (home / "archive" / "2.txt").write_text(speech(f"第{number}类风险", parts=1), "utf-8")
                rebuild(home / "archive", index)
        finally:
            done.append(True)
        assert min(readers) > 0


def test_previous_generation_stays_until_the_next_one(home: Path, index: Path) -> None:
    names = [path.name for path in sorted(index.glob("gen-*"))]
    assert names == ["gen-000001", "gen-000002"]
    (home / "archive" / "3.txt").write_text(speech("矿山"), "utf-8")
    rebuild(home / "archive", index)
    assert [path.name for path in sorted(index.glob("gen-*"))] == ["gen-000002", "gen-000003"]


def test_sweep_removes_only_leftovers(index: Path) -> None:
    for leftover in ("gen-000003.tmp", "gen-000009"):
        (index / leftover).mkdir()
        (index / leftover / "file").write_text("x")
    (index / "CURRENT.tmp").write_text("gen-000009\n")
    for other in ("notes.tmp", "gen-x", "gen-1"):
        (index / other).mkdir()
    sweep(index)
    assert sorted(path.name for path in index.iterdir()) == sorted(
        ["CURRENT", "gen-000001", "gen-000002", "rebuild.lock", "notes.tmp", "gen-x", "gen-1"]
    )


def test_generation_comes_into_force_with_its_name(index: Path) -> None:
    (index / "gen-000003.tmp").mkdir()
    put_in_force(index / "gen-000003.tmp", "gen-000003")
    assert current_name(index) == "gen-000003"
    assert (index / "gen-000003").is_dir()
    assert not (index / "CURRENT.tmp").exists()


def test_manifest_comes_back_as_written(index: Path, tmp_path: Path) -> None:
    manifest = read_manifest(index / "gen-000002")
    assert manifest.files == record_files_without_manifest(index / "gen-000002")
    (tmp_path / "copy").mkdir()
    write_manifest(tmp_path / "copy", manifest)
    assert read_manifest(tmp_path / "copy") == manifest
    assert manifest.created.endswith("+00:00")


def record_files_without_manifest(folder: Path) -> dict[str, manifest_module.FileRecord]:
    records = record_files(folder)
    del records[MANIFEST_FILE]
    return records
