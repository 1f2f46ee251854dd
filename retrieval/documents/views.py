"""The search view: one folded form of a text in which spelling variants match.

Full-width and half-width, traditional and simplified, capital and small letters, quotation marks of all
kinds fold together; white space and invisible characters go. It is only ever searched, never shown.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Callable
from dataclasses import replace

from config.patterns import lazy_pattern
from retrieval.documents.edits import Edit, EditedText, apply_edits
from retrieval.documents.traditional import TRADITIONAL

SearchView = EditedText
"""``text`` is the folded form; its positions map to those of the text it was made from."""

_GONE = lazy_pattern(r"[\s\x00-\x1f\x7f-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe0e\ufe0f\ufeff]+")
_MARKS = str.maketrans(
    {
        **dict.fromkeys("“”„‟«»「」『』〝〞〟＂", '"'),
        **dict.fromkeys("‘’‚‛`´", "'"),
        **dict.fromkeys("【〔［〖", "["),
        **dict.fromkeys("】〕］〗", "]"),
        **dict.fromkeys("〈《", "<"),
        **dict.fromkeys("〉》", ">"),
        **dict.fromkeys("—–―‐‑‒−─", "-"),
        **dict.fromkeys("·•・‧∙", "·"),
        "、": ",",
        "。": ".",
        "…": ".",
    }
)
# Han, kana-free: characters that OpenCC may have something to say about.
_HAN = lazy_pattern(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_TRADITIONAL_SHARE = 0.05
"""Of the characters of a text in traditional characters about a third have a simplified form of their own."""
_SPECIAL = lazy_pattern(r"[^\u4e00-\u9fff0-9a-z]")
_WORTH_TABLE = 32
"""Different characters of a text up to which each is replaced everywhere: prose has five. To look each up
where it stands takes four times as long."""
_UNEVEN = lazy_pattern(r"[A-Z\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]")
_SENTENCE = 200
"""Characters of a text whose folded form is remembered; 4,096 such texts take two or three megabytes."""
_WORTH_PATTERN = 2000
"""Characters, those of a speech, from which on they are looked at by a pattern. It takes a tenth of the time
that a set takes, but 7 ms to compile, which no question should wait for."""
_SURROGATE = lazy_pattern(r"[\ud800-\udfff]")


def search_text(text: str) -> str:
    """The folded form of a document's text or a question; safe for any string, lone surrogates too."""
    return _remembered(text) if len(text) <= _SENTENCE else _folded(text)


def folded_character(character: str) -> str:
    """What `search_text` makes of one character by itself, traditional ones apart; "" where it goes."""
    return _table()[ord(character)]


def even_text(text: str) -> str:
    """Capital, full-width and traditional characters evened out one for one; punctuation and blanks stay.

    As long as ``text``, so that offsets hold for both.
    """
    return _simplify(_UNEVEN.sub(lambda found: _evened(found[0]), text))


def search_view(text: str) -> SearchView:
    """The folded form with its positions traceable to ``text``; equal to ``search_text`` of it."""
    table = _table()
    edits: list[Edit] = []
    for found in _SPECIAL.finditer(text):
        folded = table[ord(found[0])]
        if folded != found[0]:
            edits.append(Edit(found.start(), found.end(), folded))
    folded_text = apply_edits(text, edits)
    return replace(folded_text, text=_simplify(folded_text.text))


def encoded_text(text: str) -> str:
    """What a model is given of a text: simplified characters where it is traditional, else the text itself.

    Models know full-width letters by themselves, traditional characters hardly.
    """
    return _simplify(text) if is_traditional(text) else text


def is_traditional(text: str) -> bool:
    """Whether a text is written in traditional characters, and not merely quotes a few."""
    if not _may_change(text):
        return False
    return sum(map(TRADITIONAL.__contains__, text)) > _TRADITIONAL_SHARE * len(_HAN.findall(text))


def _folded(text: str) -> str:
    table = _table()
    special = set(_SPECIAL.findall(text))
    if len(special) > _WORTH_TABLE:
        return _simplify(text.translate(table))
    for character in special:  # what one is folded to stays as it is when it is folded again
        text = text.replace(character, table[ord(character)])
    return _simplify(text)


@functools.lru_cache(4096)
def _remembered(text: str) -> str:
    """A sentence or heading folded: questions meet the same ones again and again, two hundred each."""
    return _folded(text)


def _evened(character: str) -> str:
    return unicodedata.normalize("NFKC", character).casefold()


class _Table(dict[int, str]):
    """Folds one character at a time, so that every position stays traceable; remembers what it folded."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", character).casefold())
        self[code] = value = _GONE.sub("", folded).translate(_MARKS)
        return value


@functools.cache
def _table() -> _Table:
    return _Table()


def _simplify(text: str) -> str:
    """Traditional to simplified characters; unchanged where that would change the length."""
    if not _may_change(text):
        return text
    safe = _SURROGATE.sub("\ufffd", text)
    converted = _converter()(safe)
    if len(converted) != len(text):
        return text
    if safe is text or safe == text:
        return converted
    return "".join(
        old if "\ud800" <= old <= "\udfff" else new for old, new in zip(text, converted, strict=True)
    )


def traditional_teller(characters: int) -> Callable[[str], bool]:
    """What tells of texts whether they hold characters that have a simplified form.

    Args:
        characters: of all the texts that it will be asked about.
    """
    if characters < _WORTH_PATTERN:
        return _may_change
    search = _traditional_pattern().search
    return lambda text: search(text) is not None


def _may_change(text: str) -> bool:
    if len(text) < _WORTH_PATTERN:
        return not TRADITIONAL.isdisjoint(text)
    return _traditional_pattern().search(text) is not None


@functools.cache
def _traditional_pattern() -> re.Pattern[str]:
    return re.compile(f"[{''.join(sorted(TRADITIONAL))}]")


@functools.cache
def _converter() -> Callable[[str], str]:
    import opencc  # noqa: PLC0415 -- loads dictionaries; a question that needs none should not wait

    convert: Callable[[str], str] = opencc.OpenCC("t2s").convert
    return convert
