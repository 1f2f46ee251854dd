"""The bulk encoder: any SentenceTransformer, through torch."""

from __future__ import annotations

import functools
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from embeddings.manifest import Manifest
from embeddings.quiet import quieten_environment, quieten_transformers
from embeddings.texts import batches_by_length, with_prefix
from embeddings.tokens import Tokens
from embeddings.types import Encoder, FloatArray, IntArray, Progress

if TYPE_CHECKING:
    import torch
    from sentence_transformers import SentenceTransformer

_LOG = logging.getLogger(__name__)

TOKEN_BUDGET: Final = 8192
"""Tokens of a batch, padding included: 16 inputs of full length, some 200 sentences."""


SMALL_JOB: Final = 16_384
"""Tokens up to which a job is done sooner by the serving form than by loading torch for it (5 s and more)."""


class SentenceTransformerEncoder:
    """Encodes through a prepared SentenceTransformer folder.

    torch and the model are loaded at first use, so that a rebuild which finds (almost) every vector in its
    cache never pays for them.

    Args:
        folder: a prepared model folder.
        manifest: its manifest.
        light: the serving form of the same model, which does small jobs as long as torch is not loaded;
            None to do everything through torch.
    """

    def __init__(self, folder: Path, manifest: Manifest, light: Encoder | None = None) -> None:
        self._folder = folder
        self._manifest = manifest
        self._light = light
        self._tokens = Tokens(folder, manifest.conventions.max_tokens)

    @property
    def dim(self) -> int:
        """Components of a vector."""
        return self._manifest.conventions.dim

    @property
    def max_tokens(self) -> int:
        """Longest input in tokens, special tokens and prefix included."""
        return self._manifest.conventions.max_tokens

    @property
    def fingerprint(self) -> str:
        """The fingerprint of the prepared model."""
        return self._manifest.fingerprint

    def encode_queries(self, texts: Sequence[str]) -> FloatArray:
        """Unit vectors of queries, ``float32 (len(texts), dim)``."""
        prefixed = with_prefix(self._manifest.conventions.query_prefix, texts)
        lengths = self._lengths(prefixed)
        if self._light is not None and self._is_small(lengths):
            return self._light.encode_queries(texts)
        return self._encode(prefixed, lengths, None)

    def encode_passages(self, texts: Sequence[str], progress: Progress | None = None) -> FloatArray:
        """Unit vectors of passages, ``float32 (len(texts), dim)``."""
        prefixed = with_prefix(self._manifest.conventions.passage_prefix, texts)
        lengths = self._lengths(prefixed)
        if self._light is not None and self._is_small(lengths):
            return self._light.encode_passages(texts, progress)
        return self._encode(prefixed, lengths, progress)

    def count_tokens(self, texts: Sequence[str]) -> IntArray:
        """Tokens of each passage, prefix and special tokens included, not cut off; ``int64 (n,)``."""
        return self._tokens.count(with_prefix(self._manifest.conventions.passage_prefix, texts))

    def _lengths(self, texts: list[str]) -> list[int]:
        return [min(count, self.max_tokens) for count in self._tokens.count(texts).tolist()]

    def _is_small(self, lengths: list[int]) -> bool:
        return "_model" not in vars(self) and sum(lengths) <= SMALL_JOB

    def _encode(self, texts: list[str], lengths: list[int], progress: Progress | None) -> FloatArray:
        vectors = np.empty((len(texts), self.dim), dtype=np.float32)
        for batch in batches_by_length(lengths, TOKEN_BUDGET):
            encoded = self._model.encode(
                [texts[index] for index in batch],
                batch_size=len(batch),
                show_progress_bar=False,
                convert_to_tensor=True,
            )
            rows = encoded.float().numpy()
            # Normalised again: in bfloat16 the model's own last step is off by up to a hundredth.
            vectors[batch] = rows / np.linalg.norm(rows, axis=1, keepdims=True)
            if progress is not None:
                progress(len(batch))
        return vectors

    @functools.cached_property
    def _model(self) -> SentenceTransformer:
        model = load_sentence_transformer(self._folder, fast_dtype())
        model.max_seq_length = self.max_tokens
        return model


def load_sentence_transformer(folder: Path, dtype: torch.dtype) -> SentenceTransformer:
    """Loads a SentenceTransformer folder onto the CPU, without the network and without noise."""
    quieten_environment()
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415

    quieten_transformers()
    _LOG.info("loading %s as %s", folder, dtype)
    model = SentenceTransformer(
        str(folder), device="cpu", local_files_only=True, model_kwargs={"dtype": dtype}
    )
    model.default_prompt_name = None  # prefixes are already in the texts
    return model.eval()


def fast_dtype() -> torch.dtype:
    """bfloat16 where the CPU multiplies it in hardware (it halves the time there), float32 elsewhere.

    Emulated bfloat16 is slower than float32.
    """
    import torch  # noqa: PLC0415

    # Older torch can't tell; float32 is right everywhere.
    capabilities: dict[str, object] = getattr(torch.cpu, "get_capabilities", dict)()
    native = any(capabilities.get(name) for name in ("avx512_bf16", "amx_bf16", "bf16"))
    return torch.bfloat16 if native else torch.float32
