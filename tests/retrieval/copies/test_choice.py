from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.copies.choice import File, Signature, pack_signature, rank, signature_of, unpack_signature
from retrieval.copies.facts import Facts, agree, facts_of
from retrieval.documents.read import read_bytes
from retrieval.documents.types import Known, Metadata, Provenance
from tests.retrieval.copies.forms import BYLINE, as_file, text_form, web_form, word_form

WHOLE = Signature(length=1000, known=3, losses=0, facts=Facts())


def file(reader: str, path: str = "a", was_best: bool = False, **changes: int) -> File:
    return File(path, "0" * 64, reader, replace(WHOLE, **changes), was_best)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        (file("html/1"), file("docx/1", losses=1)),
        (file("text/1"), file("pdf/1", known=5)),
        (file("pdf/2"), file("scan/1", known=5)),
        (file("ofd/1"), file("image/1")),
        (file("text/1", known=4), file("docx/1", known=3)),
        (file("docx/1"), file("doc/1")),
        (file("doc/1"), file("text/1")),
        (file("text/1"), file("html/1")),
        (file("html/1"), file("unheard/1")),
        (file("text/1", length=1100), file("text/1", was_best=True)),
        (file("text/1", "二", was_best=True), file("text/1", "一")),
        (file("text/1", "短"), file("text/1", "很长")),
        (file("text/1", "a"), file("text/1", "b")),
    ],
)
def test_the_better_file_comes_first(better: File, worse: File) -> None:
    assert rank(better) < rank(worse)


def test_a_signature_says_what_the_document_says() -> None:
    signature = signature_of(read_bytes(text_form(), "2023/a.txt"))
    assert (signature.known, signature.losses) == (4, 0)  # title, speaker, date, occasion
    assert signature.facts.speaker == BYLINE[0]
    assert (signature.facts.date, signature.facts.years) == ("2023-11-21", "2023")
    assert len(signature.sketch) == 128
    assert as_file(read_bytes(word_form(), "a.docx")).signature.length == signature.length


def test_a_page_says_when_it_came_out_and_no_more_of_the_speech() -> None:
    signature = signature_of(read_bytes(web_form(), "a.html"))
    assert (signature.known, signature.facts.issued) == (4, "2023-11-24")


@given(st.lists(st.text(), min_size=9, max_size=9), st.lists(st.integers(0, 2**32 - 1), max_size=128))
def test_a_stored_signature_comes_back(texts: list[str], hashes: list[int]) -> None:
    sketch = np.asarray(hashes, dtype=np.uint32)
    signature = Signature(7, 2, 1, Facts(*texts).at("2023/a.txt"), sketch)
    found = unpack_signature(pack_signature(signature), "2023/a.txt")
    assert found == signature
    assert found.sketch.tolist() == hashes


def test_dates_contradict_only_in_what_both_know() -> None:
    def dated(text: str) -> Facts:
        return facts_of(Metadata(date=Known(text, Provenance.EXPLICIT)))

    assert agree(dated("2024-01-13"), dated("2024"))
    assert agree(dated("2024-01-13"), dated("1月13日"))
    assert agree(dated("2024-01-13"), dated("2024年度"))
    assert agree(dated("2024-01-13"), dated(""))
    assert not agree(dated("2024-01-13"), dated("2023"))
    assert not agree(dated("2024-01-13"), dated("1月14日"))
    assert not agree(dated("2024-01"), dated("2024-02-01"))


def test_a_paper_carries_the_speech_of_the_weeks_before() -> None:
    assert agree(Facts(date="2024-01-13"), Facts(issued="2024-01-20"))
    assert not agree(Facts(date="2024-01-13"), Facts(issued="2025-01-20"))
    assert not agree(Facts(issued="2023-01-20"), Facts(issued="2024-01-20"))
    assert agree(Facts(date="2024-01-13", issued="2024-02-01"), Facts(date="2024-01-13", issued="2025-05-01"))


@given(*[st.sampled_from(["", "2023", "2024-01", "2024-01-13", "-01-13", "2024-01-99"])] * 4)
def test_agreement_is_mutual(date: str, its_date: str, issued: str, its_issued: str) -> None:
    one, other = Facts(date=date, issued=issued), Facts(date=its_date, issued=its_issued)
    assert agree(one, other) == agree(other, one)
    assert agree(one, one) or (date and issued)
