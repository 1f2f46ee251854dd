"""Word files all the way: found in an archive, read as a speech, stored, cited, proved."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
from typer.testing import CliRunner

from config.errors import DocumentError
from config.messages import Language
from retrieval.cli.app import build_app
from retrieval.documents.read import read_bytes
from retrieval.documents.types import Provenance, ReadWarning, Section, Span, Unit, ZoneKind
from retrieval.index import codec
from retrieval.index.archive import find_speeches
from retrieval.index.generation import open_generation
from retrieval.readers.formats import FORMATS, Format
from retrieval.readers.places import located
from retrieval.readers.types import Kind
from retrieval.search.verify import Claim, Verdict, verify
from tests.retrieval.index.helpers import FINGERPRINT, HashingEncoder, rebuild, write_archive
from tests.retrieval.readers.office import abstract, docx, in_list, level, num, p, package, r, style

STYLES = style("1", "heading 1") + style("2", "heading 2") + style("M", "toc 1")
NUMBERING = abstract(0, level(0, "chineseCounting", "%1、"), level(1, "chineseCounting", "（%2）")) + num(
    1, 0
)
BODY = (
    p("在全镇森林防火工作会议上的讲话")
    + p("沈柏川")
    + p("（2023年3月20日）")
    + p("一、看住山口……1", '<w:pStyle w:val="M"/>')
    + p("同志们：")
    + p("清明就在眼前，上坟的人多，风又大，今天开会就讲两件事。")
    + p("看住山口", in_list(1))
    + p("设卡", in_list(1, 1))
    + p("每个进山路口都要有人，带火种的一律不准进山，登记的本子要写清姓名和电话。")
    + p("巡山", in_list(1, 1))
    + p("护林员每天走两遍，发现烟点十分钟内报到镇里，不准自己上去打火。")
    + p("备足家伙", in_list(1))
    + p("水泵、水枪、油锯，月底前全部试一遍，坏的马上修，修不好的马上换。")
)
SPEECH = docx(BODY, styles=STYLES, numbering=NUMBERING)


def walk(sections: Iterable[Section], depth: int = 0) -> list[str]:
    return [line for one in sections for line in ("  " * depth + one.title, *walk(one.children, depth + 1))]


def test_a_word_file_is_read_as_a_text_file_is() -> None:
    document = read_bytes(SPEECH, "2023/防火.docx")
    assert document.reader == "docx/2"
    assert document.metadata.speaker.text == "沈柏川"
    assert document.metadata.date.text == "2023-03-20"
    assert walk(document.sections) == ["一、看住山口", "  （一）设卡", "  （二）巡山", "二、备足家伙"]
    assert document.warnings == ()
    noise = [zone.span for zone in document.zones if zone.kind is ZoneKind.NOISE]
    assert [document.raw[span.start : span.end] for span in noise] == ["一、看住山口……1"]
    at = document.raw.index("护林员")
    assert located(document.units, Span(at, at + 3)) == "第10段"


def test_styled_headings_without_numbers_nest_by_their_levels() -> None:
    def heading(text: str, level: int) -> str:
        return p(text, f'<w:pStyle w:val="{level}"/>')

    text = p("各村要当天开会当天传达，传达到每一户，尤其是在山脚下住的那些户。")
    body = (
        heading("火源", 1)
        + text
        + heading("坟头", 2)
        + text
        + heading("地头", 2)
        + text
        + heading("队伍", 1)
        + text
    )
    document = read_bytes(docx(p("同志们：") + text + body, styles=STYLES), "a.docx")
    assert walk(document.sections) == ["火源", "  坟头", "  地头", "队伍"]


def test_a_styled_heading_is_not_joined_with_the_paragraph_below() -> None:
    long = "坚持人民至上生命至上把清明期间森林草原防灭火各项任务一项一项落到村组户，确保不出事"
    body = p("同志们：") + p("今天开一个短会。") + p(long, '<w:pStyle w:val="1"/>') + p("各村先自查一遍。")
    assert [s.title for s in read_bytes(docx(body, styles=STYLES), "a.docx").sections] == [long]


def test_the_core_title_serves_where_the_text_has_none() -> None:
    kinds = "http://schemas.openxmlformats.org"
    core = (
        f'<cp:coreProperties xmlns:cp="{kinds}/package/2006/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>何启山在全县冬防会议上的讲话</dc:title>'
        "</cp:coreProperties>"
    )
    rels = (
        f'<Relationships xmlns="{kinds}/package/2006/relationships">'
        f'<Relationship Id="a" Target="word/document.xml" '
        f'Type="{kinds}/officeDocument/2006/relationships/officeDocument"/>'
        f'<Relationship Id="b" Target="docProps/core.xml" '
        f'Type="{kinds}/package/2006/relationships/metadata/core-properties"/>'
        "</Relationships>"
    )
    extra = {"_rels/.rels": rels, "docProps/core.xml": core}
    body = p("同志们：") + p("天冷了，取暖的炉子要一户一户看过去，烟道不通的当场疏通。")
    metadata = read_bytes(docx(body, extra=extra), "a.docx").metadata
    assert (metadata.title.text, metadata.title.provenance) == (
        "何启山在全县冬防会议上的讲话",
        Provenance.INFERRED,
    )
    assert (metadata.speaker.text, metadata.speaker.provenance) == ("何启山", Provenance.INFERRED)


def test_a_wrong_ending_works_and_is_told() -> None:
    assert read_bytes(SPEECH, "防火.txt").warnings == (ReadWarning.WRONG_ENDING,)
    text = "同志们：\n天冷了，取暖的炉子要一户一户看过去，烟道不通的当场疏通。\n".encode()
    document = read_bytes(text, "冬防.docx")
    assert (document.reader, document.warnings) == ("text/1", (ReadWarning.WRONG_ENDING,))


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (docx(""), "documents.empty"),
        (SPEECH[:-60], "documents.damaged"),
        (b"%PDF-1.4", "documents.damaged"),
        (package({"ppt/presentation.xml": "x"}), "documents.unsupported"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "documents.encrypted"),
    ],
)
def test_what_can_not_be_read_is_told_in_one_line_with_its_name(data: bytes, key: str) -> None:
    with pytest.raises(DocumentError) as caught:
        read_bytes(data, "2023/甲.docx")
    assert caught.value.key == key
    for language in Language:
        line = caught.value.text(language)
        assert line.startswith("2023/甲.docx")
        assert "\n" not in line


def test_an_archive_is_walked_by_content_where_endings_say_nothing(tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    archive.mkdir()
    for name, data in (
        ("a.docx", SPEECH), ("b", SPEECH), ("c.bak", SPEECH), ("d.bak", b"text"), ("~$a.docx", b"x"),
        ("e", b"Rar!\x1a\x07"),
    ):  # fmt: skip
        (archive / name).write_bytes(data)
    files, skipped = find_speeches(archive, tmp_path / "index", frozenset({".txt", ".docx"}))
    assert files == ["a.docx", "b", "c.bak"]
    assert [one.path for one in skipped] == ["d.bak", "e"]


def test_what_is_stored_is_what_was_read() -> None:
    document = read_bytes(SPEECH, "a.docx")
    record = codec.pack_document(document)
    again = codec.unpack_document(record, document_id=document.id, path="a.docx", sha256=document.sha256)
    assert again == document
    assert codec.document_info(document).reader == "docx/2"


def test_quotes_are_proved_by_reading_the_file_again(tmp_path: Path) -> None:
    (tmp_path / "a.docx").write_bytes(SPEECH)
    document = read_bytes(SPEECH, "a.docx")
    at = document.raw.index("护林员每天走两遍")
    claim = Claim(
        1, "a.docx", document.raw[at : at + 8], at, at + 8, hashlib.sha256(SPEECH).hexdigest(), "docx/2"
    )
    wrong = replace(claim, text="护林员每天走三遍")
    older = replace(wrong, reader="docx/0")
    verdicts = [proof.verdict for proof in verify([claim, wrong, older], tmp_path)]
    assert verdicts == [Verdict.PROVED, Verdict.DIFFERS, Verdict.OTHER_READER]
    (tmp_path / "a.docx").write_bytes(SPEECH[:-60])
    assert verify([claim], tmp_path)[0].verdict is Verdict.FILE_UNREADABLE


def test_places_are_named_by_the_units_that_they_touch() -> None:
    units = (Unit("第1段", Span(0, 4)), Unit("第2段", Span(5, 9)), Unit("表1第1行", Span(10, 12)))
    spans = {(0, 4): "第1段", (3, 6): "第1段至第2段", (5, 9): "第2段", (6, 12): "第2段至表1第1行", (4, 5): ""}
    assert {pair: located(units, Span(*pair)) for pair in spans} == spans
    assert located((), Span(0, 1)) == ""


def test_the_command_shows_what_one_file_gives(tmp_path: Path) -> None:
    (tmp_path / "防火.txt").write_bytes(SPEECH)
    app, path = build_app(Language.ZH), str(tmp_path / "防火.txt")
    shown = json.loads(CliRunner().invoke(app, ["read", path, "--json"]).stdout)
    assert (shown["reader"], shown["warnings"]) == ("docx/2", ["wrong_ending"])
    assert shown["metadata"]["speaker"] == {
        "value": "沈柏川",
        "provenance": "explicit",
        "start": 16,
        "end": 19,
    }
    assert shown["outline"][0]["sections"][1]["title"] == "（二）巡山"
    text = CliRunner().invoke(app, ["read", path]).stdout
    for words in ("docx/2", "扩展名与内容不符", "沈柏川  (原文写明 · 第2段 · 16-19)", "（二）巡山", "杂项"):
        assert words in text


def test_bold_beginnings_of_paragraphs_head_them() -> None:
    text = "每个路口两个人，一个登记一个检查，早上六点到岗，晚上十点撤岗，中间不准脱岗。"
    body = "".join(f"<w:p>{r(f'{what}。', '<w:b/>')}{r(text)}</w:p>" for what in ("人的事", "车的事"))
    document = read_bytes(docx(p("同志们：") + p("今天讲两件事。") + body), "a.docx")
    assert walk(document.sections) == ["人的事", "车的事"]


def test_a_new_version_of_a_reader_reads_its_files_again_and_no_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive, index = tmp_path / "archive", tmp_path / "index"
    write_archive(archive)
    (archive / "防火.docx").write_bytes(SPEECH)
    assert rebuild(archive, index).documents == 4
    assert rebuild(archive, index).generation is None
    newer = replace(FORMATS[Kind.DOCX], version=3)
    monkeypatch.setitem(cast("dict[Kind, Format]", FORMATS), Kind.DOCX, newer)
    encoder = HashingEncoder()
    report = rebuild(archive, index, encoder)
    assert (report.changed, report.unchanged, encoder.encoded) == (("防火.docx",), 3, [])
    with open_generation(index, FINGERPRINT) as generation:
        readers = {info.path: info.reader for info in generation.store.document_infos()}
    assert readers == {"1.txt": "text/1", "2.txt": "text/1", "3.txt": "text/1", "防火.docx": "docx/3"}
