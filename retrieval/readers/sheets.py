"""Excel files, new and old: their visible sheets as tables.

python-calamine reads them, which runs no formulas, expands no entities and takes .xls as well. It keeps a
sheet as a full rectangle, so a file of 5 KB with one cell in the last corner asks for half a terabyte: how
far the cells reach is looked up first.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from itertools import chain

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetVisibleEnum

from config.errors import DocumentError
from retrieval.readers.members import Entry
from retrieval.readers.package import Package
from retrieval.readers.tables import Cell, Sheet, table_entries
from retrieval.readers.types import UNNAMED, Kind

_MOST_CELLS = 16_000_000
"""Cells of the rectangle that a sheet fills; calamine takes 32 bytes for each."""
_MOST_ROWS = 200_000
"""Rows with something in them; a table of speeches has a few thousand."""
_PLACE = re.compile(rb"<(?:\w+:)?(?:c|row)\b[^<>]*?\sr=[\"']([A-Za-z]{0,3})(\d{1,7})[\"']")
_MOST_MERGED = 20_000
_TALLEST_MERGED = 1_000
_UNSAFE = re.compile(r"[\\/\x00-\x1f\x7f]")


def entries(data: bytes, kind: Kind) -> list[Entry]:
    """What a workbook gives, sheet by sheet; empty and hidden ones give nothing.

    Raises:
        DocumentError: it is damaged, encrypted, or larger than any table of speeches.
    """
    if kind is Kind.XLSX:
        _refuse_wide(data)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        shown = [one.name for one in book.sheets_metadata if one.visible is SheetVisibleEnum.Visible]
        return list(chain.from_iterable(_sheet_entries(book.get_sheet_by_name(name)) for name in shown))
    except PasswordError as error:
        raise DocumentError("documents.encrypted", file=UNNAMED) from error
    except (CalamineError, OSError, ValueError) as error:
        raise DocumentError("documents.table_damaged", file=UNNAMED) from error
    except BaseException as error:
        # A panic in Rust, as damaged .xls files cause: no Exception, and no class that can be imported.
        if type(error).__name__ != "PanicException":
            raise
        raise DocumentError("documents.table_damaged", file=UNNAMED) from error


def _refuse_wide(data: bytes) -> None:
    """Inflate what calamine is going to inflate, within limits, and look how far its cells reach.

    Raises:
        DocumentError: too far, or the file is a bomb.
    """
    package = Package(data)
    for name in package.names():
        if not name.startswith("xl/") or not name.endswith((".xml", ".rels", ".bin")):
            continue
        content = package.part(name)
        if name.startswith("xl/worksheets/"):
            rows = columns = 1
            for letters, number in _PLACE.findall(content):
                rows = max(rows, int(number))
                columns = max(columns, _column(letters))
            if rows * columns > _MOST_CELLS:
                raise DocumentError("documents.table_too_large", file=UNNAMED, rows=rows, columns=columns)


def _column(letters: bytes) -> int:
    """The number of a column: A is 1, AA is 27."""
    number = 0
    for letter in letters.upper():
        number = 26 * number + letter - 64
    return number


def _sheet_entries(sheet: CalamineSheet) -> list[Entry]:
    rows = list(_filled(sheet.iter_rows()))
    return table_entries(Sheet(_UNSAFE.sub("_", sheet.name).strip() or "表", rows, _merged(sheet)))


def _filled(rows: Iterable[Sequence[Cell]]) -> Iterable[tuple[int, Sequence[Cell]]]:
    kept = 0
    for number, cells in enumerate(rows, 1):
        if any(cell != "" for cell in cells):
            kept += 1
            if kept > _MOST_ROWS:
                raise DocumentError(
                    "documents.table_too_large", file=UNNAMED, rows=number, columns=len(cells)
                )
            yield number, cells


def _merged(sheet: CalamineSheet) -> list[tuple[int, int, int]]:
    """Cells that stand for those below them, columns counted from the sheet's first one in use."""
    first = sheet.start[1] if sheet.start else 0
    ranges = (sheet.merged_cell_ranges or ())[:_MOST_MERGED]
    return [
        (top + 1, bottom + 1, left - first)
        for (top, left), (bottom, right) in ranges
        if left == right and top < bottom <= top + _TALLEST_MERGED and left >= first
    ]
