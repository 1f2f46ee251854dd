"""Commands over an index in Milvus Lite: copying, asking, and what is said where it can't be had."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from bot.cli import build_app
from bot.live import Live
from bot.telegram.rebuilding import Rebuilder
from config.errors import ServerError
from config.messages import Language
from config.settings import Backend, Settings, load_settings

SPEECH = """在宿舍安全工作会议上的讲话

同志们：
一、管好用电。楼长每晚十点检查一次插座，发现飞线当场拆除，并在登记簿上写明房间号。
二、管好出口。两头的楼门夜里只许从里面推开，不许上锁，钥匙由值班员随身带着。
"""
ADDED = """在食堂安全工作会议上的讲话

同志们：
一、管好燃气。厨师下班前要关总阀，值班经理每天签字确认一次。
"""


@pytest.fixture
def lite(apart: Path) -> Iterator[Path]:
    """An archive beside a settings file that names a file of Milvus Lite."""
    from milvus_lite.server_manager import server_manager_instance

    (apart / "讲话").mkdir()
    (apart / "讲话" / "1.txt").write_text(SPEECH, "utf-8")
    (apart / "anjiang.toml").write_text("archive = '讲话'\n[milvus]\nuri = 'lite.db'\n", "utf-8")
    yield apart
    server_manager_instance.release_server(str(apart / "lite.db"))


def run(*arguments: str) -> Result:
    return CliRunner().invoke(build_app(Language.EN), ["--lang", "en", *arguments])


def answer(question: str) -> dict[str, Any]:
    result = run("ask", question, "--json")
    assert result.exit_code == 0, result.stderr
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_index_is_copied_asked_and_taken_up_anew(lite: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("index").exit_code == 0
    expected = answer("楼门夜里能上锁吗")
    copied = run("index", "--to", "milvus", "--json")
    assert copied.exit_code == 0, copied.stderr
    assert json.loads(copied.stdout)["passages"] == 1
    assert "gen-000001" in copied.stderr

    monkeypatch.setenv("ANJIANG_RETRIEVAL__BACKEND", "milvus")
    assert answer("楼门夜里能上锁吗") == expected
    live = Live(load_settings())
    assert live.refresh()
    assert not live.refresh()
    # Where questions are answered from Milvus, a rebuild copies by itself, and who is open takes it up.
    (lite / "讲话" / "2.txt").write_text(ADDED, "utf-8")
    assert run("index").exit_code == 0
    assert live.refresh()
    assert str(live.generation).startswith("gen-000002-")
    hits = live.use(lambda searcher: searcher.search("燃气总阀谁来关", limit=1))
    assert hits[0].document.path == "2.txt"
    live.close()
    assert run("doctor").exit_code == 0
    # What machines that only answer need is the folder of the copies.
    (lite / ".anjiang/index/CURRENT").unlink()
    assert answer("厨师下班前要关什么")["answerable"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--to", "faiss"], "--to can only be milvus, not faiss"),
        (["讲话", "--to", "milvus"], "copies the index as it is"),
        (["--to", "milvus", "--full"], "copies the index as it is"),
    ],
)
def test_wrong_use_is_told(lite: Path, arguments: list[str], said: str) -> None:
    result = run("index", *arguments)
    assert result.exit_code == 2
    assert said in result.stderr


def test_unreachable_server_is_one_line(lite: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANJIANG_RETRIEVAL__BACKEND", "milvus")
    monkeypatch.setenv("ANJIANG_MILVUS__URI", "http://me:s3cret@127.0.0.1:9")
    result = run("show", "1.txt")
    assert result.exit_code == 1
    assert result.stderr.startswith("error: Milvus (http://********@127.0.0.1:9) can't be reached")
    assert result.stderr.count("\n") == 1
    assert "s3cret" not in result.stderr
    live = Live(load_settings())
    with pytest.raises(ServerError):
        live.refresh()
    with pytest.raises(ServerError):
        live.use(lambda searcher: searcher)


def test_rebuild_by_the_bot_is_told_of_the_server() -> None:
    settings = Settings.model_validate(
        {
            "archive": "讲话",
            "retrieval": {"backend": "milvus"},
            "milvus": {"uri": "http://host:19530/db", "token": "root:Milvus1", "timeout_seconds": 3},
        }
    )
    told = Settings(**json.loads(Rebuilder(settings)._order(Language.ZH))["settings"])
    assert told.milvus == settings.milvus
    assert told.retrieval.backend is Backend.MILVUS
