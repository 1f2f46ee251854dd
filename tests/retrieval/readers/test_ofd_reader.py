"""OFD as several programs write it: every character and paragraph, and what is no part of the text."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.errors import DocumentError
from retrieval.documents.read import read_bytes
from retrieval.documents.types import ReadWarning, Span
from retrieval.readers import ofd
from retrieval.readers.places import located
from retrieval.readers.types import Reading
from retrieval.search.verify import Claim, Verdict, verify
from tests.retrieval.readers.ofd_press import (
    Placed,
    by_characters,
    by_runs,
    by_steps,
    document,
    drawn,
    layer,
    printed,
    root,
    text,
    typeset,
)
from tests.retrieval.readers.ofd_press import ofd as ofd_file
from tests.retrieval.readers.office import package
from tests.retrieval.readers.printed_speeches import MINE, YARD
from tests.retrieval.readers.test_prints import alike, flat, paragraphs

HEAD = layer(text("内部资料　注意保存", 80, 20) + drawn([(28, 22, 182, 22)]))
PICTURE = layer('<ofd:ImageObject ID="3" Boundary="0 0 210 297" ResourceID="5"/>')


def read(content: str, **options: str) -> Reading:
    return ofd.read(ofd_file([layer(content)], **options))  # type: ignore[arg-type]


@pytest.mark.parametrize("write", [by_steps, by_runs, by_characters])
@pytest.mark.parametrize("speech", [MINE, YARD], ids=["mine", "yard"])
@pytest.mark.parametrize("template", ["", HEAD], ids=["bare", "template"])
def test_every_character_and_paragraph_is_read(
    write: Callable[[Placed], str], speech: tuple[object, ...], template: str
) -> None:
    blocks = MINE if speech is MINE else YARD
    reading = ofd.read(printed(blocks, write, template=template, prefix=write is by_steps))
    wanted, found = [flat(block.text) for block in blocks], paragraphs(reading)
    one, other = "".join(wanted), "".join(found)
    assert alike(one, other) >= 0.995 * max(len(one), len(other))
    assert alike(wanted, found) >= len(wanted) - 1
    assert reading.warnings == ()
    aside = [flat(reading.text[span.start : span.end]) for span in reading.noise]
    assert any("—1—" in words for words in aside)
    assert any("内部资料" in words for words in aside) == bool(template)


def test_a_speech_is_read_as_a_text_file_is_and_its_quotes_are_proved(tmp_path: Path) -> None:
    data = printed(MINE, by_steps)
    (tmp_path / "a.ofd").write_bytes(data)
    found = read_bytes(data, "a.ofd")
    known = found.metadata
    assert (known.title.text, known.speaker.text, known.date.text) == (MINE[0].text, "陶景川", "2024-05-17")
    plain = read_bytes("\n".join(block.text for block in MINE).encode(), "a.txt")
    assert [one.title for one in found.sections] == [one.title for one in plain.sections]
    words = "四、把责任压到每一级"
    (page,) = (
        at for at, sheet in enumerate(typeset(MINE), 1) if any(line.text == words for line in sheet.lines)
    )
    assert page == 4
    at = found.raw.index(words)
    assert located(found.units, Span(at, at + len(words))) == "第4页"
    claim = Claim(1, "a.ofd", words, at, at + len(words), hashlib.sha256(data).hexdigest(), "ofd/1")
    assert verify([claim], tmp_path)[0].verdict is Verdict.PROVED


def test_steps_may_be_runs_fewer_than_characters_or_none() -> None:
    assert read(text("甲乙丙丁", 30, 40, code='DeltaX="g 2 5 6"')).text == "甲乙丙丁"
    assert read(text("甲乙12丙", 30, 40, code='DeltaX="5"')).text == "甲乙12丙"
    assert read(text("甲乙", 30, 40) + text("丙", 40, 40)).text == "甲乙丙"
    assert read(text("甲乙", 30, 40, code='DeltaX="g 99999999999 5"')).text == "甲乙"
    # Steps that leave a hole part the words.
    assert "\t" in read(text("甲乙", 30, 40, code='DeltaX="60"')).text


def test_matrices_move_and_scale() -> None:
    moved = text("前", 30, 40) + text("后", 30, 40, 'CTM="1 0 0 1 5 0"')
    assert read(moved).text == "前后"
    doubled = text("甲乙", 30, 40, 'CTM="0.5 0 0 0.5 0 0"') + text("丙", 35, 40, 'CTM="0.5 0 0 0.5 0 0"')
    assert read(doubled).text == "甲乙丙"


def test_what_nobody_sees_is_left_out() -> None:
    shown = text("看得见", 30, 40)
    clear = text("透明", 60, 40).replace(
        "<ofd:TextCode", '<ofd:FillColor Value="0 0 0" Alpha="0"/><ofd:TextCode'
    )
    tiny = text("太小", 60, 40, 'CTM="0.1 0 0 0.1 0 0"')
    assert read(shown + text("藏", 60, 40, 'Visible="false"') + clear + tiny).text == "看得见"


def test_words_set_askew_are_no_text() -> None:
    reading = read(text("正文在这里。", 30, 40) + text("水印", 60, 90, 'CTM="0.7 -0.7 0.7 0.7 0 0"'))
    assert reading.text == "正文在这里。\n水印"
    assert [reading.text[span.start : span.end] for span in reading.noise] == ["水印"]


def test_composites_are_drawn_where_they_are_used() -> None:
    unit = (
        '<ofd:Res xmlns:ofd="http://www.ofdspec.org/2016"><ofd:CompositeGraphicUnits>'
        '<ofd:CompositeGraphicUnit ID="70" Width="9" Height="9"><ofd:Content>'
        + text("公章", 0, 5)
        + '<ofd:CompositeObject ID="71" ResourceID="70" Boundary="0 9 9 9"/>'
        "</ofd:Content></ofd:CompositeGraphicUnit></ofd:CompositeGraphicUnits></ofd:Res>"
    )
    used = layer('<ofd:CompositeObject ID="8" ResourceID="70" Boundary="30 40 9 9"/>')
    with pytest.raises(DocumentError) as caught:  # a unit that holds itself
        ofd.read(ofd_file([used], extra={"Doc_0/PublicRes.xml": unit}))
    assert caught.value.key == "documents.hostile"
    flat_unit = unit.replace('ResourceID="70" Boundary="0 9', 'ResourceID="1" Boundary="0 9')
    assert ofd.read(ofd_file([used], extra={"Doc_0/PublicRes.xml": flat_unit})).text == "公章"


def test_several_documents_are_read_one_after_the_other() -> None:
    members: dict[str, str | bytes] = {
        "OFD.xml": root(("甲的讲话", "Doc_0/Document.xml"), ("", "Doc_1/Document.xml"))
    }
    for number, words in enumerate(("第一篇在这里。", "第二篇在这里。")):
        for name, content in document([layer(text(words, 30, 60))]).items():
            members[f"Doc_{number}/{name}"] = content
    reading = ofd.read(package(members))
    assert reading.text == "第一篇在这里。\n第二篇在这里。"
    assert [unit.name for unit in reading.units] == ["第1页", "第2页"]
    assert reading.title == "甲的讲话"


def test_pages_that_are_missing_or_pictures_are_told() -> None:
    pages = [layer(text("只有这一页有字。", 30, 60)), PICTURE, "<ofd:broken"]
    assert ofd.read(ofd_file(pages)).warnings == (ReadWarning.PARTLY_READ, ReadWarning.SCANNED_PAGES)


def test_the_title_of_the_information_is_taken_unless_it_is_the_name_of_a_file() -> None:
    assert read(text("正文。", 30, 60), title="防汛讲话").title == "防汛讲话"
    assert read(text("正文。", 30, 60), title="新建文档.docx").title == ""


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (ofd_file([PICTURE, PICTURE]), "documents.scan"),
        (ofd_file([layer("")]), "documents.empty"),
        (ofd_file(["<ofd:broken"]), "documents.damaged"),
        (ofd_file([layer("x")], inside="<ofd:Encryptions>a</ofd:Encryptions>"), "documents.encrypted"),
        (ofd_file([layer("x")], extra={"decryptseed.dat": b"x"}), "documents.encrypted"),
        (package({"ofd.xml": "<broken"}), "documents.damaged"),
        (package({"OFD.xml": '<!DOCTYPE a [<!ENTITY b "c">]><a/>'}), "documents.hostile"),
        (ofd_file([layer("<ofd:PageBlock>" * 30 + "</ofd:PageBlock>" * 30)]), "documents.hostile"),
        (ofd_file([layer(text("甲", 30, 60))] * 3_001), "documents.too_many_pages"),
    ],
)  # fmt: skip
def test_what_can_not_be_read_is_told(data: bytes, key: str) -> None:
    with pytest.raises(DocumentError) as caught:
        ofd.read(data)
    assert caught.value.key == key


NUMBERS = st.sampled_from(["0", "5", "-3", "1e9", "nan", "inf", "x", "", "g", "g 3", "g -1 5", "g 9999999 1"])


@given(
    NUMBERS,
    NUMBERS,
    NUMBERS,
    NUMBERS,
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=9),
)
def test_any_numbers_give_a_reading_or_an_error_of_documents(
    x: str, y: str, size: str, steps: str, words: str
) -> None:
    one = text(words, 30, 60, f'CTM="{x} {y} 0 1 0 0"', f'DeltaX="{steps} {x}" DeltaY="{y}"')
    one = one.replace('Size="5"', f'Size="{size}"')
    path = f'<ofd:PathObject Boundary="{x} {y} 9 9"><ofd:AbbreviatedData>M {x} {y} L 5 {steps} C B 1 1'
    path += "</ofd:AbbreviatedData></ofd:PathObject>"
    try:
        first = read(one + path)
    except DocumentError:
        return
    assert read(one + path) == first
