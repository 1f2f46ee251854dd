"""What each stretch of a file is: title, byline, salutation, letterhead, body, tail or noise.

A file is cut into stretches; those that look like noise are set apart; then the head is read down to the
first words of the speech and the tail up from the end. Inside the body only stretches that are noise
beyond doubt are dropped.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby

from retrieval.documents import head, shapes
from retrieval.documents.bylines import is_record_note
from retrieval.documents.noise import STRONG, credit_at_end, line_scores, opens_advert, opens_links
from retrieval.documents.stretches import LONG_LINE, Stretch, split_stretches, strip_span
from retrieval.documents.types import Span, Zone, ZoneKind

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
    """Stretches scored; those of one line that are alike are put together again."""
    pieces: list[_Piece] = []
    in_head = True
    for _, group in groupby(split_stretches(raw), key=lambda stretch: stretch.line):
        stretches = list(group)
        scores = line_scores([(raw[one.start : one.end], one.spaced) for one in stretches])
        if len(stretches) > 1 and max(scores) >= STRONG:
            scores = _spread(raw, stretches, scores, in_head=in_head)
        in_head = in_head and not any(
            score < STRONG and shapes.is_prose(raw[stretch.start : stretch.end])
            for stretch, score in zip(stretches, scores, strict=True)
        )
        for stretch, score in zip(stretches, scores, strict=True):
            last = pieces[-1] if pieces else None
            apart = (
                stretch.whole
                or last is None
                or last.line != stretch.line
                or _stands_alone(raw, last, stretch)
            )
            if apart or last is None or (last.score >= STRONG) != (score >= STRONG):
                pieces.append(_Piece(stretch.start, stretch.end, stretch.line, score))
            else:
                pieces[-1] = replace(last, end=stretch.end, score=max(last.score, score))
    return pieces


def _stands_alone(raw: str, last: _Piece, stretch: Stretch) -> bool:
    """Whether a stretch of a long line is a title or byline, or the stretch before it is."""
    if not stretch.spaced or last.end - last.start > 2 * LONG_LINE:
        return False
    before, text = raw[last.start : last.end], raw[stretch.start : stretch.end]
    return any(
        shapes.is_title(part) or shapes.is_date_line(part) or bool(shapes.salutation_length(part))
        for part in (before, text)
    )


def _spread(raw: str, stretches: list[Stretch], scores: list[int], *, in_head: bool) -> list[int]:
    """Let noise take in the short stretches beside it that are no part of the speech.

    Navigation bars and lists of related reading are made of titles between blanks: alone none of them
    looks like noise. On a line without one sentence of a speech all goes, but for a title in the head.
    """
    texts = [raw[stretch.start : stretch.end] for stretch in stretches]
    prose = [shapes.ends_sentence(text) or shapes.salutation_length(text) > 0 for text in texts]
    if not any(is_prose and score < STRONG for is_prose, score in zip(prose, scores, strict=True)):
        return [
            score if _is_kept(stretches, texts, i, in_head=in_head) else STRONG
            for i, score in enumerate(scores)
        ]
    for index in range(1, len(stretches)):
        advert = scores[index - 1] >= STRONG and any(map(opens_advert, texts[max(0, index - 3) : index]))
        if advert and not stretches[index].spaced and scores[index]:
            scores[index] = STRONG
            prose[index] = False
    first = next((i for i, score in enumerate(scores) if prose[i] and score < STRONG), len(stretches))
    leading = in_head and any(score >= STRONG for score in scores[:first])
    for index, stretch in enumerate(stretches):
        if prose[index] or not stretch.spaced or scores[index] >= STRONG:
            continue
        above = leading and index < first and not _is_kept(stretches, texts, index, in_head=True)
        if above or (index > 0 and scores[index - 1] >= STRONG and _is_listed(texts[index])):
            scores[index] = STRONG
    return scores


def _is_listed(text: str) -> bool:
    """Whether a stretch behind noise may be the next entry of a list of links."""
    if len(text) > LONG_LINE // 2:
        return False
    return text[0].isdigit() or not (shapes.has_marker(text) or shapes.is_title(text))


def _is_kept(stretches: list[Stretch], texts: list[str], index: int, *, in_head: bool) -> bool:
    """Whether a stretch may belong to the speech although nothing else on its line does.

    A title above, a heading, or the beginning of a sentence that the noise is glued to.
    """
    if in_head and shapes.is_title(texts[index]):
        return True
    if shapes.has_marker(texts[index]) and not texts[index][0].isdigit():
        return True
    return index == 0 and len(stretches) > 1 and not stretches[1].spaced


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
            noisy = pieces[index].score >= STRONG or not _is_tail_text(texts[index])
            listed = shapes.is_distribution(texts[index])
            kind = ZoneKind.NOISE if noisy and not listed else ZoneKind.TAIL
            marked[index] = replace(pieces[index], kind=kind)
    return _mark_leave(raw, marked, start)


def _tail_start(pieces: list[_Piece], texts: list[str]) -> int:
    """The first piece after which nothing belongs to the speech; ``len(pieces)`` when there is none."""
    last = len(pieces)
    # A distribution list, with whatever goes on below it.
    for index, text in enumerate(texts):
        if pieces[index].kind is not None or not shapes.is_distribution(text):
            continue
        below = texts[index + 1 :]
        goes_on = any(shapes.has_marker(line) or shapes.salutation_length(line) for line in below)
        if sum(map(len, below)) <= _LONGEST_TAIL and not goes_on:
            last = index
            break
    # A list of other things to read, whose titles look like anything.
    for index, text in enumerate(texts[:last]):
        spoken, listed = sum(map(len, texts[:index])), sum(map(len, texts[index:last]))
        if opens_links(text) and listed <= min(_LONGEST_TAIL, spoken):
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


def _is_tail_text(text: str) -> bool:
    return (
        shapes.is_distribution(text)
        or text.endswith("。")
        or shapes.is_organ(text)
        or shapes.is_date_line(text)
    )


def _mark_leave(raw: str, pieces: list[_Piece], start: int) -> list[_Piece]:
    """Set apart the last lines before the tail that are signature, attendance or thanks."""
    marked = list(pieces)
    greeted = any(piece.kind is ZoneKind.SALUTATION for piece in pieces)
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
            or is_record_note(text)
        )
        attends = not greeted and _is_attendance(text)
        if not (leaves or attends):
            break
        marked[index] = replace(piece, kind=ZoneKind.TAIL)
    return marked


def _is_attendance(text: str) -> bool:
    """Whether every sentence says who sat where; a report ends so, a speech does not."""
    sentences = [part for part in text[: credit_at_end(text)].split("。") if part.strip()]
    attended = [any(cue in part for cue in _ATTENDANCE) for part in sentences]
    return bool(sentences) and all(attended) and sum(cue in text for cue in _ATTENDANCE) >= 2


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
        if last and _runs_up(raw, last, piece):
            zones[-1] = Zone(last.kind, Span(last.span.start, piece.start))
        zones.append(Zone(kind, Span(piece.start, piece.end)))
    return tuple(zones)


def _runs_up(raw: str, last: Zone, piece: _Piece) -> bool:
    gap = raw[last.span.end : piece.start]
    if last.kind is ZoneKind.TITLE:
        return piece.kind is ZoneKind.BYLINE and "\n" not in gap and "\r" not in gap
    closes = last.kind is ZoneKind.BODY and shapes.is_closing(raw[piece.start : piece.end])
    return closes and gap in ("\n", "\r\n")
