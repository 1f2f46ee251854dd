"""The occurrences in one document: in its body and in its titles, each with what is around it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from retrieval.documents.edits import Edit, EditedText, apply_edits
from retrieval.documents.sentences import split_sentences
from retrieval.documents.types import Document, Span, ZoneKind
from retrieval.lineage.align import Window, find_windows
from retrieval.lineage.explain import find_explanation
from retrieval.lineage.folding import Folded, barriers_for, fold
from retrieval.lineage.types import Moment, Occurrence, Words
from retrieval.parts import Outline
from retrieval.types import DocumentInfo, Passage

_DATE = re.compile(r"(\d{4})(?!\d)(?:-(\d{2})(?:-(\d{2}))?)?")
# 第一 that begins the next word: 校园安全第一责任人 does not say 安全第一.
_FIRST = "第一"
_ORDINAL = re.compile("责任|书记|时间|现场|要务|线|道|关|岗|步|批|个|次|课")
_BREAK = re.compile(r"\s*[\n\r\u2028\u2029]\s*")

Finder = Callable[[str, Folded], list[Window]]
"""Finds a folded formulation in a folded text; the windows sorted, not overlapping."""


@dataclass(frozen=True, slots=True)
class Sought:
    """A formulation made ready to be looked for.

    Attributes:
        folded: its folded form.
        barriers: what it does not reach across.
        find: how it is looked for.
    """

    folded: str
    barriers: re.Pattern[str]
    find: Finder


@dataclass(frozen=True, slots=True)
class _Match:
    """A window in clean words, from where to where its sentence goes, and the one before in its paragraph."""

    start: int
    end: int
    folded: str
    similarity: float
    sentence: tuple[int, int]
    before: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class _Place:
    """What of an occurrence does not follow from its words."""

    speaker: str
    passage_id: str = ""
    section_path: tuple[str, ...] = ()


def seek(formulation: str, find: Finder = find_windows) -> Sought:
    """Make a formulation ready."""
    return Sought(fold(formulation).text, barriers_for(formulation), find)


def moment_of(date: str | None) -> Moment | None:
    """The moment that a document's date names; of a period in words (2025年下半年) its year."""
    found = _DATE.match(date or "")
    return Moment(*(int(part or 0) for part in found.groups())) if found else None


def find_occurrences(
    sought: Sought, document: Document, info: DocumentInfo, passages: Callable[[], Sequence[Passage]]
) -> list[tuple[Occurrence, int | None]]:
    """The occurrences in a document in the order of its text, each with the place of its passage.

    Args:
        sought: the formulation.
        document: as it was read.
        info: what citations say of it.
        passages: gives its own, in order; called only when the body has an occurrence. The second value
            of a pair counts in them; it is None in a title.
    """
    found = [*_in_titles(sought, document, info), *_in_body(sought, document, info, passages)]
    return sorted(found, key=lambda one: one[0].span)


def _in_titles(sought: Sought, document: Document, info: DocumentInfo) -> Iterator[tuple[Occurrence, None]]:
    for span in _titles(document):
        raw = document.raw
        # A title may be broken into lines anywhere, so a line's end is no barrier there.
        edits = [Edit(*found.span()) for found in _BREAK.finditer(raw, span.start, span.end)]
        outside = (Edit(0, span.start), Edit(span.end, len(raw)))
        title = apply_edits(raw, [*edits, *(edit for edit in outside if edit.end > edit.start)])
        for match in _matches(sought, title.text, None):
            yield _occurrence(title, document, info, match, _Place(info.speaker or "")), None


def _titles(document: Document) -> list[Span]:
    """Titles, those parted by nothing but white space joined."""
    spans: list[Span] = []
    for zone in document.zones:
        if zone.kind is not ZoneKind.TITLE:
            continue
        if spans and not document.raw[spans[-1].end : zone.span.start].strip():
            spans[-1] = Span(spans[-1].start, zone.span.end)
        else:
            spans.append(zone.span)
    return spans


def _in_body(
    sought: Sought, document: Document, info: DocumentInfo, load: Callable[[], Sequence[Passage]]
) -> Iterator[tuple[Occurrence, int | None]]:
    clean = document.clean
    matches = _matches(sought, clean.text, sought.barriers)
    if not matches:
        return
    outline, passages = Outline(document), load()
    for match in matches:
        at = _passage_at(passages, Span(*clean.to_source(match.start, match.end)))
        passage = passages[at] if at is not None else None
        sections = outline.names(outline.path_at(match.start))
        place = _Place(passage.speaker, passage.id, sections) if passage else _Place("", "", sections)
        yield _occurrence(clean, document, info, match, place), at


def _matches(sought: Sought, text: str, barriers: re.Pattern[str] | None) -> list[_Match]:
    folded = fold(text, barriers)
    windows = sought.find(sought.folded, folded)
    sentences = split_sentences(text) if windows and barriers else [(0, len(text))]
    starts = [start for start, _ in sentences]
    found: list[_Match] = []
    for window in windows:
        start, end = folded.to_source(window.start, window.end)
        first, last = (bisect_right(starts, at) - 1 for at in (start, end - 1))
        own = folded.text[window.start : window.end]
        if own.endswith(_FIRST) and _ORDINAL.match(folded.text, window.end) and not folded.apart[window.end]:
            continue
        sentence = sentences[first][0], sentences[last][1]
        before = sentences[first - 1] if first else None
        if before is not None and "\n" in text[before[1] : sentence[0]]:
            before = None
        found.append(_Match(start, end, own, window.similarity, sentence, before))
    return found


def _occurrence(
    words: EditedText, document: Document, info: DocumentInfo, match: _Match, place: _Place
) -> Occurrence:
    span = Span(*words.to_source(match.start, match.end))
    explained = find_explanation(words.text, match.start, match.end, match.sentence, match.before)
    return Occurrence(
        document=info,
        moment=moment_of(info.date),
        section_path=place.section_path,
        speaker=place.speaker,
        quoted_speaker=_quoted(document, span, place.speaker),
        passage_id=place.passage_id,
        span=span,
        text=document.raw[span.start : span.end],
        wording=words.text[match.start : match.end],
        folded=match.folded,
        similarity=match.similarity,
        sentence=_words(words, *match.sentence),
        lead=match.start - match.sentence[0],
        explanation=_words(words, *explained) if explained else None,
        is_title=words is not document.clean,
    )


def _words(words: EditedText, start: int, end: int) -> Words:
    return Words(words.text[start:end], Span(*words.to_source(start, end)))


def _quoted(document: Document, span: Span, speaker: str) -> str:
    """Who is quoted with these words, inside whose quotation they stand."""
    return next(
        (one.speaker for one in document.quotations if one.span.holds(span) and one.speaker != speaker),
        "",
    )


def _passage_at(passages: Sequence[Passage], span: Span) -> int | None:
    """The passage with most of a span; the first of equal ones."""
    best = max(range(len(passages)), key=lambda at: (passages[at].shared(span), -at), default=None)
    return best if best is not None and passages[best].shared(span) else None
