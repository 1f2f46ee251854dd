"""Noise changes nothing: own questions find the same passage in noisy forms of two example speeches."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path

import pytest

from benchmarks.noise import Measured, carried_over, measure, with_table
from benchmarks.noised import ADDED, Noised
from benchmarks.noising import CLEAN, VARIANTS, Variant, wrapped
from retrieval.documents.types import Span
from retrieval.evaluation.measures import gold_ranks
from retrieval.evaluation.questions import Dialogue, load_dialogues
from retrieval.types import Evidence

ROOT = Path(__file__).resolve().parents[2]
FILES = ("2024年春节前讲话.txt", "开学前学校安全会议讲话.txt")
TABLES = ("noise", "noise_county", "noise_evaluation")
ASKED = (
    "traditional, Taiwan",
    "spaced",
    "wrapped, pages",
    "one line",
    "entities",
    "GB 18030, wrapped, adverts",
)


def named(name: str) -> Variant:
    return next(variant for variant in VARIANTS if variant.name == name)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("two")
    for name in FILES:
        shutil.copy(ROOT / "examples" / "speeches" / name, folder / name)
    return folder


@pytest.fixture(scope="module")
def questions() -> list[Dialogue]:
    """Every question of the development set that is about the two speeches and nothing else."""
    dialogues = load_dialogues(ROOT / "tests" / "data" / "questions.jsonl")
    about = [
        one for one in dialogues if one.turns[0].gold and {g.doc for g in one.turns[0].gold} <= set(FILES)
    ]
    assert len(about) >= 12
    return about


@pytest.fixture(scope="module")
def clean(archive: Path, questions: list[Dialogue]) -> Measured:
    return measure(CLEAN, archive, questions, cross_encoder=False)


def found(measured: Measured) -> dict[str, bool]:
    return {one.question.id: min(gold_ranks(one)) <= 5 for one in measured.judged}


@pytest.mark.parametrize("name", ASKED)
def test_what_is_found_in_clean_files_is_found_in_noisy_ones(
    name: str, archive: Path, questions: list[Dialogue], clean: Measured
) -> None:
    noisy = measure(named(name), archive, questions, cross_encoder=False)
    assert found(clean) == dict.fromkeys(found(clean), True)
    assert found(noisy) == found(clean)
    assert noisy.quotes > 0
    assert noisy.not_verbatim == 0


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: variant.name)
def test_every_character_of_a_variant_knows_where_it_comes_from(variant: Variant) -> None:
    text = "第一期　2024年1月5日\n同志们：\n一、检修“三票”要齐，3张不少（缺一张不开工）。\r\n散会。\n"
    noised = variant.apply(text, "7/a")
    assert noised == variant.apply(text, "7/a")
    known = [origin for origin in noised.origins if origin != ADDED]
    assert known == sorted(known)
    # Nothing but line ends may be lost.
    assert {text[at] for at in set(range(len(text))) - set(known)} <= {"\n", "\r"}
    assert noised.original(Span(0, len(noised.text))) is not None


def test_spans_of_wrapped_lines_stand_for_the_words_without_what_was_put_between() -> None:
    clean = Noised("甲乙丙丁戊己", tuple(range(6)))
    noisy = wrapped(clean, random.Random(1), columns=4, page_lines=2)
    assert noisy.text.startswith("甲乙\n丙丁\n\n— 1 —\n\n")
    start, end = noisy.text.index("丁"), noisy.text.index("戊") + 1
    assert noisy.original(Span(start, end)) == Span(3, 5)
    assert "— 1 —" in noisy.added(Span(start, end))
    assert noisy.original(Span(noisy.text.index("—"), noisy.text.index("—") + 1)) is None


@pytest.mark.parametrize("name", TABLES)
def test_the_tables_of_the_page_are_those_of_the_figures(name: str) -> None:
    page = (ROOT / "docs" / "quality.md").read_text("utf-8")
    rows = json.loads((ROOT / "docs" / f"{name}.json").read_text("utf-8"))
    assert with_table(page, name, rows) == page
    assert {row["not_verbatim"] for row in rows.values()} == {0}


@pytest.mark.parametrize("name", TABLES)
def test_no_variant_costs_more_than_a_point(name: str) -> None:
    rows = json.loads((ROOT / "docs" / f"{name}.json").read_text("utf-8"))
    assert set(rows) == {variant.name for variant in (CLEAN, *VARIANTS)}
    assert {name for name, row in rows.items() if row["success@5"]["difference"] < -0.01} == set()


def test_evidence_without_hits_is_carried_over_unchanged() -> None:
    nothing = Evidence("谁负责", (), (), 0.0, answerable=False)
    assert carried_over(nothing, {}, {}) == nothing
