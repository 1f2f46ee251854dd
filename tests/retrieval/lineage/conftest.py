"""Fonts that do not depend on what is installed."""

from __future__ import annotations

from pathlib import Path

import pytest

from retrieval.lineage import fonts
from tests.retrieval.lineage.squares import write_font


@pytest.fixture
def font_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder with fonts; empty."""
    folder = tmp_path / "fonts"
    folder.mkdir()
    monkeypatch.setattr(fonts, "FOLDERS", (folder,))
    return folder


@pytest.fixture
def squares(font_folder: Path) -> Path:
    """The only folder with fonts, with one that has all that Chinese texts need."""
    write_font(font_folder / "squares.ttf")
    return font_folder
