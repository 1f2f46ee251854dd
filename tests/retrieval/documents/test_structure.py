from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.documents.edits import Edit, EditedText, apply_edits
from retrieval.documents.headings import LONGEST_TITLE, clean_title
from retrieval.documents.read import read_document
from retrieval.documents.structure import build_sections
from retrieval.documents.types import Section

SHARED = Path(__file__).resolve().parents[3] / "../shared/eval"
BODY = "各单位要对照清单逐项检查，发现问题当天报告、限期整改，整改结果向职工公开。"


def clean(raw: str) -> EditedText:
    """The raw text with the marks of bold print taken out, as reading does it."""
    runs = list(re.finditer(r"\*\*([^*\n]+)\*\*", raw))
    edits = [Edit(run.start(), run.start() + 2) for run in runs] + [
        Edit(run.end() - 2, run.end()) for run in runs
    ]
    return apply_edits(raw, edits)


def walk(sections: Iterable[Section]) -> Iterator[Section]:
    for section in sections:
        yield section
        yield from walk(section.children)


def outline(raw: str) -> list[str]:
    """Titles, two blanks before each for every level below the first."""
    return ["  " * (one.level - 1) + one.title for one in walk(build_sections(clean(raw)))]


def test_no_headings_no_sections() -> None:
    assert outline("") == []
    assert outline(f"{BODY}\n{BODY}") == []


def test_levels_follow_nesting_not_rank() -> None:
    raw = (
        f"一、看清形势\n（一）成绩\n{BODY}\n（二）问题\n{BODY}\n二、抓好落实\n1.查隐患。{BODY}\n"
        f"2.改隐患。{BODY}"
    )
    assert outline(raw) == [
        "一、看清形势",
        "  （一）成绩",
        "  （二）问题",
        "二、抓好落实",
        "  1.查隐患",
        "  2.改隐患",
    ]
    # The same marks one level higher, where nothing stands above them.
    assert outline(f"（一）成绩\n{BODY}\n（二）问题\n{BODY}") == ["（一）成绩", "（二）问题"]


def test_four_levels() -> None:
    raw = (
        f"一、甲事\n（一）乙事\n1.丙事。{BODY}\n（1）丁事。{BODY}\n（2）戊事。{BODY}\n"
        f"2.己事。{BODY}\n（二）庚事\n{BODY}\n二、辛事\n{BODY}"
    )
    assert outline(raw) == [
        "一、甲事",
        "  （一）乙事",
        "    1.丙事",
        "      （1）丁事",
        "      （2）戊事",
        "    2.己事",
        "  （二）庚事",
        "二、辛事",
    ]


def test_half_width_stops_end_run_in_headings() -> None:
    body = "各单位要对照清单逐项检查,发现问题当天报告."
    assert outline(f"(一)严管高处.{body}\n(二)严管深坑.{body}") == ["(一)严管高处", "(二)严管深坑"]
    assert outline(f"讲两条.一要快.{body}二要实.{body}") == ["一要快", "二要实"]


def test_half_width_brackets_and_circled_numbers() -> None:
    assert outline(f"(一)查电\n{BODY}\n(二)查气\n{BODY}") == ["(一)查电", "(二)查气"]
    assert outline(f"①查电。{BODY}\n②查气。{BODY}") == ["①查电", "②查气"]
    assert outline(f"❶ 查电。{BODY}\n❷ 查气。{BODY}") == ["❶ 查电", "❷ 查气"]


def test_long_line_with_commas_is_a_heading() -> None:
    heading = "一、必须认清形势、绷紧心弦，深刻认识守住底线的重要性，以及当前工作的紧迫性"
    assert outline(f"{heading}\n{BODY}\n二、动手\n{BODY}") == [heading, "二、动手"]


def test_ordinal_run_in_and_alone() -> None:
    assert outline(f"第一，要提高认识，守住底线。{BODY}\n第二，要压实责任。{BODY}") == [
        "第一，要提高认识，守住底线",
        "第二，要压实责任",
    ]
    assert outline(f"第一，织密责任网\n{BODY}\n第二，打好攻坚战\n{BODY}") == [
        "第一，织密责任网",
        "第二，打好攻坚战",
    ]


