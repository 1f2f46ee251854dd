"""Breaks a sound file of every format many times and reads what comes of it: a document or a reason, in time.

usage: python -m benchmarks.reader_fuzz [--runs N] [--seed N] [--formats pdf,docx]

Bits, bytes, numbers and tokens are changed, moved, repeated and cut off, in packages inside their members
too. The table says what came of it; anything but a document or an error with its line is listed with the
number that makes it again, and the exit code is 1.
"""

from __future__ import annotations

import argparse
import sys

from tests.retrieval.readers.fuzzing import SOUND, fuzz


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=3000, help="broken files of each format")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--formats", default=",".join(SOUND))
    arguments = parser.parse_args()
    failed = False
    print("| format | files | read | told | slowest | what was told |\n|---|---|---|---|---|---|")
    for ending in arguments.formats.split(","):
        tally = fuzz(ending, arguments.seed, range(arguments.runs))
        read = tally.outcomes["read"] + tally.outcomes["opened"]
        told = ", ".join(
            f"{name.rpartition('.')[2]} {count}"
            for name, count in tally.outcomes.most_common()
            if name not in ("read", "opened")
        )
        print(
            f"| {ending} | {arguments.runs} | {read} | {arguments.runs - read} "
            f"| {tally.slowest[0]:.1f} s (#{tally.slowest[1]}) | {told} |",
            flush=True,
        )
        for number, what in tally.wrong:
            failed = True
            print(f"{ending} #{number} of seed {arguments.seed}: {what}", file=sys.stderr)
    sys.exit(failed)


if __name__ == "__main__":
    main()
