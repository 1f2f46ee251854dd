"""What the READMEs show is so: commands exist, figures are the measured ones, links lead somewhere."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import typer.main
from typer.testing import CliRunner

from bot.cli import build_app
from bot.terminal.chat import COMMANDS
from config.explaining import explain
from config.messages import Language
from config.settings import load_settings
from retrieval.cli.parsing import global_options, hoisted
from retrieval.rebuild import main as rebuild
from scripts import figures

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
CHINESE = ROOT / "README.zh-CN.md"
READMES = pytest.mark.parametrize("readme", [README, CHINESE], ids=lambda path: path.name)
DOCUMENTS = [README, CHINESE, ROOT / "CHANGELOG.md", ROOT / "docs" / "architecture.md"]
QUESTION = "春节期间安全要求是什么"


def code_lines(readme: Path) -> list[str]:
    """The lines of code blocks, and what stands between backquotes in the text."""
    text = readme.read_text("utf-8")
    blocks = re.findall(r"^ *```[a-z]*\n(.*?)^ *```", text, re.DOTALL | re.MULTILINE)
    inline = re.findall(r"(?<!`)`([^`\n]+)`(?!`)", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
    return [line.strip().removeprefix("$ ") for block in blocks for line in block.splitlines()] + inline


def commands(readme: Path, program: str) -> list[list[str]]:
    """The words after ``program`` of every line that runs it; redirections and comments left out."""
    lines = [line[line.index(program) :] for line in code_lines(readme) if is_run(line, program)]
    return [shlex.split(line.split(" > ")[0], comments=True)[len(program.split()) :] for line in lines]


def is_run(line: str, program: str) -> bool:
    return re.search(rf"(^|&& \S*){re.escape(program)}( |$)", line) is not None


@READMES
def test_every_anjiang_command_is_one_that_the_program_takes(readme: Path) -> None:
    root: Any = typer.main.get_command(build_app(Language.EN))
    found = commands(readme, "anjiang")
    assert {words[0] for words in found if words and not words[0].startswith("-")} == set(root.commands)
    for words in found:
        if not words or words[0].startswith("-"):
            assert set(words) <= {name for option in root.params for name in option.opts}, words
            continue
        line = hoisted(words, global_options(root))
        own = line[line.index(words[0]) + 1 :]
        assert_taken(root.commands[words[0]], words[0], own)


def assert_taken(command: Any, name: str, own: list[str]) -> None:
    """Parse what follows the name of a command or its subcommand; a bare name stands for it in the text."""
    if not own:
        return
    with command.make_context(name, list(own)) as context:
        if hasattr(command, "commands"):
            words = [*context._protected_args, *context.args]
            inner, found, rest = command.resolve_command(context, words)
            assert_taken(found, inner, rest)
        else:
            assert context.params, own


@READMES
def test_every_other_command_exists(readme: Path) -> None:
    lines = code_lines(readme)
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for line in lines:
        for target in re.findall(r"(?:^|\S )make (\w+)", line):
            assert f"\n{target}:\n" in makefile, target
        for path in re.findall(r"(?:python |^)((?:scripts|benchmarks|examples|tests)/\S+)", line):
            assert (ROOT / path).exists(), path
    assert {line.split()[0] for line in lines if line.startswith("/")} <= set(COMMANDS)
    assert {"make demo", "make test"} <= {" ".join(line.split()[:2]) for line in lines}


@READMES
def test_the_line_for_cron_rebuilds(readme: Path, apart: Path, capsys: pytest.CaptureFixture[str]) -> None:
    [words] = commands(readme, "python -m retrieval.rebuild")
    assert words == ["/srv/speeches"]
    assert rebuild([str(ROOT / "examples" / "speeches"), "--dry-run", "--lang", "en"]) == 0
    assert "9 documents" in capsys.readouterr().out


@READMES
def test_settings_are_all_there_with_names_and_defaults(readme: Path, apart: Path) -> None:
    cell = r"\| `([a-z_.]+)` \| `([A-Z_]+)` \| (.+?) \| .+? \|\n"
    shown = {key: (name, default) for key, name, default in re.findall(cell, readme.read_text("utf-8"))}
    language = Language.ZH if readme == CHINESE else Language.EN
    real = {setting.key: setting.value for setting in explain(load_settings(), language)}
    assert list(shown) == list(real)
    for key, (name, default) in shown.items():
        assert name == "ANJIANG_" + key.upper().replace(".", "__")
        if key != "embedding.cache":  # its default is a folder of the person who asks
            assert default.strip("`") == real[key], key


@READMES
def test_figures_are_those_that_were_measured(readme: Path) -> None:
    assert figures.updated(readme, figures.measured()) == readme.read_text("utf-8"), (
        "run python scripts/figures.py"
    )


def test_both_readmes_have_the_same_figures_and_code() -> None:
    def numbers(readme: Path) -> list[str]:
        blocks = re.findall(r"<!-- figures:.*?<!-- /figures", readme.read_text("utf-8"), re.DOTALL)
        rows = [line.split("|")[2:] for block in blocks for line in block.splitlines() if "|" in line]
        return [cell.strip() for row in rows for cell in row if re.search(r"^ *[\d,.]+%? *$", cell)]

    assert numbers(README) == numbers(CHINESE) != []
    for program in ("anjiang ask", "anjiang search", "anjiang eval", "python", "make"):
        own = [line for line in code_lines(README) if line.startswith(program)]
        other = [line for line in code_lines(CHINESE) if line.startswith(program)]
        assert [line.split("#")[0].replace("讲话稿", "speeches") for line in other] == [
            line.split("#")[0] for line in own
        ]


def test_figures_that_were_not_measured_show_a_dash() -> None:
    text = figures.updated(README, {**figures.measured(), "quality": blank(figures.measured()["quality"])})
    assert "| 5 real speeches | 60 + 20 | – | – | – | – | – | – | – |" in text


def blank(value: Any) -> Any:
    """The same figures with null for every number but counts of questions."""
    kept = ("answerable", "unanswerable")
    if isinstance(value, dict):
        return {key: inner if key in kept else blank(inner) for key, inner in value.items()}
    return None


def test_lines_of_benchmarks_are_quoted_with_their_machine_where_they_were_measured() -> None:
    lines = {"reading": [{"name": "reading.speed", "what": "", "value": 12.34, "higher_is_better": True}]}
    machine = [["CPU", "a processor"], ["flags", "avx2"], ["cores", "2"]]
    text = figures.updated(README, {**figures.measured(), "lines": lines, "machine": machine})
    assert "| reading seven formats: files a second, ours to markitdown's | 12 |" in text
    assert "LangChain's seconds" not in text
    assert "Measured on a processor, 2 cores (avx2)" in text


def test_the_picture_shows_the_current_answer(apart: Path, example_index: Path) -> None:
    drawn = ElementTree.parse(ROOT / "docs" / "demo.svg").getroot()
    shown = squeezed(
        "".join(
            text for element in drawn.iter() if element.tag.endswith("}text") for text in element.itertext()
        )
    )
    assert squeezed(QUESTION) in shown
    asked = CliRunner().invoke(
        build_app(Language.ZH), ["ask", QUESTION, "--json", "--index", str(example_index)]
    )
    quotes = json.loads(asked.stdout)["quotes"]
    assert quotes
    for quote in quotes:
        place = f"{quote['document']['path']}:{quote['start']}-{quote['end']}"
        assert squeezed(f"[{quote['n']}]{quote['text']}") in shown, "run python scripts/picture.py"
        assert squeezed(place) in shown, "run python scripts/picture.py"


def squeezed(text: str) -> str:
    """Without white space: the terminal breaks lines where it likes."""
    return re.sub(r"\s", "", text)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_relative_links_lead_somewhere(document: Path) -> None:
    links = re.findall(r"\]\(([^)\s]+)\)", document.read_text("utf-8"))
    assert links
    relative = [link.split("#")[0] for link in links if not re.match(r"[a-z]+:", link)]
    assert [link for link in relative if not (document.parent / link).exists()] == []


def test_each_readme_links_to_the_other_at_its_top() -> None:
    for readme, other in ((README, CHINESE), (CHINESE, README)):
        assert f"]({other.name})" in "".join(readme.read_text("utf-8").splitlines(keepends=True)[:3])


def test_what_the_limits_say_in_words_is_still_so() -> None:
    """One in twelve, in seven, in twenty: when a figure leaves its band, rewrite the limits."""
    quality = json.loads(figures.FIGURES.read_text("utf-8"))["quality"]
    assert 0.07 <= 1 - quality["real"]["success@5"] <= 0.1
    assert 0.12 <= 1 - quality["real_everyday"]["success@5"] <= 0.17
    unanswerable = [quality[name]["answered_when_not"] for name in ("real", "written", "examples")]
    assert 0.03 <= sum(unanswerable) / 3 <= 0.07
