"""A BERT encoder as few torch operations, for many texts on the CPU: token ids in, unit sentence vectors out.

It is the network that transformers runs, arranged for the processor. Batches are so small that what one
operation writes is still in the core's own cache when the next reads it; each core takes batches of its own
instead of a share of each product; queries, keys and values are one product; weights are laid out once; and
attention has no softmax, see ``_attend``.
"""

from __future__ import annotations

import functools
import json
import logging
import platform
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor
from torch.nn import functional

from embeddings.bert_config import plain_bert
from embeddings.bert_graph import BertConfig
from embeddings.manifest import Manifest
from embeddings.texts import batches_by_length
from embeddings.types import FloatArray, Progress

_LOG = logging.getLogger(__name__)

BATCH_TOKENS: Final = 512
"""Tokens of a batch, padding included: the default model's widest activations are then 1.5 MB in bfloat16.
With 1,024 and 2,048 a core with 1 MB of second-level cache takes 6% and 17% longer."""

_WEIGHTS: Final = "model.safetensors"
_WORDS: Final = "embeddings.word_embeddings.weight"

_Product: TypeAlias = Callable[[Tensor], Tensor]
_AddingProduct: TypeAlias = Callable[[Tensor, Tensor], Tensor]


def load_torch_bert(folder: Path, manifest: Manifest, dtype: torch.dtype) -> TorchBert | None:
    """The model of a prepared folder, or None where it is anything but a plain BERT.

    Args:
        folder: a prepared model folder.
        manifest: its manifest.
        dtype: of weights and activations.
    """
    # A serving graph was written from the same weights, and compared with the model.
    config = json.loads((folder / "config.json").read_text("utf-8")) if manifest.onnx else {}
    shape = plain_bert(config, manifest.conventions.pooling)
    if shape is None or not (folder / _WEIGHTS).is_file():
        return None
    _LOG.info("loading %s as %s", folder, dtype)
    return TorchBert(load_file(str(folder / _WEIGHTS)), shape, dtype)


class TorchBert:
    """Encodes token ids. Safe to share between threads.

    Args:
        weights: all of the encoder, by the names of ``transformers.BertModel.state_dict()``.
        config: sizes and conventions.
        dtype: of weights and activations; bfloat16 or float32.
    """

    def __init__(self, weights: Mapping[str, Tensor], config: BertConfig, dtype: torch.dtype) -> None:
        self._config = config
        table = weights["embeddings.position_embeddings.weight"][config.first_position :].float()
        # Every token is of type 0.
        self._positions = (table + weights["embeddings.token_type_embeddings.weight"][0].float()).to(dtype)
        self._words = weights[_WORDS].to(dtype)
        self._norm = _norm(weights, "embeddings.LayerNorm", config.epsilon, dtype)
        self._layers = [
            _Layer(weights, f"encoder.layer.{number}.", config, dtype) for number in range(config.layers)
        ]

    def encode_all(
        self, rows: Sequence[Sequence[int]], workers: int, progress: Progress | None = None
    ) -> FloatArray:
        """Unit vectors of texts, ``float32 (len(rows), dim)``.

        Args:
            rows: token ids of each text, at least one, special tokens included.
            workers: batches that are computed at once, each by one thread.
            progress: told as batches are finished.
        """
        vectors = np.empty((len(rows), self._words.shape[1]), dtype=np.float32)
        batches = batches_by_length([len(row) for row in rows], BATCH_TOKENS)
        # One thread for each operation: all cores work without waiting for one another.
        with ThreadPoolExecutor(workers, initializer=torch.set_num_threads, initargs=(1,)) as pool:
            try:
                futures = {pool.submit(self.encode, [rows[at] for at in batch]): batch for batch in batches}
                for future in as_completed(futures):
                    batch = futures[future]
                    vectors[batch] = future.result()
                    if progress is not None:
                        progress(len(batch))
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise
        return vectors

    @torch.inference_mode()
    def encode(self, rows: Sequence[Sequence[int]]) -> FloatArray:
        """Unit vectors of one batch, ``float32 (len(rows), dim)``; computed by the threads of the caller."""
        vectors = self._encode(rows, _attend)
        if not torch.isfinite(vectors).all():
            vectors = self._encode(rows, _attend_safely)
        found: FloatArray = vectors.numpy()
        return found

    def _encode(self, rows: Sequence[Sequence[int]], attend: _Attention) -> Tensor:
        lengths = torch.tensor([len(row) for row in rows])
        width = int(lengths.max())
        ids = torch.tensor([[*row, *[0] * (width - len(row))] for row in rows])
        there = torch.arange(width) < lengths[:, None]
        hidden = self._norm((functional.embedding(ids, self._words) + self._positions[:width]).flatten(0, 1))
        for layer in self._layers:
            hidden = layer(hidden, there, attend)
        states = hidden.view(len(rows), width, -1).float()
        if self._config.pooling == "cls":
            return functional.normalize(states[:, 0], dim=1)
        return functional.normalize((states * there[:, :, None]).sum(1) / lengths[:, None], dim=1)


