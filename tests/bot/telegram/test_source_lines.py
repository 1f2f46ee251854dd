"""The line that tells where a quote stands."""

from __future__ import annotations

from dataclasses import replace

from bot.telegram.rendering import quote_line
from config.messages import Language
from retrieval.documents.types import Span
from retrieval.types import DocumentInfo, Quote

SPEECH = DocumentInfo(
    "a",
    "a.docx",
    "0" * 64,
    "在秋收会议上的讲话",
    "乔木生",
    "县长",
    "2021-09-28",
    "秋收会议",
    None,
    None,
    None,
)
QUOTE = Quote("机手要有证。", Span(5, 11), SPEECH, ("一、查证",), "乔木生", "", "p")


def test_a_quote_names_its_page_or_paragraph_where_the_file_has_them() -> None:
    assert quote_line(QUOTE, Language.ZH) == "乔木生 县长 · 秋收会议 · 2021-09-28 · 一、查证"
    assert quote_line(replace(QUOTE, located="第3页"), Language.ZH).endswith("一、查证 · 第3页")


def test_whoever_is_quoted_within_is_named_as_quoted_in_the_readers_language() -> None:
    quoting = replace(QUOTE, quoted_speaker="沈若川")
    assert quote_line(quoting, Language.ZH).startswith("乔木生 县长 （引沈若川） · 秋收会议")
    assert quote_line(quoting, Language.EN).startswith("乔木生 县长 (quoting 沈若川) · 秋收会议")
