from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.errors import IndexDamagedError
from retrieval.index import lexical_files as module
from retrieval.index.lexical import K1, B
from retrieval.index.lexical_build import build_lexical
from retrieval.index.lexical_files import Lexical
from retrieval.index.postings import (
    FREQUENCIES_FILE,
    LENGTHS_FILE,
    POSTING_ENDS_FILE,
    POSTINGS_FILE,
    REMEMBERED,
    Postings,
    open_postings,
    write_postings,
)
from retrieval.index.tokens import tokenize


def lexical_of(*texts: str) -> Lexical:
    return Lexical([Postings(build_lexical(texts))])


def bm25(texts: Sequence[str], terms: Mapping[str, float]) -> list[float]:
    """As the formula has it, passage by passage."""
    read = [Counter(tokenize(text)) for text in texts]
    mean = sum(counts.total() for counts in read) / max(1, len(read))
    scores = [0.0] * len(read)
    for term, weight in terms.items():
        having = sum(term in counts for counts in read)
        idf = math.log(1 + (len(read) - having + 0.5) / (having + 0.5))
        for at, counts in enumerate(read):
            if counts[term]:
                norm = K1 * (1 - B + B * counts.total() / mean)
                scores[at] += weight * idf * counts[term] / (counts[term] + norm)
    return scores


def test_scores_are_bm25_worked_out_by_hand() -> None:
    # Lengths 4 and 2, mean 3. "a": tf 2 and 1, df 2, idf ln(1 + 0.5/2.5) = ln 1.2.
    # Saturation 1.2 * (0.25 + 0.75 * 4/3) = 1.5 and 1.2 * (0.25 + 0.75 * 2/3) = 0.9.
    lexical = lexical_of("a a b c", "a d")
    assert lexical.idf("a") == pytest.approx(math.log(1.2))
    assert lexical.scores({"a": 1.0}) == pytest.approx([math.log(1.2) * 2 / 3.5, math.log(1.2) / 1.9])
    # "d": df 1, idf ln(1 + 1.5/1.5) = ln 2; only the second passage has it.
    assert lexical.scores({"d": 1.0}) == pytest.approx([0.0, math.log(2) / 1.9])


def test_weights_scale_and_terms_add_up() -> None:
    lexical = lexical_of("a a b c", "a d", "b b")
    both = lexical.scores({"a": 2.0, "b": 0.5})
    assert both == pytest.approx(2 * lexical.scores({"a": 1.0}) + 0.5 * lexical.scores({"b": 1.0}))
    assert both.dtype == np.float32


def test_unknown_term_scores_nothing_and_is_the_most_telling() -> None:
    lexical = lexical_of("a b", "a c")
    assert lexical.scores({"x": 1.0}).tolist() == [0.0, 0.0]
    assert lexical.document_frequency("x") == 0
    assert lexical.idf("x") == pytest.approx(math.log(6))
    assert lexical.idf("x") > lexical.idf("b") > lexical.idf("a") > 0


def test_more_terms_than_are_remembered_are_still_told_right() -> None:
    lexical = lexical_of("a b", "a")
    for _ in range(2):
        assert all(lexical.document_frequency(f"x{number}") == 0 for number in range(REMEMBERED + 1))
        assert (lexical.document_frequency("a"), lexical.document_frequency("b")) == (2, 1)


def test_terms_beside_a_known_one_are_not_taken_for_it() -> None:
    lexical = lexical_of("安全,面", "火")
    for term in ("安", "安全", "面", "火"):
        assert lexical.document_frequency(term) == 1
    for term in ("", "全面", "安全面", "一", "鿿"):
        assert lexical.document_frequency(term) == 0


def test_what_follows_a_character_is_told_with_its_passages() -> None:
    lexical = lexical_of("安,安全,安全,安2,安24", "安全,全面", "宁24")
    # 24 is no single character; "" is 安 itself.
    assert lexical.following("安") == {"": 2, "全": 2, "2": 1}
    assert lexical.following("全") == {"": 2, "面": 1}
    assert lexical.following("宁") == {"": 1}
    assert lexical.following("一") == lexical.following("鿿") == {}
    assert lexical_of().following("安") == {}


