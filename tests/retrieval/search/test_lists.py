from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.documents.read import read_bytes
from retrieval.documents.types import Span
from retrieval.search.lists import (
    LIST_CHARACTERS,
    Counted,
    Opening,
    asked_item,
    counted_list,
    items_after,
    listed,
    listed_item,
    opening_of,
    with_topics,
)
from retrieval.search.quotable import Quotable
from retrieval.types import Sentence
from tests.retrieval.search.builders import quotable


def speech(*texts: str, part: tuple[str, ...] = ("甲",)) -> list[Quotable]:
    """Sentences in order, the first of which answers best."""
    return [quotable(text, -float(row), row, part=part) for row, text in enumerate(texts)]


def items(quotables: list[Quotable], lead: int = 0) -> list[list[int]]:
    by_place = {each.place: each for each in quotables}
    return [[each.row for each in item] for item in items_after(quotables[lead], by_place)]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("县里说的三个没想到是什么", Counted(3, "三个没想到")),
        ("复工的四个不开是哪四个", Counted(4, "四个不开")),
        ("市长讲的两本账分别指什么", Counted(2, "两本账")),
        ("十二项措施有哪些", Counted(12, "十二项措施")),
        ("会上总结的是哪五条", Counted(5, "五条")),
        ("点了哪三个毛病批评", Counted(3, "三个毛病")),
        ("哪两个部门负责", None),
        ("三个工作日内要做完吗", None),
        ("第三条具体怎么说", None),
        ("值班电话是什么", None),
        ("", None),
    ],
)
def test_question_names_a_list_by_its_length(question: str, expected: Counted | None) -> None:
    assert counted_list(question) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("一、管住火源", Opening("一、", 1)),
        ("（十二）管住火源", Opening("（一）", 12)),
        ("第二笔是煤场的账。", Opening("第一", 2)),
        ("三要管住火源。", Opening("一是", 3)),
        ("2．管住火源", Opening("1.", 2)),
        ("⑳管住火源", Opening("①", 20)),
        ("❿ 管住火源", Opening("①", 10)),
        ("一本是事故账。", Opening("一本", None)),
        ("一方面要查。", Opening("sides", None)),
        ("另一方面要改。", Opening("sides", None)),
        ("其次，要改。", Opening("order", None)),
        ("第一时间报告。", None),
        ("2.5公里以内停工。", None),
        ("一个人也不能少。", None),
        ("管住火源。", None),
    ],
)
def test_sentence_opens_an_item(text: str, expected: Opening | None) -> None:
    assert opening_of(quotable(text, 0.0, 0)) == expected


def test_items_hold_all_that_is_said_of_them_lists_inside_them_too() -> None:
    quotables = speech(
        "抓好两件事。", "一是查。", "（1）查人。", "（2）查物。", "二是改。", "改要见账。", "二、别的"
    )
    assert items(quotables) == [[1, 2, 3], [4, 5]]


def test_list_ends_where_its_numbers_do_not_follow_one_another() -> None:
    assert items(speech("抓好两件事。", "一是查。", "二是改。", "一是看。", "二是管。")) == [[1], [2]]


def test_items_that_all_begin_alike_are_a_list() -> None:
    quotables = speech("算好三本账。", "一本是事故账。", "死了人。", "一本是隐患账。", "一本是人情账。")
    assert items(quotables) == [[1, 2], [3], [4]]


def test_one_item_is_no_list_nor_is_one_that_begins_in_its_middle() -> None:
    assert items(speech("抓好一件事。", "一是查。")) == []
    assert items(speech("接着讲。", "二是改。", "三是管。")) == []
    assert items(speech("就这些。")) == []


def test_list_of_parts_goes_on_in_the_speech_of_the_same_person() -> None:
    quotables = [
        quotable("我提两个不开。", 9.0, 0, part=("陆景行",)),
        quotable("一、人不齐，不开", 0.0, 1, part=("一、人不齐，不开", "陆景行")),
        quotable("人要齐。", 0.0, 2, part=("一、人不齐，不开", "陆景行")),
        quotable("二、账不清，不开", 0.0, 3, part=("二、账不清，不开", "陆景行")),
        quotable("三、散会以后", 0.0, 4, part=("三、散会以后", "沈若川")),
    ]
    assert items(quotables) == [[1, 2], [3]]


def test_last_item_that_is_taken_for_a_part_of_the_speech_belongs_to_the_list() -> None:
    part = ("(3) 丙厂漏雨", "甲")
    quotables = [
        quotable("我点三个厂:", 9.0, 0, part=("甲",)),
        quotable("(1) 甲厂断电.", 0.0, 1, part=("甲",)),
        quotable("(2) 乙厂缺水.", 0.0, 2, part=("甲",)),
        quotable("(3) 丙厂漏雨.", 0.0, 3, part=part),
        quotable("都要改.", 0.0, 4, part=part),
        quotable("散会.", 0.0, 5, part=("甲",)),
    ]
    assert items(quotables) == [[1], [2], [3, 4]]


