"""When a speech was given, and when the paper that carries it came out."""

from __future__ import annotations

import re

from retrieval.documents import shapes
from retrieval.documents.dates import FoundDate, find_date, find_period
from retrieval.documents.source import Source
from retrieval.documents.types import Genre, Known, Provenance, Span, ZoneKind

_TODAY = re.compile(r"今天(?:已经)?(?:是)?\s*[（(，,]?\s*")
_OPENED = re.compile(r"[^。！？!?\n]{0,60}(?:召开|举行|开幕|启动)")
_GIVEN_YEAR = re.compile(r"(?:完成|做好|部署|抓好|安排|实现|谋划)(?:了)?(?P<year>20\d{2})年(?!以来|底|前)")
_PUBLISHED = re.compile(r"(?:发布|更新|发表|录入|上传)?(?:时间|日期)\s*[:：]\s*")
_PRINTED = re.compile(r"印发\s*$")


def read_issued(source: Source) -> Known:
    """When the paper or page that carries the speech came out."""
    for line in source.lines(ZoneKind.LETTERHEAD):
        found = find_date(source.raw, line.start, line.end)
        if found and found.year and found.day:
            return Known(found.iso(), Provenance.EXPLICIT, Span(found.start, found.end))
    for line in source.lines(ZoneKind.TAIL):
        found = find_date(source.raw, line.start, line.end)
        if found and found.year and _PRINTED.search(source.text(line)):
            return Known(found.iso(), Provenance.EXPLICIT, Span(found.start, found.end))
    for span in source.spans(ZoneKind.NOISE):
        for label in _PUBLISHED.finditer(source.raw, span.start, span.end):
            found = find_date(source.raw, label.end(), min(span.end, label.end() + 24))
            if found and found.year and found.start == label.end():
                return Known(found.iso(), Provenance.EXPLICIT, Span(found.start, found.end))
    return _page_date(source)


def _page_date(source: Source) -> Known:
    """The date that a site prints among its credits above the text."""
    body = source.lead().start
    for span in source.spans(ZoneKind.NOISE):
        found = find_date(source.raw, span.start, span.end) if span.end <= body else None
        if found and found.year and found.day:
            return Known(found.iso(), Provenance.EXPLICIT, Span(found.start, found.end))
    return Known()


def read_date(source: Source, title: Known, issued: Known, genre: Genre) -> Known:
    """When the speech was given, as exactly as the document lets one know."""
    stated = _explicit_date(source, title, issued)
    if stated:
        return _dated(source, stated, issued)
    if genre is Genre.NEWS:
        return _reported_date(source, issued)
    held = _reported_date(source, issued) if "纪要" in title.text else Known()
    if held.text:
        return held
    signed = _signed_date(source, genre)
    return _dated(source, signed, issued) if signed else _period(source, title)


def _explicit_date(source: Source, title: Known, issued: Known) -> FoundDate | None:
    """The date in the byline, in the title, or after 今天 in the first words."""
    for line in source.lines(ZoneKind.BYLINE):
        found = find_date(source.raw, line.start, line.end)
        if found:
            return found
    if title.span:
        found = find_date(source.raw, title.span.start, title.span.end)
        if found and found.year:
            return found
    lead = source.lead()
    for today in _TODAY.finditer(source.raw, lead.start, lead.end):
        found = find_date(source.raw, today.end(), today.end() + 20)
        if found and found.start == today.end() and (found.year or issued.text):
            return found
    return None


def _period(source: Source, title: Known) -> Known:
    """The year or half year that a title names."""
    found = find_period(title.text)
    if not found or not title.span:
        return Known()
    at = source.raw.find(found[0], title.span.start, title.span.end)
    return Known(found[0], Provenance.PERIOD, Span(at, at + len(found[0])) if at >= 0 else None)


def _dated(source: Source, found: FoundDate, issued: Known) -> Known:
    """A date as a value; a missing year is that of the issue, or the one before when that lies ahead."""
    span = Span(found.start, found.end)
    if found.year:
        return Known(found.iso(), Provenance.EXPLICIT, span)
    if not issued.text:
        return Known(source.text(span), Provenance.PERIOD, span)
    year = int(issued.text[:4])
    if found.iso(year) > issued.text:
        year -= 1
    return Known(found.iso(year), Provenance.INFERRED, span)


def _reported_date(source: Source, issued: Known) -> Known:
    """The day on which a report or minutes say that the meeting was held."""
    lead = source.lead()
    found = find_date(source.raw, lead.start, lead.end)
    if not found or not _OPENED.match(source.raw, found.end):
        return Known()
    if found.year or issued.text:
        return _dated(source, found, issued)
    years = {match["year"] for match in _GIVEN_YEAR.finditer(source.body())}
    if len(years) != 1:
        return Known()
    return Known(found.iso(int(years.pop())), Provenance.INFERRED, Span(found.start, found.end))


def _signed_date(source: Source, genre: Genre) -> FoundDate | None:
    """The date under a speech's last words; under a circular it is the date of issue."""
    if genre is Genre.CIRCULAR:
        return None
    for line in source.lines(ZoneKind.TAIL):
        if shapes.is_date_line(source.text(line)):
            found = find_date(source.raw, line.start, line.end)
            return found if found and found.year else None
    return None
