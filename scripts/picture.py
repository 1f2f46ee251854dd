"""Draws docs/demo.svg: what `make demo` prints, taken from a real run in a terminal of 100 columns.

usage: .venv/bin/python scripts/picture.py

The run starts with an empty cache and no index, as on a new machine once its packages are installed. Glyphs
are placed one by one, two columns for wide ones, so that the columns hold whatever fonts the reader has.
"""

from __future__ import annotations

import os
import pty
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from xml.sax.saxutils import escape

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text

ROOT = Path(__file__).resolve().parents[1]
PICTURE = ROOT / "docs" / "demo.svg"
COMMAND = ("make", "demo")
COLUMNS = 100

CELL, LINE = 7.8, 23.0  # pixels of one column and one row
NARROW, WIDE = 13.0, 15.6  # font sizes whose glyphs are one column and two columns wide
LEFT, TOP, BOTTOM = 22.0, 62.0, 20.0
BAR = "▎"  # drawn as a line, so that it has no gaps between rows

FONTS = {
    "n": 'ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace',
    "w": '"PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Source Han Sans SC",'
    ' "WenQuanYi Micro Hei", sans-serif',
}
BACKGROUND, EDGE, INK, FAINT = "#1d2129", "#2f3541", "#d9dde5", "#8d95a5"
COLOURS = {1: "#ec7b84", 2: "#98c98a", 3: "#e6c37c", 6: "#62c3d0"}  # by ANSI number
BUTTONS = ("#ec6a5e", "#f4bf4f", "#61c554")


def main() -> None:
    """Run the command, draw what it printed."""
    lines = [Text.assemble(("$ ", "green"), (" ".join(COMMAND), "bold")), *map(_prompt_in_colour, _printed())]
    PICTURE.write_text(_svg(lines), "utf-8")
    sys.stdout.write(f"{PICTURE.relative_to(ROOT)}: {len(lines)} lines\n")


def _printed() -> Iterator[Text]:
    """The lines that the command prints on a terminal; progress on standard error is left out."""
    shutil.rmtree(ROOT / ".demo", ignore_errors=True)
    ours, terminal = pty.openpty()
    _set_size(terminal)
    output = bytearray()
    reader = threading.Thread(target=_read, args=(ours, output))
    with tempfile.TemporaryDirectory() as cache:
        environ = {name: value for name, value in os.environ.items() if not _is_personal(name)}
        environ |= {"ANJIANG_EMBEDDING__CACHE": cache, "LC_ALL": "C.UTF-8", "TERM": "xterm-256color"}
        reader.start()
        done = subprocess.run(  # noqa: S603 - our own command
            COMMAND,
            cwd=ROOT,
            env=environ,
            stdin=terminal,
            stdout=terminal,
            stderr=subprocess.PIPE,
            check=False,
        )
    os.close(terminal)
    reader.join()
    os.close(ours)
    if done.returncode:
        sys.exit(done.stderr.decode("utf-8", "replace"))
    for line in output.decode("utf-8").rstrip().replace("\r\n", "\n").split("\n"):
        yield Text.from_ansi(line)


def _is_personal(name: str) -> bool:
    return name.startswith("ANJIANG_") or name in ("COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "LANG")


def _set_size(terminal: int) -> None:
    import fcntl  # noqa: PLC0415 - not on every system
    import struct  # noqa: PLC0415
    import termios  # noqa: PLC0415

    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 50, COLUMNS, 0, 0))


def _read(terminal: int, output: bytearray) -> None:
    try:
        while block := os.read(terminal, 4096):
            output += block
    except OSError:
        return  # how Linux says that the other side has closed the terminal


def _prompt_in_colour(line: Text) -> Text:
    """The commands that the demo names, in the colours of a prompt."""
    if line.plain.startswith("$ "):
        line.stylize("green", 0, 1)
        line.stylize("bold", 2)
    return line


def _svg(lines: list[Text]) -> str:
    width = 2 * LEFT + COLUMNS * CELL
    height = TOP + len(lines) * LINE + BOTTOM
    label = escape(f"{' '.join(COMMAND)}: {lines[-1].plain}", {'"': "&quot;"})
    styles = "".join(f".{name} {{ font-family: {fonts} }}\n" for name, fonts in FONTS.items())
    head = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" role="img"'
        f' aria-label="{label}" xml:space="preserve">',
        f"<style>\ntext {{ fill: {INK} }}\n{styles}.n {{ font-size: {NARROW}px }}\n"
        f".w {{ font-size: {WIDE}px }}\n.b {{ font-weight: 600 }}\n</style>",
        f'<rect x=".5" y=".5" width="{width - 1:g}" height="{height - 1:g}" rx="9" fill="{BACKGROUND}"'
        f' stroke="{EDGE}"/>',
        *(
            f'<circle cx="{LEFT + 6 + 19 * at:g}" cy="22" r="5.5" fill="{colour}"/>'
            for at, colour in enumerate(BUTTONS)
        ),
    ]
    body = [drawn for row, line in enumerate(lines) for drawn in _line(line, TOP + row * LINE)]
    return "\n".join([*head, *body, "</svg>\n"])


def _line(line: Text, y: float) -> Iterator[str]:
    column = 0
    for text, style in _runs(line):
        for (is_wide, is_bar), glyphs in groupby(text, key=lambda glyph: (cell_len(glyph) > 1, glyph == BAR)):
            run = "".join(glyphs)
            if is_bar:
                x = LEFT + column * CELL
                yield f'<rect x="{x:g}" y="{y - 17:g}" width="2.5" height="{LINE:g}" fill="{_fill(style)}"/>'
            elif run.strip():
                yield _glyphs(run, column, y, style, is_wide=is_wide)
            column += cell_len(run)


def _runs(line: Text) -> Iterator[tuple[str, Style]]:
    """Stretches of one style."""
    for style, group in groupby(range(len(line)), key=lambda at: _style_at(line, at)):
        yield "".join(line.plain[at] for at in group), style


def _style_at(line: Text, at: int) -> Style:
    styles = [span.style for span in line.spans if span.start <= at < span.end]
    parsed = (style if isinstance(style, Style) else Style.parse(style) for style in styles)
    return sum(parsed, Style.null())


def _glyphs(run: str, column: int, y: float, style: Style, *, is_wide: bool) -> str:
    step = 2 * CELL if is_wide else CELL
    places = " ".join(f"{LEFT + column * CELL + step * at:.1f}".removesuffix(".0") for at in range(len(run)))
    classes = ("w" if is_wide else "n") + (" b" if style.bold else "")
    fill = "" if _fill(style) == INK else f' style="fill:{_fill(style)}"'
    return f'<text class="{classes}" x="{places}" y="{y:g}"{fill}>{escape(run)}</text>'


def _fill(style: Style) -> str:
    if style.color is not None and style.color.number is not None:
        return COLOURS[style.color.number]
    return FAINT if style.dim else INK


if __name__ == "__main__":
    main()
