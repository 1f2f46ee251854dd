"""Tables in text files (csv, tsv): decoded as any text, their separator found by trying."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from itertools import islice

from config.errors import DocumentError
from retrieval.documents.decoding import decode, is_text
from retrieval.readers.members import Entry
from retrieval.readers.tables import Sheet, table_entries
from retrieval.readers.types import UNNAMED, Kind

_SEPARATORS = (",", "\t", ";", "|")
_TRIED = 50  # rows that tell the separator
_LONGEST_CELL = 200_000
"""Characters, three times the longest speech; a longer cell comes of a quotation mark never closed."""
_MOST_ROWS = 200_000


def entries(data: bytes, kind: Kind = Kind.CSV) -> list[Entry]:  # noqa: ARG001 - as every container's
    """What a table in a text file gives.

    Raises:
        DocumentError: it is no text, or larger than any table of speeches.
    """
    decoded = decode(data)
    if not is_text(data, decoded):
        raise DocumentError("documents.not_text", file=UNNAMED)
    separator = _separator(decoded.text)
    try:
        rows = _rows(decoded.text, separator, is_quoted=True)
    except csv.Error:
        rows = _rows(decoded.text, separator, is_quoted=False)
    return table_entries(Sheet("", list(enumerate(rows, 1))))


def _separator(text: str) -> str:
    """What divides most rows into the same number of cells, more than one; a comma where nothing does."""
    best, most = ",", 0
    for separator in _SEPARATORS:
        try:
            rows = list(islice(_reader(text, separator, is_quoted=True), _TRIED))
        except csv.Error:
            continue
        widths = Counter(len(row) for row in rows if len(row) > 1)
        width, count = max(widths.items(), key=lambda item: (item[1], item[0]), default=(0, 0))
        if count * width > most:
            best, most = separator, count * width
    return best


def _rows(text: str, separator: str, *, is_quoted: bool) -> list[list[str]]:
    rows = list(islice(_reader(text, separator, is_quoted=is_quoted), _MOST_ROWS + 1))
    if len(rows) > _MOST_ROWS:
        columns = max(map(len, rows))
        raise DocumentError("documents.table_too_large", file=UNNAMED, rows=len(rows), columns=columns)
    return rows


def _reader(text: str, separator: str, *, is_quoted: bool) -> Iterator[list[str]]:
    csv.field_size_limit(_LONGEST_CELL)
    lines = io.StringIO(text, newline="")
    if is_quoted:
        return csv.reader(lines, delimiter=separator)
    return csv.reader(lines, delimiter=separator, quoting=csv.QUOTE_NONE)
