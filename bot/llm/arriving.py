"""What may be shown of a draft before it is whole: the sentences that are, and that the quotes prove."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.llm.proving import MOST_SENTENCES, prove

LEAST_SHARE = 0.5
"""Of a draft's sentences that must be proved. Of an answer that is mostly made up the rest misleads, too."""

_THOUGHTS = re.compile(r"\A\s*<think>.*?</think>", re.DOTALL)
"""What some models write before they answer; it is no part of the answer."""

_ENDS = "。！？!?\n"
_AFTER_END = "[]0123456789”’」』）)》\"'"
"""What may still belong to a sentence that has ended; anything else begins the next one."""

_MOST_LOOKS = 3 * MOST_SENTENCES
"""Each look proves the draft so far; one that is nothing but ends of sentences must not keep us busy."""


def without_thoughts(text: str) -> str:
    """A model's text from where it answers on."""
    return _THOUGHTS.sub("", text).strip()


class Arriving:
    """A draft while it comes.

    Attributes:
        shown: the proved sentences that `add` gave last.
    """

    def __init__(self, quotes: Sequence[str]) -> None:
        """Begin with nothing.

        Args:
            quotes: as `bot.llm.proving.prove` takes them.
        """
        self._quotes = quotes
        self._text = ""
        self._has_ended = False
        self._looks = 0
        self.shown = ""

    def add(self, piece: str) -> str | None:
        """The proved sentences so far, once there are others than before; None else.

        Like the whole they are at least half of what was said. The whole is judged again at its end, and
        may turn out to be worth less: what this gives is for a preview.
        """
        self._text += piece
        if self._looks >= _MOST_LOOKS or not self._has_begun_another(piece):
            return None
        self._looks += 1
        text = without_thoughts(self._text)
        if text.startswith("<think>"):
            return None
        judged = prove(text, self._quotes).judged[:-1]
        proved = [one.text for one in judged if one.fault is None]
        shown = "".join(proved)
        if not proved or len(proved) < LEAST_SHARE * len(judged) or shown == self.shown:
            return None
        self.shown = shown
        return shown

    def _has_begun_another(self, piece: str) -> bool:
        """Whether a sentence has ended with all its marks since this was true last."""
        begun = False
        for char in piece:
            if char in _ENDS:
                self._has_ended = True
            elif self._has_ended and char not in _AFTER_END and not char.isspace():
                self._has_ended, begun = False, True
        return begun
