from __future__ import annotations

import ast
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import asks_only, build_app
from config.errors import UsageError
from config.explaining import explain
from config.messages import Language, message
from config.settings import Settings
from retrieval.cli.app import build_app as build_retrieval_app
from retrieval.cli.parsing import hoisted
from retrieval.cli.state import requested_language

ROOT = Path(__file__).resolve().parents[3]
COMMANDS = "ask chat index search show stats trace verify eval calibrate config doctor".split()  # noqa: SIM905


class Option:
    def __init__(self, name: str, is_flag: bool) -> None:
        self.opts = [name]
        self.is_flag = is_flag


OPTIONS = [Option("--index", False), Option("--debug", True)]


@pytest.mark.parametrize(
    ("given", "parsed"),
    [
        ("ask x --index i", "--index i ask x"),
        ("ask --index=i x --debug", "--index=i --debug ask x"),
        ("--index a ask x --index b", "--index a --index b ask x"),
        ("ask -- --index i", "ask -- --index i"),
        ("ask x --debug=1", "ask x --debug=1"),
        ("", ""),
    ],
)
def test_global_options_move_to_the_front(given: str, parsed: str) -> None:
    assert hoisted(given.split(), OPTIONS) == parsed.split()


@pytest.mark.parametrize(
    ("given", "only"),
    [
        ("ask 值班有什么要求", True),
        ("ask show --index i", True),
        ("ask", True),
        ("ask --help", False),
        ("ask x -h", False),
        ("--index ask stats", False),
        ("stats ask", False),
        ("", False),
    ],
)
def test_a_line_that_begins_with_asking_needs_no_other_command(given: str, only: bool) -> None:
    assert asks_only(given.split()) is only


def test_asking_alone_takes_the_options_of_all_commands(tmp_path: Path) -> None:
    words = ["ask", "值班", "--index", str(tmp_path), "--lang", "en"]
    results = [CliRunner().invoke(build_app(Language.ZH, only_ask=only), words) for only in (True, False)]
    assert [result.exit_code for result in results] == [1, 1]
    assert results[0].stderr == results[1].stderr
    assert "anjiang index" in results[0].stderr


def test_global_option_without_a_value_is_wrong_usage() -> None:
    with pytest.raises(UsageError, match="--index needs a value"):
        hoisted(["ask", "x", "--index"], OPTIONS)
    assert hoisted(["ask", "--index"], OPTIONS, strict=False) == ["ask"]


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_with_examples(command: str, language: Language) -> None:
    result = CliRunner().invoke(build_app(language), [command, "--help"])
    assert result.exit_code == 0
    first = message(f"help.{command}", language).splitlines()[0]
    assert first in result.stdout
    assert message("cli.help_examples", language) in result.stdout
    assert f"anjiang {command}" in result.stdout
    assert "--index" in result.stdout
    assert "None" not in result.stdout


@pytest.mark.parametrize("language", Language)
def test_help_lists_every_command(language: Language) -> None:
    runner = CliRunner()
    result = runner.invoke(build_app(language), ["--help"])
    assert result.exit_code == 0
    for command in COMMANDS:
        assert f"  {command}" in result.stdout
        first = message(f"help.{command}", language).splitlines()[0]
        assert first in " ".join(result.stdout.split())
    assert runner.invoke(build_app(language), []).stdout == result.stdout


def test_retrieval_works_without_the_bot() -> None:
    result = CliRunner().invoke(build_retrieval_app(Language.EN), ["--help"])
    assert result.exit_code == 0
    assert "  search" in result.stdout
    assert "  ask" not in result.stdout


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["serch", "x"], "error: there is no command serch; did you mean anjiang search?"),
        (["春节要求"], "error: there is no command 春节要求; to ask a question use anjiang ask 春节要求, "),
        (["ask"], "error: QUESTION is missing; see anjiang ask --help"),
        (["ask", "x", "--foo"], "error: there is no option --foo; see anjiang ask --help"),
        (["ask", "x", "--index"], "error: --index needs a value; see --help"),
        (["ask", "x", "--limit", "0"], "error: --limit takes a whole number from 1 to 100; see "),
        (["ask", "x", "--year", "去年"], "error: --year takes a whole number from 1900 to 2999; see "),
        (["ask", "x", "--speaker", " "], "error: --speaker is empty; give it a value or leave it out"),
        (["stats", "a", "b"], "error: unexpected: a b; put quotation marks around a name with spaces, see "),
        (["--lang", "fr", "ask", "x"], "error: --lang has a value that does not fit ("),
    ],
)
def test_wrong_usage_is_one_line_and_exit_code_2(apart: Path, arguments: list[str], line: str) -> None:
    result = CliRunner().invoke(build_app(Language.EN), arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith(line)
    assert result.stderr.count("\n") == 1


def test_wrong_usage_in_chinese(apart: Path) -> None:
    result = CliRunner().invoke(build_app(Language.ZH), ["ask", "x", "--foo"])
    assert result.stderr == "错误：没有 --foo 这个选项；用法见 anjiang ask --help\n"


@pytest.mark.parametrize(
    ("arguments", "environ", "settings", "language"),
    [
        ([], {}, "", Language.ZH),
        ([], {"LANG": "en_US.UTF-8"}, "", Language.EN),
        ([], {"LANG": "en_US.UTF-8"}, 'language = "zh"', Language.ZH),
        ([], {"ANJIANG_LANGUAGE": "en"}, 'language = "zh"', Language.EN),
        (["ask", "x", "--lang", "zh"], {"ANJIANG_LANGUAGE": "en"}, "", Language.ZH),
        (["--lang=en"], {}, "", Language.EN),
        (["ask", "--", "--lang", "en"], {}, "", Language.ZH),
        ([], {}, "language = [", Language.ZH),
    ],
)
def test_language_is_known_before_anything_is_parsed(
    apart: Path, arguments: list[str], environ: dict[str, str], settings: str, language: Language
) -> None:
    (apart / "anjiang.toml").write_text(settings, "utf-8")
    assert requested_language(arguments, environ) is language


def test_every_message_the_commands_name_is_in_the_catalogue() -> None:
    named = set()
    for path in [*(ROOT / "retrieval/cli").rglob("*.py"), *(ROOT / "bot").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                area, dot, name = node.value.partition(".")
                whole = name.isidentifier() and not name.endswith("_")  # not the beginning of an f-string
                if dot and whole and (ROOT / f"config/messages/{area}.toml").exists():
                    named.add(node.value)
    assert "cli.interrupted" in named
    settings = {entry.key for entry in explain(Settings())}
    for key in named - settings:
        area, _, name = key.partition(".")
        assert f"\n[{name}]\n" in "\n" + (ROOT / f"config/messages/{area}.toml").read_text("utf-8"), key
