"""Answer quality on question sets: `anjiang eval`, then an independent scorer, in one table.

usage: quality.py SCORER [--archive DIR ...] [--out DIR] QUESTIONS.jsonl ...

The folders given as archives are copied into one. SCORER is called as
`SCORER QUESTIONS RUN --archive DIR --json` and prints one JSON object.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.measure import ANJIANG

COLUMNS = (
    "success@1",
    "success@5",
    "mrr@10",
    "fact_recall",
    "quote_precision",
    "answer_chars",
    "answered_when_answerable",
    "answered_when_not",
    "quotes_not_verbatim",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("scorer", type=Path)
    parser.add_argument("questions", type=Path, nargs="+")
    parser.add_argument("--archive", type=Path, action="append", required=True)
    parser.add_argument("--out", type=Path, help="keep the run files here")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder, "archive")
        archive.mkdir()
        for source in arguments.archive:
            for file in sorted(source.iterdir()):
                shutil.copy(file, archive / file.name)
        out = arguments.out or Path(folder)
        out.mkdir(exist_ok=True)
        index = Path(folder, "index")
        _run("index", archive, "--index", index, "--json")
        print("| questions | " + " | ".join(COLUMNS) + " |")
        print("|---" * (len(COLUMNS) + 1) + "|")
        for questions in arguments.questions:
            scores = _score(arguments.scorer, questions, archive, index, out / f"{questions.stem}.run.jsonl")
            print(
                f"| {questions.stem} | " + " | ".join(str(scores.get(c)) for c in COLUMNS) + " |", flush=True
            )


def _score(scorer: Path, questions: Path, archive: Path, index: Path, run: Path) -> dict[str, object]:
    _run("eval", questions, "--archive", archive, "--index", index, "--out", run, "--json")
    command = [sys.executable, str(scorer), str(questions), str(run), "--archive", str(archive), "--json"]
    scored = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(scored.stdout)


def _run(*arguments: str | Path) -> None:
    subprocess.run([*ANJIANG, *map(str, arguments)], check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
