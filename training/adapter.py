"""Adapter files: low-rank changes of the default model's weights (LoRA; Hu et al., 2021); their averages.

A file holds float16 matrices ``LAYER.lora_A`` (rank, inputs) and ``LAYER.lora_B`` (outputs, rank) by the
plain model's names; the change of a layer's weight is ``B @ A``, any scaling being part of B. Layers without
matrices stay plain.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from embeddings.adapter import AdapterError, low_rank_factors
from embeddings.adapter import read_adapter as read_file
from training.dense import FloatArray
from training.errors import TrainingError

_INPUT: Final = ".lora_A"
_OUTPUT: Final = ".lora_B"
_WEIGHT: Final = ".weight"


@dataclass(frozen=True, slots=True)
class Factors:
    """The change of one layer's weight as two thin matrices.

    Attributes:
        a: ``float32 (rank, inputs)``.
        b: ``float32 (outputs, rank)``.
    """

    a: FloatArray
    b: FloatArray

    def change(self) -> FloatArray:
        """``B @ A``, ``float32 (outputs, inputs)``."""
        return self.b @ self.a


Adapter: TypeAlias = Mapping[str, Factors]


def read_adapter(path: Path) -> tuple[dict[str, Factors], dict[str, str]]:
    """The factors of each layer, and the file's metadata.

    Raises:
        TrainingError: the file can't be read or holds something else than pairs of factors.
    """
    try:
        pairs = low_rank_factors(read_file(path.name, path))
        with safe_open(path, framework="numpy") as stream:
            metadata = dict(stream.metadata() or {})
    except (OSError, AdapterError, SafetensorError) as error:
        raise TrainingError(f"{path}: no adapter can be read: {error}") from error
    layers = {
        name.removesuffix(_WEIGHT): Factors(a.astype(np.float32), b.astype(np.float32))
        for name, (a, b) in pairs.items()
    }
    return layers, metadata


def write_adapter(path: Path, adapter: Adapter, metadata: Mapping[str, str]) -> None:
    """Writes a file in the form of the module's text, rounded to float16."""
    path.write_bytes(stored(adapter, metadata))


def stored(adapter: Adapter, metadata: Mapping[str, str]) -> bytes:
    """What a file of the adapter holds."""
    tensors = {}
    for name, factors in adapter.items():
        tensors[name + _INPUT] = np.ascontiguousarray(factors.a, np.float16)
        tensors[name + _OUTPUT] = np.ascontiguousarray(factors.b, np.float16)
    return save(tensors, metadata=dict(metadata))


def mean(adapters: Sequence[Adapter], strength: float = 1.0) -> dict[str, Factors]:
    """The average of several adapters' changes, exact but for float16: one adapter of the summed ranks.

    ``strength / n * sum(B_i @ A_i)`` is the product of the B side by side, divided, with the A on top of one
    another. Averaged weights of several runs often beat each run ("model soups", Wortsman et al., ICML 2022);
    a strength below 1 stays nearer to the plain model and what it knew ("WiSE-FT", Wortsman et al., CVPR
    2022).

    Args:
        adapters: at least one; a layer that one of them leaves plain counts as no change.
        strength: in (0, 1].
    """
    if not adapters:
        raise ValueError("no adapters to average")
    share = np.float32(strength / len(adapters))
    merged = {}
    for name in dict.fromkeys(name for adapter in adapters for name in adapter):
        found = [adapter[name] for adapter in adapters if name in adapter]
        a = np.concatenate([factors.a for factors in found])
        b = np.concatenate([factors.b for factors in found], axis=1) * share
        merged[name] = Factors(a, np.asarray(b, np.float32))
    return merged


def added(first: Adapter, second: Adapter) -> dict[str, Factors]:
    """Both changes together, exact but for float16: an adapter of the summed ranks."""
    return {
        name: Factors(factors.a, factors.b * np.float32(2)) for name, factors in mean([first, second]).items()
    }


def truncated(adapter: Adapter, rank: int) -> dict[str, Factors]:
    """The nearest adapter of a lower rank in the Frobenius norm (Eckart and Young, 1936), layer by layer."""
    return {name: _truncated(factors, rank) for name, factors in adapter.items()}


def kept_share(of: Adapter, kept: Adapter) -> float:
    """How much of the changes' squared Frobenius norm a truncation has kept, in [0, 1]."""
    whole = sum(float(np.square(factors.change(), dtype=np.float64).sum()) for factors in of.values())
    part = sum(float(np.square(factors.change(), dtype=np.float64).sum()) for factors in kept.values())
    return part / whole if whole else 1.0


def _truncated(factors: Factors, rank: int) -> Factors:
    """Through QR of both factors, so that only a matrix of rank x rank is decomposed."""
    if factors.a.shape[0] <= rank:
        return factors
    left, left_core = np.linalg.qr(factors.b.astype(np.float64))
    right, right_core = np.linalg.qr(factors.a.T.astype(np.float64))
    u, sizes, v = np.linalg.svd(left_core @ right_core.T)
    # Roots on both sides keep both factors in float16's comfortable range.
    roots = np.sqrt(sizes[:rank])
    return Factors(
        a=np.asarray(roots[:, None] * (v[:rank] @ right.T), np.float32),
        b=np.asarray((left @ u[:, :rank]) * roots, np.float32),
    )
