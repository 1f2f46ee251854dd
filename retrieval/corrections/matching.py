"""Which corrections belong to which document, by its path and by its content.

A file that was renamed keeps its corrections, as its content tells that it is the same. Another file in the
place of the one that was looked at does not get them: it may be another speech. That is told, as is a
correction for which there is no file.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence

from config.errors import MetadataError
from retrieval.corrections.sidecar import Correction


class Corrections:
    """The corrections of an archive, looked up."""

    def __init__(self, corrections: Iterable[Correction]) -> None:
        """Take what `read_sidecar` gives."""
        self._all = tuple(corrections)
        self._by_path = {one.path: one for one in self._all}
        self._by_hash = {one.sha256: one for one in reversed(self._all) if one.sha256}

    def of(self, path: str, sha256: str) -> Correction | None:
        """The correction of a document; None when there is none.

        Args:
            path: relative to the archive, with forward slashes.
            sha256: of its bytes, hex.
        """
        named = self.named(path)
        if named and named.sha256 in ("", sha256):
            return named
        return self._by_hash.get(sha256)

    def named(self, path: str) -> Correction | None:
        """The correction that names a path, whatever file is there now."""
        return self._by_path.get(unicodedata.normalize("NFC", path))

    def digest(self, path: str, sha256: str) -> str:
        """What tells the corrections of a document apart from others; "" when there are none."""
        found = self.of(path, sha256)
        return found.digest if found else ""

    def left_over(self, files: Sequence[tuple[str, str]]) -> list[tuple[str, MetadataError]]:
        """Corrections that belong to no file, with the reason, sorted by path.

        Args:
            files: path and SHA-256 of everything in the archive.
        """
        used = {found.path for path, sha256 in files if (found := self.of(path, sha256))}
        paths = {unicodedata.normalize("NFC", path) for path, _ in files}
        return sorted(
            (
                (one.path, MetadataError("meta.replaced" if one.path in paths else "meta.no_file"))
                for one in self._all
                if one.path not in used
            ),
            key=lambda one: one[0],
        )
