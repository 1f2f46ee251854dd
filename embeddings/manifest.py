"""What a prepared model folder says about itself, and the fingerprint that names the model."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

MANIFEST_NAME: Final = "anjiang.json"
FORMAT_VERSION: Final = 5
"""Raised whenever a prepared folder of an older version must not be used any more."""

NO_ADAPTER: Final = "none"


class ManifestError(ValueError):
    """The folder holds no complete model of this format version."""


@dataclass(frozen=True, slots=True)
class Conventions:
    """Everything beside the weights that decides what vector a text gets.

    Attributes:
        dim: components of a vector.
        max_tokens: where inputs are cut, special tokens included.
        query_prefix: put before queries.
        passage_prefix: put before passages.
        pooling: how token vectors become one ("mean", "cls", or the model's own module names).
        normalize: whether vectors have length 1; always so in this project, but part of the identity.
        adapter: digest of what was merged into the weights; "none" for the plain model.
    """

    dim: int
    max_tokens: int
    query_prefix: str
    passage_prefix: str
    pooling: str
    normalize: bool = True
    adapter: str = NO_ADAPTER


@dataclass(frozen=True, slots=True)
class Manifest:
    """The contents of ``anjiang.json``.

    Attributes:
        model: the model as the settings name it.
        source: where the weights came from, for people to read.
        fingerprint: see ``Encoder.fingerprint``.
        conventions: see ``Conventions``.
        onnx: the serving graph, relative to the folder; "" if the model could not be exported.
        files: size in bytes of every other file of the folder, by relative path.
        format_version: see ``FORMAT_VERSION``.
    """

    model: str
    source: str
    fingerprint: str
    conventions: Conventions
    onnx: str
    files: dict[str, int]
    format_version: int = FORMAT_VERSION


def fingerprint(weights: Iterable[Path], tokenizer: Path, conventions: Conventions) -> str:
    """32 hexadecimal digits that stand for one way of turning text into vectors.

    Args:
        weights: the files with the weights of the SentenceTransformer form; the ONNX form is derived from
            them and so shares the fingerprint.
        tokenizer: tokenizer.json.
        conventions: prefixes, pooling, length, adapter.
    """
    digest = hashlib.sha256()
    for path in [*sorted(weights), tokenizer]:
        with path.open("rb") as stream:
            digest.update(hashlib.file_digest(stream, "sha256").digest())
    digest.update(json.dumps(asdict(conventions), sort_keys=True).encode("utf-8"))
    return digest.hexdigest()[:32]


def write_manifest(folder: Path, model: str, source: str, identity: str, conventions: Conventions) -> None:
    """Lists the files of a finished folder and writes its manifest."""
    files = {
        path.relative_to(folder).as_posix(): path.stat().st_size
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != MANIFEST_NAME
    }
    onnx = next((name for name in files if name.endswith(".onnx")), "")
    manifest = Manifest(model, source, identity, conventions, onnx, files)
    text = json.dumps(asdict(manifest), ensure_ascii=False, indent=2)
    (folder / MANIFEST_NAME).write_text(text + "\n", "utf-8")


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a folder whose files are all there in full.

    Raises:
        ManifestError: no manifest, another format version, or a file is missing or of another size.
    """
    try:
        fields = json.loads((folder / MANIFEST_NAME).read_text("utf-8"))
        if fields["format_version"] != FORMAT_VERSION:
            raise ManifestError(f"{folder}: format version {fields['format_version']}")
        fields["conventions"] = Conventions(**fields["conventions"])
        manifest = Manifest(**fields)
        for name, size in manifest.files.items():
            if (folder / name).stat().st_size != size:
                raise ManifestError(f"{folder / name}: not {size} bytes")
    except (OSError, UnicodeDecodeError, json.JSONDecodeError, KeyError, TypeError, AttributeError) as error:
        raise ManifestError(f"{folder}: {error}") from error
    return manifest
