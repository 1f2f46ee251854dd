"""Built distributions carry the adapter, and an installed one uses that file."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = "embeddings/adapters/default.safetensors"
CONTENT = b"not an adapter"  # what the installed package must say


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sources of a distribution, with an adapter that can be told from the real one."""
    tree = tmp_path_factory.mktemp("build") / "anjiang"
    tree.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, tree)
    for package in ("config", "embeddings", "retrieval", "bot"):
        shutil.copytree(ROOT / package, tree / package, ignore=shutil.ignore_patterns("__pycache__"))
    (tree / SHIPPED).parent.mkdir(exist_ok=True)
    (tree / SHIPPED).write_bytes(CONTENT)
    return tree


def _build(tree: Path, kind: str) -> Path:
    program = f"from setuptools import build_meta; print('built', build_meta.build_{kind}('dist'))"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tree, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return tree / "dist" / done.stdout.split()[-1]


def test_the_source_distribution_carries_the_adapter(tree: Path) -> None:
    with tarfile.open(_build(tree, "sdist")) as archive:
        [name] = [name for name in archive.getnames() if name.endswith(SHIPPED)]
        member = archive.extractfile(name)
        assert member is not None
        assert member.read() == CONTENT


def test_the_wheel_carries_the_adapter_and_uses_it(tree: Path, wheel_weights: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(_build(tree, "wheel")) as archive:
        assert archive.read(SHIPPED) == CONTENT
        archive.extractall(tmp_path / "installed")
    program = """
import sys
from pathlib import Path
from config.errors import ModelUnavailableError
from embeddings import Purpose, load_encoder
try:
    load_encoder(purpose=Purpose.QUERY, cache_dir=Path(sys.argv[1]))
except ModelUnavailableError as error:
    print(error.key, error)
"""
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "cache")],
        cwd=tmp_path / "installed",
        env={**os.environ, "PYTHONPATH": str(tmp_path / "installed")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    assert done.stdout.startswith("embeddings.shipped_adapter_damaged The adapter that comes with")
    assert str(tmp_path / "installed" / SHIPPED) in done.stdout
    assert "Install anjiang again, or set embedding.adapter" in done.stdout
    assert done.stdout.count("\n") == 1
