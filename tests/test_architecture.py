"""The shape that every change must keep: who may import whom, and what importing may cost."""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

# Each layer may import itself and the layers before it.
LAYERS = ("config", "embeddings", "retrieval", "bot")
SOURCES = sorted(path for layer in LAYERS for path in (ROOT / layer).rglob("*.py"))

# Seconds of import time or hundreds of megabytes each; they wait inside the functions that need them.
HEAVY = (
    "faiss",
    "onnx",
    "onnxruntime",
    "opencc",
    "pandas",
    "pymilvus",
    "sentence_transformers",
    "torch",
    "transformers",
)
NETWORK = (
    "aiohttp",
    "grpc",
    "http",
    "httpcore",
    "httpx",
    "pymilvus",
    "requests",
    "socket",
    "telegram",
    "urllib.request",
    "urllib3",
)
LOADERS = (
    "embeddings/hub.py",
    "retrieval/milvus/server.py",
)  # the named places below the bot that may reach the network
TERMINAL = ("prompt_toolkit", "rich", "typer")
PARSERS = (
    "PIL",
    "cv2",
    "email",
    "lxml",
    "rapidocr",
    "selectolax",
    "zipfile",
)  # they meet files of strangers, in the worker alone
WORKER = "retrieval/readers/"


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """(line, dotted name) of every import anywhere in the file, ``from a import b`` as ``a`` and ``a.b``."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: relative import"
            yield node.lineno, node.module or ""
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def is_under(name: str, packages: tuple[str, ...]) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def layer_of(path: Path) -> str:
    return path.relative_to(ROOT).parts[0]


def found(path: Path, packages: tuple[str, ...]) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{line}: {name}" for line, name in imports(path) if is_under(name, packages)
    ]


def test_scan_sees_the_packages() -> None:
    assert {layer_of(path) for path in SOURCES} == set(LAYERS)
    assert found(ROOT / "config/errors.py", ("config.messages",))


@pytest.mark.parametrize("layer", LAYERS)
def test_imports_point_one_way(layer: str) -> None:
    above = LAYERS[LAYERS.index(layer) + 1 :]
    assert [hit for path in SOURCES if layer_of(path) == layer for hit in found(path, above)] == []


def test_network_is_reached_from_the_bot_and_named_loaders_only() -> None:
    silent = [
        path for path in SOURCES if layer_of(path) != "bot" and str(path.relative_to(ROOT)) not in LOADERS
    ]
    assert [hit for path in silent for hit in found(path, NETWORK)] == []


def test_files_of_strangers_are_parsed_in_the_worker_only() -> None:
    outside = [path for path in SOURCES if not str(path.relative_to(ROOT)).startswith(WORKER)]
    assert [hit for path in outside for hit in found(path, PARSERS)] == []
    code = "import sys, retrieval.documents.read, retrieval.readers.isolation; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not {"lxml", "selectolax"} & set(done.stdout.split())


def test_lower_layers_do_not_draw_on_the_terminal() -> None:
    silent = [path for path in SOURCES if layer_of(path) in ("config", "embeddings")]
    silent += [path for path in SOURCES if layer_of(path) == "retrieval" and not is_edge(path)]
    assert [hit for path in silent for hit in found(path, TERMINAL)] == []


def is_edge(path: Path) -> bool:
    """Commands and what only they use: ``retrieval/cli.py``, ``retrieval/cli/``, ``__main__`` modules."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return "__main__" in parts or "rebuild" in parts or any(part.startswith("cli") for part in parts)


@pytest.mark.parametrize("package", LAYERS)
def test_public_names_are_declared_and_there(package: str) -> None:
    module = importlib.import_module(package)
    names = getattr(module, "__all__", None)
    assert names, f"{package}/__init__.py declares no __all__"
    assert list(names) == sorted(set(names), key=lambda name: (name.lower(), name)) or list(names) == sorted(
        names
    )
    for name in names:
        assert getattr(module, name) is not None


@pytest.mark.parametrize("module", ["retrieval", "bot", "bot.cli", "retrieval.cli"])
def test_importing_leaves_heavy_libraries_alone(module: str) -> None:
    code = f"import sys, {module}; print(*sorted(set(sys.modules) & set({HEAVY!r})))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []


def test_importing_errors_does_not_load_the_settings() -> None:
    code = "import sys, config.errors; print('pydantic' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_what_an_answer_imports_compiles_no_patterns() -> None:
    # There are two hundred of them, and a question needs a few: config.patterns compiles those.
    code = (
        "import re, sys, bot.cli, bot.answer, bot.terminal.answers\n"
        f"own = [m for n, m in sys.modules.items() if n.split('.')[0] in {LAYERS!r}]\n"
        "print(*(m.__name__ for m in own for value in vars(m).values() if isinstance(value, re.Pattern)))\n"
        "print('retrieval.search.searcher' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["", "True"]
