"""Building an index from the command line: the encoder of the settings, and progress on standard error."""

from __future__ import annotations

import functools
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from config.settings import Backend
from retrieval.cli.state import State
from retrieval.index.report import Phase, RebuildProgress, RebuildReport

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from config.settings import EmbeddingSettings, Settings
    from embeddings import Encoder
    from embeddings.cache import VectorCache
    from embeddings.prepare import Stage
    from retrieval.milvus.publishing import Published
    from retrieval.search.searcher import Searcher

VECTORS_FILE = "vectors.sqlite"


class ProgressBars:
    """A bar for each step of a rebuild; nothing at all when standard error is no terminal."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._bars: Progress | None = None
        self._task: TaskID | None = None
        self._done = 0
        self._is_expected = False

    def start(self, phase: Phase, total: int) -> None:
        """Show the bar of the next step."""
        self.begin(self._state.text(f"cli.phase_{phase.value}"), total)

    def begin(self, description: str, total: int) -> None:
        """Show a bar."""
        if self._bars is not None:
            self._done, self._is_expected = 0, False
            self._task = self._bars.add_task(description, total=total, done=0, end=None)

    def advance(self, count: int) -> None:
        """Move the latest bar on."""
        self._done += count
        if self._bars is not None and self._task is not None:
            self._bars.update(
                self._task, done=self._done, completed=None if self._is_expected else self._done
            )

    def expect(self, share: float, seconds: float) -> None:
        """Have the latest bar show time from now on, not how many are done."""
        if self._bars is None or self._task is None:
            return
        self._is_expected = True
        (task,) = (one for one in self._bars.tasks if one.id == self._task)
        whole = task.total or 0
        # The last word is that of the count: an estimate is never quite 1.
        completed = whole if self._done >= whole else min(share, 1.0) * whole
        self._bars.update(self._task, completed=completed, end=time.monotonic() + seconds)

    def __enter__(self) -> Self:
        if sys.stderr.isatty():
            from rich.progress import BarColumn, Progress, TextColumn  # noqa: PLC0415

            from retrieval.cli.columns import Counted, Left  # noqa: PLC0415
            from retrieval.cli.screen import stderr_console  # noqa: PLC0415

            columns = (TextColumn("{task.description}"), BarColumn(), Counted(), Left())
            self._bars = Progress(*columns, console=stderr_console(), transient=True)
            self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bars is not None:
            self._bars.stop()


def build_index(
    settings: Settings,
    archive: Path,
    index: Path,
    *,
    state: State,
    full: bool = False,
    dry_run: bool = False,
    progress: RebuildProgress | None = None,
) -> RebuildReport:
    """Rebuild ``index`` from ``archive`` with the encoder of the settings, which is prepared when missing.

    Raises:
        AnjiangError: as :func:`embeddings.load_encoder`, :func:`retrieval.index.rebuild.rebuild_index` and,
            where a server has the index, :func:`copy_index`.
    """
    from embeddings import encoder_name  # noqa: PLC0415
    from embeddings.cache import VectorCache  # noqa: PLC0415
    from embeddings.cross_encoder import load_cross_encoder  # noqa: PLC0415
    from embeddings.limits import token_limit  # noqa: PLC0415
    from embeddings.prepare import prepare_model  # noqa: PLC0415
    from retrieval.index.rebuild import rebuild_index  # noqa: PLC0415

    chosen = settings.embedding

    def tell(stage: Stage, model: str) -> None:
        state.say(state.text(f"embeddings.stage_{stage.value}", model=model))

    prepared = prepare_model(chosen.model, adapter=chosen.adapter, cache_dir=chosen.cache, progress=tell)
    if settings.retrieval.cross_encoder:
        # Not needed for the index, but a first question should not have to wait for it.
        load_cross_encoder(cache_dir=chosen.cache, progress=tell)
    with VectorCache(chosen.cache / VECTORS_FILE) as cache:
        report = rebuild_index(
            archive,
            index,
            functools.partial(_load_cached, chosen, cache),
            fingerprint=prepared.manifest.fingerprint,
            model=encoder_name(chosen.model, chosen.adapter),
            limit=token_limit(prepared),
            full=full,
            dry_run=dry_run,
            progress=progress,
        )
    if settings.retrieval.backend is Backend.MILVUS and not dry_run:
        copy_index(settings, index, state=state, progress=progress)
    return report


def _load_cached(chosen: EmbeddingSettings, cache: VectorCache) -> Encoder:
    from embeddings import Purpose, load_encoder  # noqa: PLC0415
    from embeddings.cached_encoder import CachedEncoder  # noqa: PLC0415

    encoder = load_encoder(
        chosen.model,
        adapter=chosen.adapter,
        purpose=Purpose.BULK,
        cache_dir=chosen.cache,
        threads=chosen.threads,
    )
    return CachedEncoder(encoder, cache)


def copy_index(
    settings: Settings, index: Path, *, state: State, progress: RebuildProgress | None = None
) -> Published:
    """Put the index in force in a folder into force on the Milvus server of the settings.

    Raises:
        AnjiangError: as :func:`retrieval.milvus.server.connect` and
            :func:`retrieval.milvus.publishing.publish`.
    """
    from retrieval.milvus.publishing import publish  # noqa: PLC0415
    from retrieval.milvus.server import connect  # noqa: PLC0415

    server = connect(settings.milvus)
    done = publish(index, server, progress)
    key = "milvus.was_there" if done.was_there else "milvus.published"
    state.say(
        state.text(
            key,
            address=server.address,
            generation=done.generation,
            passages=f"{done.passages:,}",
            sentences=f"{done.sentences:,}",
            seconds=f"{done.seconds:.1f}",
        )
    )
    return done


@contextmanager
def searcher_for_questions(state: State, settings: Settings) -> Iterator[Searcher]:
    """What answers a question file.

    The index where one is given on the command line, else a temporary one of the archive as it is now, which
    nobody else sees.

    Raises:
        AnjiangError: as :func:`build_index` and :func:`retrieval.search.opening.open_searcher`.
    """
    from retrieval.search.opening import open_searcher  # noqa: PLC0415

    if state.given("index") is not None:
        with open_searcher(settings) as searcher:
            yield searcher
        return
    archive = state.archive()
    files = settings.retrieval.model_copy(update={"backend": Backend.FAISS})
    with tempfile.TemporaryDirectory(prefix="anjiang-eval-") as folder:
        own = settings.model_copy(update={"index": Path(folder), "retrieval": files})
        with ProgressBars(state) as bars:
            build_index(own, archive, own.index, state=state, progress=bars)
        with open_searcher(own) as searcher:
            yield searcher
