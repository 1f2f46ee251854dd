"""The timeline picture: a lane of circles for each wording, a bar for each year. Self-contained SVG.

Circles lie in columns of one width, so that they never overlap, with one occurrence or with hundreds: what
falls into the same column of a lane is one circle with a number.
"""

from __future__ import annotations

import html
import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from config.messages import Language, message
from retrieval.lineage.types import Change, ChangeKind, Count, Lineage, Moment, Occurrence, Variant

WIDTH = 640
"""Pixels. A phone shows 14 of them, the size of most labels, as large as its own small print."""
MOST_LANES = 10
"""Wordings with a lane of their own; the rarer ones share the last lane."""

_EDGE = 28
_UNDATED = 84  # width of the column at the right, where any occurrence has no date
_HEAD = 128
_LANE = 62
_LABEL = 16  # from the top of a lane to the foot of its label
_BARS = 110
_FOOT = 30
_LINE = 18  # of the legend
_COLUMN = 28  # least width of a column
_EMS = (WIDTH - 2 * _EDGE) / 14  # what fits in the width, in the size of a label
_HEAD_EMS = (WIDTH - 2 * _EDGE) / 20
_COUNT_EMS = 3  # of a lane's label: how many there are
_NARROW = 0.6  # of an em: most that a letter or digit takes on the average
_NAMED = 14  # letters of the first wording in the legend
_TOLD = 12  # occurrences named in the hint of one circle
_YEAR_ROOM = 38  # pixels that the label of a year takes

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_STYLE = (
    'text{font-family:"PingFang SC","Microsoft YaHei","Noto Sans CJK SC","Source Han Sans SC",sans-serif;'
    "font-size:14px;fill:#24292f}"
    ".name{font-size:20px;font-weight:600}.faint{fill:#6e7781;font-size:12px}"
    ".old{fill:#cf222e;text-decoration:line-through}.new{fill:#1a7f37;font-weight:600}"
    ".number{fill:#fff;font-size:11px;text-anchor:middle}.hollow-number{fill:#0b5cad}"
    ".axis{stroke:#d0d7de}.dot{fill:#0b5cad}.hollow{fill:#fff;stroke:#0b5cad;stroke-width:2}"
    ".bar{fill:#9ecbff}.middle{text-anchor:middle}"
)


@dataclass(frozen=True, slots=True)
class _Lane:
    changes: tuple[Change, ...]
    occurrences: tuple[Occurrence, ...]


@dataclass(frozen=True, slots=True)
class _Scale:
    """From moments to pixels: whole years, from the first to the last."""

    first: int
    last: int
    left: float
    right: float

    @property
    def columns(self) -> int:
        """How many columns of circles there are."""
        return int((self.right - self.left) // _COLUMN)

    def column(self, x: float) -> int:
        """The column that a place lies in."""
        return min(self.columns - 1, int((x - self.left) / (self.right - self.left) * self.columns))

    def middle(self, column: int) -> float:
        """The middle of a column."""
        return self.left + (column + 0.5) * (self.right - self.left) / self.columns

    def at(self, year: float) -> float:
        """Where a point of time lies; 2024.5 is the middle of 2024."""
        return self.left + (self.right - self.left) * (year - self.first) / (self.last + 1 - self.first)


def timeline_svg(lineage: Lineage, language: Language) -> str:
    """Draw a lineage that has occurrences.

    Args:
        lineage: what to draw.
        language: of the labels.

    Returns:
        SVG that needs no other file, ``WIDTH`` pixels wide and as high as its lanes need.

    Raises:
        ValueError: there is nothing to draw.
    """
    if not lineage.occurrences:
        raise ValueError("a lineage without occurrences has no timeline")
    lanes = _lanes(lineage, language)
    scale = _scale(lineage)
    legend = _legend(lineage, language)
    bars_top = _HEAD + _LANE * len(lanes)
    legend_top = bars_top + (_BARS if lineage.years else 0) + _FOOT
    height = legend_top + _LINE * len(legend)
    title = message("trace.picture_title", language, formulation=lineage.formulation)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
        f'viewBox="0 0 {WIDTH} {height}" role="img" xml:lang="{language.value}">',
        f"<title>{_escaped(title)}</title><style>{_STYLE}</style>",
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
        *_head(lineage, title, language),
        *_years(lineage.years, scale, len(lanes), language),
    ]
    for number, lane in enumerate(lanes):
        parts += _drawn(lane, scale, _HEAD + _LANE * number)
    if lineage.undated:
        label = message("trace.picture_undated", language)
        parts.append(_text(WIDTH - _EDGE - _UNDATED / 2, _HEAD - 8, label, "faint middle"))
    parts += [_text(_EDGE, legend_top + _LINE * at, line, "faint") for at, line in enumerate(legend)]
    return "\n".join([*parts, "</svg>\n"])


