"""Building an index from nothing, and again after one file changed, in one run.

usage: python -m benchmarks.rebuild --archive DIR [--runs N] [--json FILE]

Each run starts with an empty index and an empty vector cache. Prints medians: seconds, characters of the
source files per second, and how many times faster the second rebuild is.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

from benchmarks.measure import ANJIANG, Line, write_lines
from embeddings.prepare import prepare_model


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--archive", type=Path, required=True)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--json", type=Path, help="write the lines for `bench`")
    arguments = parser.parse_args()
    rows = [_once(arguments.archive) for _ in range(arguments.runs)]
    full, touched, characters = (statistics.median(column) for column in zip(*rows, strict=True))
    if arguments.json:
        what = "seconds after one file changed, to those from nothing"
        write_lines(arguments.json, [Line("rebuild.changed", what, touched / full)])
    print("| | seconds | characters / s |\n|---|---|---|")
    print(f"| from nothing | {full:.2f} | {characters / full:.0f} |")
    print(f"| one file changed | {touched:.2f} | |")
    print(f"| ratio | {full / touched:.1f} | |")


def _once(source: Path) -> tuple[float, float, float]:
    with tempfile.TemporaryDirectory() as folder:
        archive, cache = Path(folder, "archive"), Path(folder, "cache")
        archive.mkdir()
        for file in sorted(source.iterdir()):
            shutil.copy(file, archive / file.name)
        prepare_model("default", cache_dir=cache)  # once a machine, not once a rebuild
        full = _index(archive, folder, cache)
        first = min(archive.iterdir())
        text = first.read_bytes()
        first.write_bytes(text + "\n请各单位抓好落实。\n".encode())
        touched = _index(archive, folder, cache)
        characters = sum(len(p.read_bytes().decode("utf-8", "replace")) for p in archive.iterdir())
    return full, touched, float(characters)


def _index(archive: Path, folder: str, cache: Path) -> float:
    environ = {**os.environ, "ANJIANG_EMBEDDING__CACHE": str(cache)}
    start = time.perf_counter()
    subprocess.run(
        [*ANJIANG, "index", str(archive), "--index", str(Path(folder, "index")), "--json"],
        check=True,
        env=environ,
        stdout=subprocess.DEVNULL,
    )
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
