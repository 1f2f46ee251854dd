"""What a generation says of itself, and the checks of its files against that.

At every open: each file is there and has the recorded size, and files up to ``HASHED_AT_OPEN`` bytes match
their SHA-256. Larger ones are hashed only when asked (`anjiang doctor`, and every rebuild); until then their
content is guarded where it is used: a checksum on every document and passage, unit length on every vector,
bounds on the postings.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from config.errors import IndexDamagedError, IndexMismatchError
from config.messages import Language, message
from retrieval.index.files import sha256_of, sync
from retrieval.index.vectors import is_exact

MANIFEST_FILE = "manifest.json"

FORMAT_VERSION = 11
"""Raise it whenever files are laid out, records packed, or texts read, cut, folded or tokenized otherwise:
the next rebuild then starts from nothing (vectors still come from the cache), and older readers refuse.
Not for a new version of one file reader: its files are read again without that."""

HASHED_AT_OPEN = 4 << 20
"""Bytes of a file that are hashed at every open, at about 1 GB a second: 4 ms at most."""


@dataclass(frozen=True, slots=True)
class FileRecord:
    """Size in bytes and SHA-256 of one file of a generation."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class PartCounts:
    """What the files of one part hold, documents that are gone included."""

    documents: int
    passages: int
    sentences: int


@dataclass(frozen=True, slots=True)
class VectorCounts:
    """How many vectors are in force, and whether they are searched exactly."""

    passages: int
    sentences: int
    passages_exact: bool
    sentences_exact: bool

    def as_text(self, language: Language) -> str:
        """In one line."""
        ways = [
            message("index.exact" if is_exact else "index.approximate", language)
            for is_exact in (self.passages_exact, self.sentences_exact)
        ]
        return message(
            "index.vectors",
            language,
            passages=f"{self.passages:,}",
            sentences=f"{self.sentences:,}",
            passages_way=ways[0],
            sentences_way=ways[1],
        )


@dataclass(frozen=True, slots=True)
class Manifest:
    """What was indexed, how, and with which result.

    Attributes:
        created: UTC, ISO 8601 to the second.
        archive: absolute path of the folder of speeches.
        fingerprint: of the encoder.
        model: the encoder's name as the settings have it; for messages only.
        documents: in force, as are passages and sentences.
        main: what the main part holds.
        recent: the same of what was added since; None where the main part is all.
        calibration: what turns scores into a confidence, by name; empty until it is measured.
        files: by name.
    """

    created: str
    archive: str
    fingerprint: str
    model: str
    dim: int
    documents: int
    passages: int
    sentences: int
    main: PartCounts
    files: Mapping[str, FileRecord]
    recent: PartCounts | None = None
    calibration: Mapping[str, float] = field(default_factory=dict)
    format: int = FORMAT_VERSION

    @property
    def vectors(self) -> VectorCounts:
        """How many vectors there are; the main part, most of all, says how they are searched."""
        main = self.main
        return VectorCounts(self.passages, self.sentences, is_exact(main.passages), is_exact(main.sentences))


def record_files(folder: Path, known: Mapping[str, FileRecord] | None = None) -> dict[str, FileRecord]:
    """Sizes and hashes of what was written, also in folders below, each file synced to the disk before.

    Args:
        folder: of the generation.
        known: files that are on the disk already.

    Raises:
        OSError: a file can't be read or synced.
    """
    records = dict(known or {})
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if name in records:
            continue
        sync(path)
        if path.is_file():
            records[name] = FileRecord(path.stat().st_size, sha256_of(path))
    return records


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest with a checksum over itself, and sync it and the folder.

    Raises:
        OSError: it can't be written.
    """
    content = asdict(manifest)
    path = folder / MANIFEST_FILE
    content["checksum"] = _checksum(content)
    text = json.dumps(content, ensure_ascii=True, indent=1, sort_keys=True)
    path.write_text(text + "\n", "ascii")
    sync(path)
    sync(folder)


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a generation, checked against its own checksum.

    Raises:
        IndexDamagedError: it is missing or was changed.
        IndexMismatchError: another format version wrote it.
    """
    label = f"{folder.name}/{MANIFEST_FILE}"
    try:
        content = json.loads((folder / MANIFEST_FILE).read_text("ascii"))
    except FileNotFoundError as error:
        raise IndexDamagedError("index.file_missing", file=label) from error
    except (OSError, ValueError) as error:
        raise IndexDamagedError("index.file_content", file=label, detail=str(error)) from error
    if not isinstance(content, dict) or content.pop("checksum", None) != _checksum(content):
        raise IndexDamagedError("index.file_checksum", file=label)
    # Only now: the number of an altered file says nothing.
    if content["format"] != FORMAT_VERSION:
        raise IndexMismatchError(
            "index.other_format", index=folder.parent, found=content["format"], expected=FORMAT_VERSION
        )
    files = {name: FileRecord(**record) for name, record in content.pop("files").items()}
    main, recent = PartCounts(**content.pop("main")), content.pop("recent")
    return Manifest(files=files, main=main, recent=PartCounts(**recent) if recent else None, **content)


def check_files(folder: Path, manifest: Manifest, *, everything: bool = False) -> None:
    """Check the files of a generation against its manifest.

    Args:
        folder: of the generation.
        manifest: of the generation.
        everything: hash large files too.

    Raises:
        IndexDamagedError: a file is missing, or has another size or content.
    """
    for name, record in sorted(manifest.files.items()):
        label = f"{folder.name}/{name}"
        try:
            size = (folder / name).stat().st_size
            if size != record.size:
                raise IndexDamagedError("index.file_size", file=label, expected=record.size, found=size)
            hashed = everything or size <= HASHED_AT_OPEN
            if hashed and sha256_of(folder / name) != record.sha256:
                raise IndexDamagedError("index.file_checksum", file=label)
        except FileNotFoundError as error:
            raise IndexDamagedError("index.file_missing", file=label) from error
        except OSError as error:
            raise IndexDamagedError("index.file_content", file=label, detail=error.strerror) from error


def _checksum(content: Mapping[str, Any]) -> str:
    canonical = json.dumps(content, ensure_ascii=True, separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()
