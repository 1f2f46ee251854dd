"""How many questions are worked on at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from embeddings.types import FloatArray
from retrieval.index.generation import open_generation
from retrieval.search.glossary import load_glossary
from retrieval.search.searcher import Searcher
from tests.retrieval.index.helpers import FINGERPRINT, HashingEncoder
from tests.retrieval.search.builders import open_searcher_of

QUESTIONS = [f"第{number}号码头谁值班" for number in range(12)]


class CountingEncoder(HashingEncoder):
    """Tells how many questions were in it at the same time; 码头失火 is more than it can bear."""

    def __init__(self) -> None:
        super().__init__()
        self.lock = threading.Lock()
        self.now = self.most = 0

    def encode_queries(self, texts: Sequence[str]) -> FloatArray:
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
        try:
            if "码头失火" in texts[0]:
                raise RuntimeError(texts[0])
            time.sleep(0.02)
            return super().encode_queries(texts)
        finally:
            with self.lock:
                self.now -= 1


@pytest.fixture
def index(tmp_path: Path) -> Path:
    open_searcher_of(tmp_path, {"a.txt": "码头讲话\n\n各码头要有人值班，不得离岗。\n"}).close()
    return tmp_path / "index"


@pytest.mark.parametrize(("at_once", "most"), [(1, 1), (3, 3)])
def test_further_questions_wait_for_their_turn(index: Path, at_once: int, most: int) -> None:
    encoder = CountingEncoder()
    with (
        Searcher(open_generation(index, FINGERPRINT), encoder, load_glossary(), at_once=at_once) as searcher,
        ThreadPoolExecutor(8) as pool,
    ):
        asked = list(pool.map(searcher.ask, QUESTIONS))
        found = list(pool.map(searcher.search, QUESTIONS))
    assert encoder.most == most
    assert [evidence.question for evidence in asked] == QUESTIONS
    assert all(found)


def test_a_question_that_fails_leaves_its_turn_to_others(index: Path) -> None:
    with Searcher(
        open_generation(index, FINGERPRINT), CountingEncoder(), load_glossary(), at_once=1
    ) as searcher:
        for ask in (searcher.ask, searcher.search):
            with pytest.raises(RuntimeError):
                ask("码头失火怎么办")
        assert searcher.ask(QUESTIONS[0]).hits
