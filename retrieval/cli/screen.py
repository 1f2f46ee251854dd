"""The screen: styled lines, broken at the window's width with Chinese punctuation in mind.

Into a pipe or file the same lines go without styles, bars and line breaks of our own. Everything that
comes from documents and people passes :func:`retrieval.cli.terminal.visible` and is never read as markup.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from rich.console import Console
from rich.text import Text

from retrieval.cli.terminal import columns, line_spans, visible

Part: TypeAlias = str | tuple[str, str]
"""Text, or text and its style."""

FAINT = "dim"
STRONG = "bold"
ACCENT = "cyan"
MARK = "bold cyan"
FOUND = "bold yellow"
GOOD, FAIR, BAD = "green", "yellow", "red"

MAX_COLUMNS = 100  # longer lines are hard to read, however wide the window is
_BAR = "▎ "


def stdout_console() -> Console:
    """A console on standard output that takes text as it is."""
    return Console(highlight=False, markup=False, emoji=False)


def stderr_console() -> Console:
    """A console for progress."""
    return Console(stderr=True, highlight=False, markup=False, emoji=False)


def styled(*parts: Part) -> Text:
    """Text from parts, made harmless."""
    text = Text()
    for part in parts:
        words, style = (part, "") if isinstance(part, str) else part
        text.append(visible(words), style)
    return text


class Screen:
    """Prints lines and blocks.

    Attributes:
        width: columns of a line; None in a pipe, where lines are not broken.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self.width = min(console.width, MAX_COLUMNS) if console.is_terminal else None

    @property
    def is_terminal(self) -> bool:
        """Whether a person is looking."""
        return self.width is not None

    @property
    def has_colours(self) -> bool:
        """Whether styles are seen: a terminal that has colours, and nobody who asked for none."""
        return self.is_terminal and self._console.color_system is not None and not self._console.no_color

    def line(self, *parts: Part) -> None:
        """One line; broken when too long."""
        self.block(styled(*parts))

    def blank(self) -> None:
        """An empty line."""
        self._emit(Text())

    def block(self, text: Text, first: Part = "", rest: Part | None = None) -> None:
        """A text broken into lines behind a margin.

        Args:
            text: harmless already (from :func:`styled`).
            first: what stands before the first line.
            rest: before the others; spaces of the same width when None.
        """
        margin = styled(first)
        other = styled(rest) if rest is not None else Text(" " * columns(margin.plain))
        width = self.width and max(8, self.width - columns(margin.plain))
        for number, (start, end) in enumerate(line_spans(text.plain, width)):
            piece = (margin if number == 0 else other) + text[start:end]
            piece.rstrip()
            self._emit(piece)

    def quote(self, text: Text, label: str = "", style: str = ACCENT) -> None:
        """A block beside a coloured bar, the label in its margin."""
        lead = f"{label} " if label else ""
        if not self.is_terminal:
            self.block(text, lead, " " * columns(lead))
            return
        margin, bar = styled((lead, MARK)), styled((_BAR, style))
        width = max(8, (self.width or 0) - columns(lead) - columns(_BAR))
        for start, end in line_spans(text.plain, width):
            self._emit(margin + bar + text[start:end])
            margin = Text(" " * columns(lead))

    def marked(self, text: Text, marks: Sequence[tuple[int, int]], style: str = ACCENT) -> None:
        """A text with a coloured bar beside the lines that hold marked words.

        Args:
            text: harmless already.
            marks: half-open ranges of its characters.
            style: of the bar.
        """
        width = self.width and max(8, self.width - columns(_BAR))
        bar = styled((_BAR, style))
        for start, end in line_spans(text.plain, width):
            is_marked = any(first < end and start < last for first, last in marks)
            margin = bar if is_marked else Text(" " * columns(_BAR))
            self._emit(margin + text[start:end] if self.is_terminal else text[start:end])

    def aligned(self, rows: Sequence[tuple[Part, Part]], indent: str = "") -> None:
        """Two columns, the second one broken beside the first."""
        left = max((columns(styled(name).plain) for name, _ in rows), default=0)
        for name, value in rows:
            term = styled(name)
            term.append(" " * (left - columns(term.plain) + 2))
            self._block_after(Text(indent) + term, styled(value))

    def _block_after(self, margin: Text, text: Text) -> None:
        width = self.width and max(8, self.width - columns(margin.plain))
        for start, end in line_spans(text.plain, width):
            self._emit(margin + text[start:end])
            margin = Text(" " * columns(margin.plain))

    def _emit(self, text: Text) -> None:
        self._console.print(text, soft_wrap=True)
