"""Draws a Telegram chat as an SVG picture: phones side by side, each message as a client shows it.

Wide glyphs are placed one by one, so that lines hold whatever Chinese font the reader has; Latin letters run
from where their word starts, at widths close to those of common sans-serif fonts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from xml.sax.saxutils import escape

from chat_layout import (
    BUBBLE,
    LINE,
    PAD,
    SIZE,
    SMALL,
    Block,
    Bubble,
    Glyph,
    blocks_of,
    body_height,
    bubble_width,
    cut,
    width_of,
)

WIDTH, HEIGHT = 390.0, 800.0  # one phone, in pixels
A_ROW = 3  # phones
GAP, MARGIN = 26.0, 18.0
HEAD, FOOT = 56.0, 46.0
ROOM = HEIGHT - HEAD - FOOT - 18
SPLIT, OVERLAP = 320.0, 50.0  # a message higher than that may be cut by the screen; so much is seen twice
BUTTON_HEIGHT, BUTTON_GAP = 34.0, 3.0

FONTS = (
    '"PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Source Han Sans SC", "WenQuanYi Micro Hei", '
    "sans-serif"
)
INK, FAINT, LINK = "#17212b", "#8a97a3", "#2d83c4"
OURS, THEIRS, BACK = "#e6f8d3", "#ffffff", "#b9d0a9"
QUOTE, QUOTE_BAR = "#eaf3fb", "#3a8fd0"
BUTTON, BUTTON_INK = "#6f9064", "#ffffff"
HEADER, EDGE = "#ffffff", "#d5dbd9"
_THUMB = (
    "M0 6h3v8H0zM4 6.5 7 0c1.6 0 2 1.2 1.7 2.6L8.2 5H12c1.2 0 2 1 1.7 2.2l-1.2 5.3"
    "C12.2 13.4 11.5 14 10.6 14H4z"
)


def draw(title: str, status: str, bubbles: Sequence[Bubble]) -> str:
    """The whole picture; a new phone begins where one is full."""
    phones = _fill(bubbles)
    columns, rows = min(len(phones), A_ROW), -(-len(phones) // A_ROW)
    width = 2 * MARGIN + columns * (WIDTH + GAP) - GAP
    height = 2 * MARGIN + rows * (HEIGHT + GAP) - GAP
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}" '
        f'height="{height:g}" font-family=\'{FONTS}\' font-size="{SIZE:g}">',
        f'<rect width="{width:g}" height="{height:g}" fill="#f3f4f2"/>',
    ]
    for at, phone in enumerate(phones):
        x = MARGIN + at % A_ROW * (WIDTH + GAP)
        y = MARGIN + at // A_ROW * (HEIGHT + GAP)
        parts += _phone(x, y, f"phone{at}", title, status, phone)
    return "\n".join([*parts, "</svg>", ""])


def _fill(bubbles: Sequence[Bubble]) -> list[list[tuple[float, Bubble]]]:
    """What each phone shows and how far below its head; a long message goes on on the next phone."""
    phones: list[list[tuple[float, Bubble]]] = [[]]
    top = 0.0
    for bubble in bubbles:
        height = _height(bubble)
        if phones[-1] and top + height > ROOM and (height < SPLIT or ROOM - top < SPLIT / 2):
            # A question goes over to the next phone with its answer.
            asked = [phones[-1].pop()[1]] if phones[-1][-1][1].ours and len(phones[-1]) > 1 else []
            phones.append([(0.0, one) for one in asked])
            top = sum(_height(one) + 8 for one in asked)
        phones[-1].append((top, bubble))
        while top + height > ROOM + 1:
            top += OVERLAP - ROOM
            phones.append([(top, bubble)])
        top += height + 8
    return phones


def _height(bubble: Bubble) -> float:
    if bubble.service:
        return 24.0
    return body_height(bubble, blocks_of(bubble)) + len(bubble.rows) * (BUTTON_HEIGHT + BUTTON_GAP)


def _phone(  # noqa: PLR0917 - a place and what stands there
    x: float, y: float, name: str, title: str, status: str, bubbles: Iterable[tuple[float, Bubble]]
) -> Iterator[str]:
    clip = _box(x, y, WIDTH, HEIGHT, "#000", 22)
    yield f'<clipPath id="{name}">{clip}</clipPath>'
    yield f'<g clip-path="url(#{name})">'
    yield _box(x, y, WIDTH, HEIGHT, BACK, 0)
    for top, bubble in bubbles:
        yield from _bubble(x, y + HEAD + 10 + top, bubble)
    yield _box(x, y, WIDTH, HEAD, HEADER, 0)
    yield f'<circle cx="{x + 34:g}" cy="{y + 28:g}" r="18" fill="#3a8fd0"/>'
    yield _label(x + 34, y + 34, title[:1], 17, "#ffffff", "middle")
    yield _label(x + 62, y + 25, title, 16, INK, weight=600)
    yield _label(x + 62, y + 43, status, 12, FAINT)
    yield _box(x, y + HEIGHT - FOOT, WIDTH, FOOT, HEADER, 0)
    yield _box(x + 12, y + HEIGHT - FOOT + 7, WIDTH - 24, FOOT - 14, "#f1f3f4", 16)
    yield _label(x + 28, y + HEIGHT - FOOT / 2 + 5, "消息", 14, FAINT)
    yield "</g>"
    yield (
        f'<rect x="{x:g}" y="{y:g}" width="{WIDTH:g}" height="{HEIGHT:g}" rx="22" fill="none" '
        f'stroke="{EDGE}" stroke-width="2"/>'
    )


def _bubble(x: float, y: float, bubble: Bubble) -> Iterator[str]:
    if bubble.service:
        width = width_of(bubble.text, 12) + 24
        yield _box(x + (WIDTH - width) / 2, y, width, 24, "#7f9a74", 12)
        yield _label(x + WIDTH / 2, y + 16.5, bubble.text, 12, "#ffffff", "middle")
        return
    blocks = blocks_of(bubble)
    width = bubble_width(bubble, blocks)
    left = x + WIDTH - 10 - width if bubble.ours else x + 10
    height = body_height(bubble, blocks)
    yield _box(left, y, width, height, OURS if bubble.ours else THEIRS, 13)
    top = y + PAD - 3
    if bubble.file:
        yield from _file(left + PAD, top, *bubble.file)
        top += 52
    for block in blocks:
        yield from _draw_block(left + PAD, top, width - 2 * PAD, block)
        top += block.height
    stamp = " ".join(filter(None, (bubble.edited, bubble.clock)))
    right = left + width - PAD
    if bubble.ours:
        ticks = f"M{right - 15:g} {y + height - 10.5:g}l3 3 6-7m-2 6l1 1 6-7"
        yield _stroke(ticks, "#58b05c", 1.4)
        right -= 19
    yield _label(right, y + height - 7, stamp, SMALL, FAINT, "end")
    top = y + height + BUTTON_GAP
    for row in bubble.rows:
        yield from _row(left, top, width, row, bubble.pressed)
        top += BUTTON_HEIGHT + BUTTON_GAP


def _draw_block(x: float, y: float, width: float, block: Block) -> Iterator[str]:
    if block.quote:
        yield _box(x, y + 2, width, block.height - 4, QUOTE, 5)
        yield _box(x, y + 2, 3.5, block.height - 4, QUOTE_BAR, 1.5)
        if block.hidden:
            chevron = f"M{x + width - 17:g} {y + block.height - 13:g}l4.5 4.5 4.5 -4.5"
            yield _stroke(chevron, QUOTE_BAR, 1.8)
        x += 11
        y += 5
    for line in block.lines:
        yield from _draw_line(x, y + LINE - 6, line)
        y += LINE


def _draw_line(x: float, y: float, line: Sequence[Glyph]) -> Iterator[str]:
    at = 0
    while at < len(line):
        end = at + 1
        while end < len(line) and line[end].kinds == line[at].kinds:
            end += 1
        yield _run(x, y, line[at:end])
        x += sum(glyph.width for glyph in line[at:end])
        at = end


def _run(x: float, y: float, glyphs: Sequence[Glyph]) -> str:
    kinds = glyphs[0].kinds
    colour = INK
    if "italic" in kinds:
        colour = FAINT  # Chinese has no italics; clients slant it, which reads badly this small
    if kinds & {"url", "text_link", "mention", "bot_command", "hashtag"}:
        colour = LINK
    if kinds & {"code", "pre"}:
        colour = "#9a4d52"
    weight = ' font-weight="700"' if "bold" in kinds else ""
    spans, here = [], x
    for glyph in glyphs:
        if not glyph.text.isspace():
            spans.append(f'<tspan x="{here:.1f}">{escape(glyph.text)}</tspan>')
        here += glyph.width
    return f'<text y="{y:.1f}" fill="{colour}"{weight}>{"".join(spans)}</text>'


def _row(x: float, y: float, width: float, labels: Sequence[str], pressed: str) -> Iterator[str]:
    each = (width - BUTTON_GAP * (len(labels) - 1)) / len(labels)
    for at, label in enumerate(labels):
        left = x + at * (each + BUTTON_GAP)
        touched = label == pressed
        yield _box(left, y, each, BUTTON_HEIGHT, "#48693e" if touched else BUTTON, 8)
        if label[:1] in "👍👎" and label:
            yield from _thumb(left + each / 2 - width_of(label[1:].strip(), 13) / 2 - 9, y, label)
            continue
        yield _label(left + each / 2, y + 22, cut(label, each - 12, 13.5), 13.5, BUTTON_INK, "middle")


def _thumb(x: float, y: float, label: str) -> Iterator[str]:
    turned = "rotate(180 7 7) translate(0 -1)" if label[0] == "👎" else ""
    yield f'<path transform="translate({x:g} {y + 10:g}) {turned}" d="{_THUMB}" fill="#ffd35c"/>'
    yield _label(x + 20, y + 22, label[1:].strip(), 13.5, BUTTON_INK)


def _file(x: float, y: float, name: str, size: str) -> Iterator[str]:
    yield f'<circle cx="{x + 21:g}" cy="{y + 23:g}" r="21" fill="#3a8fd0"/>'
    yield f'<path d="M{x + 14:g} {y + 12:g}h9l6 6v16h-15z" fill="#ffffff"/>'
    yield _label(x + 52, y + 19, cut(name, BUBBLE - 2 * PAD - 54, SIZE), SIZE, INK, weight=600)
    yield _label(x + 52, y + 38, size, 12.5, FAINT)


def _stroke(path: str, colour: str, width: float) -> str:
    return f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="{width:g}"/>'


def _box(x: float, y: float, width: float, height: float, fill: str, radius: float) -> str:  # noqa: PLR0917
    place = f'x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"'
    return f'<rect {place} rx="{radius:g}" fill="{fill}"/>'


def _label(  # noqa: PLR0917
    x: float, y: float, text: str, size: float, fill: str, anchor: str = "start", *, weight: int = 400
) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" fill="{fill}" text-anchor="{anchor}" '
        f'font-weight="{weight}">{escape(text)}</text>'
    )
