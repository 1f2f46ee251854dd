"""Files as archives really hold them: noise of many kinds put into clean texts, every character traceable.

A step takes a text whose characters know where they come from and gives another one; a variant is a row of
steps and an encoding. Nothing is searched for afterwards: what answers a question in the clean file is known
exactly in the noisy one. Everything drawn repeats for a seed.
"""

from __future__ import annotations

import functools
import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

from benchmarks.adverts import LOOKED_AT, UNSEEN
from benchmarks.noised import ADDED, Noised
from retrieval.documents.decoding import decode

SEED: Final = 7
COLUMNS: Final = 30
"""Columns at which lines are wrapped; a Chinese character takes two."""

PAGE_LINES: Final = 24
RUNNING_HEADER: Final = "安全生产工作讲话汇编（内部资料）"

_CONFUSED = (
    "已己 未末 人入 日曰 土士 干千 大太 天夫 治冶 侯候 设没 间问 县具 贯贵 待侍 折拆 今令 白自 目且 乌鸟 "
    "刀力 几儿 免兔 准淮 由田 申甲 木本 王玉 办为 旅族 微徽 拔拨 杆秆 洒酒 埋理 场扬 坏环 孔扎 防坊 员贝 "
    "厂广 火灭 市巿 导异 住往 晴睛 重里 气乞 责贵 全金 安女 生牛 产严 工二 业亚 管菅 理埋 隐稳 患串 检捡 "
    "查杳 "
)
_PUNCTUATION = "，。；：、？！（）“”《》,.;:?!()"
_HALF_WIDTH = str.maketrans("，。；：？！（）“”‘’", ",.;:?!()\"\"''")
_ENTITIES: Mapping[str, tuple[str, ...]] = {
    "“": ("&ldquo;", "&#8220;", "&#x201C;"),
    "”": ("&rdquo;", "&#8221;", "&#x201D;"),
    "—": ("&mdash;",),
    "·": ("&middot;",),
    "…": ("&hellip;",),
    "\u3000": ("&emsp;", "&#12288;"),
    " ": ("&nbsp;",),
    ">": ("&gt;",),
    "<": ("&lt;",),
    "&": ("&amp;",),
    '"': ("&quot;",),
    "%": ("%", "&#37;"),
    "、": ("、", "、", "&#12289;"),
}
_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad"


Step: TypeAlias = Callable[[Noised, random.Random], Noised]


@dataclass(frozen=True, slots=True)
class Variant:
    """One way in which an archive may be noisy.

    Attributes:
        name: short, for tables and commands.
        steps: applied in order.
        encoding: of the files, as Python names it; "" keeps the bytes of the clean file.
    """

    name: str
    steps: tuple[Step, ...] = ()
    encoding: str = "utf-8"

    def apply(self, text: str, seed: str) -> Noised:
        """The noisy form of a clean text."""
        chance = random.Random(f"{seed}/{self.name}")
        noised = Noised(text, tuple(range(len(text))))
        for step in self.steps:
            noised = step(noised, chance)
        return noised


def write_variant(variant: Variant, archive: Path, folder: Path, seed: int = SEED) -> dict[str, Noised]:
    """Write the noisy form of every file of a flat archive; returns what was written, by file name.

    Raises:
        ValueError: a file written does not decode to what was written.
    """
    written: dict[str, Noised] = {}
    for path in sorted(archive.iterdir()):
        data = path.read_bytes()
        noised = variant.apply(decode(data).text, f"{seed}/{path.name}")
        if variant.encoding:
            data = noised.text.encode(variant.encoding)
        (folder / path.name).write_bytes(data)
        if decode(data).text != noised.text:
            raise ValueError(f"{variant.name}: {path.name} does not decode to what was written")
        written[path.name] = noised
    return written


def full_width(noised: Noised, chance: random.Random) -> Noised:
    """Every ASCII digit, letter and mark in its full-width form."""
    del chance
    return _mapped(noised, lambda c: chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c)


