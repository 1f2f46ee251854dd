"""The HTML report: self-contained, escaped, complete, in either language."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from config.messages import Language, message
from retrieval.documents.types import Span
from retrieval.evaluation.measures import MEASURES, Judged
from retrieval.evaluation.misses import MissKind, find_misses
from retrieval.evaluation.questions import Gold, Question
from retrieval.evaluation.report import BY_TYPE, About, html_report, measure_name
from retrieval.evaluation.summary import summary_of
from retrieval.types import DocumentInfo, Evidence, Hit, Passage, Quote

EVIL = "<script src='https://evil.example/x.js'>alert(\"1\")</script>&<img src=x onerror=alert(1)>{model}"
LANGUAGES = {Language.ZH: "zh-CN", Language.EN: "en"}
ABOUT = About("q.jsonl", "讲话稿", "model")
PAGE_TAGS = {"html", "head", "meta", "link", "title", "style", "body"}
TEXT_TAGS = {"h1", "h2", "h3", "h4", "p", "section", "div", "article", "blockquote", "ol", "li"}
SHAPE_TAGS = {"table", "tr", "th", "td", "small", "figure", "figcaption", "span", "bdi"} | {
    "svg", "line", "polyline", "circle", "text",
}  # fmt: skip
ALLOWED_TAGS = PAGE_TAGS | TEXT_TAGS | SHAPE_TAGS


class Reader(HTMLParser):
    """Collects tags, attributes and the text that a reader sees."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.words = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in ("meta", "link"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.words += data


def info(text: str) -> DocumentInfo:
    return DocumentInfo("d", f"{text}.txt", "0" * 64, text, None, None, None, None, None, None, None)


def judged(
    identity: str,
    rank: int,
    *,
    answered: bool = True,
    answerable: bool = True,
    text: str = "值班",
    facts: int = 0,
) -> Judged:
    """A question whose gold stands in the hit of that rank (0: in none); all foreign words are ``text``."""
    gold = Span(0, 10)
    spans = [gold if at == rank else Span(20, 30) for at in range(1, 8)]
    hits = tuple(
        Hit(Passage(str(at), "d", 0, (text,), "", "", (span,), f"{text}{at}", "", ()), info(text), 0.5)
        for at, span in enumerate(spans, 1)
    )
    quotes = (Quote(text, gold, info(text), (), "", "", "1"),) if answered else ()
    question = Question(
        identity,
        f"{text}怎么排",
        f"类{text}",
        (Gold(text, f"金{text}"),) if answerable else (),
        ("二十四小时",) * facts,
        answerable,
        before=(f"先问{text}",),
    )
    golds = ((f"{text}.txt", gold),) if answerable else ()
    return Judged(question, Evidence(text, quotes, hits, 0.5, answered), golds)


RUN = [
    judged("好", 1),
    judged("不全", 2, facts=1),
    judged("没找到", 6),
    judged("没找着", 0),
    judged("没答", 1, answered=False),
    judged("误答", 0, answerable=False),
    judged("不答", 0, answerable=False, answered=False),
]


def read(run: list[Judged], language: Language = Language.ZH, about: About = ABOUT) -> tuple[str, Reader]:
    page = html_report(summary_of(run), about, language)
    reader = Reader()
    reader.feed(page)
    assert reader.open == []
    return page, reader


def test_misses_by_kind() -> None:
    found = [(miss.kind, miss.judged.question.id) for miss in find_misses(RUN)]
    assert found == [
        (MissKind.NOT_FOUND, "没找到"),
        (MissKind.NOT_FOUND, "没找着"),
        (MissKind.DECLINED, "没答"),
        (MissKind.INCOMPLETE, "不全"),
        (MissKind.FALSE_ANSWER, "误答"),
    ]


def test_quotes_off_gold_are_a_miss() -> None:
    off = judged("别处", 1)
    (quote,) = off.evidence.quotes
    moved = Quote("值班", Span(20, 30), quote.document, (), "", "", "1")
    evidence = Evidence("问", (moved,), off.evidence.hits, 0.5, True)
    assert [miss.kind for miss in find_misses([Judged(off.question, evidence, off.gold)])] == [
        MissKind.INCOMPLETE
    ]


