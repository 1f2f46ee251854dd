from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from retrieval.documents.lines import Cleaned, clean_body
from retrieval.documents.types import Span, Zone, ZoneKind
from retrieval.documents.zones import find_zones


def clean(raw: str) -> str:
    return whole(raw).text.text


def whole(raw: str) -> Cleaned:
    """Clean a text all of which is body."""
    return clean_body(raw, [Zone(ZoneKind.BODY, Span(0, len(raw)))])


LONG = "秋收期间全县投入收割机八百台，机手大多连轴转，疲劳驾驶的苗头已经出现，必须把休息制度立"
REST = "起来、管起来，谁的田块谁负责提醒。"


def test_a_sentence_cut_between_two_paragraphs_is_joined() -> None:
    assert clean(f"{LONG}\n\n{REST}\n\n另起一段。") == f"{LONG}{REST}\n另起一段。"


def test_a_cut_at_a_comma_is_joined_however_short() -> None:
    assert (
        clean("一要稳住人心。机手的工钱按亩结算，\n\n当天付清。")
        == "一要稳住人心。机手的工钱按亩结算，当天付清。"
    )


@pytest.mark.parametrize(
    "heading",
    [
        "一、把机手的责任压实，把每台机器的底数摸清，把每块田的风险看住",
        "（二）盯住夜间作业这个“薄弱点”",
        "第三，健全应急救援体系，打造田间地头的“快速反应队”",
        "强化组织领导",
        "四要强化督导",
    ],
)
def test_a_heading_without_a_full_stop_keeps_its_line(heading: str) -> None:
    assert clean(f"前一段说完了。\n{heading}\n后一段从这里开始，说的是另一件事。") == (
        f"前一段说完了。\n{heading}\n后一段从这里开始，说的是另一件事。"
    )


def test_nothing_is_joined_to_a_line_with_a_marker() -> None:
    assert clean(f"{LONG}\n（一）管住人。各村派人跟车。") == f"{LONG}\n（一）管住人。各村派人跟车。"


def test_a_page_mark_inside_a_sentence_leaves_no_trace() -> None:
    raw = f"在全县秋收农机安全会上的讲话\n同志们：\n{LONG}\n\n— 3 —\n\n{REST}\n"
    assert clean_body(raw, find_zones(raw)).text.text == LONG + REST


def test_an_advert_inside_a_line_leaves_no_trace() -> None:
    advert = "【广告】写稿犯愁？禾苗写作屋会员限时优惠，一键下载！"
    raw = f"在全县秋收农机安全会上的讲话\n同志们：\n{LONG}{advert}{REST}\n"
    assert clean_body(raw, find_zones(raw)).text.text == LONG + REST


def test_an_advert_between_two_sentences_ends_a_paragraph() -> None:
    advert = "【推荐：秋收讲话合集共60篇，点击下载，扫码加客服立减9元】"
    raw = f"在全县秋收农机安全会上的讲话\n同志们：\n{LONG}{REST}{advert}机站要验车。\n"
    assert clean_body(raw, find_zones(raw)).text.text == f"{LONG}{REST}\n机站要验车。"


WRAPPED = (
    "　　今年秋收时间紧、机器多、夜间作业多，安全压力\n"
    "比往年都大。各乡镇要把机手培训摆在第一位，没有证\n"
    "的一律不准下田。农机站要逐台验车。\n"
    "　　收割机转场要走指定路线，过桥过路口有人引导。\n"
    "晾晒粮食不得占用公路，占了的当天清走，由村里派人\n"
    "反复巡查，防止反弹。\n"
)


def test_a_file_wrapped_at_a_fixed_width_is_unwrapped_by_its_indentation() -> None:
    assert clean(WRAPPED) == (
        "今年秋收时间紧、机器多、夜间作业多，安全压力比往年都大。各乡镇要把机手培训摆在第一位"
        "，没有证的一律不准下田。农机站要逐台验车。\n"
        "收割机转场要走指定路线，过桥过路口有人引导。晾晒粮食不得占用公路，占了的当天清走，"
        "由村里派人反复巡查，防止反弹。"
    )


def test_a_wrapped_file_without_indentation_ends_paragraphs_at_short_lines() -> None:
    assert clean(WRAPPED.replace("　　", "安全")) == (
        "安全今年秋收时间紧、机器多、夜间作业多，安全压力比往年都大。"
        "各乡镇要把机手培训摆在第一位，没有证的一律不准下田。农机站要逐台验车。\n"
        "安全收割机转场要走指定路线，过桥过路口有人引导。晾晒粮食不得占用公路，占了的当天清走"
        "，由村里派人反复巡查，防止反弹。"
    )


def test_a_speech_saved_as_one_line_gets_its_paragraphs_back() -> None:
    raw = (
        "今天开个短会，讲两件事。一、管住机手。没有证的机手不准下田，喝了酒的机手不准上车，"
        "这两条谁说情也没用。"
        "（一）验证件。农机站逐人核对，名单贴在村口，大家都可以监督。（二）验机器。"
        "灯光和刹车不合格的，修好了再下田。"
        "二、管住路口。转场的时候要有人引导，夜里要有反光锥桶，出了事第一时间报告。同志们，平安秋收靠大家。"
    )
    assert clean(raw).split("\n") == [
        "今天开个短会，讲两件事。",
        "一、管住机手。没有证的机手不准下田，喝了酒的机手不准上车，这两条谁说情也没用。",
        "（一）验证件。农机站逐人核对，名单贴在村口，大家都可以监督。",
        "（二）验机器。灯光和刹车不合格的，修好了再下田。",
        "二、管住路口。转场的时候要有人引导，夜里要有反光锥桶，出了事第一时间报告。",
        "同志们，平安秋收靠大家。",
    ]


