"""A raw text seen through its zones, for those who read metadata out of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from retrieval.documents.types import Known, Provenance, Span, Zone, ZoneKind

_LEAD = 700
"""Characters at the beginning of the body that may say when and where the speech is given."""


@dataclass(frozen=True, slots=True)
class Source:
    """A raw text with its zones.

    Attributes:
        raw: the text.
        zones: sorted, not overlapping.
    """

    raw: str
    zones: Sequence[Zone]

    def spans(self, *kinds: ZoneKind) -> list[Span]:
        """The zones of these kinds, in order."""
        return [zone.span for zone in self.zones if zone.kind in kinds]

    def lines(self, *kinds: ZoneKind) -> list[Span]:
        """The lines of these zones without the blanks around them."""
        return [
            Span(zone.start + line.start(), zone.start + line.start() + len(line[0].rstrip()))
            for zone in self.spans(*kinds)
            for line in re.finditer(r"[^\s][^\r\n]*", self.raw[zone.start : zone.end])
        ]

    def text(self, span: Span) -> str:
        """The raw text of a span."""
        return self.raw[span.start : span.end]

    def explicit(self, span: Span) -> Known:
        """The words of a span as a value that the file states."""
        return Known(self.text(span), Provenance.EXPLICIT, span)

    def body(self) -> str:
        """All body zones together."""
        return "".join(self.text(span) for span in self.spans(ZoneKind.BODY))

    def lead(self) -> Span:
        """The first words of the body."""
        body = self.spans(ZoneKind.BODY)
        start = body[0].start if body else 0
        return Span(start, min(len(self.raw), start + _LEAD))
