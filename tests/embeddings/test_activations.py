"""What layers take in, against torch's own BERT."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from transformers import BertConfig as TorchConfig
from transformers import BertModel

from embeddings.activations import measure_inputs
from embeddings.bert_graph import BertConfig
from embeddings.quantized import Weights

TEXTS = [[3, 1, 4, 1, 5], [9, 2], [6]]


@pytest.fixture(scope="module")
def bert() -> BertModel:
    torch.manual_seed(5)
    config = TorchConfig(
        vocab_size=10,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=64,
        max_position_embeddings=8,
        initializer_range=0.3,
    )
    model = BertModel(config, add_pooling_layer=False)
    model.train(False)
    with torch.no_grad():
        for name, values in model.named_parameters():
            if name.endswith("bias"):
                values.normal_(0, 0.2)
    return model


def test_inputs_are_those_of_torch(bert: BertModel) -> None:
    seen: dict[str, list[torch.Tensor]] = {}
    for name, module in bert.named_modules():
        if isinstance(module, torch.nn.Linear):
            module.register_forward_pre_hook(
                lambda _, given, name=name: seen.setdefault(name, []).append(given[0][0])
            )
    with torch.inference_mode():
        for text in TEXTS:
            bert(input_ids=torch.tensor([text]))
    weights: Weights = {name: values.numpy() for name, values in bert.state_dict().items()}
    config = BertConfig(heads=4, layers=2, epsilon=1e-12, first_position=0, pooling="mean")
    found = measure_inputs(weights, config, TEXTS)
    assert found.keys() == seen.keys()
    for name, given in seen.items():
        reach = torch.stack([text.abs().amax(0) for text in given]).mean(0)
        np.testing.assert_allclose(found[name].reach, reach, atol=3e-3, err_msg=name)
        np.testing.assert_allclose(found[name].mean, torch.cat(given).mean(0), atol=3e-3, err_msg=name)
