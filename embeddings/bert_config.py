"""Which models are plain BERT encoders, told from transformers' config.json."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from embeddings.bert_graph import BertConfig

FIRST_POSITIONS: Final = {"bert": 0, "roberta": 2, "xlm-roberta": 2, "camembert": 2}
"""First row of the position table that a token can have; rows before it belong to padding."""

_POOLINGS: Final = ("mean", "cls")


def plain_bert(config: Mapping[str, Any], pooling: str) -> BertConfig | None:
    """What there is to know of a plain BERT beside its weights; None for any other model.

    Args:
        config: the content of config.json.
        pooling: see ``Conventions.pooling``.
    """
    kind = config.get("model_type", "")
    plain = (
        kind in FIRST_POSITIONS
        and pooling in _POOLINGS
        and config.get("hidden_act") == "gelu"
        and config.get("position_embedding_type", "absolute") == "absolute"
        and not config.get("is_decoder", False)
    )
    if not plain:
        return None
    return BertConfig(
        heads=config["num_attention_heads"],
        layers=config["num_hidden_layers"],
        epsilon=config["layer_norm_eps"],
        first_position=FIRST_POSITIONS[kind],
        pooling=pooling,
    )