def test_one_line_web_page() -> None:
    raw = (
        f"今天讲两个方面。一、突出重点，把三件事抓到位。（一）食堂不能松劲。{BODY}（二）校车要管住。{BODY}"
        f"二、守好假期。{BODY}同志们，开学的铃声就要响了，大家多操心。"
    )
    assert outline(raw) == [
        "一、突出重点，把三件事抓到位",
        "  （一）食堂不能松劲",
        "  （二）校车要管住",
        "二、守好假期",
    ]
    last = build_sections(clean(raw))[1]
    assert raw[last.span.start : last.span.end].endswith(BODY)


def test_blank_ends_a_heading_in_a_web_page_of_one_line() -> None:
    raw = f"讲两点。 一、突出重点 形势逼人。{BODY * 8} 二、守好假期 值班要严。{BODY * 8}"
    assert outline(raw) == ["一、突出重点", "二、守好假期"]


def test_part_holds_chinese_numbers() -> None:
    raw = f"第一部分 回顾\n一、甲事\n{BODY}\n二、乙事\n{BODY}\n"
    raw += f"第二部分 展望\n一、丙事\n{BODY}\n二、丁事\n{BODY}"
    assert [title.strip() for title in outline(raw) if title.startswith("  ")] == [
        "一、甲事",
        "二、乙事",
        "一、丙事",
        "二、丁事",
    ]


def test_tasks_at_line_start_mix_yao_and_shi() -> None:
    raw = f"一、压实责任\n{BODY}\n一要知责。{BODY}\n二要履责。{BODY}\n三是问责。{BODY}\n二、收尾\n{BODY}"
    assert outline(raw) == ["一、压实责任", "  一要知责", "  二要履责", "  三是问责", "二、收尾"]


def test_tasks_inside_a_paragraph_are_its_children_and_end_with_it() -> None:
    raw = (
        f"建好两个体系。一要建责任体系。{BODY}二要建宣教体系。{BODY}\n{BODY}\n"
        f"另外讲两条。一要快。{BODY}二要实。{BODY}"
    )
    sections = build_sections(clean(raw))
    assert [one.title for one in sections] == ["一要建责任体系", "二要建宣教体系", "一要快", "二要实"]
    assert {one.level for one in sections} == {1}
    assert raw[: sections[1].span.end].count("\n") == 0


def test_tasks_nested_in_tasks() -> None:
    raw = f"一要抓责任。一是领导带头。{BODY}二是层层落实。{BODY}\n二要抓整改。{BODY}"
    assert outline(raw) == ["一要抓责任", "  一是领导带头", "  二是层层落实", "二要抓整改"]


def test_enumeration_in_a_clause_is_no_heading() -> None:
    assert outline(f"对此，各镇各部门一要吸取教训。{BODY}二要主动作为。{BODY}三要担起责任。{BODY}") == []
    assert outline("差距有三条：一是抓得少；二是推得多；三是查得浅。" + BODY) == []
    assert outline(f"要讲清楚。一是一，二是二，不能含糊。{BODY}") == []
    assert outline("一、二级响应由县里启动，三、四级由镇里启动。" + BODY) == []
    assert outline(f"抓安全是第一要务。{BODY}") == []


def test_number_without_predecessor_is_no_heading_inside_text() -> None:
    assert outline(f"{BODY}三要盯住不放。{BODY}") == []
    assert outline(f"{BODY}一、这里只有一处。{BODY}") == []
    # Alone on its line it is one: the file may begin in the middle of the speech.
    assert outline(f"{BODY}\n二、抓好整改落实\n{BODY}\n三、严肃追责\n{BODY}") == [
        "二、抓好整改落实",
        "三、严肃追责",
    ]


def test_lost_and_repeated_numbers_stay_on_their_level() -> None:
    assert outline(f"一、甲事情\n{BODY}\n三、丙事情\n{BODY}\n三、丁事情\n{BODY}") == [
        "一、甲事情",
        "三、丙事情",
        "三、丁事情",
    ]


