"""What a container holds, as its reader gives it and as it travels through a pipe.

A *member* is one file of a zip, one part of a mail, one row of a table. Its path is the container's path, "/"
and its name in there; everything that goes by the bytes of a file goes by its bytes. A member that is made (a
row, the words of a mail) is a text in UTF-8, the same for the same container and version of its reader.

What bounds one file of the archive with everything inside it:

- `MOST_BYTES`: the file itself;
- `MOST_MEMBERS`: entries of all its directories and parts of all its mails;
- `MOST_UNPACKED`: the sum of the sizes that its directories declare, and of a small file not more than
  `MOST_RATIO` times its own size; nothing is inflated beyond what is declared;
- `LARGEST_MEMBER`: one member, a container in the container included;
- `DEEPEST`: containers one in another; what lies deeper is told and left;
- `WINDOW`: bytes of members that leave the worker at once, and one member more.

So the worker holds at most the file, two containers in it, a window and a member, twice over while they are
sent, and the parent the file, a window and a member.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from config.errors import DocumentError
from retrieval.readers.types import UNNAMED, Kind

MOST_BYTES = 256 << 20
MOST_MEMBERS = 20_000
MOST_UNPACKED = 1 << 30
MOST_RATIO = 250
"""As in `retrieval.readers.package`: the most repetitive tables reach 100."""
LEAST_UNPACKED = 32 << 20
"""Bytes below which the ratio does not matter."""
LARGEST_MEMBER = 50 << 20
"""What would be refused as a file of its own (`retrieval.documents.read.MAX_BYTES`) is not unpacked."""
DEEPEST = 3
WINDOW = 32 << 20

PASSED_OVER = (".", "~$")
"""How names begin of hidden files, what Word leaves beside an open document, and macOS adds to a zip."""
UNSHOWABLE = ("Cc", "Cs")
"""Control characters, and what stands for undecodable bytes: no citation could show such a path."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing in a container, before it is unpacked.

    Attributes:
        name: its path in there, safe to show and to cite.
        size: bytes, as its directory declares them.
        load: its first bytes, at most as many as asked for; raises DocumentError when they can't be had.
        is_made: whether its bytes are a text that the container's reader made.
        error: why it is left out without being looked into.
    """

    name: str
    size: int = 0
    load: Callable[[int], bytes] = lambda _most: b""
    is_made: bool = False
    error: DocumentError | None = None


def text_entry(name: str, text: str, *, is_made: bool = True) -> Entry:
    """An entry whose bytes are a text that the container's reader made; a page is still read as one."""
    content = text.encode("utf-8", "replace")
    return Entry(name, len(content), lambda most: content[:most], is_made=is_made)


@dataclass(frozen=True, slots=True)
class Member:
    """One thing of a container, unpacked.

    Attributes:
        name: its path in the outermost container.
        data: its bytes; none when ``error`` says why.
        maker: the kind of container whose reader made this text; None where the bytes are those inside.
        table: the kind of table that this is, which is a container for a worker of its own; else None.
        error: why it is left out.
    """

    name: str
    data: bytes = b""
    maker: Kind | None = None
    table: Kind | None = None
    error: DocumentError | None = None


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where to go on in a container, and what was counted before.

    Attributes:
        at: number of the next entry at each level, the outermost first; () for the beginning.
        name: of the member to begin with instead; "" for none.
        members: entries counted so far.
        unpacked: their declared bytes.
    """

    at: tuple[int, ...] = ()
    name: str = ""
    members: int = 0
    unpacked: int = 0

    def as_json(self) -> dict[str, Any]:
        """As plain values."""
        return {"at": self.at, "name": self.name, "members": self.members, "unpacked": self.unpacked}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Cursor:
        """The cursor again."""
        return cls(tuple(values["at"]), values["name"], values["members"], values["unpacked"])


@dataclass(frozen=True, slots=True)
class Window:
    """Some members in their order, and where the ones after them begin; None when there are none."""

    members: Sequence[Member]
    rest: Cursor | None

    def as_json(self) -> dict[str, Any]:
        """As plain values, without the bytes, which stand behind one another in the order of the members."""
        return {
            "members": [
                {
                    "name": one.name,
                    "length": len(one.data),
                    "maker": one.maker.value if one.maker else None,
                    "table": one.table.value if one.table else None,
                    "error": {"key": one.error.key, "values": one.error.values} if one.error else None,
                }
                for one in self.members
            ],
            "rest": self.rest.as_json() if self.rest else None,
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any], data: bytes) -> Window:
        """The window again."""
        rest = Cursor.from_json(values["rest"]) if values["rest"] else None
        return cls(tuple(_members(values["members"], data)), rest)


class TooMuchError(DocumentError):
    """A file unpacks to more than any archive of speeches holds: nothing of it is read."""


@dataclass(slots=True)
class Budget:
    """What the containers of one file of the archive, ``size`` bytes long, have unpacked so far."""

    size: int
    members: int = 0
    unpacked: int = 0

    def spend(self, members: int, unpacked: int) -> None:
        """Count what a directory lists, before anything of it is inflated.

        Raises:
            TooMuchError: a bound is passed.
        """
        self.members += members
        self.unpacked += unpacked
        if self.members > MOST_MEMBERS:
            raise TooMuchError("documents.too_many_members", file=UNNAMED, limit=MOST_MEMBERS)
        if self.unpacked > max(LEAST_UNPACKED, MOST_RATIO * self.size):
            detail = f"1:{self.unpacked // max(1, self.size)}"
            raise TooMuchError("documents.bomb", file=UNNAMED, detail=detail)
        if self.unpacked > MOST_UNPACKED:
            raise TooMuchError("documents.too_much_unpacked", file=UNNAMED, limit=MOST_UNPACKED >> 20)


def _members(values: Sequence[Mapping[str, Any]], data: bytes) -> Iterator[Member]:
    at = 0
    for one in values:
        error = one["error"]
        yield Member(
            name=one["name"],
            data=data[at : at + one["length"]],
            maker=Kind(one["maker"]) if one["maker"] else None,
            table=Kind(one["table"]) if one["table"] else None,
            error=DocumentError(error["key"], **error["values"]) if error else None,
        )
        at += one["length"]
