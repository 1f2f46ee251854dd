"""What the linear layers of a BERT encoder take in for a few texts, computed exactly with numpy alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from embeddings.bert_graph import BertConfig
from embeddings.quantized import Inputs, Weights
from embeddings.types import FloatArray, IntArray

_GELU: Final = (np.float32(np.sqrt(2 / np.pi)), np.float32(0.044715))
"""Of its approximation with tanh (Hendrycks and Gimpel, 2016), at most 0.0005 off."""


def measure_inputs(weights: Weights, config: BertConfig, texts: Sequence[Sequence[int]]) -> dict[str, Inputs]:
    """What each linear layer takes in, by the layer's name (``encoder.layer.0.output.dense``).

    Args:
        weights: all of the encoder.
        config: its sizes and conventions; pooling and form are not asked.
        texts: token ids of each, at least one of one token.
    """
    return _Measuring(weights, config, texts).run()


class _Measuring:
    """All tokens of all texts go through the network together, ``(tokens, width)``."""

    def __init__(self, weights: Weights, config: BertConfig, texts: Sequence[Sequence[int]]) -> None:
        self._weights = weights
        self._config = config
        self._texts = texts
        self._starts: IntArray = np.cumsum([0, *(len(text) for text in texts)])
        self._found: dict[str, Inputs] = {}

    def run(self) -> dict[str, Inputs]:
        hidden = self._embedded()
        for layer in range(self._config.layers):
            hidden = self._layer(f"encoder.layer.{layer}.", hidden)
        return self._found

    def _embedded(self) -> FloatArray:
        table = "embeddings.{}_embeddings.weight"
        ids = np.concatenate([np.asarray(text) for text in self._texts])
        places = np.concatenate([np.arange(len(text)) for text in self._texts]) + self._config.first_position
        words, positions = self._weights[table.format("word")], self._weights[table.format("position")]
        total = words[ids].astype(np.float32) + positions[places] + self._float(table.format("token_type"))[0]
        return self._normed("embeddings.LayerNorm", total)

    def _layer(self, prefix: str, hidden: FloatArray) -> FloatArray:
        attention = prefix + "attention.self."
        query, key, value = (self._dense(attention + part, hidden) for part in ("query", "key", "value"))
        attended = np.concatenate(
            [
                self._attended(query[start:end], key[start:end], value[start:end])
                for start, end in zip(self._starts, self._starts[1:], strict=False)
            ]
        )
        added = self._dense(prefix + "attention.output.dense", attended)
        middle = self._normed(prefix + "attention.output.LayerNorm", hidden + added)
        grown = _gelu(self._dense(prefix + "intermediate.dense", middle))
        return self._normed(prefix + "output.LayerNorm", middle + self._dense(prefix + "output.dense", grown))

    def _attended(self, query: FloatArray, key: FloatArray, value: FloatArray) -> FloatArray:
        """One text's values, averaged by each head for each token."""
        tokens, width = query.shape
        query, key, value = (
            each.reshape(tokens, self._config.heads, -1).transpose(1, 0, 2) for each in (query, key, value)
        )
        scores = query @ key.transpose(0, 2, 1) / np.float32(np.sqrt(query.shape[2]))
        shares = np.exp(scores - scores.max(axis=2, keepdims=True))
        shares /= shares.sum(axis=2, keepdims=True)
        return np.asarray((shares @ value).transpose(1, 0, 2).reshape(tokens, width))

    def _dense(self, name: str, inputs: FloatArray) -> FloatArray:
        """A linear layer's output; what it takes in is noted."""
        largest = np.maximum.reduceat(np.abs(inputs), self._starts[:-1], axis=0)
        self._found[name] = Inputs(reach=largest.mean(axis=0), mean=inputs.mean(axis=0))
        return inputs @ self._float(name + ".weight").T + self._float(name + ".bias")

    def _normed(self, name: str, total: FloatArray) -> FloatArray:
        centred = total - total.mean(axis=1, keepdims=True)
        deviation = np.sqrt(np.square(centred).mean(axis=1, keepdims=True) + self._config.epsilon)
        normed = centred / deviation * self._float(name + ".weight") + self._float(name + ".bias")
        return np.asarray(normed, np.float32)

    def _float(self, name: str) -> FloatArray:
        return self._weights[name].astype(np.float32)


def _gelu(values: FloatArray) -> FloatArray:
    scale, cubic = _GELU
    return np.asarray(values * (1 + np.tanh(scale * (values + cubic * values**3))) / 2, np.float32)
