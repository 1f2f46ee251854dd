"""What is trained onto a model's weights: which adapter a setting means, and the weights it leads to.

An adapter is a safetensors file of LoRA factors (Hu et al., 2021, "LoRA: Low-Rank Adaptation of Large
Language Models"): for a weight ``NAME.weight`` of shape (outputs, inputs) it holds ``NAME.lora_A`` (rank,
inputs) and ``NAME.lora_B`` (outputs, rank), and the weight becomes ``W + B @ A``. Weights without factors
stay as they are. Merging happens once, when a model is prepared, so an adapter costs nothing later.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

from embeddings.types import FloatArray

DEFAULT_ADAPTER: Final = "default"
"""The adapter that comes with this package for the default model; none for any other model."""

ADAPTER_SUFFIX: Final = ".safetensors"
SHIPPED_ADAPTER: Final = Path(__file__).with_name("adapters") / f"default{ADAPTER_SUFFIX}"

_WEIGHT: Final = ".weight"
_FACTORS: Final = (".lora_A", ".lora_B")
_DIGEST_LENGTH: Final = 16  # hexadecimal digits of the SHA-256

Factors: TypeAlias = tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]


class AdapterError(ValueError):
    """The file is no adapter, is damaged, or was made for another model."""


@dataclass(frozen=True, slots=True)
class Adapter:
    """An adapter's file, not yet looked into.

    Attributes:
        name: as the settings name it.
        digest: of the content; a new file under an old name is another adapter.
        content: the file.
    """

    name: str
    digest: str
    content: bytes = field(repr=False)


def read_adapter(name: str, path: Path) -> Adapter:
    """Reads the file in one go, so that what is merged is what was hashed.

    Raises:
        OSError: it can't be read.
    """
    content = path.read_bytes()
    return Adapter(name, hashlib.sha256(content).hexdigest()[:_DIGEST_LENGTH], content)


def adapted(adapter: Adapter, weights: Mapping[str, FloatArray]) -> Iterator[tuple[str, FloatArray]]:
    """The names and new values of the weights that an adapter changes.

    The sums are worked out in float64. Half-precision factors are multiples of 2 ** -24, so a sum of their
    products below 2 ** 5 is exact there in whatever order it is added up: every machine gets the same
    weights and the same fingerprint, which float32 would not give.

    Args:
        adapter: the file.
        weights: the plain model's, by transformers' names (``encoder.layer.0.output.dense.weight``).

    Raises:
        AdapterError: the file is damaged, or does not fit the weights.
    """
    for name, (a, b) in low_rank_factors(adapter).items():
        weight = weights.get(name)
        if weight is None:
            raise AdapterError(f"the model has no weight {name}")
        if (len(b), a.shape[1]) != weight.shape:
            raise AdapterError(f"factors for {(len(b), a.shape[1])}, but {name} is {weight.shape}")
        yield name, (weight + b @ a).astype(np.float32)


def low_rank_factors(adapter: Adapter) -> dict[str, Factors]:
    """The two factors of each changed weight, by its name.

    Returns:
        A, ``float64 (rank, inputs)``, and B, ``float64 (outputs, rank)``.

    Raises:
        AdapterError: the file is damaged, or holds something else than pairs of factors.
    """
    pairs = _paired(_load(adapter.content))
    for name, (a, b) in pairs.items():
        if a.ndim != 2 or b.ndim != 2 or a.shape[0] != b.shape[1]:
            raise AdapterError(f"factors {b.shape} and {a.shape} of {name}")
    return pairs


def _load(content: bytes) -> dict[str, npt.NDArray[Any]]:
    from safetensors import SafetensorError  # noqa: PLC0415
    from safetensors.numpy import load  # noqa: PLC0415

    try:
        return load(content)
    except (SafetensorError, KeyError, TypeError) as error:  # KeyError, TypeError: a type that numpy lacks
        raise AdapterError(" ".join(str(error).split())[:200]) from error


def _paired(tensors: Mapping[str, npt.NDArray[Any]]) -> dict[str, Factors]:
    """Both factors by the name of their weight."""
    factor_a, factor_b = _FACTORS
    stems = sorted({name.removesuffix(factor_a).removesuffix(factor_b) for name in tensors})
    expected = {stem + factor for stem in stems for factor in _FACTORS}
    if not tensors or expected != set(tensors):
        odd = min(expected ^ set(tensors), default="no tensor")
        raise AdapterError(f"not pairs of {factor_a} and {factor_b}: {odd[:100]}")
    for name, values in tensors.items():
        if values.dtype.kind != "f" or not np.isfinite(values).all():
            raise AdapterError(f"{name} holds other things than numbers")
    return {
        stem + _WEIGHT: (
            tensors[stem + factor_a].astype(np.float64),
            tensors[stem + factor_b].astype(np.float64),
        )
        for stem in stems
    }
