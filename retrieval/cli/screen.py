"""The screen: styled lines, broken at the window's width with Chinese punctuation in mind.

Into a pipe or file the same lines go without styles, bars and line breaks of our own. Everything that
comes from documents and people passes :func:`retrieval.cli.terminal.visible` and is never read as markup.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from rich.console import Console
from rich.control import Control
from rich.segment import ControlType
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
        self._sketched = 0

    @property
    def is_terminal(self) -> bool:
        """Whether a person is looking."""
        return self.width is not None

    @property
    def has_colours(self) -> bool:
        """Whether styles are seen: a terminal that has colours, and nobody who asked for none."""
        return self.is_terminal and self._console.color_system is not None and not self._console.no_color

    @property
    def can_sketch(self) -> bool:
        """Whether lines can be taken back."""
        return self.is_terminal and not self._console.is_dumb_terminal

    def sketch(self, *blocks: Text) -> None:
        """Show blocks for now, where lines can be taken back: they go when anything else is shown here.

        What rolls out of the window could not be taken back; of more lines than it has the last are shown.

        Args:
            blocks: harmless already; none takes back those that are there.
        """
        if not self.can_sketch:
            return
        lines = [block[start:end] for block in blocks for start, end in line_spans(block.plain, self.width)]
        shown = lines[-max(1, self._console.height - 1) :] if lines else []
        with self._console:  # in one go, else it flickers
            self._take_back()
            for line in shown:
                self._console.print(line, soft_wrap=True)
            self._sketched = len(shown)

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
        self._take_back()
        self._console.print(text, soft_wrap=True)

    def _take_back(self) -> None:
        up = [(ControlType.CURSOR_UP, 1), (ControlType.ERASE_IN_LINE, 2)]
        if self._sketched:
            self._console.control(Control(ControlType.CARRIAGE_RETURN, *up * self._sketched))
        self._sketched = 0
