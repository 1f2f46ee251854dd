"""What other processes do with a server: `python worker.py read|publish URI INDEX`, in lines of text."""

from __future__ import annotations

import sys
from pathlib import Path

from config.errors import AnjiangError
from config.settings import MilvusSettings
from retrieval.milvus.generation import name_in_force, open_in_force
from retrieval.milvus.publishing import publish
from retrieval.milvus.server import Server
from retrieval.search.glossary import load_glossary
from retrieval.search.searcher import Searcher
from tests.retrieval.index.helpers import FINGERPRINT, HashingEncoder, say


def read(server: Server, index: Path) -> None:
    """For each line of standard input answer that question, from the generation in force at the time."""
    searcher = None
    say("ready")
    for line in sys.stdin:
        try:
            name = name_in_force(server)
            if searcher is None or searcher.generation.path.name != name:
                if searcher is not None:
                    searcher.close()
                searcher = Searcher(
                    open_in_force(index, server, FINGERPRINT), HashingEncoder(), load_glossary()
                )
            hits = searcher.search(line.strip(), limit=3)
            say(searcher.generation.path.name[:10], *sorted({hit.document.path for hit in hits}))
        except AnjiangError as error:
            say(error.key)


def main() -> None:
    role, uri, index = sys.argv[1:]
    server = Server(MilvusSettings(uri=uri, timeout_seconds=20))
    if role == "read":
        read(server, Path(index))
    else:
        say("publishing")
        publish(Path(index), server, settle=0)


if __name__ == "__main__":
    main()
