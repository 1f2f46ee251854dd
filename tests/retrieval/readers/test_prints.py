"""Speeches printed by three programs in several layouts: every character and paragraph, and the outline."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from pathlib import Path

import pytest

from retrieval.readers.pdf import read
from retrieval.readers.types import Reading
from tests.retrieval.readers.print_shop import (
    CHROMIUM,
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


def print_it(program: str, blocks: Sequence[Block], layout: Layout, folder: Path) -> bytes:
    if program == "reportlab":
        return by_reportlab(blocks, layout)
    if program == "office":
        if SOFFICE is None:
            pytest.skip("LibreOffice is not installed")
        return by_office(blocks, layout, folder)
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed")
    return by_browser(as_page(blocks, layout), folder)


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


@pytest.mark.parametrize("program", ["reportlab", "office", "browser"])
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("speech", SPEECHES)
def test_a_print_gives_every_character_and_paragraph(
    speech: str, layout: str, program: str, tmp_path: Path
) -> None:
    if program == "office" and layout == "columns":
        pytest.skip("the Word file of the test has one column")
    blocks = SPEECHES[speech]
    reading = read(print_it(program, blocks, LAYOUTS[layout], tmp_path))
    wanted, found = [flat(block.text) for block in blocks], paragraphs(reading)
    text, other = "".join(wanted), "".join(found)
    assert alike(text, other) >= 0.995 * max(len(text), len(other))
    # A row of a table that is cut by the end of a page comes as two.
    assert alike(wanted, found) >= len(wanted) - 1
    assert reading.warnings == ()
    assert reading.units[0].span.start == 0
