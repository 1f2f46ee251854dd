"""``python -m retrieval.rebuild DIR``: ``anjiang index``, made for cron and other callers without the bot."""

from __future__ import annotations

import sys

from retrieval.cli.app import build_app, forgive_output
from retrieval.cli.state import requested_language


def main() -> None:
    """Rebuild the index with the process's arguments, those of the command ``index``."""
    forgive_output()
    build_app(requested_language(sys.argv[1:]))(["index", *sys.argv[1:]])


if __name__ == "__main__":
    main()
