"""What the cross-encoder learns from, and how it is judged: pairs of questions and texts with a yes or no."""

from __future__ import annotations

import random
from collections import Counter

import numpy as np
import pytest

from training.cross_encoder import BATCH, alike_in_length, summary
from training.examples import Contrast, Example
from training.pairs import (
    CHARACTERS,
    Drawing,
    Pair,
    Words,
    held_out_contrasts,
    held_out_pairs,
    rest,
    told,
    told_with,
)

EXAMPLES = tuple(
    Example(
        topic=f"题{number % 3}",
        title=f"{number}号会议",
        passage=f"第{number}条规定写在墙上。",
        queries=(f"{number}号问甲", f"{number}号问乙", f"{number}号规定问丙"),
        near_misses=(f"第{number}条修订过两次。",) if number % 2 else (),
        unanswered=(f"{number}号规定罚多少", f"{number}号墙上谁写", f"{number}号哪年起"),
        contrasts=(Contrast(f"{number}号墙上谁写", "由文书誊写。", "写得要大。"),) if number < 4 else (),
    )
    for number in range(12)
)

PASSAGE = "罐区每日早晚八点换岗。食堂下月起明厨亮灶，由后勤科验收。换岗记录保存三年。"
WORDS = Words([PASSAGE, "仓库每周清点一次。", "食堂周日休息。"])


@pytest.mark.parametrize("seed", range(20))
def test_only_a_passages_own_questions_are_answered_by_it(seed: int) -> None:
    pairs = Drawing(EXAMPLES, random.Random(seed)).epoch()
    kinds = Counter(pair.kind for pair in pairs)
    # Two questions each, two that are left open, every near miss, both sides of every contrast.
    assert {kind: kinds[kind] for kind in ("own", "unanswered", "near miss", "contrast", "beside")} == {
        "own": 24,
        "unanswered": 24,
        "near miss": 6,
        "contrast": 4,
        "beside": 4,
    }
    assert 0 < kinds["mined"] <= 12
    assert set(kinds) <= {"own", "unanswered", "near miss", "contrast", "beside", "mined", "rest"}
    for pair in pairs:
        own = EXAMPLES[int(pair.question.partition("号")[0])]
        assert pair.answers == (pair.kind in ("own", "contrast"))
        assert (pair.question in own.queries) == (pair.kind in ("own", "near miss")) or pair.kind == "mined"
        assert (own.passage in pair.text) == (pair.kind in ("own", "unanswered", "contrast", "beside"))
        assert ("由文书誊写。" in pair.text) == (pair.kind == "contrast")
        assert ("写得要大。" in pair.text) == (pair.kind == "beside")
    assert Drawing(EXAMPLES, random.Random(seed)).epoch() == pairs


def test_the_examples_with_contrasts_come_first() -> None:
    # Each of these four gives two questions, two left open, two sides, and up to three more.
    for pair in Drawing(EXAMPLES, random.Random(1)).epoch(24):
        assert int(pair.question.partition("号")[0]) < 4
    assert len(Drawing(EXAMPLES, random.Random(1)).epoch(7)) == 7


def test_a_text_is_shown_under_its_own_title_or_alone() -> None:
    texts = {pair.text for pair in Drawing(EXAMPLES, random.Random(1)).epoch() if pair.answers}
    heads = {text.rpartition("\n")[0] for text in texts if "第4条" in text}
    assert heads <= {"", "4号会议", "4号会议｜题1"}
    assert {"\n" in text for text in texts} == {True, False}


@pytest.mark.parametrize(
    ("question", "shown"),
    [
        # The last sentence holds most of the question; its one neighbour fills up to sixty characters, then
        # the one before that.
        ("换岗记录保存几年", PASSAGE),
        ("谁来开门", PASSAGE),  # no sentence stands out
    ],
)
def test_short_passages_are_shown_whole(question: str, shown: str) -> None:
    assert told(question, PASSAGE, WORDS) == shown


def test_of_a_long_passage_the_best_sentence_is_shown() -> None:
    filler = "各单位要认真传达会议精神并抓好贯彻落实，" * 3 + "做到思想到位、组织到位、措施到位。"
    best = "罐区每日早晚八点换岗，交接时两人一同绕罐一周，查看阀门、仪表、接地线和消防器材，"
    best += "发现异常立即报告，并签字留底，班长每周抽查两次。"
    passage = f"{filler}{best}{filler}"
    shown = told("罐区几点换岗", passage, WORDS)
    assert shown == best
    assert len(told("谁来开门", passage, WORDS)) == CHARACTERS


