"""Lost connections, slow servers, missing data, damaged copies: what answers, and what is said."""

from __future__ import annotations

import fcntl
import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from config.errors import (
    ExtraNotInstalledError,
    IndexBusyError,
    IndexDamagedError,
    IndexMismatchError,
    IndexMissingError,
    IndexWriteError,
    ServerError,
    SettingsError,
)
from config.settings import MilvusSettings
from retrieval.index.generation import Generation
from retrieval.index.lock import locked
from retrieval.index.recovery import damage_behind
from retrieval.milvus import publishing
from retrieval.milvus.generation import name_in_force, open_in_force, open_sound
from retrieval.milvus.names import ALIAS, collections_of
from retrieval.milvus.publishing import publish
from retrieval.milvus.server import Server
from tests.retrieval.index.helpers import FINGERPRINT, rebuild, speech, write_archive
from tests.retrieval.milvus.lite import Line, lite_uri


@pytest.fixture(scope="module")
def uri(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with lite_uri(tmp_path_factory.mktemp("lite")) as address:
        yield address


@pytest.fixture
def server(uri: str) -> Server:
    return Server(MilvusSettings(uri=uri, timeout_seconds=20))


@pytest.fixture
def index(tmp_path: Path) -> Path:
    """A small index in files."""
    write_archive(tmp_path / "archive", ["防汛抗旱"])
    rebuild(tmp_path / "archive", tmp_path / "index")
    return tmp_path / "index"


@pytest.fixture
def line(uri: str) -> Iterator[Line]:
    with Line(uri) as line:
        yield line


def change(index: Path, subject: str) -> None:
    """Another generation of the index in files."""
    (index.parent / "archive" / "1.txt").write_text(speech(subject), "utf-8")
    rebuild(index.parent / "archive", index)


def first_text(generation: Generation) -> str:
    return generation.store.passages([0])[0].text


def test_lost_connection_is_one_line_without_password_and_mends(
    index: Path, server: Server, line: Line
) -> None:
    publish(index, server, settle=0)
    behind = Server(MilvusSettings(uri=line.uri.replace("//", "//me:s3cret@"), timeout_seconds=60))
    with open_in_force(index, behind, FINGERPRINT) as generation:
        line.cut()
        with pytest.raises(ServerError) as caught:
            generation.store.passages([0])
        said = str(caught.value)
        assert caught.value.key == "milvus.unreachable"
        assert "s3cret" not in said
        assert "\n" not in said
        assert f"********@127.0.0.1:{line.uri.rpartition(':')[2]}" in said
        assert damage_behind(caught.value, generation) is None  # the index is not to blame
        line.mend()
        assert "防汛抗旱" in when_reached(generation)


def when_reached(generation: Generation) -> str:
    """The first text, as soon as gRPC tries again: it waits longer after each failure."""
    for _ in range(60):
        with suppress(ServerError):
            return first_text(generation)
        time.sleep(1)
    return first_text(generation)


def test_slow_server_is_given_up(index: Path, server: Server, line: Line) -> None:
    publish(index, server, settle=0)
    behind = Server(MilvusSettings(uri=line.uri, timeout_seconds=1))
    line.is_slow = True
    with pytest.raises(ServerError) as caught:
        behind.current()
    assert caught.value.key == "milvus.slow"


def test_copy_survives_a_connection_that_is_cut_for_a_while(
    index: Path, uri: str, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publishing, "BATCH", 2)
    behind = Server(MilvusSettings(uri=line.uri, timeout_seconds=20))
    written = threading.Event()
    upsert = behind.upsert

    def watched(collection: str, rows: object) -> None:
        upsert(collection, rows)  # type: ignore[arg-type]
        written.set()

    def interrupt() -> None:
        assert written.wait(30)
        line.cut()
        time.sleep(0.5)
        line.mend()

    monkeypatch.setattr(behind, "upsert", watched)
    cutting = threading.Thread(target=interrupt)
    cutting.start()
    done = publish(index, behind, settle=0)
    cutting.join()
    with open_in_force(index, behind, FINGERPRINT) as generation:
        assert generation.path.name == done.generation
        assert len(generation.store.passages(range(done.passages))) == done.passages


def test_copying_again_changes_nothing(index: Path, server: Server) -> None:
    first = publish(index, server, settle=0)
    again = publish(index, server, settle=0)
    assert (first.was_there, again.was_there) == (False, True)
    assert again.generation == first.generation


def test_generation_before_stands_in_where_data_is_gone(index: Path, server: Server) -> None:
    before = publish(index, server, settle=0).generation
    change(index, "森林防火")
    current = publish(index, server, settle=0).generation
    with open_sound(index, server, FINGERPRINT, {}) as generation:
        assert generation.damage is None
        server.drop(collections_of(current).sentences)
        with pytest.raises(IndexDamagedError) as caught:
            generation.sentence_vectors.vectors([0])
    assert damage_behind(caught.value, generation) is not None
    with open_sound(index, server, FINGERPRINT, {}) as generation:
        assert generation.path.name == before
        assert current.replace("-", "_") in str(generation.damage)
        assert "防汛抗旱" in first_text(generation)
    # A copy made anew is whole again.
    assert not publish(index, server, settle=0).was_there
    with open_sound(index, server, FINGERPRINT, {}) as generation:
        assert (generation.path.name, generation.damage) == (current, None)


def test_missing_rows_and_folders_are_told(index: Path, server: Server) -> None:
    name = publish(index, server, settle=0).generation
    server._call("delete", collections_of(name).sentences, ids=[0])
    with pytest.raises(
        IndexDamagedError, match=r"has \d+ rows instead of \d+; run: anjiang index --to milvus"
    ):
        open_sound(index, server, FINGERPRINT, {})
    (index / "milvus" / name).rename(index / "elsewhere")
    with pytest.raises(IndexDamagedError, match=f"the folder {index / 'milvus' / name} is not here"):
        open_in_force(index, server, FINGERPRINT)


def test_changed_record_is_told_not_shown(index: Path, server: Server) -> None:
    name = publish(index, server, settle=0).generation
    with open_in_force(index, server, FINGERPRINT) as generation:
        text = first_text(generation)
        [row] = server.fetch(collections_of(name).passages, [0], ["record", "vector", "terms"])
        changed = row["record"].replace("部署下一阶段", "回顾上一阶段")
        assert changed != row["record"]
        server.upsert(collections_of(name).passages, [{**row, "record": changed}])
    with (
        open_in_force(index, server, FINGERPRINT) as generation,
        pytest.raises(IndexDamagedError, match="a passage does not match its checksum"),
    ):
        first_text(generation)
    assert "部署下一阶段" in text


def test_copy_that_reads_differently_never_answers(
    index: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = publish(index, server, settle=0).generation
    change(index, "森林防火")
    upsert = server.upsert

    def careless(collection: str, rows: list[dict[str, object]]) -> None:
        upsert(collection, [{**row, "vector": np.full(32, 0.5, np.float32)} for row in rows])

    monkeypatch.setattr(server, "upsert", careless)
    with pytest.raises(IndexWriteError, match="reads differently: row 0"):
        publish(index, server, settle=0)
    assert name_in_force(server) == before


def test_other_encoder_and_other_schema_are_refused(index: Path, server: Server) -> None:
    name = publish(index, server, settle=0).generation
    with pytest.raises(IndexMismatchError):
        open_in_force(index, server, "another")
    server._call(
        "rename_collection", collections_of(name).passages, "anjiang_99_gen_000001_00000000_passages"
    )
    with pytest.raises((IndexMismatchError, IndexMissingError)):
        open_in_force(index, server, FINGERPRINT)


def test_only_what_is_old_unread_and_copied_from_here_goes(
    index: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = publish(index, server, settle=0).generation
    second = publish_changed(index, server, "森林防火")
    third = publish_changed(index, server, "道路交通")
    assert all(collections_of(name).sentences in server.collections() for name in (first, second, third))
    reader = open_in_force(index, server, FINGERPRINT)
    monkeypatch.setattr(publishing, "GRACE", 0.0)
    others = set(server.collections()) - {each for name in (first, second) for each in vars_of(name)}
    publish_changed(index, server, "校园食堂")  # the third is the one before now, and read besides
    assert others <= set(server.collections())
    assert not {*vars_of(first), *vars_of(second)} & set(server.collections())
    publish_changed(index, server, "电动自行车")
    assert set(vars_of(third)) <= set(server.collections())
    assert "道路交通" in first_text(reader)
    reader.close()
    publish(index, server, settle=0)
    assert not set(vars_of(third)) & set(server.collections())


def publish_changed(index: Path, server: Server, subject: str) -> str:
    change(index, subject)
    return publish(index, server, settle=0).generation


def vars_of(name: str) -> tuple[str, str]:
    names = collections_of(name)
    return names.passages, names.sentences


def test_two_copies_at_once_are_refused(index: Path, server: Server) -> None:
    with locked(index, publishing.LOCK_FILE, "milvus.busy"), pytest.raises(IndexBusyError):
        publish(index, server, settle=0)


def test_nothing_on_the_server_is_told(tmp_path: Path, index: Path) -> None:
    with lite_uri(tmp_path) as uri:
        server = Server(MilvusSettings(uri=uri))
        with pytest.raises(IndexMissingError, match="run: anjiang index --to milvus"):
            open_sound(index, server, FINGERPRINT, {})
        assert ALIAS not in server.collections()


def test_reason_of_a_refusal_is_one_line_without_secrets(uri: str) -> None:
    server = Server(
        MilvusSettings.model_validate({"uri": uri, "token": "root:Milvus1", "timeout_seconds": 20})
    )
    told = server._told(1, "no user root:Milvus1 at http://me:s3cret@host\nstack")
    assert str(told) == (
        f"Milvus ({uri}) refused: no user ******** at http://********@host; look into the log of the server"
    )


def test_missing_package_names_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pymilvus", None)
    with pytest.raises(ExtraNotInstalledError, match=r'pip install "anjiang\[milvus\]"'):
        Server(MilvusSettings(uri="http://127.0.0.1:1"))


def test_missing_address_is_told() -> None:
    with pytest.raises(SettingsError, match=r"milvus\.uri is not set"):
        Server(MilvusSettings())


def test_file_in_no_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(ServerError, match="its folder must be there"):
        Server(MilvusSettings(uri=os.fspath(tmp_path / "nowhere" / "lite.db")))


def test_file_that_another_process_has_is_told(tmp_path: Path) -> None:
    path = tmp_path / "lite.db"
    path.mkdir()
    with (path / "LOCK").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # as Lite does, and by another description of the file
        with pytest.raises(ServerError, match="only one process may use it at a time"):
            Server(MilvusSettings(uri=os.fspath(path)))
