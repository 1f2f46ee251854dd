"""Finds the folder of a model that is named by a path or by its id on the model hub."""

from __future__ import annotations

import re
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Final

from config.errors import ModelUnavailableError
from embeddings.quiet import quieten_environment

_HUB_ID: Final = re.compile(r"[A-Za-z0-9][\w.-]*(/[\w.-]+)?")
_DEFAULT_OWNER: Final = "sentence-transformers"  # of ids without an owner, as sentence-transformers has it
_PROBE_SECONDS: Final = 8.0
# Other forms of the same weights, which a hub repository may carry beside the ones we read.
_NOT_NEEDED: Final = ["onnx/*", "openvino/*", "*.h5", "*.msgpack", "*.ot", "*.gguf", "*.onnx", "*.tflite"]


def fetch_model(model: str, on_download: Callable[[], None]) -> Path:
    """The local folder of a model, downloaded if it is on the hub only.

    Args:
        model: a folder, or a hub id such as "BAAI/bge-small-zh-v1.5".
        on_download: called before a download begins.

    Raises:
        ModelUnavailableError: no such folder, no such model, or no hub in reach (told within seconds).
    """
    folder = Path(model).expanduser()
    if folder.is_dir():
        if not any((folder / name).is_file() for name in ("modules.json", "config.json")):
            detail = "it has neither modules.json nor config.json"
            raise ModelUnavailableError("embeddings.model_unreadable", model=model, detail=detail)
        return folder
    if not _HUB_ID.fullmatch(model):
        raise ModelUnavailableError("embeddings.model_no_folder", model=model)
    return _from_hub(model, on_download)


def _from_hub(model: str, on_download: Callable[[], None]) -> Path:
    quieten_environment()
    from huggingface_hub import snapshot_download  # noqa: PLC0415
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError  # noqa: PLC0415

    hub_id = model if "/" in model else f"{_DEFAULT_OWNER}/{model}"
    try:
        return Path(snapshot_download(hub_id, local_files_only=True, ignore_patterns=_NOT_NEEDED))
    except LocalEntryNotFoundError:
        _probe(model, hub_id)
    on_download()
    try:
        return Path(snapshot_download(hub_id, ignore_patterns=_NOT_NEEDED))
    # The bases of the hub's own error are those of the HTTP library that this version of it uses.
    except (OSError, *HfHubHTTPError.__bases__) as error:  # type: ignore[misc]
        raise ModelUnavailableError("embeddings.model_no_hub", model=model, detail=_short(error)) from error


def _probe(model: str, hub_id: str) -> None:
    """Asks the hub once whether it has the model: the hub's library would try again and again."""
    from huggingface_hub import constants, get_token  # noqa: PLC0415

    if constants.HF_HUB_OFFLINE:
        raise ModelUnavailableError("embeddings.model_no_hub", model=model, detail="HF_HUB_OFFLINE=1")
    request = urllib.request.Request(f"{constants.ENDPOINT}/api/models/{hub_id}")  # noqa: S310
    token = get_token()
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    try:
        with urllib.request.urlopen(request, timeout=_PROBE_SECONDS):  # noqa: S310
            return
    except urllib.error.HTTPError as error:
        error.close()
        key = "model_not_on_hub" if error.code in (401, 403, 404) else "model_no_hub"
        raise ModelUnavailableError(f"embeddings.{key}", model=model, detail=_short(error)) from error
    except (OSError, ValueError) as error:  # ValueError: HF_ENDPOINT is no address
        raise ModelUnavailableError("embeddings.model_no_hub", model=model, detail=_short(error)) from error


def _short(error: BaseException) -> str:
    reason = getattr(error, "reason", None) or error
    return " ".join(str(reason).split())[:200] or type(error).__name__
