"""What the words found ask themselves, and leave open in words of their own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.types import FloatArray
from retrieval.search.linear_classifier import LinearClassifier, shipped_classifier
from retrieval.search.openness import OPEN, clauses_of, encoded_clause, leaves_open, sentences_of
from retrieval.search.put_off import asking_stretches
from retrieval.search.searcher import Searcher
from tests.retrieval.search.builders import open_searcher_of

KILN = "窑门一期换了6扇。二期要添几扇，得瞧来年的账本鼓不鼓，我这会儿可不敢拍胸脯。"


def never(texts: Sequence[str]) -> FloatArray:
    raise AssertionError(texts)


@pytest.mark.parametrize(
    ("question", "found", "stretches"),
    [
        ("窑门二期打算添几扇", KILN, ["二期要添几扇，得瞧来年的账本鼓不鼓"]),
        ("巡窑组由谁带队", "巡窑组由谁带队，人事那边正掂量着。", ["巡窑组由谁带队，人事那边正掂量着"]),
        # Of another kind, about something else, answered by the speaker, or with nothing behind it.
        ("窑门二期什么时候添", KILN, []),
        ("渡口的船要换几艘", KILN, []),
        ("窑门二期打算添几扇", "二期要添几扇？添4扇。", []),
        ("窑门二期打算添几扇", "大家都来问二期要添几扇。", []),
        ("哪家砖窑不听招呼", "哪家砖窑不听招呼，就在哪家开现场会。", []),
        ("窑门", KILN, []),
        ("", "", []),
    ],
)
def test_where_the_words_found_ask_themselves(question: str, found: str, stretches: list[str]) -> None:
    assert asking_stretches(question, found) == stretches


def test_log_odds_are_a_weighted_sum() -> None:
    classifier = LinearClassifier(np.asarray([3.0, -4.0], np.float32), -1.0)
    # 3 * 0.6 - 4 * 0.8 - 1 = -2.4; 3 * 1 - 1 = 2
    vectors = np.asarray([[0.6, 0.8], [1.0, 0.0]], np.float32)
    assert classifier.log_odds(vectors) == pytest.approx([-2.4, 2.0])


def test_clauses_are_encoded_only_where_the_words_found_ask_the_same() -> None:
    classifier = LinearClassifier(np.asarray([1.0, 0.0], np.float32), 0.0)
    assert not leaves_open(classifier, "窑门二期什么时候添", KILN, never)
    shown: list[str] = []

    def encode(texts: Sequence[str]) -> FloatArray:
        shown.extend(texts)
        return np.asarray([[OPEN + 0.1, 0.0]] * len(texts), np.float32)

    assert leaves_open(classifier, "窑门二期打算添几扇", KILN, encode)
    assert shown == ["二期要添几扇，得瞧来年的账本鼓不鼓"]
    told = LinearClassifier(np.asarray([1.0, 0.0], np.float32), -0.2)
    assert not leaves_open(told, "窑门二期打算添几扇", KILN, encode)


def test_the_default_encoder_has_a_classifier_and_no_other(example_searcher: Searcher) -> None:
    assert example_searcher.openness is not None
    assert shipped_classifier("openness", "another encoder") is None


@pytest.mark.parametrize(
    ("text", "is_open"),
    [
        # Not learned from, nor any in these words.
        ("二期要添几扇，得瞧来年的账本鼓不鼓", True),
        ("护窑费涨到多少，东家和窑工两边还在拉锯", True),
        ("塌窑到底是谁的责任，专家组的结论尚未出炉", True),
        ("二期要添几扇，施工图上写得明白是四扇", False),
        ("巡窑组由谁带队，这回是老鲁带队", False),
        ("每座窑口配两具灭火器，每月检查一次", False),
    ],
)
def test_words_that_leave_open_are_told_from_words_that_tell(
    example_searcher: Searcher, text: str, is_open: bool
) -> None:
    openness = example_searcher.openness
    assert openness is not None
    vectors = example_searcher.encoder.encode_passages([encoded_clause(text)])
    assert bool(openness.log_odds(vectors)[0] > OPEN) is is_open


def test_what_is_left_open_is_declined_and_what_stands_beside_it_answered(tmp_path: Path) -> None:
    files = {
        "砖窑.txt": "在全县砖窑安全会议上的讲话\n青崖县县长 周大勇\n（2024年5月6日）\n\n同志们：\n"
        + KILN
        + "\n"
        "窑工进窑之前要先测一氧化碳，测完登记，两人同行。\n"
    }
    with open_searcher_of(tmp_path, files) as searcher:
        assert not searcher.ask("砖窑的窑门二期打算添几扇").answerable
        assert searcher.ask("砖窑的窑门一期换了几扇").answerable


@given(st.text(max_size=80))
def test_any_text_is_cut(text: str) -> None:
    sentences = sentences_of(text)
    assert all(sentence in text and clauses_of(sentence) for sentence in sentences)
    asking_stretches(text, text)
