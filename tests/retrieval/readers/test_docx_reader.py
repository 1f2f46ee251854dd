from __future__ import annotations

import pytest

from config.errors import DocumentError
from retrieval.documents.read import read_bytes
from retrieval.documents.types import ReadWarning, ZoneKind
from retrieval.readers.docx import read
from tests.retrieval.readers.office import W, abstract, docx, in_list, level, num, p, package, r, style
from tests.retrieval.readers.outlines import headings

TITLES = style("1", "heading 1") + style("2", "标题 2") + style("T", "Title") + style("M", "toc 1")
OFFICIAL = (
    abstract(
        0,
        level(0, "chineseCounting", "%1、"),
        level(1, "chineseCountingThousand", "（%2）"),
        level(2, "decimal", "%3."),
    )
    + num(1, 0)
    + num(2, 0, '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>')
)


def lines(body: str, **parts: str) -> list[str]:
    return read(docx(body, extra=None, **parts)).text.split("\n")


def test_chinese_numbers_are_written_out_and_restart_under_each_parent() -> None:
    body = (
        p("压实责任", in_list(1))
        + p("属地", in_list(1, 1))
        + p("部门", in_list(1, 1))
        + p("台账", in_list(1, 2))
        + p("各单位要逐条落实。")
        + p("严查隐患", in_list(1))
        + p("企业自查", in_list(1, 1))
    )
    assert lines(body, numbering=OFFICIAL) == [
        "一、压实责任", "（一）属地", "（二）部门", "1. 台账", "各单位要逐条落实。", "二、严查隐患",
        "（一）企业自查",
    ]  # fmt: skip


def test_lists_of_one_definition_count_on_unless_they_set_a_start() -> None:
    numbering = (
        abstract(0, level(0, "chineseCounting", "第%1章"))
        + num(1, 0)
        + num(3, 0)
        + (num(2, 0, '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'))
    )
    body = "".join(p(name, in_list(of)) for name, of in (("甲", 1), ("乙", 3), ("丙", 2), ("丁", 2)))
    assert lines(body, numbering=numbering) == ["第一章 甲", "第二章 乙", "第一章 丙", "第二章 丁"]


def test_a_list_begins_where_its_level_says() -> None:
    numbering = abstract(
        0, level(0, "decimal", "%1）").replace('w:start w:val="1"', 'w:start w:val="9"')
    ) + num(1, 0)
    assert lines(p("甲", in_list(1)) + p("乙", in_list(1)), numbering=numbering) == ["9）甲", "10）乙"]


def test_a_level_that_never_restarts_counts_through() -> None:
    numbering = abstract(
        0, level(0, "chineseCounting", "%1、"), level(1, "decimal", "%2、", '<w:lvlRestart w:val="0"/>')
    ) + num(1, 0)
    body = p("甲", in_list(1)) + p("子", in_list(1, 1)) + p("乙", in_list(1)) + p("丑", in_list(1, 1))
    assert lines(body, numbering=numbering) == ["一、甲", "1、子", "二、乙", "2、丑"]


def test_a_number_names_its_parents_in_digits_where_the_level_is_legal() -> None:
    levels = level(0, "chineseCounting", "%1、"), level(1, "decimal", "%1.%2", "<w:isLgl/>")
    body = p("甲", in_list(1)) + p("子", in_list(1, 1)) + p("丑", in_list(1, 1))
    assert lines(body, numbering=abstract(0, *levels) + num(1, 0)) == ["一、甲", "1.1 子", "1.2 丑"]


def test_headings_are_numbered_through_their_styles() -> None:
    styles = style("1", "heading 1", '<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr>') + style(
        "2", "heading 2", '<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr>'
    )
    levels = (
        level(0, "chineseCounting", "%1、", '<w:pStyle w:val="1"/>'),
        level(1, "chineseCounting", "（%2）", '<w:pStyle w:val="2"/>'),
    )
    out = '<w:pStyle w:val="1"/><w:numPr><w:numId w:val="0"/></w:numPr>'
    body = (
        p("甲", '<w:pStyle w:val="1"/>')
        + p("子", '<w:pStyle w:val="2"/>')
        + p("不编号", out)
        + p("乙", '<w:pStyle w:val="1"/>')
    )
    reading = read(docx(body, styles=styles, numbering=abstract(0, *levels) + num(1, 0)))
    assert headings(reading) == [("一、甲", 1), ("（一）子", 2), ("不编号", 1), ("二、乙", 1)]


