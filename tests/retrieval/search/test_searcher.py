from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from config.messages import Language
from config.settings import load_settings
from retrieval.cli.building import build_index
from retrieval.cli.state import State
from retrieval.documents.types import Span
from retrieval.search.associations import Spoken, load_associations
from retrieval.search.candidates import gather
from retrieval.search.context import PastTurn
from retrieval.search.evidence import CHARACTERS, RIVALS
from retrieval.search.filters import Filters
from retrieval.search.lists import LIST_CHARACTERS
from retrieval.search.opening import open_searcher
from retrieval.search.query import analyse
from retrieval.search.ranking import Measured, best_first
from retrieval.search.searcher import Searcher
from retrieval.types import Evidence, Reason
from tests.retrieval.search.builders import info, open_searcher_of

NEWS = "临湾市部署高层建筑和电动自行车消防整治.txt"
FESTIVAL = "2024年春节前讲话.txt"

QUESTIONS = [
    "春节期间安全要求是什么",
    "电动自行车能进电梯吗",
    "病险水库汛期如何管理",
    "今天天气怎么样",
    "过年放炮仗咋管",
    "What about duty?",
    "😀",
    "谁",
]


def paths(evidence: Evidence) -> list[str]:
    return [hit.document.path for hit in evidence.hits]


def assert_verbatim(searcher: Searcher, evidence: Evidence) -> None:
    store = searcher.generation.store
    for quote in evidence.quotes:
        document = store.document(quote.document.id)
        assert document.raw[quote.span.start : quote.span.end] == quote.text
        rows = store.stored(document.id).passages
        (owner,) = [p for p in store.passages(rows) if p.id == quote.passage_id]
        assert owner.spans[0].start <= quote.span.start < quote.span.end <= owner.spans[-1].end
        assert (quote.section_path, quote.speaker) == (owner.section_path, owner.speaker)


def test_first_question_of_the_readme_is_answered_by_the_festival_speech(example_searcher: Searcher) -> None:
    evidence = example_searcher.ask("春节期间安全要求是什么")
    assert evidence.answerable
    assert {quote.document.path for quote in evidence.quotes} == {FESTIVAL}
    assert "禁止燃放" in "".join(quote.text for quote in evidence.quotes)
    assert all(quote.speaker == "周启明" for quote in evidence.quotes)
    assert_verbatim(example_searcher, evidence)


@pytest.mark.parametrize("question", QUESTIONS)
def test_evidence_keeps_its_promises(example_searcher: Searcher, question: str) -> None:
    evidence = example_searcher.ask(question)
    assert evidence.question == question
    assert 0 <= evidence.confidence <= 1
    assert evidence.answerable == bool(evidence.quotes)
    assert len(evidence.quotes) <= RIVALS
    assert len(evidence.hits) <= 10
    keys = [(-hit.score, hit.passage.id) for hit in evidence.hits]
    assert [score for score, _ in keys] == sorted(score for score, _ in keys)
    assert len({hit.passage.id for hit in evidence.hits}) == len(evidence.hits)
    assert_verbatim(example_searcher, evidence)


def test_answer_does_not_depend_on_how_many_hits_are_shown(example_searcher: Searcher) -> None:
    for question in QUESTIONS[:3]:
        whole = example_searcher.ask(question)
        for limit in (0, 1, 3, 5):
            few = example_searcher.ask(question, limit=limit)
            assert (few.quotes, few.confidence) == (whole.quotes, whole.confidence)
            assert paths(few) == paths(whole)[:limit]


def test_passage_whose_words_go_with_the_question_comes_first(example_searcher: Searcher) -> None:
    # 戏台 stands in no speech; without what goes with the words beside it another passage comes first.
    assert "舞台" in example_searcher.search("庙会搭的戏台子归哪家来验")[0].passage.text


def test_quote_of_a_news_report_names_who_said_it(example_searcher: Searcher) -> None:
    evidence = example_searcher.ask("充电棚没有建到位是谁说的")
    assert "“电梯里看见电动车" in evidence.quotes[0].text
    assert evidence.quotes[0].document.path == NEWS
    assert evidence.quotes[0].document.speaker is None
    assert evidence.quotes[0].speaker == "陆景行"
    # He is quoted in his own words there, which makes him the speaker and nobody quoted.
    assert evidence.quotes[0].quoted_speaker == ""


