"""The default model in torch, in the training's own batches: texts in, unit vectors out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final, cast

import numpy as np
import torch
from torch.nn import functional
from transformers import PreTrainedModel

from embeddings.adapter import AdapterError, adapted, read_adapter
from embeddings.alphabet import PASSAGE_PREFIX, QUERY_PREFIX
from embeddings.sentence_transformer import load_sentence_transformer
from training.dense import FloatArray
from training.errors import TrainingError

LONGEST: Final = 256
"""Tokens of a training text; of the data 99% are shorter."""

LONGEST_MEASURED: Final = 512
"""Tokens of a measured text: the model's own limit."""

CHUNK: Final = 32
"""Texts a forward pass: texts of one length go together, so that little is computed on padding."""


class TextEncoder:
    """Vectors of queries and passages, with gradients or measured without.

    Args:
        folder: a prepared folder of the plain default model.
    """

    def __init__(self, folder: Path) -> None:
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self._model = load_sentence_transformer(folder, torch.float32).to(self.device)
        self.tokenizer = self._model.tokenizer
        self.backbone = cast("PreTrainedModel", self._model[0].auto_model)
        self.transformer: torch.nn.Module = self.backbone.train(False)

    def queries(self, texts: Sequence[str]) -> torch.Tensor:
        """Unit vectors of questions, ``float32 (n, dim)``."""
        return self._vectors([QUERY_PREFIX + text for text in texts], LONGEST)

    def passages(self, texts: Sequence[str]) -> torch.Tensor:
        """Unit vectors of passages, ``float32 (n, dim)``."""
        return self._vectors([PASSAGE_PREFIX + text for text in texts], LONGEST)

    def measured_queries(self, texts: Sequence[str]) -> FloatArray:
        """Vectors of queries without gradients, ``float32 (n, dim)``."""
        return self._measured([QUERY_PREFIX + text for text in texts])

    def measured_passages(self, texts: Sequence[str]) -> FloatArray:
        """Vectors of passages without gradients, ``float32 (n, dim)``."""
        return self._measured([PASSAGE_PREFIX + text for text in texts])

    def merge(self, path: Path) -> None:
        """Adds an adapter file to the weights, rounded to float16 as the prepared model stores them.

        Raises:
            TrainingError: the file can't be read, is no adapter, or is one of another model.
        """
        weights = {name: value.cpu().numpy() for name, value in self.backbone.state_dict().items()}
        try:
            changed = list(adapted(read_adapter(path.name, path), weights))
        except (OSError, AdapterError) as error:
            raise TrainingError(f"{path}: {error}") from error
        with torch.no_grad():
            for name, value in changed:
                self.backbone.get_parameter(name).copy_(torch.from_numpy(value).half())

    def _measured(self, texts: Sequence[str]) -> FloatArray:
        unique = list(dict.fromkeys(texts))
        rows = {text: row for row, text in enumerate(unique)}
        with torch.inference_mode():
            vectors = self._vectors(unique, LONGEST_MEASURED).cpu().numpy()
        return np.asarray(vectors[[rows[text] for text in texts]], np.float32)

    def _vectors(self, texts: Sequence[str], longest: int) -> torch.Tensor:
        order = sorted(range(len(texts)), key=lambda row: len(texts[row]))
        parts = [
            self._forward([texts[row] for row in order[start : start + CHUNK]], longest)
            for start in range(0, len(order), CHUNK)
        ]
        back = torch.empty(len(order), dtype=torch.long)
        back[torch.tensor(order)] = torch.arange(len(order))
        return torch.cat(parts)[back]

    def _forward(self, texts: list[str], longest: int) -> torch.Tensor:
        tokens = self.tokenizer(
            texts, padding=True, truncation=True, max_length=longest, return_tensors="pt"
        ).to(self._model.device)
        hidden = self.transformer(
            input_ids=tokens["input_ids"], attention_mask=tokens["attention_mask"]
        ).last_hidden_state
        mask = tokens["attention_mask"].unsqueeze(-1).to(hidden.dtype)
        return functional.normalize((hidden * mask).sum(1) / mask.sum(1), dim=-1)