def _legend(lineage: Lineage, language: Language) -> list[str]:
    """What circles mean, and the marks in wordings where there are any."""
    lines = [message("trace.picture_circles", language)]
    if len(lineage.variants) > 1:
        lines.append(message("trace.picture_marks", language, wording=_cut(lineage.base, _NAMED)))
    return lines


def _lanes(lineage: Lineage, language: Language) -> list[_Lane]:
    variants = lineage.variants
    if len(variants) <= MOST_LANES:
        return [_lane(variant) for variant in variants]
    ranked = sorted(range(len(variants)), key=lambda at: (-len(variants[at].occurrences), at))
    own = sorted(ranked[: MOST_LANES - 1])
    others = [variants[at] for at in sorted(ranked[MOST_LANES - 1 :])]
    label = message("trace.picture_others", language, count=len(others))
    rest = tuple(one for variant in others for one in variant.occurrences)
    return [*(_lane(variants[at]) for at in own), _Lane((Change(ChangeKind.EQUAL, label, label),), rest)]


def _lane(variant: Variant) -> _Lane:
    return _Lane(variant.changes, variant.occurrences)


def _scale(lineage: Lineage) -> _Scale:
    years = [one.moment.year for one in lineage.occurrences if one.moment]
    right = WIDTH - _EDGE - (_UNDATED if lineage.undated else 0)
    return _Scale(min(years, default=0), max(years, default=0), _EDGE, right)


def _head(lineage: Lineage, title: str, language: Language) -> Iterable[str]:
    found = message("trace.found", language, count=len(lineage.occurrences), documents=lineage.documents)
    yield _text(_EDGE, 36, _cut(title, _HEAD_EMS), "name")
    yield _text(_EDGE, 58, found, "faint")
    for number, (key, one) in enumerate(lineage.ends):
        line = f"{message(f'trace.{key}', language)} {_named(one)}"
        yield _text(_EDGE, 78 + 20 * number, _cut(line, _EMS))
    if lineage.first is None:
        yield _text(_EDGE, 78, message("trace.no_dates", language))


def _years(counts: Sequence[Count], scale: _Scale, lanes: int, language: Language) -> Iterable[str]:
    """Lines and names of the years, and a bar for each year that has occurrences."""
    if not counts:
        return
    top = _HEAD + _LANE * lanes
    foot = top + _BARS - 24
    # Lines that break off where a label stands.
    rows = [(_HEAD + _LANE * at + _LABEL + 8, _HEAD + _LANE * (at + 1) - 2) for at in range(lanes)]
    rows.append((top + 20, foot))
    yield f'<line class="axis" x1="{scale.left:g}" y1="{foot:g}" x2="{scale.right:g}" y2="{foot:g}"/>'
    yield _text(scale.left, top + 12, message("trace.picture_years", language), "faint")
    room = scale.at(scale.first + 1) - scale.at(scale.first)
    step = max(1, math.ceil(_YEAR_ROOM / room))
    for year in range(scale.first, scale.last + 1, step):
        x = scale.at(year)
        yield f'<path class="axis" d="{" ".join(f"M{x:.1f} {a}V{b}" for a, b in rows)}"/>'
        yield _text(scale.at(year + 0.5), foot + 18, str(year), "faint middle")
    most = max(count.occurrences for count in counts)
    for count in counts:
        middle = scale.at(int(count.name) + 0.5)
        wide, high = max(1.0, min(room * 0.6, 48)), 40 * count.occurrences / most
        yield (
            f'<rect class="bar" x="{middle - wide / 2:.1f}" y="{foot - high:.1f}" '
            f'width="{wide:.1f}" height="{high:.1f}"/>'
        )
        if room >= 16:
            yield _text(middle, foot - high - 4, str(count.occurrences), "faint middle")


