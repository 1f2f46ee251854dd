from __future__ import annotations

from collections.abc import Iterator

import pytest

from retrieval.search.filters import Filters, allowed_passages
from retrieval.search.searcher import Searcher
from tests.retrieval.search.builders import open_searcher_of


def speech(organ: str, date: str, speaker: str, rule: str) -> str:
    return f"在{organ}工作会议上的讲话\n（{date}）\n{speaker}\n\n同志们：要严格值班纪律，{rule}。\n"


FILES = {
    "2023/防汛.txt": speech("全市防汛", "2023年5月6日", "市长　王建国", "水库一律空库运行"),
    "2024/防汛.txt": speech("全市防汛", "2024年5月8日", "市长　王建国", "堤坝一天两巡"),
    "学校.txt": speech("校园安全", "2024年9月1日", "局长　陈秀兰", "校车一趟一检"),
    "新闻.txt": (
        "南湖市召开消防安全推进会\n来源：南湖新闻网　　2024-09-12　　编辑：小叶\n"
        "9月11日下午，南湖市召开消防安全推进会，研究高层建筑消防。"
        "市委书记陆景行出席会议并讲话，市长沈若川主持会议。\n"
        "陆景行强调，要严格值班纪律，夜里不能断人，陆景行指出，各单位要带队检查消防车通道。\n"
        "沈若川要求，要严格值班纪律，充电设施要建到群众楼下，违规停放要当场劝阻。\n"
    ),
}


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searcher]:
    with open_searcher_of(tmp_path_factory.mktemp("filters"), FILES) as opened:
        yield opened


def paths(searcher: Searcher, filters: Filters) -> list[str]:
    return sorted({hit.document.path for hit in searcher.search("值班纪律", filters=filters)})


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(), ["2023/防汛.txt", "2024/防汛.txt", "学校.txt", "新闻.txt"]),
        (Filters(document="2024/防汛.txt"), ["2024/防汛.txt"]),
        (Filters(document="防汛"), ["2023/防汛.txt", "2024/防汛.txt"]),
        (Filters(document="2023/"), ["2023/防汛.txt"]),
        (Filters(document="校园安全"), ["学校.txt"]),
        (Filters(document="校園安全"), ["学校.txt"]),
        (Filters(document="没有"), []),
        (Filters(year=2024), ["2024/防汛.txt", "学校.txt", "新闻.txt"]),
        (Filters(year=202), []),
        (Filters(year=1999), []),
        (Filters(speaker="王建国"), ["2023/防汛.txt", "2024/防汛.txt"]),
        (Filters(speaker="建国"), ["2023/防汛.txt", "2024/防汛.txt"]),
        (Filters(speaker="陈 秀 兰"), ["学校.txt"]),
        (Filters(speaker="没有"), []),
        (Filters(document="防汛", year=2024), ["2024/防汛.txt"]),
        (Filters(speaker="王建国", year=2023), ["2023/防汛.txt"]),
        (Filters(speaker="陈秀兰", document="防汛"), []),
    ],
)
def test_only_what_fits_answers(searcher: Searcher, filters: Filters, expected: list[str]) -> None:
    assert paths(searcher, filters) == expected


def test_document_by_id(searcher: Searcher) -> None:
    stored = searcher.generation.store.find_path("学校.txt")
    assert stored is not None
    assert paths(searcher, Filters(document=stored.info.id)) == ["学校.txt"]


def test_no_filter_allows_all_without_looking(searcher: Searcher) -> None:
    assert allowed_passages(searcher.generation.store, Filters()) is None


def test_speaker_means_the_passage_not_the_document(searcher: Searcher) -> None:
    for name in ("陆景行", "沈若川"):
        hits = searcher.search("值班纪律", filters=Filters(speaker=name))
        assert [hit.passage.speaker for hit in hits] == [name]


def test_filter_that_nothing_fits_is_no_answer(searcher: Searcher) -> None:
    evidence = searcher.ask("值班纪律", filters=Filters(year=1999))
    assert (evidence.hits, evidence.quotes, evidence.confidence) == ((), (), 0.0)
    assert not evidence.answerable
