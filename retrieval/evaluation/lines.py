"""Files of JSON lines that a person names: every line as a value, and what is wrong told with its place."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from config.errors import UsageError

T = TypeVar("T")


def parsed_lines(path: Path, parse: Callable[[Any], T], *, unreadable: str, bad: str) -> Iterator[T]:
    """What the lines of a file say, in order; empty ones are left out.

    Args:
        path: the file, in UTF-8.
        parse: from a line's JSON to its value; raises KeyError, TypeError, AttributeError or ValueError where
            a line does not fit.
        unreadable: key of the message for a file that can't be read.
        bad: key of the message for a line that does not fit.

    Raises:
        UsageError: the file can't be read, or a line does not fit.
    """
    try:
        # Not splitlines: a quote may hold other line separators, which JSON leaves as they are.
        lines = path.read_text("utf-8-sig").split("\n")
    except OSError as error:
        raise UsageError(unreadable, path=path, reason=error.strerror or error) from error
    except UnicodeDecodeError as error:
        raise UsageError(unreadable, path=path, reason=error) from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield parse(json.loads(line))
        except KeyError as error:
            raise UsageError(bad, path=path, line=number, reason=f"no {error}") from error
        # ValueError: no JSON, or a number of thousands of digits; nesting has an end, too.
        except (ValueError, TypeError, AttributeError, RecursionError) as error:
            raise UsageError(bad, path=path, line=number, reason=error) from error
