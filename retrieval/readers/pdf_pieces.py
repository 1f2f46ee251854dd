"""From the characters of a sheet to its printed lines, blanks between characters decided.

Programs that set Chinese justified stretch the gaps between characters; that is no white space of the text.
White space is what the file itself says and the page shows, and wide gaps.
"""

from __future__ import annotations

import bisect
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from retrieval.readers.pdf_characters import Character, Sheet
from retrieval.readers.pdf_signs import is_wide
from retrieval.readers.printed import Piece, Rule

_LEVEL = 0.3  # ems that baselines of one line may differ
_RAISED = 0.65  # ems for a raised or lowered sign, which is smaller
_SMALL = 0.8  # share of the size of the line
_NEIGHBOURS = 40  # rows above that may have the same height, given their sizes
_OVERLAP = 0.75  # ems that a character may reach into the one before: marks are set close
_GAP = 1.6  # ems between characters that follow each other in the file
_GAP_ELSEWHERE = 0.7  # ems between characters that don't: a column may begin there
_SEEN_BLANK = 0.12  # ems that a blank between wide characters must open
_MOVED = 0.21  # ems between wide characters that are a blank where the line is not stretched
_LOOSE = 0.08  # ems of a stretched line
_WIDE_BLANK = 0.7  # ems of a wide blank
_SPACED_SHARE = 0.3
"""Share of pairs of wide characters with a blank between from which the blanks are how the text is set."""
_LATIN_GAP = 0.6  # ems between letters whose widths are guessed


@dataclass(slots=True)
class _Run:
    """Characters of one line in a row, and where the run stands in the file."""

    characters: list[Character]
    order: int
    last: int = field(default=-1)

    @property
    def y(self) -> float:
        return self.characters[0].y

    @property
    def size(self) -> float:
        return self.characters[0].size

    @property
    def left(self) -> float:
        return self.characters[0].x

    @property
    def right(self) -> float:
        return self.characters[-1].x + self.characters[-1].advance


def pieces_of(sheet: Sheet, rules: Sequence[Rule] = ()) -> list[Piece]:
    """The printed lines of a sheet, parted where gaps are wide or an upright rule stands between.

    Args:
        sheet: the characters.
        rules: in the same direction as the sheet.
    """
    if sheet.quarter is None:
        return _askew(sheet.characters)
    fences = _Fences(rules)
    keeps_blanks = not _is_spaced(sheet.characters)
    return [
        _piece(run.characters, keeps_blanks=keeps_blanks)
        for row in _rows(_runs(sheet.characters, fences))
        for run in _merged(row, fences)
    ]


