"""Which generation of an index is in force, and what of the others may go.

``INDEX/CURRENT`` holds a name such as ``gen-000007`` with its CRC-32 and is replaced in one step, after
everything it names is on the disk. The one before the current is kept until the next rebuild has put another
in force; older ones go with their last reader.
"""

from __future__ import annotations

import zlib
from pathlib import Path

from config.errors import IndexDamagedError
from config.patterns import lazy_pattern
from retrieval.index.files import TEMPORARY, remove_folder, replace_text, sync
from retrieval.index.lease import remove_unless_held

CURRENT_FILE = "CURRENT"
_NAME = lazy_pattern(r"gen-(\d{6,})")
_CURRENT = lazy_pattern(rf"(?P<name>{_NAME.pattern})(?: (?P<crc>[0-9a-f]{{8}}))?")
"""A name and its CRC-32: one changed digit would else name another generation that is there."""


def current_name(index: Path) -> str | None:
    """The generation in force, to notice a new one; None when there is none. Reads one small file.

    Raises:
        IndexDamagedError: CURRENT holds no name of a generation.
    """
    try:
        text = (index / CURRENT_FILE).read_text("utf-8").strip()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError) as error:
        raise IndexDamagedError("index.file_content", file=CURRENT_FILE, detail=str(error)) from error
    found = _CURRENT.fullmatch(text)
    if not found or found["crc"] not in (None, _crc(found["name"])):
        raise IndexDamagedError("index.file_content", file=CURRENT_FILE, detail=repr(text[:40]))
    return found["name"]


def generation_names(index: Path) -> list[str]:
    """The generations that are there, whole or not, oldest first."""
    return sorted((path.name for path in index.glob("gen-*") if _NAME.fullmatch(path.name)), key=_number)


def next_name(index: Path) -> str:
    """A name that no generation has, above all others."""
    last = max(map(_number, generation_names(index)), default=0)
    return f"gen-{last + 1:06d}"


def put_in_force(temporary: Path, name: str) -> None:
    """Give a finished temporary folder its name and make it the current generation.

    Raises:
        OSError: it can't be done; the generation before stays in force.
    """
    index = temporary.parent
    temporary.rename(index / name)
    sync(index)
    replace_text(index / CURRENT_FILE, f"{name} {_crc(name)}\n")


def sweep(index: Path, damaged: str | None = None) -> None:
    """Remove what no reader needs.

    That is: temporary leftovers, generations that never came into force, and all that are older than the
    one before the current and that nobody reads. One known to be ``damaged`` goes too, unless it is the
    current one: the one before it is worth more.
    """
    (index / f"{CURRENT_FILE}{TEMPORARY}").unlink(missing_ok=True)
    for leftover in sorted(index.glob(f"gen-*{TEMPORARY}")):
        remove_folder(leftover)
    current = current_name(index)
    if current is None or not (index / current).is_dir():
        return  # whatever is left may be needed still
    if damaged not in (None, current):
        remove_unless_held(index / damaged)
    for name in generation_names(index):
        if _number(name) > _number(current):
            remove_folder(index / name)
    remove_old(index)


def remove_old(index: Path) -> None:
    """Remove what is older than the generation before the current, where nobody reads it."""
    try:
        current = current_name(index)
    except IndexDamagedError:
        return
    if current is None or not (index / current).is_dir():
        return
    older = [name for name in generation_names(index) if _number(name) < _number(current)]
    for name in older[:-1]:
        remove_unless_held(index / name)


def _number(name: str) -> int:
    return int(name.removeprefix("gen-"))


def _crc(name: str) -> str:
    return f"{zlib.crc32(name.encode('ascii')):08x}"
