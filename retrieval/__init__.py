"""From an archive of speeches to evidence: open a searcher and ask it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from retrieval.search.opening import open_searcher
    from retrieval.search.searcher import Searcher

__all__ = ["Searcher", "open_searcher"]


def __getattr__(name: str) -> object:
    # Loaded when asked for: `import retrieval.types` must not bring numpy and SQLite along.
    if name in __all__:
        from retrieval.search import opening  # noqa: PLC0415  it has both

        return getattr(opening, name)
    raise AttributeError(name)
