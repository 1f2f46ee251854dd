"""Other words for a question add quotes to those that it found by itself, and change nothing that stands."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.answer import MOST_ADDED, Answer, answer, answer_again, answer_json, shown_rewriting
from bot.conversation import Conversation
from config.messages import Language
from config.settings import Settings
from retrieval.search.context import PastTurn
from retrieval.search.opening import open_searcher
from retrieval.search.rewriting import Rewriting, is_rewritable
from retrieval.search.searcher import Searcher

DUTY = Rewriting(words=("领导带班", "防汛"))


@pytest.fixture(scope="module")
def searcher(example_index: Path) -> Iterator[Searcher]:
    with open_searcher(Settings(index=example_index)) as opened:
        yield opened


def test_added_quotes_follow_those_that_stand(searcher: Searcher) -> None:
    first = answer(searcher, "值班有什么要求")
    wider = answer_again(searcher, first, DUTY)
    assert wider is not None
    assert wider.quotes[: len(first.quotes)] == first.quotes
    assert 1 <= wider.added == len(wider.quotes) - len(first.quotes) <= MOST_ADDED
    assert "24小时双人双岗值班" in wider.quotes[-1].text
    assert wider.text.startswith(first.text)
    assert (wider.evidence.confidence, wider.certainty) == (first.evidence.confidence, first.certainty)
    for quote in wider.quotes:
        raw = searcher.generation.store.document(quote.document.id).raw
        assert raw[quote.span.start : quote.span.end] == quote.text
    # Only words of the archive are told, and 领导带班 stands in no quote that was added.
    assert shown_rewriting(wider) == ("防汛",)
    assert answer_json(wider)["read_as"] == {"question": None, "words": ["领导带班", "防汛"], "added": 1}
    assert "read_as" not in answer_json(first)


def test_what_was_not_found_may_be_found_in_other_words(searcher: Searcher) -> None:
    first = answer(searcher, "着火了怎么办")
    assert first.quotes == ()
    wider = answer_again(searcher, first, Rewriting(words=("森林火灾", "扑救")))
    assert wider is not None
    assert wider.evidence.answerable
    assert wider.added == len(wider.quotes)


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("值班有什么要求", ("霹雳舞", "红烧肉")),  # not in the archive
        ("红烧肉怎么做", ("值班", "烟花爆竹")),
        ("谢谢", ("值班", "防汛")),
    ],
)
def test_words_that_add_nothing_change_nothing(
    searcher: Searcher, question: str, words: tuple[str, ...]
) -> None:
    first = answer(searcher, question)
    assert answer_again(searcher, first, Rewriting(words=words)) is None


def past(searcher: Searcher, *questions: str) -> list[PastTurn]:
    turns: list[PastTurn] = []
    for question in questions:
        turns.append(PastTurn(question, searcher.ask(question, past=tuple(turns))))
    return turns


def test_a_follow_up_is_also_looked_for_as_one_would_ask_it_alone(searcher: Searcher) -> None:
    turns = past(searcher, "校车怎么管", "溺水怎么防")
    first = answer(searcher, "谁负责", turns)
    assert "校车" not in first.text
    wider = answer_again(searcher, first, Rewriting("校车谁负责"), turns)
    assert wider is not None
    assert "校车71辆" in "".join(quote.text for quote in wider.quotes[-wider.added :])
    assert shown_rewriting(wider) == ("校车谁负责",)


def test_what_points_into_quotes_is_not_rewritten(searcher: Searcher) -> None:
    turns = past(searcher, "春节期间安全要求是什么")
    for question in ("第二点具体说说", "还有呢", "是谁讲的", "别的会上呢", "谢谢"):
        assert not is_rewritable(question, turns)
        first = answer(searcher, question, turns)
        again = answer(searcher, question, turns).evidence
        given = searcher.ask(question, past=turns, rewriting=Rewriting("值班怎么安排", ("防汛",)))
        assert given.quotes == again.quotes == first.evidence.quotes
    for question in ("那值班呢", "谁负责", "森林防火有什么要求"):
        assert is_rewritable(question, turns)


def test_a_conversation_goes_on_from_what_was_added(searcher: Searcher) -> None:
    talk = Conversation(language=Language.ZH)
    assert talk.ask_again(searcher, DUTY) is None
    first = talk.ask(searcher, "值班有什么要求")
    assert talk.ask_again(searcher, Rewriting(words=("霹雳舞",))) is None
    assert talk.last is first
    wider = talk.ask_again(searcher, DUTY)
    assert isinstance(wider, Answer)
    assert talk.last is wider
    assert [turn.evidence for turn in talk.past] == [wider.evidence]
