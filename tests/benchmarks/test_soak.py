"""The long run in short: every question is asked and compared, swaps happen, and faults are told."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

from benchmarks.soak import Run, Sample, faults, soak
from config.settings import Settings, load_settings
from retrieval.index import current_name

QUESTIONS = ("清明防火要注意什么", "电动自行车能进电梯吗")


def settings_at(index: Path) -> Settings:
    return load_settings(overrides={"index": index, "retrieval.cross_encoder": False})


def renew(index: Path) -> None:
    """A copy of the generation in force, put in force."""
    name = current_name(index)
    assert name is not None
    following = f"gen-{int(name[4:]) + 1:06d}"
    shutil.copytree(index / name, index / following)
    (index / "CURRENT").write_text(following + "\n", "utf-8")


def test_questions_go_on_while_generations_change(example_index: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    shutil.copytree(example_index, index)
    seen: list[Sample] = []
    run = soak(
        settings_at(index), QUESTIONS, lambda: renew(index), total=24, every=4, threads=2, watch=seen.append
    )
    assert run.failures == Counter()
    assert run.different == 0
    assert len(run.seconds) + len(run.swapping) == 24
    assert run.swaps >= 1
    assert current_name(index) == f"gen-{run.swaps + 1:06d}"
    # Each question by each generation that was asked it.
    assert {text for _, text in run.answers} == set(QUESTIONS)
    assert run.samples == seen
    assert seen[-1].questions == 24


def test_questions_that_fail_are_counted(tmp_path: Path, example_index: Path) -> None:
    index = tmp_path / "index"
    shutil.copytree(example_index, index)
    seen: list[Sample] = []
    run = soak(
        settings_at(index),
        ["清明防火要注意什么", "清明防火要注意什么\ud800"],
        lambda: None,
        total=2,
        every=9,
        threads=1,
        watch=seen.append,
    )
    assert sum(run.failures.values()) == 1
    assert len(faults(run)) == 1


def sampled(*mebibytes: float, descriptors: tuple[int, ...] = ()) -> list[Sample]:
    return [
        Sample(at, size, descriptors[at] if descriptors else 16, 4, 2) for at, size in enumerate(mebibytes)
    ]


def test_what_grows_is_told() -> None:
    # The first fifth warms the process up and counts for nothing.
    flat = (100.0, 100.0, 200.0, 200.0, *[205.0] * 6)
    assert faults(Run(sampled(*flat))) == []
    assert faults(Run(sampled(*flat[:-2], 211.0, 211.0))) == ["memory grew"]
    # A swap doubles the descriptors for a moment; what never goes back is lost.
    assert faults(Run(sampled(*flat, descriptors=(9, 9, 16, 17, 16, 16, 16, 16, 22, 16)))) == []
    leaking = (9, 9, 16, 17, 16, 16, 17, 18, 19, 20)
    assert faults(Run(sampled(*flat, descriptors=leaking))) == ["descriptors grew"]


def test_answers_that_change_are_told() -> None:
    run = Run(sampled(*[100.0] * 5), different=2)
    assert faults(run) == ["2 answers differ from those of the same generation before"]
