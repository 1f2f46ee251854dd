"""What the model of these tests words of the example speeches, and how a program is told of the model."""

from __future__ import annotations

import pytest

from config.messages import Language, message
from tests.bot.llm.asking import KEY
from tests.bot.llm.chat_server import ChatServer

ONE = "最后，再强调一下春节期间的安全要求[1]。"
TWO = "一是管住烟花爆竹[1]。"
FALSE = "全市可以随意燃放[1]。"
"""The first two are whole sentences of the speech that is quoted; nobody says the third."""
HEADING = message("ask.worded", Language.ZH)


def use(monkeypatch: pytest.MonkeyPatch, server: ChatServer, **more: str) -> None:
    """Have the commands that follow ask this model."""
    for name, value in {"base_url": server.url, "model": "m", "api_key": KEY, **more}.items():
        monkeypatch.setenv(f"ANJIANG_LLM__{name.upper()}", value)
