from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from retrieval.documents.views import encoded_text
from retrieval.evaluation.questions import load_dialogues
from retrieval.search.domain import LEAST, MOST, SAID, USUAL, in_domain
from retrieval.search.linear_classifier import LinearClassifier, shipped_classifier
from retrieval.search.searcher import Searcher

DATA = Path(__file__).parents[2] / "data"
WEIGHTS = np.asarray([3.0, -4.0], np.float32)


def test_log_odds_are_a_weighted_sum_within_bounds() -> None:
    classifier = LinearClassifier(WEIGHTS, -1.0)
    # 3 * 0.6 - 4 * 0.8 - 1 = -2.4; 3 * 1 - 1 = 2; 3 * 0 - 4 * 1 - 1 = -5; 3 * 0.6 + 4 * 0.8 - 1 = 4
    assert in_domain(classifier, np.asarray([0.6, 0.8], np.float32)) == pytest.approx(-2.4)
    assert in_domain(classifier, np.asarray([1.0, 0.0], np.float32)) == pytest.approx(2.0)
    assert in_domain(classifier, np.asarray([0.0, 1.0], np.float32)) == LEAST
    assert in_domain(classifier, np.asarray([0.6, -0.8], np.float32)) == MOST
    assert in_domain(classifier, np.asarray([0.6, 0.8], np.float32), alone=False) == USUAL
    assert (
        in_domain(classifier, np.asarray([0.9, 0.2], np.float32), alone=False) == USUAL
    )  # 2.7 - 0.8 - 1 = 0.9


def test_the_default_encoder_has_a_classifier_and_no_other(example_searcher: Searcher) -> None:
    assert example_searcher.domain is not None
    assert shipped_classifier("domain", "another encoder") is None
    assert in_domain(None, np.asarray([1.0, 0.0], np.float32)) == USUAL


def test_everyday_questions_are_told_from_those_that_speeches_answer(example_searcher: Searcher) -> None:
    """The first were not learned from; weather, recipes and telephones are told in two of three."""
    domain = example_searcher.domain
    assert domain is not None

    def share_of_domain(name: str, answerable: bool) -> float:
        asked = [dialogue.turns[0] for dialogue in load_dialogues(DATA / name)]
        texts = [encoded_text(turn.question) for turn in asked if turn.answerable is answerable]
        vectors = example_searcher.encoder.encode_queries(texts)
        return float(np.mean([in_domain(domain, vector) > 0 for vector in vectors]))

    assert share_of_domain("off_topic.jsonl", answerable=False) <= 0.4
    assert share_of_domain("questions.jsonl", answerable=True) >= 0.9


@pytest.mark.parametrize("question", ["过年放炮仗咋管", "矿井突水前有什么兆头", "出租屋能不能给电瓶车充电"])
def test_everyday_words_about_safety_are_of_the_domain(example_searcher: Searcher, question: str) -> None:
    signals = example_searcher.consider(question).signals
    assert signals is not None
    assert signals.in_domain > 0


def test_what_the_archive_says_in_these_words_is_of_the_domain(example_searcher: Searcher) -> None:
    """The classifier alone takes 森林防火怎么做 for a question about something else."""
    domain = example_searcher.domain
    assert domain is not None
    vector = example_searcher.encoder.encode_queries([encoded_text("森林防火怎么做")])[0]
    signals = example_searcher.consider("森林防火怎么做").signals
    assert signals is not None
    assert signals.coverage >= SAID
    assert in_domain(domain, vector) < 0 < signals.in_domain
