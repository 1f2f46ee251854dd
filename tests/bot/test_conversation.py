from __future__ import annotations

import stat
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli import build_app
from bot.conversation import KEPT_TURNS, Conversation
from bot.terminal.chat import private_file
from config.errors import UsageError
from config.messages import Language
from config.settings import load_settings
from retrieval.search.opening import open_searcher
from retrieval.search.searcher import Searcher
from retrieval.types import Certainty
from tests.bot.command import SPRING

QUESTION = "春节期间烟花爆竹怎么管"


@pytest.fixture
def searcher(apart: Path, example_index: Path) -> Searcher:
    return open_searcher(load_settings(overrides={"index": example_index}))


def test_follow_up_is_understood_after_its_question(searcher: Searcher) -> None:
    conversation = Conversation(language=Language.ZH)
    first = conversation.ask(searcher, QUESTION)
    assert first.evidence.answerable
    second = conversation.ask(searcher, "那值班呢")
    assert [turn.question for turn in conversation.past] == [QUESTION, "那值班呢"]
    assert second.quotes
    assert second.quotes[0].document.path == SPRING
    assert "值班" in second.text
    assert conversation.last is second


def test_conversation_keeps_the_last_turns_only(searcher: Searcher) -> None:
    conversation = Conversation(language=Language.ZH)
    for number in range(KEPT_TURNS + 2):
        conversation.ask(searcher, f"第{number}个问题")
    assert [turn.question for turn in conversation.past] == [f"第{n}个问题" for n in range(2, KEPT_TURNS + 2)]


def test_new_forgets_everything(searcher: Searcher) -> None:
    conversation = Conversation(language=Language.ZH)
    conversation.ask(searcher, QUESTION)
    conversation.new()
    assert conversation.past == ()
    assert conversation.last is None


def test_refused_question_leaves_the_conversation_as_it_was(searcher: Searcher) -> None:
    conversation = Conversation(language=Language.ZH)
    given = conversation.ask(searcher, QUESTION)
    with pytest.raises(UsageError):
        conversation.ask(searcher, " ")
    assert conversation.last is given
    assert len(conversation.past) == 1


def test_confidence_has_a_word(searcher: Searcher) -> None:
    given = Conversation(language=Language.ZH).ask(searcher, QUESTION)
    assert given.certainty is given.evidence.certainty is Certainty.HIGH


def chat(index: Path, *lines: str) -> Result:
    text = "".join(line + "\n" for line in lines)
    return CliRunner().invoke(build_app(Language.ZH), ["chat", "--index", str(index)], input=text)


def test_chat_reads_lines_from_a_pipe(apart: Path, example_index: Path) -> None:
    result = chat(example_index, QUESTION, "/show 1", "/sources", "/quit", "/nonsense")
    assert result.exit_code == 0, result.output
    assert result.stderr == ""
    assert result.stdout.count("《周启明市长在全市安全生产暨春节保障工作视频会议上的讲话》") >= 3
    assert result.stdout.count("\n出处\n") == 1


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (["/show 1"], "还没有引文；请先提问。"),
        (["/sources"], "还没有引文；请先提问。"),
        ([QUESTION, "/show 99"], "没有第 99 条引文，只有 1 到 "),
        ([QUESTION, "/show"], "要看哪一条？例如 /show 1"),
        ([QUESTION, "/show x"], "要看哪一条？例如 /show 1"),
        ([QUESTION, "/new", "/show 1"], "还没有引文；请先提问。"),
        (["/nonsense"], "没有 /nonsense 这个命令；/help 看全部。"),
        (["问" * 10_000], "问题有 10000 个字，最多 2000 个"),
    ],
)
def test_chat_tells_what_is_wrong_and_goes_on(
    apart: Path, example_index: Path, lines: list[str], told: str
) -> None:
    result = chat(example_index, *lines, "/help")
    assert result.exit_code == 0
    assert result.stderr.startswith(told)
    assert result.stderr.count("\n") == 1
    assert "/sources    再列一次出处" in result.stdout


def test_history_is_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "data" / "history"
    assert private_file(path) == path
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o644)
    assert private_file(path) == path
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    (tmp_path / "file").write_text("")
    assert private_file(tmp_path / "file" / "history") is None
