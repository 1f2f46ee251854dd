"""Speeches printed by three programs in several layouts: every character and paragraph, and the outline."""

from __future__ import annotations

import difflib
import functools
import hashlib
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from retrieval.documents.read import read_bytes, read_document
from retrieval.documents.types import Document, Provenance, Span
from retrieval.readers.formats import FORMATS
from retrieval.readers.pdf import read
from retrieval.readers.places import located
from retrieval.readers.types import Kind, Reading
from retrieval.search.verify import Claim, Verdict, verify
from tests.retrieval.readers.outlines import outline
from tests.retrieval.readers.print_shop import (
    CHROMIUM,
    HAS_FONTS,
    KEPT,
    SAMPLE,
    SMALL_SAMPLE,
    SOFFICE,
    Layout,
    as_page,
    by_browser,
    by_office,
    by_reportlab,
)
from tests.retrieval.readers.printed_speeches import MINE, YARD, Block

INDENTED = Layout(head="内部资料　注意保存")
APART = Layout(indent=False, gap=10, size=12, leading=18, justified=False, title_size=18)
COLUMNS = Layout(columns=2, size=11, leading=17, head="恒波通讯　2025年第1期")
SPEECHES = {"mine": MINE, "yard": YARD}
LAYOUTS = {"indented": INDENTED, "apart": APART, "columns": COLUMNS}


PROGRAMS = ("reportlab", "office", "browser")


def needs(program: str, layout: str) -> None:
    """Skip what this machine can't print."""
    if program == "office" and layout == "columns":
        pytest.skip("the Word file of the test has one column")
    if program == "office" and SOFFICE is None:
        pytest.skip("LibreOffice is not installed")
    if program == "browser" and CHROMIUM is None:
        pytest.skip("Chromium is not installed")
    if program != "reportlab" and not HAS_FONTS:
        pytest.skip("no Chinese font is installed")


@functools.cache
def printed(program: str, speech: str, layout: str) -> bytes:
    blocks, form = SPEECHES[speech], LAYOUTS[layout]
    if program == "reportlab":
        return by_reportlab(blocks, form)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        if program == "office":
            return by_office(blocks, form, Path(folder))
        return by_browser(as_page(blocks, form), Path(folder))


def flat(text: str) -> str:
    return "".join(text.split())


def paragraphs(reading: Reading) -> list[str]:
    found: list[str] = []
    at = 0
    for line in reading.text.split("\n"):
        if not any(span.start <= at < span.end for span in reading.noise):
            found.append(flat(line))
        at += len(line) + 1
    return found


def alike(wanted: Sequence[str], found: Sequence[str]) -> int:
    blocks = difflib.SequenceMatcher(None, wanted, found, autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks)


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("speech", SPEECHES)
def test_a_print_gives_every_character_and_paragraph(speech: str, layout: str, program: str) -> None:
    needs(program, layout)
    reading = read(printed(program, speech, layout))
    wanted, found = [flat(block.text) for block in SPEECHES[speech]], paragraphs(reading)
    text, other = "".join(wanted), "".join(found)
    assert alike(text, other) >= 0.995 * max(len(text), len(other))
    # A row of a table that is cut by the end of a page comes as two.
    assert alike(wanted, found) >= len(wanted) - 1
    assert reading.warnings == ()
    assert reading.units[0].span.start == 0


