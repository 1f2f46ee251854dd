"""Cutting in the processes that read: the same passages as cutting where the index is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from embeddings.limits import TokenLimit
from embeddings.tokens import TOKENIZER_NAME
from embeddings.types import IntArray
from retrieval.corrections import SIDECAR
from retrieval.documents.types import Document
from retrieval.index import reading, rows
from retrieval.index.codec import pack_document, unpack_passage
from retrieval.index.generation import open_generation
from retrieval.index.outcome import Found, outcome_of, pack_outcome, unpack_outcome
from retrieval.index.packed import packed_passage
from retrieval.index.rebuild import rebuild_index
from retrieval.index.report import RebuildReport
from retrieval.index.sources import Source
from retrieval.passages import cut_passages, indexed_text
from retrieval.types import Passage
from tests.retrieval.index.helpers import HashingEncoder, contents_at, speech
from tests.retrieval.index.unruly import ROOT, unruly

__all__ = ["ROOT", "unruly"]

LIMIT = 120
"""Tokens, so few that passages are halved for it."""


class CharacterEncoder(HashingEncoder):
    """Counts as `limit` does: a token a character, and refuses where it must not be asked."""

    is_asked = True

    @property
    def max_tokens(self) -> int:
        return LIMIT

    def count_tokens(self, texts: Sequence[str]) -> IntArray:
        assert self.is_asked
        return np.asarray([len(text) for text in texts], dtype=np.int64)


@pytest.fixture
def limit(tmp_path: Path) -> TokenLimit:
    """A tokenizer without a head, so that every text is counted."""
    from tokenizers import Regex, Tokenizer, models, pre_tokenizers

    folder = tmp_path / "model"
    folder.mkdir()
    tokenizer = Tokenizer(models.WordLevel({"?": 0}, "?"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(r"[\s\S]"), "isolated")
    tokenizer.save(str(folder / TOKENIZER_NAME))
    return TokenLimit(folder, "", LIMIT)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    folder = tmp_path / "archive"
    folder.mkdir()
    for number, subject in enumerate(("防汛抗旱", "森林防火", "道路交通", "燃气使用"), start=1):
        (folder / f"{number}.txt").write_text(speech(subject), "utf-8")
    return folder


@pytest.fixture
def cut_here(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Paths of the documents that this process cuts."""
    cut: list[str] = []

    def noted(document: Document, *more: object) -> tuple[Passage, ...]:
        cut.append(document.path)
        return cut_passages(document, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(rows, "cut_passages", noted)
    return cut


@pytest.fixture
def processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_WORTH_PROCESSES", 0.0)
    monkeypatch.setattr(reading, "_readers", lambda: 2)


def build(archive: Path, index: Path, limit: TokenLimit | None) -> RebuildReport:
    encoder = CharacterEncoder()
    encoder.is_asked = limit is None
    return rebuild_index(archive, index, lambda: encoder, fingerprint=encoder.fingerprint, limit=limit)


def test_passages_are_the_same_wherever_they_are_cut(
    archive: Path, tmp_path: Path, limit: TokenLimit, cut_here: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ["1.txt", "2.txt", "3.txt", "4.txt"]
    build(archive, tmp_path / "by-encoder", None)
    build(archive, tmp_path / "by-limit", limit)
    assert cut_here == names * 2
    monkeypatch.setattr(reading, "_WORTH_PROCESSES", 0.0)
    monkeypatch.setattr(reading, "_readers", lambda: 2)
    build(archive, tmp_path / "in-processes", limit)
    assert cut_here == names * 2
    assert contents_at(tmp_path / "by-encoder") == contents_at(tmp_path / "by-limit")
    assert contents_at(tmp_path / "by-encoder") == contents_at(tmp_path / "in-processes")


@pytest.mark.usefixtures("processes")
def test_what_a_person_corrected_is_cut_as_corrected(
    archive: Path, tmp_path: Path, limit: TokenLimit, cut_here: list[str]
) -> None:
    (archive / SIDECAR).write_text('["2.txt"]\ntitle = "春季防火动员会上的讲话"\n', "utf-8")
    build(archive, tmp_path / "index", limit)
    assert cut_here == ["2.txt"]
    build(archive, tmp_path / "by-encoder", None)
    assert contents_at(tmp_path / "index") == contents_at(tmp_path / "by-encoder")
    with open_generation(tmp_path / "index", None) as generation:
        store = generation.store
        signatures = store.signatures()
        known = [signatures[stored.info.id].known for stored in store.documents]
    # Of the same metadata a title that a person gave counts 8 instead of 1: all that a citation gives.
    assert known[1] - known[0] == 7


@pytest.mark.usefixtures("processes")
def test_without_a_limit_the_encoder_is_asked(archive: Path, tmp_path: Path, cut_here: list[str]) -> None:
    build(archive, tmp_path / "index", None)
    assert cut_here == ["1.txt", "2.txt", "3.txt", "4.txt"]


@pytest.mark.usefixtures("processes")
def test_a_process_that_dies_costs_no_passage_of_others(
    archive: Path, tmp_path: Path, limit: TokenLimit, unruly: Path, cut_here: list[str]
) -> None:
    dying = archive / "die.txt"
    dying.write_text(speech("一次"), "utf-8")
    build(archive, tmp_path / "index", limit)
    assert list(unruly.glob("die-*"))
    assert cut_here == []
    dying.unlink()
    build(archive, tmp_path / "by-encoder", None)
    assert contents_at(tmp_path / "index") == contents_at(tmp_path / "by-encoder")


def test_what_cannot_be_cut_in_a_process_is_left_to_the_writer(archive: Path, limit: TokenLimit) -> None:
    (limit.folder / TOKENIZER_NAME).write_text("{", "utf-8")
    found = outcome_of(archive, Source("1.txt"), limit)
    assert isinstance(found, Found)
    assert found.passages is None


def test_passages_travel_with_their_document(archive: Path, limit: TokenLimit) -> None:
    found = outcome_of(archive, Source("1.txt"), limit)
    assert isinstance(found, Found)
    assert found.passages is not None
    assert len(found.passages) > 3
    whole = unpack_passage(found.passages[0].record)
    assert found.passages[0].told == indexed_text(whole.header, whole.text)
    assert found.passages[0].sentences == tuple(sentence.text for sentence in whole.sentences)
    # Its sentences stand in it no more, and so are packed as they are.
    torn = packed_passage(replace(whole, text="一\n二\r三\u2028\x85\ud800"))
    assert torn.sentences == found.passages[0].sentences
    for passages in (found.passages, (torn,), (), None):
        sent = replace(found, passages=passages)
        back = unpack_outcome(pack_outcome(sent))
        assert isinstance(back, Found)
        assert back == sent
        assert back.record == pack_document(found.document)
        assert back.signature.sketch.tolist() == found.signature.sketch.tolist()
