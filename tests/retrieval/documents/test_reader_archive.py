"""The reader on real files, where the checkout has them beside it; offsets and values only."""

from __future__ import annotations

from pathlib import Path

import pytest

from retrieval.documents.read import read_document
from retrieval.documents.types import Document, Genre, Known, Provenance, ReadWarning, Span, ZoneKind

EVAL = Path(__file__).resolve().parents[3] / "../shared/eval"

pytestmark = pytest.mark.skipif(
    not EVAL.is_dir(), reason="the evaluation archive is not beside this checkout"
)


def seed(number: str) -> Document:
    (path,) = (EVAL / "seeds").glob(f"{number}_*.txt")
    return read_document(path, EVAL / "seeds")


def archived(name: str) -> Document:
    return read_document(EVAL / "archive" / f"{name}.txt", EVAL / "archive")


def hull(document: Document) -> tuple[int, int]:
    spans = [zone.span for zone in document.zones if zone.kind is ZoneKind.BODY]
    return spans[0].start, spans[-1].end


def at(value: Known) -> tuple[int, int] | None:
    return (value.span.start, value.span.end) if value.span else None


@pytest.mark.parametrize(
    ("number", "body", "title", "genre"),
    [
        ("000", (29, 2994), (0, 22), Genre.SPEECH),
        ("001", (166, 3390), (145, 160), Genre.SPEECH),
        ("002", (153, 4544), (11, 33), Genre.NEWS),
        ("003", (5, 4010), (4032, 4075), Genre.SPEECH),
        ("004", (77, 3679), (37, 63), Genre.CIRCULAR),
    ],
)
def test_body_title_and_genre_of_real_files(
    number: str, body: tuple[int, int], title: tuple[int, int], genre: Genre
) -> None:
    document = seed(number)
    assert hull(document) == body
    assert at(document.metadata.title) == title
    assert document.metadata.genre is genre


@pytest.mark.parametrize("number", ["000", "001"])
def test_real_speeches_that_name_nobody_and_no_day(number: str) -> None:
    metadata = seed(number).metadata
    assert metadata.speaker == metadata.role == metadata.date == metadata.issued == Known()


def test_the_year_of_a_real_report_is_inferred() -> None:
    date = seed("002").metadata.date
    assert (date.text, date.provenance, at(date)) == ("2020-01-13", Provenance.INFERRED, (173, 178))


def test_a_real_period_is_no_date_and_the_cut_is_seen() -> None:
    document = seed("003")
    date = document.metadata.date
    assert (date.provenance, at(date)) == (Provenance.PERIOD, (4037, 4045))
    assert at(document.metadata.role) == (4032, 4036)
    assert document.metadata.speaker == Known()
    assert document.warnings == (ReadWarning.TRUNCATED,)


def test_the_letterhead_of_a_real_circular_is_read() -> None:
    metadata = seed("004").metadata
    assert at(metadata.speaker) == (37, 40)
    assert at(metadata.series) == (2, 11)
    assert at(metadata.organ) == (13, 23)
    assert (metadata.date.text, metadata.issued.text) == ("2022-01-24", "2022-01-27")


def test_all_false_breaks_of_a_real_circular_are_joined_and_no_other() -> None:
    """Five paragraphs are cut inside a sentence, two are joined to the bold heading that belongs to them."""
    clean = seed("004").clean
    joined = []
    for position in range(len(clean.text) - 1):
        _, end = clean.to_source(position, position + 1)
        start, _ = clean.to_source(position + 1, position + 2)
        # A blank line is two line feeds; what bold marks leave is two asterisks or none.
        if start - end >= 2 and clean.text[position] != "\n" and clean.text[position + 1] != "\n":
            joined.append((end, start))
    breaks = [(end, start) for end, start in joined if "\n" in seed("004").raw[end:start]]
    assert len(breaks) == 7
    assert [end for end, _ in breaks] == [217, 421, 669, 832, 1441, 2028, 2607]


@pytest.mark.parametrize(("number", "count"), [("000", 15), ("001", 3), ("002", 0), ("003", 8), ("004", 0)])
def test_masks_of_real_files(number: str, count: int) -> None:
    assert len(seed(number).masks) == count


@pytest.mark.parametrize(
    ("name", "body", "date", "issued", "encoding"),
    [
        ("a1", (93, 2410), "2024-01-16", "2024-01-19", "utf-8"),
        ("a2", (51, 2467), "2024-05-22", "", "utf-8"),
        ("a3", (72, 2150), "2024-06-01", "", "utf-8"),
        ("a4", (66, 2198), "2024-02-19", "", "utf-8"),
        ("a5", (226, 2373), "2024-08-27", "2024-08-30", "utf-8"),
        ("a6", (77, 2377), "2024-03-15", "", "gb18030"),
        ("a7", (33, 2300), "", "", "utf-8"),
    ],
)
def test_written_speeches_are_read(
    name: str, body: tuple[int, int], date: str, issued: str, encoding: str
) -> None:
    document = archived(name)
    assert hull(document) == body
    assert document.metadata.date.text == date
    assert document.metadata.issued.text == issued
    assert document.encoding == encoding
    assert bool(document.metadata.speaker.text) is (name != "a7")


def test_noise_inside_a_page_of_long_lines_is_cut_out() -> None:
    zones = [zone.span for zone in archived("a5").zones if zone.kind is ZoneKind.BODY]
    assert zones == [Span(226, 895), Span(1021, 1676), Span(1695, 2373)]
