from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.errors import IndexDamagedError
from retrieval.index.lexical import (
    LENGTHS_FILE,
    POSTING_ROWS_FILE,
    REMEMBERED,
    Lexical,
    open_lexical,
    write_lexical,
)
from retrieval.index.lexical_build import build_lexical


def words(text: str) -> list[str]:
    return text.split()


def lexical_of(*texts: str) -> Lexical:
    return Lexical(build_lexical(texts, words))


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
    lexical = lexical_of("安全 安 全面", "火")
    for term in ("安", "安全", "全面", "火"):
        assert lexical.document_frequency(term) == 1
    for term in ("", "全", "安全面", "一", "鿿"):
        assert lexical.document_frequency(term) == 0


def test_what_follows_a_character_is_told_with_its_passages() -> None:
    lexical = lexical_of("安 安全 安全 安2 安24", "安全 全面", "宁 安宁静")
    # 24 and 宁静 are no single characters; "" is 安 itself, in the first passage only.
    assert lexical.following("安") == {"": 1, "全": 2, "2": 1}
    assert lexical.following("全") == {"面": 1}
    assert lexical.following("宁") == {"": 1}
    assert lexical.following("一") == lexical.following("鿿") == {}
    assert lexical_of().following("安") == {}


@given(st.lists(st.text(alphabet="一安全𠀀鿿a2", min_size=1, max_size=3), max_size=12))
def test_what_follows_is_what_the_terms_say(terms: list[str]) -> None:
    lexical = lexical_of(" ".join(terms))
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
    arrays = build_lexical(["安 全 安", "火 全", ""], words)
    write_lexical(tmp_path, arrays)
    saved = open_lexical(tmp_path, passages=3)
    assert (
        saved.scores({"安": 1.0, "全": 0.3}).tolist() == Lexical(arrays).scores({"安": 1, "全": 0.3}).tolist()
    )


def test_array_of_another_kind_is_damage(tmp_path: Path) -> None:
    write_lexical(tmp_path, build_lexical(["a b"], words))
    np.save(tmp_path / LENGTHS_FILE, np.zeros(1, dtype=np.float64))
    with pytest.raises(IndexDamagedError, match=LENGTHS_FILE):
        open_lexical(tmp_path, passages=1)


def test_other_number_of_passages_is_damage(tmp_path: Path) -> None:
    write_lexical(tmp_path, build_lexical(["a b"], words))
    with pytest.raises(IndexDamagedError):
        open_lexical(tmp_path, passages=2)


def test_posting_outside_the_passages_is_damage() -> None:
    arrays = build_lexical(["a", "a"], words)
    arrays[POSTING_ROWS_FILE] = np.asarray([0, 7], dtype=np.int32)
    with pytest.raises(IndexDamagedError, match=POSTING_ROWS_FILE):
        Lexical(arrays).scores({"a": 1.0})


TEXTS = st.lists(st.lists(st.sampled_from("安全火水a"), max_size=6).map(" ".join), max_size=6)


@given(TEXTS, TEXTS, st.data())
def test_rows_taken_over_equal_rows_tokenized_anew(
    old: list[str], new: list[str], data: st.DataObject
) -> None:
    kept = data.draw(st.lists(st.sampled_from(range(len(old))), max_size=8)) if old else []
    rows: list[str | int] = data.draw(st.permutations([*new, *kept]))
    texts = [row if isinstance(row, str) else old[row] for row in rows]
    anew = build_lexical(texts, words)
    taken_over = build_lexical(rows, words, lexical_of(*old))
    assert {name: array.tolist() for name, array in taken_over.items()} == {
        name: array.tolist() for name, array in anew.items()
    }
