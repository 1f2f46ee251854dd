"""The timeline picture: well-formed, escaped, readable with one and with hundreds of places."""

from __future__ import annotations

import json
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.messages import Language
from retrieval.documents.types import Span
from retrieval.lineage.occurrences import moment_of
from retrieval.lineage.output import lineage_json
from retrieval.lineage.timeline import WIDTH, timeline_svg
from retrieval.lineage.trace import lineage_of
from retrieval.lineage.types import Lineage, Occurrence, Words
from retrieval.types import DocumentInfo

SVG = "{http://www.w3.org/2000/svg}"


def occurrence(wording: str, date: str | None, number: int = 0, title: str = "在会议上的讲话") -> Occurrence:
    path = f"{number:04d}.txt"
    info = DocumentInfo(path, path, "0" * 64, title, "周启明", None, date, None, None, None, None)
    span = Span(number, number + len(wording))
    return Occurrence(
        info, moment_of(date), (), "周启明", "", "p", span, wording, wording, wording, 1.0,
        Words(wording, span), 0, None, False,
    )  # fmt: skip


def lineage(*occurrences: Occurrence) -> Lineage:
    return lineage_of("三管三必须", "三管三必须", occurrences)


def drawn(of: Lineage, language: Language = Language.ZH) -> ElementTree.Element:
    return ElementTree.fromstring(timeline_svg(of, language))


def texts(root: ElementTree.Element) -> list[str]:
    return ["".join(element.itertext()) for element in root.iter(f"{SVG}text")]


def test_one_place() -> None:
    root = drawn(lineage(occurrence("三管三必须", "2021-03-04")))
    (circle,) = root.iter(f"{SVG}circle")
    assert circle.get("class") == "dot"
    shown = texts(root)
    assert "提法沿革：三管三必须" in shown
    assert "首次即最新 2021-03-04 周启明 《在会议上的讲话》" in shown
    assert "三管三必须×1" in shown
    assert "2021" in shown
    assert "圆内数字为处数，空心圆只知道年份" in shown
    assert not any("绿色" in text for text in shown)
    assert "无日期" not in shown


def test_three_hundred_places_neither_overlap_nor_leave_the_picture() -> None:
    wordings = ("三管三必须", "三管三必需", "三管两必须")
    dates = [f"{2005 + n % 20}-{n % 12 + 1:02d}-{n % 28 + 1:02d}" if n % 7 else None for n in range(300)]
    of = lineage(*(occurrence(wordings[n % 3], date, n) for n, date in enumerate(dates)))
    root = drawn(of)
    lanes: dict[str, list[tuple[float, float]]] = {}
    for circle in root.iter(f"{SVG}circle"):
        lanes.setdefault(circle.get("cy", ""), []).append(
            (float(circle.get("cx", "")), float(circle.get("r", "")))
        )
    assert len(lanes) == 3
    for circles in lanes.values():
        assert all(r <= x <= WIDTH - r for x, r in circles)
        assert all(x + r <= y - s for (x, r), (y, s) in pairwise(sorted(circles)))
    # A circle of one has no number; with them the numbers make all three hundred.
    numbered = [
        int(text)
        for text in (t.text for t in root.iter(f"{SVG}text") if "number" in t.get("class", ""))
        if text
    ]
    alone = sum(len(circles) for circles in lanes.values()) - len(numbered)
    assert sum(numbered) + alone == 300
    assert "无日期" in texts(root)


def test_many_wordings_share_the_last_lane() -> None:
    of = lineage(*(occurrence(f"{'甲乙丙丁戊己庚辛壬癸子丑'[n] * 6}", "2021-03-04", n) for n in range(12)))
    shown = texts(drawn(of))
    assert "其他 3 种措辞×3" in shown
    assert "3 other wordings×3" in texts(drawn(of, Language.EN))


def test_only_a_year_is_a_hollow_circle() -> None:
    circles = [c.get("class") for c in drawn(lineage(occurrence("三管三必须", "2021"))).iter(f"{SVG}circle")]
    assert circles == ["hollow"]


def test_differences_are_coloured() -> None:
    of = lineage(occurrence("三管三必须", "2021-03-04"), occurrence("三管三必需", "2022-03-04", 1))
    spans = [(span.get("class"), span.text) for span in drawn(of).iter(f"{SVG}tspan")]
    assert spans == [("faint", "×1"), ("old", "须"), ("new", "需"), ("faint", "×1")]


def test_nothing_to_draw_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="no timeline"):
        timeline_svg(Lineage("三管三必须", "三管三必须", 0.8), Language.ZH)


@given(st.text(min_size=1, max_size=60), st.text(max_size=20))
def test_any_text_is_escaped(title: str, wording: str) -> None:
    root = drawn(lineage(occurrence(wording + "<b>&", "2021-03-04", title=title + "</title><script>")))
    assert not list(root.iter(f"{SVG}script"))


def test_json_numbers_lead_to_the_one_list_of_places() -> None:
    of = lineage(
        occurrence("三管三必须", None, 2),
        occurrence("三管三必需", "2022-03-04", 1),
        occurrence("三管三必须", "2021-03"),
    )
    told = json.loads(json.dumps(lineage_json(of), ensure_ascii=False))
    assert (told["count"], told["documents"], told["first"], told["latest"]) == (3, 3, 1, 2)
    assert [one["date"] for one in told["occurrences"]] == ["2021-03", "2022-03-04", None]
    first, second = told["groups"][0]["variants"]
    assert (first["occurrences"], second["occurrences"]) == ([1, 3], [2])
    assert second["changes"] == [
        {"op": "equal", "old": "三管三必", "new": "三管三必"},
        {"op": "replace", "old": "须", "new": "需"},
    ]
    assert told["years"] == [
        {"year": 2021, "count": 1, "documents": 1},
        {"year": 2022, "count": 1, "documents": 1},
    ]
    assert told["speakers"] == [{"name": "周启明", "count": 3, "documents": 3}]
    assert [one["path"] for one in told["undated"]] == ["0002.txt"]
