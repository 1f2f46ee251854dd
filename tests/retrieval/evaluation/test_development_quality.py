"""The development questions asked of the example speeches with the default model: a guard, not a goal."""

from __future__ import annotations

from pathlib import Path

import pytest

from retrieval.documents.decoding import decode
from retrieval.evaluation.measures import summarise
from retrieval.evaluation.questions import load_dialogues
from retrieval.evaluation.runs import Answered, judge, run
from retrieval.search.searcher import Searcher

ROOT = Path(__file__).resolve().parents[3]
BOLD = "**"


@pytest.fixture(scope="module")
def sources() -> dict[str, str]:
    return {path.name: decode(path.read_bytes()).text for path in (ROOT / "examples/speeches").iterdir()}


@pytest.fixture(scope="module")
def answered(example_searcher: Searcher) -> list[Answered]:
    return list(run(example_searcher, load_dialogues(ROOT / "tests/data/questions.jsonl")))


@pytest.fixture(scope="module")
def conversed(example_searcher: Searcher) -> list[Answered]:
    return list(run(example_searcher, load_dialogues(ROOT / "tests/data/dialogues.jsonl")))


def test_every_quote_stands_verbatim_in_the_file(
    example_searcher: Searcher, sources: dict[str, str], answered: list[Answered], conversed: list[Answered]
) -> None:
    store = example_searcher.generation.store
    quotes = [quote for one in (*answered, *conversed) for quote in one.evidence.quotes]
    assert len(quotes) > 100
    for quote in quotes:
        start, end = quote.span.start, quote.span.end
        assert start < end
        assert sources[quote.document.path][start:end] == quote.text
        rows = store.stored(quote.document.id).passages
        (owner,) = [passage for passage in store.passages(rows) if passage.id == quote.passage_id]
        # A quote begins and ends where a sentence does, or with the marks that make words there bold.
        start += len(BOLD) * quote.text.startswith(BOLD)
        end -= len(BOLD) * quote.text.endswith(BOLD)
        assert owner.spans[0].start <= start
        assert end <= owner.spans[-1].end
        assert start in {sentence.span.start for sentence in owner.sentences}
        assert end in {sentence.span.end for sentence in owner.sentences}


def test_hits_show_the_words_of_the_file(
    sources: dict[str, str], answered: list[Answered], conversed: list[Answered]
) -> None:
    for one in (*answered, *conversed):
        for hit in one.evidence.hits:
            raw = "".join(sources[hit.document.path][span.start : span.end] for span in hit.passage.spans)
            assert all(
                sources[hit.document.path][s.span.start : s.span.end] in raw for s in hit.passage.sentences
            )


def test_no_answer_has_quotes_and_no_other_has_none(answered: list[Answered]) -> None:
    for one in answered:
        assert one.evidence.answerable == bool(one.evidence.quotes), one.question.question
        assert 0 <= one.evidence.confidence <= 1


def test_quality_on_the_development_questions(sources: dict[str, str], answered: list[Answered]) -> None:
    summary = summarise(judge(answered, sources))
    floors = {"success@5": 0.90, "fact_recall": 0.70, "answered_when_answerable": 0.85}
    fallen = {name: summary[name] for name, floor in floors.items() if (summary[name] or 0) < floor}
    assert not fallen
    assert (summary["answer_chars"] or 0) <= 400
    assert (summary["answered_when_not"] or 0) <= 0.6


def test_quality_on_the_development_dialogues(sources: dict[str, str], conversed: list[Answered]) -> None:
    summary = summarise(judge(conversed, sources))
    assert (summary["success@5"] or 0) >= 0.85


def test_masked_values_are_declined(answered: list[Answered]) -> None:
    masked = [one for one in answered if one.question.type == "masked"]
    assert len(masked) == 4
    assert [one.question.question for one in masked if one.evidence.answerable] == []