def test_list_of_a_length_is_the_one_whose_lead_in_answers_best() -> None:
    texts = (
        "路上要做三条。",
        "一是慢。",
        "二是让。",
        "三是停。",
        "井下也是三条。",
        "一是看。",
        "二是敲。",
        "三是撑。",
    )
    quotables = [quotable(text, 5.0 if row == 4 else 0.0, row) for row, text in enumerate(texts)]
    best = {quotables[0].place}
    assert {place[1] for place in listed(quotables, best, Counted(3, "三条"))} == {4, 5, 6, 7}


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("镇长布置的第二件事是什么", 2),
        ("第十一条说的啥", 11),
        ("第一个月怎么过渡", None),
        ("第三次会议讲了什么", None),
        ("第一条和第三条一样吗", None),
        ("", None),
    ],
)
def test_question_asks_for_one_item(question: str, expected: int | None) -> None:
    assert asked_item(question) == expected


def test_one_item_comes_with_its_lead_in_and_without_the_others() -> None:
    quotables = speech("抓好两件事。", "第一，查灶。", "灶要天天查。", "第二，改线。", "月底改完。")
    best = {quotables[0].place}
    assert {place[1] for place in listed_item(quotables, best, 2)} == {0, 3, 4}
    assert listed_item(quotables, best, 3) == set()
    assert listed_item(quotables, {quotables[2].place}, 1) == set()


def test_list_that_the_question_names_is_found_before_what_answers_best() -> None:
    texts = ("下面先讲讲问题。", "一是没想到火会烧起来。", "二是没想到门打不开。", "这两个没想到，要记住。")
    quotables = [quotable(text, float(row), row) for row, text in enumerate(texts)]
    best = {quotables[3].place}
    assert listed(quotables, best, None) == set()
    assert {place[1] for place in listed(quotables, best, Counted(2, "两个没想到"))} == {0, 1, 2, 3}
    assert listed(quotables, best, Counted(3, "三个没想到")) == set()


@given(
    st.lists(
        st.tuples(st.sampled_from(["一是", "二是", "三是", "（一）", ""]), st.integers(1, 400)), max_size=12
    )
)
def test_a_list_is_one_stretch_or_beginnings_in_order_and_never_too_long(
    sentences: list[tuple[str, int]],
) -> None:
    quotables = speech("有以下要求：", *(mark + "甲" * length + "。" for mark, length in sentences))
    places = listed(quotables, {quotables[0].place}, None)
    assert not places or quotables[0].place in places
    assert sum(len(each.sentence.text) for each in quotables if each.place in places) <= LIST_CHARACTERS


@pytest.mark.parametrize(
    "texts",
    [
        ("要两手抓。", "一方面要查。", "查要见人。", "另一方面要改。"),
        ("我讲三点。", "首先，要查。", "查要见人。", "最后，要改。"),
    ],
)
def test_a_list_may_do_without_numbers(texts: tuple[str, ...]) -> None:
    assert items(speech(*texts)) == [[1, 2], [3]]


BOLD = (
    "在全区燃气安全会议上的讲话\n\n同志们：今天开会部署燃气安全工作。\n一、燃气要从三个环节抓\n"
    "**瓶要管住来路。**没有标识的气瓶不得充装，见一只收一只。\n**管要换得彻底。**软管全部换成金属软管，年底前换完。\n"
    "**人要懂得操作。**送气工必须持证上岗，送一瓶查一户。\n二、电梯要修好\n**电梯不能带病运行。**年底前评估一遍，不合格的停用。\n"
)


def test_bold_parts_of_a_section_are_the_items_of_its_heading() -> None:
    document = read_bytes(BOLD.encode(), "讲话.txt")
    texts = [
        "一、燃气要从三个环节抓",
        "瓶要管住来路。",
        "没有标识的气瓶不得充装，见一只收一只。",
        "管要换得彻底。",
        "软管全部换成金属软管，年底前换完。",
        "人要懂得操作。",
        "送气工必须持证上岗，送一瓶查一户。",
    ]
    starts = [document.raw.index(text.rstrip("。")) for text in texts]
    plain = [
        replace(each, document=document.id, sentence=Sentence(text, Span(start, start + len(text))))
        for each, text, start in zip(speech(*texts), texts, starts, strict=True)
    ]
    assert items(plain) == []
    assert items(with_topics(plain, document)) == [[1, 2], [3, 4], [5, 6]]
    elsewhere = [replace(each, document="other") for each in plain]
    assert with_topics(elsewhere, document) == elsewhere