@pytest.mark.parametrize("language", Language)
def test_report_asks_nothing_of_the_network_and_runs_nothing(language: Language) -> None:
    page, reader = read(RUN, language)
    assert set(reader.tags) <= ALLOWED_TAGS
    addresses = [
        (tag, name, value) for tag, name, value in reader.attributes if name in ("href", "src", "xlink:href")
    ]
    assert addresses == [("link", "href", "data:,")]
    assert not any(name.startswith("on") for _, name, _ in reader.attributes)
    assert not re.search(r"https?://|url\(|@import|javascript:", page)
    (policy,) = [v for tag, name, v in reader.attributes if name == "content" and "default-src" in v]
    assert policy == "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def test_foreign_words_are_escaped_wherever_they_stand() -> None:
    run = [judged(EVIL, rank, text=EVIL, facts=1) for rank in (0, 2)]
    run.append(judged(EVIL, 0, text=EVIL, answerable=False))
    page, reader = read(run, about=About(EVIL, EVIL, EVIL))
    assert set(reader.tags) <= ALLOWED_TAGS
    assert "<script" not in page
    assert "<img" not in page
    assert not any("evil" in value for _, _, value in reader.attributes)
    # Nothing is lost, nothing filled in: every place shows the words as they are.
    assert reader.words.count(EVIL) == page.count("&lt;script") > 30


def test_hidden_characters_are_shown_and_directions_stay_inside() -> None:
    page, _ = read([judged("q", 0, text="a\u202eb\x07c\ud800d\ne")])
    page.encode("utf-8")
    assert "<bdi>a\ufffdb\ufffdc\ufffdd\ne" in page
    assert page.count("<bdi>") == page.count("</bdi>")


@pytest.mark.parametrize("language", Language)
def test_report_has_figures_curves_and_every_miss(language: Language) -> None:
    _, reader = read(RUN, language)
    text = reader.words
    assert all(measure_name(name, language) in text for name in MEASURES)
    assert reader.tags.count("svg") == 2
    assert reader.tags.count("polyline") == 1
    assert reader.tags.count("article") == 5
    for kind in MissKind:
        assert message(f"eval.miss_{kind.value}", language) in text
    for one in RUN:
        is_missed = any(miss.judged is one for miss in find_misses(RUN))
        assert (f"{one.question.id} · " in text) == is_missed
    # What was asked before, the gold with its rank, what was found instead: five hits, not seven.
    assert "先问值班 → 值班怎么排" in text
    assert message("eval.miss_rank", language, rank=6) in text
    assert message("eval.miss_never", language) in text
    assert "金值班" in text
    assert "值班5" in text
    assert "值班6" not in text
    assert "二十四小时" in text
    assert [value for _, name, value in reader.attributes if name == "lang"] == [LANGUAGES[language]]


def test_columns_by_type_are_measures() -> None:
    assert set(BY_TYPE) <= set(MEASURES)


def test_points_of_the_curve_are_where_they_belong() -> None:
    """The unit square is 300 wide: (0, 0) at 52,312 and (1, 1) at 352,12."""
    right, wrong = judged("q1", 1), judged("q2", 0, answerable=False, answered=False)
    low = Judged(wrong.question, Evidence("问", (), (), 0.25, False), ())
    page, _ = read([right, low])
    assert '<polyline class="curve" points="52.0,312.0 52.0,12.0 352.0,12.0"/>' in page
    assert '<circle class="mark" cx="52.0" cy="12.0" r="4.5"/>' in page  # nothing wrong, everything answered


def test_questions_of_one_kind_have_no_curve() -> None:
    _, reader = read([judged("q", 1)])
    assert reader.tags.count("polyline") == 0
    assert message("eval.report_one_kind", Language.ZH) in reader.words
    assert message("eval.report_no_misses", Language.ZH) in reader.words


def test_an_empty_run_has_a_report() -> None:
    _, reader = read([])
    assert message("eval.report_no_misses", Language.ZH) in reader.words


def test_drafts_are_told() -> None:
    one = judged("q", 1)
    asked = Question("q", "问", "t", one.question.gold, draft=True)
    _, reader = read([Judged(asked, one.evidence, one.gold)])
    assert message("eval.drafts", Language.ZH, count=1) in reader.words
