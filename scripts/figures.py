"""Writes the measured figures of docs/figures.json into both READMEs, between the markers for them.

usage: python scripts/figures.py [--check]

`make bench` writes docs/benchmarks.json; what the benchmarks of quality measure, a person copies into
docs/figures.json (null: not measured yet). This script makes the tables of both languages from them: they
can't differ. --check changes nothing and exits with 1 when a README is not up to date.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[1]
FIGURES: Final = ROOT / "docs" / "figures.json"
BENCHMARKS: Final = ROOT / "docs" / "benchmarks.json"
READMES: Final = {"zh": ROOT / "README.zh-CN.md", "en": ROOT / "README.md"}

Figures = Mapping[str, Any]

_ABSENT = "–"
_WORDS: Final[Mapping[str, tuple[str, str]]] = {  # Chinese, English
    "questions": ("问题（可答 + 不可答）", "questions (answerable + not)"),
    "success@1": ("第 1 段命中", "right at 1"),
    "success@5": ("前 5 段命中", "right in 5"),
    "mrr@10": ("MRR@10", "MRR@10"),
    "fact_recall": ("要点齐全", "facts given"),
    "answer_chars": ("答案字数", "characters"),
    "answered_when_answerable": ("可答而答", "answered"),
    "answered_when_not": ("不可答而答", "answered wrongly"),
    "quotes_not_verbatim": ("非原文引文", "quotes not verbatim"),
    "real": ("真实讲话 5 篇", "5 real speeches"),
    "real_everyday": ("　其中口语问法", "– of these, in everyday words"),
    "real_follow_ups": ("真实讲话，追问", "5 real speeches, dialogues"),
    "written": ("为评测写的讲话 7 篇", "7 speeches written for tests"),
    "written_follow_ups": ("为评测写的讲话，追问", "7 written speeches, dialogues"),
    "examples": ("示例 9 篇（定参数用）", "9 examples (fitted on)"),
    "ratio": ("比值", "ratio"),
    "first_answer.langchain": (
        "新进程回答一个问题：LangChain 的耗时是本项目的几倍",
        "a fresh process answers: LangChain's seconds to ours",
    ),
    "first_answer.memory": (
        "同上：内存峰值，LangChain 是本项目的几倍",
        "the same: LangChain's peak memory to ours",
    ),
    "question.asking": (
        "热进程里提问：是朴素做法（编码加 FAISS 一次检索）的几倍",
        "a question, warm: ours to the plain way (encode, one FAISS search)",
    ),
    "rebuild.changed": (
        "改动一篇后重建：是从零建立的几分之几",
        "rebuilding after one file changed, to building from nothing",
    ),
    "encoding.speed": (
        "编码：每秒字数是 SentenceTransformer.encode（float32）的几倍",
        "encoding: characters a second, ours to SentenceTransformer.encode in float32",
    ),
    "reading.speed": (
        "读七种格式：每秒文件数是 markitdown 的几倍",
        "reading seven formats: files a second, ours to markitdown's",
    ),
    "scale.p50_ms": (
        "1,000 篇时问一句的中位耗时：占 10,000 篇限额 25 毫秒的比例",
        "1,000 speeches, median question: share of the 25 ms allowed at 10,000",
    ),
    "scale.resident_mebibytes": (
        "1,000 篇时常驻内存：占 10,000 篇限额 2.5 GiB 的比例",
        "1,000 speeches, resident memory: share of the 2.5 GiB allowed at 10,000",
    ),
    "machine": ("测量环境：{}，{} 核（{}）", "Measured on {}, {} cores ({})"),
}


def main() -> int:
    """Write or check; the exit code."""
    figures = measured()
    stale = [path for path in READMES.values() if updated(path, figures) != path.read_text("utf-8")]
    if "--check" in sys.argv[1:]:
        for path in stale:
            sys.stderr.write(f"{path.name} is not up to date: run python scripts/figures.py\n")
        return 1 if stale else 0
    for path in stale:
        path.write_text(updated(path, figures), "utf-8")
        sys.stdout.write(f"{path.name} updated\n")
    return 0


def measured() -> Figures:
    """What both files hold."""
    return {
        key: value
        for path in (FIGURES, BENCHMARKS)
        for key, value in json.loads(path.read_text("utf-8")).items()
    }


def updated(path: Path, figures: Figures) -> str:
    """What a README should say: its text with every marked block made anew.

    Raises:
        ValueError: a block has no markers, or not exactly one pair.
    """
    language = next(name for name, readme in READMES.items() if readme == path)
    text = path.read_text("utf-8")
    for name, make in BLOCKS.items():
        opening, closing = f"<!-- figures:{name} -->\n", f"<!-- /figures:{name} -->"
        if text.count(opening) != 1 or text.count(closing) != 1:
            raise ValueError(f"{path.name}: not one pair of markers figures:{name}")
        before, _, rest = text.partition(opening)
        block = make(figures, lambda key: _WORDS[key][language == "en"])
        text = before + opening + block + closing + rest.partition(closing)[2]
    return text


Speak = Callable[[str], str]


def _quality(figures: Figures, say: Speak) -> str:
    shares = ("success@1", "success@5", "fact_recall", "answered_when_answerable", "answered_when_not")
    counts = ("answer_chars", "quotes_not_verbatim")
    rows = [["", say("questions"), *map(say, shares), *map(say, counts)]]
    for name, found in figures["quality"].items():
        asked = f"{found['answerable']} + {found['unanswerable']}"
        values = [_percent(found[key]) for key in shares] + [_number(found[key]) for key in counts]
        rows.append([say(name), asked, *values])
    return _table(rows)


def _speed(figures: Figures, say: Speak) -> str:
    lines = {line["name"]: line["value"] for lines in figures["lines"].values() for line in lines}
    rows = [["", say("ratio")], *([say(name), f"{lines[name]:.2g}"] for name in QUOTED if name in lines)]
    machine = dict(figures["machine"])
    told = say("machine").format(machine["CPU"], machine["cores"], machine["flags"])
    return f"{_table(rows)}\n{told}\n"


QUOTED: Final = (
    "first_answer.langchain",
    "first_answer.memory",
    "question.asking",
    "rebuild.changed",
    "encoding.speed",
    "reading.speed",
    "scale.p50_ms",
    "scale.resident_mebibytes",
)
"""Lines of docs/benchmarks.json that the READMEs quote, where they were measured."""

BLOCKS: Final[Mapping[str, Callable[[Figures, Speak], str]]] = {
    "quality": _quality,
    "speed": _speed,
}


def _table(rows: Sequence[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([lines[0], "|---" + "|--:" * (len(rows[0]) - 1) + "|", *lines[1:]]) + "\n"


def _percent(value: float | None) -> str:
    return _ABSENT if value is None else f"{100 * value:.0f}%"


def _number(value: float | None, digits: int = 0) -> str:
    return _ABSENT if value is None else f"{value:,.{digits}f}"


if __name__ == "__main__":
    sys.exit(main())
