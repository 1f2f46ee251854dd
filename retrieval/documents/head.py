"""The head of a file: everything above the first words of the speech."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from retrieval.documents import shapes
from retrieval.documents.bylines import read_byline, speaker_of
from retrieval.documents.dates import find_date
from retrieval.documents.fields import TITLE_LABEL, is_field, office_in, tells_when, unmarked
from retrieval.documents.noise import STRONG
from retrieval.documents.titles import meeting_as_title
from retrieval.documents.types import ZoneKind

Cuts = list[tuple[int, int, ZoneKind | None]]
"""Parts of one piece: start and end in it, and the kind; None leaves the choice to others."""

# A salutation further down than this many running paragraphs does not open the document.
_MAX_PROSE_ABOVE = 2
_MAX_HEAD = 20
"""Pieces of a file among which the fields of its head stand, and who spoke under the name of a meeting."""
_HEADLINE = re.compile(r"^(?:[\u4e00-\u9fff]{2,4}[:：])\S")
_SPEAKER_ABOVE = re.compile(
    r"^(?:[\u4e00-\u9fff]{2,4}同志|"
    + shapes.NAME
    + r"|[^\s，。]{0,30}"
    + shapes.ROLES
    + r"[ \u3000]*"
    + shapes.NAME
    + r")$"
)
_ORIGINAL_TITLE = re.compile(r"^原标题\s*[:：]\s*")
_FOOTER_TITLE = re.compile(r"(?:本文标题|文章标题|文档标题|标题)\s*[:：]\s*")
_COVER_TITLE = re.compile(r"(?:印发|转发|刊发).*的?通知$")
_SUBTITLE = re.compile(r"^(?:——|—|--|–)")
_TITLE_NOTE = re.compile(r"^[（(][^（）()]{2,20}[）)]$")
_LABELLED_DATE = re.compile(r"^(?:讲话|会议)?(?:时间|日期)\s*[:：]")
_SENTENCE_ABOVE = re.compile(r"(?:[。！？]|(?<=[\u4e00-\u9fff])[.!?])[”’」』）)》】\"*]*$")
_ITEM_ABOVE = re.compile(r"\s*(?:#{2,6}|[-+*])[ \t\u3000]+\S")
"""A heading in Markdown below the first, or an item of a list."""
_POSTED = re.compile(r"\d{4}-\d{1,2}-\d{1,2} {1,2}\d{1,2}:\d{2}")
"""When a page was put up, to the minute: no title tells that."""


@dataclass(frozen=True, slots=True)
class Head:
    """The kinds of the pieces that were recognised, by number of the piece."""

    kinds: dict[int, Cuts] = field(default_factory=dict)


def read_head(texts: list[str], scores: list[int]) -> Head:
    """Find the title, byline, letterhead and salutation, and where the speech begins."""
    texts = _with_speakers_bare([*map(_plain, texts[:_MAX_HEAD]), *texts[_MAX_HEAD:]], scores)
    body, greeting = _body_start(texts, scores)
    kinds: dict[int, Cuts] = {}
    footer = _footer_title(texts, body)
    title = _choose_title(texts, scores, body)
    if footer and title is not None and not _is_told_title(texts[title]):
        title = None  # an advert, which the title below tells from one
    lines = _title_lines(texts, scores, title, body)
    for index in range(body):
        if index in lines:
            kinds[index] = _title_cuts(texts[index])
        elif index == greeting:
            kinds[index] = [(0, len(texts[index]), ZoneKind.SALUTATION)]
        else:
            kinds[index] = [(0, len(texts[index]), _head_kind(texts, scores, index, title))]
    if greeting is not None and greeting == body:
        length = shapes.salutation_length(texts[body])
        kinds[body] = [(0, length, ZoneKind.SALUTATION), (length, len(texts[body]), None)]
    if footer and title is None:
        below, label = footer
        kinds[below] = [(0, label, ZoneKind.NOISE), (label, len(texts[below]), ZoneKind.TITLE)]
    return Head(kinds)


def _plain(text: str) -> str:
    """A line without the marks around its fields or before who spoke (### 厂长 某某某), as long as it was."""
    bare = text.lstrip("# ")
    plain = bare if bare != text and read_byline(bare) else unmarked(text)
    return plain.ljust(len(text))


def _with_speakers_bare(texts: list[str], scores: list[int]) -> list[str]:
    """The lines, whose speech it is under the name of a meeting as the speaker alone, of the same length."""
    bare = list(texts)
    above = ""
    for index, text in enumerate(texts[:_MAX_HEAD]):
        speaker = speaker_of(text) if meeting_as_title(shapes.bare_title(above)) else None
        if speaker:
            bare[index] = f"{speaker.role} {speaker.name}".strip()[: len(text)].ljust(len(text))
        above = text if scores[index] < STRONG else above
    return bare


def _body_start(texts: list[str], scores: list[int]) -> tuple[int, int | None]:
    """The first piece of the body, and the piece with the salutation.

    They are the same piece when the salutation is run in.
    """
    first_prose: int | None = None
    prose = 0
    for index, text in enumerate(texts):
        if scores[index] >= STRONG:
            continue
        length = 0 if is_field(text) else shapes.salutation_length(text)
        if length:
            rest = text[length:].strip()
            start = index if rest else index + 1
            above = [
                line for i, line in enumerate(texts[:index]) if scores[i] < STRONG and shapes.is_prose(line)
            ]
            opens = first_prose is None or all(shapes.is_cover(line) for line in above)
            return (start, index) if opens else (_step_back(texts, scores, first_prose or 0), None)
        if (
            shapes.is_prose(text)
            and not shapes.is_title(text)
            and shapes.title_before_date(text) == len(text)
            and not read_byline(text)
        ):
            first_prose = index if first_prose is None else first_prose
            prose += 1
            if prose > _MAX_PROSE_ABOVE:
                break
    if first_prose is None:
        return _start_without_prose(texts, scores), None
    return _step_back(texts, scores, first_prose), None


def _start_without_prose(texts: list[str], scores: list[int]) -> int:
    """In a text of short lines the body begins after the last line of the head."""
    start = 0
    for index, text in enumerate(texts[:20]):
        if scores[index] >= STRONG or _is_head_line(text):
            start = index + 1
        elif shapes.ends_sentence(text) or shapes.has_marker(text):
            break
    if start == 0 and len(texts) > 1 and not shapes.ends_sentence(texts[0]):
        return 1
    return start


def _step_back(texts: list[str], scores: list[int], first: int) -> int:
    """Headings, items and short sentences right above the first long paragraph belong to the body."""
    start = first
    while start > 0:
        text = texts[start - 1]
        if scores[start - 1] or _is_head_line(text) or not _may_be_said(text):
            break
        start -= 1
    return start


def _may_be_said(text: str) -> bool:
    if _ITEM_ABOVE.match(text):
        return not is_field(text.lstrip("#-+* \t\u3000"))
    return shapes.has_marker(text) or bool(_SENTENCE_ABOVE.search(text))


def _is_head_line(text: str) -> bool:
    return (
        shapes.is_title(text)
        or shapes.title_before_date(text) < len(text)
        or shapes.is_date_line(text)
        or read_byline(text) is not None
        or shapes.is_letterhead(text)
    )


def _choose_title(texts: list[str], scores: list[int], body: int) -> int | None:
    """The piece above the body that looks most like the title; None when none does."""
    best, best_points = None, 0
    for index in range(body):
        points = _title_points(texts, scores, index, body)
        if points > best_points:
            best, best_points = index, points
    return best


def _title_points(texts: list[str], scores: list[int], index: int, body: int) -> int:
    text = texts[index]
    bare = shapes.bare_title(TITLE_LABEL.sub("", text[: shapes.title_before_date(text)]))
    if scores[index] >= STRONG or not 4 <= len(bare) <= 100 or is_field(text) or _POSTED.search(text):
        return 0
    if shapes.salutation_length(text) or shapes.is_date_line(text) or read_byline(text):
        return 0
    points = 0
    if shapes.is_title(bare):
        points += 6 + 2 * ("在" in bare and "上的" in bare)
    elif meeting_as_title(bare):
        points += 4
    elif (
        shapes.is_letterhead(text)
        or bare.endswith(tuple("。；，！？："))
        or _SUBTITLE.match(text)
        or re.search(r"^(?:【.*】|（.*）|\(.*\))$", bare)
    ):
        return 0
    points += 4 * text.startswith("#") + 3 * bool(TITLE_LABEL.match(text))
    told = 8 <= len(bare) <= 60
    # A page's title stands twice above a speech; so does the name of a category.
    points += 3 * (told and texts[:body].count(text) > 1)
    points += 2 * bool(_HEADLINE.match(bare))
    points -= 3 * bool(_ORIGINAL_TITLE.match(text)) + 6 * bool(_COVER_TITLE.search(bare))
    following = next((texts[i] for i in range(index + 1, len(texts)) if scores[i] < STRONG), "")
    near = shapes.is_date_line(following) or read_byline(following) or shapes.salutation_length(following)
    points += 2 * bool(near) + (index + 1 == body)
    return points + told


def _title_lines(texts: list[str], scores: list[int], title: int | None, body: int) -> set[int]:
    """The title's piece with the lines it is broken over, and its subtitle."""
    if title is None:
        return set()
    lines = {title}
    above = title - 1
    if above >= 0 and scores[above] == 0 and _continues(texts[above], texts[title]):
        lines.add(above)
    below = title + 1
    if (
        below < body
        and scores[below] < STRONG
        and not read_byline(texts[below])
        and (_SUBTITLE.match(texts[below]) or _continues(texts[title], texts[below]))
    ):
        lines.add(below)
    return lines


def _continues(first: str, second: str) -> bool:
    """Whether a title is broken between two lines: neither is whole, together they are."""
    if (
        shapes.is_letterhead(first)
        or shapes.is_date_line(second)
        or read_byline(second)
        or read_byline(first)
    ):
        return False
    opens = shapes.bare_title(first).startswith(("在", "关于")) or "在" in first
    return (
        opens
        and not shapes.is_title(first)
        and len(first + second) <= 90
        and shapes.is_title(shapes.bare_title(first) + second)
    )


def _title_cuts(text: str) -> Cuts:
    start = len(text) - len(text.lstrip("# *"))
    original = _ORIGINAL_TITLE.match(text) or TITLE_LABEL.match(text)
    if original:
        start = original.end()
    end = shapes.title_before_date(text)
    stripped = len(text[:end].rstrip("* "))
    cuts: Cuts = [(start, stripped, ZoneKind.TITLE)]
    if end < len(text):
        cuts.append((end, len(text), ZoneKind.BYLINE))
    return cuts


def _head_kind(texts: list[str], scores: list[int], index: int, title: int | None) -> ZoneKind:
    text = shapes.unbold(texts[index].strip("# "))
    above_title = title is not None and index < title
    byline = read_byline(text)
    when = tells_when(text) and find_date(text)
    if shapes.is_date_line(text) or (byline and not byline.name) or (when and when.day):
        beside = (texts[i] for i in (index - 1, index + 1) if 0 <= i < len(texts))
        signed = text.startswith(("（", "(")) and any(
            (one := read_byline(each)) and one.name for each in beside
        )
        credited = any(
            scores[i] >= STRONG and re.search(r"\w", texts[i])
            for i in (index - 1, index + 1)
            if 0 <= i < len(texts)
        )
        return _date_kind(text, credited=credited, above_title=above_title and not signed)
    if scores[index] >= STRONG:
        return ZoneKind.NOISE
    if (
        byline
        or office_in(text)
        or (title is not None and (shapes.is_bare_name(text) or shapes.is_role_line(text)))
    ):
        return ZoneKind.BYLINE
    if shapes.is_letterhead(text) or shapes.is_cover(text) or _COVER_TITLE.search(text):
        return ZoneKind.LETTERHEAD
    if not above_title and (_TITLE_NOTE.match(text) or _LABELLED_DATE.match(text)):
        return ZoneKind.BYLINE
    return ZoneKind.NOISE


def _date_kind(text: str, *, credited: bool, above_title: bool) -> ZoneKind:
    """A date above the title is that of the paper, among credits that of the site, else the speech's."""
    if _LABELLED_DATE.match(text) and credited:
        return ZoneKind.NOISE
    return ZoneKind.LETTERHEAD if above_title else ZoneKind.BYLINE


def _is_told_title(text: str) -> bool:
    return shapes.is_title(text[: shapes.title_before_date(text)])


def _footer_title(texts: list[str], body: int) -> tuple[int, int] | None:
    """The piece with the title that a site prints below a text, and how long its label is; None without."""
    for index in range(len(texts) - 1, body - 1, -1):
        label = _FOOTER_TITLE.match(texts[index])
        if label and len(texts[index]) <= 120:
            return index, label.end()
    return None
