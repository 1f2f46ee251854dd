"""Changing the file of corrections: comments and order stay, a crash leaves the old file or the new one.

Two that write at once wait for each other: each reads what the other wrote.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from config.errors import MetadataError
from retrieval.corrections.matching import Corrections
from retrieval.corrections.sidecar import SIDECAR, parse_sidecar, sidecar_text, tidy_path
from retrieval.documents.reasons import system_reason
from retrieval.index.files import sync

if TYPE_CHECKING:
    import tomlkit
    from tomlkit.items import Table

_LOCK = f".{SIDECAR}.lock"
"""Beside the file, hidden: the walk of the archive passes it over."""

_PATIENCE = 20.0
"""Seconds to wait for another writer, which holds the lock for milliseconds."""

_HEAD = (
    '安讲：讲话元数据的更正。每篇一节，节名是相对路径；值写 "" 表示没有。改完运行 anjiang index。',
    'Corrections of metadata: a table for each speech, named by its path; "" means none.',
)


def write_correction(archive: Path, path: str, sha256: str, values: Mapping[str, str | None]) -> None:
    """Note what a person says of a document, beside what was said of the same file before.

    What was said of another file that had the path is left out. It is taken over where ``values`` are empty:
    the person has looked, and it holds.

    Args:
        archive: the folder of speeches.
        path: of the document, relative to it.
        sha256: of its file now.
        values: by field; "" where there is none, None to go back to what was read.

    Raises:
        MetadataError: the file is damaged or can't be written; it stays as it was.
    """
    with _editing(archive) as content:
        table = _table(content, archive, path, sha256)
        if values and str(table.get("sha256", sha256)).lower() != sha256:
            table.clear()
        table["sha256"] = sha256
        for name, value in values.items():
            if value is None:
                table.pop(name, None)
            else:
                table[name] = value
        if set(table) <= {"sha256"}:
            content.remove(_key(content, tidy_path(path)))


def forget_correction(archive: Path, path: str, sha256: str) -> bool:
    """Take back everything that was said of a document; whether there was anything.

    Raises:
        MetadataError: as for `write_correction`.
    """
    if not _names(archive, path, sha256):
        return False
    with _editing(archive) as content:
        for name in _names(archive, path, sha256):
            content.remove(_key(content, name))
    return True


@contextmanager
def _editing(archive: Path) -> Iterator[tomlkit.TOMLDocument]:
    import tomlkit  # noqa: PLC0415 - only whoever changes the file needs it

    file = archive / SIDECAR
    try:
        with FileLock(archive / _LOCK).acquire(timeout=_PATIENCE):
            text = sidecar_text(archive)
            parse_sidecar(text, file)  # nothing is written over what can't be understood
            content = tomlkit.parse(text) if text.strip() else _new()
            yield content
            changed = tomlkit.dumps(content)
            parse_sidecar(changed, file)
            if changed != text:
                _replace(file.resolve(), changed)
    except Timeout as error:
        raise MetadataError("meta.busy", file=file) from error
    except OSError as error:
        raise MetadataError("meta.not_written", file=file, reason=system_reason(error)) from error


def _replace(file: Path, text: str) -> None:
    """Put a text in the place of the file in one step."""
    temporary = file.with_name(f".{file.name}.tmp")  # hidden from the walk, should it be left behind
    temporary.write_text(text, "utf-8", newline="")
    sync(temporary)
    temporary.replace(file)
    sync(file.parent)


def _new() -> tomlkit.TOMLDocument:
    import tomlkit  # noqa: PLC0415 - only whoever changes the file needs it

    content = tomlkit.document()
    for line in _HEAD:
        content.add(tomlkit.comment(line))
    content.add(tomlkit.nl())
    return content


def _table(content: tomlkit.TOMLDocument, archive: Path, path: str, sha256: str) -> Table:
    """The table of a document, under its path as it is now; made when there is none."""
    import tomlkit  # noqa: PLC0415 - only whoever changes the file needs it

    tidy = tidy_path(path)
    names = _names(archive, path, sha256)
    if tidy not in names:
        if names:  # it was renamed: what was said goes with it
            before = _key(content, names[0])
            table = content[before]
            content.remove(before)
        else:
            table = tomlkit.table()
        content.add(tidy, table)
    found = content[_key(content, tidy)]
    if not isinstance(found, tomlkit.items.Table):  # the file was checked
        raise TypeError(f"{tidy} is no table")
    return found


def _names(archive: Path, path: str, sha256: str) -> list[str]:
    """The paths under which something is said of a document: its own first."""
    known = Corrections(parse_sidecar(sidecar_text(archive), archive / SIDECAR))
    named, found = known.named(path), known.of(path, sha256)
    return list(dict.fromkeys(one.path for one in (named, found) if one))


def _key(content: tomlkit.TOMLDocument, path: str) -> str:
    """The table's name as the file writes it."""
    return next(key for key in content if tidy_path(key) == path)
