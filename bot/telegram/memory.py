"""What a chat talked about, small enough to keep, and large enough to lean on."""

from __future__ import annotations

from collections.abc import Sequence

from bot.telegram.records import StoredTurn
from retrieval.index.store import Store
from retrieval.search.context import PastTurn
from retrieval.types import Evidence, Hit, Passage, Quote

_KEPT_HITS = 3


def stored_turn(evidence: Evidence) -> StoredTurn:
    """A turn to be kept."""
    quoted = tuple(dict.fromkeys(quote.passage_id for quote in evidence.quotes))
    documents = [quote.document.id for quote in evidence.quotes] or [
        hit.document.id for hit in evidence.hits[:1]
    ]
    return StoredTurn(
        evidence.question,
        quoted,
        tuple(hit.passage.id for hit in evidence.hits[:_KEPT_HITS]),
        tuple(dict.fromkeys(documents)),
    )


def past_turns(store: Store, turns: Sequence[StoredTurn]) -> tuple[PastTurn, ...]:
    """Kept turns as a question leans on them: what each asked, and which passages it found.

    Passages that the index no longer has are left out.
    """
    wanted = [passage_id for turn in turns for passage_id in (*turn.quoted, *turn.hits)]
    passages = store.passages_by_id(wanted) if wanted else {}
    return tuple(PastTurn(turn.question, _evidence(store, passages, turn)) for turn in turns)


def _evidence(store: Store, passages: dict[str, Passage], turn: StoredTurn) -> Evidence:
    quoted = [passages[passage_id] for passage_id in turn.quoted if passage_id in passages]
    found = [passages[passage_id] for passage_id in turn.hits if passage_id in passages]
    return Evidence(
        turn.question,
        tuple(_quote(store, passage) for passage in quoted),
        tuple(hit_of(store, passage) for passage in found),
        1.0 if quoted else 0.0,
        answerable=bool(quoted),
    )


def hit_of(store: Store, passage: Passage) -> Hit:
    """A passage as a hit without a score."""
    return Hit(passage, store.stored(passage.document_id).info, 0.0)


def _quote(store: Store, passage: Passage) -> Quote:
    return Quote(
        passage.text,
        passage.spans[0],
        store.stored(passage.document_id).info,
        passage.section_path,
        passage.speaker,
        passage.quoted_speaker,
        passage.id,
    )
