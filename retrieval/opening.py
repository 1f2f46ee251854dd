"""Opening the index that the settings name: in files on this machine, or on a Milvus server."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from config.errors import IndexDamagedError
from config.settings import Backend, Settings
from retrieval.index import Generation, current_name, open_generation, open_sound

if TYPE_CHECKING:
    from retrieval.milvus.server import Server


def name_in_force(settings: Settings) -> str | None:
    """The generation in force, to notice a new one; None when there is none.

    Raises:
        IndexDamagedError: what names it can't be read.
        ServerError: the server can't be asked.
    """
    if settings.retrieval.backend is Backend.FAISS:
        return current_name(Path(settings.index))
    from retrieval.milvus import generation as remote  # noqa: PLC0415 -- most have no server

    return remote.name_in_force(_server(settings))


def open_index(
    settings: Settings,
    fingerprint: str | None,
    *,
    damaged: Mapping[str, IndexDamagedError] | None = None,
    verify: bool = False,
    model: str = "",
) -> Generation:
    """Open the generation in force.

    Args:
        settings: where it is.
        fingerprint: of the encoder that will encode the queries; None accepts any (to show documents).
        damaged: where another generation may stand in for a damaged one, those that proved damaged already;
            the ``damage`` of what is opened is then to be told. None: only the one in force.
        verify: hash every file, large ones too.
        model: that encoder's name, for the message when it is another one.

    Raises:
        IndexMissingError, IndexDamagedError, IndexMismatchError: the index can't be used; what to run.
        ServerError: the server can't be asked.
    """
    index = Path(settings.index)
    if settings.retrieval.backend is Backend.FAISS:
        if damaged is None:
            return open_generation(index, fingerprint, verify=verify, model=model)
        return open_sound(index, fingerprint, damaged, model)
    from retrieval.milvus import generation as remote  # noqa: PLC0415

    if damaged is None:
        return remote.open_in_force(index, _server(settings), fingerprint, model, verify=verify)
    return remote.open_sound(index, _server(settings), fingerprint, damaged, model)


def _server(settings: Settings) -> Server:
    from retrieval.milvus.server import connect  # noqa: PLC0415

    return connect(settings.milvus)