@given(st.lists(st.text(alphabet="一安全𠀀鿿a2", min_size=1, max_size=3), max_size=12))
def test_what_follows_is_what_the_terms_say(pieces: list[str]) -> None:
    lexical = lexical_of(",".join(pieces))
    terms = tokenize(",".join(pieces))
    for first in "一安全𠀀鿿":
        expected = {term[1:]: 1 for term in terms if term[0] == first and len(term) <= 2}
        assert lexical.following(first) == expected


def test_passages_with_a_term_are_told_in_order() -> None:
    lexical = lexical_of("b", "a b", "a", "c a")
    assert lexical.rows("a").tolist() == [1, 2, 3]
    assert lexical.rows("x").tolist() == []


def test_passages_without_terms_score_nothing() -> None:
    assert lexical_of("", "").scores({"a": 1.0}).tolist() == [0.0, 0.0]
    assert lexical_of().scores({"a": 1.0}).shape == (0,)
    assert lexical_of("", "a").scores({"a": 1.0})[0] == 0


def test_saved_postings_score_the_same(tmp_path: Path) -> None:
    arrays = build_lexical(["安,全,安", "火,全", ""])
    write_postings(tmp_path, arrays)
    saved, terms = Lexical([open_postings(tmp_path, passages=3)]), {"安": 1.0, "全": 0.3}
    assert saved.scores(terms).tolist() == Lexical([Postings(arrays)]).scores(terms).tolist()


def test_array_of_another_kind_is_damage(tmp_path: Path) -> None:
    write_postings(tmp_path, build_lexical(["a b"]))
    np.save(tmp_path / LENGTHS_FILE, np.zeros(1, dtype=np.float64))
    with pytest.raises(IndexDamagedError, match=LENGTHS_FILE):
        open_postings(tmp_path, passages=1)


def test_other_number_of_passages_is_damage(tmp_path: Path) -> None:
    write_postings(tmp_path, build_lexical(["a b"]))
    with pytest.raises(IndexDamagedError):
        open_postings(tmp_path, passages=2)


@pytest.mark.parametrize(
    ("file", "changed", "named"),
    [
        (POSTINGS_FILE, [1, 7], POSTINGS_FILE),  # passage 7 of two
        (POSTINGS_FILE, [0, 1], POSTINGS_FILE),  # before the first passage
        (POSTINGS_FILE, [1, 0], POSTINGS_FILE),  # one passage less than its frequency says
        (POSTINGS_FILE, [255, 255], POSTINGS_FILE),  # distances that lead nowhere
        (POSTING_ENDS_FILE, [9], POSTING_ENDS_FILE),
        (POSTING_ENDS_FILE, [0], POSTING_ENDS_FILE),
        (FREQUENCIES_FILE, [3], POSTINGS_FILE),
    ],
)
def test_postings_that_cannot_be_are_damage(file: str, changed: list[int], named: str) -> None:
    arrays = build_lexical(["a", "a"])
    assert arrays[POSTINGS_FILE].tolist() == [1, 1]
    arrays[file] = np.asarray(changed, dtype=arrays[file].dtype)
    with pytest.raises(IndexDamagedError, match=named):
        Lexical([Postings(arrays)]).scores({"a": 1.0})


PASSAGES = st.lists(st.text(alphabet="安全火水,a", max_size=8), max_size=8)
WEIGHTS = st.dictionaries(
    st.sampled_from(["安", "全", "火", "水", "a", "安全", "火水", "a安", "无"]),
    st.floats(0.1, 2.0),
    max_size=9,
)


