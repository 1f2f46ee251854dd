"""Drafting a question file: which questions of which speeches, and some that nothing answers.

Everything is chosen by order, nothing by chance: the same speeches give the same file.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from retrieval.documents.types import Document, Span
from retrieval.documents.views import search_text
from retrieval.evaluation.askable import Draft, Kind, drafts_of
from retrieval.evaluation.measures import fold

UNANSWERABLE_SHARE: Final = 0.25
"""Of the drafts: enough to see what confidence is worth, few enough to check."""

NEAR: Final = 0.5
"""Share of a clause's pairs of characters up to which another speech does not say the same."""

_DETAILS = (Kind.DEADLINE, Kind.NUMBER, Kind.WHO)
_LONGEST_NAME = 30

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Drafted:
    """A line of the file.

    Attributes:
        gold: (path, exact words).
        origin: for an unanswerable question the (path, words) that it was made of.
    """

    kind: Kind
    question: str
    gold: tuple[tuple[str, str], ...]
    facts: tuple[str, ...]
    answerable: bool
    origin: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class _Text:
    """A document with its folded text, in which other speeches' words are looked for."""

    document: Document
    folded: str


def draw_drafts(documents: Sequence[Document], count: int) -> tuple[Drafted, ...]:
    """At most ``count`` questions: kinds in turn, documents in turn, answerable ones first.

    A quarter are candidates for unanswerable ones: a question for a masked value, or one speech's question
    put to another that says nothing so near. Words that several speeches share are not asked about.
    """
    texts = [_Text(document, search_text(document.raw)) for document in documents]
    suggested = [list(drafts_of(document)) for document in documents]
    wanted = round(count * UNANSWERABLE_SHARE)
    masked = _in_turn([[draft for draft in each if draft.kind is Kind.MASKED] for each in suggested])
    details = _in_turn([[draft for draft in each if draft.kind in _DETAILS] for each in suggested])
    open_ones = _in_turn([_missing(details, texts), (_unanswered(draft) for draft in masked)])
    unanswerable = _distinct(open_ones, wanted)
    answerable = _distinct(_answered(suggested, texts), count - len(unanswerable))
    return (*answerable, *unanswerable)


def drafts_text(drafts: Iterable[Drafted]) -> str:
    """The question file, JSON lines; "draft": true marks what nobody has checked."""
    rows = (_row(f"draft-{number:03d}", draft) for number, draft in enumerate(drafts, 1))
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def _row(identity: str, draft: Drafted) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": identity,
        "question": draft.question,
        "type": draft.kind.value,
        "gold": [{"doc": path, "quote": words} for path, words in draft.gold],
        "facts": list(draft.facts),
        "answerable": draft.answerable,
        "draft": True,
    }
    if draft.origin is not None:
        row["origin"] = {"doc": draft.origin[0], "quote": draft.origin[1]}
    return row


def _answered(suggested: Sequence[Sequence[Draft]], texts: Sequence[_Text]) -> Iterator[Drafted]:
    """Answerable drafts, kinds in turn and within a kind documents in turn, as far as they are of use."""
    kinds = [kind for kind in Kind if kind is not Kind.MASKED]
    by_kind = [
        _in_turn([[draft for draft in each if draft.kind is kind] for each in suggested]) for kind in kinds
    ]
    for draft in _in_turn(by_kind):
        gold = tuple((draft.document.path, _words(draft.document, span)) for span in draft.gold)
        if not all(_is_found(draft.document, span) for span in draft.gold) or _is_common(draft, texts):
            continue
        together = fold("".join(words for _, words in gold))
        facts = tuple(fact for fact in draft.facts if fold(fact) in together)
        yield Drafted(draft.kind, draft.question, gold, facts, answerable=True)


def _unanswered(draft: Draft) -> Drafted:
    origin = (draft.document.path, _words(draft.document, draft.gold[0]))
    return Drafted(draft.kind, draft.question, (), (), answerable=False, origin=origin)


def _missing(details: Iterable[Draft], texts: Sequence[_Text]) -> Iterator[Drafted]:
    """A question for a detail of one speech, put to the speech that comes nearest without saying the same."""
    for draft in details:
        pairs = _pairs(draft.words)
        if not pairs:
            continue
        shares = [
            (sum(pair in text.folded for pair in pairs) / len(pairs), text.document)
            for text in texts
            if text.document is not draft.document
        ]
        apart = [(share, document) for share, document in shares if share <= NEAR]
        if not apart:
            continue
        _, other = max(apart, key=lambda each: each[0])
        origin = (draft.document.path, _words(draft.document, draft.gold[0]))
        question = f"《{_name(other)}》里，{draft.question}"
        yield Drafted(Kind.MISSING_DETAIL, question, (), (), answerable=False, origin=origin)


def _pairs(words: str) -> set[str]:
    folded = search_text(words)
    return {folded[at : at + 2] for at in range(len(folded) - 1)}


def _name(document: Document) -> str:
    title = document.metadata.title.text.strip("《》")
    stem = document.path.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    return title if 0 < len(title) <= _LONGEST_NAME else stem[:_LONGEST_NAME]


def _is_found(document: Document, span: Span) -> bool:
    """Whether looking for the words in the file leads to this place."""
    words = _words(document, span)
    return bool(words.strip()) and document.raw.find(words) == span.start


def _is_common(draft: Draft, texts: Sequence[_Text]) -> bool:
    """Whether another speech has the words that answer, too: then the question is not about this one."""
    words = search_text(_words(draft.document, draft.gold[0]))
    return any(words in text.folded for text in texts if text.document is not draft.document)


def _words(document: Document, span: Span) -> str:
    return document.raw[span.start : span.end]


def _distinct(drafts: Iterable[Drafted], count: int) -> list[Drafted]:
    """The first ``count`` of them that ask something new."""
    found: dict[str, Drafted] = {}
    for draft in drafts:
        if len(found) >= count:
            break
        found.setdefault(fold(draft.question), draft)
    return list(found.values())


def _in_turn(several: Iterable[Iterable[T]]) -> Iterator[T]:
    """One of each, then the next of each, until all have run out."""
    waiting = [iter(each) for each in several]
    while waiting:
        rest = []
        for one in waiting:
            for first in one:
                yield first
                rest.append(one)
                break
        waiting = rest
