"""Read every file of a folder as a rebuild does, and write the texts that come out.

usage: python -m benchmarks.read_folder FOLDER TEXTS.json

What is written is the body of each speech with its head, noise left out: what passages are made of.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from config.errors import DocumentError
from retrieval.documents.read import SUFFIXES
from retrieval.documents.types import Document, ZoneKind
from retrieval.index.archive import find_speeches
from retrieval.index.reading import read_sources
from retrieval.index.sources import Hashed, hash_source, list_sources


def main() -> None:
    folder, out = map(Path, sys.argv[1:3])
    files, _ = find_speeches(folder, folder / "index", SUFFIXES)
    sources = [
        one.source
        for file in list_sources(folder, files)
        for one in hash_source(folder, file)
        if isinstance(one, Hashed)
    ]
    outcomes = read_sources(folder, sources, lambda *_: None)
    texts = {
        source.path.partition("/")[0]: "" if isinstance(outcome, DocumentError) else text_of(outcome.document)
        for source, outcome in zip(sources, outcomes, strict=True)
    }
    out.write_text(json.dumps(texts, ensure_ascii=False), "utf-8")


def text_of(document: Document) -> str:
    """Everything but noise, as it stands in the reader's text; the body with its lines joined."""
    before = [zone for zone in document.zones if zone.kind not in (ZoneKind.NOISE, ZoneKind.BODY)]
    return "\n".join(
        [*(document.raw[zone.span.start : zone.span.end] for zone in before), document.clean.text]
    )


if __name__ == "__main__":
    main()
