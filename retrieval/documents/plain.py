"""A decoded file with what copying, scanning and saving did to it undone, before anything is read out of it.

Invisible characters, character references and tags left over, lines broken at a fixed width with page
numbers and running headers between them, blanks between characters, full stops typed as points: each is
looked for in the file as a whole and undone only where the whole file shows it. A clean file stays as it is.
Every position maps back to the file by edits, so that quotes stay the file's own words.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass

from retrieval.documents.edits import Edit, EditedText, apply_edits, compose
from retrieval.documents.fused import missing_breaks
from retrieval.documents.stretches import INVISIBLE
from retrieval.documents.types import Span
from retrieval.documents.unwrapping import unwrap
from retrieval.documents.views import encoded_text

_REFERENCE = re.compile(r"&(?:amp;)?(#\d{2,6}|#[xX][0-9a-fA-F]{2,5}|[a-zA-Z]{2,8}\d{0,2});")
_INLINE_TAG = re.compile(r"</?(?:span|strong|b|em|i|u|font|a|img|o:p|sup|sub)(?:\s[^<>\n]{0,300})?/?>", re.I)
_BLOCK_TAG = re.compile(
    r"</?(?:br|p|div|li|ul|ol|h[1-6]|section|tr|td|table)(?:\s[^<>\n]{0,300})?\s*/?>", re.I
)

_HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_MARK = "，。；：、？！（）“”‘’《》【】…—"
_BETWEEN_HAN = re.compile(rf"(?<=[{_HAN}])[ \xa0\u2002\u2003\u2009](?=[{_HAN}])")
_SPACED_SHARE = 0.03
"""Share of characters with a blank behind them from which a file is spaced; clean prose has next to none."""
_SPACED_LEAST = 10
# One blank beside a Chinese character or mark, or inside a number. Wider ones part the fields of a line.
_BLANK = r"[ \xa0\u2002\u2003\u2009]"
_STRAY_BLANK = re.compile(
    rf"(?<=[{_HAN}{_MARK}]){_BLANK}(?=[^\s#>|/\-+])|(?<=[^\s#>|/\-+]){_BLANK}(?=[{_HAN}{_MARK}])|"
    rf"(?<=\d){_BLANK}(?=[\d.,%])|(?<=[.,]){_BLANK}(?=\d)"
)

_POINT = re.compile(rf"(?<=[{_HAN}）)”’》%％])[.．](?![.．])(?=[{_HAN}“‘（(《\"'\d\s）)”’*]|\Z)")
_POINT_IN_WORD = re.compile(r"(?<=[0-9A-Za-z])．(?=[0-9A-Za-z])")
_LEAST_POINTS = 8
# A day in which character recognition took 0 for O, 1 for l or 日 for 曰.
_MISREAD_DAY = re.compile(
    r"(?<![0-9A-Za-z])[12lI][0-9OolI]{3}\s?年\s?[0-9OolI]{1,2}\s?月(?:\s?[0-9OolI]{1,2}\s?[日曰号])?"
)
_DIGITS_READ = str.maketrans("OolI曰", "0011日")


@dataclass(frozen=True, slots=True)
class Plain:
    """A file's text ready for reading.

    Attributes:
        text: the plain text, linked to the file.
        reading: the same character by character, in half-width letters and simplified characters: what
            patterns are held against.
        furniture: ranges of the file that hold page numbers, running headers, and what its reader set apart.
    """

    text: EditedText
    reading: str
    furniture: tuple[Span, ...] = ()


def plain_text(raw: str, noise: Sequence[Span] = ()) -> Plain:
    """Undo what happened to a file's text.

    Args:
        raw: the text.
        noise: what the file itself sets apart; sorted, not overlapping.
    """
    text = apply_edits(raw, [Edit(span.start, span.end) for span in noise])
    for step in (_visible, _resolved):
        text = _edited(raw, text, step(text.text))
    reading = reading_text(text.text)
    unwrapped = unwrap(reading, text.text)
    furniture = tuple(Span(*text.to_source(span.start, span.end)) for span in unwrapped.furniture)
    before = text
    text = _edited(raw, text, list(unwrapped.edits))
    for step in (_unspaced, _pointed):
        text = _edited(raw, text, step(text.text))
    reading = reading if text is before else reading_text(text.text)
    before = text
    text = _edited(raw, text, missing_breaks(reading))
    reading = reading if text is before else reading_text(text.text)
    return Plain(text, reading, tuple(sorted((*furniture, *noise))))


def reading_text(text: str) -> str:
    """Half-width letters, digits and signs, common blanks, full stops, and simplified characters.

    As long as the text, character by character. Letters that stand for digits in a date become digits. Points
    become full stops and traditional characters simplified ones only where the text as a whole is typed so.
    Chinese punctuation stays: its full-width form is the usual one.
    """
    folded = _POINT_IN_WORD.sub(".", _WIDE.sub(lambda found: found[0].translate(_HALF_WIDTH), text))
    if _has_points_for_stops(folded):
        folded = _POINT.sub("。", folded)
    folded = _MISREAD_DAY.sub(lambda found: found[0].translate(_DIGITS_READ), folded)
    return encoded_text(folded)


_HALF_WIDTH: dict[int, int | str] = {
    **{code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if chr(code) not in "！（），．：；？～｜"},
    **{ord(blank): " " for blank in "\xa0\u2002\u2009"},
    0x2003: 0x3000,
}
_WIDE = re.compile(f"[{''.join(map(chr, _HALF_WIDTH))}]+")
"""What `_HALF_WIDTH` changes, which few texts hold: to look at every character takes ten times as long."""


def _edited(raw: str, text: EditedText, edits: list[Edit]) -> EditedText:
    return compose(raw, text, apply_edits(text.text, edits)) if edits else text


def _visible(text: str) -> list[Edit]:
    """Zero-width and control characters out."""
    return [Edit(*found.span()) for found in INVISIBLE.finditer(text)]


def _resolved(text: str) -> list[Edit]:
    """Character references as the characters that they stand for; tags out, or as line breaks."""
    edits: list[Edit] = []
    for found in _REFERENCE.finditer(text):
        character = html.unescape(f"&{found[1]};")
        if len(character) == 1:
            edits.append(Edit(*found.span(), "" if INVISIBLE.match(character) else character))
    edits += [Edit(*found.span()) for found in _INLINE_TAG.finditer(text)]
    edits += [Edit(*found.span(), "\n") for found in _BLOCK_TAG.finditer(text)]
    return edits


def _unspaced(text: str) -> list[Edit]:
    """Blanks between characters out, where so many stand between Chinese ones that a scan put them there."""
    blanks = len(_BETWEEN_HAN.findall(text))
    if blanks < _SPACED_LEAST or blanks < _SPACED_SHARE * len(re.findall(f"[{_HAN}]", text)):
        return []
    return [Edit(*found.span()) for found in _STRAY_BLANK.finditer(text)]


def _pointed(text: str) -> list[Edit]:
    """Full-width points as plain ones, where they stand for full stops: sentences end at those."""
    if "．" not in text or not _has_points_for_stops(text):
        return []
    return [Edit(*found.span(), ".") for found in _POINT.finditer(text) if found[0] == "．"]


def _has_points_for_stops(text: str) -> bool:
    """Whether points stand behind Chinese characters and full stops are hardly to be seen."""
    points = len(_POINT.findall(text))
    return points >= _LEAST_POINTS and text.count("。") * 5 <= points
