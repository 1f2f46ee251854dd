"""Variants of a formulation: grouped under the most frequent wording, their differences marked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from retrieval.lineage.align import least_similarity, similarity
from retrieval.lineage.folding import fold
from retrieval.lineage.types import Change, ChangeKind, Group, Occurrence, Variant


def group_variants(occurrences: Sequence[Occurrence], first: str) -> tuple[Group, ...]:
    """Occurrences by folded wording, and near wordings together.

    A variant joins the most frequent one that it is near to and that has joined none itself; of equally
    frequent ones the one that stands first leads.

    Args:
        occurrences: in the order of the lineage.
        first: folded, the wording that changes are told from.
    """
    by_wording: dict[str, list[Occurrence]] = {}
    for one in occurrences:
        by_wording.setdefault(one.folded, []).append(one)
    variants = [_variant(folded, found) for folded, found in by_wording.items()]
    base = next((variant.wording for variant in variants if variant.folded == first), "")
    groups: list[list[Variant]] = []
    for variant in sorted(variants, key=lambda one: -len(one.occurrences)):  # stable: then by first place
        told = replace(variant, changes=changes(base, variant.wording))
        near = next((group for group in groups if _is_near(group[0].folded, told.folded)), None)
        if near is None:
            groups.append([told])
        else:
            near.append(told)
    joined = (Group(tuple(group)) for group in groups)
    return tuple(sorted(joined, key=lambda group: -group.count))


def changes(old: str, new: str) -> tuple[Change, ...]:
    """What was changed from one wording to another, by characters.

    Marks and spelling (full-width, traditional) are no change: they are shown as the new wording has them.
    Joined, the ``old`` of all changes is ``old``, and the ``new`` of all is ``new``.
    """
    before, after = _pieces(old), _pieces(new)
    matcher = SequenceMatcher(None, [key for key, _ in before], [key for key, _ in after], autojunk=False)
    return tuple(
        Change(
            ChangeKind(kind),
            "".join(text for _, text in before[start:end]),
            "".join(text for _, text in after[first:last]),
        )
        for kind, start, end, first, last in matcher.get_opcodes()
    )


def marked(told: Iterable[Change]) -> str:
    """Changes in plain text, as ``git diff --word-diff`` writes them: [-old-]{+new+}."""
    parts: list[str] = []
    for change in told:
        if change.kind is ChangeKind.EQUAL:
            parts.append(change.new)
            continue
        parts.append(f"[-{change.old}-]" if change.old else "")
        parts.append(f"{{+{change.new}+}}" if change.new else "")
    return "".join(parts)


def _variant(folded: str, occurrences: Sequence[Occurrence]) -> Variant:
    spellings = Counter(one.wording for one in occurrences)
    wording = max(spellings, key=lambda one: spellings[one])  # the first of equally frequent ones
    return Variant(wording, folded, occurrences[0].similarity, tuple(occurrences), ())


def _is_near(one: str, other: str) -> bool:
    return similarity(one, other) >= least_similarity(max(len(one), len(other)))


def _pieces(wording: str) -> list[tuple[str, str]]:
    """Folded characters and what they were made from, marks with the character before them."""
    folded = fold(wording)
    if not folded.text:
        return []
    starts = [0, *folded.origins.tolist()[1:]]
    ends = [*starts[1:], len(wording)]
    return [
        (character, wording[start:end])
        for character, start, end in zip(folded.text, starts, ends, strict=True)
    ]
