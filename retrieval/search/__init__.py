"""Question in, evidence out: `retrieval.search.opening.open_searcher` is the entry."""
