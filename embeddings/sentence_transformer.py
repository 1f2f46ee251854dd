"""The bulk encoder: any SentenceTransformer, through torch; a plain BERT without sentence-transformers."""

from __future__ import annotations

import functools
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from embeddings.manifest import Manifest
from embeddings.prepared_encoder import PreparedEncoder
from embeddings.processor import multiplies_bfloat16_fast
from embeddings.quiet import quieten_environment, quieten_transformers
from embeddings.texts import batches_by_length
from embeddings.types import Encoder, FloatArray, Progress

if TYPE_CHECKING:
    import torch
    from sentence_transformers import SentenceTransformer

    from embeddings.torch_bert import TorchBert

_LOG = logging.getLogger(__name__)

TOKEN_BUDGET: Final = 8192
"""Tokens of a batch of sentence-transformers, padding included: 16 of full length, some 200 sentences."""

SMALL_JOB: Final = 16_384
"""Tokens up to which the serving form is done sooner than torch is loaded, in all calls together."""


class SentenceTransformerEncoder(PreparedEncoder):
    """Encodes through a prepared SentenceTransformer folder.

    torch and the model are loaded at first use, so that a rebuild which finds (almost) every vector in its
    cache never pays for them.

    Args:
        folder: a prepared model folder.
        manifest: its manifest.
        light: the serving form of the same model, which does small jobs as long as torch is not loaded;
            None to do everything through torch.
        threads: threads to compute with; 0 for as many as there are cores.
    """

    def __init__(
        self, folder: Path, manifest: Manifest, light: Encoder | None = None, threads: int = 0
    ) -> None:
        super().__init__(folder, manifest)
        self._light = light
        self._threads = threads
        self._left_for_light = SMALL_JOB

    def encode_queries(self, texts: Sequence[str]) -> FloatArray:
        """Unit vectors of queries, ``float32 (len(texts), dim)``."""
        prefixed = self._as_queries(texts)
        rows = self._tokens.ids(prefixed)
        light = self._light_for(rows)
        return self._encode(prefixed, rows, None) if light is None else light.encode_queries(texts)

    def encode_passages(self, texts: Sequence[str], progress: Progress | None = None) -> FloatArray:
        """Unit vectors of passages, ``float32 (len(texts), dim)``."""
        prefixed = self._as_passages(texts)
        rows = self._tokens.ids(prefixed)
        light = self._light_for(rows)
        if light is None:
            return self._encode(prefixed, rows, progress)
        return light.encode_passages(texts, progress)

    def _light_for(self, rows: list[list[int]]) -> Encoder | None:
        """The serving form, as long as that is sooner."""
        if not {"_model", "_bert"} & vars(self).keys():
            self._left_for_light -= sum(map(len, rows))
        return self._light if self._left_for_light >= 0 else None

    def _encode(self, texts: list[str], rows: list[list[int]], progress: Progress | None) -> FloatArray:
        import torch  # noqa: PLC0415

        if self._bert is not None:
            return self._bert.encode_all(rows, self._threads or torch.get_num_threads(), progress)
        vectors = np.empty((len(texts), self.dim), dtype=np.float32)
        for batch in batches_by_length([len(row) for row in rows], TOKEN_BUDGET):
            encoded = self._model.encode(
                [texts[index] for index in batch],
                batch_size=len(batch),
                show_progress_bar=False,
                convert_to_tensor=True,
            )
            found = encoded.float().numpy()
            # Normalised again: in bfloat16 the model's own last step is off by up to a hundredth.
            vectors[batch] = found / np.linalg.norm(found, axis=1, keepdims=True)
            if progress is not None:
                progress(len(batch))
        return vectors

    @functools.cached_property
    def _bert(self) -> TorchBert | None:
        from embeddings.torch_bert import load_torch_bert  # noqa: PLC0415

        return load_torch_bert(self._folder, self._manifest, fast_dtype())

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
    """bfloat16 where the CPU multiplies it fast (it halves the time there), float32 elsewhere."""
    import torch  # noqa: PLC0415

    return torch.bfloat16 if multiplies_bfloat16_fast() else torch.float32
