"""What a quote looks like in the file, and whose words it is said to be."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.documents.read import read_bytes
from retrieval.documents.types import Document, Span
from retrieval.passages import cut_passages
from retrieval.search.evidence import in_reading_order, select_runs
from retrieval.search.found import Found
from retrieval.search.glossary import QuestionShape
from retrieval.search.quotable import Run, measure_sentences
from retrieval.search.quoting import quote_of
from retrieval.types import Hit, Quote, Sentence
from tests.retrieval.search.builders import info, open_searcher_of, query, quotable

_HEAD = "在全市安全生产工作会议上的讲话\n\n同志们：\n今天召开会议，部署下一阶段的工作。\n"
_ENDS = re.compile(r"[。！？!?…；;][”’」』）)》】\"']*(?:\*\*)?\Z")


def quotes_of(raw: str, nearness: list[float], shape: QuestionShape) -> list[tuple[Document, Quote]]:
    """What is quoted of a speech when its sentences are that near to the question, again and again."""
    document = read_bytes(raw.encode(), "d.txt")
    sources, row = [], 0
    for passage in cut_passages(document, lambda texts, limit: [len(text) > limit for text in texts]):
        near = [nearness[(row + at) % len(nearness)] for at in range(len(passage.sentences))]
        hit = Hit(passage, info(document.id), 0.5)
        sources.append(Found(hit, max(near), np.asarray(near, np.float32), row))
        row += len(near)
    sources.sort(key=lambda each: -each.fused)
    runs = select_runs(measure_sentences(query(shape=shape), sources[:5], lambda _: 1.0), query(shape=shape))
    return [(document, _quoted(run, sources[run.source].hit, document)) for run in in_reading_order(runs)]


def _quoted(run: Run, hit: Hit, document: Document) -> Quote:
    return quote_of(document, hit.document, hit.passage, run.span)


_CLAUSES = st.lists(
    st.sampled_from(["严查隐患", "管住火源", "（含夜间）值班到岗", "做到“三个必须”", "全市**户用气"]),
    min_size=1,
    max_size=30,
)
_SENTENCES = st.builds(
    lambda mark, clauses, joint, end: mark + joint.join(clauses) + end,
    st.sampled_from(["", "", "一是", "二是", "第一，", "**矿山安全**要"]),
    _CLAUSES,
    st.sampled_from(["，", "；"]),
    st.sampled_from(["。", "！", "。”", "……", "。\n", "\n", "：\n"]),
)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(_SENTENCES, min_size=1, max_size=15),
    st.lists(st.floats(-3, 6), min_size=1, max_size=9),
    st.booleans(),
)
def test_quotes_are_verbatim_whole_in_order_and_apart(
    sentences: list[str], nearness: list[float], wants_list: bool
) -> None:
    found = quotes_of(_HEAD + "".join(sentences), nearness, QuestionShape(wants_list=wants_list))
    assert found
    for document, quote in found:
        raw = document.raw
        assert raw[quote.span.start : quote.span.end] == quote.text == quote.text.strip()
        before, after = raw[: quote.span.start], raw[quote.span.end :]
        # Nothing but the end of a sentence, of a clause at a semicolon or of a line stands at either side.
        assert before.endswith("\n") or _ENDS.search(before.rstrip(" 　")), before[-20:]
        assert not after or after[0] in "\r\n" or _ENDS.search(quote.text), quote.text[-20:]
    spans = [quote.span for _, quote in found]
    assert all(one.end <= other.start for one, other in pairwise(spans))


@pytest.mark.parametrize(
    ("raw", "said", "quoted"),
    [
        ("会议强调。\n**矿山安全**要守住关口。", "矿山安全**要守住关口。", "**矿山安全**要守住关口。"),
        ("前面的话。**电梯不能带病运行。** 全区在用电梯多。", "电梯不能带病运行。", "**电梯不能带病运行。**"),
        ("今年共立案**件，罚款多。", "件，罚款多。", "件，罚款多。"),
        ("共立案***件。全年**起。", "件。全年**起。", "件。全年**起。"),
        ("管住火源。", "管住火源。", "管住火源。"),
    ],
)
def test_bold_words_are_quoted_with_both_marks_masks_are_left(raw: str, said: str, quoted: str) -> None:
    start = raw.index(said)
    document = read_bytes((_HEAD + raw).encode(), "d.txt")
    at = document.raw.index(raw) + start
    each = quotable(said, 1.0, 0, start=at)
    hit = Hit(
        next(iter(cut_passages(document, lambda texts, limit: [len(text) > limit for text in texts]))),
        info(),
        0.5,
    )
    assert _quoted(Run(0, (each,)), hit, document).text == quoted


SUPERIORS = """关于防汛工作的讲话
（2024年5月9日）
县委书记 陆景行

同志们：
市委书记沈若川指出，“水库大坝汛期要专人看守，一刻也不能离人”。我们要照办。
有的同志说，“我这里二十年没有涨过水”，这话不能信。
乡镇长要把山塘一口一口看过来，看过要签字。
"""

HOSTED = """临湾市召开消防安全推进会
　　9月11日下午，临湾市召开消防安全推进会。市委书记陆景行出席会议并讲话，市长沈若川主持会议。
　　陆景行指出，高层住宅的消防设施还有不少带病运行，居民的担心不是多余的。
　　陆景行强调，“电动车进楼，说到底是‘车有家、电有桩’没有做到位”，充电棚年底前要建三百座。
　　沈若川在主持会议时要求，各县区要把会议精神传达到每一个物业企业，三天内报送落实情况。
"""


def answer(folder: Path, text: str, question: str) -> Quote:
    with open_searcher_of(folder, {"讲话.txt": text}) as searcher:
        evidence = searcher.ask(question)
    (quote,) = [quote for quote in evidence.quotes if question[:4] in quote.text]
    return quote


def test_words_of_a_superior_are_told_apart_from_the_speaker(tmp_path: Path) -> None:
    quote = answer(tmp_path, SUPERIORS, "水库大坝汛期要专人看守吗")
    assert (quote.speaker, quote.quoted_speaker) == ("陆景行", "沈若川")


def test_words_of_nobody_named_are_the_speaker_s(tmp_path: Path) -> None:
    document = read_bytes(SUPERIORS.encode(), "讲话.txt")
    start = document.raw.index("有的同志说")
    span = Span(start, document.raw.index("乡镇长"))
    passage = next(
        each
        for each in cut_passages(document, lambda texts, limit: [len(text) > limit for text in texts])
        if each.spans[-1].end > start
    )
    each = quotable("有的同志说", 1.0, 0, start=span.start)
    run = Run(0, (each,))
    quote = _quoted(run, Hit(passage, info(), 0.5), document)
    assert (quote.speaker, quote.quoted_speaker) == ("陆景行", "")
    assert isinstance(each.sentence, Sentence)


def test_host_and_leader_of_one_meeting_are_told_apart(tmp_path: Path) -> None:
    leader = answer(tmp_path / "a", HOSTED, "充电棚年底前要建多少座")
    host = answer(tmp_path / "b", HOSTED, "三天内报送什么")
    assert (leader.speaker, leader.quoted_speaker) == ("陆景行", "")
    assert (host.speaker, host.quoted_speaker) == ("沈若川", "")


def test_quotation_within_a_quotation_stays_whole(tmp_path: Path) -> None:
    quote = answer(tmp_path, HOSTED, "电动车进楼说到底是什么没有做到位")
    assert "“电动车进楼，说到底是‘车有家、电有桩’没有做到位”" in quote.text
    assert quote.speaker == "陆景行"
