from __future__ import annotations

import pytest

from retrieval.documents.read import read_bytes
from tests.retrieval.copies.forms import (
    BYLINE,
    PARAGRAPHS,
    TITLE,
    grouped,
    is_one_speech,
    misread,
    rewritten,
    text_form,
    web_form,
    word_form,
)

TEXT = text_form()


def silent(paragraphs: tuple[str, ...] = PARAGRAPHS) -> bytes:
    """The speech without title, speaker and date: nothing but its words can tell it."""
    return text_form(paragraphs, "发言", ())


@pytest.mark.parametrize("other", [word_form(), web_form(), TEXT.decode().encode("gb18030")])
def test_another_format_is_the_same_speech(other: bytes) -> None:
    assert is_one_speech(TEXT, other)


def test_all_formats_together_are_one_speech_cited_from_the_word_file() -> None:
    forms = {"a.html": web_form(), "b.txt": TEXT, "讲话稿.docx": word_form(), "c.txt": misread(TEXT, 0.02)}
    documents = [read_bytes(data, path) for path, data in forms.items()]
    assert grouped(*documents)[0][:3] == ["讲话稿.docx", "b.txt", "c.txt"]


@pytest.mark.parametrize("rate", [0.001, 0.005, 0.02, 0.05, 0.08])
def test_a_scan_with_errors_of_reading_is_the_same_speech(rate: float) -> None:
    found = [is_one_speech(silent(), misread(silent(), rate, seed)) for seed in range(10)]
    # Where few characters are misread, one in a name or beside another looks like an edit.
    assert sum(found) >= 8


def test_a_scan_that_is_mostly_misread_stays_apart() -> None:
    assert not is_one_speech(silent(), misread(silent(), 0.2))


def test_other_widths_punctuation_and_characters_are_the_same_speech() -> None:
    changed = TEXT.decode().replace("，", ",").replace("11家", "１１家").replace("。", "．")
    assert is_one_speech(TEXT, changed.encode())
    traditional = rewritten(TEXT, ("讲话", "講話"), ("国", "國")) if "国" in TEXT.decode() else TEXT
    assert is_one_speech(TEXT, rewritten(traditional, ("电话", "電話"), ("学校", "學校"), ("车", "車")))


def test_running_heads_and_page_numbers_inside_are_the_same_speech() -> None:
    lines = list(PARAGRAPHS)
    for at in (4, 7, 10):
        cut = len(lines[at]) // 2
        lines[at] = f"{lines[at][:cut]}\n云溪县安全生产委员会办公室\n— {at} —\n{lines[at][cut:]}"
    assert is_one_speech(TEXT, text_form(tuple(lines)))


def test_a_copy_that_breaks_off_near_the_end_is_the_same_speech_and_never_the_best() -> None:
    cut = text_form((*PARAGRAPHS[:-1], PARAGRAPHS[-1][:20]))
    found = grouped(read_bytes(cut, "a.txt"), read_bytes(TEXT, "全文 全文.txt"))
    assert found == [["全文 全文.txt", "a.txt"]]


def test_lines_of_noise_at_the_end_are_the_same_speech() -> None:
    assert is_one_speech(TEXT, text_form((*PARAGRAPHS, "上一篇　下一篇", "打印本页　关闭窗口")))


@pytest.mark.parametrize(
    "changes",
    [
        [("2023年", "2022年")],  # only the date of the byline
        [("11家", "14家"), ("7起", "5起"), ("19人", "12人"), ("38家", "41家"), ("5辆", "3辆")],
        [("7起", "9起")],
        [("十二月五日", "十二月八日")],
        [("十五分钟", "二十分钟")],
        [("三组", "四组")],
    ],
)
def test_other_years_and_numbers_are_another_speech(changes: list[tuple[str, str]]) -> None:
    assert not is_one_speech(TEXT, rewritten(TEXT, *changes))


@pytest.mark.parametrize("rate", [0.0, 0.01, 0.03])
def test_last_years_speech_is_another_one_even_as_a_scan(rate: float) -> None:
    last = rewritten(
        silent(),
        ("11家企业和4所学校", "9家企业和6所学校"),
        ("接到煤气中毒警情7起，救治19人", "接到煤气中毒警情12起，救治31人"),
        ("去年一个冬天在那里翻了5辆车", "前年一个冬天在那里翻了两辆车"),
        ("这笔钱财政局已经留出来了，不要舍不得花", "钱的事请财政局抓紧研究，给各乡镇一个准话"),
        ("从今天起实行双人双岗", "继续实行领导带班、干部值班"),
    )
    assert not is_one_speech(silent(), misread(last, rate))


def test_a_year_inside_the_text_is_enough() -> None:
    dated = [
        text_form((*PARAGRAPHS[:2], f"这是{year}年全县最后一次大会。", *PARAGRAPHS[2:]), "发言", ())
        for year in (2021, 2022)
    ]
    assert is_one_speech(dated[0], dated[0].replace("全县".encode(), "全县 ".encode()))
    assert not is_one_speech(dated[0], dated[1])
    assert not is_one_speech(dated[0], misread(dated[1], 0.03, 5))


