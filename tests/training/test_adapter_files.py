"""Adapter files and their averages: exact, refused when damaged, cut to a rank without needless loss."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from training.adapter import Factors, added, kept_share, mean, read_adapter, stored, truncated, write_adapter
from training.errors import TrainingError
from training.soup import main

NAME = "encoder.layer.0.attention.self.query"
OTHER = "encoder.layer.1.output.dense"


def factors(a: list[list[float]], b: list[list[float]]) -> Factors:
    return Factors(np.array(a, np.float32), np.array(b, np.float32))


ONE = {NAME: factors([[1, 2, 3]], [[1], [0]])}
TWO = {NAME: factors([[0, 1, 0], [2, 0, 2]], [[2, 0], [0, 1]])}


def saved(path: Path, adapter: dict[str, Factors]) -> str:
    write_adapter(path, adapter, {"run": json.dumps({"name": path.stem})})
    return str(path)


def random_adapter(rank: int, inputs: int, outputs: int, seed: int, layers: int = 1) -> dict[str, Factors]:
    chance = np.random.default_rng(seed)
    return {
        f"encoder.layer.{layer}.output.dense": Factors(
            chance.normal(size=(rank, inputs)).astype(np.float32),
            chance.normal(size=(outputs, rank)).astype(np.float32),
        )
        for layer in range(layers)
    }


def test_mean_by_hand() -> None:
    """Changes [[1,2,3],[0,0,0]] and [[0,2,0],[2,0,2]]; their mean [[.5,2,1.5],[1,0,1]], half of it at 0.5."""
    merged = mean([ONE, TWO])
    assert merged[NAME].a.shape == (3, 3)
    assert merged[NAME].change().tolist() == [[0.5, 2.0, 1.5], [1.0, 0.0, 1.0]]
    assert mean([ONE, TWO], 0.5)[NAME].change().tolist() == [[0.25, 1.0, 0.75], [0.5, 0.0, 0.5]]


def test_layer_that_one_run_left_plain_counts_as_unchanged() -> None:
    merged = mean([ONE, {OTHER: ONE[NAME]}])
    assert merged[NAME].change().tolist() == [[0.5, 1.0, 1.5], [0.0, 0.0, 0.0]]
    assert merged[OTHER].change().tolist() == merged[NAME].change().tolist()


def test_soup_of_files_is_the_mean_of_their_changes(tmp_path: Path) -> None:
    parts = [random_adapter(4, 12, 10, seed) for seed in range(4)]
    names = [saved(tmp_path / f"run{number}.safetensors", part) for number, part in enumerate(parts)]
    out = tmp_path / "soup.safetensors"
    main([str(out), *names, "--strength", "0.5"])
    read, metadata = read_adapter(out)
    changes = [next(iter(read_adapter(Path(name))[0].values())).change() for name in names]
    # Dividing by four and by two is exact in float16 for numbers of this size.
    np.testing.assert_allclose(next(iter(read.values())).change(), sum(changes) / 8, atol=2e-6)
    made = json.loads(metadata["run"])
    assert [run["name"] for run in made["soup"]] == ["run0", "run1", "run2", "run3"]
    assert made["strength"] == 0.5


def test_truncation_is_the_nearest_of_its_rank() -> None:
    """A change of singular values 3 and 1: rank 1 keeps the first, 9 / 10 of the squared norm."""
    whole = {NAME: factors([[1, 0, 0], [0, 1, 0]], [[3, 0], [0, 1]])}
    cut = truncated(whole, 1)
    assert cut[NAME].a.shape == (1, 3)
    np.testing.assert_allclose(cut[NAME].change(), [[3, 0, 0], [0, 0, 0]], atol=1e-6)
    assert kept_share(whole, cut) == pytest.approx(0.9)
    assert truncated(whole, 2) == whole


def test_truncation_agrees_with_a_plain_decomposition() -> None:
    whole = random_adapter(8, 30, 20, 5)
    change = next(iter(whole.values())).change().astype(np.float64)
    u, sizes, v = np.linalg.svd(change, full_matrices=False)
    expected = (u[:, :3] * sizes[:3]) @ v[:3]
    np.testing.assert_allclose(next(iter(truncated(whole, 3).values())).change(), expected, atol=1e-4)


def test_soup_over_six_megabytes_is_refused_with_the_rank_that_fits(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    part = random_adapter(16, 1536, 384, 1, layers=30)  # 16 x 1920 x 30 x 2 bytes = 1.84 MB
    names = [saved(tmp_path / f"run{number}.safetensors", part) for number in range(4)]
    out = tmp_path / "soup.safetensors"
    with pytest.raises(SystemExit, match=r"7\.38 MB at rank 64, over 6 MB; try --rank 52"):
        main([str(out), *names])
    assert not out.exists()
    main([str(out), *names, "--rank", "52"])
    assert 0 < out.stat().st_size <= 6_000_000
    assert json.loads(read_adapter(out)[1]["run"])["kept"] == 1.0  # four times the same: rank 16 in truth


def test_changes_add_up() -> None:
    both = added(ONE, TWO)
    assert both[NAME].a.shape == (3, 3)
    assert both[NAME].change().tolist() == [[1.0, 4.0, 3.0], [2.0, 0.0, 2.0]]


def test_file_comes_back_as_written(tmp_path: Path) -> None:
    path = Path(saved(tmp_path / "a.safetensors", TWO))
    read, metadata = read_adapter(path)
    assert read[NAME].a.tolist() == TWO[NAME].a.tolist()
    assert read[NAME].b.tolist() == TWO[NAME].b.tolist()
    assert metadata == {"run": '{"name": "a"}'}
    assert path.read_bytes() == stored(TWO, metadata)


def test_files_that_are_no_adapters_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "bad.safetensors"
    with pytest.raises(TrainingError, match="no adapter can be read"):
        read_adapter(path)
    path.write_bytes(b"\x10" * 40)
    with pytest.raises(TrainingError, match="no adapter can be read"):
        read_adapter(path)
    single = np.zeros((2, 3), np.float16)
    save_file({"x.lora_A": single}, path)
    with pytest.raises(TrainingError, match=r"not pairs of .*: x\.lora_B"):
        read_adapter(path)
    save_file({"x.lora_A": single, "x.lora_B": single}, path)
    with pytest.raises(TrainingError, match=r"factors \(2, 3\) and \(2, 3\) of x"):
        read_adapter(path)
    save_file({"x.lora_A": single, "x.lora_B": np.full((4, 2), np.nan, np.float16)}, path)
    with pytest.raises(TrainingError, match="holds other things than numbers"):
        read_adapter(path)


@pytest.mark.parametrize("words", [["--strength", "0"], ["--strength", "1.5"], ["--rank", "0"]])
def test_soup_refuses_wrong_arguments(tmp_path: Path, words: list[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main([str(tmp_path / "out"), str(tmp_path / "in"), *words])
    assert stop.value.code == 2
