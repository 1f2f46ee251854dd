"""Signs of Symbol and Wingdings, which files keep as numbers in a private range of Unicode."""

from __future__ import annotations

SIGNS = {
    0xF0A8: "□", 0xF06F: "□", 0xF071: "□", 0xF075: "◆", 0xF0B2: "•", 0xF0FE: "☑", 0xF052: "☑", 0xF0FC: "✓",
    0xF0FB: "×", 0xF06C: "●", 0xF06E: "■", 0xF0B7: "•", 0xF0D8: "➢", 0xF0E0: "→", 0xF0B4: "×",
    0xF0B0: "°", 0xF0B1: "±", 0xF0A3: "≤", 0xF0B3: "≥",
}  # fmt: skip
"""What a code of these fonts shows; others of them are ornaments."""

_FIRST, _LAST = 0xF000, 0xF0FF


def symbol(code: int) -> str:
    """The sign of a code of these fonts, "" for an ornament; what is no such code stands for itself."""
    return SIGNS.get(code, chr(code) if 0x20 <= code < 0xD800 else "")


def without_ornaments(text: str) -> str:
    """Text in which signs of these fonts stand as themselves, and ornaments not at all."""
    if not any(_FIRST <= ord(sign) <= _LAST for sign in text):
        return text
    return "".join(symbol(ord(sign)) if _FIRST <= ord(sign) <= _LAST else sign for sign in text)
