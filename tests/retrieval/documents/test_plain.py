from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.documents.plain import plain_text, reading_text
from retrieval.documents.read import read_bytes
from retrieval.documents.types import Document, Section, ZoneKind

HEADINGS = ("一、看清形势", "二、抓住重点", "三、压实责任")
PARAGRAPHS = (
    "今年以来，全县工贸企业发生事故3起，都出在检修时。有的企业把检修包给没有资质的队伍，作业票不填就动火，出了事才想起安全。",
    "检修动火一律办票，票上没有企业负责人签字不得点火。受限空间作业先通风、再检测、后作业，监护人离开1分钟，作业就停1分钟。",
    "乡镇每月到企业查一次，查出的隐患15天内改完。逾期不改的由县安委办挂牌，主要负责人到县里说明情况，年底考核降一等。",
)
SPEECH = "\n".join(
    (
        "在全县工贸企业检修安全会议上的讲话",
        "副县长　方树林",
        "（2024年4月9日）",
        "同志们：",
        *(line for pair in zip(HEADINGS, PARAGRAPHS, strict=True) for line in pair),
    )
)


def read(text: str) -> Document:
    document = read_bytes(text.encode("utf-8"), "a.txt")
    assert document.raw == text
    assert_spans_hold(document)
    return document


def assert_spans_hold(document: Document) -> None:
    """Zones are sorted and inside the file, and sections begin with their markers."""
    ends = [0]
    for zone in document.zones:
        assert ends[-1] <= zone.span.start < zone.span.end <= len(document.raw)
        ends.append(zone.span.end)


def titles(sections: tuple[Section, ...]) -> list[str]:
    return [section.title for section in sections]


def written(document: Document, start: str, end: str) -> str:
    """The file's words from where ``start`` begins in the clean text to where ``end`` ends."""
    text = document.clean.text
    at = text.index(start)
    first, last = document.clean.to_source(at, text.index(end, at) + len(end))
    return document.raw[first:last]


def assert_read_as_speech(document: Document) -> None:
    assert document.metadata.title.text == "在全县工贸企业检修安全会议上的讲话"
    assert document.metadata.speaker.text == "方树林"
    assert document.metadata.date.text == "2024-04-09"
    assert titles(document.sections) == list(HEADINGS)
    assert document.clean.text.split("\n") == read(SPEECH).clean.text.split("\n")


def test_a_clean_file_is_left_as_it_is() -> None:
    plain = plain_text(SPEECH)
    assert plain.text.edits == ()
    assert plain.reading == SPEECH
    assert_read_as_speech(read(SPEECH))


def test_invisible_characters_part_no_words() -> None:
    noisy = "".join(c + ("\u200b" if i % 3 == 0 else "") for i, c in enumerate(SPEECH))
    document = read(noisy)
    assert_read_as_speech(document)
    assert written(document, "作业票", "动火").replace("\u200b", "") == "作业票不填就动火"


def test_references_and_tags_of_a_page_are_resolved_and_quoted_as_written() -> None:
    page = "".join(
        f"<p>&nbsp;&nbsp;&nbsp;&nbsp;{line}</p>".replace("，", "&#65292;").replace("\u3000", "&emsp;")
        for line in SPEECH.split("\n")
    )
    document = read(page)
    assert_read_as_speech(document)
    assert written(document, "今年以来", "事故3起") == "今年以来&#65292;全县工贸企业发生事故3起"


def test_an_ampersand_that_is_no_reference_stays() -> None:
    assert plain_text("研发&生产; A&B;&lt;安全&gt;&unknown;").text.text == "研发&生产; A&B;<安全>&unknown;"


def test_blanks_of_a_scan_go_and_those_between_fields_stay() -> None:
    spaced = "\n".join(
        "".join(c + (" " if i % 4 == 1 and c not in " \u3000" else "") for i, c in enumerate(line)).strip()
        for line in SPEECH.split("\n")
    )
    document = read(spaced)
    assert_read_as_speech(document)
    assert " " in written(document, "检修动火", "不得点火")


def test_a_few_blanks_make_no_scan() -> None:
    text = SPEECH.replace("看清形势", "看清 形势")
    assert plain_text(text).text.text == text


def test_words_numbers_and_wide_gaps_keep_their_blanks_in_a_scan() -> None:
    text = "安 全 生 产 月 活 动 用 LED screen 播 放 。 县 安 委 办    4 月 9 日"
    assert plain_text(text).text.text == "安全生产月活动用LED screen播放。县安委办    4月9日"


def test_full_width_letters_and_digits_are_read_and_shown_as_written() -> None:
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in SPEECH)
    document = read(wide)
    assert document.metadata.date.text == "2024-04-09"
    assert titles(document.sections) == list(HEADINGS)
    assert "事故３起" in document.clean.text


def test_points_of_a_file_without_full_stops_end_sentences() -> None:
    assert reading_text("他强调.要" * 8) == "他强调。要" * 8
    assert reading_text("一.总体要求。" * 8) == "一.总体要求。" * 8
    assert plain_text("先停产．后整改．" * 8).text.text == "先停产.后整改." * 8


