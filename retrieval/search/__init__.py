"""Question in, evidence out: open a searcher and ask it."""

from retrieval.search.filters import Filters
from retrieval.search.searcher import PastTurn, Searcher, open_searcher

__all__ = ["Filters", "PastTurn", "Searcher", "open_searcher"]
