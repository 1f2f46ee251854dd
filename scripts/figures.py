"""Writes the measured figures of docs/figures.json into both READMEs, between the markers for them.

usage: python scripts/figures.py [--check]

The benchmarks measure, a person copies their output into docs/figures.json (null: not measured yet), and this
script makes the tables of both languages from it, so that they can't differ. --check changes nothing and
exits with 1 when a README is not up to date.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[1]
FIGURES: Final = ROOT / "docs" / "figures.json"
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
    "anjiang": ("anjiang ask", "anjiang ask"),
    "langchain": ("LangChain", "LangChain"),
    "seconds": ("秒", "seconds"),
    "mebibytes": ("内存峰值 MiB", "peak MiB"),
    "times": ("耗时倍数", "times as long"),
    "characters_per_second": ("字/秒", "characters/s"),
    "from_nothing": ("从零建立", "from nothing"),
    "one_changed": ("改动一篇后", "after one file changed"),
    "documents": ("{} 篇讲话", "{} speeches"),
    "machine": ("测量环境：{}", "Measured on {}"),
    "unmeasured": ("尚未测量", "not measured yet"),
}


def main() -> int:
    """Write or check; the exit code."""
    figures = json.loads(FIGURES.read_text("utf-8"))
    stale = [path for path in READMES.values() if updated(path, figures) != path.read_text("utf-8")]
    if "--check" in sys.argv[1:]:
        for path in stale:
            sys.stderr.write(f"{path.name} is not up to date: run python scripts/figures.py\n")
        return 1 if stale else 0
    for path in stale:
        path.write_text(updated(path, figures), "utf-8")
        sys.stdout.write(f"{path.name} updated\n")
    return 0


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
    for name, measured in figures["quality"].items():
        asked = f"{measured['answerable']} + {measured['unanswerable']}"
        values = [_percent(measured[key]) for key in shares] + [_number(measured[key]) for key in counts]
        rows.append([say(name), asked, *values])
    return _table(rows)


def _first_answer(figures: Figures, say: Speak) -> str:
    measured = figures["first_answer"]
    rows = [["", say("seconds"), say("times"), say("mebibytes")]]
    for name, cost in measured.items():
        times = _ratio(cost["seconds"], measured["anjiang"]["seconds"])
        rows.append([say(name), _number(cost["seconds"], 2), times, _number(cost["mebibytes"])])
    return _table(rows) + _note(figures, say, measured["anjiang"]["seconds"])


def _rebuild(figures: Figures, say: Speak) -> str:
    measured = figures["rebuild"]
    whole, part = measured["from_nothing"], measured["one_changed"]
    rows = [
        [say("documents").format(measured["documents"]), say("seconds"), say("characters_per_second")],
        [say("from_nothing"), _number(whole["seconds"], 2), _number(whole["characters_per_second"])],
        [say("one_changed"), _number(part["seconds"], 2), ""],
    ]
    return _table(rows) + _note(figures, say, whole["seconds"])


BLOCKS: Final[Mapping[str, Callable[[Figures, Speak], str]]] = {
    "quality": _quality,
    "first-answer": _first_answer,
    "rebuild": _rebuild,
}


def _note(figures: Figures, say: Speak, value: float | None) -> str:
    """On which machine; or that there is nothing yet."""
    machine = figures["machine"]["en" if say("seconds") == "seconds" else "zh"]
    if value is None:
        return f"\n{say('unmeasured')}\n"
    return f"\n{say('machine').format(machine)}\n" if machine else ""


def _table(rows: Sequence[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([lines[0], "|---" + "|--:" * (len(rows[0]) - 1) + "|", *lines[1:]]) + "\n"


def _percent(value: float | None) -> str:
    return _ABSENT if value is None else f"{100 * value:.0f}%"


def _number(value: float | None, digits: int = 0) -> str:
    return _ABSENT if value is None else f"{value:,.{digits}f}"


def _ratio(value: float | None, base: float | None) -> str:
    return _ABSENT if value is None or base is None else f"{value / base:.1f}"


if __name__ == "__main__":
    sys.exit(main())
