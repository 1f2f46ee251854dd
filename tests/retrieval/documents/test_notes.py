"""Notes in Markdown and talks of one sentence a line, as people keep them beside the papers of offices."""

from __future__ import annotations

import pytest

from retrieval.documents.read import read_bytes
from retrieval.documents.types import Document, ReadWarning, ZoneKind

NOTES = """# 2024-05-20 夏季安全会 齐慕远厂长讲话

> 记录：安环科 小乔　　地点：二楼会议室

## 0 开场

- 厂长说今天不带稿子，手机都静音，半小时讲完
- “机器可以停，人不能伤。这句话我讲了六年。”
- **宁停一台机**，不伤一个人——这句话六月底前刷到每个车间的墙上，谁刷的谁签字，刷歪了重来

## 1 冲压车间（讲得最长）

- 去年八月十二日夜班，小雷把手伸进模具里取料，压力机没有断电，他的师傅在外面抽烟
- 处理
  - 班长**撤职**
  - 师傅扣两个月奖金
- 今年这样办，光栅六月十五日前全部装好，装一台验一台，设备科老甘负责
- [ ] 检修单七月一日前交安环科
- [x] 钥匙已经收齐
"""

TALK = """全厂班组长安全谈话会讲话
浅湾造纸厂厂长 齐慕远
２０２３年１２月６日 厂部文化馆
各位师傅,各位班长,大家晚上好.
我当过十年打浆工,说话直.
先报个账.
今年到昨天,全厂停机检修４１次.
你们猜有几次挂了牌?
只有１９次.
没有挂牌的那些次,有一次差点出人命,这个事情我今天从头讲,讲给每一个夜班的人听,一个字也不省.
"""


def read(text: str, name: str = "notes.md") -> Document:
    return read_bytes(text.encode(), name)


def body(document: Document) -> str:
    return "".join(
        document.raw[zone.span.start : zone.span.end] for zone in document.zones if zone.kind is ZoneKind.BODY
    )


def test_every_item_of_a_list_is_a_line_without_its_mark() -> None:
    lines = read(NOTES).clean.text.split("\n")
    assert lines[:4] == [
        "0 开场",
        "厂长说今天不带稿子，手机都静音，半小时讲完",
        "“机器可以停，人不能伤。这句话我讲了六年。”",
        "宁停一台机，不伤一个人——这句话六月底前刷到每个车间的墙上，谁刷的谁签字，刷歪了重来",
    ]
    assert lines[-6:] == [
        "处理",
        "班长撤职",
        "师傅扣两个月奖金",
        "今年这样办，光栅六月十五日前全部装好，装一台验一台，设备科老甘负责",
        "检修单七月一日前交安环科",
        "钥匙已经收齐",
    ]


def test_headings_in_markdown_make_the_outline_and_bold_at_the_end_of_an_item_does_not() -> None:
    assert [section.title for section in read(NOTES).sections] == ["0 开场", "1 冲压车间（讲得最长）"]


def test_headings_in_markdown_are_nested_as_they_are_marked() -> None:
    text = (
        "# 浅湾砖厂夏季安全会\n\n## 防汛\n\n沙袋六月一日前备齐。\n\n### 值班\n\n夜里两个人。\n\n## 用电\n\n"
        + ("临时线一律拆掉，拆完由电工班长签字，签字的单子交到厂部存一年，少一张就找班长。\n")
    )
    flood, power = read(text).sections
    assert (flood.title, [child.title for child in flood.children]) == ("防汛", ["值班"])
    assert (power.title, power.children) == ("用电", ())


def test_items_above_the_first_long_one_are_said_too() -> None:
    document = read(NOTES)
    assert body(document).startswith("## 0 开场")
    assert "小乔" not in body(document)


def test_a_field_in_a_list_above_the_body_is_of_the_head() -> None:
    listed = NOTES.replace(
        "> 记录：安环科 小乔　　地点：二楼会议室", "- 时间：2024年5月20日\n- 地点：二楼会议室"
    )
    assert "二楼会议室" not in body(read(listed))


def test_notes_whose_lines_have_no_end_are_whole() -> None:
    assert read(NOTES).warnings == ()


def test_a_note_in_brackets_may_come_last() -> None:
    assert read(TALK + "（小乔补：会后厂长说牌子要做双面的，这句没在会上讲）\n", "a.txt").warnings == ()


def test_a_talk_that_stops_in_a_sentence_is_still_flagged() -> None:
    assert read(TALK + "牌子挂在哪里、谁来挂、挂完了\n", "a.txt").warnings == (ReadWarning.TRUNCATED,)


def test_sentences_that_end_in_half_width_marks_above_the_first_long_one_are_said_too() -> None:
    document = read(TALK, "talk.txt")
    assert body(document).startswith("各位师傅,各位班长,大家晚上好.\n我当过十年打浆工")


