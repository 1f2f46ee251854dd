"""How fast and how truly files of several formats are read, beside markitdown reading the same ones.

usage: python -m benchmarks.reading [--files N] [--runs N] [--keep FOLDER] [--json FILE]

Seven formats in turn, made from speeches by rule (`mixed`). Both read the same folder from a fresh process,
by turns; figures are medians over the runs. Memory is that of the largest process: ours reads in a process
for each core and parses in others. Ours finds zones, headings and metadata too, theirs only text.

Fidelity is measured on the text that comes out, white space left out: the share of the right characters that
stand in it in order, of what came out the share that is right, and the share of the right lines that are
lines of it.
"""

from __future__ import annotations

import argparse
import difflib
import json
import subprocess
import sys
import tempfile
import venv
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import Cost, Line, alternate, write_lines
from benchmarks.mixed import MAKERS, write_mixed

HERE = Path(__file__).parent
PEER = "markitdown[docx,pdf,outlook]==0.1.8"


@dataclass(frozen=True, slots=True)
class Fidelity:
    """Shares in [0, 1]: of the right characters in order, of what came out, of the right lines."""

    characters: float
    clean: float
    lines: float


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--files", type=int, default=500)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--keep", type=Path, help="folder for files and markitdown's environment")
    parser.add_argument("--json", type=Path, help="write the lines for `bench`")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        work = arguments.keep or Path(temporary)
        folder = work / "files"
        truth = json.loads(write_mixed(folder, arguments.files).read_text("utf-8"))
        ours, theirs = work / "ours.json", work / "theirs.json"
        costs = alternate(
            {
                "anjiang": [sys.executable, "-m", "benchmarks.read_folder", str(folder), str(ours)],
                "markitdown": [
                    str(_peer_python(work)),
                    str(HERE / "peers" / "markitdown_read.py"),
                    str(folder),
                    str(theirs),
                ],
            },
            arguments.runs,
        )
        print("| | files / s | MiB | files / s, ours to theirs |\n|---|---|---|---|")
        for name, cost in costs.items():
            print(
                f"| {name} | {arguments.files / cost.seconds:.1f} | {cost.mebibytes:.0f} "
                f"| {cost.seconds / costs['anjiang'].seconds:.2f} |"
            )
        print("\n| format | | characters | clean | lines |\n|---|---|---|---|---|")
        read = {
            name: by_format(truth, json.loads(path.read_text("utf-8")))
            for name, path in (("anjiang", ours), ("markitdown", theirs))
        }
        for name, forms in read.items():
            for form, found in forms.items():
                print(f"| {form} | {name} | {found.characters:.4f} | {found.clean:.4f} | {found.lines:.4f} |")
    if arguments.json:
        write_lines(arguments.json, lines(costs, read))


def lines(costs: Mapping[str, Cost], read: Mapping[str, Mapping[str, Fidelity]]) -> list[Line]:
    """Speed as a ratio, and the mean over formats of the lines that came out right."""
    times = costs["markitdown"].seconds / costs["anjiang"].seconds
    found = [Line("reading.speed", "files a second, ours to markitdown's", times, True)]
    for name, forms in read.items():
        share = sum(form.lines for form in forms.values()) / len(forms)
        found.append(Line(f"reading.lines_{name}", f"lines that come out right, {name}", share, True))
    return found


def by_format(truth: Mapping[str, Sequence[str]], texts: Mapping[str, str]) -> dict[str, Fidelity]:
    """Means over the files of each format, which were made in turn."""
    measured: dict[str, list[Fidelity]] = defaultdict(list)
    names = list(MAKERS)
    for at, (path, lines) in enumerate(sorted(truth.items())):
        measured[names[at % len(names)]].append(fidelity(lines, texts.get(path, "")))
    return {
        name: Fidelity(
            *(
                sum(getattr(one, field) for one in found) / len(found)
                for field in ("characters", "clean", "lines")
            )
        )
        for name, found in measured.items()
    }


def fidelity(lines: Sequence[str], text: str) -> Fidelity:
    """How truly a text gives the lines that it was made from."""
    wanted, found = "".join("".join(lines).split()), "".join(text.split())
    blocks = difflib.SequenceMatcher(None, wanted, found, autojunk=False).get_matching_blocks()
    same = sum(block.size for block in blocks)
    came = {"".join(line.split()) for line in text.splitlines()}
    whole = sum("".join(line.split()) in came for line in lines)
    return Fidelity(same / len(wanted), same / max(1, len(found)), whole / len(lines))


def _peer_python(folder: Path) -> Path:
    python = folder / "markitdown" / "bin" / "python"
    if not python.exists():
        venv.create(folder / "markitdown", with_pip=True)
        subprocess.run([str(python), "-m", "pip", "install", "-q", PEER], check=True)
    return python


if __name__ == "__main__":
    main()
