from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.documents.types import Span
from retrieval.search.evidence import CHARACTERS, RIVAL, RIVALS, in_reading_order, select_runs
from retrieval.search.glossary import QuestionShape
from retrieval.search.lists import MOST_ITEMS
from retrieval.search.quotable import Quotable, Run, measure_sentences
from tests.retrieval.search.builders import found, query, quotable

LIST = QuestionShape(wants_list=True)
COMPARE = QuestionShape(compares=True)


def said(length: int, mark: str = "甲") -> str:
    """A sentence of that many characters."""
    return mark * (length - 1) + "。"


def rows(quotables: list[Quotable], shape: QuestionShape | None = None) -> list[list[int]]:
    return [[each.row for each in run.quotables] for run in select_runs(quotables, query(shape=shape))]


def test_measure_worked_out_by_hand() -> None:
    idf = {"防": 1.0, "火": 1.0, "防火": 4.0, "值班": 3.0}
    asked = query(防=0.5, 火=0.5, 防火=1.0)
    sources = [
        found(["要防火。", "要防水。"], [2.0, -1.0], fused=7.0),
        found(["防。"], [1.0], "e", fused=5.0),
    ]
    first, second, third = measure_sentences(asked, sources, lambda term: idf.get(term, 0.0))
    # All of 0.5 + 0.5 + 4: coverage 1; only 防: 0.5 / 5 = 0.1.
    assert [u.coverage for u in (first, second, third)] == pytest.approx([1.0, 0.1, 0.1])
    # 2 * coverage + 0.15 * nearness + (fused - that of the best passage)
    assert [u.measure for u in (first, second, third)] == pytest.approx([2.3, 0.05, -1.65])
    assert [u.place for u in (first, second, third)] == [("d", 0), ("d", 1), ("e", 0)]


def test_words_of_the_glossary_count_but_never_beyond_the_whole() -> None:
    asked = query(防=1.0)
    sources = [found(["防防火。"], [0.0])]
    assert measure_sentences(asked, sources, lambda _: 1.0)[0].coverage == 1.0
    none = query(无=1.0)
    assert measure_sentences(none, sources, lambda _: 0.0)[0].coverage == 0.0


def test_passage_that_is_given_twice_is_measured_as_the_better_one() -> None:
    sources = [found(["要防火。"], [2.0], fused=3.0), found(["要防火。"], [0.0], fused=1.0)]
    (only,) = measure_sentences(query(防火=1.0), sources, lambda _: 1.0)
    assert only.source == 0


def test_nothing_gives_no_run() -> None:
    assert select_runs([], query()) == []


def test_one_sentence_that_stands_out_is_quoted_alone() -> None:
    quotables = [quotable(said(100), 0.0, 0), quotable(said(100), 9.0, 1), quotable(said(100), 0.0, 2)]
    assert rows(quotables) == [[1]]


def test_a_neighbour_that_nearly_answers_joins_the_quote() -> None:
    quotables = [quotable(said(100), 7.1, 0), quotable(said(100), 9.0, 1), quotable(said(100), 6.9, 2)]
    assert rows(quotables) == [[0, 1]]


def test_a_neighbour_in_the_next_passage_makes_no_further_quote() -> None:
    quotables = [quotable(said(100), 9.0, 1, source=0), quotable(said(100), 8.1, 2, source=1)]
    assert rows(quotables) == [[1]]


def test_no_quote_runs_over_an_advert_inside_its_passage() -> None:
    texts = [said(60), said(60, "乙"), said(60, "丙")]
    passage = found(texts, [8.0, 8.0, 8.0])
    sentences = passage.hit.passage.sentences
    assert [sentence.span for sentence in sentences] == [Span(0, 60), Span(60, 120), Span(120, 180)]
    # Twenty characters of an advert stand in the file before the last sentence.
    moved = replace(sentences[2], span=Span(140, 200))
    torn = replace(
        passage.hit.passage,
        sentences=(*sentences[:2], moved),
        spans=(Span(0, 120), Span(140, 200)),
    )
    source = replace(passage, hit=replace(passage.hit, passage=torn))
    asked = query(火=1.0)
    runs = select_runs(measure_sentences(asked, [source], lambda _: 1.0), asked)
    assert sorted(run.span for run in runs) == [Span(0, 120), Span(140, 200)]
    whole = select_runs(measure_sentences(asked, [passage], lambda _: 1.0), asked)
    assert [run.span for run in whole] == [Span(0, 180)]


