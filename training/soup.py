"""Averages the adapters of several runs into one file ("model soup"; Wortsman et al., 2022).

usage: python -m training.soup OUT.safetensors RUN.safetensors ... [--strength S] [--rank R]

The average of the weights' changes is exact: an adapter of the summed ranks. --strength in (0, 1] goes only
so far from the plain model (as WiSE-FT does). --rank cuts the result to the nearest adapter of that rank,
where the exact one would be over 6 MB.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from training.adapter import kept_share, mean, read_adapter, stored, truncated
from training.errors import TrainingError

LARGEST: Final = 6_000_000
"""Bytes of an adapter that may be shipped."""


def main(words: Sequence[str] | None = None) -> None:
    """The command line; see the module's text."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("adapters", type=Path, nargs="+")
    parser.add_argument("--strength", type=float, default=1.0, help="in (0, 1]")
    parser.add_argument("--rank", type=int, help="highest rank of the result")
    arguments = parser.parse_args(words)
    if not 0 < arguments.strength <= 1:
        parser.error(f"--strength {arguments.strength}: it must be above 0 and at most 1")
    if arguments.rank is not None and arguments.rank < 1:
        parser.error(f"--rank {arguments.rank}: it must be at least 1")
    try:
        cook(arguments.out, arguments.adapters, arguments.strength, arguments.rank)
    except TrainingError as error:
        sys.exit(str(error))


def cook(out: Path, sources: Sequence[Path], strength: float = 1.0, rank: int | None = None) -> None:
    """Writes the average; the metadata's ``run`` names the runs that went in, strength and rank.

    Raises:
        TrainingError: a source is no adapter, or the result would be too large.
    """
    read = [read_adapter(path) for path in sources]
    result = mean([adapter for adapter, _ in read], strength)
    made: dict[str, object] = {
        "soup": [json.loads(metadata.get("run", "null")) for _, metadata in read],
        "strength": strength,
    }
    if rank is not None:
        whole, result = result, truncated(result, rank)
        made |= {"rank": rank, "kept": round(kept_share(whole, result), 4)}
    content = stored(result, {"run": json.dumps(made, ensure_ascii=False)})
    if len(content) > LARGEST:
        highest = max(factors.a.shape[0] for factors in result.values())
        raise TrainingError(
            f"{out}: {len(content) / 1e6:.2f} MB at rank {highest}, over {LARGEST / 1e6:.0f} MB; "
            f"try --rank {highest * LARGEST // len(content)}"
        )
    out.write_bytes(content)


if __name__ == "__main__":
    main()
