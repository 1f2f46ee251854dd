"""What each stretch of a file is: title, byline, salutation, letterhead, body, tail or noise.

A file is cut into units; those that look like noise are set apart; then the head is read down to the
first words of the speech and the tail up from the end. Inside the body only stretches that are noise
beyond doubt are dropped.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby

from retrieval.documents import head, shapes
from retrieval.documents.noise import STRONG, credit_at_end, noise_score
from retrieval.documents.units import LONG_LINE, Unit, split_units, strip_span
from retrieval.types import Span, Zone, ZoneKind

# Text after a distribution list that is too long for one: the list is not the document's end.
_LONGEST_TAIL = 600
_ATTENDANCE = (
    "参加会议",
    "出席会议",
    "列席会议",
    "主会场",
    "分会场",
    "视频会议形式",
    "参加活动",
    "出席活动",
    "主持会议",
)


@dataclass(frozen=True, slots=True)
class _Piece:
    start: int
    end: int
    line: int
    score: int
    kind: ZoneKind | None = None


def find_zones(raw: str) -> tuple[Zone, ...]:
    """The zones of a text: sorted, not overlapping, blanks and blank lines between them left out."""
    pieces = _pieces(raw)
    pieces = _mark_head(raw, pieces)
    pieces = _mark_tail(raw, pieces)
    pieces = [replace(piece, kind=piece.kind or _inside(piece)) for piece in pieces]
    pieces = _cut_credit(raw, pieces)
    return _zones(raw, pieces)


def _inside(piece: _Piece) -> ZoneKind:
    return ZoneKind.NOISE if piece.score >= STRONG else ZoneKind.BODY


def _pieces(raw: str) -> list[_Piece]:
    """Units scored; those of one line that are alike are put together again."""
    pieces: list[_Piece] = []
    in_head = True
    for _, group in groupby(split_units(raw), key=lambda unit: unit.line):
        units = list(group)
        scores = [noise_score(raw[unit.start : unit.end]) for unit in units]
        if len(units) > 1 and max(scores) >= STRONG:
            scores = _spread(raw, units, scores, in_head=in_head)
        in_head = in_head and not any(
            score < STRONG and shapes.is_prose(raw[unit.start : unit.end])
            for unit, score in zip(units, scores, strict=True)
        )
        for unit, score in zip(units, scores, strict=True):
            last = pieces[-1] if pieces else None
            apart = unit.whole or last is None or last.line != unit.line or _stands_alone(raw, last, unit)
            if apart or last is None or (last.score >= STRONG) != (score >= STRONG):
                pieces.append(_Piece(unit.start, unit.end, unit.line, score))
            else:
                pieces[-1] = replace(last, end=unit.end, score=max(last.score, score))
    return pieces


def _stands_alone(raw: str, last: _Piece, unit: Unit) -> bool:
    """Whether a stretch of a long line is a title or byline, or the stretch before it is."""
    if not unit.spaced or last.end - last.start > 2 * LONG_LINE:
        return False
    before, text = raw[last.start : last.end], raw[unit.start : unit.end]
    return any(
        shapes.is_title(part) or shapes.is_date_line(part) or bool(shapes.salutation_length(part))
        for part in (before, text)
    )


def _spread(raw: str, units: list[Unit], scores: list[int], *, in_head: bool) -> list[int]:
    """Let noise take in the short stretches beside it that are no part of the speech.

    Navigation bars and lists of related reading are made of titles between blanks: alone none of them
    looks like noise. On a line without one sentence of a speech all goes, but for a title in the head.
    """
    texts = [raw[unit.start : unit.end] for unit in units]
    prose = [shapes.ends_sentence(text) or shapes.salutation_length(text) > 0 for text in texts]
    if not any(is_prose and score < STRONG for is_prose, score in zip(prose, scores, strict=True)):
        kept = [in_head and shapes.is_title(text) for text in texts]
        return [score if keep else STRONG for keep, score in zip(kept, scores, strict=True)]
    spread = list(scores)
    first = next(index for index, (p, s) in enumerate(zip(prose, scores, strict=True)) if p and s < STRONG)
    leading = any(score >= STRONG for score in scores[:first])
    for index, unit in enumerate(units):
        if prose[index] or not unit.spaced or spread[index] >= STRONG:
            continue
        numbered = texts[index][:1].isdigit()
        follows = index > 0 and spread[index - 1] >= STRONG and len(texts[index]) <= 40
        listed = numbered or not (shapes.has_marker(texts[index]) or shapes.is_title(texts[index]))
        if (follows and listed) or (leading and index < first and not shapes.is_title(texts[index])):
            spread[index] = STRONG
    return spread


def _mark_head(raw: str, pieces: list[_Piece]) -> list[_Piece]:
    """Give every piece before the body its kind, and split a salutation from what follows it."""
    texts = [raw[piece.start : piece.end] for piece in pieces]
    reading = head.read_head(texts, [piece.score for piece in pieces])
    marked: list[_Piece] = []
    for index, piece in enumerate(pieces):
        cuts = reading.kinds.get(index)
        if cuts is None:
            marked.append(piece)
            continue
        for start, end, kind in cuts:
            a, b = strip_span(raw, piece.start + start, piece.start + end)
            if a < b:
                marked.append(replace(piece, start=a, end=b, kind=kind))
    return marked


def _mark_tail(raw: str, pieces: list[_Piece]) -> list[_Piece]:
    """Give the pieces after the last words of the speech their kind, from the end upwards."""
    texts = [raw[piece.start : piece.end] for piece in pieces]
    start = _tail_start(pieces, texts)
    marked = list(pieces)
    for index in range(start, len(pieces)):
        if pieces[index].kind is None or pieces[index].kind is ZoneKind.BODY:
            noisy = pieces[index].score >= STRONG or not _is_tail_text(texts[index], after_list=True)
            listed = shapes.is_distribution(texts[index])
            kind = ZoneKind.NOISE if noisy and not listed else ZoneKind.TAIL
            marked[index] = replace(pieces[index], kind=kind)
    return _mark_leave(raw, marked, start)


def _tail_start(pieces: list[_Piece], texts: list[str]) -> int:
    """The first piece after which nothing belongs to the speech; ``len(pieces)`` when there is none."""
    last = len(pieces)
    # A distribution list, with whatever goes on below it.
    for index, text in enumerate(texts):
        if (
            pieces[index].kind is None
            and shapes.is_distribution(text)
            and sum(map(len, texts[index:])) <= _LONGEST_TAIL
        ):
            last = index
            break
    # Chrome at the foot: noise after which no running text comes.
    for index in range(last - 1, -1, -1):
        piece = pieces[index]
        if piece.kind is not None:
            break
        if piece.score < STRONG and (shapes.is_prose(texts[index]) or shapes.ends_sentence(texts[index])):
            break
        if piece.score >= STRONG or shapes.is_distribution(texts[index]):
            last = index
    return last


def _is_tail_text(text: str, *, after_list: bool) -> bool:
    return after_list and (
        shapes.is_distribution(text)
        or text.endswith("。")
        or shapes.is_organ(text)
        or shapes.is_date_line(text)
    )


def _mark_leave(raw: str, pieces: list[_Piece], start: int) -> list[_Piece]:
    """Set apart the last lines before the tail that are signature, attendance or thanks."""
    marked = list(pieces)
    for index in range(start - 1, -1, -1):
        piece = marked[index]
        text = raw[piece.start : piece.end]
        if piece.kind is not None:
            break
        if piece.score >= STRONG:
            continue
        leaves = (
            shapes.is_closing(text)
            or shapes.is_date_line(text)
            or shapes.is_organ(text)
            or shapes.is_attachment(text)
        )
        attends = sum(cue in text for cue in _ATTENDANCE) >= 2 and credit_at_end(text) < len(text)
        if not (leaves or attends):
            break
        marked[index] = replace(piece, kind=ZoneKind.TAIL)
    return marked


def _cut_credit(raw: str, pieces: list[_Piece]) -> list[_Piece]:
    """Take the reporters' names off the end of the last paragraph."""
    last = next((i for i in range(len(pieces) - 1, -1, -1) if pieces[i].kind is ZoneKind.BODY), None)
    if last is None:
        return pieces
    piece = pieces[last]
    cut = piece.start + credit_at_end(raw[piece.start : piece.end])
    if cut >= piece.end or not shapes.ends_sentence(raw[piece.start : cut]):
        return pieces
    credit = replace(piece, start=cut, kind=ZoneKind.NOISE)
    return [
        *pieces[:last],
        replace(piece, end=strip_span(raw, piece.start, cut)[1]),
        credit,
        *pieces[last + 1 :],
    ]


def _zones(raw: str, pieces: list[_Piece]) -> tuple[Zone, ...]:
    """Put neighbours of one kind together.

    A title runs up to the date on its line, and the body to the speaker's thanks on the next line: where
    only the blank between them remains, it belongs to what it follows.
    """
    zones: list[Zone] = []
    for piece in pieces:
        kind = piece.kind or ZoneKind.BODY
        last = zones[-1] if zones else None
        if last and last.kind is kind and kind in (ZoneKind.BODY, ZoneKind.NOISE, ZoneKind.TAIL):
            zones[-1] = Zone(kind, Span(last.span.start, piece.end))
            continue
        if last and _runs_up(last.kind, kind, raw[last.span.end : piece.start]):
            zones[-1] = Zone(last.kind, Span(last.span.start, piece.start))
        zones.append(Zone(kind, Span(piece.start, piece.end)))
    return tuple(zones)


def _runs_up(first: ZoneKind, second: ZoneKind, gap: str) -> bool:
    same_line = "\n" not in gap and "\r" not in gap
    if first is ZoneKind.TITLE and second is ZoneKind.BYLINE:
        return same_line
    return first is ZoneKind.BODY and second is ZoneKind.TAIL and gap in ("\n", "\r\n")
