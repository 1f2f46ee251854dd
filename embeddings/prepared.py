"""Prepared model folders in the user's cache: there in full or not at all.

A folder is written under a temporary name and renamed when it is complete, under a lock that dies with its
process. So two processes never prepare at once, and what a killed one left is swept by the next.
"""

from __future__ import annotations

import logging
import shutil
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from embeddings.manifest import Manifest, ManifestError, read_manifest

_LOG = logging.getLogger(__name__)

_TEMPORARY: Final = "tmp-"
_LOCK_NAME: Final = ".lock"


@dataclass(frozen=True, slots=True)
class PreparedModel:
    """A complete model folder and its manifest."""

    folder: Path
    manifest: Manifest


def models_folder(cache_dir: Path | None) -> Path:
    """Where prepared models live: below the given cache folder, or below the user's own."""
    if cache_dir is None:
        import platformdirs  # noqa: PLC0415

        cache_dir = Path(platformdirs.user_cache_dir("anjiang", appauthor=False))
    return cache_dir / "models"


def find_folder(folder: Path) -> PreparedModel | None:
    """A prepared folder if it is there in full; changes nothing."""
    try:
        return PreparedModel(folder, read_manifest(folder))
    except ManifestError as error:
        _LOG.debug("not prepared: %s", error)
        return None


def folders_beside(used: Iterable[Path], cache_dir: Path | None) -> tuple[Path, ...]:
    """Prepared models other than these, by name: of other settings, or left by an adapter of before."""
    root = models_folder(cache_dir)
    kept = {path.name for path in used}
    found = [path for path in root.iterdir() if path.is_dir()] if root.is_dir() else []
    return tuple(sorted(path for path in found if path.name not in kept))


def prepare_folder(target: Path, fill: Callable[[Path], None]) -> PreparedModel:
    """The prepared folder, filled now if it is not there in full.

    Args:
        target: the folder.
        fill: writes everything, the manifest last, into an empty folder.

    Raises:
        OSError: it can't be written.
    """
    ready = find_folder(target)
    if ready is not None:
        return ready
    import filelock  # noqa: PLC0415

    target.parent.mkdir(parents=True, exist_ok=True)
    with filelock.FileLock(target.parent / _LOCK_NAME):
        # Another process may have finished it while this one waited.
        return find_folder(target) or _filled(target, fill)


def _filled(target: Path, fill: Callable[[Path], None]) -> PreparedModel:
    root = target.parent
    for leftover in root.glob(_TEMPORARY + "*"):
        _LOG.info("removing what an interrupted preparation left: %s", leftover)
        shutil.rmtree(leftover)
    temporary = Path(tempfile.mkdtemp(prefix=_TEMPORARY, dir=root))
    try:
        fill(temporary)
        if target.exists():  # damaged, or of an older format
            shutil.rmtree(target)
        temporary.chmod(0o755)
        temporary.rename(target)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    return PreparedModel(target, read_manifest(target))
