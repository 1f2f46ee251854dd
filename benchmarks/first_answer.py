"""A fresh process that answers a question from a prepared index, against LangChain doing the same.

usage: python -m benchmarks.first_answer --archive DIR [--runs N] [--peers DIR] [--json FILE]

Both use the same model folder, the same files and the same questions, alternating in one run: one whose
answer is clear at once, and one that the cross-encoder reads. LangChain lives in an environment of its own,
made on first use in --peers. Prints medians and ratios.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import venv
from collections.abc import Mapping
from pathlib import Path

from benchmarks.measure import ANJIANG, Cost, Line, alternate, write_lines
from embeddings.prepare import prepare_model

HERE = Path(__file__).resolve().parent
QUESTION = "春节期间安全要求是什么"
READ = "学校食堂食品安全有哪些要求"
"""Of the example speeches one that the cross-encoder reads."""
PEERS = ("torch", "sentence-transformers", "faiss-cpu", "langchain-community", "langchain-huggingface")
IMPORTS = "import numpy, faiss, onnxruntime"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--archive", type=Path, required=True)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--peers", type=Path, default=HERE / ".peers")
    parser.add_argument("--json", type=Path, help="write the lines for `bench`")
    arguments = parser.parse_args()
    peer = [str(_peer_python(arguments.peers)), str(HERE / "peers" / "langchain_ask.py")]
    model = str(prepare_model("default").folder)
    with tempfile.TemporaryDirectory() as folder:
        ours, theirs = str(Path(folder, "anjiang")), str(Path(folder, "langchain"))
        subprocess.run(
            [*ANJIANG, "index", str(arguments.archive), "--index", ours, "--json"],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        subprocess.run(
            [*peer, "build", str(arguments.archive), theirs, model], check=True, stdout=subprocess.DEVNULL
        )
        ask = [*ANJIANG, "ask", "--index", ours, "--archive", str(arguments.archive)]
        costs = alternate(
            {
                "anjiang ask": [*ask, QUESTION],
                "anjiang ask, read by the cross-encoder": [*ask, READ],
                "LangChain": [*peer, "ask", theirs, model, QUESTION],
                "bare imports": [sys.executable, "-c", IMPORTS],
            },
            arguments.runs,
        )
    if arguments.json:
        write_lines(arguments.json, lines(costs))
    base = costs["anjiang ask"]
    print("| | seconds | MiB | seconds / ours | MiB / ours |\n|---|---|---|---|---|")
    for name, cost in costs.items():
        print(
            f"| {name} | {cost.seconds:.2f} | {cost.mebibytes:.0f} "
            f"| {cost.seconds / base.seconds:.2f} | {cost.mebibytes / base.mebibytes:.2f} |"
        )


def lines(costs: Mapping[str, Cost]) -> list[Line]:
    """Ours as a share of the others."""
    ours, read, theirs, bare = (
        costs[name]
        for name in ("anjiang ask", "anjiang ask, read by the cross-encoder", "LangChain", "bare imports")
    )
    return [
        Line("first_answer.langchain", "seconds, LangChain to ours", theirs.seconds / ours.seconds, True),
        Line("first_answer.imports", f"seconds, ours to `{IMPORTS}`", ours.seconds / bare.seconds),
        Line(
            "first_answer.memory", "peak memory, LangChain to ours", theirs.mebibytes / ours.mebibytes, True
        ),
        Line(
            "first_answer.read",
            "seconds, LangChain to ours where the cross-encoder reads",
            theirs.seconds / read.seconds,
            True,
        ),
        Line(
            "first_answer.read_memory",
            "peak memory, LangChain to ours where the cross-encoder reads",
            theirs.mebibytes / read.mebibytes,
            True,
        ),
    ]


def _peer_python(folder: Path) -> Path:
    python = folder / "langchain" / "bin" / "python"
    if not python.exists():
        venv.create(folder / "langchain", with_pip=True)
        constraints = HERE.parent / "constraints.txt"
        subprocess.run(
            [str(python), "-m", "pip", "install", "-q", "-c", str(constraints), *PEERS], check=True
        )
    return python


if __name__ == "__main__":
    main()
