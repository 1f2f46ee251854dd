"""What is read by the cross-encoder, and what it changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from embeddings import FloatArray
from retrieval.search.calibration_file import shipped_calibration
from retrieval.search.context import PastTurn
from retrieval.search.glossary import load_glossary
from retrieval.search.judging import best_quotables, judged
from retrieval.search.query import analyse
from retrieval.search.quotable import Quotable, Run
from retrieval.search.searcher import Searcher
from retrieval.search.told_stretches import TOLD
from retrieval.types import Reason
from tests.retrieval.search.builders import found, open_searcher_of, quotable

LEAST, MOST = -60.0, 60.0


class Reader:
    """A judge that gives one logit to all and keeps what it was given to read."""

    fingerprint = "reader"

    def __init__(self, logit: float) -> None:
        self.logit = logit
        self.read: list[tuple[str, tuple[str, ...]]] = []

    def logits(self, question: str, texts: Sequence[str]) -> FloatArray:
        self.read.append((question, tuple(texts)))
        return np.full(len(texts), self.logit, np.float32)


def searcher_with(folder: Path, judge: Reader) -> Searcher:
    text = "在安全会议上的讲话\n\n库区大门夜里九点上锁，钥匙由值班员保管。食堂每周五清洗油烟管道。\n"
    opened = open_searcher_of(folder, {"一.txt": text})
    read_all = replace(shipped_calibration(), undecided=None)
    return Searcher(opened.generation, opened.encoder, opened.glossary, judge, read_all)


@pytest.mark.parametrize(("logit", "answered"), [(MOST, True), (LEAST, False)])
def test_the_cross_encoder_decides(tmp_path: Path, logit: float, answered: bool) -> None:
    judge = Reader(logit)
    with searcher_with(tmp_path, judge) as searcher:
        evidence = searcher.ask("库区大门几点上锁")
    assert evidence.answerable is answered
    assert bool(evidence.quotes) is answered
    question, texts = judge.read[0]
    assert question == "库区大门几点上锁"
    assert "库区大门夜里九点上锁" in texts[0]
    assert texts[0].startswith("在安全会议上的讲话\n")


@pytest.mark.parametrize(
    ("question", "logit", "counted"),
    [
        ("清淤从几号到几号", -3.0, TOLD),
        ("清淤从几号到几号", 2.0, 2.0),
        ("清淤归谁管", -3.0, -3.0),
    ],
)
def test_a_stretch_of_time_that_is_told_counts(question: str, logit: float, counted: float) -> None:
    text = "清淤从3月2日起到4月9日，河长在场。"
    runs = [Run(0, (replace(quotable(text, 1.0, 0), coverage=0.5),))]
    sources = [found([text], [0.0])]
    query, glossary = analyse(question, load_glossary()), load_glossary()
    assert judged(Reader(logit), query, glossary, runs, sources) == counted


def test_a_follow_up_is_read_with_what_it_leans_on(tmp_path: Path) -> None:
    judge = Reader(MOST)
    with searcher_with(tmp_path, judge) as searcher:
        first = searcher.ask("库区大门几点上锁")
        searcher.ask("那钥匙呢", past=[PastTurn("库区大门几点上锁", first)])
    assert [question for question, _ in judge.read] == ["库区大门几点上锁", "钥匙几点上锁"]


def test_a_question_that_says_nothing_of_its_own_is_not_read(tmp_path: Path) -> None:
    judge = Reader(LEAST)
    with searcher_with(tmp_path, judge) as searcher:
        first = searcher.ask("库区大门几点上锁")
        judge.read.clear()
        searcher.ask("谁负责", past=[PastTurn("库区大门几点上锁", first)])
    assert judge.read == []


def test_what_is_decided_already_is_not_read(tmp_path: Path) -> None:
    judge = Reader(LEAST)
    with searcher_with(tmp_path, judge) as searcher:
        considered = searcher.consider("库区大门几点上锁")
        assert considered.signals is not None
        alone = searcher.calibration.unread.confidence(considered.signals)
        for band, read in (((0.0, 1.0), 1), ((0.0, alone - 0.01), 0), ((alone + 0.01, 1.0), 0)):
            judge.read.clear()
            searcher.calibration = replace(searcher.calibration, undecided=band)
            confidence = searcher.ask("库区大门几点上锁").confidence
            assert len(judge.read) == read
            assert confidence == pytest.approx(0.0 if read else alone)


def test_what_a_rule_declines_is_not_read(tmp_path: Path) -> None:
    judge = Reader(MOST)
    with searcher_with(tmp_path, judge) as searcher:
        assert searcher.ask("青石市库区大门几点上锁").reason is Reason.UNKNOWN
    assert judge.read == []


def test_a_question_is_read_in_the_words_of_the_speech() -> None:
    judge = Reader(MOST)
    glossary = load_glossary()
    query = analyse("一把手多久下一次井", glossary)
    text = "矿山所在县的主要负责同志每季度至少下井一次。"
    judged(judge, query, glossary, [Run(0, (quotable(text, 1.0, 0),))], [found([text], [1.0])])
    ((question, texts),) = judge.read
    assert question == "主要负责同志多久下一次井"
    assert texts[0].endswith(text)


def test_best_sentence_takes_the_better_neighbours_while_there_is_room() -> None:
    lengths = {0: 90, 1: 60, 2: 40, 3: 50, 4: 55, 5: 5}
    measures = {0: 2.0, 1: 1.0, 2: 9.0, 3: 3.0, 4: 0.0, 5: 8.0}
    quotables = tuple(quotable(str(row) * lengths[row], measures[row], row) for row in lengths)
    # 40, then 50 (measure 3), then 60 (measure 1): 150. Of the 200 neither the 90 before them nor the 55
    # behind have room, and what comes after those is not beside them.
    assert text_of(best_quotables(Run(0, quotables), 200)) == "1" * 60 + "2" * 40 + "3" * 50
    # Where the better neighbour has no room the other one is taken.
    assert text_of(best_quotables(Run(0, quotables[:3]), 200)) == "0" * 90 + "1" * 60 + "2" * 40
    long = (quotable("前" * 170, 5.0, 0), quotable("中" * 40, 9.0, 1), quotable("后", 1.0, 2))
    assert text_of(best_quotables(Run(0, long), 200)) == "中" * 40 + "后"


def test_best_sentence_is_read_however_long() -> None:
    quotables = (quotable("前", 1.0, 0), quotable("长" * 300, 5.0, 1), quotable("后", 1.0, 2))
    assert text_of(best_quotables(Run(0, quotables), 200)) == "长" * 300


def text_of(quotables: Sequence[Quotable]) -> str:
    return "".join(each.sentence.text for each in quotables)
