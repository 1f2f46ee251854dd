from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.errors import UsageError
from retrieval.search.question import MAX_CHARACTERS, clean_question


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("  春节\n期间\t值班？ ", "春节 期间 值班？"),
        ("值\x00班\x07", "值班"),
        ("\x1b[31m红色\x1b[0m预警", "红色预警"),
        ("\x1b]0;title\x07值班", "值班"),
        ("值\u200b班\u202e\ufeff", "值班"),
        ("值班\ud83d", "值班"),
        ("🎆🎇", "🎆🎇"),
        ("What about fireworks?", "What about fireworks?"),
        ("全角\u3000空格", "全角 空格"),
        ("问" * MAX_CHARACTERS, "问" * MAX_CHARACTERS),
    ],
)
def test_what_nobody_means_is_dropped(typed: str, asked: str) -> None:
    assert clean_question(typed) == asked


@pytest.mark.parametrize("typed", ["", "  \n\t\u3000", "\x00\x1b\u200b", "\x1b[0m"])
def test_empty_question_is_refused(typed: str) -> None:
    with pytest.raises(UsageError) as refusal:
        clean_question(typed)
    assert refusal.value.key == "question.empty"


def test_ten_thousand_characters_are_refused_with_their_number() -> None:
    with pytest.raises(UsageError, match="10000 characters, at most 2000"):
        clean_question("问" * 10_000)


@given(st.text(st.characters(exclude_categories=()), max_size=200))
def test_a_clean_question_is_clean(text: str) -> None:
    try:
        asked = clean_question(text)
    except UsageError:
        return
    assert asked == asked.strip() != ""
    assert not {unicodedata.category(character) for character in asked} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert clean_question(asked) == asked