@pytest.fixture(params=[0, module.FEW], ids=["as many", "as few"], scope="module")
def told(request: pytest.FixtureRequest) -> Iterator[None]:
    """What is true of few passages and of many is tried with a handful, told in either way."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "FEW", request.param)
        yield


@pytest.mark.usefixtures("told")
@given(PASSAGES, WEIGHTS)
def test_scores_are_those_of_the_formula(texts: list[str], terms: dict[str, float]) -> None:
    assert lexical_of(*texts).scores(terms) == pytest.approx(bm25(texts, terms), abs=1e-5)


@pytest.mark.usefixtures("told")
@given(PASSAGES, WEIGHTS, st.integers(1, 5), st.data())
def test_best_are_those_that_score_best(
    texts: list[str], terms: dict[str, float], depth: int, data: st.DataObject
) -> None:
    allowed = np.asarray(data.draw(st.lists(st.booleans(), min_size=len(texts), max_size=len(texts))), bool)
    scores = bm25(texts, terms)
    for may in (None, allowed):
        open_to = [score if may is None or may[at] else 0.0 for at, score in enumerate(scores)]
        found = lexical_of(*texts).rank(terms).best(depth, may)
        assert found.tolist() == sorted(set(found.tolist()))
        expected = sorted((score for score in open_to if score > 0), reverse=True)[:depth]
        assert sorted((open_to[row] for row in found), reverse=True) == pytest.approx(expected, abs=1e-5)


def test_best_of_many_passages_are_found_without_asking_all_of_every_term() -> None:
    # 安 and 全 stand everywhere, 火 in 1 of 100 passages: only these can be best, whatever the others add.
    texts = ["火安全" if at % 100 == 0 else "安全" * (at % 7 + 1) for at in range(2000)]
    lexical, terms = lexical_of(*texts), {"安": 1.0, "全": 1.0, "火": 1.0}
    assert lexical.is_frequent(lexical.document_frequency("安"))
    assert not lexical.is_frequent(lexical.document_frequency("火"))
    assert lexical.rank(terms).best(20).tolist() == list(range(0, 2000, 100))
    rows = np.asarray([5, 100, 1999])
    expected = np.asarray(bm25(texts, terms))[rows]
    assert lexical.rank(terms).scores(rows) == pytest.approx(expected, abs=1e-5)


def test_a_passage_with_more_of_a_term_than_a_byte_counts_scores_by_all() -> None:
    texts = ["安," * 400, "安"]
    assert lexical_of(*texts).scores({"安": 1.0}) == pytest.approx(bm25(texts, {"安": 1.0}), abs=1e-6)


@pytest.mark.usefixtures("told")
@given(PASSAGES, PASSAGES, WEIGHTS)
def test_two_parts_score_as_one(main: list[str], recent: list[str], terms: dict[str, float]) -> None:
    joined = Lexical([Postings(build_lexical(part)) for part in (main, recent)])
    whole = lexical_of(*main, *recent)
    assert joined.scores(terms) == pytest.approx(whole.scores(terms), abs=1e-6)
    for term in terms:
        assert joined.rows(term).tolist() == whole.rows(term).tolist()
        assert joined.following(term) == whole.following(term)


def test_passages_that_no_document_owns_are_not_found() -> None:
    parts = [Postings(build_lexical(texts)) for texts in (["安全", "安"], ["安安"])]
    lexical = Lexical(parts, np.asarray([False, True, True]))
    assert lexical.rows("安").tolist() == [1, 2]
    assert lexical.scores({"安全": 1.0}).tolist() == [0.0, 0.0, 0.0]
    assert lexical.rank({"安": 1.0}).best(3).tolist() == [1, 2]
    assert lexical.document_frequency("安") == 3


@given(PASSAGES, PASSAGES, PASSAGES, st.data())
def test_rows_taken_over_equal_rows_tokenized_anew(
    main: list[str], recent: list[str], new: list[str], data: st.DataObject
) -> None:
    old = [*main, *recent]
    kept = data.draw(st.lists(st.sampled_from(range(len(old))), max_size=8)) if old else []
    rows: list[str | int] = data.draw(st.permutations([*new, *kept]))
    texts = [row if isinstance(row, str) else old[row] for row in rows]
    anew = build_lexical(texts)
    taken_over = build_lexical(rows, [Postings(build_lexical(part)) for part in (main, recent)])
    assert {name: array.tolist() for name, array in taken_over.items()} == {
        name: array.tolist() for name, array in anew.items()
    }
