"""What names of files and folders tell where the text is silent; every name here is made up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.documents.from_names import complete
from retrieval.documents.name_parts import When, take_apart
from retrieval.documents.read import read_bytes
from retrieval.documents.types import CITED_FIELDS, Genre, Known, Metadata, Provenance, Span
from retrieval.index.codec import document_info
from retrieval.passages import cut_passages
from retrieval.search.naming import Field, build_names


def told(path: str, metadata: Metadata | None = None) -> dict[str, str]:
    """The values that names give; those of a folder with its mark."""
    found = complete(metadata or Metadata(), path)
    marks = {Provenance.FOLDER: "@folder"}
    values = {name: getattr(found, name) for name in CITED_FIELDS}
    return {
        name: value.text + marks.get(value.provenance, "") for name, value in values.items() if value.text
    }


@pytest.mark.parametrize(
    ("path", "date"),
    [
        ("20230412 秧田用电讲话.txt", "2023-04-12"),
        ("2023-04-12秧田用电讲话.txt", "2023-04-12"),
        ("2023.4.12_秧田用电讲话.txt", "2023-04-12"),
        ("2023_04_12 秧田用电讲话.txt", "2023-04-12"),
        ("秧田用电讲话（2023年4月12日）.txt", "2023-04-12"),
        ("秧田用电讲话(2023年4月12日下午).txt", "2023-04-12"),
        ("秧田用电讲话２０２３０４１２.txt", "2023-04-12"),
        ("二〇二三年四月十二日秧田用电讲话.txt", "2023-04-12"),
        ("23年4月12日秧田用电讲话.txt", "2023-04-12"),
        ("230412秧田用电讲话.txt", "2023-04-12"),
        ("2023年4月12日至14日秧田用电培训班讲话.txt", "2023-04-12"),
        ("20230412-20230414秧田用电培训班讲话.txt", "2023-04-12"),
        ("2023年4月秧田用电讲话.txt", "2023-04"),
        ("2023-04 秧田用电讲话.txt", "2023-04"),
        ("202304 秧田用电讲话.txt", "2023-04"),
        ("2023年秧田用电讲话.txt", "2023年"),
        ("秧田用电讲话2023.txt", "2023年"),
        ("2023年下半年秧田用电讲话.txt", "2023年下半年"),
        ("2023年/秧田用电讲话.txt", "2023年@folder"),
        ("2023/04/秧田用电讲话.txt", "2023-04@folder"),
        ("2023年/四月/秧田用电讲话.txt", "2023-04@folder"),
        ("2023年/4月12日秧田用电讲话.txt", "2023-04-12"),
        ("2023年/0412秧田用电讲话.txt", "2023-04-12"),
        ("2023年/4.12秧田用电讲话.txt", "2023-04-12"),
        ("2023-04-12 秧田用电现场会/镇长讲话.txt", "2023-04-12@folder"),
        ("2022年/20230412秧田用电讲话.txt", "2023-04-12"),
        ("2023年/3月/20230412秧田用电讲话.txt", "2023-04-12"),
        ("秧田用电讲话_20230412_0415修改.txt", "2023-04-12"),
        ("2024年讲话/2023年4月/秧田用电讲话.txt", "2023-04@folder"),
    ],
)  # fmt: skip
def test_a_date_in_a_name_is_the_speech_s(path: str, date: str) -> None:
    assert told(path)["date"] == date


@pytest.mark.parametrize(
    "path",
    [
        "20231399 秧田用电讲话.txt",
        "20230230秧田用电讲话.txt",
        "2023-13-01秧田用电讲话.txt",
        "18990412 秧田用电讲话.txt",
        "4月12日秧田用电讲话.txt",
        "0412秧田用电讲话.txt",
        "200412 秧田用电讲话.txt",
        "13920230412.txt",
        "秧田用电讲话（20230412修改稿）.txt",
        "秧田用电讲话（4月15日定稿）.txt",
        "20230412 20230519 秧田用电讲话.txt",
        "2019-2023/秧田用电讲话.txt",
        "2019年至2023年讲话汇编/秧田用电讲话.txt",
        "第2023号秧田用电讲话.txt",
        "秧农〔2023〕7号.txt",
        "IMG_20230412_093012.txt",
        "IMG20230412093012.txt",
        "微信图片_20230412093012.txt",
        "微信图片_20230412093012_副本.txt",
        "mmexport1681263012345.txt",
        "Screenshot_2023-04-12-09-30-12.txt",
        "屏幕截图 2023-04-12 093012.txt",
        "扫描件20230412.txt",
        "扫描20230412秧田用电讲话.txt",
        "秧田用电讲话_20230412093012.txt",
        "P020230412345678901234.txt",
        "新建文本文档.txt",
        "",
        ".txt",
        "讲话.txt",
    ],
)
def test_what_can_not_be_the_day_of_a_speech_is_none(path: str) -> None:
    assert "date" not in told(path)


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("01.在全镇秧田用电会议上的讲话.txt", "在全镇秧田用电会议上的讲话"),
        ("3、在全镇秧田用电会议上的讲话.txt", "在全镇秧田用电会议上的讲话"),
        ("（二）在全镇秧田用电会议上的讲话.txt", "在全镇秧田用电会议上的讲话"),
        ("附件1：在全镇秧田用电会议上的讲话.txt", "在全镇秧田用电会议上的讲话"),
        ("在全镇秧田用电会议上的讲话(1).txt", "在全镇秧田用电会议上的讲话"),
        ("在全镇秧田用电会议上的讲话（最终版）(2).txt", "在全镇秧田用电会议上的讲话"),
        ("（定稿）在全镇秧田用电会议上的讲话.txt", "在全镇秧田用电会议上的讲话"),
        ("定稿-在全镇秧田用电会议上的讲话.txt", "在全镇秧田用电会议上的讲话"),
        ("在全镇秧田用电会议上的讲话_修改稿.txt", "在全镇秧田用电会议上的讲话"),
        ("在全镇秧田用电会议上的讲话修改稿3.txt", "在全镇秧田用电会议上的讲话"),
        ("在全镇秧田用电会议上的讲话 - 副本.txt", "在全镇秧田用电会议上的讲话"),
        ("在全镇秧田用电会议上的讲话 - 副本 (2).txt", "在全镇秧田用电会议上的讲话"),
        ("在全镇秧田用电会议上的讲话v2.1.txt", "在全镇秧田用电会议上的讲话"),
        ("在全镇秧田用电会议上的讲话-秧农政务网.txt", "在全镇秧田用电会议上的讲话"),
        ("【秧农公文网】在全镇秧田用电会议上的讲话.txt", "在全镇秧田用电会议上的讲话"),
        ("www.yangnong.com_在全镇秧田用电会议上的讲话.txt", "在全镇秧田用电会议上的讲话"),
        ("20230412_在全镇秧田用电会议上的讲话_终稿.txt", "在全镇秧田用电会议上的讲话"),
        ("《在全镇秧田用电会议上的讲话》.txt", "在全镇秧田用电会议上的讲话"),
        ("关于管好秧田用电的讲话_最终版.txt", "关于管好秧田用电的讲话"),
        ("在2023年4月12日全镇秧田用电会议上的讲话.txt", "在2023年4月12日全镇秧田用电会议上的讲话"),
    ],
)
def test_a_title_is_told_without_what_was_put_around_it(path: str, title: str) -> None:
    assert told(path)["title"] == title
    assert complete(Metadata(), path).title == Known(title, Provenance.FILE_NAME)


@pytest.mark.parametrize(
    "path",
    [
        "讲话.txt",
        "齐向东讲话.txt",
        "镇长讲话.txt",
        "秧田用电.txt",
        "秧农通报2023年第3期.txt",
        "微信图片_1.txt",
        "终稿.txt",
    ],
)
def test_words_that_are_no_title_are_none(path: str) -> None:
    assert "title" not in told(path)


@pytest.mark.parametrize(
    ("path", "speaker", "role"),
    [
        ("齐向东镇长在全镇秧田用电会议上的讲话.txt", "齐向东", "镇长"),
        ("镇长齐向东在全镇秧田用电会议上的讲话.txt", "齐向东", "镇长"),
        ("镇长 王 强 在全镇秧田用电会议上的讲话.txt", "王强", "镇长"),
        ("王强镇长在全镇秧田用电会议上的讲话.txt", "王强", "镇长"),
        ("齐向东同志在全镇秧田用电会议上的讲话.txt", "齐向东", ""),
        ("齐向东：在全镇秧田用电会议上的讲话.txt", "齐向东", ""),
        ("欧阳青在全镇秧田用电会议上的讲话.txt", "欧阳青", ""),
        ("欧阳青山在全镇秧田用电会议上的讲话.txt", "欧阳青山", ""),
        ("李国庆在国庆节前会议上的讲话.txt", "李国庆", ""),
        ("齐向东讲话.txt", "齐向东", ""),
        ("齐向东春节前讲话.txt", "齐向东", ""),
        ("齐向东_镇党委书记_秧田用电会议讲话_20230412.txt", "齐向东", "镇党委书记"),
        ("秧田用电会议讲话（齐向东）.txt", "齐向东", ""),
        ("齐向东（镇党委书记）秧田用电讲话.txt", "齐向东", "镇党委书记"),
        ("齐书记讲话.txt", "", "书记"),
        ("青禾县县长讲话.txt", "", "青禾县县长"),
        ("镇长讲话.txt", "", "镇长"),
        ("齐某某镇长在全镇秧田用电会议上的讲话.txt", "", "镇长"),
        ("齐某某讲话.txt", "", ""),
        ("齐××讲话.txt", "", ""),
        ("齐向东/在全镇秧田用电会议上的讲话.txt", "齐向东@folder", ""),
        ("镇领导/齐向东/讲话.txt", "齐向东@folder", ""),
        ("镇领导/王强/讲话.txt", "王强@folder", ""),
        ("镇领导/02王强同志/讲话.txt", "王强@folder", ""),
        ("镇长齐向东/讲话.txt", "齐向东@folder", "镇长@folder"),
        ("齐向东讲话集/秧田用电讲话.txt", "齐向东@folder", ""),
        ("齐向东/王强镇长讲话.txt", "王强", "镇长"),
        ("镇党委书记/秧田用电讲话.txt", "", "镇党委书记@folder"),
        ("王强/讲话.txt", "", ""),
        ("供电所所长齐向东2023-04-12秧田用电通报会.txt", "齐向东", "供电所所长"),
        ("秧田用电通报会2023-04-12齐向东.txt", "齐向东", ""),
        ("青禾农机集团2023安环会董事长讲话.txt", "", "董事长"),
        ("全镇安委会扩大会议镇长讲话.txt", "", "镇长"),
        ("2023年秧田用电大会总经理齐向东讲话.txt", "齐向东", "总经理"),
        ("青禾县管委会主任齐向东讲话.txt", "齐向东", "青禾县管委会主任"),
        ("县安委会主任讲话.txt", "", "县安委会主任"),
        ("县总工会主席讲话.txt", "", "县总工会主席"),
        ("安全讲话.txt", "", ""),
        ("国庆讲话.txt", "", ""),
        ("高考讲话.txt", "", ""),
        ("危化讲话.txt", "", ""),
        ("江西讲话.txt", "", ""),
        ("安全生产/全镇会议/讲话.txt", "", ""),
        ("水利局/农业农村局/讲话.txt", "", ""),
    ],
)
def test_who_spoke_is_told_by_names_of_persons_alone(path: str, speaker: str, role: str) -> None:
    found = told(path)
    assert (found.get("speaker", ""), found.get("role", "")) == (speaker, role)


@pytest.mark.parametrize(
    ("path", "occasion"),
    [
        ("在全镇秧田用电会议上的讲话.txt", "全镇秧田用电会议"),
        ("齐向东在全镇秧田用电会议上的讲话.txt", "全镇秧田用电会议"),
        ("20230412国庆节前秧田用电会议讲话(1).txt", "国庆节前秧田用电会议"),
        ("全镇秧田用电现场会.txt", "全镇秧田用电现场会"),
        ("全镇秧田用电现场会（齐向东）.txt", "全镇秧田用电现场会"),
        ("在2023年4月12日全镇秧田用电会议上的讲话.txt", "全镇秧田用电会议"),
        ("2023年春节前讲话.txt", "春节"),
        ("2023年/春节/齐向东讲话.txt", "春节@folder"),
        ("2023年/春节/全镇秧田用电会议讲话.txt", "全镇秧田用电会议"),
        ("2023年国庆中秋/讲话.txt", "国庆@folder"),
        ("全镇秧田用电会议/镇长讲话.txt", "全镇秧田用电会议@folder"),
        ("供电所所长齐向东2023-04-12秧田用电通报会.txt", "秧田用电通报会"),
        ("供电所所长齐向东20230412秧田用电通报会.txt", "秧田用电通报会"),
        ("供电所所长齐向东2023.4.12秧田用电通报会.txt", "秧田用电通报会"),
        ("供电所所长齐向东2023年4月12日秧田用电通报会.txt", "秧田用电通报会"),
        ("齐向东镇长2023年4月12日秧田用电会议讲话.txt", "秧田用电会议"),
        ("秧田用电通报会2023-04-12齐向东.txt", "秧田用电通报会"),
        ("2023-04-12_秧田用电通报会.txt", "秧田用电通报会"),
        ("在2023-04-12秧田用电警示会上的讲话.txt", "秧田用电警示会"),
        ("齐向东在“2023.4.12”触电警示会上的讲话.txt", "“2023.4.12”触电警示会"),
        ("20230412秧田用电电视电话会议齐镇长讲话.txt", "秧田用电电视电话会议"),
        ("青禾农机集团2023安环会董事长讲话.txt", "青禾农机集团2023安环会"),
        ("青禾县管委会主任讲话.txt", ""),
        ("关于管好秧田用电的讲话.txt", ""),
        ("青禾县安委会/讲话.txt", ""),
        ("大会/讲话.txt", ""),
    ],
)
def test_occasions_are_told_by_meetings_before_festivals(path: str, occasion: str) -> None:
    assert told(path).get("occasion", "") == occasion


def test_office_bulletin_and_place_are_told() -> None:
    assert told("青禾县应急管理局_全县秧田用电会议讲话.txt") == {
        "title": "全县秧田用电会议讲话",
        "occasion": "全县秧田用电会议",
        "organ": "青禾县应急管理局",
        "place": "青禾",
    }
    assert told("青禾政务通报2023年第3期.txt") == {"date": "2023年", "series": "青禾政务通报 第3期"}
    assert told("青禾县/讲话.txt") == {"place": "青禾@folder"}
    assert told("各县区/讲话.txt") == {}


def test_the_text_always_wins() -> None:
    own = Metadata(
        title=Known("在全镇秧田用电会议上的讲话", Provenance.EXPLICIT, Span(0, 13)),
        speaker=Known("齐向东", Provenance.EXPLICIT, Span(14, 17)),
        role=Known("镇长", Provenance.EXPLICIT, Span(18, 20)),
        date=Known("2023-04-12", Provenance.INFERRED, Span(21, 26)),
        occasion=Known("全镇秧田用电会议", Provenance.EXPLICIT, Span(1, 9)),
        place=Known("青禾", Provenance.INFERRED, Span(30, 32)),
    )
    path = "白桦县/2021年/王大力书记20210101在全县冬防大会上的讲话.txt"
    assert complete(own, path) == own
    silent = complete(Metadata(speaker=own.speaker), path)
    assert (silent.speaker, silent.role) == (own.speaker, Known())  # 书记 is what another person is
    assert silent.date == Known("2021-01-01", Provenance.FILE_NAME)


@pytest.mark.parametrize(
    ("own", "path", "date"),
    [
        ("4月12日", "20230412讲话.txt", Known("2023-04-12", Provenance.FILE_NAME, Span(3, 8))),
        ("4月12日", "2023年/讲话.txt", Known("2023-04-12", Provenance.FOLDER, Span(3, 8))),
        ("4月12日", "20230519讲话.txt", Known("4月12日", Provenance.PERIOD, Span(3, 8))),
        ("2023年", "20230412讲话.txt", Known("2023-04-12", Provenance.FILE_NAME, Span(3, 8))),
        ("2023年", "20210412讲话.txt", Known("2023年", Provenance.PERIOD, Span(3, 8))),
        ("2023年春季", "20230412讲话.txt", Known("2023-04-12", Provenance.FILE_NAME, Span(3, 8))),
        ("2023年下半年", "20230412讲话.txt", Known("2023年下半年", Provenance.PERIOD, Span(3, 8))),
    ],
)
def test_a_name_that_agrees_makes_a_date_of_the_text_whole(own: str, path: str, date: Known) -> None:
    text = Metadata(date=Known(own, Provenance.PERIOD, Span(3, 8)))
    assert complete(text, path).date == date


def test_the_speaker_of_a_report_and_the_day_of_a_paper_are_not_taken_from_names() -> None:
    report = complete(Metadata(genre=Genre.NEWS), "齐向东/20230412齐向东调研秧田用电.txt")
    assert (report.speaker, report.role) == (Known(), Known())
    issued = Known("2023-04-12", Provenance.EXPLICIT, Span(0, 9))
    paper = Metadata(genre=Genre.CIRCULAR, issued=issued)
    assert complete(paper, "20230412秧农通报.txt").date == Known()
    assert complete(paper, "20230410秧农通报.txt").date == Known("2023-04-10", Provenance.FILE_NAME)


def test_times_join_only_where_they_agree() -> None:
    year, month = When(2023), When(0, 4)
    assert month.joined(year) == When(2023, 4)
    assert When(2022, 4).joined(year) == When(2022, 4)
    assert When(2023, period="2023年下半年").joined(When(2023, 4)) == When(2023, period="2023年下半年")
    assert (When().text(), month.text(), year.text()) == ("", "", "2023年")


def test_a_silent_file_is_read_with_what_its_name_tells() -> None:
    text = "同志们：\n秧田里的电线一根一根查，破了皮的当天换掉，雨天一律断电。\n各村今晚就把名单报上来。\n"
    document = read_bytes(
        text.encode(), "2023年/镇领导/0412 镇长齐向东在全镇秧田用电会议上的讲话（定稿）.txt"
    )
    assert document.metadata.title.text == "镇长齐向东在全镇秧田用电会议上的讲话"
    assert document.metadata.date.text == "2023-04-12"
    assert [(turn.speaker, turn.role) for turn in document.turns] == [("齐向东", "镇长")]
    passages = cut_passages(document, lambda texts, limit: [len(text) > limit for text in texts])
    assert {passage.header for passage in passages} == {"镇长齐向东在全镇秧田用电会议上的讲话｜齐向东，镇长"}
    names = build_names([document_info(document)])
    assert Field.PERSON in names.exact["齐向东"]
    assert names.by_month[2023, 4] == [0]


@given(st.text(max_size=60))
def test_any_name_is_taken_apart(name: str) -> None:
    parts = take_apart(name)
    assert all(piece for piece in parts.pieces)
    complete(Metadata(), name)
    complete(Metadata(), f"{name}/{name}.txt")


@given(
    st.lists(st.sampled_from("20230412年月日-_.（）() 讲话定稿副本齐向东在会上的v1、/"), max_size=40).map(
        "".join
    )
)
def test_any_name_of_these_parts_is_taken_apart(name: str) -> None:
    found = complete(Metadata(), name)
    assert found.date.provenance in {Provenance.NONE, Provenance.FILE_NAME, Provenance.FOLDER}
