"""What is said of a language model that is set, half set, or not there: by doctor, bot, ask and chat."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import build_app
from bot.llm.chat import ChatError, Trouble
from bot.llm.setting import is_set, seconds_to_begin, trouble
from config.errors import ExtraNotInstalledError, SettingsError
from config.messages import Language, message
from config.settings import LlmSettings
from tests.bot.llm.asking import KEY
from tests.bot.llm.chat_server import DONE, chat_server, chat_server_beside, fails, head, piece, says, sends

pytest.importorskip("openai")
HALF = message("llm.half_set", Language.ZH, given="llm.base_url", missing="llm.model")


def settings(**values: str) -> LlmSettings:
    return LlmSettings.model_validate(values)


def test_half_a_model_is_trouble_and_none_at_all_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    url = "http://127.0.0.1:9/v1"
    assert trouble(settings()) is None
    assert not is_set(settings(base_url=url))
    for given, missing in ((settings(base_url=url), "llm.model"), (settings(model="m"), "llm.base_url")):
        found = trouble(given)
        assert isinstance(found, SettingsError)
        assert found.values["missing"] == missing
    whole = settings(base_url=url, model="m")
    assert is_set(whole)
    assert trouble(whole) is None
    monkeypatch.setitem(__import__("sys").modules, "openai", None)
    assert isinstance(trouble(whole), ExtraNotInstalledError)


async def test_the_time_to_begin_ends_with_the_first_piece() -> None:
    async with chat_server(sends(head(), piece("好"), 60.0)) as server:
        assert await seconds_to_begin(settings(base_url=server.url, model="m")) < 30
    async with chat_server(sends(head(), piece(end="stop"), DONE)) as server:
        with pytest.raises(ChatError) as raised:
            await seconds_to_begin(settings(base_url=server.url, model="m"))
    assert raised.value.trouble is Trouble.MALFORMED


def doctor(index: Path) -> tuple[str, str]:
    """Level and text of the check-up's line about the model."""
    result = CliRunner().invoke(build_app(Language.EN), ["doctor", "--index", str(index), "--json"])
    assert KEY not in result.output
    (found,) = (one for one in json.loads(result.stdout)["checks"] if one["check"] == "llm")
    return found["level"], found["text"]


def test_doctor_says_whether_a_model_is_there(apart: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert doctor(apart) == ("ok", message("doctor.llm_not_set", Language.EN))
    with chat_server_beside(says("好"), fails(f"401 {KEY}")) as server:
        monkeypatch.setenv("ANJIANG_LLM__BASE_URL", server.url)
        level, told = doctor(apart)
        assert (level, "llm.model" in told, server.requests) == ("warn", True, [])
        monkeypatch.setenv("ANJIANG_LLM__MODEL", "qwen")
        monkeypatch.setenv("ANJIANG_LLM__API_KEY", KEY)
        level, told = doctor(apart)
        assert level == "ok"
        assert re.fullmatch(r"qwen, begins to answer after \d+\.\d s", told)
        assert doctor(apart) == ("warn", message("llm.refused", Language.EN))


def test_half_a_model_is_told_once_in_one_line_by_every_way_in(
    apart: Path, example_index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANJIANG_LLM__BASE_URL", "http://127.0.0.1:9/v1")
    app, index = build_app(Language.ZH), ["--index", str(example_index)]
    asked = CliRunner().invoke(app, ["ask", "春节期间烟花爆竹怎么管", *index])
    assert asked.stdout.startswith("[1] ")
    assert asked.stderr == HALF + "\n"
    talked = CliRunner().invoke(app, ["chat", *index], input="谁负责值班\n谁负责值班\n")
    assert talked.stderr == HALF + "\n"
    started = CliRunner().invoke(app, ["bot"])
    assert HALF in started.stderr.splitlines()
    silent = CliRunner().invoke(app, ["ask", "谁负责值班", "--no-llm", *index])
    assert silent.stderr == ""
