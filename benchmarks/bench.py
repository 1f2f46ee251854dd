"""Runs the standing benchmarks, writes docs/benchmarks.md and tells what got worse since it was committed.

usage: python -m benchmarks.bench [--work DIR] [--only NAME ...] [--limit SECONDS] [--dry-run]

Every line is a ratio, or a share of a limit, of figures that one run measured: a slow machine is slow
for both. In DIR (.bench) stay environments of other programs, archives and vectors. A benchmark that fails
is named, its lines stay those of before, and the exit code is 1. --dry-run writes nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Final

from benchmarks.measure import Line, read_lines

ROOT: Final = Path(__file__).resolve().parents[1]
FIGURES: Final = ROOT / "docs" / "benchmarks.json"
PAGE: Final = ROOT / "docs" / "benchmarks.md"
EXAMPLES: Final = str(ROOT / "examples" / "speeches")
QUESTIONS: Final = str(ROOT / "tests" / "data" / "questions.jsonl")

NOISE: Final = 1.25
"""How many times worse a line must be to be told: on two shared cores the same code differs by a fifth."""

LIMIT_SECONDS: Final = 600
"""A benchmark that takes longer is ended: all together should take a quarter of an hour on quiet cores."""

PACKAGES: Final = ("numpy", "faiss-cpu", "onnxruntime", "tokenizers", "torch", "sentence-transformers")
FLAGS: Final = ("avx2", "avx512f", "avx512_vnni", "avx512_bf16", "amx_bf16", "asimd", "bf16")


@dataclass(frozen=True, slots=True)
class Standing:
    """A benchmark that writes lines to the file that follows ``--json``.

    Attributes:
        title: the heading of its table.
        arguments: of ``python -m benchmarks.NAME``; "{work}" is the folder that stays, "{index}" an index of
            the example speeches.
    """

    name: str
    title: str
    arguments: tuple[str, ...]


STANDING: Final = (
    Standing(
        "first_answer",
        "A fresh process that answers one question",
        ("--archive", EXAMPLES, "--runs", "5", "--peers", "{work}/peers"),
    ),
    Standing(
        "rebuild",
        "Building an index, and again after one file changed",
        ("--archive", EXAMPLES, "--runs", "1"),
    ),
    Standing(
        "encoding",
        "Encoding what a rebuild encodes",
        ("--archive", EXAMPLES, "--runs", "3", "--texts", "150"),
    ),
    Standing(
        "question",
        "A question in a process that is warm",
        (QUESTIONS, "--archive", EXAMPLES),
    ),
    Standing(
        "concurrency",
        "Questions asked at once",
        (QUESTIONS, "--index", "{index}", "--rounds", "3", "--most", "40"),
    ),
    Standing(
        "reading", "Reading seven formats", ("--files", "140", "--runs", "2", "--keep", "{work}/reading")
    ),
    Standing("scale", "1,000 speeches by rule", ("--work", "{work}/scale", "--speeches", "1000")),
)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--work", type=Path, default=ROOT / ".bench")
    parser.add_argument("--only", nargs="+", choices=[each.name for each in STANDING], default=[])
    parser.add_argument("--limit", type=int, default=LIMIT_SECONDS, help="seconds that each may take")
    parser.add_argument("--dry-run", action="store_true")
    arguments = parser.parse_args()
    before = json.loads(FIGURES.read_text("utf-8")) if FIGURES.exists() else {"lines": {}}
    found = {name: [Line(**line) for line in lines] for name, lines in before["lines"].items()}
    failed = []
    for each in STANDING:
        if arguments.only and each.name not in arguments.only:
            continue
        start = time.perf_counter()
        try:
            found[each.name] = run(each, arguments.work, arguments.limit)
            print(f"{each.name}: {time.perf_counter() - start:.0f} s", flush=True)
        except (subprocess.SubprocessError, OSError, ValueError) as error:
            failed.append(each.name)
            print(f"{each.name} failed: {error}", flush=True)
    known = {line["name"]: Line(**line) for lines in before["lines"].values() for line in lines}
    for line in (line for lines in found.values() for line in lines):
        if line.name in known and is_worse(line, known[line.name]):
            print(f"worse: {line.what}: {line.value:.3g}, was {known[line.name].value:.3g}")
    if not arguments.dry_run:
        facts = machine()
        kept = {name: [asdict(line) for line in lines] for name, lines in found.items()}
        FIGURES.write_text(json.dumps({"machine": facts, "lines": kept}, indent=1) + "\n", "utf-8")
        PAGE.write_text(page(facts, found), "utf-8")
    return 1 if failed else 0


def run(standing: Standing, work: Path, limit: int = LIMIT_SECONDS) -> list[Line]:
    """What one benchmark measures.

    Raises:
        subprocess.SubprocessError: it failed, or took too long.
    """
    work.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder, "lines.json")
        index = work / "index"
        if "{index}" in standing.arguments:
            command = ["-m", "retrieval.rebuild", EXAMPLES, "--index", str(index)]
            subprocess.run([sys.executable, *command], check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
        given = [each.format(work=work, index=index) for each in standing.arguments]
        subprocess.run(
            [sys.executable, "-m", f"benchmarks.{standing.name}", *given, "--json", str(written)],
            check=True,
            cwd=ROOT,
            timeout=limit,
            stdout=subprocess.DEVNULL,
        )
        return read_lines(written)


def is_worse(line: Line, before: Line) -> bool:
    """Whether a figure is worse than before by more than noise."""
    if line.higher_is_better:
        return line.value * NOISE < before.value
    return line.value > before.value * NOISE


def page(facts: Sequence[tuple[str, str]], found: dict[str, list[Line]]) -> str:
    """docs/benchmarks.md."""
    parts = [
        "# Benchmarks",
        "Written by `make bench`. Every figure is a ratio, or a share of a limit, of what one run measured,"
        " medians; what the other side of a ratio is, its line says.",
        _table(["machine", ""], facts),
    ]
    for each in STANDING:
        if each.name in found:
            rows = [
                (line.what, f"{line.value:.3g}", "more" if line.higher_is_better else "less")
                for line in found[each.name]
            ]
            parts += [f"## {each.title}", f"`python -m benchmarks.{each.name}`"]
            parts.append(_table(["", "value", "better"], rows))
    return "\n\n".join(parts) + "\n"


def machine() -> list[tuple[str, str]]:
    """What the figures depend on."""
    known = _cpu_facts()
    flags = [flag for flag in FLAGS if flag in known.get("flags", known.get("Features", "")).split()]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return [
        ("CPU", known.get("model name", platform.machine())),
        ("flags", " ".join(flags)),
        ("cores", str(os.cpu_count())),
        ("memory", f"{memory:.0f} GiB"),
        ("system", f"{platform.system()} {platform.machine()}"),
        ("Python", platform.python_version()),
        *((name, version(name)) for name in PACKAGES),
    ]


def _cpu_facts() -> dict[str, str]:
    path = Path("/proc/cpuinfo")
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    pairs = (line.partition(":") for line in lines)
    return {name.strip(): value.strip() for name, _, value in pairs}


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(row)} |" for row in (head, *rows)]
    return "\n".join([lines[0], "|---" * len(head) + "|", *lines[1:]])


if __name__ == "__main__":
    sys.exit(main())
