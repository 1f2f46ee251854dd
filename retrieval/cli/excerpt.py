"""A document on the screen as it stands in its file: all of it, or a place with what is around it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from rich.text import Text

from retrieval.cli.screen import FAINT, STRONG, styled
from retrieval.types import Document, Section, Span, ZoneKind

_AROUND = 160  # characters shown before and after a place: a sentence or two
_GAP = 400  # places closer than this are shown in one piece
_BOUNDARY = re.compile(r"(?<=[。！？；\n])")
_QUIET = {ZoneKind.LETTERHEAD, ZoneKind.TAIL, ZoneKind.NOISE}
HIGHLIGHT = "bold"


def whole_document(document: Document) -> Text:
    """The file's text: headings strong, what is no speech faint."""
    styles = [(zone.span, FAINT) for zone in document.zones if zone.kind in _QUIET]
    styles += [(zone.span, STRONG) for zone in document.zones if zone.kind is ZoneKind.TITLE]
    styles += [(section.heading, STRONG) for section in _walk(document.sections)]
    return _styled_raw(document.raw, Span(0, len(document.raw)), styles, "")


def excerpt(document: Document, spans: Sequence[Span]) -> list[tuple[Text, bool]]:
    """The places and what stands around them, in pieces; True marks the pieces that are meant."""
    pieces: list[tuple[Text, bool]] = []
    raw = document.raw
    groups = _grouped(spans)
    for number, group in enumerate(groups):
        if number:
            pieces.append((styled(("…", FAINT)), False))
        start, end = _before(raw, group[0].start), _after(raw, group[-1].end)
        at = start
        for span in group:
            pieces.append((_piece(raw, at, span.start, FAINT), False))
            pieces.append((_piece(raw, span.start, span.end, ""), True))
            at = span.end
        pieces.append((_piece(raw, at, end, FAINT), False))
    return [(text, meant) for text, meant in pieces if text.plain.strip()]


def _grouped(spans: Sequence[Span]) -> list[list[Span]]:
    groups: list[list[Span]] = []
    for span in spans:
        if groups and span.start - groups[-1][-1].end < _GAP:
            groups[-1].append(span)
        else:
            groups.append([span])
    return groups


def _before(raw: str, end: int) -> int:
    """Where to begin before a place: at a sentence if one begins near."""
    start = max(0, end - _AROUND)
    found = _BOUNDARY.search(raw, start, end)
    return found.start() if found and start else start


def _after(raw: str, start: int) -> int:
    end = min(len(raw), start + _AROUND)
    found = [match.start() for match in _BOUNDARY.finditer(raw, start, end)]
    return found[-1] if found and end < len(raw) else end


def _piece(raw: str, start: int, end: int, style: str) -> Text:
    lines = [line.strip() for line in raw[start:end].splitlines()]
    return styled(("\n".join(line for line in lines if line), style))


def _styled_raw(raw: str, base: Span, styles: Iterable[tuple[Span, str]], plain: str) -> Text:
    """Cut at every border first: making text harmless may change its length."""
    listed = list(styles)
    borders = {base.start, base.end, *(at for span, _ in listed for at in (span.start, span.end))}
    cuts = sorted(at for at in borders if base.start <= at <= base.end)
    text = Text()
    for start, end in pairwise(cuts):
        covering = [style for span, style in listed if span.start <= start and end <= span.end]
        text += styled((raw[start:end], covering[-1] if covering else plain))
    return text


def _walk(sections: Iterable[Section]) -> Iterable[Section]:
    for section in sections:
        yield section
        yield from _walk(section.children)
