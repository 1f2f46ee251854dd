"""A document as read from a plain text, carried over to the file: its places, and its words as written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from retrieval.documents.edits import apply_edits, compose
from retrieval.documents.plain import Plain
from retrieval.documents.types import (
    Document,
    Known,
    Metadata,
    Quotation,
    Section,
    Span,
    Turn,
    Zone,
    ZoneKind,
)


def in_file(document: Document, raw: str, plain: Plain) -> Document:
    """A document whose offsets count in the file and whose words are the file's.

    Args:
        document: as read from ``plain.reading``.
        raw: the file as decoded.
        plain: the plain text made from it.
    """
    if plain.text.text == raw == plain.reading:
        return document
    placed = _Placed(plain)
    shown = apply_edits(plain.text.text, document.clean.edits)
    return replace(
        document,
        raw=raw,
        clean=compose(raw, plain.text, shown),
        metadata=placed.metadata(document.metadata),
        zones=tuple(_without(placed.zones(document.zones), plain.furniture)),
        sections=tuple(map(placed.section, document.sections)),
        turns=tuple(
            Turn(placed.span(turn.span), placed.words(turn.speaker), placed.words(turn.role))
            for turn in document.turns
        ),
        quotations=tuple(
            Quotation(placed.span(quotation.span), placed.words(quotation.speaker))
            for quotation in document.quotations
        ),
        masks=tuple(map(placed.span, document.masks)),
    )


class _Placed:
    """Places of a plain text in its file, and words as the file writes them."""

    def __init__(self, plain: Plain) -> None:
        self._plain = plain

    def span(self, span: Span) -> Span:
        return Span(*self._plain.text.to_source(span.start, span.end))

    def words(self, text: str, near: int = 0) -> str:
        """Words of the reading as the file writes them; unchanged where they stand there in pieces."""
        at = self._plain.reading.find(text, near) if text else -1
        return self._plain.text.text[at : at + len(text)] if at >= 0 else text

    def metadata(self, metadata: Metadata) -> Metadata:
        return replace(
            metadata,
            title=self._known(metadata.title),
            speaker=self._known(metadata.speaker),
            role=self._known(metadata.role),
            date=self._known(metadata.date),
            occasion=self._known(metadata.occasion),
            organ=self._known(metadata.organ),
            series=self._known(metadata.series),
            place=self._known(metadata.place),
            issued=self._known(metadata.issued),
        )

    def _known(self, value: Known) -> Known:
        if value.span is None:
            return value
        return replace(value, text=self.words(value.text, value.span.start), span=self.span(value.span))

    def zones(self, zones: Sequence[Zone]) -> Iterator[Zone]:
        return (Zone(zone.kind, self.span(zone.span)) for zone in zones)

    def section(self, section: Section) -> Section:
        return replace(
            section,
            marker=self.words(section.marker, section.heading.start),
            title=self.words(section.title, section.heading.start),
            heading=self.span(section.heading),
            span=self.span(section.span),
            children=tuple(map(self.section, section.children)),
        )


def _without(zones: Iterator[Zone], furniture: Sequence[Span]) -> Iterator[Zone]:
    """Zones with what stands between the lines of a page cut out of them, as noise."""
    for zone in zones:
        start = zone.span.start
        for cut in furniture:
            if not start <= cut.start < cut.end <= zone.span.end:
                continue
            if zone.kind is not ZoneKind.NOISE:
                if start < cut.start:
                    yield Zone(zone.kind, Span(start, cut.start))
                yield Zone(ZoneKind.NOISE, cut)
                start = cut.end
        if start < zone.span.end:
            yield Zone(zone.kind, Span(start, zone.span.end))