class _Fences:
    """Upright rules, to be asked whether one stands between two characters."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = sorted((rule for rule in rules if not rule.is_level), key=lambda rule: rule.left)
        self._places = [rule.left for rule in self._rules]

    def part(self, before: Character, after: Character) -> bool:
        if not self._rules:
            return False
        start = before.x + 0.3 * before.advance
        first = bisect.bisect_left(self._places, start)
        last = bisect.bisect_right(self._places, after.x + 0.3 * after.size)
        middle = after.y - 0.4 * after.size
        return any(rule.top <= middle <= rule.bottom for rule in self._rules[first:last])


def _askew(characters: Sequence[Character]) -> list[Piece]:
    """Watermarks and stamps, as the file has their characters."""
    if not characters:
        return []
    first = characters[0]
    text = "".join(one.text for one in characters)
    return [Piece(text, first.x, first.x, first.y, first.size, is_aside=True)]


def _runs(characters: Sequence[Character], fences: _Fences) -> list[_Run]:
    """Characters that follow each other in the file and on the page."""
    runs: list[_Run] = []
    for order, one in enumerate(characters):
        if runs and _follows(runs[-1].characters[-1], one) and not fences.part(runs[-1].characters[-1], one):
            runs[-1].characters.append(one)
            runs[-1].last = order
        else:
            runs.append(_Run([one], order, order))
    return runs


def _follows(before: Character, after: Character) -> bool:
    size = max(before.size, after.size)
    if abs(before.y - after.y) > _LEVEL * min(before.size, after.size):
        return False
    gap = after.x - before.x - before.advance
    return -_OVERLAP * size <= gap <= (_GAP + 0.6 * max(0, after.blanks)) * size


def _rows(runs: Sequence[_Run]) -> list[list[_Run]]:
    """Runs by line, from the top."""
    rows: list[list[_Run]] = []
    for run in sorted(runs, key=lambda run: (run.y, run.left)):
        near = (row for row in reversed(rows[-_NEIGHBOURS:]) if _is_level(row[0], run))
        row = next(near, None)
        if row is None:
            rows.append([run])
        else:
            row.append(run)
    return _with_raised(rows)


def _is_level(run: _Run, other: _Run) -> bool:
    return abs(run.y - other.y) <= _LEVEL * min(run.size, other.size)


def _with_raised(rows: Sequence[list[_Run]]) -> list[list[_Run]]:
    """Rows with the signs that are raised or lowered in the line that they touch."""
    kept: list[list[_Run]] = []
    for at, row in enumerate(rows):
        around = (*reversed(rows[max(0, at - 2) : at]), *rows[at + 1 : at + 3])
        home = next((other for other in around if all(_is_raised(run, other) for run in row)), None)
        if home is None:
            kept.append(row)
        else:
            home += row
    return kept


def _is_raised(run: _Run, row: Sequence[_Run]) -> bool:
    """Whether a run is small and stands close beside a larger one of another line."""
    return any(
        run.size < _SMALL * other.size
        and abs(run.y - other.y) < _RAISED * other.size
        and any(
            -0.3 * other.size <= gap <= 0.4 * other.size
            for gap in (run.left - other.right, other.left - run.right)
        )
        for other in row
    )


def _merged(row: Sequence[_Run], fences: _Fences) -> list[_Run]:
    """The runs of a line put together where no wide gap parts them."""
    merged: list[_Run] = []
    for run in sorted(row, key=lambda run: run.left):
        before = merged[-1] if merged else None
        if before is not None and _touches(before, run, fences):
            before.characters += run.characters
            before.last = run.last
        else:
            merged.append(run)
    return merged


def _touches(before: _Run, after: _Run, fences: _Fences) -> bool:
    last, first = before.characters[-1], after.characters[0]
    size = max(last.size, first.size)
    gap = first.x - last.x - last.advance
    is_next = before.last + 1 == after.order
    most = _GAP + 0.6 * max(0, first.blanks) if is_next else _GAP_ELSEWHERE
    return -_OVERLAP * size <= gap <= most * size and not fences.part(last, first)


def _is_spaced(characters: Sequence[Character]) -> bool:
    """Whether blanks stand between wide characters all over, and so mean nothing."""
    pairs = Counter(
        after.blanks > 0
        for before, after in pairwise(characters)
        if is_wide(before.text) and is_wide(after.text) and abs(before.y - after.y) < 0.3 * after.size
    )
    return pairs[True] > _SPACED_SHARE * max(10, pairs.total())


def _piece(characters: Sequence[Character], *, keeps_blanks: bool) -> Piece:
    sizes = Counter(round(one.size, 1) for one in characters)
    size = max(sizes, key=lambda size: (sizes[size], size))
    of_size = [one for one in characters if round(one.size, 1) == size]
    text = ""
    bold = gothic = 0
    opens_bold = opens_gothic = True
    before: Character | None = None
    stretch = _stretch(characters)
    for one in characters:
        if before is not None:
            text += _blank(before, one, stretch, keeps_blanks=keeps_blanks)
        text += one.text
        opens_bold, opens_gothic = opens_bold and one.is_bold, opens_gothic and one.is_gothic
        bold, gothic = len(text) if opens_bold else bold, len(text) if opens_gothic else gothic
        before = one
    last = characters[-1]
    baseline = sorted(one.y for one in of_size)[len(of_size) // 2]
    return Piece(text, characters[0].x, last.x + last.advance, baseline, size, bold, gothic)


def _stretch(characters: Sequence[Character]) -> float:
    """Ems by which the gaps between wide characters of a line are usually stretched."""
    gaps = sorted(
        _gap(one, two) for one, two in pairwise(characters) if is_wide(one.text) and is_wide(two.text)
    )
    return gaps[len(gaps) // 2] if gaps else 0.0


def _gap(before: Character, after: Character) -> float:
    return (after.x - before.x - before.advance) / max(before.size, after.size)


def _blank(before: Character, after: Character, stretch: float, *, keeps_blanks: bool) -> str:
    """What stands between two characters of a line: a blank, a wide one, or nothing."""
    size = max(before.size, after.size)
    gap = _gap(before, after)
    wide = is_wide(before.text), is_wide(after.text)
    if min(before.size, after.size) < _SMALL * size and after.blanks <= 0:
        return ""  # raised or lowered
    if not any(wide):
        return " " if after.blanks or gap > _LATIN_GAP else ""
    if all(wide) and after.blanks <= 0:
        # Some programs move on instead of printing a blank.
        least = _MOVED if stretch < _LOOSE else _WIDE_BLANK
        return "" if gap < stretch + least else "\u3000" if gap >= stretch + _WIDE_BLANK else " "
    if after.blanks <= 0 or (all(wide) and gap < 0.8 and (gap < _SEEN_BLANK or not keeps_blanks)):
        return ""
    return "\u3000" if after.blanks > 1 and all(wide) else " "
