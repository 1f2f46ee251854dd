"""Keeps the libraries under us from reporting home, drawing bars and warning about what we intend."""

from __future__ import annotations

import os
from typing import Final

_ENVIRONMENT: Final = {
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    # Without a value, tokenizers warns in every process that forks after it has tokenized.
    "TOKENIZERS_PARALLELISM": "true",
    # transformers would otherwise import TensorFlow where it happens to be installed.
    "USE_TF": "0",
}


def quieten_environment() -> None:
    """Sets what the libraries read when they are imported; values that a person has set stay."""
    for name, value in _ENVIRONMENT.items():
        os.environ.setdefault(name, value)


def quieten_transformers() -> None:
    """Turns off transformers' bars and notices. Imports it (seconds): call where it is needed anyway."""
    from transformers.utils import logging  # noqa: PLC0415

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    logging.set_verbosity_error()  # type: ignore[no-untyped-call]
