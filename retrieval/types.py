"""What is retrieved and answered: passages, hits, quotes, evidence. All are frozen.

What a file holds, and how offsets count, is in `retrieval.documents.types`.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from retrieval.documents.types import CITED_FIELDS, TEXT_READER, Span


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a passage: the smallest thing that is embedded and quoted.

    ``text`` is clean; ``span`` is one contiguous raw span and may hold a line break that ``text`` does not.
    """

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Passage:
    """The retrieved unit: consecutive sentences of one leaf section and one speaker.

    Attributes:
        id: stable, from the document's hash and the spans.
        section_path: titles from the outermost section to the leaf.
        speaker: whose words these are; "" when unknown.
        quoted_speaker: who is quoted inside, joined by "、"; "" when nobody.
        spans: raw, sorted, not overlapping; more than one only where noise or a line break lies between.
        text: clean text of the passage, headings included.
        header: title｜speaker, role｜section path; indexed and embedded, never quoted.
        sentences: in order; together they cover ``spans`` without white space.
    """

    id: str
    document_id: str
    ordinal: int
    section_path: tuple[str, ...]
    speaker: str
    quoted_speaker: str
    spans: tuple[Span, ...]
    text: str
    header: str
    sentences: tuple[Sentence, ...]

    def shared(self, span: Span) -> int:
        """Characters of a raw span that stand in it."""
        return sum(each.shared(span) for each in self.spans)


@dataclass(frozen=True, slots=True)
class FileInfo:
    """Another file that holds the same speech as the one that is cited.

    Attributes:
        gives: names of the fields of `DocumentInfo` that the cited file is silent about and this one fills.
    """

    path: str
    sha256: str
    reader: str = TEXT_READER
    gives: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DocumentInfo:
    """What a citation says of a document; null-able fields are None when the document is silent.

    ``path``, ``sha256`` and ``reader`` are of the best file that holds it, the one that quotes are made from;
    ``files`` are the others, best first.
    """

    id: str
    path: str
    sha256: str
    title: str
    speaker: str | None
    role: str | None
    date: str | None
    occasion: str | None
    organ: str | None
    series: str | None
    place: str | None
    reader: str = TEXT_READER
    files: tuple[FileInfo, ...] = ()
    corrections: str = ""


OPTIONAL_FIELDS = tuple(name for name in CITED_FIELDS if name != "title")
"""Fields of `DocumentInfo` that are None when the document is silent."""


@dataclass(frozen=True, slots=True)
class Place:
    """Another place that says the same as a hit."""

    document: DocumentInfo
    passage_id: str
    span: Span


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found for a query.

    Attributes:
        score: higher is better; a fused score in [0, 1].
        found_by: names of the rankings that found it, such as "bm25", "sentence", "passage".
        places: other passages that say the same, folded into this one, best first.
    """

    passage: Passage
    document: DocumentInfo
    score: float
    found_by: tuple[str, ...] = ()
    places: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Quote:
    """Verbatim words: ``raw[span.start:span.end] == text`` in the file with that sha256.

    ``located`` says where that is for people: pages or paragraphs; "" in a text file.
    """

    text: str
    span: Span
    document: DocumentInfo
    section_path: tuple[str, ...]
    speaker: str
    quoted_speaker: str
    passage_id: str
    located: str = ""


class Certainty(enum.StrEnum):
    """A confidence in a word; a key of the catalogue's area "ask"."""

    HIGH = "high"
    FAIR = "fair"
    LOW = "low"


class Reason(enum.StrEnum):
    """Why there is no answer.

    NOTHING: nothing was found at all. MASKED: the file masks the value asked for. UNKNOWN: the question names
    a place, person or time that the archive does not have. ABSENT: speeches are asked for of a time that none
    was given at. UNTOLD: they are asked for by what none tells of itself (哪篇最长). END: more is asked for,
    and nothing follows what was quoted. ELSEWHERE: only other places, speakers or years than the one named
    say something of it. VAGUE: it names no subject. UNSURE: what was found probably does not answer.
    """

    NOTHING = "nothing"
    MASKED = "masked"
    UNKNOWN = "unknown"
    ABSENT = "absent"
    UNTOLD = "untold"
    END = "end"
    ELSEWHERE = "elsewhere"
    VAGUE = "vague"
    UNSURE = "unsure"


class Extreme(enum.StrEnum):
    """Which of several speeches is quoted alone; a key of the catalogue's area "answer"."""

    FIRST = "first"
    LAST = "last"


@dataclass(frozen=True, slots=True)
class Extent:
    """How far an answer goes that is drawn from several speeches.

    Attributes:
        speeches: how many treat what is asked, or are compared by their dates.
        by_matter: whether they are those that treat a matter; else they are told by their dates or listed.
        quoted: how many of them are quoted, here or in the turns before.
        extreme: whether only the first or last that treats it is quoted.
        undated: those that tell no date, or too little of it, where dates decide: it may be one of them.
        unsaid: what is asked to be done to the matter (批评 in 谁批评过X), where none of them says that word.
    """

    speeches: int
    quoted: int
    by_matter: bool = True
    extreme: Extreme | None = None
    undated: tuple[DocumentInfo, ...] = ()
    unsaid: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the archive says to a question.

    Attributes:
        confidence: estimated probability, in [0, 1], that the archive answers.
        answerable: whether it is answered.
        certainty: how far the confidence stands above the least one that is answered.
        reason: why there is no answer; None where there is one.
        near: where there is none, the words that come nearest, if they are of the subject; never an answer.
        unknown: names that the archive does not have, or with ELSEWHERE has nothing of this from, as the
            question gives them; with ABSENT times, 今年 by its number; () but for these three.
        extent: of an answer that is drawn from several speeches; None for any other.
    """

    question: str
    quotes: tuple[Quote, ...]
    hits: tuple[Hit, ...]
    confidence: float
    answerable: bool
    certainty: Certainty = Certainty.LOW
    reason: Reason | None = None
    near: tuple[Quote, ...] = ()
    unknown: tuple[str, ...] = ()
    extent: Extent | None = None
