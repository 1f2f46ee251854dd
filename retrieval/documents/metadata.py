"""What a document says about itself, and how each value is known.

Explicit: the file says it of this speech. Inferred: it follows from something else the file says (the
year of a day and month). Period: only a stretch of time is named. A year mentioned in the text is not
the date of the speech.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from retrieval.documents import shapes, titles
from retrieval.documents.bylines import read_byline, speaker_of
from retrieval.documents.dating import read_date, read_issued
from retrieval.documents.fields import office_in, unmarked
from retrieval.documents.people import known_people
from retrieval.documents.source import Source
from retrieval.documents.types import Genre, Known, Metadata, Provenance, Span, Zone, ZoneKind

_SUBTITLE_DASH = "—–─―－- \u3000\t"
_REPORTS = re.compile(r"[\u4e00-\u9fff]{2,4}(?:强调|指出|要求|表示|说|认为)[,，:：]")
_OWN_VOICE = re.compile(r"下面[，,]?我|我(?:再)?(?:讲|强调|代表|宣布)|我今天")
_HEADLINE = re.compile(r"^(?P<name>[\u4e00-\u9fff]{2,4})[:：]")
_ACTING_HEADLINE = re.compile(
    r"^(?:[^\s，。]{0,12}(?:书记|[市县区省州镇乡局]长|主任))?(?P<name>[\u4e00-\u9fff]{2,4}?)(?=在|强调|指出|要求|调研|主持|出席|部署|率)"
)
_MEETING = re.compile(
    r"(?:^|[，,。！!；;\s—]|我们|[省市县区]政府)(?P<name>[^，,。！!；;、—“”（）()\s]{4,60}?"
    r"(?:会议|大会|推进会|调度会|部署会|动员会|座谈会|例会|启动仪式))(?:在[^，,。]{1,16})?(?:召开|举行)"
)
_HELD = re.compile(
    r"(?:召开|举行)(?:了)?(?P<name>[^，,。；;！!]{4,60}?(?:会议|大会|会|仪式|活动))(?=[，,。；;！!]|的)"
)
_EDITED_BY = re.compile(r"(?:编印|编|印|主办)$")


def read_metadata(raw: str, zones: Sequence[Zone]) -> Metadata:
    """Read the metadata of a document from its zones."""
    source = Source(raw, zones)
    title = _title(source)
    genre = _genre(source, title)
    organ, series, issued = _organ(source), _series(source), read_issued(source)
    speaker, role = _speaker(source, title, genre)
    return Metadata(
        title=title,
        speaker=speaker,
        role=role,
        date=read_date(source, title, issued, genre),
        occasion=_occasion(source, title),
        organ=organ,
        series=series,
        place=_place(source, genre, organ, role, title),
        issued=issued,
        genre=genre,
    )


def _title(source: Source) -> Known:
    spans = source.spans(ZoneKind.TITLE)
    if not spans:
        return Known()
    # Under a slogan the line that says what the text is stands alone, with the dash of a subtitle.
    dash = len(source.text(spans[0])) - len(source.text(spans[0]).lstrip(_SUBTITLE_DASH))
    spans = [Span(spans[0].start + dash, spans[0].end), *spans[1:2]]
    text = "".join(source.text(span).strip() for span in spans)
    return Known(text, Provenance.EXPLICIT, Span(spans[0].start, spans[-1].end))


def _genre(source: Source, title: Known) -> Genre:
    head = source.lines(ZoneKind.LETTERHEAD)
    tail = source.lines(ZoneKind.TAIL)
    if any(shapes.is_series(source.text(line)) or shapes.is_issue_number(source.text(line)) for line in head):
        return Genre.CIRCULAR
    if any(shapes.is_distribution(source.text(line)) for line in tail):
        return Genre.CIRCULAR
    if source.spans(ZoneKind.SALUTATION):
        return Genre.SPEECH
    body = source.body()
    reports = len(_REPORTS.findall(body))
    headline = bool(_HEADLINE.match(title.text))
    if reports >= 3 and not _OWN_VOICE.search(body) and (headline or reports * 800 >= len(body)):
        return Genre.NEWS
    return Genre.SPEECH


def _organ(source: Source) -> Known:
    """The office of the letterhead: one named alone, or else the one whose paper it calls this."""
    parts = [
        Span(line.start + part.start(), line.start + part.end())
        for line in source.lines(ZoneKind.LETTERHEAD)
        for part in re.finditer(r"\S+", source.text(line))
    ]
    for part in parts:
        text = source.text(part)
        if shapes.is_organ(text) and not shapes.is_series(text):
            edited = _EDITED_BY.search(text)
            return source.explicit(Span(part.start, part.start + edited.start()) if edited else part)
    for part in parts:
        organ = shapes.organ_of_paper(source.text(part))
        if organ:
            return source.explicit(Span(part.start, part.start + len(organ)))
    return Known()


def _series(source: Source) -> Known:
    """The bulletin and its number: "安政通报 第三期"."""
    lines = source.lines(ZoneKind.LETTERHEAD)
    named = next((line for line in lines if shapes.is_series(source.text(line))), None)
    numbered = next((line for line in lines if shapes.is_issue_number(source.text(line))), None)
    parts = sorted(line for line in (named, numbered) if line)
    if not parts:
        return Known()
    text = " ".join(source.text(line).strip("（()）") for line in parts)
    return Known(text, Provenance.EXPLICIT, Span(parts[0].start, parts[-1].end))


def _speaker(source: Source, title: Known, genre: Genre) -> tuple[Known, Known]:
    if genre is Genre.NEWS:
        return _reported_speaker(source, title)
    fused = titles.speaker_in_title(title.text)
    if title.span and any(fused):
        return _parts(source, title, *fused)
    return _byline_speaker(source)


def _parts(
    source: Source, title: Known, name: titles.Part | None, role: titles.Part | None
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


def _byline_speaker(source: Source) -> tuple[Known, Known]:
    lines = source.lines(ZoneKind.BYLINE)
    role = Known()
    # Who has it is told before: 姓名：某某某, then 职务：厂长.
    lines = sorted(lines, key=lambda line: not office_in(unmarked(source.text(line))))
    for line in lines:
        text = shapes.unbold(unmarked(source.text(line)).lstrip("# "))
        found = read_byline(text) or speaker_of(text)
        if office := office_in(text):
            role = _at(source, line, office, office)
            continue
        if not found and shapes.is_role_line(text):
            role = source.explicit(line)
            continue
        name, office = (found.name, found.role) if found else ("", "")
        if not found and shapes.is_bare_name(text):
            name = text
        if name:
            plain = "" if re.search(r"[*＊×XxＸ○〇某]", name) else re.sub(r"\s", "", name)
            speaker = _at(source, line, name, plain) if plain else Known()
            offices = _offices(office)
            return speaker, (_at(source, line, office, offices) if office else role)
    return Known(), role


def _offices(words: str) -> str:
    """Offices that blanks part, one after the other; a body with the office in it (某某医院 院长)."""
    parts = words.split()
    first = "".join(part + "、" * shapes.is_role_line(part) for part in parts[:-1])
    return first + "".join(parts[-1:])


def _at(source: Source, line: Span, words: str, text: str) -> Known:
    at = source.raw.find(words, line.start, line.end)
    return Known(text, Provenance.EXPLICIT, Span(at, at + len(words)) if at >= 0 else None)


def _reported_speaker(source: Source, title: Known) -> tuple[Known, Known]:
    """The person whose words a headline gives, with the office that the report names."""
    headline = _HEADLINE.match(title.text) or _ACTING_HEADLINE.match(title.text)
    body = source.spans(ZoneKind.BODY)
    if not headline or not title.span or not body:
        return Known(), Known()
    people = known_people(source.raw[body[0].start : body[-1].end])
    name = headline["name"]
    if headline.re is _ACTING_HEADLINE and name not in people:
        return Known(), Known()
    start = source.raw.find(name, title.span.start, title.span.end)
    speaker = Known(name, Provenance.EXPLICIT, Span(start, start + len(name)) if start >= 0 else None)
    office = people.get(name, "")
    at = source.raw.find(office + name, body[0].start) if office else -1
    role = Known(office, Provenance.EXPLICIT, Span(at, at + len(office))) if at >= 0 else Known()
    return speaker, role


def _occasion(source: Source, title: Known) -> Known:
    named = titles.occasion_in_title(title.text)
    if named:
        return _parts(source, title, named, None)[0]
    meeting = titles.meeting_as_title(title.text)
    if meeting:
        return _parts(source, title, meeting, None)[0]
    lead = source.lead()
    for shape in (_MEETING, _HELD):
        found = shape.search(source.raw, lead.start, lead.end)
        if found:
            return source.explicit(Span(*found.span("name")))
    festival = titles.festival_in(title.text)
    if festival:
        value = _parts(source, title, festival, None)[0]
        return Known(value.text, Provenance.INFERRED, value.span)
    return Known()


def _place(source: Source, genre: Genre, *values: Known) -> Known:
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
