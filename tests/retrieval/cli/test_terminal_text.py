from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.cli.terminal import columns, line_spans, one_line, padded, visible, wrapped

TEXT = st.text(st.characters(exclude_categories=()), max_size=80)


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("\x1b[31m红\x1b[0m", "␛[31m红␛[0m"),
        ("\x1b]0;标题\x07", "␛]0;标题␇"),
        ("a\x00b\x7fc", "a␀b␡c"),
        ("\x9b2J", "\ufffd2J"),
        ("左\u202e右\u2066\u200b\ufeff", "左右"),
        ("一\r\n二\r三\n四", "一\n二\n三\n四"),
        ("一\t二\u2028三\x85四", "一 二 三 四"),
        ("\ud83d", "\ufffd"),
        ("《春节》，24时。 A-b", "《春节》，24时。 A-b"),
        ("全\u3000角\xa0格", "全\u3000角 格"),
        ("🎆", "🎆"),
    ],
)
def test_what_could_steer_a_terminal_is_shown_or_dropped(raw: str, shown: str) -> None:
    assert visible(raw) == shown


@given(TEXT)
def test_visible_text_is_harmless_and_can_be_printed(text: str) -> None:
    shown = visible(text)
    shown.encode("utf-8")
    assert not {unicodedata.category(character) for character in shown if character != "\n"} & {
        "Cc",
        "Cf",
        "Cs",
        "Zl",
        "Zp",
    }
    assert visible(shown) == shown


def test_one_line_has_no_breaks() -> None:
    assert one_line(" 上\n下\r\n\x1b[1m ") == "上 下 ␛[1m"


@pytest.mark.parametrize(
    ("text", "width"), [("", 0), ("abc", 3), ("安全", 4), ("（１）", 6), ("e\u0301", 1), ("🎆", 2), ("·", 1)]
)
def test_columns(text: str, width: int) -> None:
    assert columns(text) == width


def test_padding_counts_columns() -> None:
    assert padded("安全", 6) == "安全  "
    assert padded("安全生产", 6) == "安全生产"


def test_lines_break_at_the_width() -> None:
    assert wrapped("安全生产责任重于泰山", 8) == ["安全生产", "责任重于", "泰山"]


def test_closing_marks_do_not_begin_a_line() -> None:
    assert wrapped("安全生产，人人有责", 8) == ["安全生", "产，人人", "有责"]


def test_opening_marks_do_not_end_a_line() -> None:
    assert wrapped("学习讲话《通报》", 10) == ["学习讲话", "《通报》"]


def test_numbers_and_words_stay_whole() -> None:
    assert wrapped("在2024年1月", 4) == ["在", "2024", "年1", "月"]
    assert wrapped("ask the archive", 8) == ["ask the", "archive"]


def test_what_is_too_long_for_any_line_is_cut() -> None:
    assert wrapped("abcdefghij", 4) == ["abcd", "efgh", "ij"]


def test_without_a_width_only_line_feeds_break() -> None:
    assert wrapped("很长" * 100 + "\n二", None) == ["很长" * 100, "二"]


@given(st.text(st.sampled_from("安全，。（）《》 ab1\n🎆"), max_size=60), st.integers(2, 12))
def test_no_line_is_too_wide_and_only_spaces_are_lost(text: str, width: int) -> None:
    spans = line_spans(text, width)
    assert all(columns(text[start:end]) <= width for start, end in spans)
    kept = "".join(text[start:end] for start, end in spans)
    assert kept.replace(" ", "") == text.replace(" ", "").replace("\n", "")
    assert spans == sorted(spans)