def test_a_traditional_file_is_read_like_a_simplified_one_and_shown_as_written() -> None:
    text = (
        "在全縣工貿企業檢修安全會議上的講話\n副縣長　方樹林\n（2024年4月9日）\n同志們：\n"
        "一、看清形勢\n今年以來，全縣工貿企業發生事故3起，都出在檢修時，有的企業把檢修包給沒有資質的隊伍。\n"
        "二、抓住重點\n檢修動火一律辦票，票上沒有企業負責人簽字不得點火，監護人離開1分鐘，作業就停1分鐘。\n"
    )
    document = read(text)
    assert document.metadata.title.text == "在全縣工貿企業檢修安全會議上的講話"
    assert document.metadata.speaker.text == "方樹林"
    assert document.metadata.role.text == "副縣長"
    assert document.metadata.date.text == "2024-04-09"
    assert titles(document.sections) == ["一、看清形勢", "二、抓住重點"]
    assert "檢修動火一律辦票" in document.clean.text
    assert [turn.speaker for turn in document.turns] == ["方樹林"]


def test_a_name_in_traditional_characters_makes_no_traditional_file() -> None:
    text = "他是臺灣嘉義人。" + "各企业要把检修安全抓在手上，作业票不签字不得动火。" * 4
    assert reading_text(text) == text


def test_a_file_without_line_breaks_gets_its_head_and_headings_back() -> None:
    document = read(SPEECH.replace("\n", ""))
    assert document.metadata.title.text == "在全县工贸企业检修安全会议上的讲话"
    assert document.metadata.speaker.text == "方树林"
    assert document.metadata.date.text == "2024-04-09"
    assert [zone.kind for zone in document.zones] == [
        ZoneKind.TITLE,
        ZoneKind.BYLINE,
        ZoneKind.BYLINE,
        ZoneKind.SALUTATION,
        ZoneKind.BODY,
    ]
    assert [section.marker for section in document.sections] == ["一、", "二、", "三、"]


@pytest.mark.parametrize("gap", ["", " "])
def test_a_circular_in_one_line_gets_the_lines_of_its_head_back(gap: str) -> None:
    head = ("梧政通报", "第7期", "梧川市人民政府办公室", "2024年4月12日")
    title = "方树林同志　在全市工贸企业检修安全会议上的讲话"
    opening = gap.join((*head, title))
    document = read(f"{opening} （2024年4月9日）" + gap.join((*HEADINGS[:1], *PARAGRAPHS, *PARAGRAPHS)))
    known = document.metadata
    assert (known.title.text, known.speaker.text) == (title, "方树林")
    assert (known.organ.text, known.place.text) == ("梧川市人民政府办公室", "梧川")
    assert (known.date.text, known.issued.text) == ("2024-04-09", "2024-04-12")


def test_the_way_to_a_page_ends_before_the_name_that_opens_its_title() -> None:
    head = "您的位置：文库 >> 市县讲话 >> 工贸检修方树林在梧川市2024年检修安全会议上的讲话来源：梧川发布"
    found = read(head + "同志们：" + "".join(PARAGRAPHS)).metadata
    assert (found.title.text, found.speaker.text) == ("方树林在梧川市2024年检修安全会议上的讲话", "方树林")


def test_who_speaks_is_read_from_minutes_in_one_line() -> None:
    head = "梧川市检修安全现场会讲话记录时间：2024年4月9日下午地点：二号罐区讲话人：副市长　方树林记录：小孟"
    found = read(head + "各位厂长：" + "".join(PARAGRAPHS)).metadata
    assert (found.speaker.text, found.role.text, found.date.text) == ("方树林", "副市长", "2024-04-09")


MENU = (
    "文稿园 首页 领导讲话 工作总结 心得体会 述职报告 党课讲稿 方案预案 登录 | 注册 | 会员中心 | 我的下载 "
    "热搜:安全月 迎检汇报 民主生活会 搜索 您现在的位置:首页 > 领导讲话 > 工贸系统 > 正文"
)
TITLE = "梧川市副市长方树林在全市工贸企业检修安全会议上的讲话"
CREDITS = "来源:文稿园 作者:admin 发布时间:2024-04-12 09:12 浏览:84次 字体:【大 中 小】 收藏 打印"


@pytest.mark.parametrize("page", [f"{MENU} {TITLE} {CREDITS}", f"{MENU}{TITLE} {CREDITS}\n"])
def test_the_name_of_a_category_is_no_title(page: str) -> None:
    found = read(page + "同志们：" + "".join(PARAGRAPHS * 6)).metadata
    assert (found.title.text, found.speaker.text) == (TITLE, "方树林")


def test_the_title_below_a_page_wins_against_an_advert_above_it() -> None:
    advert, body = "加入文稿之家，与三万同行一起进步", "\n".join(("同志们：", *PARAGRAPHS))
    below = f"本文标题：{TITLE}"
    document = read("\n".join((advert, body, below)))
    assert document.metadata.title.text == TITLE
    assert advert not in document.clean.text
    # A title above is the document's own.
    own = "在全县工贸企业检修安全会议上的讲话"
    assert read("\n".join((own, body, below))).metadata.title.text == own


