"""What a document says about itself, and how each value is known.

Explicit: the file says it of this speech. Inferred: it follows from something else the file says (the
year of a day and month). Period: only a stretch of time is named. A year mentioned in the text is not
the date of the speech.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from retrieval.documents import shapes, titles
from retrieval.documents.dates import FoundDate, find_date, find_period
from retrieval.documents.people import known_people
from retrieval.types import Genre, Known, Metadata, Provenance, Span, Zone, ZoneKind

_LEAD = 700
"""Characters at the beginning of the body that may say when and where the speech is given."""

_REPORTS = re.compile(r"[\u4e00-\u9fff]{2,4}(?:强调|指出|要求|表示|说|认为)[,，:：]")
_OWN_VOICE = re.compile(r"下面[，,]?我|我(?:再)?(?:讲|强调|代表|宣布)|我今天")
_HEADLINE = re.compile(r"^(?P<name>[\u4e00-\u9fff]{2,4})[:：]")
_TODAY = re.compile(r"今天(?:是)?\s*[（(，,]?\s*")
_OPENED = re.compile(r"[^。！？!?\n]{0,60}(?:召开|举行|开幕|启动)")
_GIVEN_YEAR = re.compile(r"(?:完成|做好|部署|抓好|安排|实现|谋划)(?:了)?(?P<year>20\d{2})年(?!以来|底|前)")
_MEETING = re.compile(
    r"(?:^|[，,。！!；;\s—]|我们|市政府|县政府|区政府|省政府)(?P<name>[^，,。！!；;、—“”（）()\s]{4,60}?(?:会议|大会|推进会|调度会|部署会|动员会|座谈会|例会|启动仪式))(?:在[^，,。]{1,16})?(?:召开|举行)"
)
_HELD = re.compile(
    r"(?:召开|举行)(?:了)?(?P<name>[^，,。；;！!]{4,60}?(?:会议|大会|会|仪式|活动))(?=[，,。；;！!]|的)"
)
_PUBLISHED = re.compile(r"(?:发布|更新|发表|录入|上传)?(?:时间|日期)\s*[:：]\s*")
_PRINTED = re.compile(r"印发\s*$")
_EDITED_BY = re.compile(r"(?:编印|编|印|主办)$")


@dataclass(frozen=True, slots=True)
class _Source:
    raw: str
    zones: Sequence[Zone]

    def spans(self, *kinds: ZoneKind) -> list[Span]:
        return [zone.span for zone in self.zones if zone.kind in kinds]

    def lines(self, *kinds: ZoneKind) -> list[Span]:
        """The lines of these zones without the blanks around them."""
        return [
            Span(zone.start + line.start(), zone.start + line.start() + len(line[0].rstrip()))
            for zone in self.spans(*kinds)
            for line in re.finditer(r"[^\s][^\r\n]*", self.raw[zone.start : zone.end])
        ]

    def text(self, span: Span) -> str:
        return self.raw[span.start : span.end]

    def known(self, span: Span, provenance: Provenance = Provenance.EXPLICIT) -> Known:
        return Known(self.text(span), provenance, span)

    def lead(self) -> Span:
        body = self.spans(ZoneKind.BODY)
        start = body[0].start if body else 0
        return Span(start, min(len(self.raw), start + _LEAD))


def read_metadata(raw: str, zones: Sequence[Zone]) -> Metadata:
    """Read the metadata of a document from its zones."""
    source = _Source(raw, zones)
    title = _title(source)
    genre = _genre(source, title)
    organ, series, issued = _organ(source), _series(source), _issued(source)
    speaker, role = _speaker(source, title, genre)
    return Metadata(
        title=title,
        speaker=speaker,
        role=role,
        date=_date(source, title, issued, genre),
        occasion=_occasion(source, title),
        organ=organ,
        series=series,
        place=_place(source, genre, organ, role, title),
        issued=issued,
        genre=genre,
    )


def _title(source: _Source) -> Known:
    spans = source.spans(ZoneKind.TITLE)
    if not spans:
        return Known()
    text = "".join(source.text(span).strip() for span in spans[:2])
    return Known(text, Provenance.EXPLICIT, Span(spans[0].start, spans[:2][-1].end))


def _genre(source: _Source, title: Known) -> Genre:
    head = source.lines(ZoneKind.LETTERHEAD)
    tail = source.lines(ZoneKind.TAIL)
    if any(shapes.is_series(source.text(line)) or shapes.is_issue_number(source.text(line)) for line in head):
        return Genre.CIRCULAR
    if any(shapes.is_distribution(source.text(line)) for line in tail):
        return Genre.CIRCULAR
    if source.spans(ZoneKind.SALUTATION):
        return Genre.SPEECH
    body = "".join(source.text(span) for span in source.spans(ZoneKind.BODY))
    reports = len(_REPORTS.findall(body))
    headline = bool(_HEADLINE.match(title.text))
    if reports >= 3 and not _OWN_VOICE.search(body) and (headline or reports * 800 >= len(body)):
        return Genre.NEWS
    return Genre.SPEECH


def _organ(source: _Source) -> Known:
    for line in source.lines(ZoneKind.LETTERHEAD):
        text = source.text(line)
        if shapes.is_organ(text) and not shapes.is_series(text):
            edited = _EDITED_BY.search(text)
            return source.known(Span(line.start, line.start + edited.start()) if edited else line)
    return Known()


def _series(source: _Source) -> Known:
    """The bulletin and its number: "安政通报 第三期"."""
    lines = source.lines(ZoneKind.LETTERHEAD)
    named = next((line for line in lines if shapes.is_series(source.text(line))), None)
    numbered = next((line for line in lines if shapes.is_issue_number(source.text(line))), None)
    parts = sorted(line for line in (named, numbered) if line)
    if not parts:
        return Known()
    text = " ".join(source.text(line).strip("（()）") for line in parts)
    return Known(text, Provenance.EXPLICIT, Span(parts[0].start, parts[-1].end))


def _issued(source: _Source) -> Known:
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
    return Known()


def _speaker(source: _Source, title: Known, genre: Genre) -> tuple[Known, Known]:
    headline = _HEADLINE.match(title.text)
    if genre is Genre.NEWS:
        return _reported_speaker(source, title, headline[1]) if headline else (Known(), Known())
    fused = titles.speaker_in_title(title.text)
    if title.span and any(fused):
        return _parts(source, title, *fused)
    return _byline_speaker(source)


def _parts(
    source: _Source, title: Known, name: titles.Part | None, role: titles.Part | None
) -> tuple[Known, Known]:
    """Known values of parts of a title, which may be broken over two lines."""

    def known(part: titles.Part | None) -> Known:
        if part is None or title.span is None:
            return Known()
        at = source.raw.find(title.text[part.start : part.end], title.span.start, title.span.end)
        return Known(
            part.text, Provenance.EXPLICIT, Span(at, at + part.end - part.start) if at >= 0 else None
        )

    return known(name), known(role)


def _byline_speaker(source: _Source) -> tuple[Known, Known]:
    lines = source.lines(ZoneKind.BYLINE)
    role = Known()
    for line in lines:
        text = re.sub(r"\*\*", "", source.text(line))
        found = shapes.person_line(text)
        name, office = (None, None)
        if found:
            groups = found.groupdict()
            name, office = groups.get("name"), groups.get("role")
        elif shapes.is_bare_name(text):
            name = text
        elif shapes.is_role_line(text):
            role = source.known(line)
            continue
        if name:
            plain = "" if re.search(r"[*＊×XxＸ○〇某]", name) else re.sub(r"\s", "", name)
            speaker = _at(source, line, name, plain) if plain else Known()
            return speaker, (_at(source, line, office, office) if office else role)
    return Known(), role


def _at(source: _Source, line: Span, words: str, text: str) -> Known:
    at = source.raw.find(words, line.start, line.end)
    return Known(text, Provenance.EXPLICIT, Span(at, at + len(words)) if at >= 0 else None)


def _reported_speaker(source: _Source, title: Known, name: str) -> tuple[Known, Known]:
    """The person whose words a headline gives, with the office that the report names."""
    start = title.span.start if title.span else 0
    speaker = Known(name, Provenance.EXPLICIT, Span(start, start + len(name)))
    body = source.spans(ZoneKind.BODY)
    office = known_people(source.raw[body[0].start : body[-1].end]).get(name, "") if body else ""
    at = source.raw.find(office + name, body[0].start) if office else -1
    role = Known(office, Provenance.EXPLICIT, Span(at, at + len(office))) if at >= 0 else Known()
    return speaker, role


def _date(source: _Source, title: Known, issued: Known, genre: Genre) -> Known:
    stated = _explicit_date(source, title, issued)
    if stated:
        return _dated(stated, issued)
    if genre is Genre.NEWS:
        return _reported_date(source, issued)
    signed = _signed_date(source, genre)
    return _dated(signed, issued) if signed else _period(source, title)


def _explicit_date(source: _Source, title: Known, issued: Known) -> FoundDate | None:
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


def _period(source: _Source, title: Known) -> Known:
    """The year or half year that a title names."""
    found = find_period(title.text)
    if not found or not title.span:
        return Known()
    at = source.raw.find(found[0], title.span.start, title.span.end)
    return Known(found[0], Provenance.PERIOD, Span(at, at + len(found[0])) if at >= 0 else None)


def _dated(found: FoundDate, issued: Known) -> Known:
    """A date as a value; a missing year is that of the issue, or the one before when that lies ahead."""
    span = Span(found.start, found.end)
    if found.year:
        return Known(found.iso(), Provenance.EXPLICIT, span)
    if not issued.text:
        return Known(f"{found.month:02d}-{found.day or 1:02d}", Provenance.PERIOD, span)
    year = int(issued.text[:4])
    if found.iso(year) > issued.text:
        year -= 1
    return Known(found.iso(year), Provenance.INFERRED, span)


def _reported_date(source: _Source, issued: Known) -> Known:
    """The day on which a report says that the meeting was held."""
    lead = source.lead()
    found = find_date(source.raw, lead.start, lead.end)
    if not found or not _OPENED.match(source.raw, found.end):
        return Known()
    if found.year or issued.text:
        return _dated(found, issued)
    body = "".join(source.text(span) for span in source.spans(ZoneKind.BODY))
    years = {match["year"] for match in _GIVEN_YEAR.finditer(body)}
    if len(years) != 1:
        return Known()
    return Known(found.iso(int(years.pop())), Provenance.INFERRED, Span(found.start, found.end))


def _signed_date(source: _Source, genre: Genre) -> FoundDate | None:
    """The date under a speech's last words; under a circular it is the date of issue."""
    if genre is Genre.CIRCULAR:
        return None
    for line in source.lines(ZoneKind.TAIL):
        if shapes.is_date_line(source.text(line)):
            found = find_date(source.raw, line.start, line.end)
            return found if found and found.year else None
    return None


def _occasion(source: _Source, title: Known) -> Known:
    named = titles.occasion_in_title(title.text)
    if named:
        return _parts(source, title, named, None)[0]
    lead = source.lead()
    for shape in (_MEETING, _HELD):
        found = shape.search(source.raw, lead.start, lead.end)
        if found:
            return source.known(Span(*found.span("name")))
    festival = titles.festival_in(title.text)
    if festival:
        value = _parts(source, title, festival, None)[0]
        return Known(value.text, Provenance.INFERRED, value.span)
    return Known()


def _place(source: _Source, genre: Genre, *values: Known) -> Known:
    """Where the speech belongs: from the office, the role or the title, in a report from its text."""
    for value in values:
        part = titles.place_in(value.text) if value.span else None
        if part and value.span:
            at = source.raw.find(part.text, value.span.start, value.span.end)
            return Known(part.text, Provenance.INFERRED, Span(at, at + len(part.text)))
    if genre is Genre.NEWS:
        body = source.spans(ZoneKind.BODY)
        part = titles.place_in_report(source.raw[body[0].start : body[-1].end]) if body else None
        if part:
            return Known(
                part.text, Provenance.INFERRED, Span(body[0].start + part.start, body[0].start + part.end)
            )
    return Known()
