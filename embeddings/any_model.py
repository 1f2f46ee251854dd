"""Copies any SentenceTransformer into a prepared folder, and exports it for serving if it is a plain BERT."""

from __future__ import annotations

import json
import logging
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np

from config.errors import ModelUnavailableError
from embeddings.adapter import Adapter, AdapterError, adapted
from embeddings.bert_config import FIRST_POSITIONS, plain_bert
from embeddings.bert_graph import (
    GRAPH_NAME,
    OUTPUT,
    write_graph,
)
from embeddings.manifest import NO_ADAPTER, Conventions
from embeddings.quantized import BLOCK
from embeddings.sentence_transformer import load_sentence_transformer
from embeddings.texts import with_prefix
from embeddings.tokens import TOKENIZER_NAME, Tokens

if TYPE_CHECKING:
    import torch
    from sentence_transformers import SentenceTransformer

_LOG = logging.getLogger(__name__)

_SPARED: Final = 2  # of the position table of other kinds, some of which (MPNet) begin like RoBERTa
_UNLIMITED: Final = 8192  # tokens; for models that set no length of their own
_E5_NAME: Final = re.compile(r"(^|[-/])e5-(?!.*instruct)", re.IGNORECASE)
_E5_PREFIXES: Final = ("query: ", "passage: ")  # e5 models were trained with them, few say so in their files
_AGREEMENT: Final = 0.99  # cosine below which an export is thrown away
_SAMPLES: Final = (
    "",
    "春节期间安全要求是什么",
    "Safety FIRST, 24 hours a day.",
    "各單位要加強值班值守。" * 200,
)


def write_any_model(name: str, source: Path, folder: Path, adapter: Adapter | None = None) -> Conventions:
    """Writes all files of the prepared model but the manifest.

    Args:
        name: the model's name, for messages and for what only the name tells (e5's prefixes).
        source: a SentenceTransformer folder.
        folder: an existing, empty folder.
        adapter: what is merged into the weights of its transformer.

    Raises:
        ModelUnavailableError: the folder holds no model that sentence-transformers can read.
        AdapterError: the adapter can't be understood, or is for another model.
        OSError: writing failed.
    """
    import torch  # noqa: PLC0415
    from safetensors import SafetensorError  # noqa: PLC0415

    try:
        model = load_sentence_transformer(source, torch.float32)
        dim = len(model.encode("a", show_progress_bar=False))
    # What transformers raises for missing or broken files, unknown architectures, and missing packages.
    except (OSError, ValueError, KeyError, RuntimeError, ImportError, SafetensorError) as error:
        detail = " ".join(str(error).split())[:200]
        raise ModelUnavailableError("embeddings.model_unreadable", model=name, detail=detail) from error
    if adapter is not None:
        _merge(adapter, model)
    model.save_pretrained(str(folder), create_model_card=False)
    if not (folder / TOKENIZER_NAME).is_file():
        raise ModelUnavailableError(
            "embeddings.model_unreadable", model=name, detail=f"it has no {TOKENIZER_NAME}"
        )
    conventions = _conventions(name, model, dim, folder, adapter.digest if adapter else NO_ADAPTER)
    graph = _export(model, conventions, folder)
    if graph is not None and not _agrees(model, conventions, folder, graph):
        _LOG.warning("the serving form of %s disagrees with the model and is left out", name)
        for path in graph.parent.iterdir():
            path.unlink()
    return conventions


def _merge(adapter: Adapter, model: SentenceTransformer) -> None:
    import torch  # noqa: PLC0415

    transformer: torch.nn.Module | None = getattr(model[0], "auto_model", None)
    if transformer is None:
        raise AdapterError(f"the model begins with {type(model[0]).__name__}, not with a transformer")
    parameters = dict(transformer.named_parameters())
    weights = {name: parameter.detach().numpy() for name, parameter in parameters.items()}
    with torch.no_grad():
        for name, values in adapted(adapter, weights):
            parameters[name].copy_(torch.from_numpy(values))


def _conventions(name: str, model: SentenceTransformer, dim: int, folder: Path, adapter: str) -> Conventions:
    prompts = model.prompts
    query = prompts.get("query") or ""
    passage = prompts.get("passage") or prompts.get("document") or ""
    if not query and not passage and _E5_NAME.search(name):
        query, passage = _E5_PREFIXES
    config = _read_json(folder / "config.json")
    table = config.get("max_position_embeddings", _UNLIMITED)
    room = table - FIRST_POSITIONS.get(config.get("model_type", ""), _SPARED)
    return Conventions(
        dim=dim,
        max_tokens=int(min(model.max_seq_length or _UNLIMITED, room)),
        query_prefix=query,
        passage_prefix=passage,
        pooling=_pooling(folder),
        adapter=adapter,
    )


def _pooling(folder: Path) -> str:
    """The mode of a transformer with nothing but pooling ("mean", "cls"); else the modules by name."""
    modules = [
        (entry["type"].rpartition(".")[2], entry["path"]) for entry in _read_json(folder / "modules.json")
    ]
    names = [name for name, _ in modules if name != "Normalize"]
    if names == ["Transformer", "Pooling"]:
        config = _read_json(folder / modules[1][1] / "config.json")
        # sentence-transformers wrote one switch a mode before it wrote the mode's name.
        old = {"pooling_mode_mean_tokens": "mean", "pooling_mode_cls_token": "cls"}
        switched = [key for key, value in config.items() if key.startswith("pooling_mode_") and value is True]
        mode = config.get("pooling_mode") or "+".join(old.get(key, key) for key in switched)
        return str(mode)
    return "+".join(names)


def _export(model: SentenceTransformer, conventions: Conventions, folder: Path) -> Path | None:
    """Writes the serving graph, or returns None for a model that is no plain BERT."""
    config = _read_json(folder / "config.json")
    shape = plain_bert(config, conventions.pooling)
    if shape is None or config["hidden_size"] % BLOCK or config["intermediate_size"] % BLOCK:
        kind = config.get("model_type") or "model"
        _LOG.info("a %s with pooling %s is served through torch", kind, conventions.pooling)
        return None
    transformer = cast("torch.nn.Module", model[0].auto_model)
    weights = {
        name: tensor.float().numpy()
        for name, tensor in transformer.state_dict().items()
        if tensor.dtype.is_floating_point
    }
    graph = folder / GRAPH_NAME
    graph.parent.mkdir()
    write_graph(graph, weights, shape)
    return graph


def _agrees(model: SentenceTransformer, conventions: Conventions, folder: Path, graph: Path) -> bool:
    """Whether the graph gives the model's vectors for a few samples."""
    from embeddings.sessions import graph_inputs, open_session  # noqa: PLC0415

    session = open_session(graph, threads=1)
    tokens = Tokens(folder, conventions.max_tokens)
    model.max_seq_length = conventions.max_tokens
    for text in with_prefix(conventions.passage_prefix, _SAMPLES):
        (vector,) = session.run([OUTPUT], graph_inputs(tokens.ids([text])[0]))[0]
        expected = model.encode(text, normalize_embeddings=True, show_progress_bar=False)
        if not float(np.dot(vector, expected)) >= _AGREEMENT:
            return False
    return True


def _read_json(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))
