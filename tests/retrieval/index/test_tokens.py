from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from retrieval.index.tokens import Wanted, tokenize


def test_chinese_gives_characters_and_pairs() -> None:
    assert tokenize("值班员") == ["值", "班", "员", "值班", "班员"]


def test_run_of_digits_is_one_unit_and_pairs_with_its_neighbour() -> None:
    assert tokenize("24小时") == ["24", "小", "时", "24小", "小时"]


def test_punctuation_and_masks_part_units() -> None:
    assert tokenize("防火，防*盗") == ["防", "火", "防", "盗", "防火"]


def test_letters_are_folded_whole() -> None:
    assert tokenize("PM2.5") == ["pm2", "5"]
    assert tokenize("Fire  Safety") == ["fire", "safety"]


def test_full_width_and_traditional_match_plain() -> None:
    assert tokenize("２４小時") == tokenize("24小时")


def test_blank_inside_chinese_does_not_part() -> None:
    assert tokenize("王 小 明") == tokenize("王小明")


def test_line_break_parts() -> None:
    assert "全值" not in tokenize("安全\n值班")


def test_nothing_gives_nothing() -> None:
    assert tokenize("") == []
    assert tokenize("，。！\n😀") == []


@given(st.text())
def test_any_text_gives_terms_without_blanks(text: str) -> None:
    assert all(term and not any(character.isspace() for character in term) for term in tokenize(text))


def test_wanted_terms_are_found_as_terms_not_as_parts_of_units() -> None:
    wanted = Wanted(["值班", "小", "24", "24小", "a", "全值"])
    both = wanted.within_each(["值班24小时", "124小时，ab\n安全\n值班"])
    assert [set(found) for found in both] == [{"值班", "小", "24", "24小"}, {"值班", "小"}]


WRITTEN = st.text(st.sampled_from("安全值班員員24aAｂ２ 　\n，*㈱①ﬁ々〇𠀀\ud800·"), max_size=30) | st.text(
    max_size=20
)


@given(WRITTEN, st.lists(WRITTEN, max_size=3))
def test_wanted_terms_are_those_of_each_text(asked: str, texts: list[str]) -> None:
    terms = set(tokenize(asked))
    each = Wanted(terms).within_each(texts)
    assert [set(found) for found in each] == [terms & set(tokenize(text)) for text in texts]
    assert all(len(found) == len(set(found)) for found in each)