def test_the_foot_of_a_page_without_line_breaks_is_no_speech() -> None:
    page = SPEECH.replace("\n", " ") + " 本文标题：检修安全讲话 版权声明：本站文稿由会员上传"
    document = read(page)
    assert document.clean.text.endswith("年底考核降一等。")


@pytest.mark.parametrize("digits", ["٣", "３"])
def test_digits_of_other_scripts_make_no_date_fail(digits: str) -> None:
    text = SPEECH.replace("4月9日", f"4月{digits}日")
    assert read(text).metadata.date.text == "2024-04-03"


@given(
    st.text(
        alphabet=st.sampled_from("一二、。．.，同志们：讲话 \n\u3000\u200b&;#nbsp<br>12年月日（）*的會議")
        | st.characters()
    )
)
def test_any_text_maps_back_to_itself(raw: str) -> None:
    plain = plain_text(raw)
    assert len(plain.reading) == len(plain.text.text)
    previous = 0
    for at in range(len(plain.text.text)):
        start, end = plain.text.to_source(at, at + 1)
        assert previous <= start <= end <= len(raw)
        previous = start
        if end - start == 1:
            assert raw[start] == plain.text.text[at] or raw[start] in "．"


def test_first_items_right_behind_their_headings_begin_paragraphs_in_a_file_of_one_line() -> None:
    """An item counts only where its second one follows: 统一要求 and 第一责任人 begin none."""
    opening = "在全县工贸企业检修安全会议上的讲话同志们：" + PARAGRAPHS[0]
    parts = (
        ("一、三件要紧事", "第一，管住火。火要有人看着。", "第二，管住电。电要有人查着。"),
        ("二、统一要求抓落实", "一要快。今天的事今天办完。二要实。人要站到现场去。"),
        ("三、把账算清", "（一）算钱。该花的不能省。", "（二）算人。该到的不能少。"),
        ("四、企业是第一责任人，", "班长是第一道关口，两样都不能丢。"),
        ("最后，再强调一下值班。", "值班的人不能离岗。"),
    )
    text = opening + "".join(piece for part in parts for piece in part)
    lines = read(text).clean.text.split("\n")
    assert lines[1:-2] == [piece for part in parts[:3] for piece in part]
    assert lines[-2:] == ["".join(parts[3]), "".join(parts[4])]


def test_bold_headings_are_paragraphs_in_a_file_of_one_line() -> None:
    opening = "在全县工贸企业检修安全会议上的讲话同志们：" + PARAGRAPHS[0]
    text = (
        f"{opening}**一、把好三道关****（一）票据关。**{PARAGRAPHS[1]}**（二）人员关。**{PARAGRAPHS[1]}"
        f"**二、算清一笔账****经济账。**{PARAGRAPHS[2]}查处**12**起。"
    )
    document = read(text)
    # Stars around a figure may be a mask: they stay, and make no heading.
    assert document.clean.text.split("\n")[1:] == [
        "一、把好三道关",
        f"（一）票据关。{PARAGRAPHS[1]}",
        f"（二）人员关。{PARAGRAPHS[1]}",
        "二、算清一笔账",
        f"经济账。{PARAGRAPHS[2]}查处**12**起。",
    ]
    assert titles(document.sections[0].children) == ["（一）票据关", "（二）人员关"]


def test_a_heading_behind_a_note_in_brackets_is_one_and_a_reference_none() -> None:
    opening = "在全县工贸企业检修安全会议上的讲话同志们：" + PARAGRAPHS[0]
    items = (
        "（一）查票。票据不全不动火（附表）",
        "（二）查人。依照第五条第（一）（二）项处理。" + PARAGRAPHS[1],
    )
    lines = read(opening + "一、抓检修。" + "".join(items)).clean.text.split("\n")
    assert lines[-2:] == list(items)


def test_a_line_that_says_when_a_page_came_out_is_no_title() -> None:
    text = "首页 >> 讲话防汛\n发布：2025-04-29 08:40　浏览：12次\n同志们：\n" + "\n".join(PARAGRAPHS)
    assert read(text).metadata.title.text == ""


@pytest.mark.parametrize("written", ["2O24年4月9曰", "2024年4月O9日", "2o24年4月09曰"])
def test_a_day_with_misread_digits_is_a_date_and_shown_as_written(written: str) -> None:
    document = read(SPEECH.replace("2024年4月9日", written))
    assert document.metadata.date.text == "2024-04-09"
    assert document.metadata.date.span is not None
    assert document.raw[document.metadata.date.span.start : document.metadata.date.span.end] == written


def test_running_headers_are_set_aside_where_no_line_is_wrapped() -> None:
    header = "全县讲话汇编（内部资料）"
    halves = [(paragraph[:30], paragraph[30:]) for paragraph in PARAGRAPHS]
    paged = [
        f"{heading}\n{first}\n— {number} —\n{header}\n{second}"
        for number, (heading, (first, second)) in enumerate(zip(HEADINGS, halves, strict=True), 1)
    ]
    document = read("\n".join([*SPEECH.split("\n")[:4], *paged]))
    assert_read_as_speech(document)
