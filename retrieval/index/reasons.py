"""Reasons put together: files that share one become a group, whose text says what to do about all of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from config.errors import AnjiangError, DocumentError
from config.messages import Language, message
from retrieval.documents.types import ReadWarning
from retrieval.index.archive import Skipped, why
from retrieval.index.doubts import Doubt

_OF_GROUP = ("ending", "kind", "command", "limit", "method", "model")
"""Values that say what is to be done: files that differ in one are no group."""

_ELLIPSIS = "…"


@dataclass(frozen=True, slots=True)
class Group:
    """Files with the same reason.

    Attributes:
        text: the reason; "…" stands for what differs from file to file.
        members: path, and what differs; sorted by path.
    """

    text: str
    members: tuple[tuple[str, str], ...]


def skipped_groups(skipped: Iterable[Skipped], language: Language) -> list[Group]:
    """Files that were left out by their reason; the largest group first."""
    found: dict[object, list[Skipped]] = {}
    for one in skipped:
        values = one.reason.values
        shared = tuple(str(values[name]) for name in _OF_GROUP if name in values)
        found.setdefault((one.reason.key, shared), []).append(one)
    return _ordered(_group(members, language) for members in found.values())


def doubt_groups(doubts: Iterable[Doubt], language: Language) -> list[Group]:
    """Files that were read with doubt by what is doubtful; the largest group first."""
    found: dict[ReadWarning, list[tuple[str, str]]] = {}
    for doubt in sorted(doubts):
        found.setdefault(doubt.warning, []).append((doubt.path, "、".join(doubt.places)))
    return _ordered(
        Group(message(f"documents.{warning.value}", language), tuple(members))
        for warning, members in found.items()
    )


def _ordered(groups: Iterable[Group]) -> list[Group]:
    return sorted(groups, key=lambda group: (-len(group.members), group.members))


def _group(members: Sequence[Skipped], language: Language) -> Group:
    ordered = sorted(members, key=lambda one: one.path)
    first = ordered[0].reason
    shown = [{name: _shown(value, language) for name, value in one.reason.values.items()} for one in ordered]
    differing = [
        name for name in first.values if name != "file" and len({values.get(name) for values in shown}) > 1
    ]
    common = DocumentError(first.key, **{**first.values, **dict.fromkeys(differing, _ELLIPSIS)})
    details = ("，".join(values[name] for name in differing) for values in shown)
    return Group(
        why(common, language),
        tuple((one.path, detail) for one, detail in zip(ordered, details, strict=True)),
    )


def _shown(value: object, language: Language) -> str:
    return value.text(language) if isinstance(value, AnjiangError) else str(value)