def test_a_day_and_a_hall_under_the_speaker_are_when_and_where_the_speech_was_given() -> None:
    metadata = read(TALK, "talk.txt").metadata
    assert (metadata.date.text, metadata.issued.text) == ("2023-12-06", "")


@pytest.mark.parametrize("note", ["（内部使用，请勿外传）", "（内部资料）"])
def test_a_note_on_who_may_read_it_stands_behind_the_place(note: str) -> None:
    text = TALK.replace("２０２３年１２月６日 厂部文化馆", f"2023年12月6日下午4时　门诊五楼会议室　{note}")
    assert read(text, "talk.txt").metadata.date.text == "2023-12-06"


def test_body_office_and_name_may_stand_apart() -> None:
    text = TALK.replace("浅湾造纸厂厂长 齐慕远", "浅湾区第三人民医院　院长　齐慕远")
    metadata = read(text, "talk.txt").metadata
    assert (metadata.speaker.text, metadata.role.text) == ("齐慕远", "浅湾区第三人民医院院长")


TRANSCRIPT = """录音文件：240606_003.m4a
转写：自动转写，人工略改

[00:00:12] 主持人：好，各分厂都听得见吧，今天讲汛前的事，先请老齐说说北闸，他在那里守了六年了。
[00:01:40] 齐慕远：北闸的泵换过两台，五月底前试转三回，哪一回转不起来，当班的不许下班
[00:02:55] 齐慕远：试转的单子贴在泵房门上，不贴的算没试。
[00:03:20] 北闸分会场：单子谁签字？
[00:03:26] 乔木生：班长签，我来抽查，抽到空白的找班长，不找当班的工人。
[00:04:10] 主持人：听清楚了吧，散会。
[00:04:15] 乔木生：再补一句，雨靴今天就发。
（录音结束）
"""


def test_times_in_a_transcript_are_not_of_what_is_said() -> None:
    document = read(TRANSCRIPT, "a.txt")
    lines = document.clean.text.split("\n")
    assert lines[0].startswith("主持人：好，各分厂")
    # Without a full stop at its end, and yet not joined with the next.
    assert lines[1].endswith("当班的不许下班")
    assert "00:" not in document.clean.text


def test_the_file_of_a_recording_is_no_title() -> None:
    assert read(TRANSCRIPT, "a.txt").metadata.title.text == ""


def test_who_is_not_named_in_a_transcript_ends_what_another_says() -> None:
    document = read(TRANSCRIPT, "a.txt")
    turns = [(turn.speaker, document.raw[turn.span.start : turn.span.end]) for turn in document.turns]
    assert turns == [
        ("齐慕远", "齐慕远：北闸的泵换过两台，五月底前试转三回，哪一回转不起来，当班的不许下班"),
        ("齐慕远", "齐慕远：试转的单子贴在泵房门上，不贴的算没试。"),
        ("乔木生", "乔木生：班长签，我来抽查，抽到空白的找班长，不找当班的工人。"),
        ("乔木生", "乔木生：再补一句，雨靴今天就发。"),
    ]


def test_front_matter_tells_day_speaker_and_office() -> None:
    text = (
        "---\ntitle: 在浅湾砖厂夏季安全会上的讲话\ndate: 2024-06-06\nspeaker: 齐慕远\n"
        "position: 浅湾砖厂安全总监\nvenue: 二楼会议室\n---\n\n"
        "同志们：\n\n今天只讲一件事，沙袋六月一日前备齐。\n"
    )
    metadata = read(text).metadata
    assert (metadata.date.text, metadata.issued.text) == ("2024-06-06", "")
    assert (metadata.speaker.text, metadata.role.text) == ("齐慕远", "浅湾砖厂安全总监")


def test_what_a_channel_recommends_below_a_speech_is_not_of_it() -> None:
    links = "— END —\n\n往期推荐\n► 入梅了，沙袋都备齐了吗？\n► 【小课堂】泵房的门该朝哪边开？\n"
    document = read(TALK + "\n" + links, "a.txt")
    assert body(document) == body(read(TALK, "a.txt"))
    assert document.warnings == ()


def test_the_label_of_other_reading_above_a_speech_takes_nothing_away() -> None:
    assert "停机检修" in read("推荐阅读\n" + TALK, "a.txt").clean.text


def test_who_is_called_by_surname_and_office_in_a_transcript_speaks_for_himself() -> None:
    text = TRANSCRIPT.replace("乔木生：", "乔总：")
    document = read(text, "a.txt")
    turns = [(turn.speaker, document.raw[turn.span.start : turn.span.end]) for turn in document.turns]
    assert [speaker for speaker, _ in turns] == ["齐慕远", "齐慕远", "乔总", "乔总"]
    assert turns[2][1] == "乔总：班长签，我来抽查，抽到空白的找班长，不找当班的工人。"