def half_width(noised: Noised, chance: random.Random) -> Noised:
    """Chinese punctuation as its half-width likeness, as careless typing leaves it."""
    del chance
    return _mapped(noised, lambda c: c.translate(_HALF_WIDTH))


def traditional(noised: Noised, chance: random.Random, *, variant: str = "s2t") -> Noised:
    """Traditional characters, one to many by context (发 becomes 發 or 髮)."""
    del chance
    converted = "".join(map(_converted(variant), noised.text.splitlines(keepends=True)))
    if len(converted) != len(noised.text):
        raise ValueError("the conversion changed the number of characters")
    return Noised(converted, noised.origins)


def spaced(noised: Noised, chance: random.Random, *, between: float = 0.15, around: float = 0.5) -> Noised:
    """Blanks as character recognition leaves them: here and there, and around punctuation."""
    text = noised.text
    pieces: list[tuple[str, int]] = []
    for at, (character, origin) in enumerate(zip(text, noised.origins, strict=True)):
        pieces.append((character, origin))
        after = text[at + 1 : at + 2]
        if not after or character.isspace() or after.isspace():
            continue
        marked = character in _PUNCTUATION or after in _PUNCTUATION
        likely = around if marked else between / 3 if (character + after).isascii() else between
        if chance.random() < likely:
            pieces.append((" ", ADDED))
    return _joined(pieces)


def confused(noised: Noised, chance: random.Random, *, share: float = 0.005) -> Noised:
    """Characters taken for ones that look alike."""
    alike = _look_alikes()
    places = [at for at, character in enumerate(noised.text) if character in alike]
    wrong = set(chance.sample(places, min(len(places), round(share * len(noised.text)))))
    text = "".join(alike[c] if at in wrong else c for at, c in enumerate(noised.text))
    return Noised(text, noised.origins)


def wrapped(
    noised: Noised,
    chance: random.Random,
    *,
    columns: int = COLUMNS,
    indent: str = "",
    page_lines: int = 0,
) -> Noised:
    """Lines of at most so many columns; page numbers and a running header after every so many lines."""
    del chance
    pieces: list[tuple[str, int]] = []
    number = 0
    for line in _lines(noised):
        rows = list(_rows([*_added(indent), *line], columns)) if line else [[]]
        for row in rows:
            pieces += [*row, ("\n", ADDED)]
            number += 1
            if page_lines and number % page_lines == 0:
                pieces += _added(f"\n— {number // page_lines} —\n\n{RUNNING_HEADER}\n\n")
    return _joined(pieces)


def with_adverts(
    noised: Noised,
    chance: random.Random,
    *,
    share: float = 0.4,
    adverts: Sequence[str] = UNSEEN,
) -> Noised:
    """Adverts as lines of their own: above, below, and between lines."""
    pieces = _added(chance.choice(adverts) + "\n")
    for line in _lines(noised):
        pieces += [*line, ("\n", ADDED)]
        if line and chance.random() < share:
            pieces += _added(chance.choice(adverts) + "\n")
    return _joined([*pieces, *_added(chance.choice(adverts) + "\n")])


def one_line(noised: Noised, chance: random.Random, *, between: str = "") -> Noised:
    """No line break left; ``between`` stands for each run of them."""
    del chance
    pieces: list[tuple[str, int]] = []
    for line in _lines(noised):
        if line and pieces:
            pieces += _added(between)
        pieces += line
    return _joined(pieces)


def with_invisible(noised: Noised, chance: random.Random, *, share: float = 0.1) -> Noised:
    """Zero-width characters, byte order marks and soft hyphens between characters."""
    pieces: list[tuple[str, int]] = []
    for character, origin in zip(noised.text, noised.origins, strict=True):
        pieces.append((character, origin))
        if chance.random() < share:
            pieces.append((chance.choice(_INVISIBLE), ADDED))
    return _joined(pieces)