class _Layer:
    def __init__(
        self, weights: Mapping[str, Tensor], prefix: str, config: BertConfig, dtype: torch.dtype
    ) -> None:
        self._heads = config.heads
        parts = [_dense(weights, f"{prefix}attention.self.{part}") for part in ("query", "key", "value")]
        scale = (parts[0][0].shape[0] // config.heads) ** -0.5
        matrices = [parts[0][0] * scale, parts[1][0], parts[2][0]]
        biases = [parts[0][1] * scale, parts[1][1], parts[2][1]]
        self._project = _product(torch.cat(matrices), torch.cat(biases), dtype)
        self._gather = _adding_product(*_dense(weights, prefix + "attention.output.dense"), dtype)
        self._middle = _norm(weights, prefix + "attention.output.LayerNorm", config.epsilon, dtype)
        self._grow = _product(*_dense(weights, prefix + "intermediate.dense"), dtype, gelu=True)
        self._shrink = _adding_product(*_dense(weights, prefix + "output.dense"), dtype)
        self._last = _norm(weights, prefix + "output.LayerNorm", config.epsilon, dtype)

    def __call__(self, hidden: Tensor, there: Tensor, attend: _Attention) -> Tensor:
        """One layer.

        Args:
            hidden: ``(texts * width, dim)``.
            there: ``bool (texts, width)``, which places hold a token.
            attend: `_attend` or `_attend_safely`.
        """
        texts, width = there.shape
        projected = self._project(hidden).view(texts, width, 3, self._heads, -1)
        # Copied once into the order that the products below want.
        queries, keys, values = projected.permute(2, 0, 3, 1, 4).contiguous().flatten(1, 2).unbind()
        mask = there[:, None].expand(texts, self._heads, width).flatten(0, 1)
        attended = attend(queries, keys, values, mask)
        apart = attended.view(texts, self._heads, width, -1)
        joined = apart.transpose(1, 2).reshape(texts * width, -1)
        middle = self._middle(self._gather(joined, hidden))
        return self._last(self._shrink(self._grow(middle), middle))


_Attention: TypeAlias = Callable[[Tensor, Tensor, Tensor, Tensor], Tensor]
"""Queries, keys, values, each ``(texts * heads, width, head size)``, the queries scaled; and which tokens are
there, ``bool (texts * heads, width)``. Gives what is attended, in the shape of the queries."""


def _attend(queries: Tensor, keys: Tensor, values: Tensor, there: Tensor) -> Tensor:
    """Attention without a softmax: the sums that divide it come out of a product as the sums of values do.

    torch's softmax and fused attention take longer than both products. No maximum is taken off the scores:
    where one is beyond 88, or all are below -88, what comes out is not finite.
    """
    ones = there[:, :, None].to(values.dtype)
    weights = torch.bmm(queries, keys.transpose(1, 2)).exp_()
    return torch.bmm(weights, values * ones).div_(torch.bmm(weights, ones))


def _attend_safely(queries: Tensor, keys: Tensor, values: Tensor, there: Tensor) -> Tensor:
    """The same for scores of any size."""
    return functional.scaled_dot_product_attention(
        queries, keys, values, attn_mask=there[:, None, :], scale=1.0
    )


def _norm(weights: Mapping[str, Tensor], name: str, epsilon: float, dtype: torch.dtype) -> _Product:
    gain, bias = weights[name + ".weight"].to(dtype), weights[name + ".bias"].to(dtype)
    return lambda states: functional.layer_norm(states, gain.shape, gain, bias, epsilon)


def _dense(weights: Mapping[str, Tensor], name: str) -> tuple[Tensor, Tensor]:
    return weights[name + ".weight"].float(), weights[name + ".bias"].float()


def _product(weight: Tensor, bias: Tensor, dtype: torch.dtype, *, gelu: bool = False) -> _Product:
    """``x -> x @ weight.T + bias``, with GELU after it if wanted."""
    weight, bias = weight.to(dtype), bias.to(dtype)
    if not _lays_out_weights():
        plain = functools.partial(functional.linear, weight=weight, bias=bias)
        return (lambda states: functional.gelu(plain(states))) if gelu else plain
    packed = torch.ops.mkldnn._reorder_linear_weight(weight, BATCH_TOKENS)
    after, kind = ("gelu", "none") if gelu else ("none", "")
    return lambda states: torch.ops.mkldnn._linear_pointwise(states, packed, bias, after, [], kind)


def _adding_product(weight: Tensor, bias: Tensor, dtype: torch.dtype) -> _AddingProduct:
    """``x, y -> x @ weight.T + bias + y``."""
    weight, bias = weight.to(dtype), bias.to(dtype)
    if not _lays_out_weights():
        return lambda states, other: functional.linear(states, weight, bias).add_(other)
    packed = torch.ops.mkldnn._reorder_linear_weight(weight, BATCH_TOKENS)
    return lambda states, other: torch.ops.mkldnn._linear_pointwise.binary(states, other, packed, bias, "add")


def _lays_out_weights() -> bool:
    """Whether oneDNN's products are there, which torch's own compiler uses on such processors.

    They are no public part of torch, so a version may have none.
    """
    names = ("_linear_pointwise", "_reorder_linear_weight")
    is_built_in = bool(getattr(torch._C, "_has_mkldnn", False))
    return platform.machine() in ("x86_64", "AMD64") and is_built_in and all(map(_has_product, names))


def _has_product(name: str) -> bool:
    return hasattr(torch.ops.mkldnn, name)
