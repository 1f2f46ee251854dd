"""The learning curve as a picture: how much was learned from against MRR@10, a line for each question set."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 720, 360
LEFT, RIGHT, TOP, BOTTOM = 56, 150, 24, 48  # room around the plot, in pixels
COLOURS: Final = ("#2f6fb5", "#c8553d", "#3f8f5b", "#8a5fb0", "#a07a1f")
INK, FAINT = "#3a3f47", "#d5d9e0"
STEP: Final = 0.1  # between lines of the grid
LABEL: Final = 14  # least pixels between two names at the right

MEASURE: Final = "mrr@10"

Section = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Plot:
    """From passages and measures to pixels; passages are spread evenly by their order of size."""

    passages: Sequence[int]
    low: float
    high: float

    def x(self, passages: int) -> float:
        place = self.passages.index(passages) / max(1, len(self.passages) - 1)
        return LEFT + place * (WIDTH - LEFT - RIGHT)

    def y(self, value: float) -> float:
        return HEIGHT - BOTTOM - (value - self.low) / (self.high - self.low) * (HEIGHT - TOP - BOTTOM)


def curve_picture(section: Section) -> str:
    """SVG of a section whose runs learned from more and more; a run without a log learned from nothing.

    Bars are the bootstrap intervals.
    """
    rows = sorted(section["rows"], key=_passages)
    names = list(rows[0]["sets"])
    scores = [row["sets"][name][MEASURE] for row in rows for name in names]
    low = int(min(score["low"] for score in scores) / STEP) * STEP
    plot = _Plot(sorted({_passages(row) for row in rows}), low, 1.0)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        'font-family="sans-serif" font-size="12">',
        "<title>MRR@10 by passages learned from</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        *_grid(plot),
    ]
    labels = _apart([plot.y(rows[-1]["sets"][name][MEASURE]["value"]) for name in names])
    for number, name in enumerate(names):
        colour = COLOURS[number % len(COLOURS)]
        points = [(plot.x(_passages(row)), row["sets"][name][MEASURE]) for row in rows]
        parts += _line(plot, points, colour)
        parts.append(_text(WIDTH - RIGHT + 12, labels[number] + 4, name, colour))
    return "\n".join([*parts, "</svg>"]) + "\n"


def _grid(plot: _Plot) -> Iterator[str]:
    for tick in range(round((plot.high - plot.low) / STEP) + 1):
        value = plot.low + tick * STEP
        y = plot.y(value)
        yield f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="{FAINT}"/>'
        yield _text(LEFT - 8, y + 4, f"{value:.1f}", INK, "end")
    for passages in plot.passages:
        yield _text(
            plot.x(passages), HEIGHT - BOTTOM + 18, f"{passages:,}" if passages else "plain", INK, "middle"
        )
    middle = (LEFT + WIDTH - RIGHT) / 2
    yield _text(middle, HEIGHT - 10, "passages learned from (not to scale)", INK, "middle")
    yield _text(LEFT, TOP - 10, "MRR@10", INK, "middle")


def _line(plot: _Plot, points: Sequence[tuple[float, Mapping[str, float]]], colour: str) -> Iterator[str]:
    path = " ".join(f"{x:.1f},{plot.y(score['value']):.1f}" for x, score in points)
    yield f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>'
    for x, score in points:
        low, high = plot.y(score["low"]), plot.y(score["high"])
        ends = f'x1="{x:.1f}" x2="{x:.1f}" y1="{low:.1f}" y2="{high:.1f}"'
        yield f'<line {ends} stroke="{colour}" opacity="0.45"/>'
        yield f'<circle cx="{x:.1f}" cy="{plot.y(score["value"]):.1f}" r="3" fill="{colour}"/>'


def _apart(wanted: Sequence[float]) -> list[float]:
    """Heights near the wanted ones, at least ``LABEL`` from each other."""
    heights = list(wanted)
    last = float("-inf")
    for number in sorted(range(len(wanted)), key=wanted.__getitem__):
        last = heights[number] = max(wanted[number], last + LABEL)
    return heights


def _text(x: float, y: float, text: str, colour: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" fill="{colour}" text-anchor="{anchor}">{escape(text)}</text>'


def _passages(row: Mapping[str, Any]) -> int:
    return int(row["log"].get("passages", 0))