def with_entities(noised: Noised, chance: random.Random) -> Noised:
    """Character references where a page was copied from its source, blanks before each paragraph."""
    pieces: list[tuple[str, int]] = []
    for line in _lines(noised):
        if line:
            pieces += _added("&nbsp;&nbsp;&nbsp;&nbsp;")
        for character, origin in line:
            written = chance.choice(_ENTITIES.get(character, (character,)))
            pieces += [(c, origin) for c in written]
        pieces.append(("\n", ADDED))
    return _joined(pieces)


_PAGED = functools.partial(wrapped, page_lines=PAGE_LINES)
_INDENTED = functools.partial(wrapped, indent="\u3000\u3000")

CLEAN: Final = Variant("clean", encoding="")

VARIANTS: Final[tuple[Variant, ...]] = (
    Variant("GB 18030", encoding="gb18030"),
    Variant("UTF-16", encoding="utf-16"),
    Variant("full-width", (full_width,)),
    Variant("half-width punctuation", (half_width,)),
    Variant("traditional", (traditional,)),
    Variant("traditional, Taiwan", (functools.partial(traditional, variant="s2tw"),)),
    Variant("spaced", (spaced,)),
    Variant("spaced, 0.5% misread", (confused, spaced)),
    Variant("wrapped", (wrapped,)),
    Variant("wrapped, indented", (_INDENTED,)),
    Variant("wrapped, pages", (_PAGED,)),
    Variant("wrapped, 60 columns, pages", (functools.partial(wrapped, columns=60, page_lines=PAGE_LINES),)),
    Variant("adverts", (functools.partial(with_adverts, adverts=LOOKED_AT),)),
    Variant("adverts, unseen", (with_adverts,)),
    Variant("one line", (one_line,)),
    Variant("one line, blanks", (functools.partial(one_line, between=" "),)),
    Variant("zero-width, BOM", (with_invisible,), "utf-8-sig"),
    Variant("entities", (with_entities,)),
    Variant("GB 18030, wrapped, adverts", (with_adverts, wrapped), "gb18030"),
    Variant("traditional, full-width, one line", (traditional, full_width, one_line)),
    Variant("misread, spaced, wrapped, pages", (confused, spaced, _PAGED)),
    Variant("full-width, adverts, wrapped, pages", (full_width, with_adverts, _PAGED)),
    Variant("traditional, spaced", (traditional, spaced)),
    Variant("adverts, zero-width, entities", (with_adverts, with_invisible, with_entities)),
)


def _mapped(noised: Noised, change: Callable[[str], str]) -> Noised:
    return Noised("".join(map(change, noised.text)), noised.origins)


def _added(text: str) -> list[tuple[str, int]]:
    return [(character, ADDED) for character in text]


def _joined(pieces: Sequence[tuple[str, int]]) -> Noised:
    return Noised("".join(text for text, _ in pieces), tuple(origin for _, origin in pieces))


def _lines(noised: Noised) -> Iterator[list[tuple[str, int]]]:
    """The lines without their ends, blank ones empty."""
    for found in re.finditer(r"([^\r\n]*)(?:\r\n|\r|\n|\Z)", noised.text):
        start, end = found.span(1)
        if found.end() == found.start() and start == len(noised.text):
            return
        yield list(zip(noised.text[start:end], noised.origins[start:end], strict=True))


def _rows(line: Sequence[tuple[str, int]], columns: int) -> Iterator[list[tuple[str, int]]]:
    row: list[tuple[str, int]] = []
    width = 0
    for character, origin in line:
        wide = 1 if character < "\u0100" else 2
        if row and width + wide > columns:
            yield row
            row, width = [], 0
        row.append((character, origin))
        width += wide
    yield row


@functools.cache
def _look_alikes() -> dict[str, str]:
    pairs = _CONFUSED.split()
    return {**{pair[1]: pair[0] for pair in pairs}, **{pair[0]: pair[1] for pair in pairs}}


@functools.cache
def _converted(variant: str) -> Callable[[str], str]:
    import opencc  # noqa: PLC0415 - loads dictionaries

    convert: Callable[[str], str] = opencc.OpenCC(variant).convert
    return convert
