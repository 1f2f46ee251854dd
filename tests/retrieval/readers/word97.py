"""Binary Word files made by hand after [MS-DOC] and [MS-CFB], for what no program here writes."""

from __future__ import annotations

import itertools
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

_SECTOR = 512
_END_OF_CHAIN, _FREE, _FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
_TEXT_AT = 0x800


def compound(streams: Mapping[str, bytes]) -> bytes:
    """A compound file with these streams in its root."""
    names = sorted(streams, key=lambda name: (len(name), name.upper()))
    contents = [streams[name].ljust(4096, b"\0") for name in names]  # shorter ones would go elsewhere
    fat: list[int] = []
    starts: list[int] = []
    body = b""
    directory_sectors = -(-(len(names) + 1) // 4)
    for content in [*contents, bytes(directory_sectors * _SECTOR)]:
        count = -(-len(content) // _SECTOR)
        starts.append(len(fat))
        fat += [*range(len(fat) + 1, len(fat) + count), _END_OF_CHAIN]
        body += content.ljust(count * _SECTOR, b"\0")
    fat_sectors = 1
    while fat_sectors * 128 < len(fat) + fat_sectors:
        fat_sectors += 1
    first_fat = len(fat)
    fat += [_FAT] * fat_sectors
    fat += [_FREE] * (fat_sectors * 128 - len(fat))
    entries = [_entry("Root Entry", 5, child=1 if names else _FREE)]
    for number, (name, content, start) in enumerate(zip(names, contents, starts, strict=False), 1):
        after = number + 1 if number < len(names) else _FREE
        entries.append(_entry(name, 2, start=start, size=len(content), right=after))
    body = body[: -directory_sectors * _SECTOR] + b"".join(entries).ljust(directory_sectors * _SECTOR, b"\0")
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    head += struct.pack("<HHHHH6xIII4xIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, fat_sectors, starts[-1], 4096,
                        _END_OF_CHAIN, 0, _END_OF_CHAIN, 0)  # fmt: skip
    head += struct.pack("<109I", *(first_fat + i if i < fat_sectors else _FREE for i in range(109)))
    return head + body + struct.pack(f"<{len(fat)}I", *fat)


def _entry(
    name: str, kind: int, *, start: int = 0, size: int = 0, right: int = _FREE, child: int = _FREE
) -> bytes:
    encoded = (name + "\0").encode("utf-16-le")
    start = _END_OF_CHAIN if kind == 5 else start
    return encoded.ljust(64, b"\0") + struct.pack(
        "<HBBIII36xIQ", len(encoded), kind, 1, _FREE, right, child, start, size
    )


@dataclass
class Run:
    """Characters with the same properties.

    Attributes:
        changes: of their properties, as sprms.
        narrow: one byte a character.
        change: of the piece that begins with them (Prm); another one begins another piece.
    """

    text: str
    changes: bytes = b""
    narrow: bool = False
    change: int = 0


@dataclass
class Par:
    """A paragraph; its mark is the last character of its runs."""

    runs: Sequence[Run]
    changes: bytes = b""
    style: int = 0


def par(text: str, changes: bytes = b"", style: int = 0) -> Par:
    return Par([Run(text + "\r")], changes, style)


@dataclass
class Style:
    builtin: int
    name: str
    paragraph: bytes = b""
    character: bytes = b""
    based_on: int = 0xFFF


@dataclass
class Word:
    """A document in the making.

    Attributes:
        lengths: of the body, notes and so on, in characters; the whole text is the body when left out.
        scattered: whether pieces lie in the file in the opposite order, as after a fast save.
        tables: other tables by their index in the head.
    """

    paragraphs: Sequence[Par]
    styles: Sequence[Style] = ()
    lengths: Sequence[int] = ()
    scattered: bool = False
    tables: dict[int, bytes] = field(default_factory=dict)
    group_changes: Sequence[bytes] = ()
    flags: int = 0x0200
    version: int = 0xC1
    identity: int = 0xA5EC

    def data(self) -> bytes:
        pieces: list[list[Run]] = []
        for run in itertools.chain.from_iterable(one.runs for one in self.paragraphs):
            if not pieces or (run.narrow, run.change) != (pieces[-1][-1].narrow, pieces[-1][-1].change):
                pieces.append([])
            pieces[-1].append(run)
        places: dict[int, int] = {}
        main, at = bytearray(_TEXT_AT), _TEXT_AT
        for piece in reversed(pieces) if self.scattered else pieces:
            places[id(piece)] = at
            main += b"".join(map(_encoded, piece))
            main += bytes(len(main) % 2)
            at = len(main)
        positions, records = [0], b""
        run_places: dict[int, tuple[int, int]] = {}
        for piece in pieces:
            at = places[id(piece)]
            narrow = piece[0].narrow
            records += struct.pack("<HIH", 0, at * 2 | 0x4000_0000 if narrow else at, piece[0].change)
            for run in piece:
                run_places[id(run)] = (at, at + len(_encoded(run)))
                at += len(_encoded(run))
            positions.append(positions[-1] + sum(_length(run) for run in piece))
        clx = b"".join(struct.pack("<BH", 1, len(one)) + one for one in self.group_changes)
        table = struct.pack(f"<{len(positions)}I", *positions) + records
        tables = {33: clx + struct.pack("<BI", 2, len(table)) + table, **self.tables}
        if self.styles:
            tables[1] = _style_table(self.styles)
        characters = [
            (*run_places[id(run)], _packed(run.changes)) for one in self.paragraphs for run in one.runs
        ]
        paragraphs = [
            (*run_places[id(run)], _packed_paragraph(one)) for one in self.paragraphs for run in one.runs
        ]
        tables[12] = _pages(main, sorted(characters), 1)
        tables[13] = _pages(main, sorted(paragraphs), 13)
        lengths = [*(self.lengths or [positions[-1]]), *[0] * 8][:8]
        return self._assembled(main, tables, lengths)

    def _assembled(self, main: bytearray, tables: Mapping[int, bytes], lengths: Sequence[int]) -> bytes:
        stream = b"\0" * 16
        head = bytearray(_TEXT_AT)
        struct.pack_into("<HHHHHH", head, 0, self.identity, self.version, 0, 0x0804, 0, self.flags)
        struct.pack_into("<II", head, 0x18, _TEXT_AT, len(main))
        struct.pack_into("<H", head, 0x20, 14)
        struct.pack_into("<H", head, 0x3E, 22)
        struct.pack_into("<8I", head, 0x4C, *lengths)
        struct.pack_into("<H", head, 0x98, 0x5D)
        for index, content in tables.items():
            struct.pack_into("<II", head, 0x9A + 8 * index, len(stream), len(content))
            stream += content
        main[:_TEXT_AT] = head
        return compound({"WordDocument": bytes(main), "1Table": stream})


def _encoded(run: Run) -> bytes:
    return run.text.encode("cp1252" if run.narrow else "utf-16-le")


def _length(run: Run) -> int:
    return len(_encoded(run)) // (1 if run.narrow else 2)


def _packed(changes: bytes) -> bytes:
    return bytes((len(changes),)) + changes


def _packed_paragraph(one: Par) -> bytes:
    content = struct.pack("<H", one.style) + one.changes
    if len(content) % 2:
        return bytes(((len(content) + 1) // 2,)) + content
    return bytes((0, len(content) // 2)) + content


def _pages(main: bytearray, runs: Sequence[tuple[int, int, bytes]], width: int) -> bytes:
    """Write properties behind the text, a page for each eight runs; give the table of the pages."""
    numbers, firsts = [], []
    main += bytes(-len(main) % _SECTOR)
    for batch in itertools.batched(runs, 8) if hasattr(itertools, "batched") else _batched(runs, 8):
        page = bytearray(_SECTOR)
        struct.pack_into(f"<{len(batch) + 1}I", page, 0, *(run[0] for run in batch), batch[-1][1])
        page[-1] = len(batch)
        free = _SECTOR - 2
        for number, (_, _, content) in enumerate(batch):
            free -= len(content) + len(content) % 2
            page[free : free + len(content)] = content
            page[4 * (len(batch) + 1) + width * number] = free // 2
        numbers.append(len(main) // _SECTOR)
        firsts.append(batch[0][0])
        main += page
    return struct.pack(f"<{len(firsts) + 1}I{len(numbers)}I", *firsts, runs[-1][1], *numbers)


def _batched(runs: Sequence[tuple[int, int, bytes]], size: int) -> list[tuple[tuple[int, int, bytes], ...]]:
    return [tuple(runs[at : at + size]) for at in range(0, len(runs), size)]


def _style_table(styles: Sequence[Style]) -> bytes:
    head = struct.pack("<HHHHHHHHH", len(styles), 10, 1, 0x5B, 15, 0, 0, 0, 0)
    table = struct.pack("<H", len(head)) + head
    for number, style in enumerate(styles):
        content = struct.pack("<HHHHH", style.builtin, 1 | style.based_on << 4, 2 | number << 4, 0, 0)
        content += struct.pack("<H", len(style.name)) + (style.name + "\0").encode("utf-16-le")
        for part in (struct.pack("<H", number) + style.paragraph, style.character):
            content += bytes(len(content) % 2) + struct.pack("<H", len(part)) + part
        content += bytes(len(content) % 2)
        table += struct.pack("<H", len(content)) + content
    return table


def numbered(list_number: int, level: int) -> bytes:
    """Paragraph changes that number it."""
    return struct.pack("<HBHH", 0x260A, level, 0x460B, list_number)


def list_tables(
    levels: Sequence[tuple[int, str]], starts: Mapping[int, int] | None = None
) -> dict[int, bytes]:
    """One list with these levels (number format, text with %1), used twice, then with these starts."""
    table = struct.pack("<HiI18xBB", 1, 7, 0, 0, 0)
    for number in range(9):
        form, text = levels[number] if number < len(levels) else (255, "")
        shown, places = "", []
        for at in range(len(text)):
            if text[at] == "%":
                places.append(len(shown) + 1)
                shown += chr(int(text[at + 1]) - 1)
            elif not (at and text[at - 1] == "%"):
                shown += text[at]
        table += struct.pack("<iBB9sB8xBBBB", 1, form, 0, bytes(places), 2, 0, 0, 0, 0)
        table += struct.pack("<H", len(shown)) + shown.encode("utf-16-le")
    starts = starts or {}
    overrides = struct.pack("<IiIIBBBB", 2, 7, 0, 0, 0, 0, 0, 0)
    overrides += struct.pack("<iIIBBBB", 7, 0, 0, len(starts), 0, 0, 0)
    overrides += b"\xff" * 4 + b"\xff" * 4
    for level, start in starts.items():
        overrides += struct.pack("<iI", start, level | 0x10)
    return {73: table, 74: overrides}


def word6(text: bytes, *, flags: int = 0, language: int = 0x0804) -> bytes:
    """A document of Word 6 or 95: characters in a code page, nothing told of paragraphs."""
    head = bytearray(_TEXT_AT)
    struct.pack_into("<HHHHHH", head, 0, 0xA5DC, 0x65, 0, language, 0, flags)
    struct.pack_into("<II", head, 0x18, _TEXT_AT, _TEXT_AT + len(text))
    struct.pack_into("<I", head, 0x34, len(text) // (2 if flags & 0x1000 else 1))
    return compound({"WordDocument": bytes(head) + text})
