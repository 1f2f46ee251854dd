from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from retrieval.index.bulk_tokens import MOST_TEXTS, tokenize_all
from retrieval.index.tokens import tokenize


def counted(texts: Sequence[str]) -> list[Counter[str]]:
    """What `tokenize_all` finds, text by text."""
    read = tokenize_all(texts)
    assert len(set(read.terms)) == len(read.terms)
    found: list[Counter[str]] = [Counter() for _ in texts]
    for term, rows in zip(read.terms, np.split(read.texts, np.cumsum(read.sizes))[:-1], strict=True):
        assert rows.tolist() == sorted(rows.tolist())
        for row in rows.tolist():
            found[row][term] += 1
    assert read.lengths.tolist() == [counts.total() for counts in found]
    return found


def test_terms_are_units_and_pairs_of_each_text() -> None:
    terms = {"24": 1, "小": 1, "时": 1, "24小": 1, "小时": 1}
    assert counted(["24小时", "", "安,安"]) == [terms, {}, {"安": 2}]


PIECES = st.sampled_from("安全火車站乾㎡ﬁ５Ａa2_,。 \u3000\n\r\u200b𠀀\ud800é々〇ｶﾞ\xadİß\u2028①")
TEXTS = st.lists(st.lists(PIECES, max_size=12).map("".join) | st.text(max_size=6), max_size=5)


@given(TEXTS)
@example(["a b", "a\u200bb", "武 文 罡", "車 a 站\nb", "Ⅷ組 x"])
def test_terms_are_those_of_one_text_at_a_time(texts: list[str]) -> None:
    assert counted(texts) == [Counter(tokenize(text)) for text in texts]


def test_more_texts_than_can_be_told_apart_are_refused() -> None:
    with pytest.raises(ValueError, match=str(MOST_TEXTS)):
        tokenize_all([""] * (MOST_TEXTS + 1))
