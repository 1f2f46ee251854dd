"""Values struck out before publication (``**县``, ``X季度``), and bold marks, which look like them.

``**`` is a mask or a bold mark. A bold run has balanced ends without blanks, 2 to 24 characters and no
comma or semicolon, and opens a line or follows 。 or /; a whole line may be longer. Where Markdown's headings
show that a text is written in it, bold runs stand anywhere and hold commas; then only two marks that what a
mask hides is counted or named behind (**市死亡**人) are masks. A Markdown parser gets these texts wrong and
is never used.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from config.patterns import lazy_pattern
from retrieval.documents.types import Span

_MARK = lazy_pattern(r"(?<![*＊])\*\*(?![*＊])")
_SHORTEST, _LONGEST, _LONGEST_LINE = 2, 24, 60
_ENDING = "。！？!?：:；;，,、）)”"
_BEFORE = "。！？!?：:；;/”"
_LINE_START = lazy_pattern(r"[ \t\u3000\xa0]*(?:#{1,6}[ \t]*|>[ \t]*|[-+][ \t]+)?")
# What is counted or named by a mask; after a closing bold mark these would make no sense.
_MASKED_UNIT = "区县市省州镇乡村街路局个名余万亿元条起人家户次处期月日年号米吨%％专"
# Of people and firms, besides: **同志和**公司.
_MASKED_NAME = "同某先女公集企厂店学校医院单部"
_HEADING = lazy_pattern(r"(?m)^#{1,6}[ \t]+\S", needs="#")
_STARS = lazy_pattern(r"[*＊]+(?:[.．][*＊]+)*")
_CROSSES = lazy_pattern(
    # Of a telephone number: ×××××735, 400-×××-2190, 0371-8××2190.
    r"(?<=[\d\u4e00-\u9fff，,:：-])[×╳]{2,8}(?=-?\d{2})|(?<=\d{2}[\d-])[×╳]{2,8}(?![A-Za-z0-9])"
    r"|(?<![A-Za-z0-9])(?:[XＸ×╳]{1,6}|x{2,6})(?![A-Za-z0-9])(?!光|射线|轴)(?=[\u4e00-\u9fff])"
    r"|(?<=[\u4e00-\u9fff])(?:[XＸ×╳]{2,6}|x{2,6}|[×╳])(?![A-Za-z0-9.])"
)
# One □ is a box to tick, and so are several with blanks between them.
_BLANKED = lazy_pattern(r"[○〇◯]{2,6}|某某|(?<=[\u4e00-\u9fff])□{2,6}(?=[\u4e00-\u9fff，。、；])")
_ANY = lazy_pattern(r"[*＊XＸ×╳x○〇◯某□]")  # hardly a speech holds one, and to see that takes no time


@dataclass(frozen=True, slots=True)
class BoldRun:
    """A bold stretch; ``start`` and ``end`` take in the marks, which are two characters each."""

    start: int
    end: int
    opens_line: bool
    ends_line: bool


def is_markdown(raw: str) -> bool:
    """Whether a text has headings as Markdown marks them."""
    return bool(_HEADING.search(raw))


def find_bold(raw: str, start: int, end: int, *, markdown: bool = False) -> list[BoldRun]:
    """The bold runs of one line, ``raw[start:end]``, in order.

    Args:
        raw: the text.
        start: of the line.
        end: of the line.
        markdown: whether the text is written in Markdown.
    """
    marks = [mark.start() for mark in _MARK.finditer(raw, start, end)]
    prefix = _LINE_START.match(raw, start, end)
    first = prefix.end() if prefix else start
    runs: list[BoldRun] = []
    index = 0
    while index + 1 < len(marks):
        opening, closing = marks[index], marks[index + 1]
        run = BoldRun(opening, closing + 2, opening == first, not raw[closing + 2 : end].strip())
        if _is_bold(raw, run) or (markdown and _is_bold_in_markdown(raw, run)):
            runs.append(run)
            index += 1
        index += 1
    return runs


def _is_bold(raw: str, run: BoldRun) -> bool:
    inside, after = raw[run.start + 2 : run.end - 2], raw[run.end : run.end + 1]
    if inside != inside.strip() or not _SHORTEST <= len(inside) <= _LONGEST_LINE:
        return False
    if run.opens_line and run.ends_line:
        return True
    if len(inside) > _LONGEST or any(mark in inside for mark in "，,；;"):
        return False
    if after and after in _MASKED_UNIT and inside[0] in _MASKED_UNIT:
        return False
    return run.opens_line or raw[run.start - 1] in _BEFORE


def _is_bold_in_markdown(raw: str, run: BoldRun) -> bool:
    inside, after = raw[run.start + 2 : run.end - 2], raw[run.end : run.end + 1]
    if inside != inside.strip() or not _SHORTEST <= len(inside) <= _LONGEST_LINE:
        return False
    if inside[0] in _ENDING or inside[-1] in "，,；;、":
        return False
    behind_masks = _MASKED_UNIT + _MASKED_NAME
    return not (after and after in behind_masks and inside[0] in behind_masks)


def find_masks(raw: str, body: Sequence[Span], bold: Sequence[BoldRun]) -> tuple[Span, ...]:
    """Masked values inside the body, in order; bold marks are none."""
    marks = {position for run in bold for position in (run.start, run.end - 2)}
    found: list[Span] = []
    for zone in body:
        if not _ANY.search(raw, zone.start, zone.end):
            continue
        for shape in (_STARS, _CROSSES, _BLANKED):
            found += [Span(*mask.span()) for mask in shape.finditer(raw, zone.start, zone.end)]
    return tuple(sorted(span for span in found if span.start not in marks))