@pytest.mark.parametrize(
    ("sign", "shown"),
    [("\uf06c", "● "), ("\uf0b7", "• "), ("◆", "◆ "), ("o", "• "), ("\uf020", "• "), ("", "")],
)
def test_bullets_stand_before_their_words(sign: str, shown: str) -> None:
    numbering = abstract(0, level(0, "bullet", sign)) + num(1, 0)
    assert lines(p("检查灭火器", in_list(1)), numbering=numbering) == [f"{shown}检查灭火器"]


def test_what_is_printed_around_the_text_and_beside_it_is_noise() -> None:
    kinds = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    names = {"header1": "header", "header2": "header", "footer1": "footer", "comments": "comments"}
    links = "".join(
        f'<Relationship Id="{name}" Type="{kinds}/{kind}" Target="{name}.xml"/>'
        for name, kind in names.items()
    )
    title = '<w:pStyle w:val="T"/>'
    inside = {
        "header1": p("内部资料　注意保存", title),
        "header2": p("内部资料　注意保存"),
        "footer1": p("青禾县安委办"),
        "comments": f"<w:comment>{p('这句再核一下')}</w:comment><w:comment>{p('已核')}</w:comment>",
    }
    roots = {"header": "hdr", "footer": "ftr", "comments": "comments"}
    extra: dict[str, str | bytes] = {
        f"word/{name}.xml": f'<w:{roots[kind]} xmlns:w="{W}">{inside[name]}</w:{roots[kind]}>'
        for name, kind in names.items()
    }
    relations = "http://schemas.openxmlformats.org/package/2006/relationships"
    extra["word/_rels/document.xml.rels"] = f'<Relationships xmlns="{relations}">{links}</Relationships>'
    reading = read(docx(p("同志们：") + p("护林员每天走两遍。"), extra=extra))
    shown = {unit.name: reading.text[unit.span.start : unit.span.end] for unit in reading.units}
    assert shown == {
        "第1段": "同志们：",
        "第2段": "护林员每天走两遍。",
        "页眉": "内部资料　注意保存",
        "页脚": "青禾县安委办",
        "批注1": "这句再核一下",
        "批注2": "已核",
    }
    assert [reading.text[span.start : span.end] for span in reading.noise] == list(shown.values())[2:]
    assert reading.title == ""
    speech = p("同志们：") + p("护林员每天走两遍，进山的人一个一个登记。") + p("二、防火的事")
    document = read_bytes(docx(speech, extra=extra), "a.docx")
    assert document.clean.text.endswith("二、防火的事")
    assert document.warnings == (ReadWarning.TRUNCATED,)
    assert [document.raw[z.span.start : z.span.end] for z in document.zones if z.kind is ZoneKind.NOISE] == [
        "内部资料　注意保存", "青禾县安委办", "这句再核一下", "已核",
    ]  # fmt: skip
    extra["word/footer1.xml"] = "<w:ftr"
    assert read(docx(p("同志们："), extra=extra)).warnings == (ReadWarning.PARTLY_READ,)


def test_headings_come_from_style_names_and_outline_levels() -> None:
    body = (
        p("冬季防火讲话", '<w:pStyle w:val="T"/>')
        + p("盯住火源", '<w:pStyle w:val="1"/>')
        + p("林区", '<w:pStyle w:val="2"/>')
        + p("坟头", '<w:outlineLvl w:val="2"/>')
        + p("值守要到人。", '<w:pStyle w:val="1"/><w:outlineLvl w:val="9"/>')
    )
    reading = read(docx(body, styles=TITLES))
    assert headings(reading) == [("盯住火源", 1), ("林区", 2), ("坟头", 3)]
    assert reading.title == "冬季防火讲话"