def test_decimals_and_quotes_open_nothing() -> None:
    assert outline(f"1.5万户已检查。{BODY}\n2.3万户待检查。{BODY}") == []
    assert outline(f"要记住“一、不慌。二、不乱。”这两句话。{BODY}") == []


def test_run_in_headings_without_number_need_parallels() -> None:
    raw = f"一、压实责任\n担子要挑起来，人人有份。强化领导责任。{BODY}落实监管责任。{BODY}\n二、收尾\n{BODY}"
    assert outline(raw) == ["一、压实责任", "  强化领导责任", "  落实监管责任", "二、收尾"]
    assert outline(f"一、压实责任\n强化领导责任。{BODY}\n二、收尾\n{BODY}") == ["一、压实责任", "二、收尾"]
    # Short statements are no headings.
    assert outline(f"安全是天大的事。{BODY}隐患总是有的。{BODY}") == []
    # Opening alike is evidence as well.
    assert outline(f"算一算经济账。{BODY}算一算家庭账。{BODY}") == ["算一算经济账", "算一算家庭账"]


def test_bold_topics_and_bold_headings() -> None:
    raw = (
        f"一要抓整治。先讲重点。**道路安全**要紧盯客车，{BODY}**水上安全**要严防超载，{BODY}\n"
        f"二要抓治理。{BODY}"
    )
    assert outline(raw) == ["一要抓整治", "  道路安全", "  水上安全", "二要抓治理"]
    topic = build_sections(clean(raw))[0].children[0]
    assert raw[topic.heading.start : topic.heading.end] == "道路安全"


def test_bold_heading_glued_to_the_paragraph_before() -> None:
    raw = (
        f"第一，织密责任网\n说说责任。**一要强化乡镇责任。**\n{BODY}\n"
        f"二要强化行业责任。{BODY}**三要强化企业责任。**\n{BODY}\n第二，收尾\n{BODY}"
    )
    assert outline(raw) == [
        "第一，织密责任网",
        "  一要强化乡镇责任",
        "  二要强化行业责任",
        "  三要强化企业责任",
        "第二，收尾",
    ]
    glued = build_sections(clean(raw))[0].children[0]
    assert raw[glued.span.start : glued.span.end] == f"一要强化乡镇责任。**\n{BODY}"


def test_bold_lines_are_a_level() -> None:
    raw = f"**统一思想**\n{BODY}\n一要学。{BODY}\n二要干。{BODY}\n**狠抓落实**\n{BODY}"
    assert outline(raw) == ["统一思想", "  一要学", "  二要干", "狠抓落实"]


def test_markdown_marks_are_no_part_of_a_heading() -> None:
    assert outline(f"## 一、认清形势\n{BODY}\n## 二、狠抓落实\n{BODY}") == ["一、认清形势", "二、狠抓落实"]


def test_last_remarks_open_a_part_of_their_own() -> None:
    raw = (
        f"第一，织密责任网\n{BODY}\n一要学。{BODY}\n二要干。{BODY}\n"
        f"最后，再强调一下假期安全：值班要到岗，{BODY}"
    )
    assert outline(raw) == ["第一，织密责任网", "  一要学", "  二要干", "最后，再强调一下假期安全"]
    # In the middle of a speech it is a way of speaking.
    assert outline(f"一、甲事情\n最后，再强调一点。{BODY}\n二、乙事情\n{BODY}") == [
        "一、甲事情",
        "二、乙事情",
    ]


@pytest.mark.parametrize(
    "closing", ["同志们，任务艰巨，让我们一起努力！", "各位同事，拜托了！", "我就讲这么多，谢谢。"]
)
def test_closing_words_belong_to_no_section(closing: str) -> None:
    raw = f"一、甲事情\n{BODY}\n二、乙事情\n{BODY}\n{closing}"
    last = build_sections(clean(raw))[-1]
    assert raw[last.span.start : last.span.end] == f"二、乙事情\n{BODY}"