def _drawn(lane: _Lane, scale: _Scale, top: float) -> Iterable[str]:
    """A lane: its label, its line, its circles."""
    y = top + _LABEL + 24
    count = f'<tspan class="faint" dx="6">×{len(lane.occurrences)}</tspan>'
    yield f'<text x="{_EDGE}" y="{top + _LABEL:g}">{_marked(lane.changes)}{count}</text>'
    yield f'<line class="axis" x1="{scale.left:g}" y1="{y:g}" x2="{scale.right:g}" y2="{y:g}"/>'
    columns: dict[int, list[tuple[float, Occurrence]]] = {}
    undated: list[Occurrence] = []
    for one in lane.occurrences:
        if one.moment is None:
            undated.append(one)
            continue
        x = scale.at(_point(one.moment))
        columns.setdefault(scale.column(x), []).append((x, one))
    for column, found in sorted(columns.items()):
        centre = scale.middle(column)
        radius = _radius(len(found))
        slack = max(0.0, _COLUMN / 2 - radius - 1)  # as near to its date as its column allows
        mean = sum(x for x, _ in found) / len(found)
        yield _circle(min(max(mean, centre - slack), centre + slack), y, radius, [one for _, one in found])
    if undated:
        yield _circle(WIDTH - _EDGE - _UNDATED / 2, y, _radius(len(undated)), undated)


def _point(moment: Moment) -> float:
    """A moment as a fraction of years: the middle of what is known."""
    if not moment.month:
        return moment.year + 0.5
    return moment.year + (moment.month - 1 + ((moment.day or 15.5) - 0.5) / 31) / 12


def _radius(count: int) -> float:
    return min(_COLUMN / 2 - 1, 5 + 2 * math.sqrt(count))


def _circle(x: float, y: float, radius: float, found: Sequence[Occurrence]) -> str:
    hollow = all(one.moment is None or not one.moment.month for one in found)
    told = [_named(one) for one in found[:_TOLD]] + (["…"] if len(found) > _TOLD else [])
    number = ""
    if len(found) > 1:
        kind = "number hollow-number" if hollow else "number"
        number = f'<text class="{kind}" x="{x:.1f}" y="{y + 4:.1f}">{len(found)}</text>'
    return (
        f'<g><title>{_escaped(chr(10).join(told))}</title><circle class="{"hollow" if hollow else "dot"}" '
        f'cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}"/>{number}</g>'
    )


def _named(one: Occurrence) -> str:
    title = one.document.title.strip("《》")
    date = str(one.moment) if one.moment else ""
    source = f"《{title}》" if title else one.document.path
    return " ".join(filter(None, (date, one.speaker, source)))


def _marked(changes: Iterable[Change]) -> str:
    """A wording with its differences, cut to the width of a lane."""
    parts: list[str] = []
    left = _EMS - _COUNT_EMS
    for change in changes:
        pieces = [(change.new, "")]
        if change.kind is not ChangeKind.EQUAL:
            pieces = [(change.old, "old"), (change.new, "new")]
        for text, kind in pieces:
            shown = _escaped(_cut(text, left)) if left >= 1 else ""
            left -= _ems(text)
            if shown:
                parts.append(f'<tspan class="{kind}">{shown}</tspan>' if kind else shown)
    return "".join(parts)


def _text(x: float, y: float, text: str, kind: str = "") -> str:
    style = f' class="{kind}"' if kind else ""
    return f'<text{style} x="{x:.1f}" y="{y:.1f}">{_escaped(text)}</text>'


def _cut(text: str, most: float) -> str:
    """A text that is at most so many ems wide, with an ellipsis where it was wider."""
    if _ems(text) <= most:
        return text
    widths = accumulate(map(_ems, text))
    return text[: sum(width <= most - 1 for width in widths)] + "…"


def _ems(text: str) -> float:
    """About how wide a text is: full-width characters an em each, also those that are so in Chinese fonts."""
    wide = sum(unicodedata.east_asian_width(character) in "WFA" for character in text)
    return wide + _NARROW * (len(text) - wide)


def _escaped(text: str) -> str:
    """Text for XML 1.0, which has no control characters and no surrogates."""
    return html.escape(_NOT_XML.sub("\ufffd", text))
