"""Rebuilds an index in a process of its own, and says what came of it and what memory it took.

usage: python -m tests.retrieval.hostile.rebuilding ARCHIVE INDEX
"""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path

from config.messages import Language
from retrieval.readers.isolation import shared_readers
from tests.retrieval.index.helpers import rebuild


def main() -> None:
    archive, index = map(Path, sys.argv[1:3])
    report = rebuild(archive, index)
    shared_readers().close()
    peaks = {"own": _own_peak(), "children": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024}
    json.dump({"report": report.as_json(Language.ZH), "mebibytes": peaks}, sys.stdout)


def _own_peak() -> int:
    """MiB; what `getrusage` says of a process begins with the memory of the one that started it."""
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) // 1024


if __name__ == "__main__":
    main()
