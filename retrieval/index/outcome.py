"""What comes of reading a source: a document, or the reason why there is none; and both as bytes."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any, TypeAlias

from config.errors import AnjiangError, DocumentError
from retrieval.index.codec import pack_document, unpack_document
from retrieval.index.sources import Source, read_source
from retrieval.types import Document

_LOG = logging.getLogger(__name__)

Outcome: TypeAlias = Document | DocumentError


def outcome_of(archive: Path, source: Source) -> Outcome:
    """Read one source."""
    try:
        return read_source(archive, source)
    except DocumentError as reason:
        return reason
    except Exception as error:  # noqa: BLE001 - one file that nobody foresaw must not cost all the others
        _LOG.exception("reading %s failed", source.path)
        return DocumentError("documents.reader_failed", file=source.path, detail=type(error).__name__)


def pack_outcome(outcome: Outcome) -> bytes:
    """As bytes: a line of JSON, then the document's record."""
    if isinstance(outcome, DocumentError):
        return _line({"error": _plain(outcome)})
    named = {"id": outcome.id, "path": outcome.path, "sha256": outcome.sha256}
    return _line({"document": named}) + pack_document(outcome)


def unpack_outcome(packed: bytes) -> Outcome:
    """The outcome again."""
    line, _, record = packed.partition(b"\n")
    found = json.loads(line)
    if "error" in found:
        return _error(found["error"])
    named = found["document"]
    return unpack_document(record, document_id=named["id"], path=named["path"], sha256=named["sha256"])


def _line(values: dict[str, Any]) -> bytes:
    return json.dumps(values, default=str).encode("ascii") + b"\n"


def _plain(error: AnjiangError) -> dict[str, Any]:
    return {
        "key": error.key,
        "values": {
            name: {"error": _plain(value)} if isinstance(value, AnjiangError) else {"value": value}
            for name, value in error.values.items()
        },
    }


def _error(plain: dict[str, Any]) -> DocumentError:
    values = {
        name: _error(value["error"]) if "error" in value else value["value"]
        for name, value in plain["values"].items()
    }
    return DocumentError(plain["key"], **values)
