from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from config.errors import SettingsError
from config.settings import load_settings
from retrieval.search.calibration_file import (
    SHIPPED,
    calibration_text,
    load_calibration,
    read_calibration,
    shipped_calibration,
)
from retrieval.search.confidence import Calibration, Regression, Weight
from retrieval.search.opening import open_searcher

OWN = Calibration(
    read=Regression(0.25, {"answers": Weight(0.5, -1.0, 2.0)}, 0.4),
    unread=Regression(-3.0, {"cosine": Weight(8.0, 0.3, 0.1), "coverage": Weight(1.0, 0.5, 0.2)}, 0.45),
    encoder="e1",
    cross_encoder="c1",
    fitted={"questions": 40, "target": 0.05},
    undecided=(0.25, 0.75),
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "own.json"
    path.write_text(calibration_text(OWN), "utf-8")
    return path


def changed(file: Path, change: dict[str, Any]) -> Path:
    content = json.loads(file.read_text("utf-8"))
    for place, value in change.items():
        *tables, name = place.split(".")
        inner = content
        for table in tables:
            inner = inner[table]
        inner[name] = value
    file.write_text(json.dumps(content), "utf-8")
    return file


def refusal(file: Path, encoder: str = "e1", cross_encoder: str = "c1") -> str:
    with pytest.raises(SettingsError) as caught:
        load_calibration(file, encoder, cross_encoder)
    assert str(file) in str(caught.value)
    assert "\n" not in str(caught.value)
    return caught.value.key.removeprefix("calibrate.")


def test_what_is_written_is_read_again(file: Path) -> None:
    assert read_calibration(file) == load_calibration(file, "e1", "c1") == OWN


def test_the_shipped_one_is_used_with_any_model() -> None:
    assert load_calibration(None, "any", "other") is shipped_calibration()
    assert calibration_text(shipped_calibration()) == SHIPPED.read_text("utf-8")
    assert shipped_calibration().read is not None


def test_another_model_is_refused(file: Path) -> None:
    assert refusal(file, encoder="e2") == "other_encoder"
    assert refusal(file, cross_encoder="c2") == "other_cross_encoder"
    assert load_calibration(file, "e1", "") == OWN, "without a cross-encoder there is nothing to fit"
    changed(file, {"read": None})
    assert refusal(file) == "other_cross_encoder"
    assert load_calibration(file, "e1", "").read is None


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"format": 2}, "other_version"),
        ({"signals": 0}, "other_version"),
        ({"format": "one"}, "damaged"),
        ({"unread": None}, "damaged"),
        ({"undecided": [0.5]}, "damaged"),
        ({"undecided": [0.6, 0.5]}, "damaged"),
        ({"undecided": [0.5, 1.5]}, "damaged"),
        ({"undecided": 0.5}, "damaged"),
        ({"unread.threshold": 1.01}, "damaged"),
        ({"unread.threshold": True}, "damaged"),
        ({"unread.intercept": "0"}, "damaged"),
        ({"unread.weights.cosine.spread": 0.0}, "damaged"),
        ({"unread.weights.cosine.weight": float("nan")}, "damaged"),
        ({"unread.weights.cosine": 3}, "damaged"),
        ({"unread.weights.warmth": {"weight": 1, "mean": 0, "spread": 1}}, "damaged"),
        ({"unread.weights.answers": {"weight": 1, "mean": 0, "spread": 1}}, "damaged"),
        ({"read.weights": []}, "damaged"),
        ({"encoder": None}, "damaged"),
        ({"fitted": 3}, "damaged"),
    ],
)
def test_a_damaged_file_is_told_in_one_line(file: Path, change: dict[str, Any], key: str) -> None:
    assert refusal(changed(file, change)) == key


@pytest.mark.parametrize("text", ["", "{", "[]", "3", "null", "[" * 100_000, '{"format": 1, "signals": 6}'])
def test_what_is_no_calibration_is_told_in_one_line(file: Path, text: str) -> None:
    file.write_text(text, "utf-8")
    assert refusal(file) == "damaged"
    file.write_bytes(b"\xff\xfe\x00")
    assert refusal(file) == "damaged"


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    assert refusal(tmp_path / "nothing.json") == "unreadable"
    assert refusal(tmp_path) == "unreadable"


def test_the_settings_name_the_file_that_is_used(file: Path, example_index: Path) -> None:
    def settings(path: Path) -> Any:
        return load_settings(overrides={"index": example_index, "retrieval.calibration": path})

    with pytest.raises(SettingsError) as caught:
        open_searcher(settings(file))
    assert caught.value.key == "calibrate.other_encoder"
    never = {"encoder": "", "cross_encoder": "", "read.threshold": 1.0, "unread.threshold": 1.0}
    with open_searcher(settings(changed(file, never))) as searcher:
        evidence = searcher.ask("春节期间烟花爆竹怎么管")
    assert not evidence.answerable
    assert evidence.hits
