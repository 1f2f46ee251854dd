"""Rich text (RTF) as Word, WPS, LibreOffice and macOS write it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from config.errors import DocumentError
from retrieval.documents.types import ReadWarning
from retrieval.readers.lines import Line, build_reading
from retrieval.readers.numbering import bullet, with_gap
from retrieval.readers.rtf_state import PROPERTIES, Destination, Field, State, Styles
from retrieval.readers.rtf_text import Decoder
from retrieval.readers.rtf_tokens import tokens
from retrieval.readers.rtf_words import CHARACTERS, DESTINATIONS, PAGES, SHOWN_STARRED, SKIPPED
from retrieval.readers.story import Story, Tables
from retrieval.readers.symbols import without_ornaments
from retrieval.readers.types import UNNAMED, Reading

_DEEPEST = 2_000
"""Groups within each other; Word stops far below."""

_SILENT = frozenset((Destination.SKIP, Destination.FONTS))


def read(data: bytes) -> Reading:
    """Read a document.

    Raises:
        DocumentError: its groups are nested beyond any document.
    """
    return _Rtf().read(data)


class _Rtf:
    def __init__(self) -> None:
        self._counted = Tables()
        self._body = Story("", self._counted)
        self._state = State(story=self._body)
        self._stack: list[State] = []
        self._decoder = Decoder()
        self._styles = Styles()
        self._style_depth = 0
        self._starred = False
        self._fallback = 0  # characters to pass over, which stand for the one before in old programs
        self._marker = self._title = self._info = ""
        self._notes: list[Line] = []
        self._numbers = {"脚注": 0, "尾注": 0}

    def read(self, data: bytes) -> Reading:
        is_whole = False
        for kind, content, number in tokens(data):
            if kind == "text":
                self._text(content)
            elif kind == "word":
                self._word(content, number)
            elif kind == "{":
                self._open()
            elif kind == "}":
                self._close()
                if not self._stack:
                    is_whole = True
                    break
            elif kind == "sign":
                self._sign(content)
            else:
                self._fallback = max(0, self._fallback - 1)
        while self._stack:
            self._close()
        self._flush(whole=True)
        warnings = [] if is_whole else [ReadWarning.PARTLY_READ]
        warnings += [ReadWarning.LOST_CHARACTERS] if self._decoder.lost else []
        title = self._title or " ".join(self._info.split())
        lines = [*self._body.finish(), *self._notes]
        return build_reading(lines, reader="rtf", encoding="", title=title, warnings=warnings)

    def _open(self) -> None:
        self._flush()
        if len(self._stack) >= _DEEPEST:
            raise DocumentError("documents.hostile", file=UNNAMED, detail=f"RTF {{ × {_DEEPEST}")
        self._stack.append(self._state)
        self._state = self._state.copy()
        self._starred, self._fallback = False, 0

    def _close(self) -> None:
        self._flush()
        self._fallback = 0
        if not self._stack:
            return
        inner, self._state = self._state, self._stack.pop()
        outer = self._state
        if inner.destination is Destination.STYLES and len(self._stack) == self._style_depth:
            self._styles.end()
        elif inner.destination is Destination.NUMBER and outer.destination is not Destination.NUMBER:
            self._end_number(inner)
        if inner.story is not outer.story:
            self._flush(whole=True)
            lines = inner.story.finish()
            if inner.story.place.startswith("文本框"):
                outer.story.boxes += lines
            else:
                self._notes += lines

    def _end_number(self, inner: State) -> None:
        marker = without_ornaments(self._marker).strip()
        self._marker = ""
        is_number = any(sign.isalnum() for sign in marker)
        inner.story.marker = with_gap(marker) if is_number else bullet(marker)

    def _sign(self, sign: bytes) -> None:
        if sign == b"*":
            self._starred = True
        elif sign in b"\r\n":
            self._word(b"par", None)
        elif sign in b"\\{}":
            self._text(sign)  # as a byte: it may be the second half of a Chinese character
        elif sign in b"~_":
            self._characters("\xa0" if sign == b"~" else "-")

    def _text(self, content: bytes) -> None:
        if self._fallback:
            taken = min(self._fallback, len(content))
            self._fallback -= taken
            content = content[taken:]
        if content and self._state.destination not in _SILENT:
            self._show(self._decoder.add(content, self._state.font))

    def _characters(self, text: str) -> None:
        if self._fallback:
            self._fallback -= 1
        else:
            self._flush(whole=True)
            self._show(text)

    def _flush(self, *, whole: bool = False) -> None:
        if self._decoder.waits:
            self._show(self._decoder.take(whole=whole))

    def _show(self, text: str) -> None:
        state = self._state
        if not text:
            return
        if state.destination is Destination.TEXT:
            if not (state.hidden or state.deleted):
                contents = state.field is not None and state.field.is_contents
                state.story.add(without_ornaments(text), bold=state.bold, contents=contents)
        elif state.destination is Destination.NUMBER:
            self._marker += text
        elif state.destination is Destination.INSTRUCTION and state.field is not None:
            state.field.instruction += text[:100]
        elif state.destination is Destination.STYLES:
            self._styles.add(text)
        elif state.destination is Destination.TITLE:
            self._info += text

    def _word(self, word: bytes, number: int | None) -> None:
        starred, self._starred = self._starred, False
        if word == b"u" and number is not None:
            self._unicode(number)
            return
        if self._fallback:
            self._fallback -= 1
            return
        self._flush()
        if self._state.destination is Destination.SKIP and word not in (b"ud", b"title"):
            return
        if text := CHARACTERS.get(word):
            self._characters(text)
        elif word in _PLACING or starred:
            self._begin(word, starred=starred)
        elif change := PROPERTIES.get(word):
            change(self._state, number)
        elif action := _ACTIONS.get(word):
            action(self, number)
        elif word in PAGES:
            self._decoder.fonts.page = PAGES[word]
        elif word == b"ansicpg":
            self._decoder.fonts.page = number or self._decoder.fonts.page
        elif self._state.destination is Destination.FONTS:
            self._decoder.fonts.describe(word, number or 0)

    def _unicode(self, number: int) -> None:
        if self._fallback:
            self._fallback -= 1
            return
        if self._state.destination not in _SILENT:
            self._show(self._decoder.add_unit(number))
        self._fallback = self._state.fallback

    def _begin(self, word: bytes, *, starred: bool) -> None:
        """A word that says where the text of its group goes."""
        state = self._state
        if word == b"info":
            state.around = Destination.TITLE  # of its groups the title is wanted
        if word == b"upr":
            state.around = state.destination  # the same text twice: the second time, in \ud, in Unicode
        if word == b"ud" or (word == b"title" and state.around is Destination.TITLE):
            state.destination = state.around
        elif word in SKIPPED or (starred and not (word in SHOWN_STARRED or word in DESTINATIONS)):
            state.destination = Destination.SKIP
        elif word == b"fldinst":
            if state.field is not None:
                state.destination = Destination.INSTRUCTION
        elif word in DESTINATIONS:
            state.destination = DESTINATIONS[word]
            if word == b"stylesheet":
                self._style_depth = len(self._stack)
        elif word in _OPENING:
            _OPENING[word](self)

    def _field(self) -> None:
        self._state.field = Field(self._state.destination, self._state.field)

    def _field_result(self) -> None:
        if self._state.field is not None:
            self._state.destination = self._state.field.shown_in

    def _footnote(self) -> None:
        self._begin_story("脚注")

    def _box(self) -> None:
        self._begin_story("文本框")

    def _begin_story(self, name: str) -> None:
        state = self._state
        if state.destination is not Destination.TEXT:
            return
        outer = state.story
        if name == "文本框":
            self._counted.boxes += 1
            place = outer.place or f"{name}{self._counted.boxes}"
        else:
            self._numbers[name] += 1
            place = f"{name}{self._numbers[name]}"
        state.story = Story(place, self._counted)
        state.field = None
        state.paragraph()

    def _endnote(self, _number: int | None) -> None:
        story = self._state.story
        if story.place.startswith("脚注") and not story.text:
            self._numbers["脚注"] -= 1
            self._numbers["尾注"] += 1
            story.place = f"尾注{self._numbers['尾注']}"

    def _paragraph_end(self, _number: int | None) -> None:
        self._flush(whole=True)
        state = self._state
        if state.destination is Destination.TEXT and not state.deleted:
            self._note_title()
            level = self._styles.level(state.style, state.outline)
            noise = self._styles.is_contents(state.style)
            state.story.end_paragraph(level, in_table=state.in_table, noise=noise)

    def _section_end(self, number: int | None) -> None:
        if self._state.story.text.strip():
            self._paragraph_end(number)

    def _cell_end(self, _number: int | None) -> None:
        self._flush(whole=True)
        if self._state.destination is Destination.TEXT:
            level = self._styles.level(self._state.style, self._state.outline)
            self._state.story.end_cell(level)

    def _row_end(self, _number: int | None) -> None:
        self._flush(whole=True)
        if self._state.destination is Destination.TEXT:
            self._state.story.end_row()

    def _nested_row_end(self, number: int | None) -> None:
        self._state.in_table = True
        self._paragraph_end(number)

    def _note_title(self) -> None:
        story = self._state.story
        if not self._title and story is self._body and self._styles.is_title(self._state.style):
            self._title = " ".join(story.text.split())

    def _plain(self, _number: int | None) -> None:
        self._state.plain(self._decoder.fonts.first)

    def _font(self, number: int | None) -> None:
        if self._state.destination is Destination.FONTS:
            self._decoder.fonts.begin(number or 0)
        self._state.font = number or 0

    def _first_font(self, number: int | None) -> None:
        self._decoder.fonts.first = self._state.font = number or 0

    def _style(self, number: int | None) -> None:
        if self._state.destination is Destination.STYLES:
            self._styles.begin(number or 0)
        self._state.style = number or 0

    def _other_style(self, _number: int | None) -> None:
        if self._state.destination is Destination.STYLES:
            self._state.destination = Destination.SKIP

    def _outline(self, number: int | None) -> None:
        if self._state.destination is Destination.STYLES:
            self._styles.outlined(number or 0)
        else:
            self._state.outline = number or 0


_OPENING: Mapping[bytes, Callable[[_Rtf], None]] = {
    b"field": _Rtf._field,
    b"fldrslt": _Rtf._field_result,
    b"footnote": _Rtf._footnote,
    b"shptxt": _Rtf._box,
    b"dptxbxtext": _Rtf._box,
}
_PLACING = frozenset((*DESTINATIONS, *SKIPPED, *_OPENING, b"title", b"ud"))
_ACTIONS: Mapping[bytes, Callable[[_Rtf, int | None], None]] = {
    b"par": _Rtf._paragraph_end,
    b"sect": _Rtf._section_end,
    b"cell": _Rtf._cell_end,
    b"row": _Rtf._row_end,
    b"nestrow": _Rtf._nested_row_end,
    b"ftnalt": _Rtf._endnote,
    b"plain": _Rtf._plain,
    b"f": _Rtf._font,
    b"deff": _Rtf._first_font,
    b"s": _Rtf._style,
    b"cs": _Rtf._other_style,
    b"ds": _Rtf._other_style,
    b"ts": _Rtf._other_style,
    b"outlinelevel": _Rtf._outline,
}
