"""Evidence over made-up quotes, and a client of a server in the test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.llm.client import OpenAIChat
from config.settings import LlmSettings
from retrieval.documents.types import Span
from retrieval.types import DocumentInfo, Evidence, Quote

KEY = "sk-verysecret"
QUOTES = (
    "建成区内禁止燃放烟花爆竹。经批准的，可以在指定地点燃放。",
    "汛期实行24小时值班制度；县应急局局长王小明带班。值班电话由值班室统一公布。",
)
TRUE = "建成区内禁止燃放烟花爆竹[1]。"
ALSO = "汛期实行24小时值班制度[2]。"
FALSE = "汛期实行12小时值班制度[2]。"
"""What a model words of these quotes: the first two are proved, the third is of no quote."""


def evidence_of(*texts: str, question: str = "汛期怎么值班", answerable: bool = True) -> Evidence:
    info = DocumentInfo("0" * 16, "a.txt", "0" * 64, "讲话", None, None, None, None, None, None, None)
    quotes = tuple(Quote(text, Span(0, len(text)), info, (), "", "", "p") for text in texts)
    return Evidence(question, quotes, (), 0.9, answerable)


@asynccontextmanager
async def opened(url: str, seconds: int = 5, piece_seconds: float | None = None) -> AsyncIterator[OpenAIChat]:
    values = {"base_url": url, "model": "m", "api_key": KEY, "timeout_seconds": seconds}
    chat = OpenAIChat(LlmSettings.model_validate(values), piece_seconds)
    try:
        yield chat
    finally:
        await chat.close()