@pytest.mark.parametrize(
    "changes",
    [
        [("桐树乡、白石镇", "柳林乡、黑水镇"), ("青岭段、鹰嘴弯", "石门段、老虎口")],
        [("白石镇", "黑石镇")],
        [("桐树乡", "柏树乡")],
        [("经信局", "工信局"), ("应急所", "应急站"), ("县安委办", "县应急办")],
    ],
)
def test_a_template_with_other_names_is_another_speech(changes: list[tuple[str, str]]) -> None:
    assert not is_one_speech(silent(), rewritten(silent(), *changes))


def test_a_name_replaced_wherever_it_stands_is_another_speech() -> None:
    # 永安 or 永平: one character, no title, no date, and nothing else differs.
    one = tuple(text.replace("全县", "永安全县").replace("县里", "永安这边") for text in PARAGRAPHS)
    other = tuple(text.replace("永安", "永平") for text in one)
    assert not is_one_speech(silent(one), silent(other))


def test_the_same_text_by_another_speaker_on_another_day_or_elsewhere_is_another_speech() -> None:
    assert is_one_speech(TEXT, text_form(byline=()))
    assert not is_one_speech(TEXT, text_form(byline=("韩立群", BYLINE[1])))
    assert not is_one_speech(TEXT, text_form(byline=(BYLINE[0], "（2023年11月22日）")))
    titles = ("在云溪县安全生产会议上的讲话", "在河阳县安全生产会议上的讲话")
    one, other = (text_form(title=title, byline=()) for title in titles)
    assert not is_one_speech(one, other)
    assert not is_one_speech(TEXT, text_form(title="在全县消防安全形势分析会上的发言"))


def test_years_in_file_names_decide_where_the_text_is_silent() -> None:
    other = silent((*PARAGRAPHS, "散会。"))
    assert is_one_speech(silent(), other, ("发言.txt", "2023年/发言.txt"))
    assert not is_one_speech(silent(), other, ("2022年/发言.txt", "2023年/发言.txt"))
    assert not is_one_speech(silent(), other, ("发言2022.txt", "20231121发言.txt"))
    dated = text_form((*PARAGRAPHS, "散会。"))
    assert is_one_speech(TEXT, dated, ("2023年/讲话.txt", "2024年学习材料/讲话.txt"))


def test_a_silent_copy_joins_one_of_two_that_contradict_each_other() -> None:
    one, other = (text_form(byline=("柳叙章", f"（{year}年11月21日）")) for year in (2022, 2023))
    found = grouped(read_bytes(one, "甲.txt"), read_bytes(other, "乙.txt"), read_bytes(silent(), "丙.txt"))
    assert sorted(map(len, found)) == [1, 2]


@pytest.mark.parametrize("part", [PARAGRAPHS[:5], PARAGRAPHS[5:], PARAGRAPHS[:9], PARAGRAPHS[2:-3]])
def test_an_excerpt_is_not_the_speech(part: tuple[str, ...]) -> None:
    assert not is_one_speech(TEXT, text_form(part))
    assert not is_one_speech(silent(), silent(part))


def test_a_speech_with_another_paragraph_inside_is_another_one() -> None:
    more = (
        "还有一件事要补上，就是水库的冬季值守，闸门每天要试一次，钥匙由两个人分开保管，少一个人都开不了门。"
    )
    assert not is_one_speech(silent(), silent((*PARAGRAPHS[:6], more, *PARAGRAPHS[6:])))
    rewrote = tuple(
        text.replace("外包队伍进厂先培训半天", "外来施工的人由车间主任亲自交底") for text in PARAGRAPHS
    )
    assert not is_one_speech(silent(), silent(rewrote))


def test_a_news_report_that_quotes_it_is_not_the_speech() -> None:
    report = "\n".join(
        (
            "柳叙章在全县安全防范工作会议上强调：守住四道关",
            "本报讯（记者 方小禾）11月21日，县里召开今冬明春安全防范工作会议，县长柳叙章出席并讲话。",
            f"柳叙章指出，{PARAGRAPHS[3]}",
            f"柳叙章强调，{PARAGRAPHS[6]}",
            f"柳叙章要求，{PARAGRAPHS[9]}{PARAGRAPHS[10]}",
            "会议由常务副县长主持，各乡镇、各部门主要负责人参加。",
        )
    ).encode()
    assert not is_one_speech(TEXT, report)


def test_a_circular_that_carries_it_is_a_paper_of_its_own() -> None:
    head = ("云 安 通 报", "第9期", "云溪县安全生产委员会办公室　　　2023年11月24日", "")
    tail = ("主送：各乡镇人民政府，县直各部门。", "抄送：县委办公室。")
    circular = "\n".join((*head, TITLE, *BYLINE, *PARAGRAPHS, *tail)).encode()
    assert read_bytes(circular, "通报.txt").metadata.genre.value == "circular"
    assert not is_one_speech(TEXT, circular)
    assert is_one_speech(circular, circular.replace("　　　".encode(), "　　".encode()))


def test_short_texts_must_be_the_same_to_the_letter() -> None:
    short = (
        "各位同事：\n明天开始下大雪，请大家今晚把车停进车库，早上提前半小时出门，路上慢一点，"
        "到岗以后给班长报一声。\n"
    )
    assert is_one_speech(short.encode(), short.replace("，", ",").encode())
    assert not is_one_speech(short.encode(), short.replace("今晚", "今天").encode())
