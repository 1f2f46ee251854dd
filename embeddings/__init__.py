"""Strings to vectors: load an encoder, or ask about its model."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from embeddings.adapter import DEFAULT_ADAPTER
from embeddings.prepare import (
    DEFAULT_MODEL,
    ModelStatus,
    StageProgress,
    encoder_name,
    model_status,
    prepare_model,
)
from embeddings.processor import multiplies_bfloat16_fast
from embeddings.quiet import quieten_environment
from embeddings.types import Encoder, FloatArray, IntArray, Progress, Purpose

if TYPE_CHECKING:
    from embeddings.onnx import OnnxEncoder

__all__ = [
    "Encoder",
    "FloatArray",
    "IntArray",
    "ModelStatus",
    "Progress",
    "Purpose",
    "encoder_name",
    "load_encoder",
    "model_status",
]


def load_encoder(
    model: str = DEFAULT_MODEL,
    *,
    adapter: str = DEFAULT_ADAPTER,
    purpose: Purpose,
    cache_dir: Path | None = None,
    threads: int = 2,
    progress: StageProgress | None = None,
) -> Encoder:
    """An encoder of one model, which is prepared first if this machine has not yet (seconds, once).

    Args:
        model: "default", a hub id, or a local SentenceTransformer folder.
        adapter: what is merged into the weights: "default", "none" or a .safetensors file.
        purpose: queries go through ONNX Runtime without torch. Bulk work goes through torch, unless it is so
            little that loading torch would take longer, or this processor is faster without. A model that
            can't be exported is served by sentence-transformers too. Of one query the model does not stay in
            memory.
        cache_dir: where prepared models are kept; None means the user's cache folder.
        threads: threads to compute with; 0 chooses.
        progress: told about each stage of a preparation.

    Raises:
        ModelUnavailableError: the model can't be had; the message says which, why and what to set.
    """
    quieten_environment()
    prepared = prepare_model(model, adapter=adapter, cache_dir=cache_dir, progress=progress)
    light: OnnxEncoder | None = None
    if prepared.manifest.onnx:
        from embeddings.onnx import OnnxEncoder  # noqa: PLC0415

        keep = purpose is not Purpose.ONE_QUERY
        light = OnnxEncoder(prepared.folder, prepared.manifest, threads, keep=keep)
    if light is not None and (
        purpose is not Purpose.BULK or (light.is_fast and not multiplies_bfloat16_fast())
    ):
        return light
    from embeddings.sentence_transformer import SentenceTransformerEncoder  # noqa: PLC0415

    return SentenceTransformerEncoder(prepared.folder, prepared.manifest, light, threads)
