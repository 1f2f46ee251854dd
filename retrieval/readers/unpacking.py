"""The worker's side of containers: members one after another, a window at a time, within the bounds.

Zips and mails are opened one in another here. Tables are handed out whole: they get a worker of their own, so
that one which breaks its parser costs itself and not the zip that it lies in.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from config.errors import DocumentError
from retrieval.readers.detect import detect
from retrieval.readers.formats import CONTAINER_ENDINGS, CONTAINERS, ENDINGS, FORMATS
from retrieval.readers.members import (
    DEEPEST,
    LARGEST_MEMBER,
    Budget,
    Cursor,
    Entry,
    Member,
    TooMuchError,
    Window,
)
from retrieval.readers.types import UNNAMED, Kind

TABLES = (Kind.XLSX, Kind.XLS, Kind.CSV)
_HEAD = 1 << 16  # bytes that tell whether something without a known ending may be a document


def unpack(data: bytes, kind: Kind, cursor: Cursor, most: int) -> Window:
    """The next members of a container.

    Args:
        data: the container.
        kind: of the container.
        cursor: where to begin.
        most: bytes after which the window ends; it holds one member at least.

    Raises:
        DocumentError: the container is damaged, encrypted or hostile; without its name.
    """
    budget = Budget(len(data), cursor.members, cursor.unpacked)
    found: list[Member] = []
    size = 0
    walk = _Walk(budget, cursor.name)
    for at, member in walk.members(data, kind, cursor.at, "", 1):
        found.append(member)
        size += len(member.data)
        if size >= most:
            rest = (*at[:-1], at[-1] + 1)
            return Window(found, Cursor(rest, "", budget.members, budget.unpacked))
    return Window(found, None)


@dataclass(slots=True)
class _Walk:
    """Through containers in containers; ``wanted`` is the member that it has not come to yet, or ""."""

    budget: Budget
    wanted: str

    def members(
        self, data: bytes, kind: Kind, at: tuple[int, ...], prefix: str, depth: int
    ) -> Iterator[tuple[tuple[int, ...], Member]]:
        entries = _entries(data, kind)
        if not at:  # else it was counted when it was opened for the first time
            # What is larger than any member is not unpacked.
            sizes = (entry.size for entry in entries if entry.size <= LARGEST_MEMBER)
            self.budget.spend(0 if kind in TABLES else len(entries), sum(sizes))
        first = at[0] if at else self._first(entries, prefix)
        for number, entry in enumerate(entries[first:], first):
            inside = at[1:] if at and number == at[0] else ()
            for place, member in self._of_entry(entry, kind, inside, prefix, depth):
                yield (number, *place), member

    def _first(self, entries: Sequence[Entry], prefix: str) -> int:
        """The number of the entry that is wanted, or that what is wanted lies in."""
        if not self.wanted:
            return 0
        paths = [prefix + entry.name for entry in entries]
        if self.wanted in paths:
            found = paths.index(self.wanted)
            self.wanted = ""
            return found
        holding = (i for i, path in enumerate(paths) if self.wanted.startswith(f"{path}/"))
        return next(holding, len(entries))

    def _of_entry(
        self, entry: Entry, maker: Kind, at: tuple[int, ...], prefix: str, depth: int
    ) -> Iterator[tuple[tuple[int, ...], Member]]:
        name = prefix + entry.name
        try:
            member, kind = _looked_into(entry, name, maker)
            if kind is None:
                self.wanted = ""  # at the latest: a table that it lies in is handed out whole
                yield (), member
            elif depth >= DEEPEST:
                yield (), Member(name, error=DocumentError("documents.too_deep", file=UNNAMED, limit=DEEPEST))
            else:
                yield from self._nested(member.data, kind, at, f"{name}/", depth)
        except TooMuchError:
            raise
        except DocumentError as error:
            yield (), Member(name, error=error)
        except MemoryError:
            megabytes = CONTAINERS[Kind.ZIP].megabytes
            reason = DocumentError("documents.reader_memory", file=UNNAMED, megabytes=megabytes)
            yield (), Member(name, error=reason)
        except Exception:  # noqa: BLE001 - a parser's own fault must cost this member only
            yield (), Member(name, error=DocumentError("documents.member_damaged", file=UNNAMED))

    def _nested(
        self, data: bytes, kind: Kind, at: tuple[int, ...], prefix: str, depth: int
    ) -> Iterator[tuple[tuple[int, ...], Member]]:
        is_empty = not at
        for found in self.members(data, kind, at, prefix, depth + 1):
            is_empty = False
            yield found
        if is_empty and not self.wanted:
            raise DocumentError("documents.nothing_inside", file=UNNAMED)


def _entries(data: bytes, kind: Kind) -> Sequence[Entry]:
    """What a container lists; the module of its kind says it."""
    module = importlib.import_module(CONTAINERS[kind].module)
    entries: Sequence[Entry] = module.entries(data, kind)
    return entries


def _looked_into(entry: Entry, name: str, maker: Kind) -> tuple[Member, Kind | None]:
    """An entry unpacked, and its kind when it is a container that is opened here.

    Raises:
        DocumentError: it can't be had, or is nothing that is read.
    """
    if entry.error is not None:
        raise entry.error
    if entry.is_made:
        return Member(name, entry.load(LARGEST_MEMBER), maker=maker), None
    ending = PurePosixPath(name).suffix.lower()
    is_known = ending in ENDINGS or ending in CONTAINER_ENDINGS
    if not is_known and detect(entry.load(_HEAD)) in (Kind.TEXT, Kind.BINARY):
        raise _unsupported(ending)
    if entry.size > LARGEST_MEMBER:
        size, limit = f"{entry.size / 2**20:.0f}", LARGEST_MEMBER >> 20
        raise DocumentError("documents.too_large", file=UNNAMED, size=size, limit=limit)
    data = entry.load(LARGEST_MEMBER)
    kind = detect(data, name)
    if kind in TABLES:
        return Member(name, data, table=kind), None
    if kind in CONTAINERS:
        return Member(name, data), kind
    if not is_known and kind not in FORMATS:
        raise _unsupported(ending)
    return Member(name, data), None


def _unsupported(ending: str) -> DocumentError:
    if ending:
        return DocumentError("index.skip_ending", ending=ending)
    return DocumentError("index.skip_no_ending")
