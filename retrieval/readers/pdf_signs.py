"""What the codes of a PDF stand for: radicals as characters, ligatures as letters, signs of symbol fonts.

Programs that print subsets of fonts name a glyph by any of the codes that share it, and often choose the one
of a radical (⽅ for 方) that looks the same; such text is never found by a question.
"""

from __future__ import annotations

import functools
import unicodedata

from retrieval.readers.symbols import SIGNS

_RADICALS = {
    "⺠": "民", "⺟": "母", "⻄": "西", "⻅": "见", "⻆": "角", "⻉": "贝", "⻋": "车", "⻒": "镸",
    "⻓": "长", "⻔": "门", "⻘": "青", "⻙": "韦", "⻚": "页", "⻛": "风", "⻜": "飞", "⻝": "食",
    "⻢": "马", "⻣": "骨", "⻤": "鬼", "⻥": "鱼", "⻦": "鸟", "⻧": "卤", "⻨": "麦", "⻩": "黄",
    "⻬": "齐", "⻮": "齿", "⻰": "龙", "⻳": "龟", "⺁": "厂", "⺎": "兀", "⺒": "巳", "⺓": "幺",
    "⺝": "月", "⺫": "罒", "⺬": "示", "⺮": "竹", "⺼": "月", "⻁": "虎", "⻍": "辶", "⻑": "長",
    "⻗": "雨", "⻟": "食", "⻫": "斉", "⻯": "竜", "⻱": "亀",
}  # fmt: skip
"""Radicals of U+2E80 to U+2EFF that look like a character; Unicode itself says so only of two of them."""

_UPRIGHT = {
    "︐": "，", "︑": "、", "︒": "。", "︓": "：", "︔": "；", "︕": "！", "︖": "？", "︙": "…",
    "︰": "：", "︱": "—", "︵": "（", "︶": "）", "︷": "｛", "︸": "｝", "︹": "〔", "︺": "〕",
    "︻": "【", "︼": "】", "︽": "《", "︾": "》", "︿": "〈", "﹀": "〉", "﹁": "「", "﹂": "」",
    "﹃": "『", "﹄": "』", "﹇": "［", "﹈": "］",
}  # fmt: skip
"""Marks as vertical text has them."""

_SIGNS = {
    **_RADICALS,
    **_UPRIGHT,
    **{chr(code): sign for code, sign in SIGNS.items()},
    "\xad": "", "\u2011": "-", "\u2010": "-", "\u00b7": "·", "\u2027": "·", "\uf020": " ",
}  # fmt: skip

_BLANKS = frozenset(" \t\r\n\v\f\xa0\u1680\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B))))


@functools.lru_cache(maxsize=1 << 14)
def sign_of(code: int) -> str:
    """What a code stands for: usually one character, two or three for a ligature, "" for what nobody sees."""
    if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF or 0xFFFE <= code <= 0xFFFF:
        return "\ufffd"
    character = chr(code)
    if character in _SIGNS:
        return _SIGNS[character]
    if character in _BLANKS:
        return character
    is_variant = 0x2E80 <= code <= 0x2FDF or 0xF900 <= code <= 0xFAFF or 0xFB00 <= code <= 0xFB06
    if is_variant or 0x2F800 <= code <= 0x2FA1F:
        return unicodedata.normalize("NFKC", character)
    if code < 0x20 or 0x7F <= code < 0xA0:
        return "\ufffd"
    return "" if unicodedata.category(character) in ("Cf", "Cn") else character


def is_blank(text: str) -> bool:
    """Whether a sign is white space."""
    return text in _BLANKS


def is_unreadable(text: str) -> bool:
    """Whether a sign has no meaning outside of its font: private codes and replacements."""
    return text == "\ufffd" or "\ue000" <= text <= "\uf8ff" or text >= "\U000f0000"


@functools.lru_cache(maxsize=1 << 14)
def is_wide(text: str) -> bool:
    """Whether a sign takes a square: Chinese characters and their marks."""
    return unicodedata.east_asian_width(text[0]) in "WF" or text in "“”‘’…—·①②③④⑤⑥⑦⑧⑨⑩"