def test_address_inside_the_speech_closes_nothing() -> None:
    raw = f"一、甲事情\n同志们，形势逼人。{BODY}\n二、乙事情\n{BODY}"
    sections = build_sections(clean(raw))
    assert raw[sections[0].span.start : sections[0].span.end] == f"一、甲事情\n同志们，形势逼人。{BODY}"


def test_heading_without_body_is_kept() -> None:
    assert outline(f"一、甲事情\n{BODY}\n二、乙事情") == ["一、甲事情", "二、乙事情"]


def test_reported_speech_ends_the_list_of_its_paragraph() -> None:
    raw = f"一要抓早。{BODY}二要抓小。{BODY}柳晓棠强调，各级干部要带头。{BODY}"
    last = build_sections(clean(raw))[-1]
    assert raw[last.span.start : last.span.end] == f"二要抓小。{BODY}"


def test_long_run_in_heading_ends_at_its_comma() -> None:
    heading = "一要把台账从头到尾理一遍，弄清每笔账的来历，该补的补，该销的销，做到件件有人签字认账。"
    first = build_sections(clean(f"讲两条。{heading}{BODY}二要查。{BODY}"))[0]
    assert first.title == "一要把台账从头到尾理一遍"
    assert clean_title("长" * 80) == "长" * LONGEST_TITLE


def test_spans_are_raw_and_nested() -> None:
    raw = f"一、甲事情\n（一）**乙事情。**{BODY}\n（二）丙事情。{BODY}\n二、丁事情\n{BODY}"
    top = build_sections(clean(raw))
    assert raw[top[0].heading.start : top[0].heading.end] == "一、甲事情"
    assert (top[0].marker, top[0].children[0].marker) == ("一、", "（一）")
    assert top[0].span.end == top[0].children[1].span.end == raw.index("\n二、")


PIECES = st.sampled_from(
    [
        "一、",
        "二、",
        "三、",
        "（一）",
        "（二）",
        "1.",
        "2.",
        "一要",
        "二要",
        "三是",
        "第一，",
        "第二，",
        "最后，再强调",
        "**",
        "。",
        "；",
        "：",
        "，",
        "“",
        "”",
        "\n",
        "\n\n",
        "同志们，",
        "加强领导。",
        "压实责任。",
        BODY,
        "安全",
        " ",
    ]
)


@given(st.lists(PIECES, max_size=60).map("".join))
def test_sections_nest_whatever_the_text(raw: str) -> None:
    def check(sections: tuple[Section, ...], start: int, end: int, level: int) -> None:
        for section in sections:
            assert (
                start <= section.span.start == section.heading.start < section.heading.end <= section.span.end
            )
            assert section.span.end <= end
            assert section.level == level
            assert section.title
            check(section.children, section.span.start, section.span.end, level + 1)
            start = section.span.end

    check(build_sections(clean(raw)), 0, len(raw), 1)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the evaluation files are not beside the checkout")
@pytest.mark.parametrize(
    ("folder", "name", "by_level"),
    [
        ("seeds", "000", {1: 7}),
        ("seeds", "001", {1: 3, 2: 6}),
        ("seeds", "002", {1: 11}),
        ("seeds", "003", {1: 2, 2: 7, 3: 9}),
        ("seeds", "004", {1: 6, 2: 16, 3: 7}),
        ("archive", "a1", {1: 5, 2: 16}),
        ("archive", "a2", {1: 4, 2: 16, 3: 6}),
        ("archive", "a3", {1: 5, 2: 18}),
        ("archive", "a4", {1: 5, 2: 18}),
        ("archive", "a5", {1: 3, 2: 11}),
        ("archive", "a6", {1: 4, 2: 16}),
        ("archive", "a7", {1: 4, 2: 15}),
    ],
)
def test_real_files_have_the_headings_that_a_person_counts(
    folder: str, name: str, by_level: dict[int, int]
) -> None:
    path = next((SHARED / folder).glob(f"{name}*"))
    levels = [section.level for section in walk(read_document(path, path.parent).sections)]
    assert {level: levels.count(level) for level in set(levels)} == by_level
