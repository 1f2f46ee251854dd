"""An occurrence in few words: the sentence cut around its wording, and how its source is named."""

from __future__ import annotations

from retrieval.lineage.types import Occurrence

_MARKS = "，。；：！？、,.;:!? "


def around(one: Occurrence, most: int) -> tuple[str, str, str]:
    """What stands before the wording in its sentence, the wording, and what stands behind it.

    At most ``most`` characters before and behind, "…" where more was cut off.
    """
    text = one.sentence.text
    end = one.lead + len(one.wording)
    before, after = text[: one.lead], text[end:]
    if len(before) > most:
        before = "…" + before[-most:].lstrip(_MARKS)
    if len(after) > most:
        after = after[:most].rstrip(_MARKS) + "…"
    return before, one.wording, after


def explanation(one: Occurrence, most: int) -> str:
    """What the text says to explain the wording, cut to ``most`` characters; "" when it does not."""
    text = one.explanation.text if one.explanation else ""
    return text if len(text) <= most else text[:most].rstrip(_MARKS) + "…"
