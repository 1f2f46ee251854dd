"""A damaged index, seen by who asks: the generation before answers, one line says what is wrong."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.live import Live
from config.errors import IndexDamagedError, UsageError
from config.messages import Language
from config.settings import Settings
from retrieval.index import manifest, open_generation
from retrieval.index.recovery import damage_behind
from tests.bot.command import SPRING, run

QUESTION = "清明防火要注意什么"


@pytest.fixture
def index(apart: Path, example_index: Path) -> Path:
    """An index of two generations that hold the same speeches."""
    shutil.copytree(example_index, apart / "idx")
    shutil.copytree(apart / "idx" / "gen-000001", apart / "idx" / "gen-000002")
    (apart / "idx" / "CURRENT").write_text("gen-000002\n", "utf-8")
    return apart / "idx"


def remove_store(index: Path) -> None:
    (index / "gen-000002" / "passages.sqlite").unlink()


def change_records(generation: Path) -> None:
    """Damage that shows only when a passage is used."""
    with sqlite3.connect(generation / "passages.sqlite") as connection:
        connection.execute("UPDATE passages SET crc = crc - 1 WHERE crc > 1000000")
    connection.close()


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Has every file count as one too large to be hashed when it is opened."""
    monkeypatch.setattr(manifest, "HASHED_AT_OPEN", 0)


COMMANDS = [
    ("ask", QUESTION, "--json"),
    ("search", QUESTION, "--json"),
    ("show", SPRING, "--json"),
    ("trace", "三管三必须", "--json"),
    ("stats", "--json"),
]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_commands_go_on_with_the_generation_before(index: Path, command: tuple[str, ...]) -> None:
    expected = run(*command, "--index", index)
    assert expected.stderr == ""
    remove_store(index)
    found = run(*command, "--index", index)
    assert found.exit_code == 0
    assert found.stdout == expected.stdout.replace("gen-000002", "gen-000001")  # as stats names it
    (line,) = found.stderr.splitlines()
    damage = "index file gen-000002/passages.sqlite is missing; run: anjiang index"
    assert line.startswith(f"{damage}; until then gen-000001, built 2")


def test_line_is_in_the_language_of_the_person(index: Path) -> None:
    remove_store(index)
    (line,) = run("ask", QUESTION, "--index", index, language=Language.ZH).stderr.splitlines()
    damage = "索引文件 gen-000002/passages.sqlite 不见了；请运行 anjiang index 重建"
    assert line.startswith(f"{damage}；在此之前由 gen-000001（建于 2")


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize("command", COMMANDS[:2], ids=lambda command: command[0])
def test_damage_in_the_middle_of_a_question_begins_it_anew(index: Path, command: tuple[str, ...]) -> None:
    expected = run(*command, "--index", index)
    change_records(index / "gen-000002")
    found = run(*command, "--index", index)
    assert (found.exit_code, found.stdout) == (0, expected.stdout)
    (line,) = found.stderr.splitlines()
    assert "gen-000002/passages.sqlite is damaged" in line
    assert "until then gen-000001" in line


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize("command", COMMANDS[:2], ids=lambda command: command[0])
def test_damage_that_no_question_meets_is_told_all_the_same(index: Path, command: tuple[str, ...]) -> None:
    expected = run(*command, "--index", index)
    file = index / "gen-000002" / "postings.npy"
    data = bytearray(file.read_bytes())
    data[-1] ^= 1  # still a file that can be read
    file.write_bytes(data)
    found = run(*command, "--index", index)
    assert (found.exit_code, found.stdout) == (0, expected.stdout)
    (line,) = found.stderr.splitlines()
    assert "gen-000002/postings.npy" in line
    assert "until then gen-000001" in line


@pytest.mark.usefixtures("large")
def test_without_another_generation_one_line_fails(index: Path) -> None:
    for name in ("gen-000001", "gen-000002"):
        change_records(index / name)
    found = run("ask", QUESTION, "--index", index, "--json")
    assert (found.exit_code, found.stdout) == (1, "")
    assert "no other generation is whole" in found.stderr.splitlines()[-1]
    assert "Traceback" not in found.stderr


def test_chat_tells_the_damage_once_and_goes_on(index: Path) -> None:
    remove_store(index)
    found = run("chat", "--index", index, stdin=f"{QUESTION}\n那值班呢\n/show 1\n")
    assert found.exit_code == 0
    assert found.stderr.count("gen-000002/passages.sqlite is missing") == 1
    assert found.stdout.count("[1]") >= 2


@pytest.fixture
def live(index: Path) -> Live:
    return Live(Settings(index=index))


@pytest.mark.usefixtures("large")
def test_live_answers_in_spite_of_damage_in_the_middle(index: Path, live: Live) -> None:
    change_records(index / "gen-000002")
    live.refresh()
    assert (live.generation, live.error) == ("gen-000002", None)
    assert live.use(lambda searcher: searcher.ask(QUESTION)).quotes
    assert live.generation == "gen-000001"
    assert "gen-000002/passages.sqlite is damaged" in str(live.error)
    assert not live.refresh()  # CURRENT says what it said
    live.close()


@pytest.mark.usefixtures("large")
def test_examination_finds_what_opening_passes_over(index: Path, live: Live) -> None:
    live.refresh()
    live.examine()
    assert (live.generation, live.error) == ("gen-000002", None)
    file = index / "gen-000002" / "postings.npy"
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.write_bytes(data)
    live.examine()
    assert live.error is None  # once a generation
    live.close()
    live.refresh()
    live.examine()
    assert live.generation == "gen-000001"
    assert "gen-000002/postings.npy does not match" in str(live.error)
    live.close()


@pytest.mark.usefixtures("large")
def test_nothing_answers_from_damage_alone_until_a_rebuild(index: Path, live: Live) -> None:
    for name in ("gen-000001", "gen-000002"):
        change_records(index / name)
    live.refresh()
    with pytest.raises(IndexDamagedError, match="no other generation"):
        live.use(lambda searcher: searcher.ask(QUESTION))
    assert live.generation is None
    with pytest.raises(IndexDamagedError):
        live.refresh()
    shutil.rmtree(index)
    with pytest.raises(Exception, match="there is no index"):
        live.refresh()
    live.close()


def test_new_index_under_an_old_name_is_taken_up(index: Path, live: Live, example_index: Path) -> None:
    """What proved damaged once is no reason against an index that was deleted and built anew."""
    live.refresh()
    held = live.use(lambda searcher: searcher.generation.path.name)
    with pytest.raises(IndexDamagedError):
        live.use(always_damaged())
    shutil.rmtree(index)
    with pytest.raises(Exception, match="there is no index"):
        live.refresh()
    shutil.copytree(example_index, index)
    (index / "gen-000001").rename(index / held)
    (index / "CURRENT").write_text(f"{held}\n", "utf-8")
    assert live.refresh()
    assert (live.generation, live.error) == (held, None)
    live.close()


def always_damaged() -> Callable[[object], None]:
    def work(_: object) -> None:
        raise IndexDamagedError("index.file_content", file="x", detail="y")

    return work


def test_unforeseen_failure_is_damage_where_a_file_is_damaged(index: Path) -> None:
    with open_generation(index, None) as generation:
        assert damage_behind(IndexError("far out"), generation) is None
        (index / "gen-000002" / "terms.npy").write_bytes(b"?")
        assert "terms.npy" in str(damage_behind(IndexError("far out"), generation))
        # What a person did wrong has nothing to do with it.
        assert damage_behind(UsageError("question.empty"), generation) is None
