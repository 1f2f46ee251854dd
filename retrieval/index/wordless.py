"""Pictures in which nothing could be read, remembered from one rebuild to the next.

An archive holds photographs beside its scans. Finding no words in one takes seconds, and every rebuild would
look at it again: it gives no document that could be kept. The list lies beside the generations; without it,
or with a damaged one, the pictures are looked at once more.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Set
from pathlib import Path

from config.errors import DocumentError
from retrieval.index.files import replace_text
from retrieval.readers.formats import FORMATS
from retrieval.readers.types import Kind

WORDLESS_FILE = "wordless.json"

KEY = "documents.no_text_seen"
"""What the readers of pictures say of one without words."""

_LOG = logging.getLogger(__name__)


def read_wordless(index: Path) -> frozenset[str]:
    """SHA-256 of the pictures that this program's readers have found to hold no words."""
    try:
        found = json.loads((index / WORDLESS_FILE).read_text("utf-8"))
        return frozenset(map(str, found["sha256"])) if found["readers"] == _readers() else frozenset()
    except FileNotFoundError:
        return frozenset()
    except (OSError, ValueError, TypeError, KeyError) as error:
        _LOG.warning("%s is not used: %s", WORDLESS_FILE, type(error).__name__)
        return frozenset()


def write_wordless(index: Path, sha256: Set[str]) -> None:
    """Remember the pictures of this archive; nothing is written where nothing changed.

    Raises:
        OSError: the list can't be written; the one before stays.
    """
    if sha256 != read_wordless(index):
        content = {"readers": _readers(), "sha256": sorted(sha256)}
        replace_text(index / WORDLESS_FILE, json.dumps(content, indent=1) + "\n")


def is_wordless(reason: DocumentError) -> bool:
    """Whether a file was left out because a picture holds no words."""
    return reason.key == KEY


def wordless(path: str) -> DocumentError:
    """The reason for leaving such a picture out."""
    return DocumentError(KEY, file=path)


def _readers() -> list[str]:
    return [FORMATS[kind].reader for kind in (Kind.IMAGE, Kind.SCAN)]