@pytest.mark.parametrize(
    ("at", "shown"),
    [
        (0, "钥匙归班长。罐区八点换岗。食堂归后勤。"),
        (1, "罐区八点换岗。钥匙归班长。食堂归后勤。"),
        (2, "罐区八点换岗。食堂归后勤。钥匙归班长。"),
    ],
)
def test_a_sentence_is_put_where_it_is_told(at: int, shown: str) -> None:
    assert told_with("钥匙归班长。", at, "钥匙归谁", "罐区八点换岗。食堂归后勤。", WORDS) == shown


def test_a_sentence_that_is_put_in_is_shown_though_another_holds_more_of_the_question() -> None:
    filler = "各单位要认真传达会议精神并抓好贯彻落实，" * 4
    passage = f"{filler}罐区的钥匙归谁管要弄清。{filler}完。"
    shown = told_with("小周拿着。", 3, "罐区的钥匙归谁管", passage, WORDS)
    assert "小周拿着。" in shown
    assert len(shown) <= CHARACTERS


def test_what_is_left_lacks_the_sentence_that_the_question_speaks_of() -> None:
    assert rest("食堂明厨亮灶谁验收", PASSAGE, WORDS) == "罐区每日早晚八点换岗。换岗记录保存三年。"
    # Two sentences speak of it, so that what is left might answer.
    assert rest("罐区换岗", "罐区八点换岗。罐区换岗要签字。食堂不换。", WORDS) is None
    assert (
        rest("食堂验收", "食堂由后勤科验收。仓库每周清点。", WORDS) is None
    )  # one sentence left says little


def test_the_nearest_passage_shares_the_rare_words() -> None:
    assert WORDS.nearest("食堂周日休息吗", others_than=2)[0] == 0
    assert 2 not in WORDS.nearest("食堂周日休息吗", others_than=2)
    assert WORDS.nearest("谁来开门", others_than=0) == []


def test_held_out_examples_are_asked_in_full() -> None:
    pairs = held_out_pairs(EXAMPLES[1:2])
    passage, miss = EXAMPLES[1].passage, EXAMPLES[1].near_misses[0]
    asked = [(pair.question, pair.text, pair.answers) for pair in pairs]
    assert asked == [
        ("1号问甲", passage, True),
        ("1号问乙", passage, True),
        ("1号规定问丙", passage, True),
        ("1号规定罚多少", passage, False),
        ("1号墙上谁写", passage, False),
        ("1号哪年起", passage, False),
        ("1号问甲", miss, False),
        ("1号问乙", miss, False),
    ]


def test_contrasts_held_out_stand_side_by_side() -> None:
    answered, beside = held_out_contrasts(EXAMPLES[3:5])
    passage, question = EXAMPLES[3].passage, "3号墙上谁写"
    assert answered == [Pair(question, passage + "由文书誊写。", True, "contrast")]
    assert beside == [Pair(question, passage + "写得要大。", False, "beside")]


def test_each_kind_of_wrong_pairs_has_an_area_of_its_own() -> None:
    """Right pairs score 1 and 3: of the two comparisons with 2 one is won; 0 is below both."""
    kinds = [("own", True, 1.0), ("own", True, 3.0), ("near miss", False, 2.0), ("unanswered", False, 0.0)]
    pairs = [Pair("问", "文", answers, kind) for kind, answers, _ in kinds]
    scores = np.array([score for *_, score in kinds], np.float32)
    assert summary(pairs, scores) == {"near miss": 0.5, "unanswered": 1.0}


def test_batches_hold_every_pair_once_and_texts_of_like_length() -> None:
    pairs = [Pair("问", "文" * (number * 37 % 200), True, "own") for number in range(20 * BATCH)]
    made = alike_in_length(pairs)
    assert sorted(len(pair.text) for batch in made for pair in batch) == sorted(
        len(pair.text) for pair in pairs
    )
    assert {len(batch) for batch in made} == {BATCH}
    widest = max(max(len(p.text) for p in batch) - min(len(p.text) for p in batch) for batch in made)
    assert widest < 60  # of 200, as they come