OUTLINE = {
    "mine": [
        (1, "一、把汛期的风险看清楚"), (2, "（一）雨情和往年不一样"), (2, "（二）老库旧账还没有还完"),
        (3, "1.设施的账"), (3, "2.人员的账"), (4, "（1）缺的人要补齐"), (4, "（2）无证的人要换下来"),
        (1, "二、把要害部位守牢靠"), (2, "（一）尾矿库要降水位、留库容"),
        (2, "（二）地下矿山要防透水、防淹井"), (2, "（三）露天采场要防滑坡、防坍塌"),
        (1, "三、把应急准备做扎实"), (2, "1.预警要叫得应"), (2, "2.队伍要拉得出"), (2, "3.群众要撤得下"),
        (1, "四、把责任压到每一级"), (2, "（一）企业是第一责任人"), (2, "（二）部门要管到现场"),
        (2, "（三）追责要追到人"),
    ],
    "yard": [
        (1, "第一件事，动火不能凭感觉"), (1, "第二件事，登高不能靠胆子"), (1, "第三件事，吊装不能图省事"),
    ],
}  # fmt: skip
SAID = {
    "mine": ("在全市非煤矿山和尾矿库汛期安全生产工作推进会议上的讲话", "陶景川", "市委副书记、市长",
             "2024-05-17", "全市非煤矿山和尾矿库汛期安全生产工作推进会议"),
    "yard": ("在恒波造船厂“复工第一课”安全大会上的讲话", "简维川", "总经理",
             "2025-02-06", "恒波造船厂“复工第一课”安全大会"),
}  # fmt: skip


def said(document: Document) -> tuple[str, ...]:
    metadata = document.metadata
    known = (metadata.title, metadata.speaker, metadata.role, metadata.date, metadata.occasion)
    return tuple(one.text for one in known)


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("speech", SPEECHES)
def test_a_print_gives_the_outline_and_who_spoke_when(
    speech: str, layout: str, program: str, tmp_path: Path
) -> None:
    needs(program, layout)
    path = tmp_path / "print.pdf"
    path.write_bytes(printed(program, speech, layout))
    document = read_document(path, tmp_path)
    # reportlab prints headings as it prints the text: those without a number can't be seen.
    is_plain = program == "reportlab" and speech == "yard"
    assert outline(document.sections) == ([] if is_plain else OUTLINE[speech])
    assert said(document) == SAID[speech]
    assert document.warnings == ()


@pytest.mark.parametrize(("name", "blocks"), [("libreoffice", SAMPLE), ("chromium", SMALL_SAMPLE)])
def test_kept_prints_give_every_paragraph_and_who_spoke_when(name: str, blocks: Sequence[Block]) -> None:
    reading = read((KEPT / f"{name}.pdf").read_bytes())
    assert paragraphs(reading) == [flat(block.text) for block in blocks]
    document = read_document(KEPT / f"{name}.pdf", KEPT)
    assert outline(document.sections)[:2] == OUTLINE["mine"][:2]
    assert said(document) == SAID["mine"]


def test_a_title_that_goes_on_is_one_line() -> None:
    document = read_bytes(printed("reportlab", "mine", "indented"), "print.pdf")
    title = document.metadata.title
    assert title.span is not None
    assert title.provenance is Provenance.EXPLICIT
    assert document.raw[title.span.start : title.span.end] == SAID["mine"][0]


def test_quotes_from_a_print_are_proved_and_named_by_their_pages(tmp_path: Path) -> None:
    data = printed("reportlab", "mine", "apart")
    (tmp_path / "a.pdf").write_bytes(data)
    document = read_bytes(data, "a.pdf")
    # Words on both sides of the ends of pages, the last of which is inside a paragraph.
    spans = [Span(one.span.end - 6, one.span.end + 6) for one in document.units[:3]]
    assert document.units[2].span.end == document.units[3].span.start
    claims = [
        Claim(
            number, "a.pdf", document.raw[span.start : span.end], span.start, span.end,
            hashlib.sha256(data).hexdigest(), FORMATS[Kind.PDF].reader,
        )
        for number, span in enumerate(spans, 1)
    ]  # fmt: skip
    assert {proof.verdict for proof in verify(claims, tmp_path)} == {Verdict.PROVED}
    wrong = replace(claims[0], text="不是这里的十二个字的话")
    assert verify([wrong], tmp_path)[0].verdict is Verdict.DIFFERS
    assert [located(document.units, span) for span in spans] == [
        "第1页至第2页",
        "第2页至第3页",
        "第3页至第4页",
    ]
    assert not any("—" in claim.text for claim in claims)
