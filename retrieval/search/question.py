"""What a person typed, made fit to be searched for. The terminal and the bot share these rules.

1. Terminal escape sequences go, and so do control, format (zero-width, bidirectional) and surrogate
   characters: nobody means them, and an index has none.
2. Line breaks, tabs and every other white space become one space; the ends are trimmed.
3. What is left must not be empty and at most ``MAX_CHARACTERS`` long.

Everything else stays as typed: emoji, full-width letters, any language. Folding is the index's business.
"""

from __future__ import annotations

import unicodedata

from config.errors import UsageError
from config.patterns import lazy_pattern

MAX_CHARACTERS = 2000
"""Longest question in characters. An encoder reads about 800 Chinese characters and the word search all of
them, so a pasted paragraph still finds its like; a pasted document is a mistake, and is better refused."""

_ESCAPE_SEQUENCE = lazy_pattern(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
_NEVER_MEANT = {"Cc", "Cf", "Cs"}


def clean_question(text: str) -> str:
    """The question without what nobody means by typing it.

    Raises:
        UsageError: nothing is left, or more than ``MAX_CHARACTERS``.
    """
    text = _ESCAPE_SEQUENCE.sub("", text)
    spaced = "".join(" " if character.isspace() else character for character in text)
    meant = "".join(character for character in spaced if unicodedata.category(character) not in _NEVER_MEANT)
    question = " ".join(meant.split())
    if not question:
        raise UsageError("question.empty")
    if len(question) > MAX_CHARACTERS:
        raise UsageError("question.too_long", length=len(question), limit=MAX_CHARACTERS)
    return question
