"""Telling whether a damaged index is behind a failure, so that another generation can be asked instead."""

from __future__ import annotations

from config.errors import AnjiangError, IndexDamagedError
from retrieval.beside import Begun, beside, later
from retrieval.index import manifest
from retrieval.index.generation import Generation
from retrieval.index.manifest import check_files


def damage_of(generation: Generation) -> IndexDamagedError | None:
    """What is wrong with the files of an opened generation, every one hashed; None when all are whole.

    About a second a gigabyte, on one core, without holding other threads up.
    """
    try:
        check_files(generation.path, generation.manifest, everything=True)
    except IndexDamagedError as damage:
        return damage
    return None


def damage_beside(generation: Generation) -> Begun[IndexDamagedError | None]:
    """Begin to look for what opening a generation passed over: large files are hashed beside the question."""
    passed = any(record.size > manifest.HASHED_AT_OPEN for record in generation.manifest.files.values())
    return beside(lambda: damage_of(generation)) if passed else later(lambda: None)


def damage_behind(error: Exception, generation: Generation) -> IndexDamagedError | None:
    """The damage that made work with a generation fail; None when it failed for another reason.

    Large files are not hashed when a generation is opened, so a changed byte may also come to light as an
    error that nobody foresaw: then every file is hashed now.
    """
    if isinstance(error, IndexDamagedError):
        # A copy: the error itself holds on to all that the failed work had in hand.
        return IndexDamagedError(error.key, **error.values)
    return None if isinstance(error, AnjiangError) else damage_of(generation)