def test_a_sentence_that_is_as_good_elsewhere_is_quoted_besides() -> None:
    quotables = [quotable(said(100), 9.0, 0), quotable(said(100), 0.0, 1), quotable(said(100), 8.8, 2)]
    assert rows(quotables) == [[0], [2]]
    quotables[2] = quotable(said(100), 8.6, 2)
    assert rows(quotables) == [[0]]


def test_passages_as_near_as_makes_no_difference_are_all_quoted_with_their_best_sentence() -> None:
    quotables = [
        quotable(said(100), 9.0, 9, source=1),
        quotable(said(100), 8.3, 0, source=0),
        quotable(said(100), 8.1, 20, source=2),
    ]
    assert rows(sorted(quotables, key=lambda u: u.place)) == [[9], [0]]


def test_at_most_five_passages_are_quoted_the_best_ones() -> None:
    quotables = [quotable(said(80), 9.0 - number / 10, 10 * number, source=number) for number in range(6)]
    assert rows(quotables) == [[0], [10], [20], [30], [40]]


def test_more_than_three_passages_are_quoted_only_as_long_as_they_are_short() -> None:
    quotables = [quotable(said(160), 9.0 - number / 10, 10 * number, source=number) for number in range(4)]
    assert rows(quotables) == [[0], [10], [20]]
    # 3 * 160 + 20 is 500: the fifth has room where the fourth has none.
    assert rows([*quotables, quotable(said(20), 8.6, 40, source=4)]) == [[0], [10], [20], [40]]


def test_rival_is_quoted_beyond_the_budget_what_is_only_close_is_not() -> None:
    quotables = [
        quotable(said(300), 9.0, 0),
        quotable(said(300), 8.9, 2),
        quotable(said(300), 8.5, 9, source=1),
    ]
    assert rows(quotables) == [[0], [9]]


def test_heading_goes_on_with_what_stands_under_it() -> None:
    quotables = [quotable("一、值班纪律", 9.0, 0), quotable(said(95), 0.0, 1), quotable(said(95), 0.0, 2)]
    assert rows(quotables) == [[0, 1]]


def test_words_that_announce_go_on_however_long_they_are() -> None:
    quotables = [quotable("甲" * 100 + "：", 9.0, 0), quotable(said(10), 0.0, 1), quotable(said(10), 0.0, 2)]
    assert rows(quotables) == [[0, 1]]


def test_short_words_go_on_until_something_is_said() -> None:
    quotables = [quotable(said(40), 9.0, 0), *(quotable(said(30), 0.0, row) for row in (1, 2, 3))]
    assert rows(quotables) == [[0, 1, 2]]  # 40 + 30 + 30 is the first sum of 90 or more


def test_a_quote_goes_on_in_the_next_passage_as_a_quote_of_its_own() -> None:
    quotables = [quotable("要做到：", 9.0, 0, source=0), quotable(said(95), 0.0, 1, source=5)]
    assert rows(quotables) == [[0], [1]]


@pytest.mark.parametrize("part", [("二、别的部分", ""), ("", "沈若川")])
def test_a_quote_never_goes_on_into_another_part_or_another_speaker(part: tuple[str, ...]) -> None:
    quotables = [
        quotable("要做到：", 9.0, 0, source=0, part=("", "陆景行")),
        quotable(said(95), 0.0, 1, source=1, part=part),
    ]
    assert rows(quotables) == [[0]]


ITEMS = ["一是管住烟花爆竹。", "二是坚守岗位。", "三是明查暗访。", "四是及时报告。"]


def test_whole_list_is_given_when_a_list_is_asked_for() -> None:
    quotables = [
        quotable("有以下要求：", 9.0, 0),
        *(quotable(text + said(60), 0.0, n) for n, text in enumerate(ITEMS, 1)),
    ]
    assert rows(quotables, LIST) == [[0, 1, 2, 3, 4]]
    # Without a list in mind the lead-in goes on until something is said.
    assert rows(quotables) == [[0, 1, 2]]


