"""The context line that a passage is indexed under: title｜speaker，role｜section path."""

from __future__ import annotations

from collections.abc import Sequence

LONGEST_HEADER = 100
"""Characters of a header: what the longest real one needs."""

_TITLE = 44
_SPEAKER = 24
_LEAF = 36
_OUTER = 12


def passage_header(title: str, speaker: str, role: str, path: Sequence[str]) -> str:
    """The header, at most LONGEST_HEADER characters; parts that are empty are left out.

    Where it would be too long, outer sections are shortened first, then the title, then the role.
    """
    who = "，".join(part for part in (speaker, role) if part)
    full = _join(title, who, path)
    if len(full) <= LONGEST_HEADER:
        return full
    outer = [_shorten(name, _OUTER) for name in path[:-1]]
    shorter = _join(title, who, [*outer, *path[-1:]])
    if len(shorter) <= LONGEST_HEADER:
        return shorter
    leaf = [_shorten(name, _LEAF) for name in path[-1:]]
    shorter = _join(_shorten(title, _TITLE), _shorten(who, _SPEAKER), [*outer, *leaf])
    if len(shorter) <= LONGEST_HEADER:
        return shorter
    room = LONGEST_HEADER - len(_join("", _shorten(who, _SPEAKER), leaf)) - 1
    return _join(_shorten(title, max(room, 1)), _shorten(who, _SPEAKER), leaf)[:LONGEST_HEADER]


def _join(title: str, who: str, path: Sequence[str]) -> str:
    return "｜".join(part for part in (title, who, " > ".join(path)) if part)


def _shorten(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"
