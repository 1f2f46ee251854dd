"""Documents and passages as bytes, and back: what is decoded equals what was encoded.

Records are JSON lists without names, UTF-8, so that a query that fetches fifty passages decodes them in
well under a millisecond each. Lone surrogates survive ("surrogatepass"). The file format version in
`manifest` covers the order of the fields here.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any

from retrieval.documents.edits import Edit, apply_edits
from retrieval.documents.types import (
    Document,
    Genre,
    Known,
    Metadata,
    Provenance,
    Quotation,
    ReadWarning,
    Section,
    Span,
    Turn,
    Unit,
    Zone,
    ZoneKind,
)
from retrieval.types import DocumentInfo, Passage, Sentence

_KNOWN = ("title", "speaker", "role", "date", "occasion", "organ", "series", "place", "issued")
_INFO = ("speaker", "role", "date", "occasion", "organ", "series", "place")
_COMPRESSION = 6  # zlib's default: Chinese text shrinks to half, and decoding stays far below a millisecond


def pack_document(document: Document) -> bytes:
    """A document without its id, path and hash, which the store keeps in columns. zlib-compressed."""
    record = [
        document.encoding,
        document.raw,
        [[edit.start, edit.end, edit.text] for edit in document.clean.edits],
        _pack_metadata(document.metadata),
        [[zone.kind, *_pair(zone.span)] for zone in document.zones],
        [_pack_section(section) for section in document.sections],
        [[*_pair(turn.span), turn.speaker, turn.role] for turn in document.turns],
        [[*_pair(quotation.span), quotation.speaker] for quotation in document.quotations],
        [_pair(mask) for mask in document.masks],
        list(document.warnings),
        document.reader,
        [[unit.name, *_pair(unit.span)] for unit in document.units],
        document.corrections,
    ]
    return zlib.compress(_dump(record), _COMPRESSION)


def unpack_document(record: bytes, *, document_id: str, path: str, sha256: str) -> Document:
    """The document again.

    Raises:
        zlib.error: the record was changed (zlib carries its own checksum).
    """
    fields = _load(zlib.decompress(record))
    encoding, raw, edits, metadata, zones, sections, turns, quotations, masks, *more = fields
    warnings, reader, units, corrections = more
    return Document(
        id=document_id,
        path=path,
        sha256=sha256,
        encoding=encoding,
        raw=raw,
        clean=apply_edits(raw, (Edit(*edit) for edit in edits)),
        metadata=_unpack_metadata(metadata),
        zones=tuple(Zone(ZoneKind(kind), Span(start, end)) for kind, start, end in zones),
        sections=tuple(_unpack_section(section) for section in sections),
        turns=tuple(Turn(Span(start, end), speaker, role) for start, end, speaker, role in turns),
        quotations=tuple(Quotation(Span(start, end), speaker) for start, end, speaker in quotations),
        masks=_spans(masks),
        warnings=tuple(ReadWarning(warning) for warning in warnings),
        reader=reader,
        units=tuple(Unit(name, Span(start, end)) for name, start, end in units),
        corrections=corrections,
    )


def pack_passage(passage: Passage) -> bytes:
    """Everything of a passage, its sentences included."""
    return _dump(
        [
            passage.id,
            passage.document_id,
            passage.ordinal,
            passage.section_path,
            passage.speaker,
            passage.quoted_speaker,
            [_pair(span) for span in passage.spans],
            passage.text,
            passage.header,
            _pack_sentences(passage),
        ]
    )


def _pack_sentences(passage: Passage) -> list[list[Any]]:
    """Each sentence with its span: how far behind the one before it stands and its length, else its text."""
    packed: list[list[Any]] = []
    at = 0
    for sentence in passage.sentences:
        found = passage.text.find(sentence.text, at)
        if found < 0:
            packed.append([sentence.text, *_pair(sentence.span)])
            continue
        packed.append([found - at, len(sentence.text), *_pair(sentence.span)])
        at = found + len(sentence.text)
    return packed


def _unpack_sentences(text: str, packed: Sequence[Sequence[Any]]) -> tuple[Sentence, ...]:
    sentences: list[Sentence] = []
    at = 0
    for *words, start, end in packed:
        if len(words) == 1:
            sentences.append(Sentence(words[0], Span(start, end)))
            continue
        gap, length = words
        sentences.append(Sentence(text[at + gap : at + gap + length], Span(start, end)))
        at += gap + length
    return tuple(sentences)


def unpack_passage(record: bytes) -> Passage:
    """The passage again. The caller has checked the record's checksum."""
    identifier, document_id, ordinal, section, speaker, quoted, spans, text, header, sentences = _load(record)
    return Passage(
        id=identifier,
        document_id=document_id,
        ordinal=ordinal,
        section_path=tuple(section),
        speaker=speaker,
        quoted_speaker=quoted,
        spans=_spans(spans),
        text=text,
        header=header,
        sentences=_unpack_sentences(text, sentences),
    )