def test_list_runs_on_into_the_next_passage() -> None:
    quotables = [
        quotable("有以下要求：", 9.0, 0, source=0),
        quotable(ITEMS[0] + said(60), 3.0, 1, source=0),
        quotable(ITEMS[1] + said(60), 0.0, 2, source=3),
        quotable(ITEMS[2] + said(60), 0.0, 3, source=3),
    ]
    assert rows(quotables, LIST) == [[0, 1], [2, 3]]


def test_list_stops_where_another_speaker_goes_on() -> None:
    quotables = [
        quotable("有以下要求：", 9.0, 0, part=("甲",)),
        *(quotable(text + said(100), 0.0, n, part=("甲",)) for n, text in enumerate(ITEMS[:2], 1)),
        quotable(ITEMS[2] + said(60), 0.0, 3, source=1, part=("乙",)),
    ]
    assert rows(quotables, LIST) == [[0, 1, 2]]


def test_comparison_quotes_both_documents() -> None:
    quotables = [
        *(quotable(said(100), 9.0 - n / 10, 10 * n) for n in range(4)),
        quotable(said(100, "乙"), 2.0, 0, source=2, document="e"),
        quotable(said(100, "丙"), 1.0, 0, source=3, document="f"),
    ]
    quotables.sort(key=lambda u: u.place)
    compared = select_runs(quotables, query(shape=COMPARE))
    assert [run.quotables[0].document for run in compared] == ["d", "d", "e"]
    assert {run.quotables[0].document for run in select_runs(quotables, query())} == {"d"}


def test_comparison_quotes_both_documents_beyond_the_budget() -> None:
    quotables = [quotable(said(300), 9.0, 0), quotable(said(200), 2.0, 0, source=1, document="e")]
    assert rows(quotables, COMPARE) == [[0], [0]]


def test_a_quote_beyond_the_budget_is_left_out_and_a_shorter_one_taken() -> None:
    quotables = [
        quotable(said(200), 9.0, 0),
        quotable(said(200), 8.9, 10),
        quotable(said(120), 8.8, 20),
        quotable(said(90), 8.7, 30),
    ]
    assert rows(quotables) == [[0], [20]]


def test_first_quote_is_never_left_out_however_long() -> None:
    assert rows([quotable(said(5000), 9.0, 0)]) == [[0]]


def test_quote_leaves_out_what_it_would_end_with_and_only_opens_what_comes_next() -> None:
    quotables = [quotable(said(100), 9.0, 0), quotable("四要多练几次。", 8.0, 1), quotable(said(300), 0.0, 2)]
    assert rows(quotables) == [[0]]
    quotables[1] = quotable("这样的问题怎么来的？", 8.0, 1)
    assert rows(quotables) == [[0]]
    # In the same paragraph a short sentence says something of its own; what answers stays in any case.
    paragraph = [quotable(said(100), 9.0, 0, start=0), quotable("谁也不例外。", 8.0, 1, start=100)]
    assert rows(paragraph) == [[0, 1]]
    quotables[1] = quotable("四要多练几次。", 8.9, 1)
    assert rows(quotables) == [[0, 1]]


def test_items_that_are_too_long_for_one_answer_are_given_by_what_they_begin_with() -> None:
    quotables = [quotable("今年复工，我提三个不开。", 9.0, 0)]
    for number, numeral in enumerate("一二三"):
        part = (f"{numeral}、", "")
        quotables.append(quotable(f"{numeral}、账没有算清，不开", 0.0, 1 + 2 * number, number + 1, part=part))
        quotables.append(quotable(said(300), 0.0, 2 + 2 * number, number + 1, part=part))
    assert rows(quotables, LIST) == [[0], [1], [3], [5]]


def test_run_spans_its_sentences_with_what_lies_between() -> None:
    quotables = [quotable(said(50), 9.0, 0, start=100), quotable(said(50), 9.0, 1, start=152)]
    (run,) = select_runs(quotables, query())
    assert (run.span.start, run.span.end, run.length) == (100, 202, 100)
    assert run.best is run.quotables[0]


