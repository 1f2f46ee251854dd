"""The settings' index and models, opened as one `Searcher`."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack

from config.cores import usable_cores
from config.errors import IndexDamagedError
from config.settings import Backend, Settings
from embeddings import Encoder, Purpose, encoder_name, load_encoder
from embeddings.cross_encoder import CrossEncoder, load_cross_encoder
from embeddings.sessions import threads_of_one
from retrieval.beside import Begun, beside, later
from retrieval.opening import open_index
from retrieval.search.calibration_file import load_calibration
from retrieval.search.candidates import ranks_beside
from retrieval.search.glossary import load_glossary
from retrieval.search.searcher import AT_ONCE, Searcher


def open_searcher(
    settings: Settings,
    damaged: Mapping[str, IndexDamagedError] | None = None,
    *,
    purpose: Purpose = Purpose.QUERY,
) -> Searcher:
    """Open the index in force with the encoder that the settings name.

    Args:
        settings: the index, the model and how to read questions.
        damaged: where another generation may stand in for a damaged one, those that proved damaged already;
            see `retrieval.opening.open_index`. None: only the one in force.
        purpose: whether more than one question will be asked.

    Raises:
        IndexMissingError, IndexDamagedError, IndexMismatchError: the index can't be used; what to run.
        ServerError: a server that holds the index can't be asked.
        ModelUnavailableError: the encoder can't be had.
        SettingsError: the calibration that the settings name can't be used.
    """
    embedding = settings.embedding
    with ExitStack() as opened:
        encoder = _encoder(settings, purpose, embedding.threads or threads_of_one())
        opened.callback(encoder.close)
        loaded = _judge_beside(settings, purpose)
        name = encoder_name(embedding.model, embedding.adapter)
        generation = opened.enter_context(
            open_index(settings, encoder.fingerprint, damaged=damaged, model=name)
        )
        if ranks_beside(generation) and purpose is Purpose.QUERY and not embedding.threads:
            # The terms are ranked on the other core meanwhile.
            encoder = _encoder(settings, purpose, 1)
        judge = loaded()
        fitted_with = judge.fingerprint if judge is not None else ""
        calibration = load_calibration(settings.retrieval.calibration, encoder.fingerprint, fitted_with)
        # A question to a server mostly waits for it. One more than there are cores: some take seconds.
        at_once = AT_ONCE if settings.retrieval.backend is Backend.MILVUS else usable_cores() + 1
        searcher = Searcher(generation, encoder, load_glossary(), judge, calibration, at_once=at_once)
        opened.pop_all()  # now the searcher closes them
        return searcher


def _encoder(settings: Settings, purpose: Purpose, threads: int) -> Encoder:
    embedding = settings.embedding
    return load_encoder(
        embedding.model,
        adapter=embedding.adapter,
        purpose=purpose,
        cache_dir=embedding.cache,
        threads=threads,
    )


def _judge_beside(settings: Settings, purpose: Purpose) -> Begun[CrossEncoder | None]:
    """The cross-encoder, loaded beside the index: most of it is hashing, which needs no lock of Python's."""
    if not settings.retrieval.cross_encoder:
        return later(lambda: None)
    return beside(
        lambda: load_cross_encoder(
            cache_dir=settings.embedding.cache,
            threads=settings.embedding.threads or threads_of_one(),
            keep=purpose is not Purpose.ONE_QUERY,
        )
    )