def texts_of(record: bytes) -> tuple[str, str, str, str, tuple[str, ...]]:
    """Id, speaker, header, text and the sentences of what `pack_passage` made, and no more objects."""
    identifier, _, _, _, speaker, _, _, text, header, packed = _load(record)
    sentences: list[str] = []
    at = 0
    for gap, *more in packed:
        if isinstance(gap, str):
            sentences.append(gap)
            continue
        start = at + gap
        at = start + more[0]
        sentences.append(text[start:at])
    return identifier, speaker, header, text, tuple(sentences)


def pack_info(document: Document) -> bytes:
    """What a citation says of a document, but its id, path and hash."""
    metadata = document.metadata
    own = (document.reader, document.corrections, metadata.title.text)
    return _dump([*own, *(_cited(getattr(metadata, name)) for name in _INFO)])


def _cited(value: Known) -> str | None:
    """A value as it is stored: None where the file is silent, "" where a person said that there is none."""
    is_said = bool(value.text) or value.provenance is Provenance.CORRECTED
    return value.text if is_said else None


def unpack_info(record: bytes, *, document_id: str, path: str, sha256: str) -> DocumentInfo:
    """The citation's view of a document; one without a title is called by its file name.

    "" stands where a person said that there is none: copies do not fill it. See `without_blanks`.
    """
    reader, corrections, title, *values = _load(record)
    return DocumentInfo(
        id=document_id,
        path=path,
        sha256=sha256,
        title=title or PurePosixPath(path).stem,
        reader=reader,
        corrections=corrections,
        **dict(zip(_INFO, values, strict=True)),
    )


def document_info(document: Document) -> DocumentInfo:
    """What a citation says of a document that is not in an index."""
    return without_blanks(
        unpack_info(
            pack_info(document),
            document_id=document.id,
            path=document.path,
            sha256=document.sha256,
        )
    )


def without_blanks(info: DocumentInfo) -> DocumentInfo:
    """None for every value that there is none of."""
    blanks: dict[str, Any] = {name: None for name in _INFO if getattr(info, name) == ""}
    return replace(info, **blanks) if blanks else info


def _pack_metadata(metadata: Metadata) -> list[Any]:
    fields: list[Any] = [metadata.genre]
    for name in _KNOWN:
        known: Known = getattr(metadata, name)
        fields.append([known.text, known.provenance, _pair(known.span) if known.span else None])
    return fields


def _unpack_metadata(fields: Sequence[Any]) -> Metadata:
    genre, *known = fields
    values = (
        Known(text, Provenance(provenance), Span(*span) if span else None) for text, provenance, span in known
    )
    return Metadata(**dict(zip(_KNOWN, values, strict=True)), genre=Genre(genre))


def _pack_section(section: Section) -> list[Any]:
    return [
        section.marker,
        section.title,
        section.level,
        _pair(section.heading),
        _pair(section.span),
        [_pack_section(child) for child in section.children],
    ]


def _unpack_section(record: Sequence[Any]) -> Section:
    marker, title, level, heading, span, children = record
    return Section(
        marker, title, level, Span(*heading), Span(*span), tuple(_unpack_section(child) for child in children)
    )


def _pair(span: Span) -> tuple[int, int]:
    return span.start, span.end


def _spans(pairs: Iterable[Sequence[int]]) -> tuple[Span, ...]:
    return tuple(Span(start, end) for start, end in pairs)


def _dump(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def _load(record: bytes) -> Any:
    return json.loads(record.decode("utf-8", "surrogatepass"))