@st.composite
def arbitrary_quotables(draw: st.DrawFn) -> list[Quotable]:
    """Documents of consecutive passages; the best passage stands anywhere."""
    quotables: list[Quotable] = []
    texts = st.sampled_from(["一是", "二是", "三是", "（一）", "1.", "", "“"])
    ends = st.sampled_from(["。", "：", "", "；"])
    source = 0
    for document in draw(st.lists(st.sampled_from("abcd"), min_size=1, max_size=3, unique=True)):
        row = at = draw(st.integers(0, 5))
        for _ in range(draw(st.integers(1, 3))):
            part = draw(st.sampled_from([("甲", ""), ("乙", "")]))
            for length in draw(st.lists(st.integers(1, 200), min_size=1, max_size=4)):
                text = draw(texts) + "甲" * length + draw(ends)
                quotables.append(quotable(text, draw(st.floats(-5, 9)), row, source, document, part, at))
                row, at = row + 1, at + len(text) + draw(st.integers(0, 2))
            source += 1
            row += draw(st.integers(0, 1))  # a passage between that was not found
    return sorted(quotables, key=lambda each: each.place)


@given(arbitrary_quotables(), st.builds(QuestionShape, wants_list=st.booleans(), compares=st.booleans()))
def test_quotes_of_arbitrary_quotables(quotables: list[Quotable], shape: QuestionShape) -> None:
    runs = select_runs(quotables, query(shape=shape))
    best = max(each.measure for each in quotables)
    assert 1 <= len(runs) <= (RIVALS + MOST_ITEMS + 1 if shape.wants_list else RIVALS)
    # The best sentence of all is quoted, in the first run: it is never dropped.
    assert runs[0].best.measure == best
    measures = [run.best.measure for run in runs]
    assert measures == sorted(measures, reverse=True)
    for run in runs:
        assert len({(each.source, each.document) for each in run.quotables}) == 1
        steps = [after.row - before.row for before, after in pairwise(run.quotables)]
        assert set(steps) <= {1}
        assert run.source == run.quotables[0].source
    places = [each.place for run in runs for each in run.quotables]
    assert len(places) == len(set(places))
    spans = sorted((run.quotables[0].document, run.span.start, run.span.end) for run in runs)
    for one, other in pairwise(spans):
        assert one[0] != other[0] or one[2] <= other[1]
    if not shape.compares and not shape.wants_list:
        # Beyond the budget only the best sentences of passages as near as the best, with what they need.
        rivals = [run for run in runs if run.best.measure >= best - RIVAL]
        assert len(rivals) == len(runs) or sum(run.length for run in runs) <= CHARACTERS
    elif shape.compares and len({each.document for each in quotables}) > 1:
        assert len({run.quotables[0].document for run in runs}) > 1


def test_quotes_are_read_as_in_the_source_the_best_document_first() -> None:
    quotables = [
        quotable("甲。", 1.0, 5, document="b", source=0),
        quotable("乙。", 3.0, 9, document="b", source=1),
        quotable("丙。", 2.0, 2, document="a", source=2),
    ]
    runs = [Run(each.source, (each,)) for each in quotables]
    assert [run.quotables[0].place for run in in_reading_order(runs)] == [("b", 5), ("b", 9), ("a", 2)]


ROWS = ["任务\t责任人", "1\t出租屋\t赵志安", "2\t自建房\t孙红梅", "3\t林卡口\t吴大勇", "镇长强调要落实。"]


def test_a_row_of_a_table_is_quoted_alone() -> None:
    table = [quotable(text, 5.0 if "自建房" in text else 4.0, at) for at, text in enumerate(ROWS)]
    assert rows(table) == [[2]]


def test_of_rows_a_list_takes_more() -> None:
    table = [quotable(text, 5.0 if "自建房" in text else 4.0, at) for at, text in enumerate(ROWS)]
    assert [row for row in rows(table, LIST)[0] if row in (1, 2, 3)] == [1, 2, 3]


def test_question_for_one_item_of_a_list_gets_no_other_one() -> None:
    texts = ("镇里定了三件硬事。", "第一，换线。", "第二，装闸。", "第三，排班。")
    measures = (9.0, 0.0, 0.0, 0.0)
    quotables = [
        quotable(text, measure, row) for row, (text, measure) in enumerate(zip(texts, measures, strict=True))
    ]
    asked = query("镇里定的第二件硬事是什么", shape=LIST)
    quoted = {each.row for run in select_runs(quotables, asked) for each in run.quotables}
    assert quoted == {0, 2}
    all_of_them = {
        each.row
        for run in select_runs(quotables, query("镇里定了哪些事", shape=LIST))
        for each in run.quotables
    }
    assert all_of_them == {0, 1, 2, 3}
