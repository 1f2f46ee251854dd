"""Drafted question files: what is asked of which words, and that the gold stands where it should."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from retrieval.documents.read import read_bytes
from retrieval.documents.types import Document
from retrieval.evaluation.askable import Kind, drafts_of
from retrieval.evaluation.drafts import Drafted, drafts_text, draw_drafts
from retrieval.evaluation.measures import fold, gold_spans
from retrieval.evaluation.questions import load_dialogues
from retrieval.evaluation.sources import archive_documents, archive_texts

ROOT = Path(__file__).resolve().parents[3]
EXAMPLES = ROOT / "examples/speeches"
NO_INDEX = ROOT / "no-index"
COUNT = 60


def speech(body: str, name: str = "灯会.txt", title: str = "在元宵灯会安全部署会上的讲话") -> Document:
    return read_bytes(f"{title}\n\n同志们：\n{body}\n".encode(), name)


def asked(body: str) -> list[tuple[Kind, str, tuple[str, ...]]]:
    return [(draft.kind, draft.question, draft.facts) for draft in drafts_of(speech(body))]


@pytest.mark.parametrize(
    ("body", "kind", "question", "facts"),
    [
        (
            "灯会现场共安排志愿者320名。",
            Kind.NUMBER,
            "灯会现场共安排志愿者多少名？",
            ("320名",),
        ),
        (
            "灯会摊位的用电隐患整改率达到98.5%。",
            Kind.NUMBER,
            "灯会摊位的用电隐患整改率达到百分之多少？",
            ("98.5%",),
        ),
        (
            "2月10日前，各街道要把灯会摊位的电线全部检查一遍。",
            Kind.DEADLINE,
            "各街道要把灯会摊位的电线全部检查一遍，最晚什么时候？",
            ("2月10日前",),
        ),
        (
            "灯会现场一旦起火，值守人员要在三分钟内到场处置。",
            Kind.DEADLINE,
            "值守人员要在多长时间内到场处置？",
            ("三分钟",),
        ),
        (
            "灯会广场的临时搭建物由住建部门牵头逐一验收。",
            Kind.WHO,
            "灯会广场的临时搭建物由谁牵头逐一验收？",
            ("住建部门",),
        ),
        (
            "公安机关负责灯会期间的交通管制。",
            Kind.WHO,
            "谁负责灯会期间的交通管制？",
            ("公安机关",),
        ),
        (
            "节前要重点检查灯杆、配电箱、临时舞台和燃气摊点。",
            Kind.LIST,
            "节前要重点检查哪些？",
            ("灯杆", "配电箱", "临时舞台", "燃气摊点"),
        ),
        (
            "去年灯会期间共疏散群众**人。",
            Kind.MASKED,
            "去年灯会期间共疏散群众多少人？",
            (),
        ),
    ],
)
def test_a_sentence_asks_for_what_it_tells(
    body: str, kind: Kind, question: str, facts: tuple[str, ...]
) -> None:
    assert asked(body) == [(kind, question, facts)]


@pytest.mark.parametrize(
    "body",
    [
        "大家要高度重视，切实抓好落实。",
        "这320名志愿者都是好样的。",  # points back
        "现场有120名民警、320名志愿者。",  # two numbers
        "共有5个。",  # says nothing
        "灯会广场的320个摊位中，还要再看一遍。",  # goes on in the next clause
        "灯会现场由安保负责人统一调度。",  # 负责人 is a person, not a charge
        "灯会现场共布置花灯320盘香。",  # counted in what is no unit
    ],
)
def test_sentences_that_tell_nothing_alone_are_passed_over(body: str) -> None:
    assert asked(body) == []


def test_headings_ask_for_what_stands_under_them() -> None:
    body = (
        "一、切实管好灯会用电\n"
        "（一）用电线路全部换新\n灯组的电线要用阻燃材料，接头要做防水。\n"
        "（二）配电设备专人看守\n每台配电箱都要有人看守，下班前断电。\n"
        "二、从严控制现场人流\n超过核定人数立即限流，出入口不得混用。\n"
    )
    document = speech(body)
    found = {draft.question: draft for draft in drafts_of(document)}
    (whole,) = [draft for draft in found.values() if draft.kind is Kind.LIST]
    assert whole.question == "“切实管好灯会用电”讲了哪几点？"
    assert ["用电线路全部换新" in document.raw[span.start : span.end] for span in whole.gold] == [True, False]
    section = found["关于“从严控制现场人流”，提了哪些要求？"]
    assert section.kind is Kind.REQUIREMENT
    assert [document.raw[span.start : span.end] for span in section.gold] == [
        "超过核定人数立即限流，出入口不得混用。"
    ]


def test_details_of_one_speech_are_asked_of_another_that_lacks_them() -> None:
    lanterns = speech("灯会广场的临时搭建物由住建部门牵头逐一验收。")
    ferry = speech("渡船离岸前逐人核对救生衣。", "渡口.txt", "在渡口安全检查会上的讲话")
    drafts = draw_drafts([lanterns, ferry], 4)
    (missing,) = [draft for draft in drafts if not draft.answerable]
    assert missing == Drafted(
        Kind.MISSING_DETAIL,
        "《在渡口安全检查会上的讲话》里，灯会广场的临时搭建物由谁牵头逐一验收？",
        (),
        (),
        answerable=False,
        origin=("灯会.txt", "灯会广场的临时搭建物由住建部门牵头逐一验收。"),
    )
    assert [draft.kind for draft in drafts if draft.answerable] == [Kind.WHO]


def test_words_that_several_speeches_share_are_not_asked_about() -> None:
    body = "灯会广场的临时搭建物由住建部门牵头逐一验收。"
    both = [speech(body), speech(body, "又一篇.txt", "在灯会调度会上的讲话")]
    assert draw_drafts(both, 10) == ()


@pytest.fixture(scope="module")
def documents() -> list[Document]:
    return list(archive_documents(EXAMPLES, NO_INDEX))


@pytest.fixture(scope="module")
def drafts(documents: list[Document]) -> tuple[Drafted, ...]:
    return draw_drafts(documents, COUNT)


def test_file_loads_and_its_gold_stands_in_the_archive(drafts: tuple[Drafted, ...], tmp_path: Path) -> None:
    path = tmp_path / "questions.jsonl"
    path.write_text(drafts_text(drafts), "utf-8")
    loaded = [turn for dialogue in load_dialogues(path) for turn in dialogue.turns]
    assert [question.id for question in loaded] == [f"draft-{n:03d}" for n in range(1, len(loaded) + 1)]
    assert all(question.draft for question in loaded)
    texts = archive_texts(EXAMPLES, NO_INDEX)
    for question in loaded:
        spans = gold_spans(question, texts)
        assert question.answerable == bool(spans)
        together = fold("".join(texts[at][span.start : span.end] for at, span in spans))
        assert [fact for fact in question.facts if fold(fact) not in together] == []


def test_a_quarter_is_perhaps_unanswerable_and_says_what_it_was_made_of(drafts: tuple[Drafted, ...]) -> None:
    assert len(drafts) == COUNT
    unanswerable = [draft for draft in drafts if not draft.answerable]
    assert len(unanswerable) == COUNT // 4
    texts = archive_texts(EXAMPLES, NO_INDEX)
    for draft in unanswerable:
        assert draft.origin is not None
        path, words = draft.origin
        assert words in texts[path]
        assert not draft.gold
    assert json.loads(drafts_text(drafts).splitlines()[-1])["origin"]["doc"] in texts


def test_every_kind_of_question_and_every_speech_has_a_part(
    drafts: tuple[Drafted, ...], documents: list[Document]
) -> None:
    assert {draft.kind for draft in drafts} == set(Kind)
    asked_about = {path for draft in drafts for path, _ in draft.gold}
    assert len(asked_about) >= len(documents) - 1
    assert len({fold(draft.question) for draft in drafts}) == COUNT


def test_same_speeches_same_file(documents: list[Document]) -> None:
    again = list(archive_documents(EXAMPLES, NO_INDEX))
    assert drafts_text(draw_drafts(again, 20)) == drafts_text(draw_drafts(documents, 20))


@pytest.mark.parametrize("count", [1, 2, 5])
def test_no_more_than_asked_for(documents: list[Document], count: int) -> None:
    assert len(draw_drafts(documents, count)) == count


def test_speeches_with_nothing_to_ask() -> None:
    assert draw_drafts([], 10) == ()
    assert draw_drafts([speech("大家辛苦了，谢谢大家。")], 10) == ()
