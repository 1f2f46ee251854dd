"""The two curves of a report as SVG, drawn with plain shapes so that they need nothing from outside.

Colours are those of the page: classes `axis`, `grid`, `guide`, `curve`, `mark` and `label`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from retrieval.evaluation.calibration import ALLOWED, Reliability, RiskCoverage

_SIDE = 300  # of the unit square, in user units
_LEFT, _TOP, _RIGHT, _BOTTOM = 52, 12, 14, 46
_TICKS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)


def risk_coverage_svg(curve: RiskCoverage, *, title: str, across: str, up: str) -> str:
    """Coverage over false answers, a step for every threshold; the dot is the run as it was.

    Args:
        curve: with points.
        title: what a screen reader says.
        across: name of the horizontal axis, false answers.
        up: name of the vertical axis, coverage.
    """
    corners = [(0.0, 0.0), *((point.false_answers, point.coverage) for point in curve.points)]
    line = " ".join(f"{_x(x)},{_y(y)}" for x, y in corners)
    shapes = [
        _line("guide", (0, 0), (1, 1)),
        _line("guide", (ALLOWED, 0), (ALLOWED, 1)),
        f'<polyline class="curve" points="{line}"/>',
    ]
    if curve.in_force is not None:
        x, y = curve.in_force
        shapes.append(f'<circle class="mark" cx="{_x(x)}" cy="{_y(y)}" r="4.5"/>')
    return _svg(title, across, up, shapes)


def reliability_svg(found: Reliability, *, title: str, across: str, up: str) -> str:
    """Share of answerable questions over confidence, with intervals; dots are larger for more questions."""
    most = max((each.questions for each in found.bins), default=0)
    shapes = [_line("guide", (0, 0), (1, 1))]
    for each in found.bins:
        if each.confidence is None or each.answerable is None:
            continue
        at, share = each.confidence, each.answerable
        radius = 3 + 5 * (each.questions / most) ** 0.5
        shapes.append(_line("curve", (at, share.low), (at, share.high)))
        shapes.append(f'<circle class="mark" cx="{_x(at)}" cy="{_y(share.value)}" r="{radius:.1f}"/>')
    return _svg(title, across, up, shapes)


def _svg(title: str, across: str, up: str, shapes: Sequence[str]) -> str:
    width, height = _LEFT + _SIDE + _RIGHT, _TOP + _SIDE + _BOTTOM
    middle = f"{_LEFT - 38},{_TOP + _SIDE / 2:g}"
    name = escape(title)
    return "".join(
        (
            f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{name}"><title>{name}</title>',
            *_frame(),
            *shapes,
            f'<text class="label" x="{_LEFT + _SIDE / 2:g}" y="{height - 8}">{escape(across)}</text>',
            f'<text class="label" transform="translate({middle}) rotate(-90)">{escape(up)}</text>',
            "</svg>",
        )
    )


def _frame() -> Iterable[str]:
    for tick in _TICKS:
        kind = "axis" if tick == 0 else "grid"
        yield _line(kind, (tick, 0), (tick, 1))
        yield _line(kind, (0, tick), (1, tick))
        yield f'<text class="label" x="{_x(tick)}" y="{_TOP + _SIDE + 16}">{tick:g}</text>'
        yield f'<text class="label" x="{_LEFT - 16}" y="{float(_y(tick)) + 4:.1f}">{tick:g}</text>'


def _line(kind: str, start: tuple[float, float], end: tuple[float, float]) -> str:
    (x1, y1), (x2, y2) = start, end
    return f'<line class="{kind}" x1="{_x(x1)}" y1="{_y(y1)}" x2="{_x(x2)}" y2="{_y(y2)}"/>'


def _x(value: float) -> str:
    return f"{_LEFT + _SIDE * value:.1f}"


def _y(value: float) -> str:
    return f"{_TOP + _SIDE * (1 - value):.1f}"
