"""The default model with trainable LoRA weights (Hu et al., 2021), and its adapter."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Final

from peft import LoraConfig, get_peft_model

from training.adapter import Factors
from training.encoder import TextEncoder

TARGETS: Final = r"encoder\.layer\.({layers})\..*(query|key|value|dense)"


class TrainableEncoder(TextEncoder):
    """Vectors with gradients from the plain default model plus LoRA on all linear layers of its encoder.

    Word embeddings stay frozen: they are nine tenths of the weights, and an adapter could not hold them.

    Args:
        folder: a prepared folder of the plain default model.
        rank: of the change of each weight.
        alpha: the change is multiplied by alpha / rank.
        first_layer: lowest layer that learns, from 0.
        start: an adapter merged beforehand; it does not learn.

    Raises:
        TrainingError: ``start`` is no adapter of the model.
    """

    def __init__(
        self, folder: Path, rank: int, alpha: int, first_layer: int = 0, start: Path | None = None
    ) -> None:
        super().__init__(folder)
        if start is not None:
            self.merge(start)
        layers = "|".join(str(layer) for layer in range(first_layer, self.backbone.config.num_hidden_layers))
        config = LoraConfig(
            r=rank, lora_alpha=alpha, target_modules=TARGETS.format(layers=layers), init_lora_weights=True
        )
        with warnings.catch_warnings():
            # peft still asks transformers for a property by its old name.
            warnings.filterwarnings("ignore", "`is_gradient_checkpointing` is deprecated", FutureWarning)
            adapted = get_peft_model(self.backbone, config)
        # Dropout of the backbone is left off as well: one or two epochs do not overfit 1% of the weights.
        self.transformer = adapted.train(False)
        self.trainable = [weight for weight in self.transformer.parameters() if weight.requires_grad]

    def adapter(self) -> dict[str, Factors]:
        """The factors of what was learned, by the plain model's names; alpha / rank is multiplied into B."""
        found = {}
        for name, module in self.transformer.named_modules():
            if hasattr(module, "lora_A") and "default" in module.lora_A:
                a = module.lora_A["default"].weight
                b = module.lora_B["default"].weight * module.scaling["default"]
                found[name.removeprefix("base_model.model.")] = Factors(
                    a.detach().cpu().numpy(), b.detach().cpu().numpy()
                )
        return found
