"""What is doubtful about files that were read, with the places that are missing."""

from __future__ import annotations

from dataclasses import dataclass

from retrieval.documents.types import Document, ReadWarning
from retrieval.readers.places import missing_places

_OF_PLACES = (ReadWarning.PARTLY_READ, ReadWarning.SCANNED_PAGES)


@dataclass(frozen=True, slots=True, order=True)
class Doubt:
    """A file that was read with doubt.

    Attributes:
        path: relative to the archive.
        warning: what is doubtful.
        places: names of the places that could not be read (第3页), where that is the doubt.
    """

    path: str
    warning: ReadWarning
    places: tuple[str, ...] = ()


def doubts_of(document: Document) -> list[Doubt]:
    """What is doubtful about a document."""
    missing = tuple(missing_places(document.units))
    return [
        Doubt(document.path, warning, missing if warning in _OF_PLACES else ())
        for warning in document.warnings
    ]
