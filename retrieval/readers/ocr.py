"""Scans and photographs: the text in a picture by optical recognition, with the extra ``ocr`` installed.

Recognised text is wrong in places, and says so: the reading carries `ReadWarning.OCR`, and the names of its
places end in （识别）, so that every citation shows it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from config.errors import DocumentError
from retrieval.documents.types import ReadWarning
from retrieval.readers.ocr_engine import Picture, Seen, recognise
from retrieval.readers.ocr_images import count_pages, is_tiny, read_pictures
from retrieval.readers.ocr_pages import as_page, evened
from retrieval.readers.ocr_seals import without_seals
from retrieval.readers.ocr_strips import strips
from retrieval.readers.places import RECOGNISED
from retrieval.readers.printed import Page
from retrieval.readers.printed_reading import compose, name_of
from retrieval.readers.types import UNNAMED, Reading

MOST_PAGES = 100
"""Pages of one file that are recognised, at 3 to 5 seconds each; the longest speeches have 100."""

_DOUBTFUL = 0.9
"""Mean score of the characters below which a text is told to be doubtful; clean scans have 0.97 and more."""


def read(data: bytes) -> Reading:
    """Read an image file, every page of it.

    Raises:
        DocumentError: the extra is not installed, the file is damaged or too large, or shows no text.
    """
    found = Recognition()
    found.missing += range(MOST_PAGES + 1, count_pages(data) + 1)
    for number, picture in enumerate(read_pictures(data, MOST_PAGES), 1):
        found.add(number, picture)
    return found.reading([], "image")


@dataclass(slots=True)
class Recognition:
    """The pages of one file, as they are recognised.

    Attributes:
        pages: those with text.
        is_partial: lines of some could not be recognised.
        missing: numbers of pages that are damaged or beyond the limit.
    """

    pages: list[Page] = field(default_factory=list)
    is_partial: bool = False
    missing: list[int] = field(default_factory=list)
    _characters: int = 0
    _sum: float = 0.0

    def add(self, number: int, picture: Picture | None, size: tuple[float, float] | None = None) -> None:
        """Recognise a page.

        Args:
            number: of the page, from 1.
            picture: None for a page that is damaged.
            size: width and height in points, where they are known.
        """
        if picture is None:
            self.missing.append(number)
            return
        if is_tiny(picture):
            return
        seen = _seen(without_seals(picture))
        self.is_partial |= seen.is_partial
        for line in seen.lines:
            self._characters += len(line.text)
            self._sum += len(line.text) * line.score
        page = as_page(seen, number, size)
        if page.pieces:
            self.pages.append(page)

    def reading(self, others: Sequence[Page], reader: str, title: str = "") -> Reading:
        """What was recognised and pages that were read otherwise, as one text.

        Raises:
            DocumentError: there is no text.
        """
        if not self.pages and not others:
            raise DocumentError("documents.no_text_seen", file=UNNAMED)
        pages = sorted([*evened(self.pages), *others], key=lambda page: page.number)
        reading = compose(
            pages, reader=reader, title=title, warnings=list(self._warnings()), missing=self.missing
        )
        names = {name_of(page.number) for page in self.pages}
        units = (
            replace(unit, name=unit.name + RECOGNISED) if unit.name in names else unit
            for unit in reading.units
        )
        return replace(reading, units=tuple(units))

    def _warnings(self) -> Iterator[ReadWarning]:
        if self.pages:
            yield ReadWarning.OCR
        if self._sum < _DOUBTFUL * self._characters:
            yield ReadWarning.OCR_DOUBTFUL
        if self.is_partial or self.missing:
            yield ReadWarning.PARTLY_READ


def _seen(picture: Picture) -> Seen:
    """What a picture shows, a long one part by part."""
    parts = list(strips(picture))
    if len(parts) == 1:
        return recognise(picture)
    found = [(recognise(part, is_upright=True), top) for part, top in parts]
    lines = tuple(
        replace(line, corners=line.corners + np.array([0.0, float(top)]))
        for seen, top in found
        for line in seen.lines
    )
    height, width = picture.shape[:2]
    return Seen(lines, height, width, is_partial=any(seen.is_partial for seen, _ in found))
