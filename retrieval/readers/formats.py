"""The table of readers: which module reads which kind of file, in which version, within which limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from retrieval.documents.types import TEXT_READER
from retrieval.readers.types import Kind

MAX_CHARACTERS = 10_000_000
"""Longest text of one file; the longest speeches have 60,000 characters."""


@dataclass(frozen=True, slots=True)
class Format:
    """How one kind of file is read.

    Attributes:
        kind: of the file; its name is the reader's name.
        version: raised whenever the text that comes of the same bytes changes.
        module: has ``read(data: bytes) -> Reading``; imported in the worker only.
        endings: of files that are taken for this kind until they are opened; lower case.
        seconds: a file may take, by the clock.
        megabytes: of address space that the worker may use.
    """

    kind: Kind
    version: int
    module: str
    endings: tuple[str, ...]
    seconds: float = 60.0
    megabytes: int = 1536

    @property
    def reader(self) -> str:
        """Name and version as they are stored with a document."""
        return f"{self.kind.value}/{self.version}"


IMAGE_ENDINGS = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".webp", ".gif")

_OCR_SECONDS = 1200.0
"""For 100 pages on a busy machine; each takes 3 to 5 seconds of one core."""

_OCR_MEGABYTES = 3072
"""Models and a page take 1.2 GB of address space, 0.6 GB of memory; a picture of 80 million pixels more."""

_ALL = (
    Format(Kind.DOCX, 2, "retrieval.readers.docx", (".docx", ".docm", ".dotx", ".dotm")),
    Format(Kind.HTML, 2, "retrieval.readers.html", (".html", ".htm", ".shtml", ".xhtml")),
    Format(Kind.MHTML, 2, "retrieval.readers.mhtml", (".mhtml", ".mht")),
    Format(Kind.DOC, 2, "retrieval.readers.doc", (".doc", ".dot", ".wps", ".wpt")),
    Format(Kind.RTF, 2, "retrieval.readers.rtf", (".rtf",)),
    Format(Kind.ODT, 2, "retrieval.readers.odt", (".odt", ".ott")),
    Format(Kind.OFD, 1, "retrieval.readers.ofd", (".ofd",)),
    Format(Kind.PDF, 2, "retrieval.readers.pdf", (".pdf",)),
    Format(Kind.IMAGE, 1, "retrieval.readers.ocr", IMAGE_ENDINGS, _OCR_SECONDS, _OCR_MEGABYTES),
    Format(Kind.SCAN, 1, "retrieval.readers.scan", (), _OCR_SECONDS, _OCR_MEGABYTES),
)

_HOLDING = (
    Format(Kind.ZIP, 1, "retrieval.readers.zips", (".zip",), seconds=120.0),
    Format(Kind.EML, 1, "retrieval.readers.mails", (".eml",)),
    Format(Kind.XLSX, 1, "retrieval.readers.sheets", (".xlsx", ".xlsm", ".xlsb", ".xltx")),
    Format(Kind.XLS, 1, "retrieval.readers.sheets", (".xls", ".xlt", ".et")),
    Format(Kind.CSV, 1, "retrieval.readers.separated", (".csv", ".tsv")),
)

CONTAINERS: Mapping[Kind, Format] = {one.kind: one for one in _HOLDING}
"""Every kind that holds several documents; its module has ``entries(data, kind) -> Sequence[Entry]``."""

CONTAINER_ENDINGS = frozenset(ending for one in _HOLDING for ending in one.endings)

FORMATS: Mapping[Kind, Format] = {one.kind: one for one in _ALL}
"""Every kind that a worker reads."""

TEXT_ENDINGS = (".txt", ".md")

ENDINGS: Mapping[str, Kind] = {
    **dict.fromkeys(TEXT_ENDINGS, Kind.TEXT),
    **{ending: one.kind for one in _ALL for ending in one.endings},
}
"""Endings of the files that are read, each with the kind that it promises."""


def is_recognised(reader: str) -> bool:
    """Whether that reader recognises text in pictures."""
    return reader.partition("/")[0] in (Kind.IMAGE, Kind.SCAN)


def is_current(reader: str) -> bool:
    """Whether this program still reads a file as that reader and version did."""
    return reader == TEXT_READER or any(
        reader == one.reader for table in (FORMATS, CONTAINERS) for one in table.values()
    )
