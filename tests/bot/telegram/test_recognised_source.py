from __future__ import annotations

import pytest

from bot.telegram.rendering import quote_line
from config.messages import Language
from retrieval.documents.types import Span
from retrieval.types import DocumentInfo, Quote

DOCUMENT = DocumentInfo(
    "0" * 16, "a.pdf", "0" * 64, "讲话", "邱望舒", "镇长", "2025-04-16", None, None, None, None, "scan/1"
)


@pytest.mark.parametrize(
    ("place", "line"),
    [
        ("第3页（识别）", "邱望舒 镇长 · 《讲话》 · 2025-04-16 · 二、转移 · 第3页（识别）"),
        ("第3页", "邱望舒 镇长 · 《讲话》 · 2025-04-16 · 二、转移 · 第3页"),
    ],
)
def test_a_source_says_that_its_words_were_recognised(place: str, line: str) -> None:
    quote = Quote("背也要背走", Span(0, 5), DOCUMENT, ("二、转移",), "邱望舒", "", "p", place)
    assert quote_line(quote, Language.ZH) == line
