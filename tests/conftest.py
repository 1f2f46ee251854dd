"""What several test modules share: one real index of the example speeches, and a clean surrounding."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import numpy as np
import pytest

from config.settings import load_settings
from retrieval.cli.building import build_index
from retrieval.cli.state import State

if TYPE_CHECKING:
    from retrieval.search.searcher import Searcher

# Hypothesis gives each example 200 ms. On a loaded machine that says nothing about the code (a first example
# may also load a glossary or a dictionary), and what things cost is measured in `benchmarks`.
hypothesis.settings.register_profile("anjiang", deadline=None)
hypothesis.settings.load_profile("anjiang")

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = ROOT / "examples" / "speeches"


@pytest.fixture(scope="session")
def example_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of ``examples/speeches`` by the default model; do not write to it."""
    from config.messages import Language

    index = tmp_path_factory.mktemp("example") / "index"
    build_index(load_settings(), EXAMPLES, index, state=State(Language.EN, "anjiang"))
    return index


@pytest.fixture(scope="session")
def example_searcher(example_index: Path) -> Iterator[Searcher]:
    """The example speeches by the default model."""
    from retrieval.search.opening import open_searcher

    with open_searcher(load_settings(overrides={"index": example_index})) as searcher:
        yield searcher


@pytest.fixture(scope="session")
def adapter_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An adapter for the default model: random factors of rank 2 for three weights in two layers."""
    from safetensors.numpy import save_file

    random = np.random.default_rng(11)
    shapes = {
        "encoder.layer.3.attention.self.query": (384, 384),
        "encoder.layer.3.intermediate.dense": (1536, 384),
        "encoder.layer.11.output.dense": (384, 1536),
    }
    factors = {}
    for name, (outputs, inputs) in shapes.items():
        factors[f"{name}.lora_A"] = random.normal(0, 0.3, (2, inputs)).astype(np.float16)
        factors[f"{name}.lora_B"] = random.normal(0, 0.3, (outputs, 2)).astype(np.float16)
    path = tmp_path_factory.mktemp("adapter") / "own.safetensors"
    save_file(factors, path, metadata={"run": "{}"})
    return path


@pytest.fixture(scope="session")
def squares_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A font with all that Chinese texts need, each character a square."""
    from tests.retrieval.lineage.squares import write_font

    return write_font(tmp_path_factory.mktemp("fonts") / "squares.ttf")


@pytest.fixture
def font_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder in which fonts are looked for; empty, whatever this machine has."""
    from retrieval.lineage import fonts

    folder = tmp_path / "fonts"
    folder.mkdir()
    monkeypatch.setattr(fonts, "FOLDERS", (folder,))
    return folder


@pytest.fixture
def squares(font_folder: Path, squares_file: Path) -> Path:
    """The same folder with ``squares_file`` in it."""
    shutil.copy(squares_file, font_folder)
    return font_folder


@pytest.fixture
def apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current folder, and no settings or locale of the person who runs the tests."""
    for name in list(os.environ):
        if name.startswith("ANJIANG_") or name in (
            "LC_ALL",
            "LC_MESSAGES",
            "LANG",
            "NO_COLOR",
            "FORCE_COLOR",
        ):
            monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path.with_name(f"{tmp_path.name}-own")))
    monkeypatch.chdir(tmp_path)
    return tmp_path
