"""Parts of a zipped XML document (docx, ofd, …), inflated within limits and parsed without entities.

Nothing is ever written to disk, so names that climb out of a folder lead nowhere. A part's size is what comes
out of it, not what the zip declares.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Mapping

from lxml import etree

from config.errors import DocumentError
from retrieval.readers.types import UNNAMED

_MOST_MEMBERS = 20_000
_LARGEST_PART = 64 << 20
_LARGEST_SUM = 128 << 20
_BOMB_RATIO = 250
"""A part that inflates more than this is no text: the most repetitive tables reach 100."""
_BOMB_LEAST = 4 << 20  # bytes below which no ratio matters
_DOCTYPE = re.compile(rb"<\0?!\0?D\0?O\0?C\0?T\0?Y\0?P\0?E")
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OSError, OverflowError)
_STRICT = (
    (
        b"http://purl.oclc.org/ooxml/wordprocessingml/main",
        b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    ),
    (
        b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    ),
)


class Package:
    """An opened package; part names are compared without regard to case, as office programs do."""

    def __init__(self, data: bytes) -> None:
        """Read the directory.

        Raises:
            DocumentError: it is no zip, or has too many members.
        """
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except _BROKEN as error:
            raise damaged("zip") from error
        members = self._zip.infolist()
        if len(members) > _MOST_MEMBERS:
            raise DocumentError("documents.bomb", file=UNNAMED, detail=f"zip: {len(members)}")
        self._members = {_normal(member.filename): member for member in members}
        self._read = 0

    def __contains__(self, name: str) -> bool:
        return _normal(name) in self._members

    def names(self) -> tuple[str, ...]:
        """The names of all parts, in lower case."""
        return tuple(self._members)

    def part(self, name: str) -> bytes:
        """The bytes of a part.

        Raises:
            KeyError: there is none of that name.
            DocumentError: it is encrypted, damaged, or inflates beyond any text.
        """
        member = self._members[_normal(name)]
        if member.flag_bits & 1:
            raise DocumentError("documents.encrypted", file=UNNAMED)
        try:
            with self._zip.open(member) as stream:
                content = stream.read(_LARGEST_PART + 1)
        except RuntimeError as error:
            raise DocumentError("documents.encrypted", file=UNNAMED) from error
        except _BROKEN as error:
            raise damaged(name) from error
        self._read += len(content)
        packed = max(1, member.compress_size)
        if len(content) > _LARGEST_PART or self._read > _LARGEST_SUM:
            raise DocumentError("documents.bomb", file=UNNAMED, detail=f"{name} > {_LARGEST_PART >> 20} MB")
        if len(content) > _BOMB_LEAST and len(content) > _BOMB_RATIO * packed:
            raise DocumentError("documents.bomb", file=UNNAMED, detail=f"{name} 1:{len(content) // packed}")
        return content

    def xml(self, name: str) -> etree._Element:
        """The root of an XML part.

        Raises:
            KeyError: there is none of that name.
            DocumentError: as for `part`, or it is no XML, or declares a document type.
        """
        return parse_xml(self.part(name), name)

    def related(self, name: str) -> Mapping[str, str]:
        """Parts that a part refers to, by the last word of the relation ("styles"), the first of each."""
        found: dict[str, str] = {}
        for kind, part in self.relations(name):
            found.setdefault(kind, part)
        return found

    def relations(self, name: str) -> list[tuple[str, str]]:
        """The last word of each relation of a part, and the part that it refers to, in the file's order."""
        folder, base = posixpath.split(name)
        try:
            root = self.xml(posixpath.join(folder, "_rels", f"{base}.rels"))
        except (KeyError, DocumentError):
            return []
        found: list[tuple[str, str]] = []
        for relation in root:
            target, kind = relation.get("Target", ""), relation.get("Type", "")
            if relation.get("TargetMode") == "External" or not target:
                continue
            found.append((kind.rpartition("/")[2], posixpath.normpath(posixpath.join(folder, target))))
        return found


def parse_xml(content: bytes, name: str) -> etree._Element:
    """Parse a part with no entity, no document type, no network and bounded depth.

    Raises:
        DocumentError: it is no XML, or declares a document type.
    """
    if _DOCTYPE.search(content):
        raise DocumentError("documents.hostile", file=UNNAMED, detail=f"DOCTYPE in {name}")
    for strict, transitional in _STRICT:
        content = content.replace(strict, transitional)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        return etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise damaged(name) from error


def damaged(detail: str) -> DocumentError:
    """A file that is broken; the detail says where, in words that belong to the file and to no language."""
    return DocumentError("documents.damaged", file=UNNAMED, detail=" ".join(detail.split())[:160])


def _normal(name: str) -> str:
    return posixpath.normpath(name.replace("\\", "/").lstrip("/")).lower()


def name_of(element: etree._Element) -> str:
    """An element's name without its namespace, in which producers differ; "" for what is no element."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