def test_bold_beginnings_are_headings_and_a_bold_document_has_none() -> None:
    bold = "<w:b/>"
    text = "镇里每天派两组人上山，带着水枪和铁锹，守到天黑再下来，遇到大风就守到半夜。"
    run_in = f"<w:p>{r('守住山口。', bold)}{r(text)}</w:p>"
    reading = read(docx(run_in + f"<w:p>{r('备足物资', bold)}</w:p>" + p(text)))
    assert headings(reading) == [("守住山口。", 0), ("备足物资", 0)]
    assert headings(read(docx("".join(f"<w:p>{r('全文加粗的一段话', bold)}</w:p>" for _ in range(5))))) == []


def test_inserted_text_stays_and_deleted_text_goes() -> None:
    body = (
        f"<w:p>{r('各村要')}<w:ins>{r('每日')}</w:ins><w:del><w:r><w:delText>每周</w:delText></w:r></w:del>"
        f"<w:moveFrom>{r('旧处')}</w:moveFrom><w:moveTo>{r('新处')}</w:moveTo>{r('巡查。')}</w:p>"
    )
    assert lines(body) == ["各村要每日新处巡查。"]


def test_a_deleted_paragraph_mark_joins_two_paragraphs() -> None:
    deleted = "<w:rPr><w:del/></w:rPr>"
    assert lines(p("前半句，", deleted) + p("后半句。") + p("下一段。")) == ["前半句，后半句。", "下一段。"]


def test_a_hidden_paragraph_mark_makes_a_run_in_heading() -> None:
    hidden = '<w:pStyle w:val="1"/><w:rPr><w:vanish/><w:specVanish/></w:rPr>'
    reading = read(docx(p("责任到人。", hidden) + p("谁的山头谁看守。"), styles=TITLES))
    assert reading.text == "责任到人。谁的山头谁看守。"
    assert headings(reading) == [("责任到人。", 1)]


def test_hidden_text_is_dropped() -> None:
    shown = '<w:vanish w:val="0"/>'
    assert lines(f"<w:p>{r('公开')}{r('密', '<w:vanish/>')}{r('部分', shown)}</w:p>") == ["公开部分"]


def test_of_a_field_the_result_is_shown() -> None:
    def mark(kind: str) -> str:
        return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'

    instruction = "<w:r><w:instrText> REF a \\h </w:instrText></w:r>"
    shown = f"{mark('separate')}{r('第三条')}{mark('end')}{r('。')}"
    body = f"<w:p>{r('见')}{mark('begin')}{instruction}{shown}</w:p>"
    assert lines(body) == ["见第三条。"]


def test_a_table_of_contents_is_noise() -> None:
    body = p("一、甲……1", '<w:pStyle w:val="M"/>') + p("甲这一段是正文。")
    reading = read(docx(body, styles=TITLES))
    assert [reading.text[one.start : one.end] for one in reading.noise] == ["一、甲……1"]
    assert [unit.name for unit in reading.units] == ["第1段"]


def test_tables_are_read_row_by_row_and_frames_as_text() -> None:
    def cell(*paragraphs: str) -> str:
        return f"<w:tc>{''.join(map(p, paragraphs))}</w:tc>"

    rows = (cell("乡镇") + cell("隐患"), cell("石桥") + cell("三", "处"))
    table = f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in rows)}</w:tbl>"
    frame = f"<w:tbl><w:tr>{cell('框里第一段。', '框里第二段。')}</w:tr></w:tbl>"
    reading = read(docx(p("开头。") + table + frame + p("结尾。")))
    assert reading.text.split("\n") == [
        "开头。",
        "乡镇\t隐患",
        "石桥\t三 处",
        "框里第一段。",
        "框里第二段。",
        "结尾。",
    ]
    names = ["第1段", "表1第1行", "表1第2行", "第2段", "第3段", "第4段"]
    assert [unit.name for unit in reading.units] == names
    assert [reading.text[unit.span.start : unit.span.end] for unit in reading.units] == reading.text.split(
        "\n"
    )


