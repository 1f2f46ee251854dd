"""Passages, hits and sentences written by hand, and small real indexes by an encoder that needs no model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from retrieval.documents.types import Span
from retrieval.index.generation import open_generation
from retrieval.search.found import Found
from retrieval.search.glossary import QuestionShape, load_glossary
from retrieval.search.query import Probe, Query
from retrieval.search.quotable import Quotable
from retrieval.search.searcher import Searcher
from retrieval.types import DocumentInfo, Hit, Passage, Sentence
from tests.retrieval.index.helpers import FINGERPRINT, HashingEncoder, rebuild


def info(identity: str = "d", title: str = "标题") -> DocumentInfo:
    return DocumentInfo(
        identity, f"{identity}.txt", "0" * 64, title, None, None, None, None, None, None, None
    )


def sentences(texts: Sequence[str], start: int = 0) -> tuple[Sentence, ...]:
    """Sentences that stand one after the other from ``start``."""
    found = []
    for text in texts:
        found.append(Sentence(text, Span(start, start + len(text))))
        start += len(text)
    return tuple(found)


def passage(
    texts: Sequence[str], document: str = "d", section: tuple[str, ...] = (), speaker: str = ""
) -> Passage:
    said = sentences(texts)
    span = Span(0, said[-1].span.end)
    text = "".join(texts)
    return Passage(f"p-{document}", document, 0, section, speaker, "", (span,), text, "", said)


def found(
    texts: Sequence[str],
    nearness: Sequence[float],
    document: str = "d",
    fused: float = 1.0,
    section: tuple[str, ...] = (),
) -> Found:
    hit = Hit(passage(texts, document, section), info(document), 0.5)
    return Found(hit, fused, np.asarray(nearness, np.float32), 0)


def quotable(
    text: str,
    measure: float,
    row: int,
    source: int = 0,
    document: str = "d",
    part: tuple[str, ...] = ("",),
    start: int | None = None,
) -> Quotable:
    """A sentence whose span starts at 1000 * row unless told, so that order in the file follows rows."""
    at = 1000 * row if start is None else start
    return Quotable(source, row, document, part, Sentence(text, Span(at, at + len(text))), measure, 0.0)


def query(text: str = "问", shape: QuestionShape | None = None, **terms: float) -> Query:
    weights = terms or {"问": 0.5}
    return Query(text, weights, weights, (Probe(text, 1.0),), shape or QuestionShape())


def open_searcher_of(folder: Path, files: Mapping[str, str]) -> Searcher:
    """A searcher over speeches written to ``folder``; close it when done."""
    archive = folder / "archive"
    for name, text in files.items():
        path = archive / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    archive.mkdir(exist_ok=True)
    rebuild(archive, folder / "index")
    return Searcher(open_generation(folder / "index", FINGERPRINT), HashingEncoder(), load_glossary())
