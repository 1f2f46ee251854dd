"""What comes of reading a source: a document, cut or not, or the reason why there is none; and as bytes."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from config.errors import AnjiangError, DocumentError
from embeddings.limits import TokenLimit
from retrieval.copies.choice import Signature, pack_signature, signature_of, unpack_signature
from retrieval.documents.types import Document
from retrieval.index.codec import pack_document, unpack_document
from retrieval.index.packed import PackedPassage, packed_passage, read_packed
from retrieval.index.sources import Source, read_source
from retrieval.passages import cut_passages

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Found:
    """A document that was read.

    Attributes:
        signature: what it is compared with other files by.
        passages: what it is cut into as it stands; None where that was not asked for, or failed.
        record: of the document, as it came from another process, so that nobody packs it again.
    """

    document: Document
    signature: Signature
    passages: tuple[PackedPassage, ...] | None = None
    record: bytes | None = field(default=None, compare=False)


Outcome: TypeAlias = Found | DocumentError


def outcome_of(archive: Path, source: Source, limit: TokenLimit | None = None) -> Outcome:
    """Read one source, and cut it where the limit is given that passages must keep to."""
    try:
        document = read_source(archive, source)
        return Found(document, signature_of(document), _cut(document, limit) if limit else None)
    except DocumentError as reason:
        return reason
    except Exception as error:  # noqa: BLE001 - one file that nobody foresaw must not cost all the others
        _LOG.exception("reading %s failed", source.path)
        return DocumentError("documents.reader_failed", file=source.path, detail=type(error).__name__)


def _cut(document: Document, limit: TokenLimit) -> tuple[PackedPassage, ...] | None:
    try:
        return tuple(map(packed_passage, cut_passages(document, limit.exceed, limit.max_tokens)))
    except Exception:  # noqa: BLE001 - logged, and tried again
        # Whoever needs the passages will try it, too, and can tell the user what is wrong.
        _LOG.exception("cutting %s failed", document.path)
        return None


def pack_outcome(outcome: Outcome) -> bytes:
    """As bytes: a line of JSON, the records of document and signature, the passages', each a line of JSON."""
    if isinstance(outcome, DocumentError):
        return _line({"error": _plain(outcome)})
    document, passages = outcome.document, outcome.passages
    named = {"id": document.id, "path": document.path, "sha256": document.sha256}
    records = pack_document(document), pack_signature(outcome.signature)
    head = {"document": named, "sizes": [*map(len, records)], "is_cut": passages is not None}
    return _line(head) + b"".join(records) + b"\n".join(passage.record for passage in passages or ())


def unpack_outcome(packed: bytes) -> Outcome:
    """The outcome again."""
    line, _, records = packed.partition(b"\n")
    found = json.loads(line)
    if "error" in found:
        return _error(found["error"])
    named, (size, size_of_signature) = found["document"], found["sizes"]
    end = size + size_of_signature
    document = unpack_document(
        records[:size], document_id=named["id"], path=named["path"], sha256=named["sha256"]
    )
    signature = unpack_signature(records[size:end], document.path)
    passages = tuple(map(read_packed, records[end:].splitlines())) if found["is_cut"] else None
    return Found(document, signature, passages, records[:size])


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
