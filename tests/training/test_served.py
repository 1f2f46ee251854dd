from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

from config.settings import load_settings
from embeddings import Purpose, load_encoder
from retrieval.index.rebuild import rebuild_index
from retrieval.search.searcher import open_searcher
from training.examples import Example
from training.served import Recorder, served_pairs, write_archive

SALT = Example(
    topic="除雪",
    title="除雪动员会上的讲话（县长 薛岭，12月1日）",
    passage="融雪剂每平方米撒二十克，桥面和弯道先撒。",
    queries=("融雪剂一平方米撒多少",),
    near_misses=("融雪剂存放要离地三十厘米，垛高不超过五层。",),
    unanswered=("融雪剂多少钱一吨",),
)
ALARM = Example(
    topic="除雪",
    title="",
    passage="夜里雪深到五厘米，值班员拉响警报，机手半小时内到岗。",
    queries=("雪下多厚要拉警报",),
)


def test_each_title_has_a_speech_and_what_has_none_stands_together(tmp_path: Path) -> None:
    write_archive([SALT, ALARM], tmp_path)
    alone, together = sorted(path.read_text("utf-8") for path in tmp_path.iterdir())
    if not alone.startswith("除雪动员会"):
        alone, together = together, alone
    assert alone == f"{SALT.title}\n\n{SALT.passage}\n"
    assert together == f"在除雪工作会议上的讲话\n\n{SALT.near_misses[0]}\n\n{ALARM.passage}\n"


def test_what_is_read_answers_where_it_is_of_the_question_s_own_passage(tmp_path: Path) -> None:
    (tmp_path / "archive").mkdir()
    write_archive([SALT, ALARM], tmp_path / "archive")
    encoder = load_encoder(purpose=Purpose.QUERY)
    rebuild_index(tmp_path / "archive", tmp_path / "index", lambda: encoder, fingerprint=encoder.fingerprint)
    recorder, chance = Recorder(), random.Random(1)
    with open_searcher(load_settings(overrides={"index": tmp_path / "index"})) as searcher:
        searcher.judge = recorder
        searcher.calibration = replace(searcher.calibration, undecided=None)
        pairs = {each.question: each for each in served_pairs(searcher, recorder, [SALT, ALARM], chance)}
        elsewhere = replace(ALARM, passage="机手带防滑链。")
        (moved,) = served_pairs(searcher, recorder, [elsewhere], chance)
    said = {question: (pair.kind, pair.answers) for question, pair in pairs.items()}
    assert said == {
        "融雪剂多少钱一吨": ("unanswered", False),
        "融雪剂一平方米撒多少": ("own", True),
        "雪下多厚要拉警报": ("own", True),
    }
    assert ALARM.passage in pairs["雪下多厚要拉警报"].text
    assert (moved.kind, moved.answers) == ("mined", False)
    assert moved.text == pairs["雪下多厚要拉警报"].text
