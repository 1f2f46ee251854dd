"""What ``embedding.adapter`` does to the commands: an index belongs to the adapter that it was built with."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from config.messages import Language
from tests.bot.command import run

SPEECH = """在宿舍安全工作会议上的讲话

同志们：
一、管好用电。楼长每晚十点检查一次插座，发现飞线当场拆除，并在登记簿上写明房间号。
二、管好出口。两头的楼门夜里只许从里面推开，不许上锁，钥匙由值班员随身带着。
"""


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def adapters(adapter_file: Path) -> dict[str, str]:
    return {"none": "none", "own": str(adapter_file), "default": "default"}


@pytest.fixture
def use(apart: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    (apart / "讲话").mkdir()
    (apart / "讲话" / "1.txt").write_text(SPEECH, "utf-8")
    monkeypatch.setenv("ANJIANG_EMBEDDING__CACHE", str(cache))
    return lambda adapter: monkeypatch.setenv("ANJIANG_EMBEDDING__ADAPTER", adapter)


def fingerprint() -> str:
    text: str = json.loads(run("stats", "--json").stdout)["model"]["fingerprint"]
    return text


@pytest.mark.parametrize(
    ("built", "asked"), [("none", "own"), ("own", "none"), ("none", "default"), ("default", "none")]
)
def test_an_index_of_another_adapter_is_refused_until_it_is_rebuilt(
    built: str, asked: str, adapters: dict[str, str], use: Any
) -> None:
    use(adapters[built])
    assert run("index", "讲话").exit_code == 0
    assert "不许上锁" in run("search", "宿舍楼门能锁吗").stdout
    before = fingerprint()
    assert f"default adapter={adapters[built]} (384)" in run("stats").stdout

    use(adapters[asked])
    refused = run("ask", "宿舍楼门能锁吗")
    assert refused.exit_code == 1
    assert refused.stdout == ""
    assert refused.stderr.count("\n") == 1
    assert f"was built with the model default adapter={adapters[built]} ({before})" in refused.stderr
    assert f"now it is default adapter={adapters[asked]} (" in refused.stderr
    assert "run: anjiang index --full" in refused.stderr
    assert "请改回 embedding.model 和 embedding.adapter" in run("ask", "门", language=Language.ZH).stderr

    assert run("index", "讲话").exit_code == 0
    assert fingerprint() != before
    assert "不许上锁" in run("search", "宿舍楼门能锁吗").stdout
    doctor = run("doctor", "--archive", "讲话")
    assert f"default adapter={adapters[asked]}, 384 dimensions" in re.sub(r"\s+", " ", doctor.stdout)


def test_doctor_tells_of_an_unknown_adapter_and_goes_on(use: Any) -> None:
    use("tuned")
    found = json.loads(run("doctor", "--json").stdout)
    checks = {check["check"]: check for check in found["checks"]}
    assert found["ok"] is False
    assert checks["model"]["level"] == "fail"
    assert "There is no adapter called tuned" in checks["model"]["text"]
    assert "index" in checks


def test_asking_with_an_unknown_adapter_is_one_line(use: Any) -> None:
    use("tuned")
    refused = run("index", "讲话")
    assert refused.exit_code == 1
    assert refused.stderr.count("\n") == 1
    assert "Set embedding.adapter (ANJIANG_EMBEDDING__ADAPTER) to default" in refused.stderr