def test_speaker_filter_holds_for_every_quote(example_searcher: Searcher) -> None:
    for name in ("陆景行", "沈若川", "韩立"):
        for question in ("消防安全有哪些要求", "电动自行车要怎么管", "隐患整改情况"):
            evidence = example_searcher.ask(question, filters=Filters(speaker=name))
            assert {hit.passage.speaker for hit in evidence.hits} == {name}
            assert {quote.speaker for quote in evidence.quotes} <= {name}


QUOTED = """在全市安全生产工作会议上的讲话
（2024年3月5日）
市长　王建国

同志们：今天召开全市安全生产工作会议。
一、提高思想认识
习近平总书记强调：“生命重于泰山，各级党委和政府务必把安全生产摆到重要位置。”我们要时时放在心上。
二、抓好电梯维保
电梯维保单位每十五天到场检查一次，困人事故三十分钟内必须到场救援，检查记录贴在轿厢里让群众看得见。
三、上半年的账
上半年，全市发生电梯困人事故36起，受伤*人，同比下降**%。受伤的多数是独居老人。
"""


@pytest.fixture(scope="module")
def quoting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searcher]:
    """One speech of our own by the default model."""
    folder = tmp_path_factory.mktemp("quoting")
    (folder / "archive").mkdir()
    (folder / "archive" / "电梯.txt").write_text(QUOTED, "utf-8")
    settings = load_settings(overrides={"index": folder / "index"})
    build_index(settings, folder / "archive", folder / "index", state=State(Language.EN, "anjiang"))
    with open_searcher(settings) as searcher:
        yield searcher


def test_quoted_speaker_is_told_besides_the_speaker(quoting: Searcher) -> None:
    evidence = quoting.ask("生命重于泰山是谁讲的")
    (quote,) = [quote for quote in evidence.quotes if "生命重于泰山" in quote.text]
    assert (quote.speaker, quote.quoted_speaker) == ("王建国", "习近平")
    assert_verbatim(quoting, evidence)
    others = quoting.ask("电梯维保单位多久检查一次").quotes
    assert others
    assert all(quote.quoted_speaker == "" for quote in others if "生命" not in quote.text)


@pytest.mark.parametrize("question", ["上半年电梯困人事故受伤多少人", "电梯困人事故同比下降多少"])
def test_masked_value_is_declined_with_its_hits(quoting: Searcher, question: str) -> None:
    evidence = quoting.ask(question)
    assert evidence.answerable is False
    assert evidence.quotes == ()
    assert evidence.confidence <= 0.1
    assert evidence.hits
    assert evidence.reason is Reason.MASKED
    (near,) = evidence.near
    assert "*" in near.text
    assert_verbatim(quoting, Evidence(question, evidence.near, evidence.hits, 0.0, answerable=True))


def test_value_beside_a_masked_one_is_answered(quoting: Searcher) -> None:
    evidence = quoting.ask("上半年全市发生电梯困人事故多少起")
    assert evidence.answerable
    assert "36起" in evidence.quotes[0].text


@pytest.mark.parametrize(
    "question",
    ["上半年全区房屋市政工程死亡了几个人", "建设领域上半年罚款多少万元", "上半年全区共立案多少件"],
)
def test_masked_values_of_the_examples_are_declined(example_searcher: Searcher, question: str) -> None:
    assert not example_searcher.ask(question).answerable


def turn(searcher: Searcher, question: str, *past: PastTurn) -> PastTurn:
    return PastTurn(question, searcher.ask(question, past=past))


def test_follow_up_is_understood_by_the_question_before(example_searcher: Searcher) -> None:
    first = turn(example_searcher, "春节期间烟花爆竹怎么管")
    follow_up = example_searcher.ask("那值班呢", past=[first])
    assert follow_up.hits[0].document.path == FESTIVAL
    assert any("值班" in quote.text for quote in follow_up.quotes)


