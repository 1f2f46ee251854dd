"""The values of a lineage. All are frozen; offsets are half-open and count code points of the raw text."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from retrieval.documents.types import Span
from retrieval.types import DocumentInfo


@dataclass(frozen=True, slots=True)
class Moment:
    """When a speech was given; 0 stands for a month or day that is not known."""

    year: int
    month: int = 0
    day: int = 0

    @property
    def first_key(self) -> tuple[int, int, int]:
        """For the order from first to last: what says less comes after what says more of the same time."""
        return self.year, self.month or 13, self.day or 32

    @property
    def last_key(self) -> tuple[int, int, int]:
        """For the latest: what says less comes before what says more of the same time."""
        return self.year, self.month, self.day

    def __str__(self) -> str:
        parts = [f"{self.year:04d}", *(f"{part:02d}" for part in (self.month, self.day) if part)]
        return "-".join(parts)


@dataclass(frozen=True, slots=True)
class Words:
    """Clean words of a document and the raw span that they were made from."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One place where the formulation or a near variant stands.

    Attributes:
        moment: None when the document has no date.
        section_path: headings from the outermost to the one it stands under, or in.
        speaker: whose speech it is; "" when unknown.
        quoted_speaker: who is quoted with these words; "" when nobody.
        passage_id: of the passage that holds it; "" in a title.
        text: verbatim, ``raw[span.start:span.end]``.
        wording: the same clean, for showing.
        folded: what variants are told apart by.
        similarity: to the formulation, see ``retrieval.lineage.align``; 1 for the same folded wording.
        sentence: the sentence around it.
        lead: where in ``sentence.text`` the wording begins.
        explanation: what the sentence says to explain it; None when it does not.
        is_title: it stands in the title of the document.
    """

    document: DocumentInfo
    moment: Moment | None
    section_path: tuple[str, ...]
    speaker: str
    quoted_speaker: str
    passage_id: str
    span: Span
    text: str
    wording: str
    folded: str
    similarity: float
    sentence: Words
    lead: int
    explanation: Words | None
    is_title: bool


class ChangeKind(enum.StrEnum):
    """What became of a piece of the first wording."""

    EQUAL = "equal"
    DELETE = "delete"
    INSERT = "insert"
    REPLACE = "replace"


@dataclass(frozen=True, slots=True)
class Change:
    """A piece of the first wording and what stands for it; either may be ""."""

    kind: ChangeKind
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Variant:
    """One folded wording.

    Attributes:
        wording: its most frequent spelling.
        occurrences: in the order of the lineage.
        changes: from the first wording of the lineage to this one; joined, ``new`` gives ``wording``.
    """

    wording: str
    folded: str
    similarity: float
    occurrences: tuple[Occurrence, ...]
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Variants that are near each other, the most frequent one first; it gives the group its name."""

    variants: tuple[Variant, ...]

    @property
    def wording(self) -> str:
        """The most frequent wording."""
        return self.variants[0].wording

    @property
    def count(self) -> int:
        """Occurrences of all its variants."""
        return sum(len(variant.occurrences) for variant in self.variants)


@dataclass(frozen=True, slots=True)
class Count:
    """How often under one name, and in how many documents; "" names what documents do not say."""

    name: str
    occurrences: int
    documents: int


@dataclass(frozen=True, slots=True)
class Lineage:
    """Where a formulation stands, from its first use to its latest wording.

    Attributes:
        formulation: as asked for.
        folded: the form that was looked for.
        least: least similarity of an occurrence.
        occurrences: by date, then path, then place; those without a date at the end.
        groups: most frequent first.
        first: the occurrence with the earliest date; None when none has one.
        latest: the one with the latest date.
        years: of the dated ones, ascending.
        speakers: most frequent first, unknown ones last.
        undated: documents with occurrences and without a date, in the order of their paths.
        nearby: where nothing near enough stands, the nearest that does, each wording once; nearest first.
    """

    formulation: str
    folded: str
    least: float
    occurrences: tuple[Occurrence, ...] = ()
    groups: tuple[Group, ...] = ()
    first: Occurrence | None = None
    latest: Occurrence | None = None
    years: tuple[Count, ...] = ()
    speakers: tuple[Count, ...] = ()
    undated: tuple[DocumentInfo, ...] = ()
    nearby: tuple[Occurrence, ...] = ()

    @property
    def ends(self) -> tuple[tuple[str, Occurrence], ...]:
        """The first and the latest occurrence, with the keys of their labels; one where they are the same."""
        if self.first is None or self.latest is None:
            return ()
        if self.first is self.latest:
            return (("only", self.first),)
        return ("first", self.first), ("latest", self.latest)

    @property
    def documents(self) -> int:
        """Documents with occurrences."""
        return len({one.document.id for one in self.occurrences})

    @property
    def near(self) -> int:
        """Occurrences whose wording is not quite the one asked for."""
        return sum(one.folded != self.folded for one in self.occurrences)

    @property
    def variants(self) -> tuple[Variant, ...]:
        """The variants of all groups, in the order of the groups."""
        return tuple(variant for group in self.groups for variant in group.variants)

    @property
    def base(self) -> str:
        """The wording that all changes are told from; there is at least one occurrence."""
        return "".join(change.old for change in self.variants[0].changes)
