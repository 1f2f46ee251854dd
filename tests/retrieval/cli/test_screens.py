"""What people see of citations and excerpts, on a terminal of a known width and in a pipe."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from config.messages import Language
from retrieval.cli.citations import (
    best_words,
    byline_of,
    quoted_words,
    show_hit,
    show_near,
    show_sources,
    show_topics,
    title_of,
)
from retrieval.cli.excerpt import excerpt, whole_document
from retrieval.cli.screen import FOUND, STRONG, Screen, styled
from retrieval.cli.state import State
from retrieval.cli.terminal import columns, visible
from retrieval.documents.read import read_bytes
from retrieval.documents.types import Span
from retrieval.types import DocumentInfo, Hit, Passage, Place, Quote, Sentence

STATE = State(Language.ZH, "anjiang")


def printed(width: int | None = None) -> tuple[Screen, io.StringIO]:
    out = io.StringIO()
    console = Console(file=out, width=width or 80, force_terminal=width is not None, no_color=True)
    return Screen(console), out


def info(path: str = "a.txt", title: str = "在会议上的讲话", **values: str | None) -> DocumentInfo:
    known: dict[str, Any] = dict.fromkeys(("speaker", "role", "date", "occasion", "organ", "series", "place"))
    return DocumentInfo(path, path, "0" * 64, title, **{**known, **values})


def quote(document: DocumentInfo, start: int, section: tuple[str, ...] = (), speaker: str = "") -> Quote:
    return Quote("引文。", Span(start, start + 3), document, section, speaker, "", "p")


def passage(text: str, section: tuple[str, ...] = ("一、总则",), speaker: str = "") -> Passage:
    spans = (Span(0, len(text)),)
    return Passage("p", "a.txt", 0, section, speaker, "", spans, text, "", (Sentence(text, spans[0]),))


def lines(out: io.StringIO) -> list[str]:
    import re

    return re.sub(r"\x1b\[[0-9;]*m", "", out.getvalue()).splitlines()


def test_each_document_is_named_once_above_its_quotes() -> None:
    screen, out = printed()
    first = info(speaker="周启明", role="市长", date="2024-01-24")
    second = info("b.txt", "", date="2023")
    show_sources(
        screen,
        STATE,
        (quote(first, 5, ("一、甲", "（一）乙")), quote(second, 7), quote(first, 9, ("二、丙",))),
    )
    assert lines(out) == [
        "《在会议上的讲话》  周启明 市长 · 2024-01-24",
        "[1] 一、甲 › （一）乙  a.txt:5-8",
        "[3] 二、丙  a.txt:9-12",
        "b.txt  2023",
        "[2] b.txt:7-10",
    ]


def test_speaker_is_named_where_the_document_has_another() -> None:
    screen, out = printed()
    document = info(speaker="甲")
    show_sources(screen, STATE, (quote(document, 0, ("一",), "甲"), quote(document, 4, ("一",), "乙")))
    assert lines(out)[1:] == ["[1] 一  a.txt:0-3", "[2] 乙： 一  a.txt:4-7"]


def test_whoever_is_quoted_within_is_named_as_quoted() -> None:
    screen, out = printed()
    cited = replace(quote(info(speaker="甲"), 0, ("一",), "甲"), quoted_speaker="丙、丁")
    show_sources(screen, STATE, (cited,))
    assert lines(out)[1:] == ["[1] 一 （引丙、丁）  a.txt:0-3"]


def test_place_that_does_not_fit_goes_below_in_one_piece() -> None:
    screen, out = printed(30)
    show_sources(screen, STATE, (quote(info(), 100, ("一、落实安全生产责任",)),))
    assert lines(out) == ["《在会议上的讲话》", "[1] 一、落实安全生产责任", "    a.txt:100-103"]


def test_occasion_is_told_unless_the_title_names_it() -> None:
    assert byline_of(info(occasion="会议")) == ""
    assert byline_of(info(occasion="全市动员大会", date="2024")) == "2024 · 全市动员大会"
    assert title_of(info(title="《讲话》")) == "《讲话》"
    assert title_of(info("x/b.txt", "")) == "b.txt"


@pytest.mark.parametrize("width", [None, 40])
def test_nothing_in_a_document_steers_the_terminal(width: int | None) -> None:
    screen, out = printed(width)
    evil = "\x1b[2J[red]题\u202e\x07"
    document = info(title=evil, speaker=evil, occasion="x" + evil)
    hit = Hit(passage(evil, (evil,), evil), document, 0.5)
    show_sources(screen, STATE, (quote(document, 0, (evil,), evil),))
    show_hit(screen, STATE, 1, hit, evil)
    show_topics(screen, (hit,))
    screen.quote(styled(evil), "[1]")
    text = "\n".join(lines(out))
    assert "[red]" in text
    assert "\x07" not in text
    assert "\u202e" not in text
    assert "\x1b" not in text


def test_hit_shows_its_section_words_place_and_how_often_it_is_said() -> None:
    screen, out = printed()
    place = Place(info("b.txt"), "q", Span(0, 3))
    hit = Hit(passage("要值班。", speaker="乙"), info(speaker="甲", date="2024"), 0.456, ("bm25",), (place,))
    show_hit(screen, STATE, 2, hit, "值班")
    assert lines(out) == [
        "2.  一、总则",
        "    《在会议上的讲话》  甲 · 2024",
        "    要值班。",
        "    乙 · a.txt:0-4 · 0.46 · 另有 1 处相同",
    ]


def test_best_words_begin_at_the_nearest_sentence_and_mark_what_is_shared() -> None:
    sentences = tuple(
        Sentence(text, Span(0, 1)) for text in ("检查消防。", "落实值班制度。", "值班电话畅通。")
    )
    shown = best_words(sentences, "值班制度")
    assert shown.plain == "…落实值班制度。值班电话畅通。"
    marked = {shown.plain[span.start : span.end] for span in shown.spans if span.style == FOUND}
    assert marked == {"值班", "班制", "制度"}
    assert best_words((), "值班").plain == ""
    long = best_words((Sentence("长" * 500, Span(0, 500)),), "无关")
    assert long.plain == "长" * 140 + "…"


SPEECH = (
    "在全市防汛工作会议上的讲话\n市长 何平\n（2024年5月6日）\n\n同志们：\n"
    + "\n".join(
        f"{mark}、落实第{mark}项责任\n" + "各地要把责任落实到岗位，落实到个人，不留空白。" * 8
        for mark in "一二三"
    )
    + "\n"
).encode()


def test_excerpt_marks_the_place_and_begins_at_a_sentence() -> None:
    document = read_bytes(SPEECH, "a.txt")
    start = document.raw.index("落实第二项责任")
    text, marks = excerpt(document, [Span(start, start + 7)])
    assert [text.plain[first:last] for first, last in marks] == ["落实第二项责任"]
    assert text.plain.startswith("各地要把责任")
    assert text.plain.endswith("不留空白。")
    assert len(text.plain) < 400


@given(st.data())
def test_excerpt_holds_every_marked_character(data: st.DataObject) -> None:
    document = read_bytes(SPEECH, "a.txt")
    cuts = sorted(data.draw(st.lists(st.integers(0, len(document.raw)), min_size=4, max_size=4, unique=True)))
    spans = [Span(cuts[0], cuts[1]), Span(cuts[2], cuts[3])]
    text, marks = excerpt(document, spans)
    for span, (first, last) in zip(spans, marks, strict=True):
        raw = visible(document.raw[span.start : span.end])
        assert text.plain[first:last].split() == raw.split()


def test_whole_document_is_the_file() -> None:
    document = read_bytes(SPEECH, "a.txt")
    text = whole_document(document)
    assert text.plain == document.raw
    strong = {text.plain[span.start : span.end].strip() for span in text.spans if span.style == "bold"}
    assert "一、落实第一项责任" in strong


@pytest.mark.parametrize("width", [24, 40, 100])
def test_terminal_lines_keep_the_width_and_carry_a_bar(width: int) -> None:
    screen, out = printed(width)
    screen.quote(styled("各地要把责任落实到岗位，落实到个人，不留空白。" * 3), "[1]")
    shown = lines(out)
    assert shown[0].startswith("[1] ▎ 各地要把责任")
    assert all(line.startswith("    ▎ ") for line in shown[1:])
    assert max(map(columns, shown)) <= width
    assert "".join(line[6:] for line in shown) == "各地要把责任落实到岗位，落实到个人，不留空白。" * 3


def test_pipe_lines_are_not_broken() -> None:
    screen, out = printed()
    screen.quote(styled("很长的一句话。" * 50), "[1]")
    assert lines(out) == ["[1] " + "很长的一句话。" * 50]


def test_bold_marks_are_shown_as_bold_on_a_terminal_and_kept_in_a_pipe() -> None:
    text = "同志们。**一、查沟**要当天查完，**县里派人。\n**看住水库**"
    terminal, pipe = printed(60)[0], printed()[0]
    shown = quoted_words(terminal, text)
    assert shown.plain == "同志们。一、查沟要当天查完，**县里派人。\n看住水库"
    bold = [shown.plain[span.start : span.end] for span in shown.spans if span.style == STRONG]
    assert bold == ["一、查沟", "看住水库"]
    assert quoted_words(pipe, text).plain == text


def test_what_comes_nearest_names_its_page_or_paragraph() -> None:
    screen, out = printed()
    show_near(screen, STATE, (replace(quote(info(), 5), located="第3页"),))
    assert lines(out)[-1].endswith("a.txt:5-8 第3页")