def test_new_question_is_answered_as_if_nothing_had_been_asked(example_searcher: Searcher) -> None:
    question = "病险水库汛期空库运行的要求具体是怎么规定的"
    first = turn(example_searcher, "春节期间烟花爆竹怎么管")
    alone = example_searcher.ask(question)
    after = example_searcher.ask(question, past=[first])
    assert after.quotes == alone.quotes
    assert after.hits[0] == alone.hits[0]


def test_documents_just_quoted_are_preferred(example_searcher: Searcher) -> None:
    first = turn(example_searcher, "电动自行车能进电梯吗")
    # A question that stands alone, so that nothing else of the turn before is added.
    question = "病险水库汛期空库运行的要求具体是怎么规定的"
    alone = {hit.passage.id: hit.score for hit in example_searcher.ask(question, limit=60).hits}
    after = example_searcher.ask(question, past=[first], limit=60).hits
    raised = [hit for hit in after if hit.document.path == NEWS and hit.passage.id in alone]
    assert raised
    assert all(hit.score > alone[hit.passage.id] for hit in raised)
    others = [hit for hit in after if hit.document.path != NEWS]
    assert all(hit.score == alone[hit.passage.id] for hit in others if hit.passage.id in alone)


def test_turn_about_a_document_that_is_gone_is_no_crash(example_searcher: Searcher) -> None:
    first = turn(example_searcher, "春节期间烟花爆竹怎么管")
    gone = replace(first.evidence.quotes[0], document=info("gone"))
    past = PastTurn(first.question, replace(first.evidence, quotes=(gone,)))
    assert example_searcher.ask("那值班呢", past=[past]).hits


def test_search_and_ask_find_the_same(example_searcher: Searcher) -> None:
    for question in QUESTIONS:
        assert example_searcher.search(question) == example_searcher.ask(question).hits


def test_ties_are_broken_by_passage_id(example_searcher: Searcher) -> None:
    query = analyse("值班", example_searcher.glossary)
    vectors = example_searcher.encoder.encode_queries(["值班"])
    candidates = gather(example_searcher.generation, query, vectors)
    fused = np.zeros(candidates.rows.size, np.float32)
    fused[3] = 1.0
    nothing = Spoken("", load_associations())
    rows = np.arange(candidates.rows.size)
    measured = Measured(candidates, fused, vectors[0], nothing)
    found = best_first(example_searcher.ranker.fetch(measured, rows))
    ids = [each.hit.passage.id for each in found]
    assert ids[1:] == sorted(ids[1:])
    assert ids[0] == example_searcher.generation.store.passages(candidates.rows[[3]])[0].id


def test_repeated_search_gives_the_same_hits_and_places(tmp_path: Path) -> None:
    body = "同志们：要严格值班纪律，带班领导不得离开辖区。\n"
    files = {f"{n}.txt": f"{'零一二三四五六七'[n]}号文件\n\n{body}" for n in range(1, 8)}
    with open_searcher_of(tmp_path, files) as searcher:
        (first,) = searcher.search("值班纪律", limit=7)
        assert len(first.places) == 6
        assert searcher.search("值班纪律", limit=7) == (first,)


def test_eight_threads_get_the_answers_of_one(example_searcher: Searcher) -> None:
    alone = [example_searcher.ask(question) for question in QUESTIONS]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(example_searcher.ask, QUESTIONS * 8))
    assert answers == alone * 8


def test_budgets_hold_on_the_examples(example_searcher: Searcher) -> None:
    evidence = example_searcher.ask("电动自行车能进电梯吗")
    total = sum(len(quote.text) for quote in evidence.quotes)
    assert len(evidence.quotes) == 1 or total <= CHARACTERS + 10  # line breaks are no characters of it
    assert sum(len(q.text) for q in example_searcher.ask(QUESTIONS[0]).quotes) <= LIST_CHARACTERS + 10


def test_quotes_never_overlap(example_searcher: Searcher) -> None:
    for question in QUESTIONS:
        spans: dict[str, list[Span]] = {}
        for quote in example_searcher.ask(question).quotes:
            for other in spans.setdefault(quote.document.id, []):
                assert quote.span.end <= other.start or other.end <= quote.span.start
            spans[quote.document.id].append(quote.span)
