"""Files that other programs wrote from one text are one speech."""

from __future__ import annotations

from pathlib import Path

import pytest

from retrieval.documents.read import read_bytes
from tests.retrieval.copies.forms import grouped

FORMATS = Path(__file__).parents[2] / "data/formats"


def groups_of(*names: str) -> list[list[str]]:
    return grouped(*(read_bytes((FORMATS / name).read_bytes(), name) for name in names))


def test_what_libreoffice_saved_in_three_formats_is_one_speech() -> None:
    names = ("libreoffice.pdf", "libreoffice.odt", "libreoffice.rtf", "libreoffice.doc")
    assert groups_of(*names) == [
        ["libreoffice.doc", "libreoffice.rtf", "libreoffice.odt"],
        ["libreoffice.pdf"],
    ]


def test_a_scan_is_a_copy_of_its_text() -> None:
    pytest.importorskip("rapidocr")
    assert groups_of("scan.pdf", "scanned.txt") == [["scanned.txt", "scan.pdf"]]
