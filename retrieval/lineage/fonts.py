"""Fonts of this machine that have given characters. None comes with this package.

Which font draws what follows from the characters and the installed files alone, so that a picture is the same
each time.
"""

from __future__ import annotations

import html
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from config.errors import FontMissingError

if TYPE_CHECKING:
    import uharfbuzz

_MAC = ("/System/Library/Fonts", "/Library/Fonts", "~/Library/Fonts")
_OTHERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts")
FOLDERS = tuple(Path(folder).expanduser() for folder in (_MAC if sys.platform == "darwin" else _OTHERS))
"""Where fonts are installed; last where a person puts their own."""

_FONT = re.compile(r"\.(?:ttf|ttc|otf|otc)\Z", re.IGNORECASE)
# Sans serif ones first, by how well they are read when small. PingFang is not among them: its outlines are in
# a format of Apple's own since macOS 15.
_PREFERRED = (
    "notosanscjk", "notosanssc", "sourcehansans", "hiragino sans gb", "stheiti", "msyh",
    "wqy-microhei", "wqy-zenhei", "droidsansfallback", "notoserifcjk", "sourcehanserif",
)  # fmt: skip
_SIMPLIFIED = re.compile(r"\b(?:SC|GB|CN)\b")
_NAMED = 8  # characters that the error names


@dataclass(frozen=True, slots=True)
class Font:
    """A font file, and the family of it that has the shapes of simplified characters where it has several."""

    path: Path
    family: str


def fonts_for(text: str) -> tuple[Font, ...]:
    """Fonts that together have all characters of a text but white space, the main one first.

    Raises:
        FontMissingError: some characters are in none; names them, and what to install.
    """
    wanted = {ord(character) for character in text if not character.isspace()}
    chosen: list[Font] = []
    for path in _files():
        if not wanted:
            break
        face = _face(path)
        if face is None:
            continue
        left = wanted.difference(face.unicodes)
        font = Font(path, _family(face))
        if len(left) < len(wanted) and _draws(font, max(wanted - left)):
            chosen.append(font)
            wanted = left
    if wanted:
        named = "".join(map(chr, sorted(wanted)[:_NAMED]))
        characters = named + ("…" if len(wanted) > _NAMED else "")
        raise FontMissingError("trace.no_font", characters=characters, folder=FOLDERS[-1])
    return tuple(chosen)


def _files() -> Iterator[Path]:
    """The font files, those preferred first, else by their paths."""
    found = sorted(chain.from_iterable(map(_files_in, FOLDERS)))
    yield from sorted(found, key=_preference)


def _files_in(folder: Path) -> Iterator[Path]:
    for parent, _, names in os.walk(folder):
        yield from (Path(parent, name) for name in names if _FONT.search(name))


def _preference(path: Path) -> tuple[int, bool]:
    name = path.name.lower()
    rank = next((at for at, start in enumerate(_PREFERRED) if name.startswith(start)), len(_PREFERRED))
    return rank, "regular" not in name  # a folder has bold and light ones, too


def _face(path: Path) -> uharfbuzz.Face | None:
    """The face of a font file that is read; None for a file that can't be."""
    import uharfbuzz  # noqa: PLC0415 - only pictures need it

    try:
        blob = uharfbuzz.Blob.from_file_path(path)
    except (OSError, uharfbuzz.HarfBuzzError):
        return None
    faces = [uharfbuzz.Face(blob, at) for at in range(uharfbuzz.Face(blob, 0).count)]
    return next(chain((face for face in faces if _SIMPLIFIED.search(_family(face))), faces), None)


def _draws(font: Font, code: int) -> bool:
    """Whether the renderer draws a character: with a font that it can't read it leaves text out."""
    import resvg_py  # noqa: PLC0415

    words = (f'<text y="16" font-family="sans-serif">{html.escape(chr(code))}</text>', "")
    drawn, empty = (
        resvg_py.svg_to_bytes(
            svg_string=f'<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20">{word}</svg>',
            skip_system_fonts=True,
            font_files=[str(font.path)],
            sans_serif_family=font.family,
        )
        for word in words
    )
    return bytes(drawn) != bytes(empty)


def _family(face: uharfbuzz.Face) -> str:
    """The name that style sheets call it by; "" for damaged files."""
    from uharfbuzz import OTNameIdPredefined as Name  # noqa: PLC0415

    return face.get_name(Name.TYPOGRAPHIC_FAMILY) or face.get_name(Name.FONT_FAMILY) or ""
