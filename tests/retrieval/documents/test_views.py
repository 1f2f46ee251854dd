from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.documents.traditional import TRADITIONAL
from retrieval.documents.views import even_text, search_text, search_view, traditional_teller


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("春节安全", "春节安全"),
        ("ＡＢＣ１２３％", "abc123%"),
        ("“安全”『第一』", '"安全""第一"'),
        ("防火,防盗；防风！", "防火,防盗;防风!"),
        ("消防、應急管理，煙花爆竹。", "消防,应急管理,烟花爆竹."),
        (" 值 班\u3000带\u200b班\n", "值班带班"),
        ("【通知】〔2024〕（三）", "[通知][2024](三)"),
        ("", ""),
        ("\ud800煙花", "\ud800烟花"),
        ("😀", "😀"),
    ],
)
def test_variants_of_spelling_fold_together(text: str, folded: str) -> None:
    assert search_text(text) == folded


def test_a_match_in_the_folded_form_maps_back_to_the_words_as_written() -> None:
    text = "要管好“煙花　爆竹”，Ａ級"
    view = search_view(text)
    assert view.text == '要管好"烟花爆竹",a级'
    at = view.text.index("烟花爆竹")
    start, end = view.to_source(at, at + 4)
    assert text[start:end] == "煙花　爆竹"


def test_one_character_that_folds_to_many_is_traced_as_a_whole() -> None:
    view = search_view("共㎏重")
    assert view.text == "共kg重"
    assert view.to_source(3, 4) == (2, 3)


@given(st.text(max_size=60))
def test_the_view_and_the_text_agree(text: str) -> None:
    assert search_view(text).text == search_text(text)


@given(st.text(alphabet="安全生产煙花Ａ１， “”\u200b\n龍門", max_size=40))
def test_folding_twice_changes_nothing(text: str) -> None:
    folded = search_text(text)
    assert search_text(folded) == folded


@given(st.text(max_size=60))
def test_positions_of_the_view_lie_in_the_text(text: str) -> None:
    view = search_view(text)
    for position in range(len(view.text)):
        start, end = view.to_source(position, position + 1)
        assert 0 <= start <= end <= len(text)


def test_even_text_is_as_long_and_keeps_its_punctuation() -> None:
    assert even_text("ＰＭ２.５ 超標，Why？") == "pm2.5 超标，why？"


@given(st.text(max_size=60))
def test_even_text_is_as_long(text: str) -> None:
    assert len(even_text(text)) == len(text)


def test_the_list_of_traditional_characters_is_what_the_converter_changes() -> None:
    import opencc

    han = [chr(code) for block in ((0x3400, 0xA000), (0xF900, 0xFB00)) for code in range(*block)]
    simplified = opencc.OpenCC("t2s").convert("\n".join(han)).split("\n")
    assert {old for old, new in zip(han, simplified, strict=True) if old != new} == TRADITIONAL


@given(
    st.text(
        alphabet=st.sampled_from("安全生產責任製防汛A1，\n\ud800𠀀" + "".join(sorted(TRADITIONAL)[::500]))
    )
)
def test_traditional_characters_are_told_alike_in_little_text_and_in_much(text: str) -> None:
    expected = any(character in TRADITIONAL for character in text)
    assert [traditional_teller(size)(text) for size in (1, 1_000_000)] == [expected, expected]
