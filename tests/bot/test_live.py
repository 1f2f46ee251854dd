from __future__ import annotations

import asyncio
import gc
import logging
import shutil
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.live import Live
from config.errors import IndexMissingError
from config.settings import Settings
from retrieval.index import current_name

QUESTION = "清明防火要注意什么"


@pytest.fixture
def index(example_index: Path, tmp_path: Path) -> Path:
    copy = tmp_path / "index"
    shutil.copytree(example_index, copy)
    return copy


def next_generation(index: Path) -> str:
    """A copy of the generation in force, put in force under the next name."""
    name = current_name(index)
    assert name is not None
    following = f"gen-{int(name[4:]) + 1:06d}"
    shutil.copytree(index / name, index / following)
    temporary = index / "CURRENT.new"
    temporary.write_text(following + "\n", "utf-8")
    temporary.replace(index / "CURRENT")
    return following


def test_nothing_answers_before_it_is_opened(index: Path) -> None:
    live = Live(Settings(index=index))
    assert live.generation is None
    assert live.error is not None
    with pytest.raises(IndexMissingError):
        live.use(lambda searcher: searcher)


def test_new_generation_is_taken_up_with_the_encoder_that_is_loaded(index: Path) -> None:
    live = Live(Settings(index=index))
    assert live.refresh()
    assert not live.refresh()
    first = live.use(lambda searcher: searcher)
    name = next_generation(index)
    assert live.refresh()
    second = live.use(lambda searcher: searcher)
    assert live.generation == name
    assert live.error is None
    assert second is not first
    assert second.encoder is first.encoder
    assert live.use(lambda searcher: searcher.ask(QUESTION)).quotes
    live.close()


def test_old_generation_stays_open_for_who_uses_it(index: Path) -> None:
    live = Live(Settings(index=index))
    live.refresh()
    inside, go = threading.Event(), threading.Event()
    found = []

    def slow() -> None:
        def work(searcher: object) -> None:
            inside.set()
            go.wait(10)
            found.append(searcher.ask(QUESTION).quotes)  # type: ignore[attr-defined]

        live.use(work)

    old = live.use(lambda searcher: searcher)
    thread = threading.Thread(target=slow)
    thread.start()
    assert inside.wait(10)
    next_generation(index)
    live.refresh()
    go.set()
    thread.join(20)
    assert found
    assert found[0]
    # Nobody uses it any more: its files are closed.
    with pytest.raises(Exception, match="closed"):
        # What was asked before may still be remembered.
        old.ask("学校食堂留样多少克")
    live.close()


@contextmanager
def no_collector() -> Iterator[None]:
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def test_swap_gives_back_memory_and_files_at_once(index: Path) -> None:
    live = Live(Settings(index=index))
    live.refresh()
    live.use(lambda searcher: searcher.ask(QUESTION))
    with no_collector():
        old = live.use(
            lambda searcher: [
                weakref.ref(part)
                for part in (
                    searcher,
                    searcher.router,
                    searcher.mender,
                    searcher.generation.store,
                    searcher.generation.lexical,
                    searcher.generation.passage_vectors,
                    searcher.generation.sentence_vectors,
                )
            ]
        )
        descriptors = len(list(Path("/dev/fd").iterdir()))
        next_generation(index)
        assert live.refresh()
        assert [part() for part in old] == [None] * len(old)
        assert len(list(Path("/dev/fd").iterdir())) == descriptors
    live.close()


def test_names_of_a_new_generation_are_read_before_it_is_asked(index: Path) -> None:
    live = Live(Settings(index=index))
    live.refresh()
    next_generation(index)
    live.refresh()
    searcher = live.use(lambda searcher: searcher)
    searcher.generation.store.close()
    assert searcher.router.route("清明森林防火讲话里讲了什么").named
    live.close()


@pytest.mark.parametrize("is_enabled", [True, False])
def test_collector_is_left_as_it_was(index: Path, is_enabled: bool) -> None:
    live = Live(Settings(index=index))
    with no_collector():
        if is_enabled:
            gc.enable()
        live.refresh()
        assert gc.isenabled() is is_enabled
    assert gc.get_freeze_count()
    live.close()


def test_generation_before_stands_in_for_a_damaged_one_until_the_next(index: Path) -> None:
    live = Live(Settings(index=index))
    live.refresh()
    before = live.generation
    damaged = index / next_generation(index) / "manifest.json"
    damaged.write_text("{}", "utf-8")
    assert live.refresh()
    assert live.generation == before
    assert "gen-000002/manifest.json" in str(live.error)
    assert live.use(lambda searcher: searcher.ask(QUESTION)).quotes
    (index / "CURRENT").write_text("nonsense", "utf-8")
    assert live.refresh()
    assert not live.refresh()
    assert "CURRENT" in str(live.error)
    assert live.use(lambda searcher: searcher.ask(QUESTION)).quotes
    shutil.rmtree(index / "gen-000002")
    (index / "CURRENT").write_text("gen-000001\n", "utf-8")
    assert live.refresh()
    assert live.error is None
    live.close()


async def test_watch_tells_damage_once(index: Path, caplog: pytest.LogCaptureFixture) -> None:
    damaged = index / next_generation(index) / "manifest.json"
    damaged.write_text("{}", "utf-8")
    live = Live(Settings(index=index))
    with caplog.at_level(logging.WARNING):
        watching = asyncio.create_task(live.watch(0.01))
        async with asyncio.timeout(60):
            while live.generation is None:
                await asyncio.sleep(0.01)
        await asyncio.sleep(0.2)
    assert caplog.text.count("until then gen-000001") == 1
    watching.cancel()
    live.close()


def test_closed_one_answers_no_more(index: Path) -> None:
    live = Live(Settings(index=index))
    live.refresh()
    live.close()
    live.close()
    assert live.generation is None


async def test_watch_takes_up_an_index_when_it_comes_and_complains_once(
    example_index: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    index = tmp_path / "later"
    live = Live(Settings(index=index))
    with caplog.at_level(logging.WARNING):
        watching = asyncio.create_task(live.watch(0.01))
        async with asyncio.timeout(60):
            while "there is no index" not in caplog.text:
                await asyncio.sleep(0.01)
        await asyncio.sleep(0.1)
        assert caplog.text.count("there is no index") == 1
        shutil.copytree(example_index, index)
        async with asyncio.timeout(10):
            while live.generation is None:
                await asyncio.sleep(0.01)
    watching.cancel()
    live.close()
