"""The same speeches as Word files and web pages: every character in order, and the same outline."""

from __future__ import annotations

import difflib
import html
import io
from collections.abc import Callable
from pathlib import Path

import docx
import pytest

from retrieval.documents.decoding import decode
from retrieval.documents.read import read_bytes
from tests.retrieval.readers.office import docx as raw_docx
from tests.retrieval.readers.office import p
from tests.retrieval.readers.outlines import outline

ROOT = Path(__file__).resolve().parents[3]
SPEECHES = [
    *sorted((ROOT / "examples/speeches").glob("*讲话*.txt")),
    *sorted((ROOT / "tests/data/county").glob("*讲话.txt")),
]


def by_library(lines: list[str]) -> bytes:
    document = docx.Document()
    for line in lines:
        paragraph = document.add_paragraph()
        middle = len(line) // 2  # programs cut runs anywhere
        paragraph.add_run(line[:middle])
        paragraph.add_run(line[middle:])
    document.sections[0].header.paragraphs[0].text = "内部资料"
    document.sections[0].footer.paragraphs[0].text = "第 1 页"
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def by_hand(lines: list[str]) -> bytes:
    return raw_docx("".join(p(html.escape(line)) for line in lines))


def as_page(lines: list[str]) -> bytes:
    body = "\n".join(f"<p>{html.escape(line)}</p>" for line in lines)
    menu = "<ul class='menu'><li><a href='/'>首页</a></li><li><a href='/x'>信息公开</a></li></ul>"
    head = "<!DOCTYPE html><html><head><meta charset='gb2312'></head>"
    return f"{head}<body>{menu}<div>{body}</div></body></html>".encode("gb18030")


@pytest.mark.parametrize("make", [by_library, by_hand, as_page])
@pytest.mark.parametrize("path", SPEECHES, ids=lambda path: path.stem)
def test_a_speech_reads_the_same_from_every_format(path: Path, make: Callable[[list[str]], bytes]) -> None:
    data = path.read_bytes()
    text = read_bytes(data, path.name)
    lines = [line for line in decode(data).text.splitlines() if line.strip()]
    ending = "html" if make is as_page else "docx"
    other = read_bytes(make(lines), f"{path.stem}.{ending}")
    wanted, found = "".join("".join(lines).split()), "".join(other.raw.split()).removeprefix("首页信息公开")
    same = sum(
        block.size for block in difflib.SequenceMatcher(None, wanted, found, False).get_matching_blocks()
    )
    assert same >= 0.995 * max(len(wanted), len(found))
    assert outline(other.sections) == outline(text.sections)
    for name in ("title", "speaker", "role", "date", "occasion", "organ"):
        assert getattr(other.metadata, name).text == getattr(text.metadata, name).text
