"""What a second mode of answering, in which quotes are worded, says to a question."""

from __future__ import annotations

import re
from dataclasses import dataclass

_MARKS = re.compile(r"\[[0-9]+\]")


@dataclass(frozen=True, slots=True)
class Wording:
    """What was made of the quotes of one question.

    Attributes:
        text: in which ``[n]`` stands for the n-th quote; "" where the quotes stand alone.
        proved: how many sentences of the draft were proved as they were.
        repaired: how many after they were written anew.
        dropped: how many not at all.
        added: how many of the last quotes other words for the question added.
    """

    text: str = ""
    proved: int = 0
    repaired: int = 0
    dropped: int = 0
    added: int = 0

    @property
    def plain(self) -> str:
        """The text without its marks."""
        return _MARKS.sub("", self.text)
