"""What a container holds, for ``read``: each thing with its kind and size, or why it is left out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.messages import Language
from retrieval.cli.state import State
from retrieval.documents.stored import LeftOut, Stored, container_kind, members
from retrieval.index.archive import Skipped
from retrieval.readers.detect import detect


@dataclass(frozen=True, slots=True)
class Listed:
    """One thing in a container.

    Attributes:
        path: relative to the archive.
        kind: of the file that it is; the kind of the container for what was made of it.
        size: bytes.
    """

    path: str
    kind: str
    size: int


@dataclass(frozen=True, slots=True)
class Listing:
    """A container and what it holds, in its order."""

    path: str
    kind: str
    members: tuple[Listed | Skipped, ...]

    def as_json(self, language: Language) -> dict[str, Any]:
        """As plain values."""
        return {
            "path": self.path,
            "kind": self.kind,
            "members": [
                {"path": one.path, "reason": one.reason.key, "text": one.why(language)}
                if isinstance(one, Skipped)
                else {"path": one.path, "kind": one.kind, "size": one.size}
                for one in self.members
            ],
        }


def root_of(file: Path, archive: Path | None) -> tuple[Path, str]:
    """What a path is relative to, the archive or else the folder of the outermost file; and the path."""
    if archive is not None and file.is_relative_to(archive.absolute()):
        root = archive.absolute()
    else:
        root = next((parent.parent for parent in file.parents if parent.is_file()), file.parent)
    return root, file.relative_to(root).as_posix()


def list_container(root: Path, path: str) -> Listing | None:
    """What a file holds; None when it is no container.

    Raises:
        DocumentError: it is one that can't be opened.
    """
    kind = container_kind(root / path)
    if kind is None:
        return None
    return Listing(path, kind.value, tuple(_listed(one) for one in members(root / path, kind, path)))


def show_listing(state: State, listing: Listing) -> None:
    """Print a listing."""
    from retrieval.cli.screen import FAINT, FAIR, STRONG  # noqa: PLC0415

    screen = state.screen()
    screen.line((listing.path, STRONG))
    screen.line((listing.kind, FAINT))
    screen.blank()
    for one in listing.members:
        inside = one.path.removeprefix(f"{listing.path}/")
        if isinstance(one, Skipped):
            screen.line(("! ", FAIR), inside, (f"  {one.why(state.language)}", FAIR))
        else:
            screen.line("  ", inside, (f"  {one.kind} · {_shown_size(one.size)}", FAINT))


def _listed(one: Stored | LeftOut) -> Listed | Skipped:
    if isinstance(one, LeftOut):
        return Skipped(one.path, one.reason)
    made_by = one.reader.partition("/")[0]
    return Listed(one.path, made_by or detect(one.data, one.path).value, len(one.data))


def _shown_size(size: int) -> str:
    return f"{size / 2**20:.1f} MB" if size >= 1 << 20 else f"{size / 2**10:.1f} KB"
