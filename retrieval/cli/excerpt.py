"""A document on the screen as it stands in its file: all of it, or a place with what is around it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from rich.text import Text

from retrieval.cli.screen import FAINT, STRONG, styled
from retrieval.documents.types import Document, Span, ZoneKind

_AROUND = 160  # characters shown before and after a place: a sentence or two
_GAP = 400  # places closer than this are shown in one piece
_BOUNDARY = re.compile(r"(?<=[。！？；\n])")
_QUIET = {ZoneKind.LETTERHEAD, ZoneKind.TAIL, ZoneKind.NOISE}
_EMPTY_LINES = re.compile(r"[ \t\u3000]*(?:\r?\n[ \t\u3000]*)+")


def whole_document(document: Document) -> Text:
    """The file's text: headings strong, what is no speech faint."""
    styles = [(zone.span, FAINT) for zone in document.zones if zone.kind in _QUIET]
    styles += [(zone.span, STRONG) for zone in document.zones if zone.kind is ZoneKind.TITLE]
    styles += [(section.heading, STRONG) for section in document.all_sections()]
    return _styled_raw(document.raw, Span(0, len(document.raw)), styles, "")


def excerpt(document: Document, spans: Sequence[Span]) -> tuple[Text, list[tuple[int, int]]]:
    """The places with what stands around them, and where the places lie in that text."""
    raw, text = document.raw, Text()
    marks: list[tuple[int, int]] = []
    for number, group in enumerate(_grouped(spans)):
        if number:
            text.append("\n…\n", FAINT)
        at = _before(raw, group[0].start)
        for span in group:
            text += _piece(raw, at, span.start, FAINT)
            marks.append((len(text), len(text := text + _piece(raw, span.start, span.end, ""))))
            at = span.end
        text += _piece(raw, at, _after(raw, at), FAINT)
    return text, marks


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
    # An empty line in a file parts paragraphs; on the screen it only makes an excerpt longer.
    return styled((_EMPTY_LINES.sub("\n", raw[start:end]), style))


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
