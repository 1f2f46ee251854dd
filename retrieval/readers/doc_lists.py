"""Lists of a binary Word document ([MS-DOC] 2.9.131, 2.9.150): what it counts paragraphs with."""

from __future__ import annotations

import struct

from retrieval.readers.doc_file import LIST_OVERRIDES, LISTS, DocFile
from retrieval.readers.numbering import LEVELS, Level, NumberedList

_FORMS = {
    0: "decimal", 1: "upperRoman", 2: "lowerRoman", 3: "upperLetter", 4: "lowerLetter",
    10: "ideographDigital", 11: "japaneseCounting", 14: "decimalFullWidth", 16: "ideographLegalTraditional",
    17: "japaneseDigitalTenThousand", 18: "decimalEnclosedCircle", 19: "decimalFullWidth2",
    22: "decimalZero", 23: "bullet", 26: "decimalEnclosedFullstop", 27: "decimalEnclosedParen",
    28: "decimalEnclosedCircleChinese", 29: "ideographEnclosedCircle", 30: "ideographTraditional",
    31: "ideographZodiac", 33: "taiwaneseCounting", 34: "ideographLegalTraditional",
    35: "taiwaneseCountingThousand", 36: "taiwaneseDigital", 37: "chineseCounting",
    38: "chineseLegalSimplified", 39: "chineseCountingThousand", 57: "numberInDash", 255: "none",
}  # fmt: skip
"""MSONFC: the number formats by the numbers that this format gives them."""

_SUFFIXES = ("tab", "space", "nothing")
_LIST_SIZE, _OVERRIDE_SIZE, _LEVEL_SIZE = 28, 16, 28
_MOST = 5_000


def read_lists(file: DocFile) -> dict[int, NumberedList]:
    """The lists by the number with which paragraphs refer to them, counted from 1."""
    if file.is_old:
        return {}
    try:
        definitions = _definitions(file.part_to_end(LISTS))
        return _overridden(file.part(LIST_OVERRIDES), definitions)
    except (struct.error, IndexError):
        return {}


def _definitions(part: bytes) -> dict[int, dict[int, Level]]:
    """Levels of every list by its id; they stand behind the table of lists."""
    if len(part) < 2:
        return {}
    count = min(struct.unpack_from("<H", part)[0], _MOST)
    at = 2 + _LIST_SIZE * count
    found: dict[int, dict[int, Level]] = {}
    for number in range(count):
        start = 2 + _LIST_SIZE * number
        (list_id,) = struct.unpack_from("<i", part, start)
        is_simple = part[start + 26] & 1
        levels: dict[int, Level] = {}
        try:
            for depth in range(1 if is_simple else LEVELS):
                levels[depth], at = _level(part, at)
        except (struct.error, IndexError):
            found.setdefault(list_id, levels)
            break
        found.setdefault(list_id, levels)
    return found


def _level(part: bytes, at: int) -> tuple[Level, int]:
    """A level, and where the next one begins."""
    start, form, flags = struct.unpack_from("<iBB", part, at)
    places = frozenset(part[at + 6 : at + 6 + LEVELS])
    follow, characters, paragraph, restart = struct.unpack_from("<B8xBBB", part, at + 15)
    at += _LEVEL_SIZE + characters + paragraph
    (length,) = struct.unpack_from("<H", part, at)
    text = part[at + 2 : at + 2 + 2 * length].decode("utf-16-le", "replace")
    shown = "".join(
        f"%{ord(sign) + 1}" if number in places and ord(sign) < LEVELS else sign
        for number, sign in enumerate(text, 1)
    )
    level = Level(
        form=_FORMS.get(form, "decimal"),
        text=shown,
        start=start,
        suffix=_SUFFIXES[follow] if follow < len(_SUFFIXES) else "tab",
        restart=restart if flags & 0x08 else None,
        legal=bool(flags & 0x04),
    )
    return level, at + 2 + 2 * length


def _overridden(part: bytes, definitions: dict[int, dict[int, Level]]) -> dict[int, NumberedList]:
    if len(part) < 4:
        return {}
    count = min(struct.unpack_from("<I", part)[0], _MOST, (len(part) - 4) // _OVERRIDE_SIZE)
    at = 4 + _OVERRIDE_SIZE * count
    lists: dict[int, NumberedList] = {}
    is_whole = True
    for number in range(count):
        (list_id,) = struct.unpack_from("<i", part, 4 + _OVERRIDE_SIZE * number)
        overrides = part[4 + _OVERRIDE_SIZE * number + 12]
        one = NumberedList(str(list_id), dict(definitions.get(list_id, {})))
        if list_id in definitions:
            lists[number + 1] = one
        try:
            at = _override(part, at, overrides, one) if is_whole else at
        except (struct.error, IndexError):
            is_whole = False  # the others still count, as they are defined
    return lists


def _override(part: bytes, at: int, overrides: int, one: NumberedList) -> int:
    at += 4
    for _ in range(overrides):
        start, flags = struct.unpack_from("<iI", part, at)
        at += 8
        depth = min(flags & 0xF, LEVELS - 1)
        if flags & 0x20:
            one.levels[depth], at = _level(part, at)
            start = one.levels[depth].start
        if flags & 0x10:
            one.starts[depth] = start
    return at
