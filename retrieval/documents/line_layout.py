"""How the lines of a wrapped file came about, and by that which of them go on in the next.

A line that holds room for what begins the next one was ended by somebody. One that is full may end all the
same: headings, titles, names and dates do.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from retrieval.documents import shapes

SLACK = 4
"""Columns that a full line may lack: no line begins with a mark, and a wide character may not fit."""

_LONGEST_WORD = 16
"""Columns of a Latin word or a number that moves to the next line as a whole."""

_LOOSE_SHARE = 0.1
"""Share of full lines that hold more room than what begins the next line takes, up to which that says that
somebody ended the line there."""

_HEAD_LINES = 12
_LOOKED_AHEAD = 40
_STRONG_MARKER = re.compile(
    rf"[*#\s\u3000]*(?:[{shapes.NUMERAL}]{{1,3}}、|[（(][{shapes.NUMERAL}]{{1,3}}[）)]|第[{shapes.NUMERAL}]{{1,3}}[，、])"
)
LABEL = re.compile(
    r"(?:本文|原文|文章|文档)?(?:标题|来源|作者|编辑|地址|链接|日期|时间|声明)\s?[:：]|(?:版权|免责|特别)声明|主\s?送[:：]|抄\s?送[:：]"
)
INNER_MARK = re.compile(r"[，。；：、,;:]")
_ITEM = re.compile(rf"[{shapes.NUMERAL}]{{1,2}}[要是]")
_NAMES_PLACE = re.compile(r"在|关于|[省市县区]")
_FIRST_WORD = re.compile(r"(?:[A-Za-z0-9.%]+|.)[，。；：、！？）》”’」』】％,;:!?)\]%]*")
_HEADING_KINDS = tuple(
    re.compile(rf"[*#\s]*{marker}")
    for marker in (
        rf"[{shapes.NUMERAL}]{{1,3}}、",
        rf"[（(][{shapes.NUMERAL}]{{1,3}}[）)]",
        rf"第[{shapes.NUMERAL}]{{1,3}}[，、]",
    )
)
_ENDS_INSIDE = tuple("，、：:；;（(《“")
STOP = re.compile(r"[。！？!?]")
_PAIRS = ("（）", "()", "《》", "“”")


@dataclass(frozen=True, slots=True)
class Line:
    """A line without the blanks around it, in offsets of the text.

    Attributes:
        width: columns, the indent included.
        characters: the same in characters.
    """

    start: int
    end: int
    text: str
    width: int
    characters: int
    indented: bool


@dataclass(frozen=True, slots=True)
class Layout:
    """How the lines of a wrapped file came about.

    Attributes:
        lines: all but those set aside.
        width: columns at which they are broken.
        head: number of lines in which title, byline and date may stand.
        is_tight: whether a line always takes what it has room for, so that one that does not was ended.
        by_indent: whether an indented line begins a paragraph and any other does not.
        alone: kinds of headings, by their numbers in `_HEADING_KINDS`, that stand on lines of their own.
        has_lists: whether items such as 一是 begin lines of their own.
    """

    lines: Sequence[Line]
    width: int
    head: int
    is_tight: bool
    by_indent: bool
    alone: frozenset[int]
    has_lists: bool

    @classmethod
    def of(cls, lines: Sequence[Line], width: int) -> Layout:
        """Find out from all lines."""
        pairs = list(pairwise(lines))
        running = [
            _has_room(line, following, width)
            for line, following in pairs
            if line.width > width - SLACK
            and not shapes.ends_sentence(line.text)
            and not _STRONG_MARKER.match(line.text)
        ]
        short = [line for line, following in pairs if _has_room(line, following, width)]
        greeted = (at + 1 for at, line in enumerate(lines) if shapes.salutation_length(line.text))
        return cls(
            lines,
            width,
            head=min(_HEAD_LINES, next(greeted, _HEAD_LINES)),
            is_tight=sum(running) <= _LOOSE_SHARE * len(running),
            by_indent=0 < sum(line.indented for line in lines) <= len(lines) * 0.8,
            alone=frozenset(kind for kind in range(len(_HEADING_KINDS)) if _stands_alone(kind, lines, short)),
            has_lists=any(
                _has_room(line, following, width) and _ITEM.match(following.text) for line, following in pairs
            ),
        )

    def goes_on(self, at: int, row: str) -> bool:
        """Whether line ``at`` continues the one before, with which ``row`` ends."""
        line, following = self.lines[at - 1], self.lines[at]
        if not self._is_full(line, following) or (self.by_indent and following.indented):
            return False
        if _STRONG_MARKER.match(following.text) or LABEL.match(following.text):
            return False
        is_heading = bool(_STRONG_MARKER.match(row)) and not any(mark in row for mark in "。；;")
        if shapes.has_marker(following.text):
            runs_on = self.is_tight and not self.has_lists and _ITEM.match(following.text)
            if is_heading or (shapes.ends_sentence(line.text) and not runs_on):
                return False
        if is_heading and self._is_whole(row, at):
            return False
        if at > self.head:
            return True
        ends = at + 1 == len(self.lines) or not self._is_full(following, self.lines[at + 1])
        return _goes_on_in_head(row, following.text, ends=ends)

    def _is_full(self, line: Line, following: Line) -> bool:
        if not self.width - SLACK < line.width <= self.width + 2:
            return False
        return not self.is_tight or not _has_room(line, following, self.width)

    def _is_whole(self, row: str, at: int) -> bool:
        """Whether a heading that fills its line ends there: such stand alone, and a paragraph follows."""
        kind = next((kind for kind, shape in enumerate(_HEADING_KINDS) if shape.match(row)), None)
        if kind not in self.alone or row.endswith(_ENDS_INSIDE):
            return False
        rest = self.lines[at : at + _LOOKED_AHEAD]
        for line, following in pairwise(rest):
            is_full = self._is_full(line, following)
            if STOP.search(line.text):
                return is_full or line is not rest[0]
            if not is_full or _STRONG_MARKER.match(following.text):
                return False
        return len(rest) > 1 and bool(STOP.search(rest[-1].text))


def _has_room(line: Line, following: Line, width: int) -> bool:
    """Whether what begins the next line would have fitted into this one, counted in columns or characters."""
    if line.characters * 2 == width:
        return False
    word = _FIRST_WORD.match(following.text)
    return line.width + min(columns(word[0]) if word else 0, _LONGEST_WORD) <= width


def _stands_alone(kind: int, lines: Sequence[Line], short: Sequence[Line]) -> bool:
    """Whether headings of a kind mostly end their lines, and no sentence follows them there."""
    shape = _HEADING_KINDS[kind]
    ended = sum(bool(shape.match(line.text)) and not STOP.search(line.text) for line in short)
    return ended > sum(bool(shape.match(line.text) and STOP.search(line.text)) for line in lines)


def _goes_on_in_head(row: str, following: str, *, ends: bool) -> bool:
    """Whether a row of the head that fills its line is broken there.

    ``ends``: whether what follows does not fill its line, as names and dates do not.
    """
    greeted = shapes.salutation_length(row)
    if greeted or shapes.salutation_length(following):
        return 0 < greeted < len(row)
    is_open = any(row.count(pair[0]) > row.count(pair[1]) for pair in _PAIRS)
    if is_open or INNER_MARK.search(row.removesuffix("：")) or _breaks_title(row, following):
        return True
    if shapes.is_title(row):
        return shapes.ends_sentence(following)
    is_prose = bool(INNER_MARK.search(following[:-1]))
    if shapes.is_date_line(row) or (shapes.is_letterhead(row) and (ends or not is_prose)):
        return False
    return not (ends and _stands_for_itself(following))


def _breaks_title(row: str, following: str) -> bool:
    """Whether two lines make a title, of which the second is no title of its own."""
    if not shapes.is_title(row + following):
        return False
    is_tail = shapes.is_title(following) and not _NAMES_PLACE.search(following)
    return is_tail or not shapes.is_title(row)


def _stands_for_itself(line: str) -> bool:
    """Whether a line is a date, a person or a note in brackets."""
    is_note = line[0] in "（(" and line[-1] in "）)"
    is_person = shapes.person_line(line) is not None or shapes.is_bare_name(line)
    return is_note or is_person or shapes.is_date_line(line)


def columns(text: str) -> int:
    """How wide a text is: Latin characters take one column, all others two."""
    return 2 * len(text) - len(text.encode("latin-1", "ignore"))


def joint(before: str, after: str) -> str:
    """What joins two lines of one sentence, by the characters where they meet: Latin words keep a blank."""
    is_latin = before.isascii() and before.isalnum() and after.isascii() and after.isalpha()
    return " " if is_latin else ""