def test_a_blank_behind_a_heading_is_its_end_in_a_speech_of_one_line() -> None:
    raw = (
        "今天开个短会，讲两件事。 一、管住机手 没有证的机手不准下田，喝了酒的机手不准上车，"
        "这两条谁说情也没用，谁也不许通融，"
        "出了问题就追究到人。 二、管住路口 转场的时候要有人引导，夜里要有反光锥桶，"
        "出了事第一时间报告，一刻也不许拖，谁拖谁担责任。"
    )
    assert clean(raw).split("\n")[1:3] == [
        "一、管住机手",
        "没有证的机手不准下田，喝了酒的机手不准上车，这两条谁说情也没用，谁也不许通融，出了问题就追究到人。",
    ]


def test_bold_marks_go_and_masks_stay() -> None:
    assert clean("**道路安全**要盯住拖拉机，**镇查出问题**处。**消防安全**要盯住粮库。") == (
        "道路安全要盯住拖拉机，**镇查出问题**处。消防安全要盯住粮库。"
    )


def test_a_bold_heading_glued_to_a_paragraph_opens_the_next_one() -> None:
    raw = (
        "责任不落实，事故就会找上门。**一要压实乡镇责任。**\n\n书记镇长要到田头去。\n\n"
        "二要压实机手责任。人人签字。"
    )
    assert clean(raw) == (
        "责任不落实，事故就会找上门。\n一要压实乡镇责任。书记镇长要到田头去。\n二要压实机手责任。人人签字。"
    )


def test_a_bold_heading_on_its_own_line_stays_on_it() -> None:
    raw = "**一、管住机手，管住机器，管住路口这三个要害**\n\n没有证的机手不准下田。"
    assert clean(raw) == "一、管住机手，管住机器，管住路口这三个要害\n没有证的机手不准下田。"


def test_each_bold_mark_is_a_deletion_of_its_own_and_no_other_deletion_looks_like_one() -> None:
    raw = "　　**夜间作业**要有照明，机手连续开车不得超过四个小时，这一条由村里盯着落\n\n实到位。"
    cleaned = whole(raw).text
    assert cleaned.text == "夜间作业要有照明，机手连续开车不得超过四个小时，这一条由村里盯着落实到位。"
    pairs = [edit for edit in cleaned.edits if edit.end - edit.start == 2 and not edit.text]
    assert [raw[edit.start : edit.end] for edit in pairs] == ["**", "**"]


def test_markdown_headings_and_list_marks_go() -> None:
    assert clean("## 一、管住机手\n\n- 没有证的不准下田。\n> 引用一句话。") == (
        "一、管住机手\n没有证的不准下田。\n引用一句话。"
    )


def test_indentation_blank_lines_and_invisible_characters_go() -> None:
    assert clean("\u3000\u3000安全\u200b第一，\x00预防为主。 \xa0\r\n\r\n\t人人有责。\ufeff\r\n") == (
        "安全第一，预防为主。\n人人有责。"
    )


def test_latin_words_keep_a_blank_where_lines_are_joined() -> None:
    raw = (
        "全县农机合作社今年引进了带有自动驾驶功能的新型收割机，系统名称为 Harvest\n"
        "Pilot 的那一批要先培训后使用。"
    )
    assert clean(raw).count("Harvest Pilot") == 1


def test_no_body_gives_no_text() -> None:
    assert clean_body("只有标题", [Zone(ZoneKind.TITLE, Span(0, 4))]).text.text == ""
    assert clean_body("", []).text.text == ""


LINES = st.lists(
    st.text(alphabet="安全生产，。：“”*#（一）二、要\u3000 \t\x00\u200bA1", max_size=60),
    min_size=1,
    max_size=8,
)


@example(["# \u200b 1"], "\n")
@given(LINES, st.sampled_from(["\n", "\r\n", "\n\n"]))
def test_clean_text_is_lines_of_source_characters_in_order(lines: list[str], end: str) -> None:
    raw = end.join(lines)
    cleaned = whole(raw).text
    last = 0
    for position, character in enumerate(cleaned.text):
        start, stop = cleaned.to_source(position, position + 1)
        if start < stop:
            assert raw[start:stop] == character
            assert start >= last
            last = stop
        else:
            assert character in "\n "
    paragraphs = cleaned.text.split("\n") if cleaned.text else []
    assert all(paragraph == paragraph.strip(" \t\u3000") and paragraph for paragraph in paragraphs)


@given(LINES)
def test_only_marks_and_blanks_are_lost(lines: list[str]) -> None:
    raw = "\n".join(lines)

    def content(text: str) -> str:
        return "".join(c for c in text if c not in "*#\n\u3000 \t\x00\u200b")

    assert content(whole(raw).text.text) == content(raw)


def test_lines_of_an_outline_are_whole_without_a_full_stop() -> None:
    items = [f"{n}.第{n}车间的灭火器当天换完，换下来的交仓库登记，逾期不收" for n in range(1, 12)]
    lines = [*items, "现场抽人提问，答不出来的第二天晨会补讲一遍，不扣钱", "上月抽了32人，答出来的11人"]
    assert clean("\n".join(lines)).split("\n") == lines


def test_a_row_of_a_table_is_not_joined_with_what_follows() -> None:
    assert clean("三号梯门机更换\t维保公司\t待定\t—\n备注：以现场讲的为准。") == (
        "三号梯门机更换\t维保公司\t待定\t—\n备注：以现场讲的为准。"
    )
