from __future__ import annotations

import json

from retrieval.documents.types import Span
from retrieval.search.output import document_json, evidence_json, search_json
from retrieval.search.searcher import Searcher
from retrieval.types import DocumentInfo, Evidence, Hit, Passage, Place, Quote, Reason

KNOWN = DocumentInfo(
    "d", "2024/讲话.txt", "f" * 64, "标题", "张三", "市长", "2024-05-06", "会议", "市政府", "第三期", "南湖"
)
UNKNOWN = DocumentInfo("e", "无名.txt", "0" * 64, "", None, None, None, None, None, None, None)
PASSAGE = Passage(
    "p1", "d", 0, ("一、总则", "（一）值班"), "张三", "李四", (Span(3, 9), Span(12, 20)), "正文", "页眉", ()
)
BARE = Passage("p2", "e", 0, (), "", "", (Span(0, 2),), "无名", "", ())

KNOWN_JSON = {
    "id": "d",
    "path": "2024/讲话.txt",
    "title": "标题",
    "speaker": "张三",
    "role": "市长",
    "date": "2024-05-06",
    "occasion": "会议",
    "organ": "市政府",
    "sha256": "f" * 64,
}
UNKNOWN_JSON = dict.fromkeys(KNOWN_JSON) | {"id": "e", "path": "无名.txt", "sha256": "0" * 64}


def test_document_is_told_with_null_for_what_is_unknown() -> None:
    assert document_json(KNOWN) == KNOWN_JSON
    assert document_json(UNKNOWN) == UNKNOWN_JSON


def test_search_object_is_the_contract() -> None:
    hits = (
        Hit(PASSAGE, KNOWN, 0.123456789, ("bm25", "sentence"), (Place(UNKNOWN, "p2", Span(0, 2)),)),
        Hit(BARE, UNKNOWN, 0.1),
    )
    assert search_json("值班？", hits) == {
        "question": "值班？",
        "hits": [
            {
                "rank": 1,
                "score": 0.123457,
                "passage_id": "p1",
                "text": "正文",
                "section": ["一、总则", "（一）值班"],
                "speaker": "张三",
                "quoted_speaker": "李四",
                "document": KNOWN_JSON,
                "spans": [{"start": 3, "end": 9}, {"start": 12, "end": 20}],
                "found_by": ["bm25", "sentence"],
                "places": [{"document": UNKNOWN_JSON, "passage_id": "p2", "start": 0, "end": 2}],
            },
            {
                "rank": 2,
                "score": 0.1,
                "passage_id": "p2",
                "text": "无名",
                "section": [],
                "speaker": None,
                "quoted_speaker": None,
                "document": UNKNOWN_JSON,
                "spans": [{"start": 0, "end": 2}],
                "found_by": [],
                "places": [],
            },
        ],
    }


def test_answer_object_is_the_contract() -> None:
    quotes = (
        Quote("值班", Span(3, 5), KNOWN, ("一、总则",), "张三", "李四", "p1"),
        Quote("无名", Span(0, 2), UNKNOWN, (), "", "", "p2"),
    )
    assert evidence_json(
        Evidence("问", quotes, (), 0.87654321, answerable=True), mode="extractive", answer="值班[1]无名[2]"
    ) == {
        "question": "问",
        "hits": [],
        "answerable": True,
        "confidence": 0.8765,
        "mode": "extractive",
        "answer": "值班[1]无名[2]",
        "quotes": [
            {
                "n": 1,
                "text": "值班",
                "start": 3,
                "end": 5,
                "section": ["一、总则"],
                "speaker": "张三",
                "quoted_speaker": "李四",
                "passage_id": "p1",
                "document": KNOWN_JSON,
            },
            {
                "n": 2,
                "text": "无名",
                "start": 0,
                "end": 2,
                "section": [],
                "speaker": None,
                "quoted_speaker": None,
                "passage_id": "p2",
                "document": UNKNOWN_JSON,
            },
        ],
        "reason": None,
        "unknown": [],
        "near": [],
    }


def test_a_refusal_says_why_and_what_is_near() -> None:
    near = (Quote("值班", Span(3, 5), KNOWN, ("一、总则",), "张三", "", "p1"),)
    evidence = Evidence(
        "问", (), (), 0.1, answerable=False, reason=Reason.UNKNOWN, near=near, unknown=("青石市",)
    )
    found = evidence_json(evidence, mode="extractive", answer="没有")
    assert (found["quotes"], found["answerable"]) == ([], False)
    assert (found["reason"], found["unknown"]) == ("unknown", ["青石市"])
    assert [(one["n"], one["text"], one["start"], one["end"]) for one in found["near"]] == [(1, "值班", 3, 5)]


def test_real_answer_is_plain_json_that_comes_back_the_same(example_searcher: Searcher) -> None:
    evidence = example_searcher.ask("春节期间安全要求是什么")
    whole = evidence_json(evidence, mode="extractive", answer="")
    assert json.loads(json.dumps(whole, ensure_ascii=False, allow_nan=False)) == whole
    assert [hit["rank"] for hit in whole["hits"]] == list(range(1, len(evidence.hits) + 1))
    assert [each["n"] for each in whole["quotes"]] == list(range(1, len(evidence.quotes) + 1))
    scores = [hit["score"] for hit in whole["hits"]]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
