from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from config.settings import load_settings
from retrieval.search.searcher import Searcher, open_searcher


@pytest.fixture(scope="session")
def example_searcher(example_index: Path) -> Iterator[Searcher]:
    """The example speeches by the default model."""
    with open_searcher(load_settings(overrides={"index": example_index})) as searcher:
        yield searcher