def test_a_text_box_is_read_once_behind_its_paragraph() -> None:
    box = f"<w:txbxContent>{p('框内的话。')}</w:txbxContent>"
    body = p(
        "正文。",
        inside="<w:r><mc:AlternateContent>"
        f'<mc:Choice Requires="wps"><w:drawing>{box}</w:drawing></mc:Choice>'
        f"<mc:Fallback><w:pict><v:shape>{box}</v:shape></w:pict></mc:Fallback>"
        "</mc:AlternateContent></w:r>",
    )
    assert lines(body + p("下文。")) == ["正文。", "框内的话。", "下文。"]


def test_content_controls_links_and_smart_tags_are_transparent() -> None:
    control = f"<w:sdt><w:sdtPr/><w:sdtContent>{p('控件里的段落。')}</w:sdtContent></w:sdt>"
    inside = f"<w:sdt><w:sdtContent>{r('行内')}</w:sdtContent></w:sdt><w:hyperlink>{r('链接')}</w:hyperlink>"
    assert lines(control + p("有", inside=f"{inside}<w:smartTag>{r('标签')}</w:smartTag>")) == [
        "控件里的段落。",
        "有行内链接标签",
    ]


def test_notes_stand_at_the_end_in_the_order_of_their_marks() -> None:
    def mark(note: int) -> str:
        return f'<w:r><w:footnoteReference w:id="{note}"/></w:r>'

    notes = "".join(f'<w:footnote w:id="{i}">{p(t)}</w:footnote>' for i, t in ((2, "先注"), (1, "后注")))
    body = p("数字", inside=mark(2) + r("属实") + mark(1) + r("。"))
    reading = read(docx(body, footnotes=notes))
    assert reading.text.split("\n") == ["数字属实。", "先注", "后注"]
    assert [unit.name for unit in reading.units] == ["第1段", "脚注1", "脚注2"]


def test_breaks_tabs_symbols_and_phonetic_guides() -> None:
    inside = (
        '<w:r><w:br/><w:t>次行</w:t><w:tab/><w:t>表</w:t><w:br w:type="page"/><w:sym w:font="Wingdings" '
        'w:char="F0FE"/><w:noBreakHyphen/></w:r>'
        f"<w:r><w:ruby><w:rt>{r('yán')}</w:rt><w:rubyBase>{r('严')}</w:rubyBase></w:ruby></w:r>"
    )
    assert read(docx(p("首行", inside=inside))).text == "首行\n次行\t表☑-严"


def test_strict_documents_are_read_too() -> None:
    main = "http://purl.oclc.org/ooxml/wordprocessingml/main"
    document = f'<w:document xmlns:w="{main}"><w:body>{p("严格格式。")}</w:body></w:document>'
    assert read(package({"word/document.xml": document})).text == "严格格式。"


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (b"PK\x03\x04 word/document.xml", "documents.damaged"),
        (docx(p("好"))[:-40], "documents.damaged"),
        (package({"word/styles.xml": "<a/>"}), "documents.damaged"),
        (package({"word/document.xml": "<w:document"}), "documents.damaged"),
        (package({"word/document.xml": "<w:document xmlns:w='x'/>"}), "documents.damaged"),
        (package({"word/document.xml": "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"}), "documents.hostile"),
        (
            package({"word/document.xml": "<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>"}),
            "documents.hostile",
        ),
        (docx(p("a" * (30 << 20))), "documents.bomb"),
        (docx("<w:p>" * 400 + "</w:p>" * 400), "documents.damaged"),
    ],
)
def test_broken_and_hostile_documents_are_refused(data: bytes, key: str) -> None:
    with pytest.raises(DocumentError) as caught:
        read(data)
    assert caught.value.key == key


def test_a_relation_that_climbs_out_of_the_package_finds_nothing() -> None:
    rels = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship '
        'Id="r" Type="a/styles" Target="../../../../etc/passwd"/></Relationships>'
    )
    assert read(docx(p("照读。"), extra={"word/_rels/document.xml.rels": rels})).text == "照读。"
